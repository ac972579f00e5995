use jobbers_client::{Filter, List, Listing, Pages, Task};

use super::failure::Failure;
use super::filter::{FilterArgs, StatusArg, WorkerArg};
use super::manager::ManagerArgs;
use super::out::{self, Bar, Look, Table};
use super::show;

/// Lists tasks, newest first
///
/// Without a status, or with status submitted, in the order of their submission; running tasks by their start, ended
/// ones by their end, scheduled ones by the time when they are due, soonest first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers list                                  the newest tasks, a screenful
  jobbers list --status started                 what runs now
  jobbers list --queue mails --since 1h --all   what came within an hour
  jobbers list --status failed --ids | jobbers resubmit -")]
pub(crate) struct ListTasks {
    #[command(flatten)]
    status: StatusArg,

    #[command(flatten)]
    filter: FilterArgs,

    #[command(flatten)]
    worker: WorkerArg,

    #[command(flatten)]
    paging: Paging,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl ListTasks {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let filter = self.worker.narrow(self.filter.filter(self.status.get()));
        self.paging.print(&self.manager, Listing::Tasks, filter, show::table).await
    }
}

/// How much of a list
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Paging {
    /// So many tasks at the most; unset: a screenful on a terminal, else 100
    #[arg(long, short, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,

    /// Every task, however many there are; with --json a line of JSON each
    #[arg(long, short, conflicts_with_all = ["limit", "cursor"])]
    pub(crate) all: bool,

    /// Go on where a list ended: the `next_cursor` of its JSON
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,

    /// Print nothing but ids, a line each
    #[arg(id = "ids_only", long = "ids", conflicts_with = "json")]
    ids: bool,
}

/// Most tasks that the manager answers in one page.
const LARGEST_PAGE: u32 = 1_000;

/// Lines of a terminal that are not for tasks: titles, a remark, the next prompt.
const OTHER_LINES: u16 = 4;

impl Paging {
    /// Prints a list, with `table` for people.
    pub(crate) async fn print(
        &self,
        manager: &ManagerArgs,
        listing: Listing,
        filter: Filter,
        table: fn(&[Task], &Look) -> Table,
    ) -> Result<(), Failure> {
        let (client, look) = (manager.client()?, Look::of_stdout());
        let limit = if self.all { None } else { Some(self.limit.unwrap_or_else(|| screenful(&look))) };
        let list = List { filter, limit: Some(page_of(limit)), cursor: self.cursor.clone() };
        let pages = client.pages(listing, list);
        if manager.json { self.print_json(pages).await } else { self.print_text(pages, limit, &look, table).await }
    }

    async fn print_json(&self, mut pages: Pages) -> Result<(), Failure> {
        while let Some(page) = pages.next().await? {
            if !self.all {
                return out::print_line(&page.json);
            }
            for task in &page.tasks {
                out::print_line(&task.json)?;
            }
        }
        Ok(())
    }

    async fn print_text(
        &self,
        mut pages: Pages,
        mut left: Option<u32>,
        look: &Look,
        table: fn(&[Task], &Look) -> Table,
    ) -> Result<(), Failure> {
        let mut shown = 0;
        let bar = Bar::new("looking for tasks", None);
        while left != Some(0) {
            pages.limit(page_of(left));
            // A page may be empty and not be the last one.
            let Some(page) = pages.next().await? else { break };
            let tasks = &page.tasks;
            bar.advance(tasks.len());
            if tasks.is_empty() {
                continue;
            }
            let text = if self.ids {
                tasks.iter().map(|task| format!("{}\n", task.id)).collect()
            } else {
                let table = table(tasks, look);
                if shown == 0 { table } else { table.without_titles() }.render(look)
            };
            bar.hidden(|| out::print(&text))?;
            left = left.map(|left| left.saturating_sub(u32::try_from(tasks.len()).unwrap_or(u32::MAX)));
            shown += tasks.len();
        }
        drop(bar);
        if look.is_terminal() && !self.ids {
            match pages.cursor() {
                _ if shown == 0 => out::remark("no such tasks"),
                Some(cursor) => out::remark(format_args!("more with --all, --limit, or --cursor {cursor}")),
                None => {}
            }
        }
        Ok(())
    }
}

fn page_of(left: Option<u32>) -> u32 {
    left.map_or(LARGEST_PAGE, |left| left.min(LARGEST_PAGE))
}

fn screenful(look: &Look) -> u32 {
    look.height.map_or(100, |height| u32::from(height.saturating_sub(OTHER_LINES).max(1)))
}
