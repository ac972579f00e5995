//! Roles: which queues a worker consumes.

mod list;

use clap::Subcommand;
use jobbers_client::Role;

use super::failure::Failure;
use super::manager::ManagerArgs;
use super::out::{self, visible};

/// Lists roles with their queues and live workers; creates, changes and deletes them
///
/// A worker is started with a role (WORKER_ROLE) and takes tasks from the queues of this role. Workers keep to a change
/// within a second, without a restart.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:
  jobbers roles
  jobbers roles create mailer mails newsletters
  jobbers roles set mailer mails default     these queues and no others
  jobbers roles show mailer
  jobbers roles delete mailer")]
pub(crate) struct Roles {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    manager: ManagerArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tells the queues and the live workers of a role
    Show {
        /// The role's name
        name: String,

        #[command(flatten)]
        manager: ManagerArgs,
    },

    /// Creates a role
    Create {
        /// Its name: 1 to 64 characters of A-Z a-z 0-9 _ . : -
        name: String,

        /// The queues that its workers consume
        #[arg(value_name = "QUEUE", required_unless_present = "no_queues")]
        queues: Vec<String>,

        /// It has no queues, so its workers have nothing to do
        #[arg(long, conflicts_with = "queues")]
        no_queues: bool,

        #[command(flatten)]
        manager: ManagerArgs,
    },

    /// Gives a role these queues, and no others
    Set {
        /// The role's name
        name: String,

        /// The queues that its workers consume
        #[arg(value_name = "QUEUE", required_unless_present = "no_queues")]
        queues: Vec<String>,

        /// It has no queues, so its workers have nothing to do
        #[arg(long, conflicts_with = "queues")]
        no_queues: bool,

        #[command(flatten)]
        manager: ManagerArgs,
    },

    /// Deletes a role. Its workers run what they have, and claim nothing more
    Delete {
        /// The role's name
        name: String,

        #[command(flatten)]
        manager: ManagerArgs,
    },

    /// Lets every process read queues and roles again, after they were changed in the SQL store by hand
    Refresh {
        /// The role's name
        name: String,

        #[command(flatten)]
        manager: ManagerArgs,
    },
}

impl Roles {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.command {
            None => list::print(&self.manager).await,
            Some(Command::Show { name, manager }) => list::print_one(&name, &manager).await,
            Some(Command::Create { name, queues, manager, .. }) => {
                let created = manager.client()?.create_role(&name, &queues).await?;
                if manager.json { out::print_line(&created.json) } else { out::print_line(words(&created)) }
            }
            Some(Command::Set { name, queues, manager, .. }) => {
                let changed = manager.client()?.change_role(&name, &queues).await?;
                if manager.json { out::print_line(&changed.json) } else { out::print_line(words(&changed)) }
            }
            Some(Command::Delete { name, manager }) => {
                let deleted = manager.client()?.delete_role(&name).await?;
                if manager.json {
                    return out::print_line(deleted);
                }
                out::print_line(format_args!("role {name} is deleted"))
            }
            Some(Command::Refresh { name, manager }) => {
                let refreshed = manager.client()?.refresh_role(&name).await?;
                if manager.json {
                    return out::print_line(&refreshed.json);
                }
                out::print_line("every process reads queues and roles again")
            }
        }
    }
}

fn words(role: &Role) -> String {
    let name = visible(&role.name);
    match role.queues.as_slice() {
        [] => format!("role {name} has no queues: its workers have nothing to do"),
        queues => format!("role {name} has {}", visible(&queues.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_told_with_its_queues() {
        let role =
            |queues: &[&str]| Role { name: "mailer".into(), queues: queues.iter().map(ToString::to_string).collect() };
        assert_eq!(words(&role(&["default", "mails"])), "role mailer has default, mails");
        assert_eq!(words(&role(&[])), "role mailer has no queues: its workers have nothing to do");
    }
}
