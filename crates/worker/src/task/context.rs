use std::sync::Arc;

use bytes::Bytes;
use jobbers_core::model::{Policy, Progress, TaskId, TaskType, Token};

use super::{Argument, Call, HandlerError, Needs};
use crate::attempt::Attempt;

/// What a handler knows of the task that it runs, and its way to say how far it is. Cheap to clone.
#[derive(Debug, Clone)]
pub struct TaskContext(pub(crate) Arc<Attempt>);

impl TaskContext {
    pub fn id(&self) -> TaskId {
        self.0.task().id
    }

    pub fn task_type(&self) -> &TaskType {
        &self.0.task().task_type
    }

    /// Counts from 1, whatever ended the attempts before.
    pub fn attempt(&self) -> u32 {
        self.0.task().attempt
    }

    /// Failures before this attempt: 0 for the first run, then the number of the retry.
    pub fn retry_attempt(&self) -> u32 {
        self.0.task().failures
    }

    /// Names this attempt and no other. The store takes the end of a task only from the attempt whose token it has.
    pub fn token(&self) -> Token {
        self.0.task().token
    }

    pub fn queue(&self) -> &str {
        &self.0.task().queue
    }

    /// The JSON object that the submitter wanted to see again, as it was sent.
    pub fn metadata(&self) -> Option<&[u8]> {
        self.0.task().metadata.as_deref()
    }

    /// The W3C trace id of the submission.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.task().trace_id.as_deref()
    }

    /// Says that the task makes progress. Costs next to nothing; the store learns of it soon after.
    pub fn heartbeat(&self) {
        self.0.beat(None);
    }

    /// Says how far the task is, which is a heartbeat as well: `percent` from 0 to 100, and a message that may be empty.
    /// The last one counts.
    pub fn progress(&self, percent: f64, message: impl Into<String>) {
        const LONGEST_MESSAGE: usize = 1024;
        let percent = if percent.is_nan() { 0.0 } else { percent.clamp(0.0, 100.0) };
        let mut message: String = message.into();
        message.truncate(message.floor_char_boundary(LONGEST_MESSAGE));
        let message = (!message.is_empty()).then_some(message);
        self.0.beat(Some(Progress { percent, message }));
    }

    /// Whether the handler is to stop: it was cancelled, its time is over, its worker shuts down, or the task was taken
    /// away. Asynchronous handlers are interrupted at their next `await` anyway; blocking ones have to look.
    pub fn is_cancelled(&self) -> bool {
        self.0.interruption().is_some()
    }

    /// Waits until [`is_cancelled`](Self::is_cancelled).
    pub async fn cancelled(&self) {
        self.0.interrupted().await;
    }

    /// As submitted: JSON.
    pub(crate) fn parameters(&self) -> &Bytes {
        &self.0.task().parameters
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.0.registration().policy
    }
}

impl Argument for TaskContext {
    fn take(call: &Call) -> Result<Self, HandlerError> {
        Ok(call.context.clone())
    }

    fn declare(_needs: &mut Needs) {}
}
