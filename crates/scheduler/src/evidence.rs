use std::fmt::Write as _;

use jobbers_core::lifecycle::{LeaseOver, Transition, after_lease_over};
use jobbers_core::model::Progress;
use jobbers_core::store::{OverdueTask, Verdict};

/// Decides what becomes of a task whose worker let its lease run out.
pub(crate) fn verdict(task: &OverdueTask) -> Verdict {
    let evidence = evidence(task);
    let over = LeaseOver { lost: task.lost, counts_as_lost: task.counts_as_lost, evidence: &evidence };
    let transition: Transition = after_lease_over(&task.policy, over);
    Verdict { id: task.id, token: task.token, deadline: task.deadline, transition }
}

/// What a person who looks at the history should know.
fn evidence(task: &OverdueTask) -> String {
    let OverdueTask { worker, attempt, deadline, .. } = task;
    let mut text = if task.counts_as_lost {
        format!("worker {worker} did not renew its lease on attempt {attempt}, which ended at {deadline}")
    } else {
        format!(
            "the lease of worker {worker} on attempt {attempt} ended at {deadline}, while the store was away; the worker did \
             not come back"
        )
    };
    match &task.progress {
        Some(Progress { percent, message: Some(message) }) => {
            let _ = write!(text, "; its last progress was {percent:.0} % ({message})");
        }
        Some(Progress { percent, message: None }) => {
            let _ = write!(text, "; its last progress was {percent:.0} %");
        }
        None => text.push_str("; it had told no progress"),
    }
    text
}

#[cfg(test)]
mod tests {
    use jobbers_core::lifecycle::{Destination, Position};
    use jobbers_core::model::{Policy, TaskId, TaskType, Timestamp, Token, WorkerId};

    use super::*;

    fn overdue() -> OverdueTask {
        OverdueTask {
            id: TaskId::from_parts(0, 1),
            task_type: TaskType::new("report", 1),
            queue: "default".to_owned(),
            token: Token::from_bytes([1; 8]),
            worker: WorkerId::from_bytes([10; 8]),
            attempt: 2,
            lost: 0,
            started_at: Timestamp::from_millis(0),
            deadline: Timestamp::from_millis(10_000),
            counts_as_lost: true,
            progress: Some(Progress { percent: 40.2, message: Some("page 4 of 10".to_owned()) }),
            policy: Policy::default(),
        }
    }

    #[test]
    fn the_history_names_the_worker_the_lease_and_the_last_progress() {
        let transition = verdict(&overdue()).transition;
        assert_eq!(transition.destination, Destination::Waiting(Position::Head));
        assert_eq!(
            transition.end.map(|end| end.error).as_deref(),
            Some(
                "worker 0a0a0a0a0a0a0a0a did not renew its lease on attempt 2, which ended at 1970-01-01T00:00:10.000Z; its \
                 last progress was 40 % (page 4 of 10)"
            )
        );
    }

    #[test]
    fn a_task_under_which_workers_die_is_taken_out() {
        let transition = verdict(&OverdueTask { lost: 2, ..overdue() }).transition;
        assert_eq!(transition.destination, Destination::Failed { dead_letter: true });
        let transition = verdict(&OverdueTask { lost: 2, counts_as_lost: false, ..overdue() }).transition;
        assert_eq!(transition.destination, Destination::Waiting(Position::Head));
    }
}
