mod batch;

use std::time::Duration;

use jobbers_client::Submission;
use serde_json::Value;

use super::failure::Failure;
use super::follow::FollowArg;
use super::manager::ManagerArgs;
use super::moment::{Moment, duration, moment, time};
use super::out;
use super::waiting::{WaitArgs, verdict, wait_until};
use super::{parameters, show};

/// Submits a task and prints it; or, with --batch, many
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers submit word_count path=docs --wait       with its result
  jobbers submit resize width=640 'sizes=[1, 2]'   a number and a list
  jobbers submit resize '{\"width\": 640}' --delay 5m
  cat parameters.json | jobbers submit resize -
  jobbers submit --batch tasks.ndjson              a submission a line, such as
                                                   {\"name\": \"noop\", \"version\": 1}

Which tasks there are, and what they take: jobbers types")]
pub(crate) struct Submit {
    /// The task's name (`jobbers types` tells which there are)
    #[arg(required_unless_present = "batch")]
    name: Option<String>,

    /// key=value …, or one JSON object, or - to read one from standard input. A value that is JSON is taken as such
    #[arg(value_name = "PARAMETERS")]
    parameters: Vec<String>,

    /// The version of its type
    #[arg(long = "version", value_name = "NUMBER", default_value_t = 1)]
    task_version: u32,

    /// Where it waits; unset: where tasks of its type belong
    #[arg(long, short)]
    queue: Option<String>,

    /// 0 to 9, 0 first; unset: 5
    #[arg(long, value_name = "0-9", value_parser = clap::value_parser!(u8).range(0..=9))]
    priority: Option<u8>,

    /// How long until it is to run: seconds, or with a unit such as 500ms, 90s, 5m, 2h or 1d
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "run_at")]
    delay: Option<Duration>,

    /// When it is to run: RFC 3339 with an offset, such as 2030-01-01T08:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    run_at: Option<String>,

    /// If it has not started by then, it is cancelled: a time, or a duration from now such as 10m
    #[arg(long, value_name = "TIME|DURATION", value_parser = moment)]
    expires_at: Option<Moment>,

    /// Comes back with the task: key=value (may be repeated), or one JSON object
    #[arg(long, value_name = "KEY=VALUE")]
    metadata: Vec<String>,

    /// An id of your own, a ULID: the same submission again is the same task
    #[arg(long, value_name = "ULID")]
    id: Option<String>,

    /// Submit many: a file with a JSON object a line, as POST /tasks takes it, or - for standard input. It may be
    /// repeated safely if the lines have an `id`
    #[arg(long, value_name = "FILE", conflicts_with_all = SINGLE)]
    batch: Option<String>,

    /// Print nothing but the task's id
    #[arg(long, conflicts_with_all = ["wait", "follow", "json"])]
    print_id: bool,

    #[command(flatten)]
    wait: WaitArgs,

    #[command(flatten)]
    follow: FollowArg,

    #[command(flatten)]
    manager: ManagerArgs,
}

/// What is about one task.
const SINGLE: [&str; 13] = [
    "name",
    "parameters",
    "task_version",
    "queue",
    "priority",
    "delay",
    "run_at",
    "expires_at",
    "metadata",
    "id",
    "wait",
    "follow",
    "print_id",
];

impl Submit {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let client = self.manager.client()?;
        if let Some(file) = &self.batch {
            return batch::submit(&client, file, self.manager.json).await;
        }
        let parameters = parameters::read(&self.parameters, std::io::stdin()).map_err(Failure::Usage)?;
        let submission = Submission {
            id: self.id,
            queue: self.queue,
            priority: self.priority,
            delay: self.delay.map(|delay| delay.as_secs_f64()),
            run_at: self.run_at,
            expires_at: self.expires_at.map(|expires| expires.after(out::now())),
            metadata: metadata(&self.metadata)?,
            ..Submission::new(self.name.unwrap_or_default(), self.task_version).parameters(parameters)
        };
        let task = client.submit(submission).await?;
        if self.print_id {
            return out::print_line(task.id);
        }
        if self.follow.follow {
            return super::follow::follow(&client, &[task.id], self.manager.json).await;
        }
        if !self.wait.is_wanted() {
            return show::print(&task, self.manager.json);
        }
        let task = wait_until(&client, &task.id, self.wait.deadline()).await?;
        show::print(&task, self.manager.json)?;
        verdict(&task)
    }
}

fn metadata(words: &[String]) -> Result<Option<Value>, Failure> {
    if words.is_empty() {
        return Ok(None);
    }
    let read = parameters::read_words(words).map_err(|error| Failure::Usage(format!("--metadata: {error}")))?;
    Ok(Some(read))
}
