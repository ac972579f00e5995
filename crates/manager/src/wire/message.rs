use serde::Serialize;

use super::task::TaskBody;

/// The replies of older routes.
#[derive(Debug, Serialize)]
pub(crate) struct Message<'t> {
    pub(crate) message: &'static str,
    pub(crate) task: TaskBody<'t>,
}
