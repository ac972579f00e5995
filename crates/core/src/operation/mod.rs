//! What the manager and the tools do with tasks.
//!
//! Every operation answers within [`ANSWER_WITHIN`], whatever the stores do. Errors know no HTTP.

mod batch;
pub mod cancel;
mod catalogue;
mod fingerprint;
mod fresh;
pub mod get;
mod near;
mod new_id;
mod patience;
mod queues;
pub mod ready;
pub mod schema;
mod stores;
pub mod submit;
mod wait;
mod watch;

use crate::model::{Policy, Task};
use crate::store::StoreError;

pub use catalogue::{Catalogue, KnownType, UnknownType};
pub use patience::ANSWER_WITHIN;
pub use queues::UnknownQueue;
pub use schema::WrongField;
pub use stores::Stores;
pub use submit::{Submission, Submitted};

use batch::Batches;
use fresh::Fresh;
use watch::Watch;

/// The operations on one pair of stores; shared by all requests of a process.
#[derive(Debug)]
pub struct Operations {
    stores: Stores,
    /// Submissions of task types that no worker ever registered are stored unchecked.
    accept_unknown: bool,
    catalogue: Fresh<Catalogue>,
    queues: Fresh<Vec<String>>,
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
