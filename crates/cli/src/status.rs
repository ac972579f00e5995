use super::failure::Failure;
use super::manager::ManagerArgs;
use super::show;
use super::waiting::{WaitArgs, verdict};

/// Prints a task as it is, or once it has ended
#[derive(Debug, clap::Args)]
pub(crate) struct Status {
    /// The task's id
    id: String,

    #[command(flatten)]
    wait: WaitArgs,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl Status {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let client = self.manager.client()?;
        if !self.wait.is_wanted() {
            show::print(&client.get(&self.id).await?, self.manager.json);
            return Ok(());
        }
        let task = self.wait.wait(&client, &self.id).await?;
        show::print(&task, self.manager.json);
        verdict(&task)
    }
}
