use super::failure::Failure;
use super::filter::{FilterArgs, StatusArg};
use super::manager::ManagerArgs;
use super::many::{Many, Step};
use super::{ids, show};

/// Runs failed, stalled, cancelled and dropped tasks again
///
/// Their history stays, and attempt numbers go on; their failures do not count any more. For failed tasks alone there
/// is `jobbers retry`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers resubmit 01JBKR2E5F3G4H5J6K7X8M9N0P
  jobbers resubmit --status cancelled --queue mails --since 1h --dry-run
  jobbers resubmit --status stalled")]
pub(crate) struct Resubmit {
    /// The tasks' ids, or - to read them from standard input
    #[arg(value_name = "ID", conflicts_with_all = ["queue", "name", "task_version", "since", "until", "status", "limit"])]
    #[arg(required_unless_present = "status")]
    ids: Vec<String>,

    /// Only tell what would be done
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    status: StatusArg,

    #[command(flatten)]
    filter: FilterArgs,

    /// So many tasks of the filter at the most
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Filter")]
    limit: Option<u32>,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl Resubmit {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let client = self.manager.client()?;
        let many = Many { client: &client, step: Step::Resubmit, dry_run: self.dry_run, json: self.manager.json };
        if let Some(status) = self.status.get() {
            return many.filters(&[self.filter.filter(Some(status))], self.limit).await;
        }
        let ids = ids::read(self.ids, std::io::stdin())?;
        if let ([id], false) = (&ids[..], self.dry_run) {
            return show::print(&client.resubmit(id).await?, self.manager.json);
        }
        many.ids(&ids).await
    }
}
