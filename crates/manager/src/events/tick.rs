use jobbers_core::model::{Status, TaskId};
use jobbers_core::store::QueueCounts;
use serde_json::{Value, json};

use super::ring::Said;

/// Task events in a second.
pub(super) const TASKS_A_SECOND: u32 = 50;
/// Ticks in a second.
pub(super) const TICKS: u32 = 4;

/// What is worth saying, tick by tick.
#[derive(Debug, Default)]
pub(super) struct Tick {
    counts: Option<Value>,
    /// In this second.
    ticks: u32,
    told: u32,
    skipped: u64,
}

impl Tick {
    /// A task changed; what is to be said of it.
    pub(super) fn moved(&mut self, id: TaskId, status: Status) -> Option<Said> {
        if self.told == TASKS_A_SECOND {
            self.skipped += 1;
            return None;
        }
        self.told += 1;
        let status = match status {
            // It was removed.
            Status::Unsubmitted => "removed",
            status => status.as_str(),
        };
        Some(said("task", &json!({"id": id, "status": status})))
    }

    /// So many changes were missed.
    pub(super) fn missed(&mut self, number: u64) {
        self.skipped += number;
    }

    /// A quarter of a second is over.
    pub(super) fn over(&mut self) -> Option<Said> {
        self.ticks += 1;
        if self.ticks < TICKS {
            return None;
        }
        (self.ticks, self.told) = (0, 0);
        let skipped = std::mem::take(&mut self.skipped);
        (skipped > 0).then(|| said("skipped", &json!({"tasks": skipped})))
    }

    /// The counts, if they are not as they were.
    pub(super) fn counted(&mut self, counts: &[QueueCounts]) -> Option<Said> {
        let counts = body(counts);
        if self.counts.as_ref() == Some(&counts) {
            return None;
        }
        let said = said("counts", &counts);
        self.counts = Some(counts);
        Some(said)
    }

    /// The counts as they were last.
    pub(super) fn counts(&self) -> Option<Said> {
        self.counts.as_ref().map(|counts| said("counts", counts))
    }
}

fn said(event: &'static str, data: &Value) -> Said {
    Said { event, data: data.to_string().into() }
}

fn body(counts: &[QueueCounts]) -> Value {
    let queue = |of: &QueueCounts| {
        json!({
            "queue": of.queue, "waiting": of.waiting, "scheduled": of.scheduled, "started": of.started,
            "dead": of.dead, "oldest_waiting": of.oldest_waiting,
        })
    };
    json!({"queues": counts.iter().map(queue).collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_tasks_a_second_are_told_and_the_others_counted() {
        let mut tick = Tick::default();
        for second in 0..3 {
            let mut told = 0;
            for number in 0..80 {
                told += u32::from(tick.moved(TaskId::from_parts(second, number), Status::Started).is_some());
                if number % 20 == 19 && number < 79 {
                    assert_eq!(tick.over(), None);
                }
            }
            assert_eq!(told, TASKS_A_SECOND);
            assert_eq!(tick.over(), Some(said("skipped", &json!({"tasks": 30}))));
        }
        for _ in 0..TICKS {
            assert_eq!(tick.over(), None, "nothing was skipped");
        }
    }

    #[test]
    fn counts_are_told_when_they_change() {
        let mut tick = Tick::default();
        let queue = |waiting| QueueCounts { queue: "default".into(), waiting, ..QueueCounts::default() };
        assert!(tick.counted(&[queue(1)]).is_some());
        assert_eq!(tick.counted(&[queue(1)]), None);
        let said = tick.counted(&[queue(2)]);
        assert!(said.as_ref().is_some_and(|said| said.data.contains("\"waiting\":2")), "{said:?}");
        assert_eq!(tick.counts(), said);
    }
}
