use super::codec::arguments::Arguments;
use super::connection::{RedisStore, broken};
use super::ids;
use crate::model::TaskId;
use crate::store::{ForgetOutcome, Result};

pub(super) async fn forget(store: &RedisStore, ids: &[TaskId]) -> Result<Vec<ForgetOutcome>> {
    ids::step(store, "forget", &store.scripts.forget, Arguments::default, ids, |reply| match reply.word()? {
        (b'F', None) => Ok(ForgetOutcome::Forgotten),
        (b'L', Some(now)) => Ok(ForgetOutcome::Live { now }),
        (b'N', None) => Ok(ForgetOutcome::NotFound),
        other => Err(broken("forget", format!("unexpected answer {other:?}"))),
    })
    .await
}
