use jobbers_client::Status;

use super::failure::Failure;
use super::filter::{FilterArgs, StatusArg, WorkerArg};
use super::manager::ManagerArgs;
use super::many::{Many, Step};
use super::{ids, show};

/// Cancels tasks: one that waits at once, one that runs is told to stop
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers cancel 01JBKR2E5F3G4H5J6K7X8M9N0P
  jobbers cancel --queue mails --dry-run            what would be cancelled
  jobbers cancel --name resize --status submitted   only what waits
  jobbers list --worker 8f14e45fceea167a --ids | jobbers cancel -")]
pub(crate) struct Cancel {
    /// The tasks' ids, or - to read them from standard input
    #[arg(value_name = "ID", conflicts_with_all = ["queue", "name", "task_version", "worker", "since", "until", "status", "all", "limit"])]
    ids: Vec<String>,

    /// Only tell what would be done
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    status: StatusArg,

    #[command(flatten)]
    filter: FilterArgs,

    #[command(flatten)]
    worker: WorkerArg,

    /// Every task that waits or runs
    #[arg(long, help_heading = "Filter", conflicts_with_all = ["status", "worker"])]
    all: bool,

    /// So many tasks of the filter at the most
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Filter")]
    limit: Option<u32>,

    #[command(flatten)]
    manager: ManagerArgs,
}

/// Statuses of tasks that have not ended; those that wait first, so that none of them starts meanwhile.
const LIVE: [Status; 3] = [Status::Scheduled, Status::Submitted, Status::Started];

impl Cancel {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let client = self.manager.client()?;
        let many = Many { client: &client, step: Step::Cancel, dry_run: self.dry_run, json: self.manager.json };
        match self.status.get() {
            None if self.ids.is_empty() && self.filter.is_empty() && self.worker.is_empty() && !self.all => {
                Err(Failure::Usage(
                    "which tasks? Name their ids, or a filter such as --queue or --status, or --all".to_owned(),
                ))
            }
            Some(status) if status.has_ended() => Err(Failure::Usage(format!(
                "--status {status}: such tasks have ended; submitted, scheduled and started ones can be cancelled"
            ))),
            _ if !self.ids.is_empty() => {
                let ids = ids::read(self.ids, std::io::stdin())?;
                if let ([id], false) = (&ids[..], self.dry_run) {
                    return show::print(&client.cancel(id).await?, self.manager.json);
                }
                many.ids(&ids).await
            }
            None if self.all => many.filters(&LIVE.map(|status| self.filter.filter(Some(status))), self.limit).await,
            status => many.filters(&[self.worker.narrow(self.filter.filter(status))], self.limit).await,
        }
    }
}
