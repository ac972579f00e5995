use std::collections::HashMap;

use async_trait::async_trait;

use super::batch::{Batch, Statement};
use super::effects::Claimable;
use super::idempotency::{self, Holder};
use super::job::{Step, Tx};
use super::lanes::{self, LaneKey};
use super::row::{Columns as _, letter, millis};
use super::tally::Tally;
use super::trouble::{Result, Trouble};
use crate::model::{Fingerprint, NewTask, Status, TaskId, Timestamp, When};
use crate::store::SubmitOutcome;

static KNOWN: Batch = Batch::new(include_str!("sql/tasks_known.sql"), 1);
static TASKS: Batch = Batch::new(include_str!("sql/tasks_insert.sql"), 9);
static BODIES: Batch = Batch::new(include_str!("sql/bodies_insert.sql"), 5);

/// New tasks: all of them or none.
pub(super) struct Submit(pub(super) Vec<NewTask>);

struct Entry<'a> {
    task: &'a NewTask,
    status: Status,
    run_at: Option<Timestamp>,
}

#[async_trait]
impl Step for Submit {
    type Answer = Vec<SubmitOutcome>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Answer> {
        let mut known = known(tx, &self.0).await?;
        let mut holders = idempotency::holders(tx, &self.0).await?;
        let mut outcomes = Vec::with_capacity(self.0.len());
        let mut entries = Vec::with_capacity(self.0.len());
        for task in &self.0 {
            if let Some(Holder { id, status, fingerprint }) = task.idempotency_key.and_then(|key| holders.get(&key)) {
                let same = *fingerprint == task.fingerprint;
                outcomes.push(SubmitOutcome::SameKey { id: *id, now: *status, same });
                continue;
            }
            if let Some((fingerprint, now)) = known.get(&task.id) {
                let now = *now;
                let same = *fingerprint == task.fingerprint;
                outcomes.push(if same { SubmitOutcome::Exists { now } } else { SubmitOutcome::Conflict { now } });
                continue;
            }
            let run_at = due(task.when, tx.now);
            let status = if run_at.is_some() { Status::Scheduled } else { Status::Submitted };
            known.insert(task.id, (task.fingerprint, status));
            if let Some(key) = task.idempotency_key {
                holders.insert(key, Holder { id: task.id, status, fingerprint: task.fingerprint });
            }
            outcomes.push(SubmitOutcome::Stored { status, submitted_at: tx.now, run_at });
            entries.push(Entry { task, status, run_at });
        }
        if !entries.is_empty() {
            store(tx, &entries).await?;
        }
        Ok(outcomes)
    }
}

/// When a new task is due, if that is not now.
fn due(when: When, now: Timestamp) -> Option<Timestamp> {
    let due = match when {
        When::Now => now,
        When::At(time) => time.min(Timestamp::MAX),
        When::After(delay) => now.after(delay),
    };
    (due > now).then_some(due)
}

/// Which of the ids are known already.
async fn known(tx: &mut Tx<'_>, tasks: &[NewTask]) -> Result<HashMap<TaskId, (Fingerprint, Status)>> {
    let mut statement = KNOWN.of(tasks.len());
    for task in tasks {
        statement.bind(&task.id.to_bytes()[..]);
    }
    let mut known = HashMap::new();
    for row in statement.rows(tx.db).await? {
        known.insert(row.id()?, (row.fingerprint()?, row.status("status")?));
    }
    Ok(known)
}

async fn store(tx: &mut Tx<'_>, entries: &[Entry<'_>]) -> Result<()> {
    let key = |task: &NewTask| LaneKey {
        queue: task.queue.clone(),
        task_type: task.task_type.clone(),
        priority: task.priority,
    };
    let mut coming: HashMap<LaneKey, i64> = HashMap::new();
    let mut tally = Tally::default();
    for entry in entries {
        *coming.entry(key(entry.task)).or_default() += i64::from(entry.status == Status::Submitted);
        tally.of(&entry.task.queue).submitted += 1;
        tx.effects.moves.push((entry.task.id, entry.status));
    }
    let mut lanes = lanes::open(tx.db, &coming).await?;
    let last = Statement::new(include_str!("sql/tasks_last.sql")).row(tx.db).await?;
    let first = last.map(|row| row.maybe_integer("place")).transpose()?.flatten().unwrap_or_default() + 1;

    let mut tasks = TASKS.of(entries.len());
    let mut bodies = BODIES.of(entries.len());
    let mut keys = Vec::new();
    for (place, entry) in (first..).zip(entries) {
        let task = entry.task;
        let lane = lanes
            .get_mut(&key(task))
            .ok_or_else(|| Trouble::Broken(format!("no lane was opened for task {}", task.id)))?;
        let position = (entry.status == Status::Submitted).then(|| lane.next_tail());
        tasks.bind(place).bind(&task.id.to_bytes()[..]).bind(letter(entry.status)).bind(lane.lane);
        tasks.bind(task.queue.as_str()).bind(position).bind(tx.millis()).bind(entry.run_at.map(millis));
        tasks.bind(task.expires_at.map(millis));
        bodies.bind(place).bind(&task.fingerprint[..]).bind(task.parameters.to_vec());
        tx.lanes.gain(lane.lane, entry.status);
        keys.extend(task.idempotency_key.map(|key| (key, place)));
        bodies.bind(task.metadata.as_ref().map(|metadata| metadata.to_vec())).bind(task.trace_id.clone());
    }
    tasks.run(tx.db).await?;
    bodies.run(tx.db).await?;
    idempotency::remember(tx, &keys).await?;
    tally.add(tx).await?;
    for (key, tasks) in coming {
        if tasks > 0 {
            let LaneKey { queue, task_type, .. } = key;
            tx.effects.claimable.push(Claimable { queue, task_type, tasks: tasks.unsigned_abs() });
        }
    }
    Ok(())
}
