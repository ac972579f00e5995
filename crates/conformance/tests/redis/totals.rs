//! Totals over all workers: what is counted in Redis, who is woken, and that nothing of it stays behind.

use std::time::Duration;

use jobbers_conformance::sample::{LEASE, alpha, beta, completed, failed_expectedly, id, task_in, task_of, tasks};
use jobbers_conformance::server::redis::WITHOUT_PERSISTENCE;
use jobbers_conformance::{Environment, Worker, scheduler};
use jobbers_core::model::{DeadLetter, Policy};
use jobbers_core::store::{ClaimedTask, MoveOutcome, SharedStore, Stall, Sweep, TurnReply, WorkerSignal};
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use super::{OwnServer, audit};

const SOON: Duration = Duration::from_secs(5);
const SILENCE: Duration = Duration::from_secs(3);
const NOBODY: [usize; 0] = [];

fn key(name: &str) -> String {
    format!("jobbers:{{0}}:{name}")
}

fn number(server: &OwnServer, words: &[&str]) -> usize {
    server.server.command(words)[0].parse().unwrap()
}

/// A worker that takes alphas from `default`, where all workers together run so many tasks.
async fn limited(store: &SharedStore, n: u8, total: u32) -> Worker {
    let mut worker = Worker::start(store, n).await;
    worker.queues[0].total = Some(total);
    worker
}

/// The same, with a policy under which a task is silent after a while.
async fn watched(store: &SharedStore, n: u8, total: u32) -> Worker {
    let policy = Policy { max_heartbeat_interval: Some(SILENCE), dead_letter: DeadLetter::Save, ..Policy::default() };
    let mut worker = Worker::with_policy(store, n, policy).await;
    worker.queues[0].total = Some(total);
    worker
}

async fn claim(worker: &mut Worker, tasks: u32) -> TurnReply {
    let claim = worker.claim_of(tasks);
    let turn = worker.next_turn(Vec::new(), Some(claim));
    worker.send(&turn).await
}

/// The same with a total for alphas.
async fn claim_of_type(worker: &mut Worker, tasks: u32, total: u32) -> TurnReply {
    let mut claim = worker.claim_of(tasks);
    claim.types.iter_mut().filter(|slots| slots.task_type == alpha()).for_each(|slots| slots.total = Some(total));
    let turn = worker.next_turn(Vec::new(), Some(claim));
    worker.send(&turn).await
}

async fn stop(worker: &mut Worker, attempts: &[ClaimedTask]) {
    let mut turn = worker.next_turn(Vec::new(), None);
    turn.stopped = attempts.iter().map(|attempt| (attempt.id, attempt.token)).collect();
    worker.send(&turn).await;
}

async fn stall(env: &Environment) -> usize {
    let sweep = Sweep { after: None, limit: 500, rehearsal: false };
    env.store().stall(&Stall { stale: None, sweep }).await.unwrap().tasks.len()
}

/// Workers that wait for a place, and what they hear.
struct Waiting {
    workers: Vec<(Worker, Receiver<WorkerSignal>)>,
}

impl Waiting {
    async fn start(store: &SharedStore, numbers: std::ops::Range<u8>, total: u32) -> Self {
        let mut workers = Vec::new();
        for n in numbers {
            let mut worker = limited(store, n, total).await;
            let signals = store.worker_signals(worker.id).await.unwrap();
            let reply = claim(&mut worker, 1).await;
            assert!(reply.claimed.is_empty() && reply.parked);
            workers.push((worker, signals));
        }
        Self { workers }
    }

