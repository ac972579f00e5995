//! A claim under limits over all workers: what is read before it, and written with it.

use std::collections::{HashMap, HashSet};

use super::allot::Waiting;
use super::claim;
use super::job::Tx;
use super::lane_counts;
use super::lanes::LaneKey;
use super::rate;
use super::rooms::{Rooms, held_back};
use super::running;
use super::trouble::Result;
use crate::model::{RateLimit, TaskType, Timestamp};
use crate::store::Claim;

/// What limits over all workers leave; none if the claim knows of no such limit.
pub(super) async fn rooms(tx: &mut Tx<'_>, claim: &Claim) -> Result<Option<Rooms>> {
    let queues: HashMap<&str, u32> =
        claim.queues.iter().filter_map(|slots| Some((slots.queue.as_str(), slots.total?))).collect();
    let types: HashMap<&TaskType, u32> =
        claim.types.iter().filter_map(|slots| Some((&slots.task_type, slots.total?))).collect();
    let limits: Vec<(&str, RateLimit)> =
        claim.queues.iter().filter_map(|slots| Some((slots.queue.as_str(), slots.rate?))).collect();
    if queues.is_empty() && types.is_empty() && limits.is_empty() {
        return Ok(None);
    }
    let mut rooms = Rooms::default();
    let left = |total: u32, running: u64| u32::try_from(u64::from(total).saturating_sub(running)).unwrap_or(u32::MAX);
    if !queues.is_empty() || !types.is_empty() {
        // What this turn has ended counts no more.
        lane_counts::settle(tx).await?;
        for (queue, running) in running::in_queues(tx.db, tx.now, &queues.keys().copied().collect::<Vec<_>>()).await? {
            let total = queues.get(queue.as_str()).copied().unwrap_or(u32::MAX);
            rooms.queues.insert(queue, left(total, running));
        }
        for (task_type, running) in running::of_types(tx.db, tx.now, &types.keys().copied().collect::<Vec<_>>()).await?
        {
            let total = types.get(&task_type).copied().unwrap_or(u32::MAX);
            rooms.types.insert(task_type, left(total, running));
        }
    }
    if !limits.is_empty() {
        rooms.rates = rate::rates(tx.db, tx.now, &limits).await?;
    }
    Ok(Some(rooms))
}

/// Tasks about to start take their places, and their starts are counted.
pub(super) async fn take(tx: &mut Tx<'_>, rooms: &mut Rooms, next: impl Iterator<Item = &LaneKey>) -> Result<()> {
    let mut starts: HashMap<&str, u32> = HashMap::new();
    for key in next {
        rooms.take(key);
        *starts.entry(&key.queue).or_default() += 1;
    }
    for (queue, tasks) in starts {
        if let Some(rate) = rooms.rates.get_mut(queue) {
            rate::count(tx, queue, rate, tasks).await?;
        }
    }
    Ok(())
}

/// Queues of which the rate limit held back tasks that the claim would have taken.
pub(super) async fn held(
    tx: &mut Tx<'_>,
    rooms: &Rooms,
    waiting: &[Waiting],
    picks: &[i64],
    claim: &Claim,
) -> Result<HashSet<String>> {
    let picked = held_back(rooms, waiting, picks, claim);
    // Lanes count tasks that have expired among those that wait: there must be one more that can start.
    let asked: HashMap<i64, usize> = picked.iter().map(|(lane, picked)| (*lane, picked + 1)).collect();
    let heads = claim::heads(tx, &asked).await?;
    let is_held = |lane: &&Waiting| {
        let more = |picked: &usize| heads.get(&lane.lane).map_or(0, Vec::len) > *picked;
        picked.get(&lane.lane).is_some_and(more)
    };
    Ok(waiting.iter().filter(is_held).map(|lane| lane.key.queue.clone()).collect())
}

/// When the first of these queues' rate limits lets a task start.
pub(super) async fn next_slot(tx: &mut Tx<'_>, rooms: &Rooms, held: &HashSet<String>) -> Result<Option<Timestamp>> {
    let mut first: Option<Timestamp> = None;
    for queue in held {
        if let Some(rate) = rooms.rates.get(queue) {
            let next = rate::next(tx.db, queue, rate).await?;
            first = first.into_iter().chain(next).min();
        }
    }
    Ok(first)
}
