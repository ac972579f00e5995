use std::sync::Arc;

use jobbers_core::model::Queue;
use jobbers_core::operation::follow_routing;
use jobbers_core::process::Stores;
use jobbers_core::routing::Snapshot;
use tokio::sync::watch;

/// The queues that a worker consumes, with their limits; paused ones as well, from which it claims nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Consumed {
    pub(crate) queues: Vec<Queue>,
}

impl Consumed {
    /// The queues of a role, and why nothing is claimed if there are none.
    fn of(snapshot: &Snapshot, role: &str) -> (Self, Option<String>) {
        let Some(of_role) = snapshot.role(role) else {
            let complaint = format!("there is no role `{role}` (WORKER_ROLE): nothing is claimed until there is one");
            return (Self::default(), Some(complaint));
        };
        let is_consumed = |queue: &&Queue| of_role.queues.contains(&queue.name);
        let queues: Vec<Queue> = snapshot.queues.iter().filter(is_consumed).cloned().collect();
        let complaint = queues.is_empty().then(|| format!("the role `{role}` has no queues: nothing is claimed"));
        (Self { queues }, complaint)
    }
}

/// Tells the queues of a role, and whenever they, their limits or their pauses have changed, also while the worker is
/// idle. While they cannot be read the last ones hold; a role that is not there has none. Never ends.
pub(crate) async fn follow_queues(stores: Stores, role: String, consumed: watch::Sender<Consumed>) {
    let (known, snapshots) = watch::channel(Arc::new(Snapshot::default()));
    tokio::join!(follow_routing(stores, known), tell_queues(snapshots, &role, &consumed));
}

async fn tell_queues(mut snapshots: watch::Receiver<Arc<Snapshot>>, role: &str, consumed: &watch::Sender<Consumed>) {
    let mut complained: Option<String> = None;
    while snapshots.changed().await.is_ok() {
        let (found, complaint) = Consumed::of(&snapshots.borrow_and_update(), role);
        consumed.send_if_modified(|known| {
            let modified = *known != found;
            if modified {
                tell(role, &found);
                *known = found;
            }
            modified
        });
        if complaint != complained {
            if let Some(complaint) = &complaint {
                tracing::warn!(event = "routing", role, "{complaint}");
            }
            complained = complaint;
        }
    }
}

fn tell(role: &str, found: &Consumed) {
    let names: Vec<&str> = found.queues.iter().map(|queue| queue.name.as_str()).collect();
    let paused: Vec<&str> = found.queues.iter().filter(|queue| queue.paused).map(|queue| queue.name.as_str()).collect();
    tracing::info!(event = "queues", role, queues = ?names, paused = ?paused, "queues of the role");
}

#[cfg(test)]
mod tests {
    use jobbers_core::model::Role;

    use super::*;

    fn queue(name: &str, paused: bool) -> Queue {
        Queue { name: name.to_owned(), paused, ..Queue::default() }
    }

    fn snapshot(version: i64, queues: Vec<Queue>, of_role: &[&str]) -> Arc<Snapshot> {
        let queues_of_role = of_role.iter().map(ToString::to_string).collect();
        let roles = vec![Role { name: "images".to_owned(), queues: queues_of_role }];
        Arc::new(Snapshot { version, queues, roles })
    }

    #[test]
    fn a_worker_consumes_the_queues_of_its_role_with_their_limits() {
        let limited = Queue { max_concurrent_total: Some(8), ..queue("b", false) };
        let all = snapshot(1, vec![queue("a", true), limited.clone(), queue("c", false)], &["a", "b", "gone"]);
        let (consumed, complaint) = Consumed::of(&all, "images");
        assert_eq!(consumed.queues, [queue("a", true), limited], "a paused one as well");
        assert_eq!(complaint, None);
    }

    #[test]
    fn a_role_that_has_nothing_to_consume_is_complained_about() {
        let none = (Consumed::default(), None::<String>);
        let said = |of: (Consumed, Option<String>)| {
            assert_eq!(of.0, none.0);
            of.1.expect("a complaint")
        };
        let all = snapshot(1, vec![queue("a", false)], &[]);
        assert_eq!(said(Consumed::of(&all, "images")), "the role `images` has no queues: nothing is claimed");
        assert!(said(Consumed::of(&all, "other")).starts_with("there is no role `other` (WORKER_ROLE)"));
    }

    #[tokio::test]
    async fn queues_are_told_when_they_have_changed_and_only_then() {
        let (known, snapshots) = watch::channel(Arc::new(Snapshot::default()));
        let (tell, mut consumed) = watch::channel(Consumed::default());
        let telling = tokio::spawn(async move { tell_queues(snapshots, "images", &tell).await });
        known.send_replace(snapshot(1, vec![queue("a", false), queue("b", false)], &["a"]));
        consumed.changed().await.unwrap();
        assert_eq!(consumed.borrow_and_update().queues, [queue("a", false)]);
        // Another queue is paused: that is nothing to this worker.
        known.send_replace(snapshot(2, vec![queue("a", false), queue("b", true)], &["a"]));
        tokio::task::yield_now().await;
        assert!(!consumed.has_changed().unwrap());
        known.send_replace(snapshot(3, vec![queue("a", true), queue("b", true)], &["a"]));
        consumed.changed().await.unwrap();
        assert_eq!(consumed.borrow_and_update().queues, [queue("a", true)]);
        drop(known);
        telling.await.unwrap();
    }
}
