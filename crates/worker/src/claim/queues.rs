use std::time::Duration;

use jobbers_core::model::{Queue, Role};
use jobbers_core::routing::{Routing, RoutingError};
use tokio::sync::watch;
use tokio::time::sleep;

/// The queues that a worker consumes, with their limits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Consumed {
    pub(crate) queues: Vec<Queue>,
}

/// How often role and queues are read again.
const INTERVAL: Duration = Duration::from_secs(5);

/// Reads the queues of the role now and then, also while the worker is idle. While they cannot be read, the last ones hold;
/// a role that is not there has none. Never ends.
pub(crate) async fn follow_queues(routing: Routing, role: String, consumed: watch::Sender<Consumed>) {
    let mut complained: Option<String> = None;
    loop {
        let complaint = match read(&routing, &role).await {
            Ok((found, complaint)) => {
                consumed.send_if_modified(|known| {
                    let modified = *known != found;
                    if modified {
                        let names: Vec<&str> = found.queues.iter().map(|queue| queue.name.as_str()).collect();
                        tracing::info!(event = "queues", role, queues = ?names, "queues of the role");
                        *known = found;
                    }
                    modified
                });
                complaint
            }
            Err(error) => Some(format!("queues and roles cannot be read, the last ones hold: {error}")),
        };
        if complaint != complained {
            if let Some(complaint) = &complaint {
                tracing::warn!(event = "routing", role, "{complaint}");
            }
            complained = complaint;
        }
        sleep(INTERVAL).await;
    }
}

async fn read(routing: &Routing, role: &str) -> Result<(Consumed, Option<String>), RoutingError> {
    let Some(Role { queues: names, .. }) = routing.role(role).await? else {
        let complaint = format!("there is no role `{role}` (WORKER_ROLE): nothing is claimed until there is one");
        return Ok((Consumed::default(), Some(complaint)));
    };
    let mut queues = routing.queues().await?;
    queues.retain(|queue| names.contains(&queue.name));
    let complaint = queues.is_empty().then(|| format!("the role `{role}` has no queues: nothing is claimed"));
    Ok((Consumed { queues }, complaint))
}
