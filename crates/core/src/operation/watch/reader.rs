use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::sleep;

use super::table::Wanted;
use super::{Look, Shared};
use crate::model::TaskId;
use crate::operation::patience::within;
use crate::store::StoreError;

/// Reads on their way at once: while one is answered, what is wanted gathers for the next.
const IN_FLIGHT: usize = 4;
/// Bytes of parameters and results in one answer.
const MOST_BYTES: usize = 4 << 20;
/// How often it is seen whether a task was not looked at for long.
const TICK: Duration = Duration::from_millis(500);

/// Reads what is wanted, for ever.
pub(super) async fn read(shared: &Arc<Shared>) {
    let places = Arc::new(Semaphore::new(IN_FLIGHT));
    loop {
        // First the place, then the tasks: whatever is wanted until there is a place is part of the read.
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let batch = shared.lock().take();
        if batch.is_empty() {
            drop(place);
            shared.wanted.notified().await;
            continue;
        }
        let shared = shared.clone();
        tokio::spawn(async move {
            shared.read_batch(batch).await;
            drop(place);
        });
    }
}

/// Wants tasks again that nobody has looked at for long, for ever.
pub(super) async fn look_again(shared: &Shared) {
    loop {
        sleep(TICK).await;
        if shared.lock().want_overdue() {
            shared.wanted.notify_one();
        }
    }
}

impl Shared {
    async fn read_batch(&self, mut batch: Vec<Wanted>) {
        while !batch.is_empty() {
            let ids: Vec<TaskId> = batch.iter().map(|wanted| wanted.id).collect();
            let looks: Vec<Look> = match within("get", self.store.tasks(&ids, MOST_BYTES)).await {
                // Where they are large it may be fewer than were asked for, but at least one.
                Ok(tasks) if !tasks.is_empty() => tasks.into_iter().map(|task| Ok(task.map(Arc::new))).collect(),
                Ok(_) => vec![Err(StoreError::Broken { operation: "get", detail: "no task was answered".into() })],
                Err(error) => vec![Err(error); batch.len()],
            };
            let rest = batch.split_off(looks.len().min(batch.len()));
            for (wanted, look) in std::mem::replace(&mut batch, rest).into_iter().zip(looks) {
                self.tell(wanted, &look);
            }
        }
    }

    fn tell(&self, wanted: Wanted, look: &Look) {
        self.lock().seen(wanted.id, look);
        for asker in wanted.askers {
            // Whoever asked may have given up meanwhile.
            let _ = asker.send(look.clone());
        }
    }
}
