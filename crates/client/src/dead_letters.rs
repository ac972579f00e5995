use serde::{Deserialize, Serialize};

use super::send::Repeat;
use super::{Attempt, Client, Error, List, Listing, Sent, Task, TaskPage};

/// The ends of a task's attempts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct History {
    pub task_id: String,
    /// Oldest first.
    pub history: Vec<Attempt>,
}

/// Dead letters to run again: by their ids, or by what else is given. At least one must be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct DeadLetters {
    /// At most 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "task_name")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "task_version")]
    pub version: Option<u32>,
    /// So many at the most, the newest first; 100 if none. Not with ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Their failures go on to count: they have no more retries than before.
    #[serde(rename = "reset_retry_count", serialize_with = "not", skip_serializing_if = "std::ops::Not::not")]
    pub keep_failures: bool,
}

/// What became of dead letters.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Revived {
    pub resubmitted: u64,
    /// Unknown ones, and such as have not failed.
    pub skipped: u64,
    /// Those that wait now; of very large ones only the first.
    pub tasks: Vec<Task>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn not<S: serde::Serializer>(flag: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(!flag)
}

impl Client {
    /// A page of the dead letter queue: permanently failed tasks that are kept, newest first.
    pub async fn dead_letters(&self, list: &List) -> Result<Sent<TaskPage>, Error> {
        self.page(Listing::DeadLetters, list).await
    }

    /// How the attempts of a dead letter ended.
    pub async fn dead_letter_history(&self, id: &str) -> Result<Sent<History>, Error> {
        self.call(self.http.get(self.at(&["dead-letter-queue", id, "history"])), Repeat::Safe).await
    }

    /// Makes dead letters run again; they leave the dead letter queue.
    pub async fn resubmit_dead_letters(&self, which: &DeadLetters) -> Result<Sent<Revived>, Error> {
        let request = self.http.post(self.at(&["dead-letter-queue", "resubmit"])).json(which);
        self.call(request, Repeat::Asked).await
    }
}
