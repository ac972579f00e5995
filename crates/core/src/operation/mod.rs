//! What the manager and the tools do with tasks.
//!
//! Every operation answers within [`ANSWER_WITHIN`], whatever the stores do; one on many tasks goes on for as long as the
//! store answers its steps. Errors know no HTTP.

pub mod again;
mod batch;
pub mod bulk;
pub mod cancel;
mod catalogue;
pub mod configure;
mod configured;
pub mod dead_letters;
pub mod drain;
mod expiry;
pub mod explain;
mod fingerprint;
mod follow;
pub mod forget;
mod fresh;
pub mod get;
mod idempotency;
pub mod list;
mod near;
mod new_id;
mod patience;
mod prepare;
pub mod queue_stats;
mod queues;
pub mod ready;
pub mod removal;
mod routing_watch;
pub mod schema;
mod stores;
pub mod submit;
pub mod submit_all;
mod wait;
mod watch;
mod workers;

use crate::model::{Policy, Task};
use crate::routing::Snapshot;
use crate::store::StoreError;

pub use catalogue::{Catalogue, KnownType, UnknownType};
pub use follow::Following;
pub use idempotency::idempotency_key;
pub use list::{Listing, Page};
pub use patience::ANSWER_WITHIN;
pub use queue_stats::QueueStats;
pub use queues::UnknownQueue;
pub use routing_watch::follow_routing;
pub use schema::WrongField;
pub use stores::Stores;
pub use submit::{Submission, Submitted};
pub use workers::Registered;

use batch::Batches;
use fresh::Fresh;
use queue_stats::Minutes;
use watch::Watch;

/// The operations on one pair of stores; shared by all requests of a process.
#[derive(Debug)]
pub struct Operations {
    stores: Stores,
    /// Submissions of task types that no worker ever registered are stored unchecked.
    accept_unknown: bool,
    catalogue: Fresh<Catalogue>,
    queues: Fresh<Vec<String>>,
    configured: Fresh<Snapshot>,
    queue_stats: Fresh<QueueStats>,
    minutes: tokio::sync::Mutex<Minutes>,
    batches: Batches,
    watch: Watch,
}

impl Operations {
    /// Starts background work in the current runtime; it ends when this is dropped.
    pub fn new(stores: Stores, accept_unknown: bool) -> Self {
        Self {
            batches: Batches::start(stores.tasks.clone()),
            watch: Watch::new(stores.tasks.clone()),
            stores,
            accept_unknown,
            catalogue: Fresh::default(),
            queues: Fresh::default(),
            configured: Fresh::default(),
            queue_stats: Fresh::default(),
            minutes: tokio::sync::Mutex::default(),
        }
    }

    /// How the task is treated: the policy of its last start, before that the one that workers publish.
    pub async fn policy(&self, task: &Task) -> Result<Option<Policy>, StoreError> {
        if let Some(policy) = &task.policy {
            return Ok(Some(policy.clone()));
        }
        // What is held is recent enough to show: no second question to the store after the one that gave the task.
        let catalogue = match self.catalogue.held() {
            Some(catalogue) => catalogue,
            None => self.catalogue().await?,
        };
        Ok(catalogue.get(&task.task_type).map(|known| known.registration.policy.clone()))
    }
}
