//! `--follow`: each change of tasks, as it happens.

use std::time::Duration;

use jobbers_client::{Client, Error, Task};
use tokio::task::JoinSet;

use super::failure::Failure;
use super::out::{self, Look, Tint, one_line, remark};
use super::show::{laid_out, progress};

/// `--follow`
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct FollowArg {
    /// Print each change and the progress until the end; with --json a line each. The exit code is as with --wait
    #[arg(long, short, conflicts_with = "wait")]
    pub(crate) follow: bool,
}

/// How often a manager is asked that does not tell by itself.
const POLL: Duration = Duration::from_secs(1);

/// Prints each change of these tasks until they have ended. It is a success if all are completed.
pub(crate) async fn follow(client: &Client, ids: &[String], json: bool) -> Result<(), Failure> {
    let several = ids.len() > 1;
    let mut following = JoinSet::new();
    for id in ids {
        let followed = Followed { client: client.clone(), id: id.clone(), json, several, before: None };
        following.spawn(followed.until_its_end());
    }
    let mut failure = None;
    while let Some(ended) = following.join_next().await {
        match ended.map_err(|error| Failure::Failed(error.to_string()))? {
            Ok(()) => {}
            // The reader has gone.
            Err(Failure::Silent(0)) => return Err(Failure::Silent(0)),
            Err(Failure::Silent(code)) => failure = failure.or(Some(Failure::Silent(code))),
            Err(told) if several => {
                remark(format_args!("jobbers: {told}"));
                failure = Some(Failure::Silent(1));
            }
            Err(told) => return Err(told),
        }
    }
    failure.map_or(Ok(()), Err)
}

struct Followed {
    client: Client,
    id: String,
    json: bool,
    /// Lines need the id then.
    several: bool,
    /// As it was shown last.
    before: Option<Task>,
}

impl Followed {
    async fn until_its_end(mut self) -> Result<(), Failure> {
        // A wrong id is told before anything else.
        let task = self.client.get(&self.id).await?;
        self.show(task)?;
        let mut events = self.client.events(&self.id);
        while !self.has_ended() {
            match events.next().await {
                Ok(Some(event)) => {
                    let task = match event.task() {
                        Some(task) => task,
                        None => self.client.get(&self.id).await?,
                    };
                    self.show(task)?;
                }
                Ok(None) => break,
                // It is asked then.
                Err(Error::Problem(_) | Error::Unexpected { .. }) => break,
                Err(error) => return Err(error.into()),
            }
        }
        // Without events, or with one that says less than the task itself.
        while !self.has_ended() {
            let task = self.client.wait(&self.id, Some(POLL)).await?;
            self.show(task)?;
        }
        let completed = self.before.is_some_and(|task| task.status == jobbers_client::Status::Completed);
        if completed { Ok(()) } else { Err(Failure::Silent(1)) }
    }

    fn has_ended(&self) -> bool {
        self.before.as_ref().is_some_and(|task| task.status.has_ended())
    }

    /// Prints what is new about it.
    fn show(&mut self, task: Task) -> Result<(), Failure> {
        let look = Look::of_stdout();
        if let Some(news) = news(self.before.as_ref(), &task, &look) {
            if self.json {
                out::print_line(&task.json)?;
            } else if self.several {
                out::print_line(format_args!("{} {news}", task.id))?;
            } else {
                out::print_line(news)?;
            }
        }
        self.before = Some(task);
        Ok(())
    }
}

/// What is new about a task, if anything is: its status with what belongs to that, or its progress.
fn news(before: Option<&Task>, task: &Task, look: &Look) -> Option<String> {
    let changed = before.is_none_or(|before| {
        before.status != task.status
            || before.attempt != task.attempt
            || before.cancel_requested_at != task.cancel_requested_at
    });
    let progressed = before.is_none_or(|before| before.progress != task.progress);
    if !changed && !progressed {
        return None;
    }
    let status = format!("{:<9}", task.status.to_string());
    let mut words = vec![Tint::of(&task.status).paint(&status, look.colour)];
    if changed {
        words.extend(circumstances(task));
    }
    if !task.status.has_ended() {
        words.extend(progress(task));
    }
    Some(words.join("  ").trim_end().to_owned())
}

/// What there is to say of a task that has come into its status.
fn circumstances(task: &Task) -> Vec<String> {
    use jobbers_client::Status;
    let error = || task.error.as_deref().map(one_line);
    match &task.status {
        Status::Started => {
            let worker = task.worker.as_deref().map(|worker| format!(" at worker {worker}")).unwrap_or_default();
            let stop = task.cancel_requested_at.as_ref().map(|_| "is to stop".to_owned());
            [Some(format!("attempt {}{worker}", task.attempt)), stop].into_iter().flatten().collect()
        }
        Status::Scheduled => {
            let due = task.run_at.as_deref().map(|due| format!("until {due}"));
            [due, error()].into_iter().flatten().collect()
        }
        Status::Completed => task.result.as_ref().map(|result| laid_out(result, 0, usize::MAX)).into_iter().collect(),
        _ => error().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    const PLAIN: Look = Look { width: None, height: None, colour: false, now: None };

    fn task(more: &Value) -> Task {
        let mut task = json!({"id": "01JBKR2E5F3G4H5J6K7X8M9N0P", "name": "noop", "version": 1, "queue": "default"});
        task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        from_value(task).expect("a task")
    }

    #[test]
    fn each_change_is_told_once() {
        let life = [
            task(&json!({"status": "submitted"})),
            task(&json!({"status": "started", "attempt": 1, "worker": "00aa"})),
            task(&json!({"status": "started", "attempt": 1, "progress": {"percent": 50, "message": "half"}})),
            task(&json!({"status": "started", "attempt": 1, "heartbeat_at": "2026-03-12T10:00:00.000Z",
                "progress": {"percent": 50, "message": "half"}})),
            task(&json!({"status": "scheduled", "attempt": 1, "run_at": "2026-03-12T10:00:00.000Z",
                "error": "no\nroute"})),
            task(&json!({"status": "started", "attempt": 2, "cancel_requested_at": "2026-03-12T10:00:00.000Z"})),
            task(&json!({"status": "completed", "attempt": 2, "result": {"n": 1}})),
        ];
        let mut lines = Vec::new();
        let mut before = None;
        for task in &life {
            lines.extend(news(before, task, &PLAIN));
            before = Some(task);
        }
        insta::assert_snapshot!(lines.join("\n"));
    }
}
