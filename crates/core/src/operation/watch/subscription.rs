use std::time::Duration;

use tokio::time::sleep;

use super::Shared;
use crate::store::Moved;

/// Pause before the subscription is made again.
const RESUBSCRIBE: Duration = Duration::from_secs(1);

/// Passes on what the store says of its tasks, for ever.
pub(super) async fn follow(shared: &Shared) {
    loop {
        match shared.store.moves().await {
            Ok(mut moves) => {
                shared.lock().subscribed = true;
                // What happened before was said to nobody.
                shared.hear(Moved::Resync);
                while let Some(moved) = moves.recv().await {
                    shared.hear(moved);
                }
                shared.lock().subscribed = false;
            }
            Err(error) => tracing::debug!(event = "no_subscription", %error),
        }
        sleep(RESUBSCRIBE).await;
    }
}

impl Shared {
    fn hear(&self, moved: Moved) {
        let look = match moved {
            Moved::Task(id, status) => self.lock().moved(id, status),
            Moved::Resync => {
                self.lock().want_all();
                true
            }
        };
        if look {
            self.wanted.notify_one();
        }
        // Nobody may listen to all of them.
        let _ = self.news.send(moved);
    }
}
