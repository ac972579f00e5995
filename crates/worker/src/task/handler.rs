//! Functions with up to eight arguments as handlers.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde::Serialize;

use super::{Argument, BoxError, Call, HandlerError, Needs};

/// The result as JSON, or why there is none.
pub type HandlerResult = Result<Bytes, HandlerError>;

/// An `async fn` that can be a task.
#[diagnostic::on_unimplemented(
    message = "this function cannot be a task",
    note = "a task takes up to eight of `Params<T>`, `Data<T>` and `TaskContext`, returns `Result<T, E>` where \
            `T: Serialize` and `E` converts into `Box<dyn Error + Send + Sync>`, and its future is `Send`"
)]
pub trait AsyncHandler<Arguments>: Copy + Send + Sync + 'static {
    fn declare(needs: &mut Needs);

    fn run(self, call: Call) -> BoxFuture<'static, HandlerResult>;
}

/// A plain `fn` that can be a task: it may block.
#[diagnostic::on_unimplemented(
    message = "this function cannot be a task",
    note = "a task takes up to eight of `Params<T>`, `Data<T>` and `TaskContext`, and returns `Result<T, E>` where \
            `T: Serialize` and `E` converts into `Box<dyn Error + Send + Sync>`"
)]
pub trait BlockingHandler<Arguments>: Copy + Send + Sync + 'static {
    fn declare(needs: &mut Needs);

    fn run(self, call: &Call) -> HandlerResult;
}

fn finish<T: Serialize, E: Into<BoxError> + 'static>(result: Result<T, E>) -> HandlerResult {
    let result = result.map_err(HandlerError::raised)?;
    serde_json::to_vec(&result)
        .map(Bytes::from)
        .map_err(|error| HandlerError::Result(format!("the result is not JSON: {error}")))
}

macro_rules! handlers {
    ($($argument:ident)*) => {
        impl<F, R, T, E, $($argument),*> AsyncHandler<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> R + Copy + Send + Sync + 'static,
            R: Future<Output = Result<T, E>> + Send + 'static,
            T: Serialize,
            E: Into<BoxError> + 'static,
            $($argument: Argument),*
        {
            fn declare(needs: &mut Needs) {
                // Without arguments there is nothing to do with it.
                let _ = &needs;
                $($argument::declare(needs);)*
            }

            fn run(self, call: Call) -> BoxFuture<'static, HandlerResult> {
                Box::pin(async move {
                    let _ = &call;
                    let handler = self($($argument::take(&call)?),*);
                    finish(handler.await)
                })
            }
        }

        impl<F, T, E, $($argument),*> BlockingHandler<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> Result<T, E> + Copy + Send + Sync + 'static,
            T: Serialize,
            E: Into<BoxError> + 'static,
            $($argument: Argument),*
        {
            fn declare(needs: &mut Needs) {
                // Without arguments there is nothing to do with it.
                let _ = &needs;
                $($argument::declare(needs);)*
            }

            fn run(self, call: &Call) -> HandlerResult {
                let _ = call;
                finish(self($($argument::take(call)?),*))
            }
        }
    };
}

handlers!();
handlers!(A1);
handlers!(A1 A2);
handlers!(A1 A2 A3);
handlers!(A1 A2 A3 A4);
handlers!(A1 A2 A3 A4 A5);
handlers!(A1 A2 A3 A4 A5 A6);
handlers!(A1 A2 A3 A4 A5 A6 A7);
handlers!(A1 A2 A3 A4 A5 A6 A7 A8);
