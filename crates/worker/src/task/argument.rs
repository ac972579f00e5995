use std::any::TypeId;
use std::sync::Arc;

use serde_json::Value;

use super::{HandlerError, State, TaskContext};

/// One call of a handler: what its arguments are made of.
#[derive(Debug, Clone)]
pub struct Call {
    pub(crate) context: TaskContext,
    pub(crate) state: Arc<State>,
}

/// What a handler can take: `Params<T>`, `Data<T>` and [`TaskContext`], in any order.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a task",
    label = "a task takes `Params<T>`, `Data<T>` and `TaskContext`",
    note = "`T` in `Params<T>` must implement `serde::Deserialize` and `schemars::JsonSchema`"
)]
pub trait Argument: Sized {
    /// Makes the argument, within the attempt. An error fails the task at once.
    fn take(call: &Call) -> Result<Self, HandlerError>;

    /// Says at registration what the argument needs.
    fn declare(needs: &mut Needs);
}

/// What a handler's arguments need, known before its first call.
#[derive(Debug, Default)]
pub struct Needs {
    /// Schemas of the parameters; more than one cannot be served.
    pub(crate) parameters: Vec<Value>,
    /// Types of shared state, with their names.
    pub(crate) data: Vec<(TypeId, &'static str)>,
}
