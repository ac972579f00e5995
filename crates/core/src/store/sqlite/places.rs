//! Wakes parked workers for places that became free under limits over all workers.

use std::collections::HashMap;

use super::batch::Batch;
use super::database::Database;
use super::hub::Hub;
use super::interest::{Interest, Places, Waiting};
use super::row::Columns as _;
use super::running;
use super::trouble::Result;
use crate::model::{TaskType, Timestamp};
use crate::store::MAX_BATCH;

static NAMED: Batch = Batch::new(include_str!("sql/lanes_named.sql"), 1);
static WAITING: Batch = Batch::new(include_str!("sql/lanes_waiting.sql"), 1);

/// After a commit of this process, in which lanes took places (more than 0) and left some: what was left and not taken
/// again wakes as many workers.
pub(super) async fn pass_on(db: &mut dyn Database, hub: &Hub, changes: &[(i64, i64)]) -> Result<()> {
    let mut lanes: HashMap<i64, i64> = HashMap::new();
    for (lane, places) in changes {
        *lanes.entry(*lane).or_default() += places;
    }
    lanes.retain(|_, places| *places != 0);
    if !lanes.values().any(|places| *places < 0) {
        return Ok(());
    }
    let mut queues: HashMap<String, i64> = HashMap::new();
    let mut types: HashMap<TaskType, i64> = HashMap::new();
    let numbers: Vec<i64> = lanes.keys().copied().collect();
    for numbers in numbers.chunks(MAX_BATCH) {
        let mut statement = NAMED.of(numbers.len());
        for lane in numbers {
            statement.bind(*lane);
        }
        for row in statement.rows(db).await? {
            let places = lanes.get(&row.integer("lane")?).copied().unwrap_or_default();
            *queues.entry(row.text("queue")?).or_default() += places;
            *types.entry(row.task_type()?).or_default() += places;
        }
    }
    let places = Places { queues: left(queues), types: left(types) };
    if !places.is_empty() {
        let waiting = waiting(db, &hub.interests()).await?;
        hub.wake_for(places, waiting, true);
    }
    Ok(())
}

fn left<K: std::hash::Hash + Eq>(changes: HashMap<K, i64>) -> HashMap<K, u64> {
    changes.into_iter().filter(|(_, places)| *places < 0).map(|(key, places)| (key, places.unsigned_abs())).collect()
}

/// After a commit of another process, or when a lease may be over: as many workers as there are places, if tasks wait.
pub(super) async fn look(db: &mut dyn Database, hub: &Hub, now: Timestamp) -> Result<()> {
    let mut interests = hub.interests();
    interests.retain(Interest::waits_for_place);
    if interests.is_empty() {
        return Ok(());
    }
    let mut queues: HashMap<String, u64> = HashMap::new();
    let mut types: HashMap<TaskType, u64> = HashMap::new();
    for (queue, total) in interests.iter().flat_map(|interest| &interest.full_queues) {
        let most = queues.entry(queue.clone()).or_default();
        *most = u64::from(*total).max(*most);
    }
    for (task_type, total) in interests.iter().flat_map(|interest| &interest.full_types) {
        let most = types.entry(task_type.clone()).or_default();
        *most = u64::from(*total).max(*most);
    }
    let names: Vec<&str> = queues.keys().map(String::as_str).collect();
    for (queue, running) in running::in_queues(db, now, &names).await? {
        queues.entry(queue).and_modify(|places| *places = places.saturating_sub(running));
    }
    let names: Vec<TaskType> = types.keys().cloned().collect();
    for (task_type, running) in running::of_types(db, now, &names.iter().collect::<Vec<_>>()).await? {
        types.entry(task_type).and_modify(|places| *places = places.saturating_sub(running));
    }
    let places = Places { queues, types };
    if !places.is_empty() {
        let waiting = waiting(db, &interests).await?;
        hub.wake_for(places, waiting, false);
    }
    Ok(())
}

/// The tasks that wait in the queues that somebody waits for.
async fn waiting(db: &mut dyn Database, interests: &[Interest]) -> Result<Waiting> {
    let full = interests.iter().flat_map(|interest| interest.full_queues.iter().map(|(queue, _)| queue));
    let mut queues: Vec<&String> = interests.iter().flat_map(|interest| &interest.queues).chain(full).collect();
    queues.sort_unstable();
    queues.dedup();
    let mut waiting = Waiting::new();
    for queues in queues.chunks(MAX_BATCH) {
        let mut statement = WAITING.of(queues.len());
        for queue in queues {
            statement.bind(queue.as_str());
        }
        for row in statement.rows(db).await? {
            let tasks = row.integer("waiting")?.unsigned_abs();
            *waiting.entry((row.text("queue")?, row.task_type()?)).or_default() += tasks;
        }
    }
    Ok(waiting)
}
