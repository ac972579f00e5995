//! The JSON that clients send and get.

mod fields;
mod message;
mod new_task;
mod older_new_task;
mod raw;
mod redact;
mod submission;
mod task;

pub(crate) use fields::PUBLISHED_FORMATS;
pub(crate) use message::Message;
pub(crate) use new_task::NewTask;
pub(crate) use older_new_task::OlderNewTask;
pub(crate) use task::{OlderTask, Spelling, TaskBody, task_body};
