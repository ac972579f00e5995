use std::collections::HashMap;

use super::batch::Batch;
use super::effects::{Claimable, Told};
use super::job::Tx;
use super::lanes::{self, Coming};
use super::row::{Columns as _, eight_bytes, letter, millis, number};
use super::stopping::{self, Taken};
use super::tally::Tally;
use super::trouble::{Result, Trouble};
use crate::lifecycle::{Destination, Event, Position, Transition};
use crate::model::{EndDetail, Status, TaskId, Timestamp, Token, WorkerId};
use crate::store::MoveOutcome;

static FIND: Batch = Batch::new(include_str!("sql/tasks_find.sql"), 1);
static MOVE: Batch = Batch::new(include_str!("sql/tasks_move.sql"), 10);
static ENDS: Batch = Batch::new(include_str!("sql/ends_insert.sql"), 7);
static FORGET: Batch = Batch::new(include_str!("sql/ends_forget.sql"), 2);
static TELL: Batch = Batch::new(include_str!("sql/turns_tell.sql"), 2);

/// Ends of attempts that a task remembers.
const REMEMBERED: i64 = 100;

/// Who takes tasks out of `started`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// Its worker.
    Finish,
    /// Whoever found its lease over: then the lease must still be over, and the worker is told.
    Reap,
    /// Whoever found it silent; the worker is told.
    Stall,
}

impl By {
    const fn letter(self) -> &'static str {
        match self {
            Self::Finish => "F",
            Self::Reap => "R",
            Self::Stall => "S",
        }
    }
}

/// A started task that is to go somewhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaving<'a> {
    pub(super) id: TaskId,
    pub(super) token: Token,
    /// The end of the lease that was decided on, if it must be over.
    pub(super) lease_until: Option<Timestamp>,
    pub(super) transition: &'a Transition,
}

/// A task as it is found, and as it will be after the moves so far.
struct Found {
    place: i64,
    lane: i64,
    queue: String,
    status: Status,
    token: Option<i64>,
    attempt: u32,
    failures: u32,
    worker: Option<i64>,
    started_at: Option<Timestamp>,
    deadline: Option<Timestamp>,
    cancel_requested: bool,
    moved_by: Option<String>,
    moved_to: Option<Status>,
}

/// A move that is going to happen.
struct Going<'a> {
    id: TaskId,
    place: i64,
    lane: i64,
    status: Status,
    transition: &'a Transition,
    /// Its transition's, if the task goes there; none if it is cancelled instead.
    destination: Option<&'a Destination>,
}

/// Applies transitions to started tasks, as far as each is still the right of who asks.
pub(super) async fn apply(tx: &mut Tx<'_>, by: By, leaving: &[Leaving<'_>]) -> Result<Vec<MoveOutcome>> {
    if leaving.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = find(tx, leaving).await?;
    let mut outcomes = Vec::with_capacity(leaving.len());
    let mut going = Vec::with_capacity(leaving.len());
    let mut ends = Vec::new();
    let mut taken = Vec::new();
    let mut told: HashMap<i64, i64> = HashMap::new();
    let mut tally = Tally::default();
    for one in leaving {
        let Some(task) = found.get_mut(&one.id) else {
            outcomes.push(MoveOutcome::Stale { now: None });
            continue;
        };
        if let Some(outcome) = task.refuses(by, one, tx.now) {
            outcomes.push(outcome);
            continue;
        }
        let cancelled = one.transition.yields_to_cancel && task.cancel_requested;
        let destination = (!cancelled).then_some(&one.transition.destination);
        let status = destination.map_or(Status::Cancelled, Destination::status);
        count(&mut tally, &task.queue, status, one.transition);
        if let Some(detail) = &one.transition.end {
            ends.push(End::of(task, detail));
        }
        if by != By::Finish
            && let Some(worker) = task.worker
        {
            *told.entry(worker).or_default() += 1;
        }
        if by == By::Stall
            && let Some(deadline) = task.deadline
        {
            taken.push(Taken { id: one.id, token: one.token, lane: task.lane, deadline });
        }
        tx.lanes.lose(task.lane, Status::Started);
        tx.lanes.gain(task.lane, status);
        outcomes.push(MoveOutcome::Applied { status });
        going.push(Going {
            id: one.id,
            place: task.place,
            lane: task.lane,
            status,
            transition: one.transition,
            destination,
        });
        (task.status, task.moved_by, task.moved_to) = (status, Some(by.letter().to_owned()), Some(status));
    }
    if !going.is_empty() {
        write(tx, by, &going).await?;
        remember(tx, &ends).await?;
        stopping::put(tx, &taken).await?;
        tally.add(tx).await?;
        tell(tx, &told).await?;
    }
    Ok(outcomes)
}

