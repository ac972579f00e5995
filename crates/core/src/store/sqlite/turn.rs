use std::collections::HashSet;

use async_trait::async_trait;

use super::batch::Statement;
use super::claim;
use super::interest::Interest;
use super::job::{Step, Tx};
use super::limits;
use super::moving::{self, By, Leaving};
use super::rooms::Rooms;
use super::row::{Columns as _, millis, number};
use super::stopping;
use super::trouble::{Result, Trouble};
use crate::model::{Status, Timestamp};
use crate::store::{ClaimedTask, MoveOutcome, Turn, TurnReply};

/// A worker's turn: ends a batch of attempts and claims the next.
pub(super) struct TakeTurn(pub(super) Turn);

/// What is kept of a worker's last turn.
#[derive(Debug, Default)]
struct Last {
    sequence: u64,
    /// Claims so far.
    claims: u64,
    parked: bool,
    /// Place and token of each task.
    claimed: Vec<(i64, i64)>,
    finished: Vec<MoveOutcome>,
    next_slot: Option<Timestamp>,
}

#[async_trait]
impl Step for TakeTurn {
    type Answer = TurnReply;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<TurnReply> {
        let turn = &self.0;
        let last = last(tx, turn).await?;
        stopping::end(tx, &turn.stopped).await?;
        let repeated = last.sequence == turn.sequence;
        if repeated && last.finished.len() == turn.finishes.len() {
            let claimed = claim::again(tx, &last.claimed).await?;
            if last.parked {
                park_again(tx, turn, &claimed, last.next_slot).await?;
            }
            return Ok(TurnReply {
                now: tx.now,
                finished: last.finished,
                claimed,
                parked: last.parked,
                next_slot: last.next_slot,
            });
        }
        let leaving: Vec<Leaving<'_>> = turn
            .finishes
            .iter()
            .map(|finish| Leaving {
                id: finish.id,
                token: finish.token,
                lease_until: None,
                transition: &finish.transition,
            })
            .collect();
        let finished = moving::apply(tx, By::Finish, &leaving).await?;
        if turn.sequence <= last.sequence {
            // Out of order: older than what is kept. Ending attempts is safe at any time, claiming is not.
            let claimed = if repeated { claim::again(tx, &last.claimed).await? } else { Vec::new() };
            let next_slot = last.next_slot.filter(|_| repeated);
            return Ok(TurnReply { now: tx.now, finished, claimed, parked: repeated && last.parked, next_slot });
        }
        let mut kept = Last { sequence: turn.sequence, claims: last.claims, finished, ..Last::default() };
        let mut claimed = Vec::new();
        if let Some(claim) = &turn.claim {
            let got = claim::claim(tx, turn, claim, last.claims).await?;
            kept.claims += 1;
            kept.parked = got.tasks.len() < claim.tasks as usize;
            kept.claimed = got.tasks.iter().map(|(place, task)| (*place, number(task.token.to_bytes()))).collect();
            kept.next_slot = got.next_slot;
            claimed = got.tasks.into_iter().map(|(_, task)| task).collect();
            if kept.parked {
                park(tx, turn, &claimed, &got.rooms, &got.held);
            }
        }
        if !kept.parked {
            tx.effects.parked.push((turn.worker, None));
        }
        keep(tx, turn, &kept).await?;
        let Last { finished, parked, next_slot, .. } = kept;
        Ok(TurnReply { now: tx.now, finished, claimed, parked, next_slot })
    }
}

async fn last(tx: &mut Tx<'_>, turn: &Turn) -> Result<Last> {
    let mut statement = Statement::new(include_str!("sql/turns_get.sql"));
    let Some(row) = statement.bind(number(turn.worker.to_bytes())).row(tx.db).await? else {
        return Ok(Last::default());
    };
    Ok(Last {
        sequence: row.integer("sequence")?.unsigned_abs(),
        claims: row.integer("claims")?.unsigned_abs(),
        parked: row.integer("parked")? != 0,
        claimed: unpack_claimed(&row.maybe_blob("claimed")?.unwrap_or_default()),
        finished: unpack_finished(&row.maybe_blob("finished")?.unwrap_or_default())?,
        next_slot: row.maybe_time("next_slot")?,
    })
}

