use std::collections::HashMap;

use super::effects::Claimable;
use super::job::Tx;
use super::lanes::{self, Coming};
use super::trouble::{Result, Trouble};

/// A task that comes to the tail of its lane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comer {
    pub(super) place: i64,
    pub(super) lane: i64,
}

/// Counts tasks at the tails of their lanes, in their order, and has workers woken for them. Answers place and position
/// of each, which are yet to be written.
pub(super) async fn positions(tx: &mut Tx<'_>, comers: &[Comer]) -> Result<Vec<(i64, i64)>> {
    let mut coming: HashMap<i64, Coming> = HashMap::new();
    for comer in comers {
        coming.entry(comer.lane).or_default().tails += 1;
    }
    let mut lanes = lanes::give(tx.db, &coming).await?;
    let mut positions = Vec::with_capacity(comers.len());
    for Comer { place, lane } in comers {
        let lane = lanes.get_mut(lane).ok_or_else(|| Trouble::Broken(format!("the task at {place} has no lane")))?;
        positions.push((*place, lane.next_tail()));
    }
    for (lane, Coming { tails, .. }) in coming {
        if let Some(lane) = lanes.remove(&lane) {
            let tasks = tails.unsigned_abs();
            tx.effects.claimable.push(Claimable { queue: lane.queue, task_type: lane.task_type, tasks });
        }
    }
    Ok(positions)
}
