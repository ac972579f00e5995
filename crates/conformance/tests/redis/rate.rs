//! Rate limits over all workers: no window with too many starts, whatever the clock and the workers do, in bounded memory.

use std::time::Duration;

use jobbers_conformance::sample::{LEASE, alpha, beta, completed, id, task_in, task_of, tasks};
use jobbers_conformance::server::redis::WITHOUT_PERSISTENCE;
use jobbers_conformance::{Backend as _, Environment, Worker};
use jobbers_core::model::{Period, RateLimit, Timestamp};
use jobbers_core::store::{Allowance, MAX_BATCH, SharedStore, TurnReply};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{OwnServer, audit};

const RATE: &str = "jobbers:{0}:rate:default";

fn per(numerator: u32, denominator: u32, period: Period) -> RateLimit {
    RateLimit { numerator, denominator, period }
}

fn per_second(numerator: u32) -> RateLimit {
    per(numerator, 1, Period::Second)
}

fn number(server: &OwnServer, words: &[&str]) -> u64 {
    server.server.command(words)[0].parse().unwrap()
}

async fn submit(env: &Environment, numbers: std::ops::Range<u64>) {
    for some in tasks(numbers).chunks(MAX_BATCH) {
        env.store().submit(some).await.unwrap();
    }
}

async fn limited(store: &SharedStore, n: u8, rate: RateLimit) -> Worker {
    let mut worker = Worker::start(store, n).await;
    worker.queues[0].rate = Some(rate);
    worker
}

async fn claim(worker: &mut Worker, tasks: u32) -> TurnReply {
    let claim = worker.claim_of(tasks);
    let turn = worker.next_turn(Vec::new(), Some(claim));
    worker.send(&turn).await
}

async fn claimed(worker: &mut Worker, tasks: u32) -> usize {
    claim(worker, tasks).await.claimed.len()
}

/// The most starts in any window [t, t + window).
fn most_in(starts: &[u64], window: u64) -> usize {
    let ends =
        starts.iter().map(|start| starts.iter().filter(|other| (*start..*start + window).contains(other)).count());
    ends.max().unwrap_or(0)
}

/// One step: how far the clock goes, which worker asks, and for how many.
type Asking = (u64, bool, u32);

/// Runs the steps; answers when tasks started.
async fn starts(env: &Environment, limit: RateLimit, steps: &[Asking]) -> Vec<u64> {
    submit(env, 0..2_000).await;
    let mut workers = [limited(env.store(), 1, limit).await, limited(&env.other().await, 2, limit).await];
    let mut starts = Vec::new();
    for (milliseconds, second, tasks) in steps {
        env.advance(Duration::from_millis(*milliseconds)).await;
        let before = starts.len();
        let reply = claim(&mut workers[usize::from(*second)], *tasks).await;
        assert!(reply.claimed.iter().all(|task| task.started_at == env.now()));
        starts.extend(reply.claimed.iter().map(|task| task.started_at.as_millis()));
        // What was left is due to the limit alone, and it says until when: not too long.
        let got = starts.len() - before;
        if got < *tasks as usize {
            let next = reply.next_slot.expect("a limit that holds something back says until when");
            assert!(next > env.now() && next <= env.now().after(limit.window()), "{next:?} at {:?}", env.now());
        } else {
            assert_eq!(reply.next_slot, None);
        }
    }
    starts
}