    /// Which of them were woken since the last time. A message of another kind, sent now, comes behind all that was sent
    /// before.
    async fn woken(&mut self, server: &OwnServer) -> Vec<usize> {
        let mut woken = Vec::new();
        for (n, (worker, signals)) in self.workers.iter_mut().enumerate() {
            let channel = format!("jobbers:0:drain:{}", worker.id);
            assert_eq!(number(server, &["PUBLISH", &channel, ""]), 1);
            loop {
                match timeout(SOON, signals.recv()).await.unwrap().unwrap() {
                    WorkerSignal::Claim => woken.push(n),
                    WorkerSignal::Renew => {}
                    WorkerSignal::Drain => break,
                }
            }
        }
        woken
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_workers_together_run_no_more_than_the_total_of_a_queue() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    env.store().submit(&tasks(0..10)).await.unwrap();
    env.store().submit(&(10..20).map(|n| task_of(beta(), n)).collect::<Vec<_>>()).await.unwrap();
    let mut one = limited(env.store(), 1, 3).await;
    let mut two = limited(&env.other().await, 2, 3).await;
    let first = claim(&mut one, 2).await;
    assert_eq!((first.claimed.len(), first.parked), (2, false));
    let second = claim(&mut two, 5).await;
    assert_eq!((second.claimed.len(), second.parked, second.next_slot), (1, true, None));
    assert!(claim(&mut one, 5).await.claimed.is_empty());
    // A place that a turn frees can be taken by the same turn.
    let finish = one.decide(&first.claimed[0], completed("1"));
    let claims = one.claim_of(5);
    let turn = one.next_turn(vec![finish], Some(claims));
    let reply = one.send(&turn).await;
    assert_eq!(reply.claimed.len(), 1);
    let again = one.send(&turn).await;
    assert_eq!(again.claimed, reply.claimed, "a repeated turn takes no second place");
    assert!(claim(&mut two, 5).await.claimed.is_empty());
    // Fewer than run: nothing until enough have ended, and then no more than that.
    two.queues[0].total = Some(1);
    assert!(claim(&mut two, 5).await.claimed.is_empty());
    for attempt in [&first.claimed[1], &reply.claimed[0]] {
        one.finish(attempt, completed("1")).await;
        assert!(claim(&mut two, 5).await.claimed.is_empty());
    }
    two.finish(&second.claimed[0], completed("1")).await;
    assert_eq!(claim(&mut two, 5).await.claimed.len(), 1);
    two.queues[0].total = Some(0);
    assert!(claim(&mut two, 5).await.claimed.is_empty());
    two.queues[0].total = None;
    assert_eq!(claim(&mut two, 50).await.claimed.len(), 20 - 5);
    audit::check(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_total_of_a_type_holds_over_queues_and_hides_no_other_type() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    env.store().submit(&tasks(0..5)).await.unwrap();
    env.store().submit(&(5..10).map(|n| task_in("re:ports", n)).collect::<Vec<_>>()).await.unwrap();
    env.store().submit(&(10..13).map(|n| task_of(beta(), n)).collect::<Vec<_>>()).await.unwrap();
    let mut one = Worker::consuming(env.store(), 1, &["default"], &[alpha(), beta()]).await;
    let mut two = Worker::consuming(env.store(), 2, &["re:ports"], &[alpha(), beta()]).await;
    let of_alphas = |tasks: &[ClaimedTask]| tasks.iter().filter(|task| task.task_type == alpha()).count();
    let mine = claim_of_type(&mut one, 2, 4).await.claimed;
    assert_eq!(mine.len(), 2);
    let reports = claim_of_type(&mut two, 50, 4).await;
    assert_eq!((reports.claimed.len(), reports.parked), (4 - of_alphas(&mine), true));
    let waits = key("full_type:alpha@1");
    assert_eq!(number(&server, &["HLEN", &waits]), 1, "who has had enough does not wait");
    let betas = claim_of_type(&mut one, 50, 4).await.claimed;
    assert_eq!((betas.len(), of_alphas(&betas)), (3 - (2 - of_alphas(&mine)), 0));
    assert_eq!(number(&server, &["HLEN", &waits]), 2);
    // One of another queue frees a place for this one.
    two.finish(&reports.claimed[0], completed("1")).await;
    assert_eq!(claim_of_type(&mut one, 5, 4).await.claimed.len(), 1);
    assert_eq!(number(&server, &["HLEN", &waits]), 1, "nobody listens: whoever waited was passed over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_many_are_woken_as_places_were_freed_and_none_by_what_comes_in() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = env.store();
    store.submit(&tasks(0..30)).await.unwrap();
    let mut busy = limited(store, 1, 4).await;
    let attempts = claim(&mut busy, 4).await.claimed;
    let mut waiting = Waiting::start(store, 10..15, 4).await;
    assert_eq!(waiting.woken(&server).await, [0, 1, 2, 3, 4], "a subscription begins so");
    store.submit(&tasks(30..60)).await.unwrap();
    assert_eq!(waiting.woken(&server).await, NOBODY, "what comes in wakes nobody for what is full");

    // Two end, one of them is tried again.
    let finishes =
        vec![busy.decide(&attempts[0], completed("1")), busy.decide(&attempts[1], failed_expectedly("busy"))];
    let turn = busy.next_turn(finishes, None);
    busy.send(&turn).await;
    let woken = waiting.woken(&server).await;
    assert_eq!(woken.len(), 2);
    busy.send(&turn).await;
    assert_eq!(waiting.woken(&server).await, NOBODY, "a repeated turn frees nothing");
    // The places are taken again, before and by one of them; the other one waits anew.
    let thief = claim(&mut busy, 1).await.claimed;
    assert_eq!(thief.len(), 1);
    let mut taken = 0;
    for n in woken {
        taken += claim(&mut waiting.workers[n].0, 1).await.claimed.len();
    }
    assert_eq!((taken, number(&server, &["HLEN", &key("full:default")])), (1, 4));

    // What the same call takes again wakes nobody.
    let finish = busy.decide(&attempts[2], completed("1"));
    let claims = busy.claim_of(1);
    let turn = busy.next_turn(vec![finish], Some(claims));
    assert_eq!(busy.send(&turn).await.claimed.len(), 1);
    assert_eq!(waiting.woken(&server).await, NOBODY);
    audit::check(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_can_run_what_waits_is_woken_first() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = env.store();
    store.submit(&[task_of(beta(), 0), task_of(beta(), 1)]).await.unwrap();
    let mut busy = limited(store, 1, 1).await;
    let attempts = claim(&mut busy, 1).await.claimed;
    let mut waiting = Waiting::start(store, 10..10, 1).await;
    for n in 10..18u8 {
        let mut worker = limited(store, n, 1).await;
        worker.types.remove(usize::from(n != 15));
        let signals = store.worker_signals(worker.id).await.unwrap();
        assert!(claim(&mut worker, 1).await.parked);
        waiting.workers.push((worker, signals));
    }
    waiting.woken(&server).await;
    busy.finish(&attempts[0], completed("1")).await;
    assert_eq!(waiting.woken(&server).await, [5], "the only one that takes betas");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_is_freed_by_reaping_and_one_is_woken_for_it() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    env.store().submit(&tasks(0..10)).await.unwrap();
    let mut dead = limited(env.store(), 1, 2).await;
    let lost = claim(&mut dead, 5).await.claimed;
    assert_eq!(lost.len(), 2);
    let mut waiting = Waiting::start(env.store(), 10..15, 2).await;
    waiting.woken(&server).await;
    env.advance(LEASE + Duration::from_secs(1)).await;
    assert!(claim(&mut waiting.workers[0].0, 1).await.claimed.is_empty(), "it may run until somebody has decided");
    assert_eq!(scheduler::reap(env.store()).await.len(), 2);
    assert_eq!(waiting.woken(&server).await.len(), 2);
    assert_eq!(claim(&mut waiting.workers[0].0, 5).await.claimed.len(), 2);
    // It comes back late, and knows nothing.
    waiting.woken(&server).await;
    stop(&mut dead, &lost).await;
    assert_eq!(waiting.woken(&server).await, NOBODY);
    assert!(claim(&mut waiting.workers[1].0, 5).await.claimed.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_task_keeps_its_place_until_its_code_has_stopped() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = env.store();
    store.submit(&tasks(0..10)).await.unwrap();
    let mut silent = watched(store, 1, 3).await;
    let attempts = claim(&mut silent, 5).await.claimed;
    assert_eq!(attempts.len(), 3);
    env.advance(SILENCE + Duration::from_secs(1)).await;
    assert_eq!(stall(&env).await, 3);
    let mut waiting = Waiting::start(store, 10..15, 3).await;
    waiting.woken(&server).await;

    stop(&mut silent, &attempts[..1]).await;
    assert_eq!(waiting.woken(&server).await.len(), 1);
    let turn = {
        let mut turn = silent.next_turn(Vec::new(), None);
        turn.stopped = vec![(attempts[0].id, attempts[0].token), (id(9), attempts[1].token)];
        turn
    };
    silent.send(&turn).await;
    silent.send(&turn).await;
    assert_eq!(waiting.woken(&server).await, NOBODY, "a place is given back once");
    let next = claim(&mut waiting.workers[0].0, 5).await.claimed;
    assert_eq!(next.len(), 1);

    // Even if somebody lets it run again, or forgets it, its code may still run; the worker's renewals say so.
    store.forget(&[attempts[2].id]).await.unwrap();
    for _ in 0..3 {
        env.advance(LEASE / 2).await;
        waiting.workers[0].0.renew(&next[0]).await;
        silent.renew(&attempts[1]).await;
        silent.renew(&attempts[2]).await;
        assert!(scheduler::overdue_ids(store).await.is_empty());
        assert!(claim(&mut waiting.workers[1].0, 5).await.claimed.is_empty());
    }
    waiting.woken(&server).await;
    // Its worker is dead from now on.
    env.advance(LEASE / 2).await;
    waiting.workers[0].0.renew(&next[0]).await;
    silent.renew(&attempts[2]).await;
    env.advance(LEASE / 2).await;
    assert!(scheduler::overdue_ids(store).await.is_empty());
    assert_eq!(waiting.woken(&server).await.len(), 1, "the lease of one is over");
    silent.renew(&attempts[1]).await;
    assert_eq!(claim(&mut waiting.workers[1].0, 5).await.claimed.len(), 1, "a place that was given up stays so");
    stop(&mut silent, &attempts).await;
    assert_eq!(claim(&mut waiting.workers[2].0, 5).await.claimed.len(), 1);
    audit::check(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_place_of_a_stalled_task_ends_with_its_lease_before_anybody_has_looked() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    env.store().submit(&tasks(0..10)).await.unwrap();
    let mut silent = watched(env.store(), 1, 2).await;
    assert_eq!(claim(&mut silent, 5).await.claimed.len(), 2);
    env.advance(SILENCE).await;
    assert_eq!(stall(&env).await, 2);
    let mut other = limited(env.store(), 2, 2).await;
    env.advance(LEASE - SILENCE - Duration::from_millis(1)).await;
    assert!(claim(&mut other, 5).await.claimed.is_empty());
    env.advance(Duration::from_millis(1)).await;
    assert_eq!(claim(&mut other, 5).await.claimed.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_stays_of_places_that_are_free() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    env.store().submit(&tasks(0..4)).await.unwrap();
    env.store().submit(&[task_in("other", 4), task_of(beta(), 5)]).await.unwrap();
    let mut worker = watched(env.store(), 1, 4).await;
    worker.queues.push(jobbers_core::store::QueueSlots { queue: "other".to_owned(), ..worker.queues[0].clone() });
    let attempts = worker.claim(10).await;
    assert_eq!(attempts.len(), 5);
    let mut waiting = Waiting::start(env.store(), 10..12, 4).await;
    waiting.woken(&server).await;
    for attempt in &attempts[..3] {
        worker.finish(attempt, completed("1")).await;
    }
    env.advance(SILENCE).await;
    assert_eq!(stall(&env).await, 2);
    let kept = ["running:*", "running_in:*", "stopping:*", "stops", "deadlines", "full:*"];
    let left = |server: &OwnServer| -> Vec<String> {
        kept.iter().flat_map(|pattern| server.server.command(&["KEYS", &key(pattern)])).collect()
    };
    assert!(left(&server).len() >= 6, "{:?}", left(&server));
    stop(&mut worker, &attempts[3..4]).await;
    env.advance(2 * LEASE).await;
    assert!(scheduler::overdue_ids(env.store()).await.is_empty());
    let stay = left(&server);
    assert!(stay.iter().all(|key| key.contains("full:")), "{stay:?}");
    for key in stay {
        assert!(number(&server, &["TTL", &key]) <= 60);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_older_program_started_counts_once_it_was_renewed() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    env.store().submit(&tasks(0..10)).await.unwrap();
    let mut old = Worker::start(env.store(), 1).await;
    let attempts = old.claim(2).await;
    for name in ["running:default", "running_in:alpha@1"] {
        assert_eq!(number(&server, &["DEL", &key(name)]), 1);
    }
    old.renew(&attempts[0]).await;
    let mut new = limited(env.store(), 2, 3).await;
    assert_eq!(claim(&mut new, 5).await.claimed.len(), 1);
    assert_eq!(claim_of_type(&mut new, 5, 4).await.claimed.len(), 0);
    audit::check(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finish_of_what_was_taken_away_frees_nothing_twice() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    env.store().submit(&tasks(0..10)).await.unwrap();
    let mut silent = watched(env.store(), 1, 1).await;
    let attempt = claim(&mut silent, 1).await.claimed.remove(0);
    env.advance(SILENCE).await;
    assert_eq!(stall(&env).await, 1);
    let outcome = silent.finish(&attempt, completed("1")).await;
    assert!(matches!(outcome, MoveOutcome::Stale { .. }));
    stop(&mut silent, std::slice::from_ref(&attempt)).await;
    let mut other = limited(env.store(), 2, 1).await;
    assert_eq!(claim(&mut other, 5).await.claimed.len(), 1);
    stop(&mut silent, &[attempt]).await;
    assert!(claim(&mut other, 5).await.claimed.is_empty());
}
