//! Whatever is sent, it is the client's error.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};

use crate::harness::Manager;
use crate::http::{get, post_bytes};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop_oneof![Just("greet"), Just("anything"), Just("default"), Just("2999-01-01T00:00:00Z")]
            .prop_map(Value::from),
        Just(json!("01ARZ3NDEKTSV4RRFFQ69G5FAV")),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((".{0,6}", inner), 0..4).prop_map(|fields| Value::from(Map::from_iter(fields))),
        ]
    })
}

/// Something near a submission: known fields with any values over good ones.
fn near_submission() -> impl Strategy<Value = Vec<u8>> {
    let names =
        vec!["name", "version", "queue", "parameters", "params", "id", "run_at", "delay", "priority", "metadata", "x"];
    vec((proptest::sample::select(names), any_json()), 0..4).prop_map(|fields| {
        let mut body = json!({"name": "anything", "version": 2});
        for (name, value) in fields {
            body[name] = value;
        }
        body.to_string().into_bytes()
    })
}

/// Something near what selects tasks.
fn near_selection() -> impl Strategy<Value = Vec<u8>> {
    let names = vec![
        "task_ids",
        "filter",
        "limit",
        "cursor",
        "dry_run",
        "queue",
        "task_name",
        "task_version",
        "reset_retry_count",
        "task",
        "run_at",
        "x",
    ];
    let filter =
        (proptest::sample::select(vec!["status", "queue", "name", "version", "worker", "since", "x"]), any_json());
    let value = prop_oneof![
        any_json(),
        Just(json!(["01ARZ3NDEKTSV4RRFFQ69G5FAV"])),
        filter.prop_map(|(name, value)| json!({name: value})),
    ];
    vec((proptest::sample::select(names), value), 0..4).prop_map(|fields| {
        let body = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
        Value::from(Map::from_iter(body)).to_string().into_bytes()
    })
}

/// Something near a queue or a role.
fn near_configuration() -> impl Strategy<Value = Vec<u8>> {
    let fields = vec![
        "name",
        "max_concurrent",
        "max_concurrent_total",
        "rate_numerator",
        "rate_denominator",
        "rate_period",
        "paused",
        "queues",
        "x",
    ];
    let value = prop_oneof![
        any_json(),
        any::<u32>().prop_map(Value::from),
        Just(json!(true)),
        Just(json!("hour")),
        Just(json!(["default", "default"])),
        "[a-z]{1,8}".prop_map(Value::from),
    ];
    vec((proptest::sample::select(fields), value), 0..6).prop_map(|fields| {
        let body = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
        Value::from(Map::from_iter(body)).to_string().into_bytes()
    })
}

/// A submission with a few bytes changed.
fn broken_submission() -> impl Strategy<Value = Vec<u8>> {
    (near_submission(), vec((any::<proptest::sample::Index>(), any::<u8>()), 0..4)).prop_map(|(mut body, changes)| {
        for (place, byte) in changes {
            let place = place.index(body.len());
            body[place] = byte;
        }
        body
    })
}

#[test]
fn no_body_makes_the_manager_fail() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let manager = runtime.block_on(Manager::start());
    let items = vec(near_submission(), 0..3).prop_map(|items| [b"[", &items.join(&b","[..])[..], b"]"].concat());
    let bodies = prop_oneof![
        near_submission(),
        broken_submission(),
        near_selection(),
        near_configuration(),
        items,
        vec(any::<u8>(), 0..64)
    ];
    let paths = proptest::sample::select(vec![
        "/tasks",
        "/submit-task",
        "/schedule-task",
        "/tasks/batch",
        "/tasks/cancel",
        "/tasks/resubmit",
        "/dead-letter-queue/resubmit",
        "/queues",
        "/roles",
    ]);
    let config = Config { cases: 800, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&(bodies, paths), |(body, path)| {
        let reply = runtime.block_on(manager.send(post_bytes(path, body)));
        prop_assert!(matches!(reply.status, 200 | 201 | 400 | 409 | 422), "{}", reply.text());
        if reply.status >= 400 {
            let status = reply.status;
            reply.problem(status);
        }
        Ok(())
    });
    result.unwrap();
    runtime.block_on(async { manager.send(get("/readyz")).await.expect(200) });
}

#[test]
fn no_query_makes_the_manager_fail() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let manager = runtime.block_on(Manager::start());
    let names = vec![
        "status",
        "queue",
        "name",
        "task_version",
        "worker",
        "since",
        "until",
        "limit",
        "cursor",
        "start",
        "offset",
        "order_by",
        "x",
    ];
    let value = prop_oneof![
        "[0-9a-zA-Z:_.%+-]{0,12}",
        Just("started".to_owned()),
        Just("10".to_owned()),
        Just("task_id".to_owned()),
        Just("2026-03-12T10:00:00Z".to_owned()),
        Just("01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned()),
        Just("AYhHzY0DAAAAAAABogWNaroAAAAAAAAAAw".to_owned()),
    ];
    let queries = vec((proptest::sample::select(names), value), 0..4);
    let paths = proptest::sample::select(vec![
        "/tasks",
        "/active-tasks",
        "/scheduled-tasks",
        "/task-list",
        "/dead-letter-queue",
    ]);
    let config = Config { cases: 500, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&(paths, queries), |(path, query)| {
        let query: Vec<String> = query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let reply = runtime.block_on(manager.send(get(format!("{path}?{}", query.join("&")))));
        prop_assert!(matches!(reply.status, 200 | 400), "{}", reply.text());
        if reply.status == 400 {
            reply.problem(400);
        }
        Ok(())
    });
    result.unwrap();
}
