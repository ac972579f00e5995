//! Why a task is not running, or that it is.

mod decide;
mod holders;
mod reason;
mod sentence;
mod surroundings;
#[cfg(test)]
mod tests;
mod turn;

pub use decide::explain;
pub use reason::{Expected, Explanation, Limit, QueueNow, Reason, Surroundings, TypeLimits, Waits, Why};

use super::{Operations, get, patience};
use crate::model::TaskId;

impl Operations {
    /// Why a task is where it is, by what is known at this moment. Changes nothing.
    pub async fn explain(&self, id: TaskId) -> Result<Explanation, get::Error> {
        let explained = async {
            let Some(task) = self.stores.tasks.get(id).await? else { return Ok(None) };
            let explanation = explain(&task, &self.surroundings(&task).await?);
            let (task, mut explanation) = match &explanation.reason {
                // Its worker may have ended it, and itself, between the two questions.
                Reason::WorkerLost { .. } => {
                    let Some(task) = self.stores.tasks.get(id).await? else { return Ok(None) };
                    let explanation = explain(&task, &self.surroundings(&task).await?);
                    (task, explanation)
                }
                _ => (task, explanation),
            };
            self.find_holders(&task, &mut explanation.reason).await?;
            Ok(Some(explanation))
        };
        patience::within("explain", explained).await?.ok_or(get::Error::NotFound(id))
    }
}
