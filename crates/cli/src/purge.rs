use std::io::{BufRead, IsTerminal as _, Write as _};

use jobbers_client::{Client, Purged};
use serde_json::json;

use super::failure::Failure;
use super::manager::ManagerArgs;
use super::out::{self, Bar};

/// Cancels everything that waits in a queue
///
/// What runs is left alone, and so is what is submitted after this has begun. It asks before, unless --yes is given. A
/// scheduler goes on with what was begun, also if this is interrupted.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers purge mails
  jobbers purge mails --scheduled --yes
  jobbers pause mails && jobbers purge mails   and nothing starts meanwhile")]
pub(crate) struct Purge {
    /// The queue's name
    #[arg(value_name = "QUEUE")]
    queue: String,

    /// Scheduled tasks as well: those that are due later, and retries
    #[arg(long)]
    scheduled: bool,

    /// Do not ask
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    manager: ManagerArgs,
}

/// So many answers without any progress are enough.
const PATIENCE: u32 = 5;

impl Purge {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let client = self.manager.client()?;
        if !self.yes {
            if !std::io::stdin().is_terminal() {
                let nobody = "purge asks before it cancels, and standard input is no terminal: say --yes";
                return Err(Failure::Usage(nobody.to_owned()));
            }
            let question = self.question(&client).await?;
            if !agreed(&question, &mut std::io::stdin().lock())? {
                return Err(Failure::Failed("nothing was cancelled".to_owned()));
            }
        }
        let bar = Bar::new("cancelling", None);
        let cancelled = self.go(&client, &bar).await;
        drop(bar);
        self.print(cancelled?)
    }

    async fn question(&self, client: &Client) -> Result<String, Failure> {
        let stats = client.queue_stats().await?;
        let state = stats.queues.iter().find(|state| state.queue == self.queue);
        let tasks = match state {
            None => {
                // So that nobody is asked about a queue that is not there.
                client.queue(&self.queue).await?;
                "what waits".to_owned()
            }
            Some(state) if self.scheduled => {
                format!("{} waiting and {} scheduled tasks", state.waiting, state.scheduled)
            }
            Some(state) => format!("{} waiting tasks", state.waiting),
        };
        Ok(format!("Cancel {tasks} of queue {}? [y/N] ", self.queue))
    }

    /// Asks again until all is done; what came after the first call is left alone.
    async fn go(&self, client: &Client, bar: &Bar) -> Result<u64, Failure> {
        let mut purge = jobbers_client::Purge { scheduled: self.scheduled, before: None };
        let (mut all, mut idle) = (0, 0);
        loop {
            let Purged { cancelled, remaining, before } = match client.purge(&self.queue, &purge).await {
                Ok(purged) => purged.value,
                Err(error) => {
                    // What was done is told even so.
                    if all > 0 {
                        bar.hidden(|| self.print(all))?;
                    }
                    return Err(error.into());
                }
            };
            all += cancelled;
            bar.advance(usize::try_from(cancelled).unwrap_or(usize::MAX));
            if remaining == 0 {
                return Ok(all);
            }
            idle = if cancelled == 0 { idle + 1 } else { 0 };
            if idle >= PATIENCE {
                bar.hidden(|| self.print(all))?;
                let slow = format!("{remaining} are left, and it goes on slowly: a scheduler goes on with them");
                return Err(Failure::Failed(slow));
            }
            purge.before = Some(before);
        }
    }

    fn print(&self, cancelled: u64) -> Result<(), Failure> {
        if self.manager.json {
            return out::print_line(json!({"queue": self.queue, "cancelled": cancelled}));
        }
        out::print_line(format_args!("{cancelled} cancelled"))
    }
}

/// Whether the answer to a question is yes.
fn agreed(question: &str, answers: &mut impl BufRead) -> Result<bool, Failure> {
    let failed = |error: std::io::Error| Failure::Failed(format!("standard input: {error}"));
    let mut stderr = std::io::stderr();
    let _ = stderr.write_all(question.as_bytes()).and_then(|()| stderr.flush());
    let mut answer = String::new();
    answers.read_line(&mut answer).map_err(failed)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_one() {
        for (answer, expected) in
            [("y\n", true), ("YES\n", true), ("", false), ("\n", false), ("n\n", false), ("yesterday\n", false)]
        {
            assert_eq!(agreed("", &mut answer.as_bytes()), Ok(expected), "{answer:?}");
        }
    }
}
