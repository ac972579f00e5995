use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use jobbers_core::model::Registration;

use super::{AsyncHandler, BlockingHandler, Call, ExpectedErrors, HandlerResult, Needs};

/// What `#[task]` makes of a function.
pub trait Task {
    fn definition(self) -> Definition;
}

/// A task type with its policy and its handler.
pub struct Definition {
    pub(crate) registration: Registration,
    pub(crate) expected: ExpectedErrors,
    pub(crate) needs: Needs,
    pub(crate) run: Run,
}

/// How the handler is called.
#[derive(Clone)]
pub(crate) enum Run {
    Async(Arc<dyn Fn(Call) -> BoxFuture<'static, HandlerResult> + Send + Sync>),
    Blocking(Arc<dyn Fn(&Call) -> HandlerResult + Send + Sync>),
}

impl Definition {
    /// With a handler that is interrupted at its next `await` when it is to stop.
    pub fn asynchronous<A, H: AsyncHandler<A>>(
        registration: Registration,
        expected: ExpectedErrors,
        handler: H,
    ) -> Self {
        let mut needs = Needs::default();
        H::declare(&mut needs);
        Self::new(registration, expected, needs, Run::Async(Arc::new(move |call| handler.run(call))))
    }

    /// With a handler that gets a thread of its own, may block it, and must look at `TaskContext::is_cancelled` to be
    /// stopped.
    pub fn blocking<A, H: BlockingHandler<A>>(
        registration: Registration,
        expected: ExpectedErrors,
        handler: H,
    ) -> Self {
        let mut needs = Needs::default();
        H::declare(&mut needs);
        Self::new(registration, expected, needs, Run::Blocking(Arc::new(move |call| handler.run(call))))
    }

    fn new(mut registration: Registration, expected: ExpectedErrors, needs: Needs, run: Run) -> Self {
        registration.parameters_schema = needs.parameters.first().cloned();
        Self { registration, expected, needs, run }
    }
}

impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Definition")
            .field("registration", &self.registration)
            .field("expected", &self.expected)
            .field("needs", &self.needs)
            .finish_non_exhaustive()
    }
}
