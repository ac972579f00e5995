use super::send::Repeat;
use super::{Client, Error, QueueNow, Sent};

impl Client {
    /// Pauses a queue: within a second workers claim nothing more from it; what runs goes on.
    pub async fn pause(&self, queue: &str) -> Result<Sent<QueueNow>, Error> {
        self.call(self.http.post(self.at(&["queues", queue, "pause"])), Repeat::Safe).await
    }

    /// Lets a paused queue go on.
    pub async fn resume(&self, queue: &str) -> Result<Sent<QueueNow>, Error> {
        self.call(self.http.post(self.at(&["queues", queue, "resume"])), Repeat::Safe).await
    }
}
