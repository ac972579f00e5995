use jobbers_client::Submission;

use super::failure::Failure;
use super::manager::ManagerArgs;
use super::waiting::{WaitArgs, verdict};
use super::{parameters, show};

/// Submits a task and prints it
#[derive(Debug, clap::Args)]
pub(crate) struct Submit {
    /// The task's name
    name: String,

    /// key=value …, or one JSON object, or - to read one from standard input. A value that is JSON is taken as such
    #[arg(value_name = "PARAMETERS")]
    parameters: Vec<String>,

    /// The version of its type
    #[arg(long = "version", value_name = "NUMBER", default_value_t = 1)]
    task_version: u32,

    /// Where it waits; unset: where tasks of its type belong
    #[arg(long)]
    queue: Option<String>,

    /// 0 to 9, 0 first; unset: 5
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..=9))]
    priority: Option<u8>,

    /// Seconds until it is to run
    #[arg(long, value_name = "SECONDS", conflicts_with = "run_at")]
    delay: Option<f64>,

    /// When it is to run: RFC 3339 with an offset, such as 2030-01-01T08:00:00Z
    #[arg(long, value_name = "TIME")]
    run_at: Option<String>,

    /// An id of your own, a ULID: the same submission again is the same task
    #[arg(long, value_name = "ULID")]
    id: Option<String>,

    #[command(flatten)]
    wait: WaitArgs,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl Submit {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let parameters = parameters::read(&self.parameters, std::io::stdin()).map_err(Failure::Usage)?;
        let client = self.manager.client()?;
        let submission = Submission {
            id: self.id,
            queue: self.queue,
            priority: self.priority,
            delay: self.delay,
            run_at: self.run_at,
            ..Submission::new(self.name, self.task_version).parameters(parameters)
        };
        let task = client.submit(submission).await?;
        if !self.wait.is_wanted() {
            show::print(&task, self.manager.json);
            return Ok(());
        }
        let task = self.wait.wait(&client, &task.id).await?;
        show::print(&task, self.manager.json);
        verdict(&task)
    }
}
