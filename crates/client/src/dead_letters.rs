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
    /// Unknown ones, such as are no dead letters (any more), and such as would wait in a queue that does not exist.
    pub skipped: u64,
    /// These queues.
    #[serde(default)]
    pub missing_queues: Vec<String>,
    /// The time was over before the limit was reached or there were no more: the same call again goes on.
    #[serde(default)]
    pub unfinished: bool,
    /// Those that wait now; of very large ones only the first.
    pub tasks: Vec<Task>,
}

/// Dead letters that were taken out of the dead letter queue.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Removed {
    /// How many there were.
    pub removed: u64,
    pub task_ids: Vec<String>,
}

/// Which groups of dead letters; what is none lets every group through.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ErrorFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "task_name")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "task_version")]
    pub version: Option<u32>,
    /// So many at the most, the largest; 100 if none, 1,000 at the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Dead letters by their errors.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ErrorGroups {
    /// The largest first.
    pub errors: Vec<ErrorGroup>,
}

/// Dead letters of one task type in one queue whose errors are alike.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ErrorGroup {
    pub queue: String,
    #[serde(rename = "task_name")]
    pub name: String,
    #[serde(rename = "task_version")]
    pub version: u32,
    pub error_type: String,
    /// With `#` for words with digits, and `…` for what is quoted.
    pub message: String,
    pub count: u64,
    /// When the first of them failed; it may have left the queue since.
    pub first_failed_at: String,
    pub last_failed_at: String,
}

#[derive(Serialize)]
struct Ids<'i> {
    task_ids: &'i [String],
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

    /// Takes dead letters (at most [`MOST_IDS`](super::MOST_IDS)) out of the dead letter queue: they are failed tasks
    /// like any other then. What is no dead letter is not counted.
    pub async fn remove_dead_letters(&self, ids: &[String]) -> Result<Sent<Removed>, Error> {
        let request = self.http.delete(self.at(&["dead-letter-queue"])).json(&Ids { task_ids: ids });
        self.call(request, Repeat::Asked).await
    }

    /// Dead letters, grouped by errors that are alike; the largest groups.
    pub async fn dead_letter_errors(&self, which: &ErrorFilter) -> Result<Sent<ErrorGroups>, Error> {
        let request = self.http.get(self.at(&["dead-letter-queue", "errors"])).query(which);
        self.call(request, Repeat::Safe).await
    }
}
