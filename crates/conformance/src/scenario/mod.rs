//! The scenarios, by what they are about, and the list of them.

use jobbers_core::model::{Status, Task, TaskId};
use jobbers_core::store::{Filter, List, MAX_EXAMINED, MoveOutcome, Order, SharedStore, SubmitOutcome};

use jobbers_core::model::NewTask;

pub mod attempts;
pub mod cancel;
pub mod claim;
pub mod concurrent;
pub mod cursors;
pub mod directory;
pub mod discard;
pub mod drain;
pub mod drop;
pub mod errors;
pub mod expire;
pub mod finish;
pub mod forget;
pub mod hasten;
pub mod idempotency;
pub mod limits;
mod list;
mod list_limits;
mod list_reading;
pub mod lists;
pub mod next_slot;
pub mod order;
pub mod pages;
pub mod places;
pub mod promote;
pub mod prune;
pub mod purge;
pub mod races;
pub mod rate;
pub mod reap;
pub mod record;
pub mod renew;
pub mod repeat;
pub mod resubmit;
pub mod routing;
pub mod signals;
pub mod stall;
pub mod standing;
pub mod statistics;
pub mod submit;
pub mod tasks;
pub mod totals;
pub mod trim;
pub mod waking;

/// Makes each scenario a test. `$environment` names an async function that makes a fresh [`Environment`](crate::Environment).
#[macro_export]
macro_rules! scenarios {
    ($environment:path) => {
        $crate::each_scenario! { [$crate::scenario_tests] $environment }
    };
}

/// Turns the list into tests.
#[doc(hidden)]
#[macro_export]
macro_rules! scenario_tests {
    ($environment:path; $($topic:ident { $($scenario:ident,)* })*) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                $crate::scenario::$topic::$scenario(&$environment().await).await;
            }
        )*)*
    };
}

/// Stores a task that is new.
async fn submit(store: &SharedStore, task: NewTask) -> TaskId {
    let outcomes = store.submit(std::slice::from_ref(&task)).await.expect("submit");
    assert!(matches!(outcomes[..], [SubmitOutcome::Stored { .. }]), "{outcomes:?}");
    task.id
}

/// Stores tasks that are new, in batches.
async fn submit_all(store: &SharedStore, tasks: &[NewTask]) {
    for batch in tasks.chunks(jobbers_core::store::MAX_BATCH) {
        let outcomes = store.submit(batch).await.expect("submit");
        assert_eq!(outcomes.len(), batch.len(), "one answer for each task");
        assert!(outcomes.iter().all(|outcome| matches!(outcome, SubmitOutcome::Stored { .. })), "{outcomes:?}");
    }
}

/// A task that must be there.
async fn get(store: &SharedStore, id: TaskId) -> Task {
    store.get(id).await.expect("get").unwrap_or_else(|| panic!("{id} is lost"))
}

async fn status(store: &SharedStore, id: TaskId) -> Status {
    get(store, id).await.status
}

fn applied(status: Status) -> MoveOutcome {
    MoveOutcome::Applied { status }
}

fn stale(now: Status) -> MoveOutcome {
    MoveOutcome::Stale { now: Some(now) }
}

/// Pages through a list to its end, so many ids a page.
async fn list_all(store: &SharedStore, filter: &Filter, limit: usize) -> Vec<TaskId> {
    list_in(store, filter, Order::NewestFirst, limit).await
}

async fn list_in(store: &SharedStore, filter: &Filter, order: Order, limit: usize) -> Vec<TaskId> {
    let mut list = List { filter: filter.clone(), order, after: None, limit };
    let mut ids = Vec::new();
    for _ in 0..100_000 {
        let listed = store.list(&list).await.expect("list");
        assert!(listed.entries.len() <= limit, "{} of at most {limit}", listed.entries.len());
        assert!(listed.examined <= MAX_EXAMINED, "{} entries were looked at", listed.examined);
        ids.extend(listed.entries.iter().map(|entry| entry.id));
        if listed.next.is_none() {
            return ids;
        }
        list.after = listed.next;
    }
    panic!("{filter:?} has no end");
}

async fn listed_with(store: &SharedStore, status: Status) -> Vec<TaskId> {
    let mut ids = list_all(store, &Filter { status: Some(status), ..Filter::default() }, 1_000).await;
    ids.sort();
    ids
}

async fn dead_letters(store: &SharedStore) -> Vec<TaskId> {
    let mut ids = list_all(store, &Filter { dead: true, ..Filter::default() }, 1_000).await;
    ids.sort();
    ids
}
