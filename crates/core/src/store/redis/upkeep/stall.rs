use super::super::connection::{RedisStore, broken};
use super::super::moves::{self, milliseconds};
use super::super::record;
use super::super::reply::Reply;
use super::arguments;
use crate::lifecycle::after_silence;
use crate::model::{TaskId, Token};
use crate::store::{Cursor, NO_HEARTBEAT_IN_INTERVAL, NO_HEARTBEAT_IN_STALE_TIME, Result, SilentTask, Stall, Stalled};

pub(super) async fn stall(store: &RedisStore, stall: &Stall) -> Result<Stalled> {
    let moves = [NO_HEARTBEAT_IN_INTERVAL, NO_HEARTBEAT_IN_STALE_TIME].map(what);
    let mut arguments = arguments(&stall.sweep).with("moves", moves.iter().map(Vec::as_slice).collect::<Vec<_>>());
    if let Some(stale) = stall.stale {
        arguments = arguments.with("stale", milliseconds(stale));
    }
    if let Some(place) = stall.sweep.after.as_ref().and_then(Place::read) {
        arguments = arguments.with("from", (place.queue.as_slice(), place.set, place.passed));
    }
    let mut reply = Reply::new("stall", store.step("stall", &store.scripts.stall, arguments, &[]).await?)?;
    let now = reply.time()?;
    let next = reply.maybe_list()?.map(|place| Place::answered(place).map(Place::cursor)).transpose()?;
    let mut tasks = Vec::new();
    while !reply.is_empty() {
        tasks.push(silent_task(&mut reply)?);
    }
    Ok(Stalled { now, tasks, next })
}

/// What becomes of a silent task, as a move says it behind its token.
fn what(evidence: &str) -> Vec<u8> {
    let nobody = (TaskId::from_parts(0, 0), Token::default());
    moves::pack(nobody.0, nobody.1, &after_silence(evidence)).split_off(moves::WHAT)
}

fn silent_task(reply: &mut Reply) -> Result<SilentTask> {
    let id = reply.id()?;
    let record = record::read(reply.bytes()?, false)
        .ok_or_else(|| broken("stall", format!("the record of task {id} cannot be read")))?;
    Ok(SilentTask {
        id,
        task_type: record.task_type,
        queue: record.queue,
        attempt: record.attempt,
        worker: record.worker,
    })
}

/// Where the walk goes on: a queue, one of its two sets, and how many entries of it to pass over.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    queue: Vec<u8>,
    set: u64,
    passed: u64,
}

impl Place {
    const NUMBERS: usize = 16;

    fn answered(mut reply: Reply) -> Result<Self> {
        Ok(Self { queue: reply.bytes()?.to_vec(), set: reply.number()?, passed: reply.number()? })
    }

    fn cursor(self) -> Cursor {
        let mut bytes = [self.set.to_be_bytes(), self.passed.to_be_bytes()].concat();
        bytes.extend(self.queue);
        Cursor::Own(bytes)
    }

    /// None for what was never such a cursor: then the walk begins anew.
    fn read(cursor: &Cursor) -> Option<Self> {
        let Cursor::Own(bytes) = cursor else { return None };
        let (numbers, queue) = bytes.split_at_checked(Self::NUMBERS)?;
        let number = |from: usize| numbers[from..from + 8].try_into().ok().map(u64::from_be_bytes);
        Some(Self { queue: queue.to_vec(), set: number(0)?, passed: number(8)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back() {
        let place = Place { queue: b"re%3Aports\0".to_vec(), set: 2, passed: 70_000 };
        assert_eq!(Place::read(&place.clone().cursor()), Some(place));
        assert_eq!(Place::read(&Cursor::Own(vec![1; 15])), None);
        assert_eq!(Place::read(&Cursor::Submission(1)), None);
    }
}
