use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use ulid::Ulid;

use super::send::Repeat;
use super::{Client, Error, Submission};

/// Most submissions of a batch that are sent in one call; more are sent in several.
pub const MOST_IN_BATCH: usize = 10_000;

/// A submission of a batch. It has an id from the beginning, so it may be sent again and again: it happens once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchItem {
    id: String,
    json: String,
}

/// What is wrong with a text that is no submission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidItem(String);

impl BatchItem {
    /// From a JSON object as `POST /tasks` takes it. Its fields are left for the manager to check.
    pub fn from_json(text: &str) -> Result<Self, InvalidItem> {
        let invalid = |error: &dyn std::fmt::Display| InvalidItem(format!("it is not a JSON object: {error}"));
        let mut fields: BTreeMap<String, Box<RawValue>> =
            serde_json::from_str(text).map_err(|error| invalid(&error))?;
        let id = match fields.get("id").map(|id| serde_json::from_str(id.get())) {
            None | Some(Ok(Value::Null)) => {
                let id = Ulid::generate().to_string();
                fields.insert("id".to_owned(), to_raw_value(&id).map_err(|error| invalid(&error))?);
                id
            }
            Some(Ok(Value::String(id))) => id,
            Some(_) => return Err(InvalidItem("its id is not a text: a ULID is expected".to_owned())),
        };
        let json = serde_json::to_string(&fields).map_err(|error| invalid(&error))?;
        Ok(Self { id, json })
    }

    /// The id of the task that it becomes.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Bytes that it adds to a body.
    pub fn size(&self) -> usize {
        self.json.len() + 1
    }
}

impl TryFrom<Submission> for BatchItem {
    type Error = InvalidItem;

    fn try_from(mut submission: Submission) -> Result<Self, InvalidItem> {
        let id = submission.id.get_or_insert_with(|| Ulid::generate().to_string()).clone();
        let json = serde_json::to_string(&submission).map_err(|error| InvalidItem(error.to_string()))?;
        Ok(Self { id, json })
    }
}

/// What became of one submission of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BatchResult {
    #[serde(default)]
    pub id: Option<String>,
    pub status: BatchStatus,
    /// What is wrong with it.
    pub detail: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchStatus {
    Submitted,
    Scheduled,
    /// The same submission was stored before.
    Exists,
    /// Another submission has its id; nothing was stored.
    Conflict,
    /// It cannot be stored as it is.
    Invalid,
    /// One that this client does not know: the manager is newer.
    #[serde(untagged)]
    Other(String),
}

impl BatchStatus {
    /// Whether the task is there now.
    pub const fn is_stored(&self) -> bool {
        !matches!(self, Self::Conflict | Self::Invalid)
    }
}

#[derive(Deserialize)]
struct Results {
    results: Vec<BatchResult>,
}

impl Client {
    /// Submits many tasks, in as many calls as they need, and answers what became of each, in order. When it fails,
    /// the first ones may have been stored: the same items again are stored once all the same.
    pub async fn submit_batch(&self, items: &[BatchItem]) -> Result<Vec<BatchResult>, Error> {
        let mut results = Vec::with_capacity(items.len());
        let mut most_items = MOST_IN_BATCH;
        while results.len() < items.len() {
            let rest = &items[results.len()..];
            let piece = &rest[..self.piece(rest).min(most_items)];
            match self.submit_piece(piece).await {
                Ok(answered) => results.extend(answered),
                // This manager takes less than most do.
                Err(Error::Problem(problem)) if problem.status == 413 && piece.len() > 1 => {
                    most_items = piece.len().div_ceil(2);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(results)
    }

    /// How many of the first items fit into one call; at least one.
    fn piece(&self, items: &[BatchItem]) -> usize {
        let mut size = 2;
        let fits = |item: &&BatchItem| {
            size += item.size();
            size <= self.most_body
        };
        items.iter().take(MOST_IN_BATCH).take_while(fits).count().max(1)
    }

    async fn submit_piece(&self, items: &[BatchItem]) -> Result<Vec<BatchResult>, Error> {
        let mut body = String::with_capacity(items.iter().map(BatchItem::size).sum::<usize>() + 1);
        for item in items {
            body.push(if body.is_empty() { '[' } else { ',' });
            body.push_str(&item.json);
        }
        body.push(']');
        let request = self.http.post(self.at(&["tasks", "batch"]));
        let request = request.header("content-type", "application/json").body(body);
        let Results { results } = self.call(request, Repeat::Safe).await?;
        if results.len() == items.len() {
            return Ok(results);
        }
        Err(self.unexpected(format!("{} results for {} submissions", results.len(), items.len())))
    }
}
