use std::sync::Arc;

use jobbers_core::operation::follow_routing;
use jobbers_core::process::Stores;
use jobbers_core::routing::Snapshot;
use tokio::sync::watch;

/// Follows queues and roles for as long as someone wants to know them; never ends.
pub(crate) async fn follow_for_ever(stores: Stores, known: watch::Sender<Arc<Snapshot>>) {
    follow_routing(stores, known).await;
    std::future::pending::<()>().await;
}

/// The queues whose due tasks are promoted: those of a role.
#[derive(Debug)]
pub(crate) struct PromotedQueues {
    role: String,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    is_known: bool,
    complained: bool,
}

impl PromotedQueues {
    /// From what is followed; nothing of that may have been read yet.
    pub(crate) fn new(role: String, snapshots: watch::Receiver<Arc<Snapshot>>) -> Self {
        Self { role, snapshots, is_known: false, complained: false }
    }

    /// Names of the queues, as soon as they have been read. While they cannot be read any more the last ones hold.
    pub(crate) async fn current(&mut self) -> Vec<String> {
        if !self.is_known {
            self.changed().await;
            self.is_known = true;
        }
        let snapshot = Arc::clone(&self.snapshots.borrow_and_update());
        let found = snapshot.role(&self.role);
        if found.is_none() && !self.complained {
            let role = &self.role;
            tracing::warn!(
                event = "routing",
                role,
                "there is no role `{role}` (SCHEDULER_ROLE): nothing is promoted until there is one"
            );
        }
        self.complained = found.is_none();
        found.map_or_else(Vec::new, |role| role.queues.clone())
    }

    /// Waits until queues or roles are others than those that were given last.
    pub(crate) async fn changed(&mut self) {
        if self.snapshots.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jobbers_core::model::Role;
    use tokio::time::timeout;

    use super::*;

    fn snapshot(roles: &[(&str, &[&str])]) -> Arc<Snapshot> {
        let role = |(name, queues): &(&str, &[&str])| Role {
            name: (*name).to_owned(),
            queues: queues.iter().map(ToString::to_string).collect(),
        };
        Arc::new(Snapshot { roles: roles.iter().map(role).collect(), ..Snapshot::default() })
    }

    #[tokio::test(start_paused = true)]
    async fn the_queues_of_the_role_are_those_that_were_read_last() {
        const WHILE: Duration = Duration::from_secs(60);
        let (known, snapshots) = watch::channel(Arc::new(Snapshot::default()));
        let mut queues = PromotedQueues::new("images".to_owned(), snapshots);
        assert!(timeout(WHILE, queues.current()).await.is_err(), "nothing was read yet");
        known.send_replace(snapshot(&[("images", &["a", "b"]), ("other", &["c"])]));
        assert_eq!(queues.current().await, ["a", "b"]);
        assert!(timeout(WHILE, queues.changed()).await.is_err());
        known.send_replace(snapshot(&[("images", &["c"])]));
        queues.changed().await;
        assert_eq!(queues.current().await, ["c"]);
        known.send_replace(snapshot(&[]));
        assert_eq!(queues.current().await, [] as [String; 0]);
        drop(known);
        assert!(timeout(WHILE, queues.changed()).await.is_err(), "it does not go round and round");
    }
}
