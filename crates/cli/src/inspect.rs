use super::failure::Failure;
use super::manager::ManagerArgs;
use super::out::{self, Look};
use super::show;

/// Prints everything that is known of a task: times, attempts with their errors, parameters, result
#[derive(Debug, clap::Args)]
pub(crate) struct Inspect {
    /// The task's id
    id: String,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl Inspect {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let task = self.manager.client()?.get(&self.id).await?;
        if self.manager.json {
            return out::print_line(&task.json);
        }
        out::print(&show::whole(&task, &Look::of_stdout()))
    }
}
