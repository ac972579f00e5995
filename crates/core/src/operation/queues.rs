use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::prepare::Moment;
use super::{KnownType, Operations, patience};
use crate::model::DEFAULT_QUEUE;
use crate::routing::RoutingError;
use crate::store::StoreError;

/// There is no queue of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownQueue {
    #[error("there is no queue `{queue}`: {}", known(.existing))]
    Named { queue: String, existing: Vec<String> },
    #[error("`{task}` goes to queue `{queue}` where a submission names none, but there is no such queue: {}", known(.existing))]
    OfType { task: String, queue: String, existing: Vec<String> },
}

/// Longest reading of the SQL store, so that an operation has time left for the store of tasks.
const READ_WITHIN: Duration = Duration::from_millis(800);

impl Operations {
    /// The queue of a submission: the one that it names, else the type's, else `default`. Looked up again if it was
    /// not known at that moment.
    pub(super) async fn resolve_queue(
        &self,
        named: Option<&str>,
        known: Option<&KnownType>,
        moment: &Moment,
    ) -> Result<Result<String, UnknownQueue>, RoutingError> {
        let queue = named.or(known.map(|known| known.registration.queue.as_str())).unwrap_or(DEFAULT_QUEUE);
        let exists = |names: &[String]| names.iter().any(|name| name == queue);
        if exists(&moment.queues) {
            return Ok(Ok(queue.to_owned()));
        }
        let names = self.queues.since(moment.asked, self.read_queues()).await?;
        if exists(&names) {
            return Ok(Ok(queue.to_owned()));
        }
        let (queue, existing) = (queue.to_owned(), names.to_vec());
        Ok(Err(match known {
            Some(known) if named.is_none() => {
                UnknownQueue::OfType { task: known.registration.task_type.to_string(), queue, existing }
            }
            _ => UnknownQueue::Named { queue, existing },
        }))
    }

    /// Names of all queues, not older than a second while the SQL store answers.
    pub(super) async fn queue_names(&self) -> Result<Arc<Vec<String>>, RoutingError> {
        self.queues.get(self.read_queues()).await
    }

    /// Those of the queues that the store knows that do not exist (any more); none while it is not known which do.
    pub(super) async fn gone_queues(&self) -> Result<Vec<String>, StoreError> {
        let asked = Instant::now();
        let counts = patience::within("counts", self.stores.tasks.counts()).await?;
        let Ok(names) = self.queue_names().await else { return Ok(Vec::new()) };
        let gone = |names: &[String]| -> Vec<String> {
            counts.iter().map(|counts| &counts.queue).filter(|queue| !names.contains(queue)).cloned().collect()
        };
        if gone(&names).is_empty() {
            return Ok(Vec::new());
        }
        let names = self.queues.since(asked, self.read_queues()).await.unwrap_or(names);
        Ok(gone(&names))
    }

    /// Whether there is no queue of this name; nothing is said against one while it is not known which there are.
    pub(super) async fn is_gone(&self, queue: &str) -> bool {
        let asked = Instant::now();
        let missing = |names: &Arc<Vec<String>>| !names.iter().any(|name| name == queue);
        match self.queue_names().await {
            Ok(names) if missing(&names) => {
                missing(&self.queues.since(asked, self.read_queues()).await.unwrap_or(names))
            }
            Ok(_) | Err(_) => false,
        }
    }

    async fn read_queues(&self) -> Result<Vec<String>, RoutingError> {
        let routing = &self.stores.routing;
        let no_answer = |_| {
            let detail = "no answer in time".into();
            Err(RoutingError::Unavailable { operation: "list queues", place: routing.place().to_owned(), detail })
        };
        let queues = timeout(READ_WITHIN, routing.queues()).await.unwrap_or_else(no_answer)?;
        Ok(queues.into_iter().map(|queue| queue.name).collect())
    }
}

pub(super) fn known(queues: &[String]) -> String {
    const MOST_NAMES: usize = 20;
    match queues {
        [] => "there are none at all".into(),
        [only] => format!("{only} is the only one"),
        queues if queues.len() > MOST_NAMES => {
            format!("there are {} and {} more", queues[..MOST_NAMES].join(", "), queues.len() - MOST_NAMES)
        }
        queues => format!("there are {}", queues.join(", ")),
    }
}
