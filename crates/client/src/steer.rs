use super::send::Repeat;
use super::{Client, Error, Json, Status, Task};

impl Client {
    /// One task, as it is now.
    pub async fn get(&self, id: &str) -> Result<Task, Error> {
        self.call(self.http.get(self.at(&["tasks", id])), Repeat::Safe).await
    }

    /// Asks for the end of a task: it is cancelled then, or still started with `cancel_requested_at`.
    pub async fn cancel(&self, id: &str) -> Result<Task, Error> {
        self.ask_for(id, "cancel", Repeat::Safe, |task| task.status == Status::Cancelled).await
    }

    /// Makes a failed, stalled, cancelled or dropped task run again. Its history stays.
    pub async fn resubmit(&self, id: &str) -> Result<Task, Error> {
        self.ask_for(id, "resubmit", Repeat::Asked, |task| !task.status.has_ended()).await
    }

    /// Makes a scheduled task run now.
    pub async fn run(&self, id: &str) -> Result<Task, Error> {
        self.ask_for(id, "run", Repeat::Safe, |task| task.status != Status::Scheduled && task.run_at.is_none()).await
    }

    /// Removes an ended task with all that is known of it.
    pub async fn delete(&self, id: &str) -> Result<Json, Error> {
        self.call(self.http.delete(self.at(&["tasks", id])), Repeat::Asked).await
    }

    /// A step that is refused with 409 when it comes a second time; then `done` says whether it has happened.
    async fn ask_for(&self, id: &str, step: &str, repeat: Repeat, done: impl Fn(&Task) -> bool) -> Result<Task, Error> {
        let (answer, repeated) = self.call_counted(self.http.post(self.at(&["tasks", id, step])), repeat).await;
        match answer {
            Err(error) if repeated && error.problem().is_some_and(|problem| problem.status == 409) => {
                let task = self.get(id).await?;
                if done(&task) { Ok(task) } else { Err(error) }
            }
            answer => answer,
        }
    }
}
