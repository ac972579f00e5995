use jobbers_client::Client;

use super::failure::Failure;
use super::manager::ManagerArgs;
use super::out;

/// Pauses queues: within a second workers claim nothing more from them
///
/// What runs goes on to its end, and submissions are taken; they wait until the queue is resumed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers pause mails newsletters
  jobbers resume mails")]
pub(crate) struct Pause {
    /// The queues' names
    #[arg(value_name = "QUEUE", required = true)]
    queues: Vec<String>,

    #[command(flatten)]
    manager: ManagerArgs,
}

/// Lets paused queues go on
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  jobbers resume mails")]
pub(crate) struct Resume {
    /// The queues' names
    #[arg(value_name = "QUEUE", required = true)]
    queues: Vec<String>,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl Pause {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        each(&self.manager.client()?, &self.queues, true, self.manager.json).await
    }
}

impl Resume {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        each(&self.manager.client()?, &self.queues, false, self.manager.json).await
    }
}

/// One after the other; that there is none of a name does not keep the others from it.
async fn each(client: &Client, queues: &[String], pause: bool, json: bool) -> Result<(), Failure> {
    let mut missing = false;
    for queue in queues {
        let answer = if pause { client.pause(queue).await } else { client.resume(queue).await };
        match answer {
            Ok(now) if json => out::print_line(&now.json)?,
            Ok(_) if pause => {
                out::print_line(format_args!("queue {queue} is paused: what runs goes on, and nothing more starts"))?;
            }
            Ok(_) => out::print_line(format_args!("queue {queue} goes on"))?,
            Err(error) if error.problem().is_some_and(|problem| problem.status == 404) => {
                missing = true;
                out::remark(format_args!("jobbers: {error}"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    if missing { Err(Failure::Silent(1)) } else { Ok(()) }
}
