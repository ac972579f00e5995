use serde::{Deserialize, Serialize};

use super::send::Repeat;
use super::{Client, Error, Period, RateLimit, Sent};

/// A queue with its limits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Fields")]
pub struct Queue {
    pub name: String,
    /// Tasks that one worker runs at once; none = unlimited.
    pub max_concurrent: Option<u32>,
    /// Tasks that all workers together run at once; none = unlimited.
    pub max_concurrent_total: Option<u32>,
    /// How often its tasks may start, over all workers; none = unlimited.
    pub rate: Option<RateLimit>,
    /// Workers claim nothing from it.
    pub paused: bool,
}

/// All queues.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Queues {
    /// By name.
    #[serde(rename = "details")]
    pub queues: Vec<Queue>,
}

/// A queue as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct QueueNow {
    pub queue: Queue,
}

/// What became of the tasks of a queue that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct QueueDeleted {
    /// Tasks that waited, or were scheduled.
    pub cancelled: u64,
    /// Tasks that run, and are asked to stop.
    pub stopping: u64,
    /// Tasks that a scheduler goes on with; none if that is not known.
    pub remaining: Option<u64>,
}

/// A queue as it goes over the wire.
#[derive(Serialize, Deserialize)]
struct Fields {
    name: String,
    max_concurrent: Option<u32>,
    max_concurrent_total: Option<u32>,
    rate_numerator: Option<u32>,
    rate_denominator: Option<u32>,
    rate_period: Option<Period>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<bool>,
}

impl Queue {
    /// A queue without limits.
    pub fn unlimited(name: impl Into<String>) -> Self {
        Self { name: name.into(), max_concurrent: None, max_concurrent_total: None, rate: None, paused: false }
    }

    fn fields(&self, paused: Option<bool>) -> Fields {
        let rate = self.rate.as_ref();
        Fields {
            name: self.name.clone(),
            max_concurrent: self.max_concurrent,
            max_concurrent_total: self.max_concurrent_total,
            rate_numerator: rate.map(|rate| rate.numerator),
            rate_denominator: rate.map(|rate| rate.denominator),
            rate_period: rate.map(|rate| rate.period.clone()),
            paused,
        }
    }
}

impl From<Fields> for Queue {
    fn from(fields: Fields) -> Self {
        let rate = match (fields.rate_numerator, fields.rate_denominator, fields.rate_period) {
            (Some(numerator), Some(denominator), Some(period)) => Some(RateLimit { numerator, denominator, period }),
            _ => None,
        };
        Self {
            name: fields.name,
            max_concurrent: fields.max_concurrent,
            max_concurrent_total: fields.max_concurrent_total,
            rate,
            paused: fields.paused.unwrap_or_default(),
        }
    }
}

impl Client {
    /// All queues with their limits.
    pub async fn queues(&self) -> Result<Sent<Queues>, Error> {
        self.call(self.http.get(self.at(&["queues"])).query(&[("details", true)]), Repeat::Safe).await
    }

    /// One queue with its limits.
    pub async fn queue(&self, name: &str) -> Result<Sent<QueueNow>, Error> {
        self.call(self.http.get(self.at(&["queues", name, "config"])), Repeat::Safe).await
    }

    /// Creates a queue, unless there is one of this name.
    pub async fn create_queue(&self, queue: &Queue) -> Result<Sent<QueueNow>, Error> {
        let request = self.http.post(self.at(&["queues"])).json(&queue.fields(Some(queue.paused)));
        let (answer, repeated) = self.call_counted(request, Repeat::Safe).await;
        match answer {
            // It may be this one, by the call before.
            Err(error) if repeated && error.problem().is_some_and(|problem| problem.status == 409) => {
                let now = self.queue(&queue.name).await?;
                if now.queue == *queue { Ok(now) } else { Err(error) }
            }
            answer => answer,
        }
    }

    /// Gives a queue these limits, or creates it. Whether it is paused is not changed.
    pub async fn change_queue(&self, queue: &Queue) -> Result<Sent<QueueNow>, Error> {
        let request = self.http.put(self.at(&["queues", &queue.name])).json(&queue.fields(None));
        self.call(request, Repeat::Safe).await
    }

    /// Deletes a queue; one that has tasks only by force, which cancels them.
    pub async fn delete_queue(&self, name: &str, force: bool) -> Result<Sent<QueueDeleted>, Error> {
        let request = self.http.delete(self.at(&["queues", name])).query(&[("force", force)]);
        self.call(request, Repeat::Asked).await
    }
}