impl Found {
    /// Why a move does not apply (again), if it does not.
    fn refuses(&self, by: By, one: &Leaving<'_>, now: Timestamp) -> Option<MoveOutcome> {
        let stale = Some(MoveOutcome::Stale { now: Some(self.status) });
        if self.token != Some(number(one.token.to_bytes())) {
            return stale;
        }
        if self.status != Status::Started {
            return match self.moved_to {
                Some(status) if self.moved_by.as_deref() == Some(by.letter()) => Some(MoveOutcome::Applied { status }),
                _ => stale,
            };
        }
        let renewed = one.lease_until.is_some_and(|until| until > now || self.deadline != Some(until));
        if renewed { stale } else { None }
    }
}

async fn find(tx: &mut Tx<'_>, leaving: &[Leaving<'_>]) -> Result<HashMap<TaskId, Found>> {
    let mut statement = FIND.of(leaving.len());
    for one in leaving {
        statement.bind(&one.id.to_bytes()[..]);
    }
    let mut found = HashMap::with_capacity(leaving.len());
    for row in statement.rows(tx.db).await? {
        let task = Found {
            place: row.integer("place")?,
            lane: row.integer("lane")?,
            queue: row.text("queue")?,
            status: row.status("status")?,
            token: row.maybe_integer("token")?,
            attempt: row.count("attempt")?,
            failures: row.count("failures")?,
            worker: row.maybe_integer("worker")?,
            started_at: row.maybe_time("started_at")?,
            deadline: row.maybe_time("deadline")?,
            cancel_requested: row.maybe_integer("cancel_requested_at")?.is_some(),
            moved_by: row.maybe_text("moved_by")?,
            moved_to: row.maybe_text("moved_to")?.map(|_| row.status("moved_to")).transpose()?,
        };
        found.insert(row.id()?, task);
    }
    Ok(found)
}

fn count(tally: &mut Tally, queue: &str, status: Status, transition: &Transition) {
    let counts = tally.of(queue);
    counts.lost += i64::from(transition.counts_lost);
    match status {
        Status::Completed => counts.completed += 1,
        Status::Failed => counts.failed += 1,
        Status::Cancelled => counts.cancelled += 1,
        Status::Stalled => counts.stalled += 1,
        Status::Submitted | Status::Scheduled => {
            counts.retried += i64::from(matches!(transition.event, Event::RetryAtOnce | Event::RetryLater));
        }
        Status::Unsubmitted | Status::Started | Status::Dropped => {}
    }
}

