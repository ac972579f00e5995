use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::super::Operations;
use super::super::patience::no_answer;
use crate::model::Timestamp;
use crate::routing::{Routing, RoutingError};
use crate::store::StoreError;

/// The longest that telling others of a change may take.
const TELL_WITHIN: Duration = Duration::from_millis(300);

impl Operations {
    /// The answer of the SQL store, or that there was none in time.
    pub(super) async fn ask_routing<T>(
        &self,
        operation: &'static str,
        until: Instant,
        answer: impl Future<Output = Result<T, RoutingError>>,
    ) -> Result<T, RoutingError> {
        timeout_at(until, answer).await.unwrap_or_else(|_| Err(silent(&self.stores.routing, operation)))
    }

    /// Changes queues or roles, and tells everyone. Whoever asks this process afterwards is answered from what holds
    /// then, also if it is not known whether the change has happened.
    pub(super) async fn change<T>(
        &self,
        operation: &'static str,
        until: Instant,
        change: impl Future<Output = Result<T, RoutingError>>,
    ) -> Result<T, RoutingError> {
        let changed = self.ask_routing(operation, until, change).await;
        self.queues.outdate();
        self.configured.outdate();
        self.queue_stats.outdate();
        if changed.is_ok() {
            self.tell(until.min(Instant::now() + TELL_WITHIN)).await;
        }
        changed
    }

    async fn tell(&self, until: Instant) {
        let told = timeout_at(until, self.stores.tasks.tell_routing_changed()).await;
        if let Err(error) = told.unwrap_or_else(|_| Err(no_answer("tell of a change"))) {
            tracing::warn!(event = "routing", %error, "not everyone is told of a change: the others see it within 5 s");
        }
    }

    /// The clock of the store of tasks.
    pub(super) async fn now_until(&self, until: Instant) -> Result<Timestamp, StoreError> {
        let now = timeout_at(until, self.stores.tasks.now()).await;
        now.unwrap_or_else(|_| Err(no_answer("look at the clock")))
    }
}

fn silent(routing: &Routing, operation: &'static str) -> RoutingError {
    let detail = "no answer in time".into();
    RoutingError::Unavailable { operation, place: routing.place().to_owned(), detail }
}
