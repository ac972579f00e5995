use super::codec::arguments::Arguments;
use super::connection::RedisStore;
use super::keys;
use super::reply::Reply;
use crate::store::{Promote, Promoted, Result};

pub(super) async fn promote(store: &RedisStore, promote: &Promote) -> Result<Promoted> {
    let mut arguments = Arguments::default().with("limit", promote.limit as u64);
    if let Some(queues) = &promote.queues {
        arguments = arguments.with("queues", queues.iter().map(|queue| keys::escape(queue)).collect::<Vec<_>>());
    }
    let answer = store.step("promote", &store.scripts.promote, arguments, &[]).await?;
    let mut reply = Reply::new("promote", answer)?;
    let (now, moved) = (reply.time()?, reply.number()?);
    let moved = usize::try_from(moved).unwrap_or(usize::MAX);
    Ok(Promoted { now, moved, next_due: reply.maybe_time()? })
}
