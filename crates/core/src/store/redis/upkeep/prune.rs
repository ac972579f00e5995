use super::super::connection::RedisStore;
use super::super::moves::milliseconds;
use super::super::reply::Reply;
use super::arguments;
use crate::store::{Cursor, Prunable, Prune, Result, Swept};

pub(super) async fn prune(store: &RedisStore, prune: &Prune) -> Result<Swept> {
    let mut arguments =
        arguments(&prune.sweep).with("dead", prune.what == Prunable::DeadLetters).with("age", milliseconds(prune.age));
    if let Some(Cursor::Own(name)) = &prune.sweep.after {
        arguments = arguments.with("from", name.as_slice());
    }
    let mut reply = Reply::new("prune", store.step("prune", &store.scripts.prune, arguments, &[]).await?)?;
    let (now, tasks) = (reply.time()?, reply.size()?);
    Ok(Swept { now, tasks, next: reply.maybe_bytes()?.map(|name| Cursor::Own(name.to_vec())) })
}
