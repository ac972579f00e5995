use std::fmt::Write as _;

use jobbers_client::{Queue, QueueState, Role};

use super::{limit, rate};
use crate::failure::Failure;
use crate::manager::ManagerArgs;
use crate::out::{self, Look, Tint, visible};

/// `queues show`
pub(super) async fn print(name: &str, manager: &ManagerArgs) -> Result<(), Failure> {
    let client = manager.client()?;
    let queue = client.queue(name).await?;
    if manager.json {
        return out::print_line(&queue.json);
    }
    let (stats, roles) = tokio::try_join!(client.queue_stats(), client.roles())?;
    let look = Look::of_stdout();
    let state = stats.queues.iter().find(|state| state.queue == name);
    out::print(&(text(&queue.queue, &look) + &surroundings(name, state, &roles.roles, &look)))
}

/// A queue and its limits.
pub(super) fn text(queue: &Queue, look: &Look) -> String {
    let mut text = format!("{}\n", Tint::Title.paint(&visible(&queue.name), look.colour));
    line(&mut text, look, "per worker", &limit::shown(queue.max_concurrent));
    line(&mut text, look, "in all", &limit::shown(queue.max_concurrent_total));
    line(&mut text, look, "rate", &rate::shown(queue.rate.as_ref()));
    line(&mut text, look, "paused", if queue.paused { "yes" } else { "no" });
    text
}

/// Who consumes it, and what is in it.
fn surroundings(name: &str, state: Option<&QueueState>, roles: &[Role], look: &Look) -> String {
    let mut text = String::new();
    let roles: Vec<&str> = roles
        .iter()
        .filter(|role| role.queues.iter().any(|queue| queue == name))
        .map(|role| role.name.as_str())
        .collect();
    let roles = if roles.is_empty() { "none: no worker takes tasks from it".to_owned() } else { roles.join(", ") };
    line(&mut text, look, "roles", &roles);
    let Some(state) = state else { return text };
    let workers = match state.consumers {
        0 => "none takes tasks from it".to_owned(),
        consumers => consumers.to_string(),
    };
    line(&mut text, look, "workers", &workers);
    line(&mut text, look, "waiting", &state.waiting.to_string());
    line(&mut text, look, "scheduled", &state.scheduled.to_string());
    line(&mut text, look, "running", &state.started.to_string());
    line(&mut text, look, "dead letters", &state.dead.to_string());
    text
}

fn line(text: &mut String, look: &Look, label: &str, value: &str) {
    let label = Tint::Faint.paint(&format!("{label:<13}"), look.colour);
    let _ = writeln!(text, "  {label}{}", visible(value));
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    const PLAIN: Look = Look { width: None, height: None, colour: false, now: None };

    #[test]
    fn a_queue_is_told_with_who_consumes_it_and_what_is_in_it() {
        let queue = Queue { max_concurrent: Some(5), ..Queue::unlimited("mails") };
        let state: QueueState = from_value(json!({"queue": "mails", "waiting": 12, "scheduled": 3, "started": 5,
            "dead": 1, "oldest_waiting_seconds": 9.5, "paused": false, "consumers": 0,
            "last_minute": {"throughput": 1.5, "failure_rate": null}, "last_hour": {"throughput": 0.5, "failure_rate": 0.25}}))
        .expect("a state");
        let role = |name: &str, queues: &[&str]| Role {
            name: name.into(),
            queues: queues.iter().map(ToString::to_string).collect(),
        };
        let roles = [role("all", &["default", "mails"]), role("default", &["default"]), role("mailer", &["mails"])];
        let told = text(&queue, &PLAIN) + &surroundings("mails", Some(&state), &roles, &PLAIN);
        insta::assert_snapshot!(told);
        assert!(surroundings("mails", None, &roles[1..2], &PLAIN).contains("none: no worker takes tasks from it"));
    }
}
