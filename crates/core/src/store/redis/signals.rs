use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use redis::aio::PubSub;
use tokio::sync::mpsc;

use super::connection::{RedisStore, failed};
use crate::model::{Status, TaskId, WorkerId};
use crate::store::{Moved, Moves, Result, RoutingChanges, Signals, WorkerSignal};

/// Pause before a lost subscription is made again; doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// Moves that a slow reader may be behind.
const MOVES_KEPT: usize = 16_384;

#[async_trait]
impl Signals for RedisStore {
    async fn worker_signals(&self, worker: WorkerId) -> Result<mpsc::Receiver<WorkerSignal>> {
        let wake = self.keys.wake_channel(worker);
        let drain = self.keys.drain_channel(worker);
        let channels = vec![wake.clone(), drain.clone(), self.keys.cancel_channel(worker)];
        let (sender, receiver) = mpsc::channel(16);
        let subscription = subscribe(self, &channels).await?;
        let store = self.clone();
        tokio::spawn(async move {
            let again = || {
                let _ = sender.try_send(WorkerSignal::Claim);
                let _ = sender.try_send(WorkerSignal::Renew);
            };
            // A full channel already holds a signal that its reader has not seen.
            let heard = |channel: &str, _: &[u8]| {
                let signal = match channel {
                    channel if channel == wake => WorkerSignal::Claim,
                    channel if channel == drain => WorkerSignal::Drain,
                    _ => WorkerSignal::Renew,
                };
                let _ = sender.try_send(signal);
            };
            listen(&store, &channels, subscription, again, heard, sender.closed()).await;
        });
        Ok(receiver)
    }

    async fn moves(&self) -> Result<Moves> {
        let channels = vec![self.keys.events_channel()];
        let (sender, receiver) = mpsc::channel(MOVES_KEPT);
        let subscription = subscribe(self, &channels).await?;
        let store = self.clone();
        tokio::spawn(async move {
            let missed = std::sync::atomic::AtomicBool::new(false);
            let send = |moved: Moved| {
                use std::sync::atomic::Ordering::Relaxed;
                if missed.load(Relaxed) && sender.try_send(Moved::Resync).is_ok() {
                    missed.store(false, Relaxed);
                }
                if sender.try_send(moved).is_err() {
                    missed.store(true, Relaxed);
                }
            };
            let heard = |_: &str, message: &[u8]| parse_moves(message).for_each(&send);
            listen(&store, &channels, subscription, || send(Moved::Resync), heard, sender.closed()).await;
        });
        Ok(receiver)
    }

    async fn tell_routing_changed(&self) -> Result<()> {
        let mut pipeline = redis::pipe();
        pipeline.cmd("PUBLISH").arg(self.keys.routing_channel()).arg("").ignore();
        self.pipeline("tell_routing_changed", &pipeline).await
    }

    async fn routing_changes(&self) -> Result<RoutingChanges> {
        let channels = vec![self.keys.routing_channel()];
        let (sender, receiver) = mpsc::channel(1);
        let subscription = subscribe(self, &channels).await?;
        let store = self.clone();
        tokio::spawn(async move {
            // A full channel already holds a message that its reader has not seen.
            let tell = || {
                let _ = sender.try_send(());
            };
            listen(&store, &channels, subscription, tell, |_, _| tell(), sender.closed()).await;
        });
        Ok(receiver)
    }
}

/// Id and state of each task that moved.
fn parse_moves(message: &[u8]) -> impl Iterator<Item = Moved> + '_ {
    message.chunks_exact(TaskId::LEN + 1).filter_map(|chunk| {
        let (id, state) = chunk.split_at(TaskId::LEN);
        Some(Moved::Task(TaskId::from_bytes(id.try_into().ok()?), Status::from_code(state[0])?))
    })
}

async fn subscribe(store: &RedisStore, channels: &[String]) -> Result<PubSub> {
    let connect = async {
        let mut subscription = store.client.get_async_pubsub().await?;
        subscription.subscribe(channels).await?;
        Ok(subscription)
    };
    match tokio::time::timeout(Duration::from_secs(2), connect).await {
        Ok(result) => result.map_err(|error| failed("subscribe", &error)),
        Err(_) => Err(crate::store::StoreError::Unavailable {
            operation: "subscribe",
            detail: "no answer within 2 s".to_owned(),
        }),
    }
}

/// Passes on what is published until `closed`; a lost subscription is made again, and `again` called after each.
async fn listen(
    store: &RedisStore,
    channels: &[String],
    subscription: PubSub,
    again: impl Fn(),
    heard: impl Fn(&str, &[u8]),
    closed: impl Future<Output = ()>,
) {
    tokio::pin!(closed);
    let mut subscription = Some(subscription);
    let mut pause = FIRST_PAUSE;
    loop {
        if let Some(subscription) = subscription.take() {
            again();
            pause = FIRST_PAUSE;
            let mut messages = subscription.into_on_message();
            loop {
                tokio::select! {
                    () = &mut closed => return,
                    message = messages.next() => match message {
                        Some(message) => heard(message.get_channel_name(), message.get_payload_bytes()),
                        None => break,
                    },
                }
            }
        }
        tokio::select! {
            () = &mut closed => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
        subscription = subscribe(store, channels).await.ok();
    }
}
