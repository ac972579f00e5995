use jobbers_client::{Client, Task};
use tokio::task::JoinSet;

use super::failure::Failure;
use super::follow::FollowArg;
use super::manager::ManagerArgs;
use super::out::{Bar, remark};
use super::waiting::{WaitArgs, verdict, wait_until};
use super::{ids, show};

/// Prints tasks as they are, or once they have ended
///
/// With --wait or --follow the exit code is 0 if all are completed in the end, else 1.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers status 01JBKR2E5F3G4H5J6K7X8M9N0P
  jobbers status 01JBKR2E5F3G4H5J6K7X8M9N0P --wait=30   at most 30 seconds
  jobbers status 01JBKR2E5F3G4H5J6K7X8M9N0P --follow    each change

Everything that is known of a task: jobbers inspect ID")]
pub(crate) struct Status {
    /// The tasks' ids, or - to read them from standard input
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,

    #[command(flatten)]
    wait: WaitArgs,

    #[command(flatten)]
    follow: FollowArg,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl Status {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let client = self.manager.client()?;
        let ids = ids::read(self.ids, std::io::stdin())?;
        if self.follow.follow {
            return super::follow::follow(&client, &ids, self.manager.json).await;
        }
        let (tasks, failure) = gather(&client, &ids, self.wait).await?;
        if !tasks.is_empty() {
            show::print_all(&tasks, self.manager.json)?;
        }
        if let Some(failure) = failure {
            return Err(failure);
        }
        if self.wait.is_wanted() { tasks.iter().map(verdict).find(Result::is_err).unwrap_or(Ok(())) } else { Ok(()) }
    }
}

/// Calls that are made at the same time.
const AT_ONCE: usize = 32;

/// Calls that wait at the same time: they cost the manager little, but each has a connection.
const WAITING_AT_ONCE: usize = 256;

/// The tasks that are known, in order; of the others the last failure, if it is not told yet.
async fn gather(client: &Client, ids: &[String], wait: WaitArgs) -> Result<(Vec<Task>, Option<Failure>), Failure> {
    let deadline = wait.deadline();
    let one = async move |client: Client, id: String| {
        if wait.is_wanted() { wait_until(&client, &id, deadline).await } else { client.get(&id).await }
    };
    if let [id] = ids {
        return Ok((vec![one(client.clone(), id.clone()).await?], None));
    }
    let bar = Bar::new(if wait.is_wanted() { "waiting for tasks" } else { "asking for tasks" }, Some(ids.len() as u64));
    let at_once = if wait.is_wanted() { WAITING_AT_ONCE } else { AT_ONCE };
    let mut found: Vec<Option<Task>> = ids.iter().map(|_| None).collect();
    let (mut running, mut failure) = (JoinSet::new(), None);
    let mut rest = ids.iter().enumerate();
    loop {
        while running.len() < at_once {
            let Some((index, id)) = rest.next() else { break };
            let (client, id) = (client.clone(), id.clone());
            running.spawn(async move { (index, one(client, id).await) });
        }
        let Some(done) = running.join_next().await else { break };
        let (index, answer) = done.map_err(|error| Failure::Failed(error.to_string()))?;
        bar.advance(1);
        match answer {
            Ok(task) => found[index] = Some(task),
            // The other ids may be good.
            Err(error) if error.problem().is_some_and(|problem| matches!(problem.status, 400 | 404)) => {
                let told = Failure::from(error);
                bar.hidden(|| remark(format_args!("jobbers: {told}")));
                failure = Some(Failure::Silent(1));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok((found.into_iter().flatten().collect(), failure))
}
