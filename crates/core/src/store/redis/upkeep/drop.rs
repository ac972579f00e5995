use super::super::codec::arguments::Arguments;
use super::super::connection::RedisStore;
use super::super::keys;
use super::super::moves::milliseconds;
use super::super::reply::Reply;
use crate::store::{Cursor, DropWaiting, Result, Swept};

pub(super) async fn drop_waiting(store: &RedisStore, drop: &DropWaiting) -> Result<Swept> {
    let arguments = Arguments::default()
        .with("queue", keys::escape(&drop.queue))
        .with("task_type", keys::task_type(&drop.task_type))
        .with("waited", milliseconds(drop.waited))
        .with("limit", super::limit(drop.limit));
    let mut reply = Reply::new("drop", store.step("drop", &store.scripts.drop, arguments, &[]).await?)?;
    let (now, tasks) = (reply.time()?, reply.size()?);
    // The lanes say themselves where to go on.
    let next = (reply.number()? == 1).then(|| Cursor::Own(Vec::new()));
    Ok(Swept { now, tasks, next })
}
