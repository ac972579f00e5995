use super::failure::Failure;
use super::manager::ManagerArgs;
use super::out::{self, visible};

/// Says why a task is not running, or that it is, in one sentence
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers explain 01JBKR2E5F3G4H5J6K7X8M9N0P
  jobbers explain 01JBKR2E5F3G4H5J6K7X8M9N0P --json   what the sentence is made of")]
pub(crate) struct Explain {
    /// The task's id
    id: String,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl Explain {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let explanation = self.manager.client()?.explain(&self.id).await?;
        if self.manager.json {
            return out::print_line(&explanation.json);
        }
        out::print_line(visible(&explanation.sentence))
    }
}
