use std::time::Duration;

use jobbers_core::model::Role;
use jobbers_core::routing::Routing;
use tokio::time::Instant;

/// The queues whose due tasks are promoted.
#[derive(Debug)]
pub(crate) struct PromotedQueues {
    routing: Routing,
    role: Option<String>,
    queues: Vec<String>,
    read_at: Option<Instant>,
    complained: Option<String>,
}

impl PromotedQueues {
    /// How often the role is read again.
    const INTERVAL: Duration = Duration::from_secs(5);

    pub(crate) fn new(routing: Routing, role: Option<String>) -> Self {
        Self { routing, role, queues: Vec::new(), read_at: None, complained: None }
    }

    /// None = all. While the role cannot be read its last queues hold.
    pub(crate) async fn current(&mut self) -> Option<Vec<String>> {
        let role = self.role.as_deref()?;
        if self.read_at.is_none_or(|at| at.elapsed() >= Self::INTERVAL) {
            let complaint = match self.routing.role(role).await {
                Ok(Some(Role { queues, .. })) => {
                    self.queues = queues;
                    None
                }
                Ok(None) => {
                    self.queues.clear();
                    Some(format!("there is no role `{role}` (SCHEDULER_ROLE): nothing is promoted until there is one"))
                }
                Err(error) => Some(format!("the role `{role}` cannot be read, its last queues hold: {error}")),
            };
            self.read_at = Some(Instant::now());
            if complaint != self.complained {
                if let Some(complaint) = &complaint {
                    tracing::warn!(event = "routing", role, "{complaint}");
                }
                self.complained = complaint;
            }
        }
        Some(self.queues.clone())
    }
}
