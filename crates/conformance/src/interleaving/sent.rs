//! What the words of a case stand for.

use std::time::Duration;

use jobbers_core::lifecycle::Outcome;
use jobbers_core::model::{NewTask, Status, TaskId, Timestamp, When};
use jobbers_core::store::{Claim, Filter, List, Order, QueueSlots};

use super::limits::Windows;
use super::step::{End, Listing, Slots, Submission};
use crate::Worker;
use crate::oracle::Model;
use crate::sample::{
    QUEUE, alpha, beta, completed, confirmed_cancelled, failed, failed_expectedly, failed_for_later, handed_back, id,
    stopped, task, worker_id,
};

pub(super) const TASKS: u8 = 8;
const ELSEWHERE: &str = "elsewhere";

pub(super) fn hundredths_of_a_second(hundredths: u16) -> Duration {
    Duration::from_millis(u64::from(hundredths) * 10)
}

pub(super) fn queue(elsewhere: bool) -> String {
    if elsewhere { ELSEWHERE } else { QUEUE }.to_owned()
}

/// The ids of these tasks.
pub(super) fn ids(tasks: &[u8]) -> Vec<TaskId> {
    tasks.iter().map(|task| id(u64::from(task % TASKS))).collect()
}

/// The first page of a list.
pub(super) fn list(listing: Listing, model: &Model) -> List {
    let mut filter = Filter {
        status: listing.status.map(|index| Status::ALL[usize::from(index)]),
        dead: listing.dead,
        queue: listing.elsewhere.map(queue),
        name: listing.beta.map(|is_beta| if is_beta { beta() } else { alpha() }.name),
        version: listing.version,
        worker: listing.worker.map(|n| worker_id(n + 1)),
        since: None,
        until: None,
    };
    let time = |task: u8| model.get(ids(&[task])[0]).and_then(|task| filter.time(task)).unwrap_or(model.now);
    let since = listing.since.map(time);
    let until = listing.until.map(|task| time(task).after(Duration::from_millis(1)));
    (filter.since, filter.until) = (since, until);
    let order = if listing.oldest_first { Order::OldestFirst } else { Order::NewestFirst };
    List { filter, order, after: None, limit: usize::from(listing.limit) }
}

/// The submission as it is sent at this time.
pub(super) fn new_task(submission: &Submission, now: Timestamp) -> NewTask {
    let number = u64::from(submission.task % TASKS);
    NewTask {
        task_type: if submission.beta { beta() } else { alpha() },
        queue: queue(submission.elsewhere),
        priority: if submission.urgent { 1 } else { 5 },
        when: submission.delay.map_or(When::Now, |hundredths| When::After(hundredths_of_a_second(hundredths))),
        expires_at: submission.expires.map(|hundredths| now.after(hundredths_of_a_second(hundredths))),
        idempotency_key: submission.key.map(|key| [key; 16]),
        fingerprint: if submission.altered { [0xFF; 8] } else { number.to_be_bytes() },
        ..task(number)
    }
}

/// A claim with these slots, and what the worker has heard of limits.
pub(super) fn limited(worker: &Worker, slots: Slots, windows: Windows) -> Claim {
    let mut claim = worker.claim_of(u32::from(slots.tasks));
    claim.queues[0].free = u32::from(slots.queue);
    claim.queues.push(QueueSlots {
        queue: ELSEWHERE.to_owned(),
        free: u32::from(slots.elsewhere),
        ..QueueSlots::default()
    });
    for types in &mut claim.types {
        types.free = u32::from(if types.task_type == alpha() { slots.alphas } else { slots.betas });
    }
    slots.limits.put_into(&mut claim, windows);
    claim
}

pub(super) fn outcome(end: End) -> Outcome {
    match end {
        End::Complete => completed("1"),
        End::Fail => failed("broken"),
        End::RetryAtOnce => failed_expectedly("busy"),
        End::RetryLater(seconds) => failed_for_later("busy", u64::from(seconds)),
        End::HandBack => handed_back(),
        End::Stop => stopped(),
        End::ConfirmCancel => confirmed_cancelled(),
    }
}
