//! Why a task that live workers could run does not run yet.

use std::time::Duration;

use super::reason::{Limit, QueueNow, Reason, Surroundings, Waits};
use crate::model::{ProcessInfo, Queue, RateLimit, Task, Timestamp};
use crate::store::Standing;

/// What would have to give way first: limits over all workers, then the rate, then what each worker allows itself.
pub(super) fn in_turn(task: &Task, around: &Surroundings, waits: Waits, able: &[&ProcessInfo]) -> Reason {
    let queue = match &around.queue {
        QueueNow::There(queue) => Some(queue),
        QueueNow::Missing | QueueNow::Unread => None,
    };
    let rate = queue.and_then(|queue| queue.rate);
    let estimated_start = estimated_start(around, waits, rate);
    let full =
        |limit, most, running| Reason::Full { waits, limit, most, running, held_by: Vec::new(), estimated_start };
    if let Some((limit, most, running)) = around.standing.and_then(|standing| full_total(queue, around, standing)) {
        return full(limit, Some(most), running);
    }
    if let (Some(limit), Some(allowance)) = (rate, around.standing.and_then(|standing| standing.allowance))
        && allowance.left == 0
    {
        let next = allowance.next;
        return Reason::RateLimited { waits, limit, next, estimated_start: next.and(estimated_start) };
    }
    let with_free_slot = able.iter().filter(|process| lacks(process, task).is_none()).count();
    if with_free_slot == 0 {
        let lacking: Vec<Limit> = able.iter().filter_map(|process| lacks(process, task)).collect();
        let limit = if lacking.iter().all(|limit| *limit == lacking[0]) { lacking[0] } else { Limit::Slots };
        let most = match limit {
            Limit::QueuePerWorker => queue.and_then(|queue| queue.max_concurrent),
            Limit::TypePerWorker => around.of_type.max_concurrent,
            Limit::QueueTotal | Limit::TypeTotal | Limit::Slots => None,
        };
        let running = able.iter().filter_map(|process| process.load.as_ref()).map(|load| u64::from(load.running)).sum();
        return full(limit, most, running);
    }
    Reason::Waiting { waits, workers: able.len(), with_free_slot, estimated_start }
}

/// A limit over all workers that is reached, with how many it allows and what runs under it.
fn full_total(queue: Option<&Queue>, around: &Surroundings, standing: Standing) -> Option<(Limit, u32, u64)> {
    let of_queue = (Limit::QueueTotal, queue.and_then(|queue| queue.max_concurrent_total), standing.running_in_queue);
    let of_type = (Limit::TypeTotal, around.of_type.max_concurrent_total, standing.running_of_type);
    [of_queue, of_type]
        .into_iter()
        .filter_map(|(limit, most, running)| Some((limit, most?, running)))
        .find(|(_, most, running)| *running >= u64::from(*most))
}

/// What a worker has no room in, by what it said last; one that says nothing of itself may have room.
fn lacks(process: &ProcessInfo, task: &Task) -> Option<Limit> {
    let load = process.load.as_ref()?;
    let of_queue = load.free_by_queue.iter().find(|(queue, _)| *queue == task.queue).map(|(_, free)| *free);
    let of_type = load.free_by_type.iter().find(|(task_type, _)| *task_type == task.task_type).map(|(_, free)| *free);
    // A worker without a slot has none of any kind.
    [(Limit::Slots, Some(load.free)), (Limit::QueuePerWorker, of_queue), (Limit::TypePerWorker, of_type)]
        .into_iter()
        .find(|(_, free)| *free == Some(0))
        .map(|(limit, _)| limit)
}

/// By how fast tasks of the queue have started lately, and no faster than the rate limit allows.
fn estimated_start(around: &Surroundings, waits: Waits, rate: Option<RateLimit>) -> Option<Timestamp> {
    /// Nobody plans for longer than that.
    const LONGEST: f64 = 366.0 * 86_400.0;
    let ahead = waits.ahead_in_queue? as f64;
    let next = around.standing.and_then(|standing| standing.allowance).and_then(|allowance| allowance.next);
    let allowed = rate.map(|rate| f64::from(rate.numerator) / rate.window().as_secs_f64());
    let pace = match allowed {
        // The limit is what holds it back.
        Some(allowed) if next.is_some() => allowed,
        Some(allowed) => allowed.min(around.starts_per_second),
        None => around.starts_per_second,
    };
    // The next start that the limit allows is that of the first in line.
    let (begin, before) = next.map_or((around.now, ahead + 1.0), |next| (next, ahead));
    if before == 0.0 {
        return Some(begin);
    }
    let seconds = before / pace;
    (seconds <= LONGEST).then(|| begin.after(Duration::from_secs_f64(seconds)))
}
