use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Client, Error, Problem, Task};

/// The longest that a manager holds a request.
const LONGEST: Duration = Duration::from_secs(60);

/// How long a manager that does not answer is put up with, and the pause before it is asked again.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(250);

impl Client {
    /// Waits until a task has ended, or `at_most` so long, and answers it as it is then. A manager that is away for
    /// less than half a minute does not end the wait, nor does one where too many wait already.
    pub async fn wait(&self, id: &str, at_most: Option<Duration>) -> Result<Task, Error> {
        let deadline = at_most.map(|limit| Instant::now() + limit);
        let left = || deadline.map_or(LONGEST, |deadline| deadline.saturating_duration_since(Instant::now()));
        let mut last_answer = Instant::now();
        let mut has_room = true;
        loop {
            let hold = if has_room { left().min(LONGEST) } else { Duration::ZERO };
            has_room = true;
            let asked = Instant::now();
            match self.ask(id, hold).await {
                Ok(task) if task.status.has_ended() || left().is_zero() => return Ok(task),
                Ok(_) => last_answer = Instant::now(),
                Err(error) if error.is_transient() && !left().is_zero() && last_answer.elapsed() < PATIENCE => {
                    if let Error::Problem(Problem { retry_after, .. }) = error {
                        // Perhaps too many wait already: then it is only asked.
                        has_room = false;
                        sleep(retry_after.unwrap_or(PAUSE).min(left())).await;
                        continue;
                    }
                }
                Err(error) => return Err(error),
            }
            // A manager that is about to stop answers at once.
            if asked.elapsed() < hold {
                sleep(PAUSE.min(left())).await;
            }
        }
    }

    async fn ask(&self, id: &str, hold: Duration) -> Result<Task, Error> {
        let mut request = self.http.get(self.at(&["tasks", id]));
        if !hold.is_zero() {
            request = request.query(&[("wait", hold.as_secs_f64())]);
        }
        self.send(request, hold + self.timeout).await
    }
}
