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

mod client;
mod error;
mod send;
mod status;
mod submission;
mod task;
mod wait;

#[cfg(test)]
mod tests;

pub use client::Client;
pub use error::{Error, Problem, WrongField};
pub use status::Status;
pub use submission::Submission;
pub use task::Task;