#[test]
fn no_window_has_more_starts_than_the_limit_says() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut cases = 0;
    // Windows of one second and of two; steps from less than a bucket to more than a window.
    let step = (prop_oneof![0..4u64, 0..300u64, 900..1_100u64, 2_000..2_001u64], any::<bool>(), 1..12u32);
    let strategy = (1..30u32, 1..3u32, prop::collection::vec(step, 1..60));
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let cases = std::cell::RefCell::new(&mut cases);
    let outcome = runner.run(&strategy, |(numerator, seconds, steps)| {
        **cases.borrow_mut() += 1;
        let server = OwnServer { prefix: format!("case-{}", cases.borrow()), ..server.clone() };
        let limit = per(numerator, seconds, Period::Second);
        let starts = runtime.block_on(async { starts(&server.environment().await, limit, &steps).await });
        let most = most_in(&starts, 1_000 * u64::from(seconds));
        prop_assert!(most <= numerator as usize, "{most} starts in a window: {starts:?}");
        Ok(())
    });
    outcome.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_lets_nearly_all_start_that_it_allows() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let steps: Vec<Asking> = (0..500).map(|n| (7 + n % 5, n % 2 == 0, 10)).collect();
    let begin = env.now();
    let starts = starts(&env, per_second(100), &steps).await;
    let seconds = (env.now().as_millis() - begin.as_millis()) as f64 / 1_000.0;
    assert!(most_in(&starts, 1_000) <= 100);
    // The first hundred may start at once.
    let allowed = 100.0 * seconds;
    assert!(starts.len() as f64 >= 0.95 * allowed, "{} of {allowed}", starts.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_limit_holds_at_once() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    submit(&env, 0..200).await;
    let mut worker = limited(env.store(), 1, per_second(10)).await;
    assert_eq!(claimed(&mut worker, 4).await, 4);
    env.advance(Duration::from_millis(400)).await;
    let second = env.now();
    assert_eq!(claimed(&mut worker, 100).await, 6);
    worker.queues[0].rate = Some(per_second(15));
    assert_eq!(claimed(&mut worker, 100).await, 5);
    // Lowered: as many have to leave first as are too many.
    worker.queues[0].rate = Some(per_second(3));
    let reply = claim(&mut worker, 100).await;
    assert_eq!((reply.claimed.len(), reply.next_slot), (0, Some(second.after(Duration::from_secs(1)))));
    worker.queues[0].rate = Some(per_second(12));
    let next = claim(&mut worker, 100).await.next_slot.unwrap();
    assert_eq!(next, Timestamp::from_millis(second.as_millis() + 600), "the first four are enough");
    env.advance(Duration::from_millis(600)).await;
    assert_eq!(claimed(&mut worker, 100).await, 1);
    // A longer window counts what is known; a shorter one forgets.
    worker.queues[0].rate = Some(per(20, 1, Period::Hour));
    assert_eq!(claimed(&mut worker, 100).await, 20 - 12);
    env.advance(Duration::from_secs(1)).await;
    assert_eq!(claimed(&mut worker, 100).await, 0);
    worker.queues[0].rate = Some(per_second(7));
    assert_eq!(claimed(&mut worker, 100).await, 7);
    worker.queues[0].rate = None;
    assert_eq!(claimed(&mut worker, 50).await, 50);
    worker.queues[0].rate = Some(per_second(0));
    let reply = claim(&mut worker, 100).await;
    assert_eq!((reply.claimed.len(), reply.parked, reply.next_slot), (0, true, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_was_set_back_far_holds_nothing_up() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    submit(&env, 0..100).await;
    let mut worker = limited(env.store(), 1, per_second(5)).await;
    assert_eq!(claimed(&mut worker, 50).await, 5);
    let now = env.now().as_millis();
    // Within a window the starts of before still count.
    server.set_clock(now - 900).await;
    assert_eq!(claimed(&mut worker, 50).await, 0);
    server.set_clock(now - 1_001).await;
    assert_eq!(claimed(&mut worker, 50).await, 5);
    assert_eq!(claimed(&mut worker, 50).await, 0);
    server.set_clock(now - 1).await;
    assert_eq!(claimed(&mut worker, 50).await, 5);
    assert_eq!(number(&server, &["LLEN", RATE]), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_of_starts_is_bounded_for_many_a_second_and_few_an_hour() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    submit(&env, 0..12_000).await;
    let mut worker = limited(env.store(), 1, per_second(50_000)).await;
    let mut most = 0;
    for _ in 0..2_200 {
        env.advance(Duration::from_millis(1)).await;
        let attempts = claim(&mut worker, 2).await.claimed;
        assert_eq!(attempts.len(), 2);
        most = most.max(number(&server, &["LLEN", RATE]));
    }
    assert!((900..=1_001).contains(&most), "{most} buckets");
    worker.queues[0].rate = Some(per(100, 1, Period::Hour));
    env.advance(Duration::from_secs(2)).await;
    assert_eq!(claimed(&mut worker, 500).await, 0, "what started in the last second counts for an hour now");
    env.advance(Duration::from_secs(3_600)).await;
    let mut started = 0;
    for _ in 0..400 {
        env.advance(Duration::from_secs(30)).await;
        started += claimed(&mut worker, 1).await;
        assert!(number(&server, &["LLEN", RATE]) <= 100);
    }
    // 12,000 s: three windows and a third.
    assert_eq!(started, 300 + 40);
    // It goes by itself when nothing starts any more.
    let ttl = number(&server, &["PTTL", RATE]);
    assert!((3_600_000..=3_660_000).contains(&ttl), "{ttl} ms");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limited_queue_holds_up_no_other_and_says_when_it_goes_on() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let parked_in = |queue: &str| number(&server, &["HLEN", &format!("jobbers:{{0}}:parked:{queue}")]);
    submit(&env, 0..20).await;
    env.store().submit(&(20..30).map(|n| task_in("other", n)).collect::<Vec<_>>()).await.unwrap();
    let mut worker = Worker::consuming(env.store(), 1, &["default", "other", "idle"], &[alpha(), beta()]).await;
    worker.queues[0].rate = Some(per(4, 2, Period::Second));
    worker.queues[2].rate = Some(per_second(1));
    let began = env.now();
    let claim = worker.claim_of(100);
    let turn = worker.next_turn(Vec::new(), Some(claim));
    let reply = worker.send(&turn).await;
    let of = |queue: &str| reply.claimed.iter().filter(|task| task.queue == queue).count();
    assert_eq!((of("default"), of("other"), reply.parked), (4, 10, true));
    let next = Some(began.after(Duration::from_secs(2)));
    assert_eq!(reply.next_slot, next);
    assert_eq!((parked_in("default"), parked_in("other"), parked_in("idle")), (0, 1, 1));
    env.advance(Duration::from_millis(10)).await;
    let again = worker.send(&turn).await;
    assert_eq!((again.next_slot, again.parked, again.claimed.len()), (next, true, 14), "a repeated turn says so again");
    assert_eq!(claimed(&mut worker, 100).await, 0);

    // What an older program has remembered of a turn.
    let script = "local v = redis.call('GET', KEYS[1]) redis.call('SET', KEYS[1], string.sub(v, 1, #v - 6)) return #v";
    let claim = worker.claim_of(100);
    let turn = worker.next_turn(Vec::new(), Some(claim));
    assert_eq!(worker.send(&turn).await.next_slot, next);
    number(&server, &["EVAL", script, "1", &format!("jobbers:{{0}}:turn:{}", worker.id)]);
    let again = worker.send(&turn).await;
    assert_eq!((again.next_slot, again.parked), (None, true));

    // Only what it could have run is held back: alphas are not wanted now.
    worker.types[0].1 = 0;
    let claim = worker.claim_of(100);
    let turn = worker.next_turn(Vec::new(), Some(claim));
    assert_eq!(worker.send(&turn).await.next_slot, None);
    assert_eq!(parked_in("default"), 1, "a beta may come");
    env.store().submit(&[task_of(beta(), 40)]).await.unwrap();
    assert_eq!(parked_in("default"), 0);
    let claim = worker.claim_of(100);
    let turn = worker.next_turn(Vec::new(), Some(claim));
    assert_eq!(worker.send(&turn).await.next_slot, next);
    worker.types[0].1 = 100;
    env.advance(Duration::from_millis(1_990)).await;
    assert_eq!(claimed(&mut worker, 100).await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rate_a_total_and_an_expiry_hold_together() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let expired =
        jobbers_core::model::NewTask { expires_at: Some(env.now()), ..jobbers_conformance::sample::task(100) };
    env.store().submit(&[expired]).await.unwrap();
    submit(&env, 0..20).await;
    let mut worker = limited(env.store(), 1, per_second(3)).await;
    worker.queues[0].total = Some(3);
    let reply = claim(&mut worker, 10).await;
    assert_eq!((reply.claimed.len(), reply.next_slot), (3, None), "its places hold it back, too");
    worker.queues[0].rate = Some(per_second(5));
    let finishes = reply.claimed.iter().map(|task| worker.decide(task, completed("1"))).collect();
    let again = worker.claim_of(10);
    let turn = worker.next_turn(finishes, Some(again));
    let reply = worker.send(&turn).await;
    assert_eq!((reply.claimed.len(), reply.next_slot), (2, Some(env.now().after(Duration::from_secs(1)))));
    let allowance = env.store().standing(id(19), Some(per_second(5))).await.unwrap().unwrap().allowance;
    assert_eq!(allowance, Some(Allowance { left: 0, next: reply.next_slot }));
    env.advance(LEASE / 4).await;
    let allowance = env.store().standing(id(19), Some(per_second(7))).await.unwrap().unwrap().allowance;
    assert_eq!(allowance, Some(Allowance { left: 7, next: None }), "a look changes nothing");
    assert_eq!(claimed(&mut worker, 10).await, 1);
    audit::check(&server);
}
