//! Steps that take ids and answer each.

use redis::Script;

use super::codec::arguments::Arguments;
use super::connection::{RedisStore, broken};
use super::reply::Reply;
use crate::model::{TaskId, Timestamp};
use crate::store::Result;

/// Runs a script that may answer only the first ids, when their records are large, until all are answered.
pub(super) async fn step<T>(
    store: &RedisStore,
    operation: &'static str,
    script: &Script,
    arguments: impl Fn() -> Arguments,
    ids: &[TaskId],
    outcome: impl Fn(&mut Reply) -> Result<T>,
) -> Result<Vec<T>> {
    let mut outcomes = Vec::with_capacity(ids.len());
    while outcomes.len() < ids.len() {
        let left = pack(&ids[outcomes.len()..]);
        let mut reply = Reply::new(operation, store.step(operation, script, arguments(), &left).await?)?;
        if reply.is_empty() {
            return Err(broken(operation, format!("{} ids were not answered", left.len())));
        }
        while !reply.is_empty() && outcomes.len() < ids.len() {
            outcomes.push(outcome(&mut reply)?);
        }
    }
    Ok(outcomes)
}

pub(super) fn pack(ids: &[TaskId]) -> Vec<Vec<u8>> {
    ids.iter().map(|id| id.to_bytes().to_vec()).collect()
}

/// A time as scripts write it into hashes.
pub(super) fn decimal(bytes: &[u8]) -> Option<Timestamp> {
    std::str::from_utf8(bytes).ok()?.parse().ok().map(Timestamp::from_millis)
}
