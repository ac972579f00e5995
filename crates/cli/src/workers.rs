use clap::Subcommand;
use jobbers_client::{Client, Worker};

use super::failure::Failure;
use super::manager::ManagerArgs;
use super::out::{self, Cell, Column, Look, Table, Tint, moment};

/// Lists live workers and schedulers; `workers drain ID` lets one end in good order
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:
  jobbers workers
  jobbers workers drain 8f14e45fceea167a   it ends when its tasks have ended")]
pub(crate) struct Workers {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    manager: ManagerArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Asks a worker to claim nothing more, let its tasks end, and exit
    Drain {
        /// The worker's id
        id: String,

        #[command(flatten)]
        manager: ManagerArgs,
    },
}

impl Workers {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.command {
            Some(Command::Drain { id, manager }) => drain(&manager.client()?, &id, manager.json).await,
            None => list(&self.manager.client()?, self.manager.json).await,
        }
    }
}

async fn drain(client: &Client, id: &str, json: bool) -> Result<(), Failure> {
    let answer = client.drain(id).await?;
    if json {
        return out::print_line(answer);
    }
    out::print_line(format_args!("worker {id} drains: it claims nothing more, and exits when its tasks have ended"))
}

async fn list(client: &Client, json: bool) -> Result<(), Failure> {
    let live = client.workers().await?;
    if json {
        return out::print_line(&live.json);
    }
    let look = Look::of_stdout();
    if live.workers.is_empty() {
        out::remark("there are no live workers");
    }
    out::print(&table(&live.workers, &look).render(&look))
}

fn table(workers: &[Worker], look: &Look) -> Table {
    let mut table = Table::new([
        Column::Whole("ID"),
        Column::Whole("KIND"),
        Column::Cut("HOST"),
        Column::Number("PID"),
        Column::Cut("ROLE"),
        Column::Cut("QUEUES"),
        Column::Whole("RUNNING"),
        Column::Whole("STARTED"),
        Column::Whole("SEEN"),
    ]);
    for worker in workers {
        table.row([
            Cell::from(&worker.id),
            Cell::from(&worker.kind),
            Cell::from(&worker.host),
            Cell::from(worker.pid),
            Cell::from(worker.role.as_deref().unwrap_or("all")),
            Cell::from(worker.queues.join(", ")),
            running(worker),
            Cell::from(moment(Some(&worker.started_at), look)),
            Cell::from(moment(Some(&worker.last_seen), look)),
        ]);
    }
    table
}

/// How many of its slots are taken.
fn running(worker: &Worker) -> Cell {
    let Some(slots) = &worker.slots else { return Cell::default() };
    let running = worker.running.map_or_else(|| "?".to_owned(), |running| running.to_string());
    let text = format!("{running} of {}", slots.total);
    if worker.draining { Cell::tinted(format!("{text}, draining"), Tint::Waiting) } else { Cell::from(text) }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    const PLAIN: Look = Look { width: None, height: None, colour: false, now: None };

    #[test]
    fn workers_and_schedulers_are_rows() {
        let worker = json!({"id": "8f14e45fceea167a", "kind": "worker", "host": "one", "pid": 7, "role": "mails",
            "queues": ["mails", "default"], "slots": {"total": 5, "free": 3}, "running": 2, "draining": true,
            "types": [], "version": "0.1.0", "started_at": "2026-03-12T10:00:00.000Z",
            "last_seen": "2026-03-12T10:00:05.000Z"});
        let scheduler = json!({"id": "00000000fceea167", "kind": "scheduler", "host": "one", "pid": 8, "queues": [],
            "types": [], "version": "0.1.0", "started_at": "2026-03-12T10:00:00.000Z",
            "last_seen": "2026-03-12T10:00:05.000Z"});
        let workers: Vec<Worker> = from_value(json!([worker, scheduler])).expect("workers");
        insta::assert_snapshot!(table(&workers, &PLAIN).render(&PLAIN));
    }
}
