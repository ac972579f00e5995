//! What limits over all workers cost, in commands that scripts run.

use std::collections::BTreeMap;

use jobbers_conformance::Worker;
use jobbers_conformance::sample::{completed, tasks};
use jobbers_conformance::server::redis::WITHOUT_PERSISTENCE;
use jobbers_core::model::{Period, RateLimit};
use jobbers_core::store::MAX_BATCH;

use super::OwnServer;

const TURNS: u64 = 40;
const BATCH: u32 = 50;

/// Calls of each command, and microseconds of all scripts.
type Calls = (BTreeMap<String, u64>, u64);

fn calls(server: &OwnServer) -> Calls {
    let mut calls = BTreeMap::new();
    let mut microseconds = 0;
    for line in server.server.command(&["INFO", "commandstats"]) {
        let Some((name, fields)) = line.strip_prefix("cmdstat_").and_then(|line| line.split_once(':')) else {
            continue;
        };
        let field = |name: &str| -> u64 {
            let found = fields.split(',').find_map(|field| field.strip_prefix(name)?.strip_prefix('='));
            found.unwrap().parse().unwrap()
        };
        if name == "evalsha" {
            microseconds = field("usec");
        } else {
            let _ = calls.insert(name.to_owned(), field("calls"));
        }
    }
    (calls, microseconds)
}

/// What many turns take in which a worker ends fifty tasks and claims fifty.
async fn measure(total: Option<u32>, rate: Option<RateLimit>) -> Calls {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let all = tasks(0..(TURNS + 1) * u64::from(BATCH));
    for some in all.chunks(MAX_BATCH) {
        env.store().submit(some).await.unwrap();
    }
    let mut worker = Worker::start(env.store(), 1).await;
    (worker.queues[0].total, worker.queues[0].rate) = (total, rate);
    server.server.command(&["CONFIG", "RESETSTAT"]);
    let mut running = Vec::new();
    for _ in 0..TURNS {
        let finishes = running.iter().map(|task| worker.decide(task, completed("1"))).collect();
        let mut claim = worker.claim_of(BATCH);
        claim.types.iter_mut().for_each(|slots| slots.total = total);
        let turn = worker.next_turn(finishes, Some(claim));
        running = worker.send(&turn).await.claimed;
        assert_eq!(running.len(), BATCH as usize);
    }
    calls(&server)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_cost_a_few_commands_a_turn_and_none_where_there_are_none() {
    let free = measure(None, None).await;
    let rate = RateLimit { numerator: 50_000, denominator: 1, period: Period::Second };
    let limited = measure(Some(1_000), Some(rate)).await;
    let sum = |calls: &Calls| calls.0.values().sum::<u64>();
    let (of_free, of_limited) = (sum(&free), sum(&limited));
    println!("commands {of_free} and {of_limited}, microseconds {} and {}", free.1, limited.1);
    for name in ["smembers", "zcount", "lindex", "lset", "hget"] {
        assert_eq!(free.0.get(name), None, "{name} without limits");
    }
    assert_eq!(free.0.get("sadd"), Some(&2), "where tasks run is said when the first one starts");
    assert!(of_limited > of_free);
    // A turn with fifty tasks runs some thirty commands, large ones among them.
    assert!(of_limited - of_free <= 12 * TURNS, "{} commands more a turn", (of_limited - of_free) / TURNS);
}
