//! Who is alive, what types there are, and to whom the store belongs.

use std::time::Duration;

use jobbers_core::model::{Policy, ProcessInfo, ProcessKind, Registration, TaskType};
use jobbers_core::store::SharedStore;
use serde_json::json;

use crate::Environment;
use crate::sample::{alpha, beta, registration, worker_id};

pub(super) fn process(env: &Environment, n: u8) -> ProcessInfo {
    ProcessInfo {
        id: worker_id(n),
        kind: ProcessKind::Worker,
        host: "host-é".to_owned(),
        pid: 4711,
        role: Some("reports".to_owned()),
        queues: vec!["a".to_owned(), "b:c".to_owned()],
        slots: 5,
        types: vec![alpha(), beta()],
        version: "0.1.0".to_owned(),
        started_at: env.now(),
        load: None,
    }
}

const TTL: Duration = Duration::from_secs(30);

async fn live(store: &SharedStore) -> Vec<u8> {
    let mut numbers: Vec<_> =
        store.live().await.expect("live").iter().map(|live| live.process.id.to_bytes()[1]).collect();
    numbers.sort_unstable();
    numbers
}

pub async fn an_announced_process_is_live(env: &Environment) {
    assert!(env.store().live().await.expect("live").is_empty());
    let info = process(env, 1);
    env.store().announce(&info, TTL).await.expect("announce");
    let live = env.other().await.live().await.expect("live");
    assert_eq!(live.len(), 1);
    assert_eq!((&live[0].process, live[0].last_seen), (&info, env.now()));
}

pub async fn a_scheduler_is_live_as_well(env: &Environment) {
    let info = ProcessInfo {
        kind: ProcessKind::Scheduler,
        role: None,
        queues: vec![],
        slots: 0,
        types: vec![],
        ..process(env, 1)
    };
    env.store().announce(&info, TTL).await.expect("announce");
    assert_eq!(env.store().live().await.expect("live")[0].process, info);
}

pub async fn a_silent_process_is_live_no_more(env: &Environment) {
    env.store().announce(&process(env, 1), TTL).await.expect("announce");
    env.store().announce(&process(env, 2), TTL).await.expect("announce");
    env.advance(Duration::from_secs(20)).await;
    env.store().announce(&process(env, 2), TTL).await.expect("announce");
    assert_eq!(live(env.store()).await, [1, 2]);
    env.advance(Duration::from_secs(11)).await;
    assert_eq!(live(env.store()).await, [2]);
    let last_seen = env.store().live().await.expect("live")[0].last_seen;
    assert_eq!(env.now().since(last_seen), Duration::from_secs(11));
}

pub async fn a_process_that_ended_in_good_order_is_live_no_more(env: &Environment) {
    env.store().announce(&process(env, 1), TTL).await.expect("announce");
    env.store().announce(&process(env, 2), TTL).await.expect("announce");
    for _ in 0..2 {
        env.store().retire(worker_id(1)).await.expect("retire");
        assert_eq!(live(env.store()).await, [2]);
    }
    env.store().retire(worker_id(9)).await.expect("retire");
}

pub async fn the_newest_announcement_counts(env: &Environment) {
    env.store().announce(&process(env, 1), TTL).await.expect("announce");
    let info = ProcessInfo { queues: vec!["new".to_owned()], ..process(env, 1) };
    env.store().announce(&info, TTL).await.expect("announce");
    let live = env.store().live().await.expect("live");
    assert_eq!((live.len(), &live[0].process), (1, &info));
}

fn with_schema(task_type: TaskType, schema: serde_json::Value) -> Registration {
    Registration { parameters_schema: Some(schema), ..registration(task_type, Policy::default()) }
}

pub async fn the_catalogue_is_sorted_and_whole(env: &Environment) {
    let policy = Policy { max_retries: 9, backoff_factor: 1.5, redact: vec!["secret".to_owned()], ..Policy::default() };
    let all = vec![
        with_schema(alpha(), json!({"type": "object", "required": [], "maximum": 9_007_199_254_740_993_u64})),
        registration(TaskType::new("alpha", 2), policy),
        registration(TaskType::new("alpha", 10), Policy::default()),
        registration(beta(), Policy::default()),
    ];
    let shuffled = [all[3].clone(), all[1].clone(), all[2].clone(), all[0].clone()];
    assert!(env.store().register(&shuffled).await.expect("register").is_empty());
    assert_eq!(env.other().await.catalogue().await.expect("catalogue"), all);
}

pub async fn the_newest_registration_wins(env: &Environment) {
    env.store().register(&[registration(alpha(), Policy::default())]).await.expect("register");
    let newer = Registration {
        queue: "reports".to_owned(),
        ..registration(alpha(), Policy { max_retries: 1, ..Policy::default() })
    };
    assert!(env.store().register(std::slice::from_ref(&newer)).await.expect("register").is_empty(), "same schema");
    assert_eq!(env.store().catalogue().await.expect("catalogue"), [newer]);
}

pub async fn another_schema_is_told(env: &Environment) {
    let old = with_schema(alpha(), json!({"type": "object"}));
    let new = with_schema(alpha(), json!({"type": "object", "additionalProperties": false}));
    let same = with_schema(beta(), json!({"type": "object"}));
    env.store().register(&[old, same.clone()]).await.expect("register");
    let conflicts = env.store().register(&[new.clone(), same]).await.expect("register");
    assert_eq!(conflicts.iter().map(|conflict| &conflict.task_type).collect::<Vec<_>>(), [&alpha()]);
    assert_eq!(env.store().catalogue().await.expect("catalogue")[0], new);
    let conflicts = env.store().register(&[new]).await.expect("register");
    assert!(conflicts.is_empty(), "the same again is no conflict");
}

pub async fn a_store_belongs_to_its_first_installation(env: &Environment) {
    assert_eq!(env.store().belong("first").await.expect("belong"), "first");
    assert_eq!(env.store().belong("second").await.expect("belong"), "first");
    assert_eq!(env.other().await.belong("second").await.expect("belong"), "first");
}
