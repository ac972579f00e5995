use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

use async_trait::async_trait;

use super::codec::arguments::Arguments;
use super::connection::RedisStore;
use super::errors;
use super::keys;
use super::reply::Reply;
use super::scripts::{MAX_LOOKED_AT, TALLY_KEPT};
use super::standing;
use crate::model::{ErrorGroup, RateLimit, TaskId};
use crate::store::{
    Errors, MinuteTally, QueueCounts, Result, Standing, Statistics, Tally, TaskStore as _, WaitingType,
};

#[async_trait]
impl Statistics for RedisStore {
    async fn counts(&self) -> Result<Vec<QueueCounts>> {
        let started = started(self).await?;
        let mut all = Vec::new();
        let mut behind = String::new();
        loop {
            let arguments = Arguments::default().with("behind", behind.clone());
            let mut reply = Reply::new("counts", self.step("counts", &self.scripts.counts, arguments, &[]).await?)?;
            if reply.is_empty() {
                return Ok(all);
            }
            while !reply.is_empty() {
                behind = reply.text()?;
                all.push(QueueCounts {
                    queue: keys::unescape(&behind),
                    waiting: reply.number()?,
                    scheduled: reply.number()?,
                    started: started.get(&behind).copied().unwrap_or_default(),
                    dead: reply.number()?,
                    oldest_waiting: reply.maybe_time()?,
                });
            }
        }
    }

    async fn tallies(&self, minutes: RangeInclusive<u64>) -> Result<Vec<MinuteTally>> {
        // None is kept for longer; what is asked for beyond that would be looked up for nothing.
        let now = self.now().await?.as_millis() / 60_000;
        let from = (*minutes.start()).max(now.saturating_sub(u64::from(TALLY_KEPT) / 60));
        let to = (*minutes.end()).min(now + 1);
        let queues: Vec<String> = names(self, "tallies", "queues").await?;
        let wanted: Vec<(u64, &String)> =
            (from..=to).flat_map(|minute| queues.iter().map(move |queue| (minute, queue))).collect();
        let mut tallies = Vec::new();
        for some in wanted.chunks(MAX_LOOKED_AT) {
            let mut pipeline = redis::pipe();
            for (minute, queue) in some {
                pipeline.cmd("HGETALL").arg(format!("{}tally:{queue}:{minute}", self.keys.partition()));
            }
            let found: Vec<HashMap<String, u64>> = self.pipeline("tallies", &pipeline).await?;
            tallies.extend(some.iter().zip(found).filter(|(_, fields)| !fields.is_empty()).map(
                |((minute, queue), fields)| MinuteTally {
                    minute: *minute,
                    queue: keys::unescape(queue),
                    tally: tally(&fields),
                },
            ));
        }
        Ok(tallies)
    }

    async fn waiting(&self) -> Result<Vec<WaitingType>> {
        let mut counts = BTreeMap::new();
        let mut behind = String::new();
        loop {
            let arguments = Arguments::default().with("behind", behind.clone());
            let mut reply = Reply::new("waiting", self.step("waiting", &self.scripts.waiting, arguments, &[]).await?)?;
            if reply.is_empty() {
                break;
            }
            while !reply.is_empty() {
                behind = reply.text()?;
                let mut lanes = reply.list()?;
                while !lanes.is_empty() {
                    let (field, tasks) = (lanes.text()?, lanes.text()?);
                    if let Some((queue, task_type, _)) = keys::parse_lane(&format!("{behind}:{field}")) {
                        *counts.entry((queue, task_type)).or_default() += tasks.parse().unwrap_or(0);
                    }
                }
            }
        }
        let waiting = counts.into_iter().map(|((queue, task_type), tasks)| WaitingType { queue, task_type, tasks });
        Ok(waiting.collect())
    }

    async fn errors(&self, errors: &Errors) -> Result<Vec<ErrorGroup>> {
        errors::errors(self, errors).await
    }

    async fn standing(&self, id: TaskId, rate: Option<RateLimit>) -> Result<Option<Standing>> {
        standing::standing(self, id, rate).await
    }
}

/// Some names of sets of ended tasks, behind this one (empty = the first ones), in order.
pub(super) async fn ending_names(store: &RedisStore, operation: &'static str, behind: &str) -> Result<Vec<String>> {
    let from = if behind.is_empty() { "-".to_owned() } else { format!("({behind}") };
    let mut pipeline = redis::pipe();
    let key = format!("{}endings", store.keys.partition());
    pipeline.cmd("ZRANGEBYLEX").arg(key).arg(from).arg("+").arg("LIMIT").arg(0).arg(MAX_LOOKED_AT);
    let (names,): (Vec<String>,) = store.pipeline(operation, &pipeline).await?;
    Ok(names)
}

fn tally(fields: &HashMap<String, u64>) -> Tally {
    let count = |name: &str| fields.get(name).copied().unwrap_or_default();
    Tally {
        submitted: count("submitted"),
        started: count("started"),
        completed: count("completed"),
        failed: count("failed"),
        cancelled: count("cancelled"),
        stalled: count("stalled"),
        dropped: count("dropped"),
        retried: count("retried"),
        lost: count("lost"),
    }
}

/// How many tasks run, by queue as it is written in keys.
async fn started(store: &RedisStore) -> Result<HashMap<String, u64>> {
    let kinds = names(store, "counts", "deadlines").await?;
    let mut started = HashMap::new();
    for some in kinds.chunks(MAX_LOOKED_AT) {
        for (kind, tasks) in some.iter().zip(sizes(store, "counts", some).await?) {
            let queue = kind.split(':').next().unwrap_or_default();
            *started.entry(queue.to_owned()).or_default() += tasks;
        }
    }
    Ok(started)
}

/// All members of a sorted set of names. There is one for each queue, or for each type of which a task runs in a queue.
pub(super) async fn names(store: &RedisStore, operation: &'static str, key: &str) -> Result<Vec<String>> {
    let mut pipeline = redis::pipe();
    pipeline.cmd("ZRANGE").arg(format!("{}{key}", store.keys.partition())).arg(0).arg(-1);
    let (names,): (Vec<String>,) = store.pipeline(operation, &pipeline).await?;
    Ok(names)
}

/// How many tasks run of these kinds, a type in a queue each.
pub(super) async fn sizes(store: &RedisStore, operation: &'static str, kinds: &[String]) -> Result<Vec<u64>> {
    let mut pipeline = redis::pipe();
    for kind in kinds {
        pipeline.cmd("ZCARD").arg(format!("{}started:{kind}", store.keys.partition()));
    }
    if kinds.is_empty() { Ok(Vec::new()) } else { store.pipeline(operation, &pipeline).await }
}