async fn keep(tx: &mut Tx<'_>, turn: &Turn, kept: &Last) -> Result<()> {
    let mut statement = Statement::new(include_str!("sql/turns_keep.sql"));
    statement.bind(number(turn.worker.to_bytes())).bind(i64::try_from(kept.sequence).unwrap_or(i64::MAX));
    statement.bind(i64::try_from(kept.claims).unwrap_or(i64::MAX)).bind(kept.parked);
    statement.bind(pack_claimed(&kept.claimed)).bind(pack_finished(&kept.finished)).bind(tx.millis());
    statement.bind(kept.next_slot.map(millis));
    statement.run(tx.db).await?;
    Ok(())
}

/// The worker waits for what it could still take.
fn park(tx: &mut Tx<'_>, turn: &Turn, claimed: &[ClaimedTask], rooms: &Rooms, held: &HashSet<String>) {
    let interest = turn.claim.as_ref().map(|claim| Interest::of(claim, claimed, rooms, held));
    tx.effects.parked.push((turn.worker, interest));
}

/// It does so still.
async fn park_again(tx: &mut Tx<'_>, turn: &Turn, claimed: &[ClaimedTask], next_slot: Option<Timestamp>) -> Result<()> {
    let Some(claim) = &turn.claim else { return Ok(()) };
    let rooms = limits::rooms(tx, claim).await?.unwrap_or_default();
    // Whoever knows when to ask again is not to be woken for what lets nothing start till then.
    let is_held = |(queue, rate): (&String, &super::rate::Rate)| {
        let knows = next_slot.is_some() || rate.limit.numerator == 0;
        (knows && rate.left() == 0).then(|| queue.clone())
    };
    let held: HashSet<String> = rooms.rates.iter().filter_map(is_held).collect();
    park(tx, turn, claimed, &rooms, &held);
    Ok(())
}

fn pack_claimed(claimed: &[(i64, i64)]) -> Vec<u8> {
    claimed.iter().flat_map(|(place, token)| [place.to_be_bytes(), token.to_be_bytes()]).flatten().collect()
}

fn unpack_claimed(bytes: &[u8]) -> Vec<(i64, i64)> {
    let (numbers, _) = bytes.as_chunks::<8>();
    let (pairs, _) = numbers.as_chunks::<2>();
    pairs.iter().map(|[place, token]| (i64::from_be_bytes(*place), i64::from_be_bytes(*token))).collect()
}

/// Two bytes each: `A` or `S`, and the code of the status, or `-`.
fn pack_finished(finished: &[MoveOutcome]) -> Vec<u8> {
    let pack = |outcome: &MoveOutcome| match outcome {
        MoveOutcome::Applied { status } => [b'A', status.code()],
        MoveOutcome::Stale { now } => [b'S', now.map_or(b'-', Status::code)],
    };
    finished.iter().flat_map(pack).collect()
}

fn unpack_finished(bytes: &[u8]) -> Result<Vec<MoveOutcome>> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let unpack = |pair: &[u8; 2]| match (pair[0], Status::from_code(pair[1])) {
        (b'A', Some(status)) => Ok(MoveOutcome::Applied { status }),
        (b'S', now) => Ok(MoveOutcome::Stale { now }),
        _ => Err(Trouble::Broken("the kept turn of a worker cannot be read".into())),
    };
    pairs.iter().map(unpack).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_turn_is_read_back() {
        let claimed = [(1, -2), (i64::MAX, i64::MIN)];
        assert_eq!(unpack_claimed(&pack_claimed(&claimed)), claimed);
        let finished = [
            MoveOutcome::Applied { status: Status::Completed },
            MoveOutcome::Stale { now: Some(Status::Submitted) },
            MoveOutcome::Stale { now: None },
        ];
        assert_eq!(unpack_finished(&pack_finished(&finished)).unwrap(), finished);
        assert!(unpack_finished(b"??").is_err());
    }
}
