use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde::Deserialize;
use tokio::time::{Instant, sleep, timeout};

use super::sse::{Frame, Frames};
use super::{Client, Error, Json, Status, Task};

/// After so long without a sign of life a connection is taken for dead.
const SILENCE: Duration = Duration::from_secs(60);

/// How long a manager that is away is put up with, and the pause before it is asked again.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(250);

/// The last event of a task that was removed.
const REMOVED: &str = "removed";

/// A change of a task, or how it is in the beginning.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskEvent {
    /// The status that the task has now, or `removed`.
    pub kind: String,
    /// The task as it is; only its id when it was removed.
    pub data: Json,
}

/// What tells the end.
#[derive(Deserialize)]
struct Ending {
    status: Option<Status>,
}

impl TaskEvent {
    /// The task as it is; none when it was removed.
    pub fn task(&self) -> Option<Task> {
        self.data.read().ok()
    }

    fn is_the_end(&self) -> bool {
        self.kind == REMOVED
            || self.data.read().is_ok_and(|Ending { status }| status.is_some_and(|status| status.has_ended()))
    }
}

/// The changes of one task until it has ended. A connection that breaks is opened again, and the first event tells then how
/// the task is by now.
#[derive(Debug)]
pub struct Events {
    client: Client,
    id: String,
    stream: Option<Response>,
    frames: Frames,
    last_id: Option<String>,
    /// It was connected once.
    began: bool,
    over: bool,
}

impl Client {
    /// The changes of one task until it has ended or is removed; at first how it is. Changes that follow each other at
    /// once may come as one.
    ///
    /// ```no_run
    /// # async fn run(client: jobbers_client::Client, id: &str) -> Result<(), jobbers_client::Error> {
    /// let mut events = client.events(id);
    /// while let Some(event) = events.next().await? {
    ///     println!("{}: {}", event.kind, event.data);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn events(&self, id: &str) -> Events {
        let (client, id) = (self.clone(), id.to_owned());
        Events { client, id, stream: None, frames: Frames::default(), last_id: None, began: false, over: false }
    }
}

impl Events {
    /// The next event; none once the task has ended. A manager that is away for less than half a minute is waited for.
    pub async fn next(&mut self) -> Result<Option<TaskEvent>, Error> {
        let mut heard = Instant::now();
        loop {
            if let Some(frame) = self.frames.pop() {
                return self.event(frame).map(Some);
            }
            if self.over {
                return Ok(None);
            }
            match self.more().await {
                Ok(true) => heard = Instant::now(),
                // The manager has ended the stream, perhaps because it stops.
                Ok(false) => sleep(PAUSE).await,
                // A manager that does not even begin has a reason that will not be over soon, such as too many listeners.
                Err(error @ Error::Problem(_)) if !self.began => return Err(error),
                Err(error) if error.is_transient() && heard.elapsed() < PATIENCE => sleep(PAUSE).await,
                Err(error) => return Err(error),
            }
        }
    }

    fn event(&mut self, frame: Frame) -> Result<TaskEvent, Error> {
        let wrong = |error: serde_json::Error| self.client.unexpected(format!("event `{}`: {error}", frame.event));
        let data = serde_json::from_str(&frame.data).map_err(wrong)?;
        let event = TaskEvent { kind: frame.event, data };
        self.last_id = frame.id.or_else(|| self.last_id.take());
        self.over |= event.is_the_end();
        Ok(event)
    }

    /// Reads on; false if the stream has ended.
    async fn more(&mut self) -> Result<bool, Error> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            None => {
                self.frames = Frames::default();
                let opened = self.open().await?;
                self.began = true;
                if opened.status() == StatusCode::NO_CONTENT {
                    // The end was told already.
                    self.over = true;
                    return Ok(true);
                }
                self.stream.insert(opened)
            }
        };
        let read = timeout(SILENCE, stream.chunk()).await;
        let chunk = match read {
            Ok(Ok(chunk)) => chunk,
            Ok(Err(error)) => {
                self.stream = None;
                return Err(self.client.no_answer(&error));
            }
            Err(_) => None,
        };
        match chunk {
            Some(bytes) if self.frames.push(&bytes).is_ok() => Ok(true),
            Some(_) => Err(self.client.unexpected("an event without an end".to_owned())),
            None => {
                self.stream = None;
                Ok(false)
            }
        }
    }

    async fn open(&self) -> Result<Response, Error> {
        let mut request = self.client.http.get(self.client.at(&["tasks", &self.id, "events"]));
        if let Some(id) = &self.last_id {
            request = request.header("last-event-id", id);
        }
        let opening = self.client.open(request.header("accept", "text/event-stream"));
        match timeout(self.client.timeout, opening).await {
            Ok(answer) => answer,
            Err(_) => Err(Error::NoAnswer {
                url: self.client.base.as_str().trim_end_matches('/').to_owned(),
                detail: "the time was over".to_owned(),
            }),
        }
    }
}
