use jobbers_client::{Listing, Status, Task};

use super::failure::Failure;
use super::filter::FilterArgs;
use super::list::Paging;
use super::manager::ManagerArgs;
use super::out::{Cell, Column, Look, Table, Tint, moment};

/// Lists failed tasks with their errors, newest first
///
/// Dead letters (`jobbers dead`) are failed tasks as well, and are among them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers failed --since 1d
  jobbers failed --name resize --ids | jobbers retry -")]
pub(crate) struct Failed {
    #[command(flatten)]
    filter: FilterArgs,

    #[command(flatten)]
    paging: Paging,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl Failed {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let filter = self.filter.filter(Some(Status::Failed));
        self.paging.print(&self.manager, Listing::Tasks, filter, table).await
    }
}

/// Failed tasks as rows.
pub(crate) fn table(tasks: &[Task], look: &Look) -> Table {
    let mut table = Table::new([
        Column::Whole("ID"),
        Column::Cut("TASK"),
        Column::Number("V"),
        Column::Cut("QUEUE"),
        Column::Number("ATTEMPTS"),
        Column::Whole("FAILED"),
        Column::Cut("ERROR"),
    ]);
    for task in tasks {
        table.row([
            Cell::from(&task.id),
            Cell::from(&task.name),
            Cell::from(task.version),
            Cell::from(&task.queue),
            Cell::from(task.attempt),
            Cell::from(moment(task.completed_at.as_deref(), look)),
            Cell::tinted(task.error.as_deref().unwrap_or_default(), Tint::Bad),
        ]);
    }
    table
}
