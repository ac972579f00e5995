use sha2::{Digest, Sha256};

use super::Submission;
use crate::model::{Fingerprint, When};

/// The first 8 bytes of SHA-256 over the submission as it was sent: before defaults and the queue are filled in, so
/// that the same submission sent again after a change of configuration is still the same. Its id, its
/// idempotency key and its trace are not part of it.
pub(super) fn fingerprint(submission: &Submission) -> Fingerprint {
    let mut hash = Sha256::new();
    let mut part = |bytes: Option<&[u8]>| {
        // A length before each part, so that no two submissions read the same.
        hash.update(bytes.map_or(u64::MAX, |bytes| bytes.len() as u64).to_be_bytes());
        hash.update(bytes.unwrap_or_default());
    };
    part(Some(submission.task_type.name.as_bytes()));
    part(Some(&submission.task_type.version.to_be_bytes()));
    part(submission.queue.as_deref().map(str::as_bytes));
    part(submission.priority.as_ref().map(std::slice::from_ref));
    let (kind, number): (&[u8], u128) = match submission.when {
        When::Now => (b"now", 0),
        When::At(time) => (b"at", time.as_millis().into()),
        When::After(delay) => (b"after", delay.as_nanos()),
    };
    part(Some(kind));
    part(Some(&number.to_be_bytes()));
    part(Some(&submission.parameters));
    part(submission.metadata.as_deref());
    // Only where there is one, so that submissions from before there was any stay what they are.
    if let Some(time) = submission.expires_at {
        part(Some(&time.as_millis().to_be_bytes()));
    }
    let digest = hash.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    first
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::{TaskType, Timestamp};

    #[test]
    fn whatever_is_sent_counts_and_nothing_else() {
        let plain = Submission::new(TaskType::new("echo", 1), &b"{}"[..]);
        let print = fingerprint(&plain);
        assert_eq!(print, fingerprint(&plain.clone()));
        let traced =
            Submission { trace_id: Some("t".into()), id: Some(super::super::new_id::new_id()), ..plain.clone() };
        assert_eq!(print, fingerprint(&traced));
        assert_eq!(print, fingerprint(&Submission { idempotency_key: Some([1; 16]), ..plain.clone() }));
        for other in [
            Submission { task_type: TaskType::new("echo", 2), ..plain.clone() },
            Submission { task_type: TaskType::new("Echo", 1), ..plain.clone() },
            Submission { queue: Some("default".into()), ..plain.clone() },
            Submission { queue: Some(String::new()), ..plain.clone() },
            Submission { priority: Some(5), ..plain.clone() },
            Submission { when: When::After(Duration::ZERO), ..plain.clone() },
            Submission { when: When::At(Timestamp::from_millis(0)), ..plain.clone() },
            Submission { parameters: b"{ }"[..].into(), ..plain.clone() },
            Submission { metadata: Some(b"{}"[..].into()), ..plain.clone() },
            Submission { expires_at: Some(Timestamp::from_millis(0)), ..plain.clone() },
        ] {
            assert_ne!(print, fingerprint(&other), "{other:?}");
        }
    }
}
