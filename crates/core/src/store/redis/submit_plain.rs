//! The short way for submissions about which nothing is special, which most are.

use std::collections::{HashMap, HashSet};

use super::codec::arguments::{Arguments, Packed};
use super::connection::RedisStore;
use super::reply::Reply;
use super::submit::{body_size, lane, write_body};
use crate::model::{NewTask, Status, When};
use crate::store::{Result, SubmitOutcome};

/// Submits tasks that wait from now on. Nothing has happened if it answers nothing: something is special about one of
/// them, or one is known.
pub(super) async fn submit_plain(store: &RedisStore, tasks: &[NewTask]) -> Result<Option<Vec<SubmitOutcome>>> {
    let Some(lanes) = Lanes::of(tasks) else { return Ok(None) };
    const ID: usize = 16;
    let mut packed = Vec::with_capacity(tasks.len());
    for (task, place) in tasks.iter().zip(&lanes.places) {
        let mut bytes = Vec::with_capacity(ID + body_size(task));
        bytes.extend_from_slice(&task.id.to_bytes());
        write_body(task, &lanes.names[usize::from(*place)], &mut bytes)?;
        packed.push(bytes);
    }
    let in_turns = packed.iter().flat_map(|bytes| [&bytes[..ID], &bytes[ID..]]);
    let answer = store.step_with("submit", &store.scripts.submit_plain, lanes.arguments(), in_turns).await?;
    let mut reply = Reply::new("submit", answer)?;
    let submitted_at = reply.time()?;
    let stored = SubmitOutcome::Stored { status: Status::Submitted, submitted_at, run_at: None };
    Ok(reply.maybe_number()?.map(|_| vec![stored; tasks.len()]))
}

/// The lanes of some tasks.
#[derive(Debug, PartialEq)]
struct Lanes {
    names: Vec<String>,
    /// By task, in order: its lane among `names`.
    places: Vec<u16>,
}

impl Lanes {
    /// None if something is special about a task, or an id comes twice.
    fn of(tasks: &[NewTask]) -> Option<Self> {
        if !tasks.iter().all(is_plain) || !are_distinct(tasks) {
            return None;
        }
        let mut lanes = Self { names: Vec::new(), places: Vec::with_capacity(tasks.len()) };
        let mut known = HashMap::new();
        for (index, task) in tasks.iter().enumerate() {
            // One after the other is mostly of the same lane.
            let before = index.checked_sub(1).map(|before| &tasks[before]).filter(|before| is_same_lane(before, task));
            let place = match before {
                Some(_) => lanes.places[index - 1],
                None => {
                    let next = u16::try_from(lanes.names.len()).ok()?;
                    *known.entry((&task.queue, &task.task_type, task.priority)).or_insert_with(|| {
                        lanes.names.push(lane(task));
                        next
                    })
                }
            };
            lanes.places.push(place);
        }
        Some(lanes)
    }

    fn arguments(&self) -> Arguments {
        let places = match self.names.len() {
            1 => Vec::new(),
            _ => self.places.iter().flat_map(|place| (place + 1).to_be_bytes()).collect(),
        };
        Arguments::default().with("lanes", self.names.clone()).with("places", Packed(places))
    }
}

fn is_plain(task: &NewTask) -> bool {
    task.when == When::Now && task.expires_at.is_none() && task.idempotency_key.is_none()
}

fn are_distinct(tasks: &[NewTask]) -> bool {
    let mut ids = HashSet::with_capacity(tasks.len());
    tasks.len() == 1 || tasks.iter().all(|task| ids.insert(task.id))
}

fn is_same_lane(one: &NewTask, other: &NewTask) -> bool {
    one.queue == other.queue && one.task_type == other.task_type && one.priority == other.priority
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;
    use crate::model::{TaskId, TaskType, Timestamp};

    fn task(id: u8, queue: &str, priority: u8) -> NewTask {
        NewTask {
            id: TaskId::from_bytes([id; 16]),
            task_type: TaskType::new("noop", 1),
            queue: queue.to_owned(),
            priority,
            when: When::Now,
            parameters: Bytes::from_static(b"{}"),
            metadata: None,
            trace_id: None,
            fingerprint: [0; 8],
            expires_at: None,
            idempotency_key: None,
        }
    }

    #[test]
    fn each_task_is_told_its_lane_and_each_lane_is_named_once() {
        let tasks = [task(1, "a", 5), task(2, "b", 5), task(3, "b", 5), task(4, "a", 5), task(5, "a", 4)];
        let lanes = Lanes::of(&tasks).unwrap();
        assert_eq!(lanes.names, ["a:noop@1:5", "b:noop@1:5", "a:noop@1:4"]);
        assert_eq!(lanes.places, [0, 1, 1, 0, 2]);
    }

    #[test]
    fn what_is_special_or_comes_twice_goes_the_long_way() {
        let plain = task(1, "a", 5);
        assert!(Lanes::of(std::slice::from_ref(&plain)).is_some());
        let special = [
            NewTask { when: When::After(Duration::from_secs(1)), ..plain.clone() },
            NewTask { when: When::At(Timestamp::from_millis(0)), ..plain.clone() },
            NewTask { expires_at: Some(Timestamp::from_millis(0)), ..plain.clone() },
            NewTask { idempotency_key: Some([0; 16]), ..plain.clone() },
        ];
        for task in special {
            assert_eq!(Lanes::of(&[plain.clone(), NewTask { id: TaskId::from_bytes([2; 16]), ..task }]), None);
        }
        assert_eq!(Lanes::of(&[plain.clone(), plain]), None);
    }
}
