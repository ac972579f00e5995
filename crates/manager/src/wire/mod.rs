//! The JSON that clients send and get.

mod batch;
mod bulk;
mod dead_letters;
mod done;
mod fields;
mod filter;
mod message;
mod new_task;
mod older_new_task;
mod page;
mod queue_stats;
mod raw;
mod redact;
mod registered_task;
mod rules;
mod schedule_task;
mod submission;
mod task;
mod task_ids;
mod worker;

pub(crate) use batch::{BatchItems, BatchReply, BatchResult, BatchStatus, Invalid, Lines};
pub(crate) use bulk::{BulkBody, BulkReply, Chosen};
pub(crate) use dead_letters::{History, RevivalBody, RevivalReply};
pub(crate) use done::{Draining, Forgotten};
pub(crate) use fields::PUBLISHED_FORMATS;
pub(crate) use message::Message;
pub(crate) use new_task::NewTask;
pub(crate) use older_new_task::OlderNewTask;
pub(crate) use page::{OlderTaskPage, TaskPage};
pub(crate) use queue_stats::{QueueStatsBody, queue_stats_body};
pub(crate) use registered_task::{RegisteredTasks, registered_tasks};
pub(crate) use schedule_task::{ScheduleBody, Scheduled};
pub(crate) use task::{OlderTask, Spelling, TaskBody, history, task_body};
pub(crate) use worker::{Workers, worker_body};
