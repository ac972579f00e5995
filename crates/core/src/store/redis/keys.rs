//! Every key and channel, in one place. Scripts derive the same names from the tag in `KEYS[1]`.

use std::fmt::Write as _;

use crate::model::{TaskType, WorkerId};

/// Names keys and channels of one installation.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    prefix: String,
    database: i64,
}

impl Keys {
    pub(crate) fn new(prefix: &str, database: i64) -> Self {
        Self { prefix: escape(prefix), database }
    }

    /// What all keys of the partition begin with.
    pub(crate) fn partition(&self) -> String {
        format!("{}:{{0}}:", self.prefix)
    }

    /// What all keys that no partition owns begin with.
    pub(crate) fn global(&self) -> String {
        format!("{}:{{g}}:", self.prefix)
    }

    /// What all channels begin with: pub/sub knows no databases.
    pub(crate) fn channels(&self) -> String {
        format!("{}:{}:", self.prefix, self.database)
    }

    pub(crate) fn wake_channel(&self, worker: WorkerId) -> String {
        format!("{}wake:{worker}", self.channels())
    }

    pub(crate) fn cancel_channel(&self, worker: WorkerId) -> String {
        format!("{}cancel:{worker}", self.channels())
    }

    pub(crate) fn drain_channel(&self, worker: WorkerId) -> String {
        format!("{}drain:{worker}", self.channels())
    }

    pub(crate) fn events_channel(&self) -> String {
        format!("{}events", self.channels())
    }

    pub(crate) fn routing_channel(&self) -> String {
        format!("{}routing", self.channels())
    }
}

/// A name as part of a key: `%`, `:` and `@` written as `%` and two hexadecimal digits.
pub(crate) fn escape(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '%' | ':' | '@' => {
                let _ = write!(escaped, "%{:02X}", u32::from(character));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// The name that [`escape`] wrote so.
pub(crate) fn unescape(part: &str) -> String {
    part.replace("%3A", ":").replace("%40", "@").replace("%25", "%")
}

/// A task type as part of a key: `name@version`.
pub(crate) fn task_type(task_type: &TaskType) -> String {
    format!("{}@{}", escape(&task_type.name), task_type.version)
}

/// A lane's name: `queue:name@version:priority`.
pub(crate) fn lane(queue: &str, of: &TaskType, priority: u8) -> String {
    format!("{}:{}:{priority}", escape(queue), task_type(of))
}

/// Queue and task type of a set's name, `queue:name@version`.
pub(crate) fn parse_kind(kind: &str) -> Option<(String, TaskType)> {
    let (queue, of) = kind.split_once(':')?;
    let (name, version) = of.split_once('@')?;
    Some((unescape(queue), TaskType::new(unescape(name), version.parse().ok()?)))
}

/// Queue, task type and priority of a lane's name.
pub(crate) fn parse_lane(lane: &str) -> Option<(String, TaskType, u8)> {
    let mut parts = lane.split(':');
    let (queue, of, priority) = (parts.next()?, parts.next()?, parts.next()?);
    let (name, version) = of.split_once('@')?;
    Some((unescape(queue), TaskType::new(unescape(name), version.parse().ok()?), priority.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_of_awkward_names_are_read_back() {
        for (queue, name) in [("default", "noop"), ("a:b", "c"), ("a", "b:c"), ("%3A", "@%:"), ("a@1", "%25")] {
            let of = TaskType::new(name, 3);
            assert_eq!(parse_lane(&lane(queue, &of, 9)), Some((queue.into(), of, 9)));
        }
        assert_ne!(lane("a:b", &TaskType::new("c", 1), 5), lane("a", &TaskType::new("b:c", 1), 5));
    }
}