async fn write(tx: &mut Tx<'_>, by: By, going: &[Going<'_>]) -> Result<()> {
    let mut coming: HashMap<i64, Coming> = HashMap::new();
    for one in going {
        if let Some(Destination::Waiting(position)) = one.destination {
            let coming = coming.entry(one.lane).or_default();
            match position {
                Position::Tail => coming.tails += 1,
                Position::Head => coming.heads += 1,
            }
        }
    }
    let mut lanes = lanes::give(tx.db, &coming).await?;
    let now = tx.millis();
    let mut statement = MOVE.of(going.len());
    statement.bind(by.letter()).bind(now);
    for one in going {
        let mut position = None;
        let mut run_at = None;
        let mut dead_at = None;
        let mut likeness = None;
        let mut result = None;
        match one.destination {
            None | Some(Destination::Cancelled | Destination::Stalled) => {}
            Some(Destination::Completed(bytes)) => result = Some(bytes.to_vec()),
            Some(Destination::Failed { dead_letter: false }) => {}
            Some(Destination::Failed { dead_letter: true }) => {
                dead_at = Some(now);
                tx.lanes.gain_dead(one.lane);
                likeness = one.transition.end.as_ref().map(|end| tx.groups.gain(one.lane, end));
            }
            Some(Destination::Scheduled(delay)) => run_at = Some(millis(tx.now.after(*delay))),
            Some(Destination::Waiting(end)) => {
                let lane =
                    lanes.get_mut(&one.lane).ok_or_else(|| Trouble::Broken(format!("task {} has no lane", one.id)))?;
                position = Some(match end {
                    Position::Tail => lane.next_tail(),
                    Position::Head => lane.next_head(),
                });
            }
        }
        statement.bind(one.place).bind(letter(one.status)).bind(position).bind(run_at);
        statement.bind(one.status.is_ended().then_some(now));
        statement.bind(i64::from(one.transition.counts_failure)).bind(i64::from(one.transition.counts_lost));
        statement.bind(dead_at).bind(likeness).bind(result);
        tx.effects.moves.push((one.id, one.status));
    }
    statement.run(tx.db).await?;
    for (lane, Coming { tails, heads }) in coming {
        if let Some(lane) = lanes.remove(&lane) {
            let tasks = (tails + heads).unsigned_abs();
            tx.effects.claimable.push(Claimable { queue: lane.queue, task_type: lane.task_type, tasks });
        }
    }
    Ok(())
}

/// An attempt's end for the history.
struct End {
    place: i64,
    attempt: u32,
    retry_attempt: u32,
    worker: i64,
    started_at: Timestamp,
    detail: Result<String>,
}

impl End {
    fn of(task: &Found, detail: &EndDetail) -> Self {
        Self {
            place: task.place,
            attempt: task.attempt,
            retry_attempt: task.failures,
            worker: task.worker.unwrap_or_default(),
            started_at: task.started_at.unwrap_or_default(),
            detail: serde_json::to_string(detail).map_err(Trouble::from),
        }
    }
}

async fn remember(tx: &mut Tx<'_>, ends: &[End]) -> Result<()> {
    if ends.is_empty() {
        return Ok(());
    }
    let now = tx.millis();
    let mut statement = ENDS.of(ends.len());
    for end in ends {
        statement.bind(end.place).bind(end.attempt).bind(end.retry_attempt).bind(end.worker);
        statement.bind(millis(end.started_at)).bind(now).bind(end.detail.clone()?);
    }
    statement.run(tx.db).await?;
    let old: Vec<&End> = ends.iter().filter(|end| i64::from(end.attempt) > REMEMBERED).collect();
    if old.is_empty() {
        return Ok(());
    }
    let mut statement = FORGET.of(old.len());
    statement.bind(REMEMBERED);
    for end in old {
        statement.bind(end.place).bind(end.attempt);
    }
    statement.run(tx.db).await?;
    Ok(())
}

/// Leaves messages for workers, each so many.
pub(super) async fn tell(tx: &mut Tx<'_>, messages: &HashMap<i64, i64>) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let mut statement = TELL.of(messages.len());
    for (worker, messages) in messages {
        statement.bind(*worker).bind(*messages);
    }
    for row in statement.rows(tx.db).await? {
        let worker = WorkerId::from_bytes(eight_bytes(row.integer("worker")?));
        tx.effects.told.push(Told { worker, times: row.integer("told")? });
    }
    Ok(())
}
