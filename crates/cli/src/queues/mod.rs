//! Queues and their limits.

mod limit;
mod list;
mod rate;
mod set;
mod show;

use clap::Subcommand;

use super::failure::Failure;
use super::manager::ManagerArgs;
use super::out::{self, Look};
use set::LimitArgs;

/// Lists queues with their limits and what is in them; creates, changes and deletes them
///
/// PER WORKER is how many of its tasks one worker runs at once, IN ALL how many all workers together do, RATE how often
/// they may start. Workers keep to a change within a second, without a restart.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:
  jobbers queues
  jobbers queues create mails --max-concurrent 5 --rate 100/minute
  jobbers roles set default default mails   so that its workers consume it as well
  jobbers queues set mails --max-concurrent-total 20 --rate none
  jobbers queues show mails
  jobbers queues delete mails

`jobbers pause`, `resume` and `purge` stop a queue, let it go on, and empty it.")]
pub(crate) struct Queues {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    manager: ManagerArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tells everything about a queue: its limits, the roles that have it, and what is in it
    Show {
        /// The queue's name
        name: String,

        #[command(flatten)]
        manager: ManagerArgs,
    },

    /// Creates a queue. No worker takes tasks from it before a role has it: see `jobbers roles`
    Create {
        /// Its name: 1 to 64 characters of A-Z a-z 0-9 _ . : -
        name: String,

        #[command(flatten)]
        limits: LimitArgs,

        /// Workers claim nothing from it before it is resumed
        #[arg(long)]
        paused: bool,

        #[command(flatten)]
        manager: ManagerArgs,
    },

    /// Changes the limits that are given, and leaves the others as they are
    Set {
        /// The queue's name
        name: String,

        #[command(flatten)]
        limits: LimitArgs,

        #[command(flatten)]
        manager: ManagerArgs,
    },

    /// Deletes a queue. One that has tasks is kept, unless --force is given
    Delete {
        /// The queue's name
        name: String,

        /// Also if it has tasks: what waits or is scheduled is cancelled, what runs is told to stop. Dead letters stay
        #[arg(long)]
        force: bool,

        #[command(flatten)]
        manager: ManagerArgs,
    },
}

impl Queues {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.command {
            None => list::print(&self.manager).await,
            Some(Command::Show { name, manager }) => show::print(&name, &manager).await,
            Some(Command::Create { name, limits, paused, manager }) => {
                let client = manager.client()?;
                let created = client.create_queue(&limits.new_queue(name, paused)).await?;
                if manager.json {
                    return out::print_line(&created.json);
                }
                out::print(&show::text(&created.queue, &Look::of_stdout()))
            }
            Some(Command::Set { name, limits, manager }) => set::run(&name, &limits, &manager).await,
            Some(Command::Delete { name, force, manager }) => delete(&name, force, &manager).await,
        }
    }
}

async fn delete(name: &str, force: bool, manager: &ManagerArgs) -> Result<(), Failure> {
    let deleted = match manager.client()?.delete_queue(name, force).await {
        Err(error) if !force && error.problem().is_some_and(|problem| problem.status == 409) => {
            return Err(Failure::Failed(format!("{error}\n  `jobbers queues delete {name} --force` does so.")));
        }
        deleted => deleted?,
    };
    if manager.json {
        return out::print_line(&deleted.json);
    }
    out::print_line(deleted_words(name, deleted.cancelled, deleted.stopping, deleted.remaining))
}

fn deleted_words(name: &str, cancelled: u64, stopping: u64, remaining: Option<u64>) -> String {
    let mut words = format!("queue {name} is deleted");
    if cancelled > 0 {
        words.push_str(&format!(", {cancelled} cancelled"));
    }
    if stopping > 0 {
        words.push_str(&format!(", {stopping} told to stop"));
    }
    match remaining {
        Some(0) => {}
        Some(remaining) => words.push_str(&format!("; a scheduler goes on with {remaining} more")),
        None => words.push_str("; the store of tasks did not answer: a scheduler goes on with its tasks"),
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deletion_says_what_became_of_the_tasks() {
        assert_eq!(deleted_words("q", 0, 0, Some(0)), "queue q is deleted");
        assert_eq!(deleted_words("q", 3, 2, Some(0)), "queue q is deleted, 3 cancelled, 2 told to stop");
        assert!(deleted_words("q", 500, 0, Some(7)).ends_with("500 cancelled; a scheduler goes on with 7 more"));
        assert!(deleted_words("q", 0, 0, None).contains("did not answer"));
    }
}
