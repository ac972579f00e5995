use std::collections::{HashMap, HashSet};

use super::allot::{Waiting, allot};
use super::batch::Batch;
use super::job::Tx;
use super::lanes::LaneKey;
use super::limits;
use super::rooms::Rooms;
use super::row::{Columns as _, eight_bytes, millis, number};
use super::tally::Tally;
use super::trouble::{Result, Trouble};
use super::unstarted;
use crate::model::{Status, TaskType, Timestamp, Token};
use crate::store::{Claim, ClaimedTask, Turn, TypeSlots};

static WAITING: Batch = Batch::new(include_str!("sql/lanes_waiting.sql"), 1);
static HEADS: Batch = Batch::new(include_str!("sql/tasks_heads.sql"), 1);
static START: Batch = Batch::new(include_str!("sql/tasks_start.sql"), 4);
static BODIES: Batch = Batch::new(include_str!("sql/bodies_get.sql"), 1);
static AGAIN: Batch = Batch::new(include_str!("sql/tasks_claimed.sql"), 2);

/// Expired tasks that a claim ends at the most, when these are all that a lane has. The others are passed over, and
/// left to the step that is there for it.
const EXPIRED: usize = 100;

/// What a claim got.
#[derive(Debug, Default)]
pub(super) struct Claimed {
    /// With their places.
    pub(super) tasks: Vec<(i64, ClaimedTask)>,
    /// What limits over all workers leave after that.
    pub(super) rooms: Rooms,
    /// Queues of which a rate limit held back tasks, and when the first of these limits lets one start.
    pub(super) held: HashSet<String>,
    pub(super) next_slot: Option<Timestamp>,
}

/// Takes the next tasks: started, with a lease and a fresh token each.
pub(super) async fn claim(tx: &mut Tx<'_>, turn: &Turn, claim: &Claim, round: u64) -> Result<Claimed> {
    if claim.tasks == 0 || claim.types.is_empty() {
        return Ok(Claimed::default());
    }
    let mut waiting = waiting(tx, claim).await?;
    let mut rooms = limits::rooms(tx, claim).await?;
    let picks = match &rooms {
        None => pick(tx, &mut waiting, claim, round).await?,
        Some(rooms) => pick(tx, &mut waiting, &rooms.narrow(claim), round).await?,
    };
    let lanes: HashMap<i64, &LaneKey> = waiting.iter().map(|waiting| (waiting.lane, &waiting.key)).collect();
    let mut tally = Tally::default();
    let mut next = Vec::with_capacity(picks.len());
    for (k, (lane, place)) in (0u16..).zip(&picks) {
        let key = *lanes.get(lane).ok_or_else(|| Trouble::Broken(format!("lane {lane} was not asked for")))?;
        tx.lanes.lose(*lane, Status::Submitted);
        tx.lanes.gain(*lane, Status::Started);
        tally.of(&key.queue).started += 1;
        next.push(Next { place: *place, key, token: token(claim.token_seed, k) });
    }
    let mut claimed = Claimed::default();
    if let Some(rooms) = &mut rooms {
        limits::take(tx, rooms, next.iter().map(|next| next.key)).await?;
        let picks: Vec<i64> = picks.iter().map(|(lane, _)| *lane).collect();
        claimed.held = limits::held(tx, rooms, &waiting, &picks, claim).await?;
        claimed.next_slot = limits::next_slot(tx, rooms, &claimed.held).await?;
    }
    claimed.rooms = rooms.unwrap_or_default();
    if !next.is_empty() {
        claimed.tasks = start(tx, turn, claim, &next).await?;
        tally.add(tx).await?;
    }
    Ok(claimed)
}

/// A task about to start.
struct Next<'a> {
    place: i64,
    key: &'a LaneKey,
    token: Token,
}

/// The k-th token of a claim.
fn token(seed: [u8; 6], k: u16) -> Token {
    let mut bytes = [0; Token::LEN];
    bytes[..6].copy_from_slice(&seed);
    bytes[6..].copy_from_slice(&k.to_be_bytes());
    Token::from_bytes(bytes)
}

/// The lanes of the claim's queues that have waiting tasks.
async fn waiting(tx: &mut Tx<'_>, claim: &Claim) -> Result<Vec<Waiting>> {
    let mut queues: Vec<&str> = claim.queues.iter().map(|slots| slots.queue.as_str()).collect();
    queues.sort_unstable();
    queues.dedup();
    let mut waiting = Vec::new();
    for queues in queues.chunks(crate::store::MAX_BATCH) {
        let mut statement = WAITING.of(queues.len());
        for queue in queues {
            statement.bind(*queue);
        }
        for row in statement.rows(tx.db).await? {
            let key = LaneKey { queue: row.text("queue")?, task_type: row.task_type()?, priority: row.priority()? };
            let tasks = row.integer("waiting")?.unsigned_abs();
            waiting.push(Waiting { lane: row.integer("lane")?, key, tasks });
        }
    }
    Ok(waiting)
}

