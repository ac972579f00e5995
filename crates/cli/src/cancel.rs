use super::failure::Failure;
use super::manager::ManagerArgs;
use super::show;

/// Asks for the end of a task: one that waits is cancelled at once, one that runs is told to stop
#[derive(Debug, clap::Args)]
pub(crate) struct Cancel {
    /// The task's id
    id: String,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl Cancel {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let task = self.manager.client()?.cancel(&self.id).await?;
        show::print(&task, self.manager.json);
        Ok(())
    }
}
