use super::codec::arguments::Arguments;
use super::connection::{RedisStore, broken};
use super::ids;
use crate::model::TaskId;
use crate::store::{DiscardOutcome, Result};

pub(super) async fn discard(store: &RedisStore, ids: &[TaskId]) -> Result<Vec<DiscardOutcome>> {
    ids::step(store, "discard", &store.scripts.discard, Arguments::default, ids, |reply| match reply.word()? {
        (b'D', None) => Ok(DiscardOutcome::Discarded),
        (b'L', Some(now)) => Ok(DiscardOutcome::NotDead { now }),
        (b'N', None) => Ok(DiscardOutcome::NotFound),
        other => Err(broken("discard", format!("unexpected answer {other:?}"))),
    })
    .await
}