/// Which tasks start: lane and place of each. Lanes count tasks that have expired among those that wait; a lane that
/// turns out to have fewer to start than it was asked for is asked for no more than these.
async fn pick(tx: &mut Tx<'_>, waiting: &mut [Waiting], claim: &Claim, round: u64) -> Result<Vec<(i64, i64)>> {
    let mut has_expired = false;
    loop {
        let picks = allot(waiting, claim, round);
        let mut asked: HashMap<i64, usize> = HashMap::new();
        for lane in &picks {
            *asked.entry(*lane).or_default() += 1;
        }
        let heads = heads(tx, &asked).await?;
        let found = |lane: i64| heads.get(&lane).map_or(0, Vec::len);
        let mut is_short = false;
        for lane in waiting.iter_mut() {
            if asked.get(&lane.lane).is_some_and(|asked| found(lane.lane) < *asked) {
                lane.tasks = found(lane.lane) as u64;
                is_short = true;
            }
        }
        if !is_short {
            let mut heads: HashMap<i64, _> =
                heads.into_iter().map(|(lane, places)| (lane, places.into_iter())).collect();
            let place = |lane: &i64| Some((*lane, heads.get_mut(lane)?.next()?));
            return Ok(picks.iter().filter_map(place).collect());
        }
        if !has_expired {
            has_expired = true;
            unstarted::expire(tx, EXPIRED).await?;
        }
    }
}

/// The first tasks of each lane that can start, so many at the most.
pub(super) async fn heads(tx: &mut Tx<'_>, asked: &HashMap<i64, usize>) -> Result<HashMap<i64, Vec<i64>>> {
    let mut heads: HashMap<i64, Vec<i64>> = HashMap::new();
    let Some(most) = asked.values().max() else { return Ok(heads) };
    let mut statement = HEADS.of(asked.len());
    statement.bind(i64::try_from(*most).unwrap_or(i64::MAX)).bind(tx.millis());
    for lane in asked.keys() {
        statement.bind(*lane);
    }
    for row in statement.rows(tx.db).await? {
        heads.entry(row.integer("lane")?).or_default().push(row.integer("place")?);
    }
    Ok(heads)
}

async fn start(tx: &mut Tx<'_>, turn: &Turn, claim: &Claim, next: &[Next<'_>]) -> Result<Vec<(i64, ClaimedTask)>> {
    let slots: HashMap<&TaskType, &TypeSlots> = claim.types.iter().map(|slots| (&slots.task_type, slots)).collect();
    let now = tx.millis();
    let mut start = START.of(next.len());
    start.bind(now).bind(number(turn.worker.to_bytes())).bind(millis(tx.now.after(turn.lease)));
    start.bind(i64::try_from(turn.lease.as_millis()).unwrap_or(i64::MAX));
    let mut bodies = BODIES.of(next.len());
    for Next { place, key, token } in next {
        let slots = slots.get(&key.task_type);
        let policy = slots.map(|slots| number(slots.policy.to_bytes()));
        let interval = slots.and_then(|slots| slots.max_heartbeat_interval);
        start.bind(*place).bind(number(token.to_bytes())).bind(policy);
        start.bind(interval.map(|interval| millis(tx.now.after(interval))));
        bodies.bind(*place);
    }
    let mut started = HashMap::with_capacity(next.len());
    for row in start.rows(tx.db).await? {
        started.insert(row.integer("place")?, row);
    }
    let mut claimed = HashMap::with_capacity(next.len());
    for body in bodies.rows(tx.db).await? {
        let place = body.integer("place")?;
        claimed.insert(place, (body.blob("parameters")?, body.maybe_blob("metadata")?, body.maybe_text("trace_id")?));
    }
    let mut tasks = Vec::with_capacity(next.len());
    for Next { place, key, token } in next {
        let (Some(row), Some((parameters, metadata, trace_id))) = (started.get(place), claimed.remove(place)) else {
            return Err(Trouble::Broken(format!("the task at {place} has no record or no body")));
        };
        let task = ClaimedTask {
            id: row.id()?,
            task_type: key.task_type.clone(),
            queue: key.queue.clone(),
            priority: key.priority,
            token: *token,
            attempt: row.count("attempt")?,
            failures: row.count("failures")?,
            lost: row.count("lost")?,
            submitted_at: row.time("submitted_at")?,
            started_at: tx.now,
            parameters,
            metadata,
            trace_id,
        };
        tx.effects.moves.push((task.id, Status::Started));
        tasks.push((*place, task));
    }
    Ok(tasks)
}

/// What was claimed before, as far as it is still under the same tokens.
pub(super) async fn again(tx: &mut Tx<'_>, claimed: &[(i64, i64)]) -> Result<Vec<ClaimedTask>> {
    if claimed.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = AGAIN.of(claimed.len());
    for (place, token) in claimed {
        statement.bind(*place).bind(*token);
    }
    let mut tasks = HashMap::with_capacity(claimed.len());
    for row in statement.rows(tx.db).await? {
        let task = ClaimedTask {
            id: row.id()?,
            task_type: row.task_type()?,
            queue: row.text("queue")?,
            priority: row.priority()?,
            token: Token::from_bytes(eight_bytes(row.integer("token")?)),
            attempt: row.count("attempt")?,
            failures: row.count("failures")?,
            lost: row.count("lost")?,
            submitted_at: row.time("submitted_at")?,
            started_at: row.time("started_at")?,
            parameters: row.blob("parameters")?,
            metadata: row.maybe_blob("metadata")?,
            trace_id: row.maybe_text("trace_id")?,
        };
        tasks.insert(row.integer("place")?, task);
    }
    Ok(claimed.iter().filter_map(|(place, _)| tasks.remove(place)).collect())
}
