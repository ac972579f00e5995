use std::fmt;

use crate::model::Status;

/// What can happen to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// A client submits it, to start as soon as possible.
    Submit,
    /// A client submits it for later.
    Schedule,
    /// Its time has come.
    Promote,
    /// A worker takes it.
    Claim,
    /// Its handler returned a result.
    Complete,
    /// It failed for good.
    Fail,
    /// It failed and is tried again at once.
    RetryAtOnce,
    /// It failed and is tried again after a delay.
    RetryLater,
    /// Its worker stops and gives it back.
    HandBack,
    /// Its worker died.
    LeaseOver,
    /// Workers died under it too often.
    Poison,
    /// It fell silent, or was stopped at shutdown.
    Stall,
    /// Someone asks for its end.
    Cancel,
    /// Its handler stopped because someone asked.
    ConfirmCancel,
    /// Its time to start has passed.
    Expire,
    /// No worker has code for it.
    Drop,
    /// Someone runs it again.
    Resubmit,
    /// Someone, or age, removes it.
    Forget,
}

impl Event {
    pub const ALL: [Self; 18] = [
        Self::Submit,
        Self::Schedule,
        Self::Promote,
        Self::Claim,
        Self::Complete,
        Self::Fail,
        Self::RetryAtOnce,
        Self::RetryLater,
        Self::HandBack,
        Self::LeaseOver,
        Self::Poison,
        Self::Stall,
        Self::Cancel,
        Self::ConfirmCancel,
        Self::Expire,
        Self::Drop,
        Self::Resubmit,
        Self::Forget,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Schedule => "schedule",
            Self::Promote => "promote",
            Self::Claim => "claim",
            Self::Complete => "complete",
            Self::Fail => "fail",
            Self::RetryAtOnce => "retry at once",
            Self::RetryLater => "retry later",
            Self::HandBack => "hand back",
            Self::LeaseOver => "lease over",
            Self::Poison => "poison",
            Self::Stall => "stall",
            Self::Cancel => "cancel",
            Self::ConfirmCancel => "confirm cancel",
            Self::Expire => "expire",
            Self::Drop => "drop",
            Self::Resubmit => "resubmit",
            Self::Forget => "forget",
        }
    }
}

/// The event cannot happen to a task in that status; nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a {status} task does not {event}")]
pub struct Refused {
    pub status: Status,
    pub event: Event,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The status after `event`: the whole lifecycle, and the only place that knows it.
///
/// A started task that is asked to cancel stays started (the intent is recorded) until its handler has stopped.
/// `Forget` leads back to `Unsubmitted`: the store no longer knows the task.
pub const fn step(status: Status, event: Event) -> Result<Status, Refused> {
    use Event as E;
    use Status as S;
    match (status, event) {
        (S::Unsubmitted, E::Submit) => Ok(S::Submitted),
        (S::Unsubmitted, E::Schedule) => Ok(S::Scheduled),

        (S::Submitted, E::Claim) => Ok(S::Started),
        (S::Submitted, E::Cancel | E::Expire) => Ok(S::Cancelled),
        (S::Submitted, E::Drop) => Ok(S::Dropped),

        (S::Scheduled, E::Promote) => Ok(S::Submitted),
        (S::Scheduled, E::Cancel | E::Expire) => Ok(S::Cancelled),

        (S::Started, E::Complete) => Ok(S::Completed),
        (S::Started, E::Fail | E::Poison) => Ok(S::Failed),
        (S::Started, E::RetryLater) => Ok(S::Scheduled),
        (S::Started, E::RetryAtOnce | E::HandBack | E::LeaseOver) => Ok(S::Submitted),
        (S::Started, E::Stall) => Ok(S::Stalled),
        (S::Started, E::Cancel) => Ok(S::Started),
        (S::Started, E::ConfirmCancel) => Ok(S::Cancelled),

        (S::Failed | S::Stalled | S::Cancelled | S::Dropped, E::Resubmit) => Ok(S::Submitted),
        (S::Completed | S::Failed | S::Stalled | S::Cancelled | S::Dropped, E::Forget) => Ok(S::Unsubmitted),

        (
            S::Unsubmitted,
            E::Promote
            | E::Claim
            | E::Complete
            | E::Fail
            | E::RetryAtOnce
            | E::RetryLater
            | E::HandBack
            | E::LeaseOver
            | E::Poison
            | E::Stall
            | E::Cancel
            | E::ConfirmCancel
            | E::Expire
            | E::Drop
            | E::Resubmit
            | E::Forget,
        )
        | (
            S::Submitted,
            E::Submit
            | E::Schedule
            | E::Promote
            | E::Complete
            | E::Fail
            | E::RetryAtOnce
            | E::RetryLater
            | E::HandBack
            | E::LeaseOver
            | E::Poison
            | E::Stall
            | E::ConfirmCancel
            | E::Resubmit
            | E::Forget,
        )
        | (
            S::Scheduled,
            E::Submit
            | E::Schedule
            | E::Claim
            | E::Complete
            | E::Fail
            | E::RetryAtOnce
            | E::RetryLater
            | E::HandBack
            | E::LeaseOver
            | E::Poison
            | E::Stall
            | E::ConfirmCancel
            | E::Drop
            | E::Resubmit
            | E::Forget,
        )
        | (
            S::Started,
            E::Submit | E::Schedule | E::Promote | E::Claim | E::Expire | E::Drop | E::Resubmit | E::Forget,
        )
        | (
            S::Completed,
            E::Submit
            | E::Schedule
            | E::Promote
            | E::Claim
            | E::Complete
            | E::Fail
            | E::RetryAtOnce
            | E::RetryLater
            | E::HandBack
            | E::LeaseOver
            | E::Poison
            | E::Stall
            | E::Cancel
            | E::ConfirmCancel
            | E::Expire
            | E::Drop
            | E::Resubmit,
        )
        | (
            S::Failed | S::Stalled | S::Cancelled | S::Dropped,
            E::Submit
            | E::Schedule
            | E::Promote
            | E::Claim
            | E::Complete
            | E::Fail
            | E::RetryAtOnce
            | E::RetryLater
            | E::HandBack
            | E::LeaseOver
            | E::Poison
            | E::Stall
            | E::Cancel
            | E::ConfirmCancel
            | E::Expire
            | E::Drop,
        ) => Err(Refused { status, event }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_resubmission_or_its_removal_happens_to_an_ended_task() {
        for status in Status::ALL.into_iter().filter(|status| status.is_ended()) {
            for event in Event::ALL {
                let allowed = step(status, event).is_ok();
                let expected = match event {
                    Event::Resubmit => status != Status::Completed,
                    Event::Forget => true,
                    _ => false,
                };
                assert_eq!(allowed, expected, "{status} {event}");
            }
        }
    }
}
