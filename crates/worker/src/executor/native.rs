use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use jobbers_core::model::{EndDetail, EndKind, Registration};
use tokio::runtime::Handle;

use super::Executor;
use super::panic::{Guarded, LONGEST_BACKTRACE, guarded, install_hook};
use crate::attempt::{Ended, Start, chain, error_text, shortened};
use crate::task::error::Decision;
use crate::task::{
    Call, Definition, ExpectedErrors, HandlerError, HandlerResult, Run, State, TaskContext, TaskError, Tasks,
};

/// Longest text of wrong parameters, in bytes.
const LONGEST_ERROR: usize = 8 * 1024;

/// Runs handlers that are compiled in.
#[derive(Debug)]
pub struct Native {
    definitions: Arc<[Definition]>,
    state: Arc<State>,
    /// Handlers run there: one that blocks it does not block its worker.
    runtime: Handle,
}

impl Native {
    pub fn new(tasks: Tasks, runtime: Handle) -> Self {
        install_hook();
        let (state, definitions) = tasks.into_parts();
        Self { definitions: definitions.into(), state: Arc::new(state), runtime }
    }

    fn begin(definitions: Arc<[Definition]>, state: &Arc<State>, mut start: Start) {
        let place = start.attempt().type_index();
        let call = Call { context: TaskContext(Arc::clone(start.attempt())), state: Arc::clone(state) };
        match definitions.get(place).map(|definition| &definition.run) {
            Some(Run::Async(_)) => {
                tokio::spawn(async move {
                    let Definition { run: Run::Async(handler), expected, .. } = &definitions[place] else { return };
                    let mut start = start;
                    let ended = run_async(&mut start, expected, || handler(call)).await;
                    start.end(ended);
                });
            }
            Some(Run::Blocking(_)) => {
                // Its thread is not there yet: nothing is waited for.
                start.begun();
                tokio::task::spawn_blocking(move || {
                    let Definition { run: Run::Blocking(handler), expected, .. } = &definitions[place] else { return };
                    let ended = ended(expected, guarded(|| handler(&call)));
                    start.end(ended);
                });
            }
            None => drop(start),
        }
    }
}

impl Executor for Native {
    fn registrations(&self) -> Vec<Registration> {
        self.definitions.iter().map(|definition| definition.registration.clone()).collect()
    }

    fn start(&self, attempts: Vec<Start>) {
        let (definitions, state) = (Arc::clone(&self.definitions), Arc::clone(&self.state));
        // One message to the other runtime, however many attempts.
        self.runtime.spawn(async move {
            for start in attempts {
                Self::begin(Arc::clone(&definitions), &state, start);
            }
        });
    }
}

/// Runs a handler until it ends or is interrupted, then at its next `await`.
async fn run_async<F>(start: &mut Start, expected: &ExpectedErrors, handler: F) -> Ended
where
    F: FnOnce() -> futures_util::future::BoxFuture<'static, HandlerResult>,
{
    let mut running = match guarded(handler) {
        Ok(future) => Guarded(future),
        Err(panic) => return ended(expected, Err(panic)),
    };
    let attempt = Arc::clone(start.attempt());
    let mut interrupted = pin!(attempt.interrupted());
    let result = poll_fn(|context| {
        if let Poll::Ready(result) = Pin::new(&mut running).poll(context) {
            return Poll::Ready(Some(result));
        }
        start.begun();
        interrupted.as_mut().poll(context).map(|()| None)
    });
    match result.await {
        Some(result) => ended(expected, result),
        // The code has stopped when its last destructor has run.
        None => match guarded(move || drop(running)) {
            Ok(()) => Ended::Interrupted,
            Err(panic) => ended(expected, Err(panic)),
        },
    }
}

fn ended(expected: &ExpectedErrors, result: Result<HandlerResult, EndDetail>) -> Ended {
    match result {
        Ok(Ok(result)) => Ended::Returned(result),
        Ok(Err(error)) => failed(expected, error),
        Err(panic) => Ended::Failed { end: panic, expected: false, retry_after: None },
    }
}

fn failed(errors: &ExpectedErrors, error: HandlerError) -> Ended {
    let detail = |error: String, error_type: &str| EndDetail {
        kind: EndKind::Failed,
        error,
        error_type: error_type.to_owned(),
        backtrace: None,
    };
    let (error, error_type, backtrace) = match error {
        HandlerError::Raised { error, error_type, backtrace } => (error, error_type, backtrace),
        HandlerError::Arguments(text) => {
            let end = detail(shortened(text, LONGEST_ERROR), "InvalidParameters");
            return Ended::Failed { end, expected: false, retry_after: None };
        }
        HandlerError::Result(text) => {
            let end = detail(text, "InvalidResult");
            return Ended::Failed { end, expected: false, retry_after: None };
        }
    };
    let text = error_text(&*error);
    let backtrace = backtrace.map(|trace| shortened(trace, LONGEST_BACKTRACE));
    let detail = |error_type: &str| EndDetail { backtrace, ..detail(text, error_type) };
    let decided = chain(&*error).find_map(|error| error.downcast_ref::<TaskError>());
    if let Some(decided) = decided {
        let (expected, retry_after) = match decided.decision() {
            Decision::Retry { after } => (true, after),
            Decision::Fatal => (false, None),
        };
        return Ended::Failed { end: detail(error_type), expected, retry_after };
    }
    let matching = errors.matching(&*error);
    // A type that says nothing gives way to the one by which the error was recognised.
    let error_type = if error_type == "Error" { matching.unwrap_or(error_type) } else { error_type };
    Ended::Failed { end: detail(error_type), expected: errors.expects_any() || matching.is_some(), retry_after: None }
}
