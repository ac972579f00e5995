use super::codec::arguments::Arguments;
use super::connection::{RedisStore, broken};
use super::ids;
use super::reply::Reply;
use crate::model::TaskId;
use crate::store::{AgainOutcome, Resubmit, Result};

pub(super) async fn resubmit(store: &RedisStore, resubmit: &Resubmit) -> Result<Vec<AgainOutcome>> {
    let arguments = || {
        Arguments::default()
            .with("request", resubmit.request)
            .with("reset", resubmit.reset_failures)
            .with("only_dead", resubmit.only_dead)
    };
    ids::step(store, "resubmit", &store.scripts.resubmit, arguments, &resubmit.ids, |reply| outcome("resubmit", reply))
        .await
}

pub(super) async fn hasten(store: &RedisStore, ids: &[TaskId]) -> Result<Vec<AgainOutcome>> {
    ids::step(store, "hasten", &store.scripts.hasten, Arguments::default, ids, |reply| outcome("hasten", reply)).await
}

fn outcome(operation: &'static str, reply: &mut Reply) -> Result<AgainOutcome> {
    match reply.word()? {
        (b'A', None) => Ok(AgainOutcome::Applied),
        (b'C', Some(now)) => Ok(AgainOutcome::Conflict { now }),
        (b'N', None) => Ok(AgainOutcome::NotFound),
        other => Err(broken(operation, format!("unexpected answer {other:?}"))),
    }
}
