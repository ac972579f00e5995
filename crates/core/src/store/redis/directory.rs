use std::time::Duration;

use async_trait::async_trait;
use redis::Value;

use super::connection::{RedisStore, broken};
use super::keys;
use super::moves::milliseconds;
use super::record::LAYOUT;
use super::reply::Reply;
use crate::model::{ProcessInfo, ProcessKind, Registration, Timestamp, WorkerId};
use crate::store::{Announced, Directory, Incompatible, Live, Result, SchemaConflict};

/// How many partitions this program knows.
const PARTITIONS: &str = "1";
/// For how long the wish that a worker drains is kept, in milliseconds; it goes earlier when the worker has ended.
const DRAIN_KEPT: &str = "86400000";

#[async_trait]
impl Directory for RedisStore {
    async fn belong(&self, installation: &str) -> Result<String> {
        let layout = LAYOUT.to_string();
        let answer = self.global("belong", &self.scripts.belong, &[&layout, PARTITIONS, installation]).await?;
        let mut reply = Reply::new("belong", answer)?;
        let mut text = || reply.bytes().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let (found, partitions, installation) = (text()?, text()?, text()?);
        let store = format!("the store at {}", self.place);
        if found != layout {
            return Err(Incompatible::Layout { store, found, known: LAYOUT }.into());
        }
        if partitions != PARTITIONS {
            return Err(Incompatible::Partitions { store, found: partitions }.into());
        }
        Ok(installation)
    }

    async fn announce(&self, process: &ProcessInfo, ttl: Duration) -> Result<Announced> {
        let said = serde_json::to_string(process).map_err(|error| broken("announce", error.to_string()))?;
        let ttl = milliseconds(ttl).max(1).to_string();
        match self.global("announce", &self.scripts.announce, &[&process.id.to_string(), &ttl, &said]).await? {
            Value::Int(asked) => Ok(Announced { drain: asked == 1 }),
            other => Err(broken("announce", format!("a number was expected, the script answered {other:?}"))),
        }
    }

    async fn drain(&self, id: WorkerId) -> Result<bool> {
        let said = self.said("drain", id).await?;
        if said.is_none_or(|live| live.process.kind != ProcessKind::Worker) {
            return Ok(false);
        }
        let arguments = [&*id.to_string(), DRAIN_KEPT, &self.keys.channels()];
        match self.global("drain", &self.scripts.drain, &arguments).await? {
            Value::Int(live) => Ok(live == 1),
            other => Err(broken("drain", format!("a number was expected, the script answered {other:?}"))),
        }
    }

    async fn retire(&self, id: WorkerId) -> Result<()> {
        let (global, partition) = (self.keys.global(), self.keys.partition());
        let said = self.said("retire", id).await?;
        let mut pipeline = redis::pipe();
        for queue in said.into_iter().flat_map(|live| live.process.queues) {
            let parked = format!("{partition}parked:{}", keys::escape(&queue));
            pipeline.cmd("HDEL").arg(parked).arg(id.to_string()).ignore();
        }
        pipeline.cmd("DEL").arg(format!("{global}worker:{id}")).arg(format!("{global}drain:{id}")).ignore();
        pipeline.cmd("ZREM").arg(format!("{global}workers")).arg(id.to_string()).ignore();
        pipeline.cmd("DEL").arg(format!("{partition}turn:{id}")).ignore();
        self.pipeline("retire", &pipeline).await
    }

    async fn live(&self) -> Result<Vec<Live>> {
        let mut reply = Reply::new("live", self.global("live", &self.scripts.live, &[]).await?)?;
        let mut live = Vec::new();
        while !reply.is_empty() {
            let said = reply.bytes()?;
            live.push(parse_live(&said).ok_or_else(|| broken("live", "an entry cannot be read"))?);
        }
        Ok(live)
    }

    async fn register(&self, types: &[Registration]) -> Result<Vec<SchemaConflict>> {
        if types.is_empty() {
            return Ok(Vec::new());
        }
        let catalogue = format!("{}catalogue", self.keys.global());
        let mut before = redis::pipe();
        before.cmd("HMGET").arg(&catalogue);
        for registration in types {
            before.arg(keys::task_type(&registration.task_type));
        }
        let (known,): (Vec<Option<Vec<u8>>>,) = self.pipeline("register", &before).await?;
        let conflicts = types
            .iter()
            .zip(&known)
            .filter(|(registration, known)| {
                let known = known.as_deref().and_then(|json| serde_json::from_slice::<Registration>(json).ok());
                known.is_some_and(|known| known.parameters_schema != registration.parameters_schema)
            })
            .map(|(registration, _)| SchemaConflict { task_type: registration.task_type.clone() })
            .collect();

        // Policies first: a type in the catalogue may be claimed by anybody who knows it.
        let json = |value: std::result::Result<Vec<u8>, serde_json::Error>| -> Result<Vec<u8>> {
            value.map_err(|error| broken("register", error.to_string()))
        };
        let mut policies = Vec::with_capacity(types.len() * 2);
        let mut entries = Vec::with_capacity(types.len() * 2);
        for registration in types {
            policies.push(registration.policy.reference().to_bytes().to_vec());
            policies.push(json(serde_json::to_vec(&registration.policy))?);
            entries.push(keys::task_type(&registration.task_type).into_bytes());
            entries.push(json(serde_json::to_vec(registration))?);
        }
        self.publish("register", &format!("{}policies", self.keys.partition()), &policies).await?;
        self.publish("register", &catalogue, &entries).await?;
        Ok(conflicts)
    }

    async fn catalogue(&self) -> Result<Vec<Registration>> {
        let mut pipeline = redis::pipe();
        pipeline.cmd("HVALS").arg(format!("{}catalogue", self.keys.global()));
        let (entries,): (Vec<Value>,) = self.pipeline("catalogue", &pipeline).await?;
        let mut types = entries
            .into_iter()
            .map(|entry| match entry {
                Value::BulkString(json) => serde_json::from_slice(&json)
                    .map_err(|error| broken("catalogue", format!("an entry cannot be read: {error}"))),
                other => Err(broken("catalogue", format!("an entry cannot be read: {other:?}"))),
            })
            .collect::<Result<Vec<Registration>>>()?;
        types.sort_by(|a, b| a.task_type.cmp(&b.task_type));
        Ok(types)
    }
}

impl RedisStore {
    /// What a process said of itself last, until that expires.
    async fn said(&self, operation: &'static str, id: WorkerId) -> Result<Option<Live>> {
        let mut pipeline = redis::pipe();
        pipeline.cmd("GET").arg(format!("{}worker:{id}", self.keys.global()));
        let (said,): (Option<Vec<u8>>,) = self.pipeline(operation, &pipeline).await?;
        Ok(said.as_deref().and_then(parse_live))
    }
}

/// When it was last seen, a space, and what it said.
fn parse_live(said: &[u8]) -> Option<Live> {
    let (seen, process) = std::str::from_utf8(said).ok()?.split_once(' ')?;
    Some(Live { process: serde_json::from_str(process).ok()?, last_seen: Timestamp::from_millis(seen.parse().ok()?) })
}
