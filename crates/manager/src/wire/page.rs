use serde::Serialize;
use utoipa::ToSchema;

use super::task::{OlderTask, TaskBody};

/// A page of tasks. It may be short, even empty, and still have a next one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskPage<'t> {
    pub(crate) tasks: Vec<TaskBody<'t>>,
    /// Where the next page begins; null if there is nothing more.
    #[schema(required)]
    pub(crate) next_cursor: Option<&'t str>,
}

/// The shape of a page of tasks with older spellings.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `Spelling::Older` gives")]
pub(crate) struct OlderTaskPage<'t> {
    tasks: Vec<OlderTask>,
    /// Where the next page begins; null if there is nothing more.
    #[schema(required)]
    next_cursor: Option<&'t str>,
}
