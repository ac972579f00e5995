use bytes::Bytes;
use redis::Value;
use serde::Serialize;

use super::connection::{RedisStore, broken};
use super::reply::Reply;
use crate::model::TaskId;
use crate::store::{CancelOutcome, Result};

#[derive(Serialize)]
struct Arguments {
    id: Bytes,
}

pub(super) async fn cancel(store: &RedisStore, id: TaskId) -> Result<CancelOutcome> {
    let arguments = Arguments { id: Bytes::copy_from_slice(&id.to_bytes()) };
    let answer = store.step("cancel", &store.scripts.cancel, &arguments, &[]).await?;
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
