use redis::Value;

use super::codec::arguments::Arguments;
use super::connection::{RedisStore, broken};
use super::reply::Reply;
use crate::model::TaskId;
use crate::store::{CancelOutcome, Result};

pub(super) async fn cancel(store: &RedisStore, id: TaskId) -> Result<CancelOutcome> {
    let arguments = Arguments::default().with("id", id.to_bytes());
    let answer = store.step("cancel", &store.scripts.cancel, arguments, &[]).await?;
    if answer == Value::Nil {
        return Ok(CancelOutcome::NotFound);
    }
    let mut reply = Reply::new("cancel", answer)?;
    match reply.word()? {
        (b'X', _) => Ok(CancelOutcome::Cancelled),
        (b'R', _) => Ok(CancelOutcome::Requested { since: reply.time()? }),
        (b'E', Some(status)) => Ok(CancelOutcome::Ended { status }),
        other => Err(broken("cancel", format!("unexpected answer {other:?}"))),
    }
}
