use super::codec::arguments::Arguments;
use super::codec::msgpack;
use super::connection::{RedisStore, broken};
use super::moves::{milliseconds, six_bytes};
use super::reply::Reply;
use crate::store::{Lease, RenewReply, Renewal, Renewed, Result};

pub(super) async fn renew(store: &RedisStore, renewal: &Renewal) -> Result<RenewReply> {
    let leases: Vec<_> = renewal.tasks.iter().map(pack).collect();
    let arguments = Arguments::default().with("lease", milliseconds(renewal.lease));
    let answer = store.step("renew", &store.scripts.renew, arguments, &leases).await?;
    let mut reply = Reply::new("renew", answer)?;
    let now = reply.time()?;
    let tasks = renewal
        .tasks
        .iter()
        .map(|_| match reply.word()? {
            (b'K', _) => Ok(Renewed::Kept),
            (b'C', _) => Ok(Renewed::CancelRequested),
            (b'T', _) => Ok(Renewed::Taken),
            other => Err(broken("renew", format!("unexpected answer {other:?}"))),
        })
        .collect::<Result<_>>()?;
    Ok(RenewReply { now, tasks })
}

fn pack(lease: &Lease) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(32);
    bytes.extend_from_slice(&lease.id.to_bytes());
    bytes.extend_from_slice(&lease.token.to_bytes());
    bytes.push(u8::from(lease.beat.is_some()));
    let interval = lease.beat.as_ref().and_then(|beat| beat.max_heartbeat_interval);
    bytes.extend_from_slice(&six_bytes(interval.map_or(0, milliseconds)));
    if let Some(progress) = lease.beat.as_ref().and_then(|beat| beat.progress.as_ref()) {
        bytes.extend_from_slice(&msgpack::encode_progress(progress));
    }
    bytes
}
