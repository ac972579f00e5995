//! When a new task stops being wanted.

use super::Submission;
use crate::model::{Timestamp, When};

/// Whether a submission leaves its task any time to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expiry {
    InTime,
    /// It would expire before it may start, whenever it is sent.
    Never,
    /// It has expired by now; when it was sent first it may have been in time.
    Over,
}

pub(super) fn expiry(submission: &Submission, now: Timestamp) -> Expiry {
    let Some(expires_at) = submission.expires_at else { return Expiry::InTime };
    let start = match submission.when {
        When::At(time) if expires_at <= time => return Expiry::Never,
        When::Now | When::At(_) => now,
        When::After(delay) => now.after(delay),
    };
    if expires_at <= start { Expiry::Over } else { Expiry::InTime }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::TaskType;

    #[test]
    fn a_task_must_have_time_to_start() {
        let time = Timestamp::from_millis;
        let now = time(1_000);
        let check = |when, expires_at| {
            let submission = Submission::new(TaskType::new("echo", 1), &b"{}"[..]);
            expiry(&Submission { when, expires_at, ..submission }, now)
        };
        assert_eq!(check(When::Now, None), Expiry::InTime);
        assert_eq!(check(When::Now, Some(time(1_001))), Expiry::InTime);
        assert_eq!(check(When::Now, Some(now)), Expiry::Over);
        assert_eq!(check(When::At(time(2_000)), Some(time(2_001))), Expiry::InTime);
        assert_eq!(check(When::At(time(2_000)), Some(time(2_000))), Expiry::Never);
        assert_eq!(check(When::At(time(5)), Some(time(6))), Expiry::Over);
        let delay = When::After(Duration::from_secs(1));
        assert_eq!(check(delay, Some(time(2_001))), Expiry::InTime);
        assert_eq!(check(delay, Some(time(2_000))), Expiry::Over);
    }
}
