use super::codec::arguments::Arguments;
use super::connection::RedisStore;
use super::reply::Reply;
use crate::store::{Expired, MAX_BATCH, Result};

pub(super) async fn expire(store: &RedisStore, limit: usize) -> Result<Expired> {
    let arguments = Arguments::default().with("limit", limit.min(MAX_BATCH) as u64);
    let answer = store.step("expire", &store.scripts.expire, arguments, &[]).await?;
    let mut reply = Reply::new("expire", answer)?;
    let (now, moved) = (reply.time()?, reply.number()?);
    let moved = usize::try_from(moved).unwrap_or(usize::MAX);
    Ok(Expired { now, moved, next: reply.maybe_time()? })
}
