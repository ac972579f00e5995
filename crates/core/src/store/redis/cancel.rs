use super::codec::arguments::Arguments;
use super::connection::{RedisStore, broken};
use super::ids;
use super::reply::Reply;
use crate::model::TaskId;
use crate::store::{CancelOutcome, Result};

pub(super) async fn cancel_all(store: &RedisStore, ids: &[TaskId]) -> Result<Vec<CancelOutcome>> {
    ids::step(store, "cancel", &store.scripts.cancel, Arguments::default, ids, outcome).await
}

fn outcome(reply: &mut Reply) -> Result<CancelOutcome> {
    let answer = reply.bytes()?;
    let ended = |code: u8| crate::model::Status::from_code(code);
    match answer.as_ref() {
        b"X" => Ok(CancelOutcome::Cancelled),
        b"N" => Ok(CancelOutcome::NotFound),
        [b'R', since @ ..] if let Some(since) = ids::decimal(since) => Ok(CancelOutcome::Requested { since }),
        [b'E', code] if let Some(status) = ended(*code) => Ok(CancelOutcome::Ended { status }),
        other => Err(broken("cancel", format!("unexpected answer {other:?}"))),
    }
}
