//! Typed calls to a Jobbers manager.
//!
//! ```no_run
//! # async fn run() -> Result<(), jobbers_client::Error> {
//! use jobbers_client::{Client, Submission};
//!
//! let client = Client::new("http://127.0.0.1:8000", None)?;
//! let submission = Submission::new("word_count", 1).parameters(serde_json::json!({"path": "docs"}));
//! let task = client.submit(submission).await?;
//! let task = client.wait(&task.id, None).await?;
//! println!("{:?}: {:?}", task.status, task.result);
//! # Ok(())
//! # }
//! ```
//!
//! A call that can be sent twice is sent again by itself when the connection breaks before the answer; a submission
//! always can, because it gets its id here. A manager that is busy ([`Problem::retry_after`]) is asked again within
//! [`Client::with_patience`]. Answers come with the JSON that they were read from ([`Task::json`], [`Sent`]).
//!
//! Many tasks at once:
//!
//! ```no_run
//! # async fn run(client: jobbers_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use jobbers_client::{BatchItem, Filter, Listing, Selection, Status, Submission};
//!
//! let items = (0..50_000).map(|_| BatchItem::try_from(Submission::new("noop", 1))).collect::<Result<Vec<_>, _>>()?;
//! for result in client.submit_batch(&items).await? {
//!     assert!(result.status.is_stored(), "{:?}", result.detail);
//! }
//! let mut pages = client.pages(Listing::Tasks, Filter::status(Status::Submitted));
//! while let Some(task) = pages.next_task().await? {
//!     println!("{} waits in {}", task.id, task.queue);
//! }
//! let waiting = Selection::filter(Filter { queue: Some("default".into()), ..Filter::status(Status::Submitted) }, None);
//! client.cancel_many(&waiting, false).await?;
//! # Ok(())
//! # }
//! ```

mod batch;
mod client;
mod dead_letters;
mod error;
mod events;
mod explain;
mod filter;
mod json;
mod list;
mod many;
mod pages;
mod pause;
mod purge;
mod queue_stats;
mod queues;
mod rate_limit;
mod registered_tasks;
mod roles;
mod send;
mod sent;
mod sse;
mod status;
mod steer;
mod submission;
mod submit;
mod task;
mod wait;
mod workers;

#[cfg(test)]
mod tests;

pub use batch::{BatchItem, BatchResult, BatchStatus, InvalidItem, MOST_IN_BATCH};
pub use client::Client;
pub use dead_letters::{DeadLetters, ErrorFilter, ErrorGroup, ErrorGroups, History, Removed, Revived};
pub use error::{Error, Problem, WrongField};
pub use events::{Events, TaskEvent};
pub use explain::{Explanation, Limit, Reason};
pub use filter::Filter;
pub use json::Json;
pub use list::{List, Listing, TaskPage};
pub use many::{MOST_IDS, Outcome, OutcomeStatus, Outcomes, Selection};
pub use pages::Pages;
pub use purge::{Purge, Purged};
pub use queue_stats::{QueueState, QueueStats, Rate, RoleState};
pub use queues::{Queue, QueueDeleted, QueueNow, Queues};
pub use rate_limit::{Period, RateLimit};
pub use registered_tasks::{RegisteredTasks, TaskType};
pub use roles::{Refreshed, Role, Roles};
pub use sent::Sent;
pub use status::Status;
pub use submission::Submission;
pub use task::{Attempt, Progress, Task};
pub use workers::{Slots, Worker, Workers};
