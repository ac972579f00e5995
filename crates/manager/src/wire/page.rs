use serde::Serialize;

use super::task::TaskBody;

/// A page of tasks. It may be short, even empty, and still have a next one.
#[derive(Debug, Serialize)]
pub(crate) struct TaskPage<'t> {
    pub(crate) tasks: Vec<TaskBody<'t>>,
    /// Where the next page begins; null if there is nothing more.
    pub(crate) next_cursor: Option<&'t str>,
}
