use serde::Serialize;

use super::connection::RedisStore;
use super::keys;
use super::reply::Reply;
use crate::store::{Promote, Promoted, Result};

#[derive(Serialize)]
struct Arguments {
    limit: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    queues: Option<Vec<String>>,
}

pub(super) async fn promote(store: &RedisStore, promote: &Promote) -> Result<Promoted> {
    let queues = promote.queues.as_ref().map(|queues| queues.iter().map(|queue| keys::escape(queue)).collect());
    let arguments = Arguments { limit: promote.limit, queues };
    let answer = store.step("promote", &store.scripts.promote, &arguments, &[]).await?;
    let mut reply = Reply::new("promote", answer)?;
    let (now, moved) = (reply.time()?, reply.number()?);
    let moved = usize::try_from(moved).unwrap_or(usize::MAX);
    Ok(Promoted { now, moved, next_due: reply.maybe_time()? })
}
