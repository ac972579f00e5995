//! What is submitted, and what must become of it.

use serde_json::{Value, json};

use super::Chance;
use super::journal::Journal;
use super::recorded::{End, Recorded};

/// Seconds after which a task starts that is not to start at all while anybody looks.
const MUCH_LATER: f64 = 3600.0;

/// One task.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub id: String,
    pub seconds: f64,
    pub delay: Option<f64>,
    pub end: End,
    /// Whether it is kept as a dead letter when it has failed for good.
    pub kept: bool,
    /// Characters that it carries only to be large.
    pub ballast: usize,
}

/// What becomes of a task that nobody cancels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Completes { failures: u32 },
    Fails { dead: bool },
    StaysScheduled,
}

impl Plan {
    /// Of a new id that completes.
    pub fn new(chance: &mut Chance) -> Self {
        Self { id: id(chance), seconds: 0.0, delay: None, end: End::Complete, kept: false, ballast: 0 }
    }

    /// A bit of everything; what runs takes up to `seconds`.
    pub fn mixed(chance: &mut Chance, seconds: f64) -> Self {
        let mut plan = Self::new(chance);
        plan.seconds = chance.between(0.0, seconds);
        match chance.below(20) {
            0..=7 => {}
            8..=10 => plan.end = End::Retry { failures: 1 + u32::from(chance.happens(0.5)), pause: None },
            11..=13 => plan.end = End::Retry { failures: 1, pause: Some(chance.between(0.1, 0.8)) },
            14 => plan.end = End::Fail,
            15 => plan.end = End::Panic,
            // One retry more than there are.
            16 => (plan.kept, plan.end) = (true, End::Retry { failures: 2, pause: None }),
            17 | 18 => plan.delay = Some(chance.between(0.1, 1.5)),
            _ => plan.delay = Some(MUCH_LATER),
        }
        plan
    }

    pub fn fate(&self) -> Fate {
        match self.end {
            _ if self.delay == Some(MUCH_LATER) => Fate::StaysScheduled,
            End::Complete => Fate::Completes { failures: 0 },
            End::Retry { .. } | End::Fail | End::Panic if self.kept => Fate::Fails { dead: true },
            End::Retry { failures, .. } => Fate::Completes { failures },
            End::Fail | End::Panic => Fate::Fails { dead: false },
        }
    }

    /// The body of its submission.
    pub fn body(&self, journal: &Journal) -> Value {
        let parameters = Recorded {
            journal: journal.path().to_owned(),
            seconds: self.seconds,
            end: self.end,
            ballast: "x".repeat(self.ballast),
        };
        let name = if self.kept { "kept_task" } else { "recorded_task" };
        let mut body = json!({"id": self.id, "name": name, "version": 1, "parameters": parameters});
        if let Some(delay) = self.delay {
            body["delay"] = json!(delay);
        }
        body
    }
}

/// A ULID whose time is not that of any clock.
fn id(chance: &mut Chance) -> String {
    const A_TIME: u64 = 1_700_000_000_000;
    jobbers_worker::model::TaskId::from_parts(A_TIME, chance.bits()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_of_a_task_follows_from_its_plan() {
        let plan = Plan::new(&mut Chance::of(1, "plan"));
        let retried = Plan { end: End::Retry { failures: 2, pause: None }, ..plan.clone() };
        assert_eq!(plan.fate(), Fate::Completes { failures: 0 });
        assert_eq!(retried.fate(), Fate::Completes { failures: 2 });
        assert_eq!(Plan { kept: true, ..retried }.fate(), Fate::Fails { dead: true });
        assert_eq!(Plan { end: End::Panic, ..plan.clone() }.fate(), Fate::Fails { dead: false });
        assert_eq!(Plan { delay: Some(MUCH_LATER), ..plan }.fate(), Fate::StaysScheduled);
    }
}
