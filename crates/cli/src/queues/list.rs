use std::collections::HashMap;

use jobbers_client::{Json, Queue, QueueState};
use serde::Deserialize;

use super::limit;
use super::rate;
use crate::failure::Failure;
use crate::manager::ManagerArgs;
use crate::out::{self, Cell, Column, Look, Table, Tint};

/// Texts of what the manager sent.
#[derive(Deserialize)]
struct Queues {
    details: Vec<Json>,
}

#[derive(Deserialize)]
struct Stats {
    queues: Vec<Json>,
}

/// What a text is about.
#[derive(Deserialize)]
struct Named {
    #[serde(alias = "queue")]
    name: String,
}

/// `queues`
pub(super) async fn print(manager: &ManagerArgs) -> Result<(), Failure> {
    let client = manager.client()?;
    let (queues, stats) = tokio::try_join!(client.queues(), client.queue_stats())?;
    if manager.json {
        return out::print_line(both(&queues.json, &stats.json).map_err(|error| Failure::Failed(error.to_string()))?);
    }
    let look = Look::of_stdout();
    if queues.queues.is_empty() {
        out::remark("there are no queues: `jobbers queues create NAME` creates one");
    }
    out::print(&table(&queues.queues, &stats.queues).render(&look))
}

/// Each queue with its limits, and how it is doing: both as they were sent.
fn both(queues: &Json, stats: &Json) -> Result<String, serde_json::Error> {
    let (queues, stats): (Queues, Stats) = (queues.read()?, stats.read()?);
    let mut by_name: HashMap<String, Json> = HashMap::new();
    for state in stats.queues {
        by_name.insert(state.read::<Named>()?.name, state);
    }
    let mut texts = Vec::new();
    for queue in queues.details {
        let stats = by_name.get(&queue.read::<Named>()?.name).map_or("null", Json::as_str);
        texts.push(format!("{{\"queue\":{queue},\"stats\":{stats}}}"));
    }
    Ok(format!("{{\"queues\":[{}]}}", texts.join(",")))
}

fn table(queues: &[Queue], states: &[QueueState]) -> Table {
    let mut table = Table::new([
        Column::Whole("QUEUE"),
        Column::Number("PER WORKER"),
        Column::Number("IN ALL"),
        Column::Number("RATE"),
        Column::Number("WAITING"),
        Column::Number("SCHEDULED"),
        Column::Number("RUNNING"),
        Column::Number("DEAD"),
        Column::Number("WORKERS"),
        Column::Whole("REMARKS"),
    ]);
    for queue in queues {
        let state = states.iter().find(|state| state.queue == queue.name);
        let count = |count: fn(&QueueState) -> u64| state.map(count).map(|count| count.to_string()).unwrap_or_default();
        let nobody = state.is_some_and(|state| state.consumers == 0);
        table.row([
            Cell::from(&queue.name),
            Cell::from(limit::shown(queue.max_concurrent)),
            Cell::from(limit::shown(queue.max_concurrent_total)),
            Cell::from(rate::shown(queue.rate.as_ref())),
            Cell::from(count(|state| state.waiting)),
            Cell::from(count(|state| state.scheduled)),
            Cell::from(count(|state| state.started)),
            Cell::from(count(|state| state.dead)),
            Cell::tinted(count(|state| state.consumers), if nobody { Tint::Bad } else { Tint::Plain }),
            remarks(queue.paused, nobody),
        ]);
    }
    table
}

/// Why nothing starts.
pub(super) fn remarks(paused: bool, nobody: bool) -> Cell {
    match (paused, nobody) {
        (true, true) => Cell::tinted("paused, no consumer", Tint::Bad),
        (true, false) => Cell::tinted("paused", Tint::Waiting),
        (false, true) => Cell::tinted("no consumer", Tint::Bad),
        (false, false) => Cell::default(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    const PLAIN: Look = Look { width: None, height: None, colour: false, now: None };

    fn config(name: &str, limit: Option<u32>, paused: bool) -> Value {
        json!({"name": name, "max_concurrent": limit, "max_concurrent_total": 20, "rate_numerator": limit,
            "rate_denominator": limit, "rate_period": limit.map(|_| "minute"), "paused": paused})
    }

    fn state(name: &str, consumers: u64) -> Value {
        json!({"queue": name, "waiting": 12, "scheduled": 3, "started": 5, "dead": 1, "oldest_waiting_seconds": 9.5,
            "paused": false, "consumers": consumers, "last_minute": {"throughput": 1.5, "failure_rate": null},
            "last_hour": {"throughput": 0.5, "failure_rate": 0.25}})
    }

    #[test]
    fn queues_are_rows_with_what_stops_them() {
        let queues: Vec<Queue> = [
            config("default", None, false),
            config("mails", Some(5), true),
            config("images", Some(1), false),
            config("new", Some(10), true),
        ]
        .into_iter()
        .map(|queue| from_value(queue).expect("a queue"))
        .collect();
        let states: Vec<QueueState> = [state("default", 2), state("mails", 1), state("images", 0), state("gone", 0)]
            .into_iter()
            .map(|state| from_value(state).expect("a state"))
            .collect();
        insta::assert_snapshot!(table(&queues, &states).render(&PLAIN));
        assert_eq!(remarks(true, true), Cell::tinted("paused, no consumer", Tint::Bad));
    }

    #[test]
    fn both_answers_are_told_as_they_were_sent() {
        let json = |text: &str| serde_json::from_str::<Json>(text).expect("JSON");
        let queues = json(r#"{"queues":["a","b"],"details":[{"name":"a", "n":1.50},{"name":"b"}]}"#);
        let stats = json(r#"{"at":"x","queues":[{"queue":"c"},{"queue":"a","waiting": 3}]}"#);
        assert_eq!(
            both(&queues, &stats).expect("JSON"),
            r#"{"queues":[{"queue":{"name":"a", "n":1.50},"stats":{"queue":"a","waiting": 3}},{"queue":{"name":"b"},"stats":null}]}"#
        );
    }
}
