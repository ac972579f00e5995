use super::failure::Failure;
use super::manager::ManagerArgs;
use super::{ids, show};

/// Runs scheduled tasks now, not when they are due
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers run 01JBKR2E5F3G4H5J6K7X8M9N0P
  jobbers list --status scheduled --queue mails --ids | jobbers run -")]
pub(crate) struct RunNow {
    /// The tasks' ids, or - to read them from standard input
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl RunNow {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let client = self.manager.client()?;
        let mut tasks = Vec::new();
        for id in ids::read(self.ids, std::io::stdin())? {
            match client.run(&id).await {
                Ok(task) => tasks.push(task),
                Err(error) => {
                    // What was done is told even so.
                    show::print_all(&tasks, self.manager.json)?;
                    return Err(error.into());
                }
            }
        }
        show::print_all(&tasks, self.manager.json)
    }
}
