use std::time::Duration;

use super::bed::{Bed, LEASE, Worker, completed, failed, finish, id, limited, slots, stall, task, typed, verdict};
use crate::model::{NewTask, Status};
use crate::store::{Claim, ClaimedTask, QueueSlots, Renewed, TaskStore as _, Turn, TypeSlots};

const SECOND: Duration = Duration::from_secs(1);

/// Claims tasks that are silent after five seconds.
async fn claim_silent(worker: &mut Worker, tasks: u32) -> Vec<ClaimedTask> {
    let types = vec![TypeSlots { max_heartbeat_interval: Some(5 * SECOND), ..slots("echo", 500) }];
    let claim = Claim { types, ..worker.claim_of(tasks) };
    worker.turn(Vec::new(), Some(claim)).await.claimed
}

fn of_type(name: &str, total: u32) -> TypeSlots {
    TypeSlots { total: Some(total), ..slots(name, 500) }
}

fn queue(name: &str, total: Option<u32>) -> QueueSlots {
    QueueSlots { queue: name.into(), free: 500, total, rate: None }
}

#[tokio::test]
async fn a_total_counts_what_all_workers_of_all_processes_run() {
    let bed = Bed::new().await;
    let other = bed.open().await;
    bed.submit(&(0..20).map(task).collect::<Vec<_>>()).await;
    let mut one = Worker::new(bed.store(), 1);
    let mut two = Worker::new(&other, 2);
    assert_eq!(one.claim_from(limited(Some(5), None), 2).await.claimed.len(), 2);
    let reply = two.claim_from(limited(Some(5), None), 9).await;
    assert_eq!((reply.claimed.len(), reply.parked, reply.next_slot), (3, true, None));
    let reply = one.claim_from(limited(Some(5), None), 1).await;
    assert_eq!((reply.claimed.len(), reply.parked), (0, true));
    assert_eq!(
        one.claim_from(limited(Some(2), None), 1).await.claimed,
        [],
        "what is above a lowered limit leaves nothing"
    );
    assert_eq!(one.claim_from(limited(Some(0), None), 1).await.claimed, []);
    assert_eq!(one.claim_from(limited(Some(6), None), 9).await.claimed.len(), 1);
    assert_eq!(one.claim_from(limited(None, None), 3).await.claimed.len(), 3);
}

#[tokio::test]
async fn the_total_of_a_type_spans_queues() {
    let bed = Bed::new().await;
    let elsewhere = |number| NewTask { queue: "other".into(), ..task(number) };
    bed.submit(&[task(1), task(2), task(3), elsewhere(4), elsewhere(5), typed(6, "add")]).await;
    let claim = |queues: Vec<QueueSlots>, worker: &Worker| Claim {
        queues,
        types: vec![of_type("echo", 3), slots("add", 500)],
        ..worker.claim_of(9)
    };
    let mut one = Worker::new(bed.store(), 1);
    let mut two = Worker::new(bed.store(), 2);
    let first = Claim { tasks: 2, ..claim(vec![queue("other", None)], &one) };
    assert_eq!(one.turn(Vec::new(), Some(first)).await.claimed.len(), 2);
    let both = claim(vec![queue("default", None), queue("other", None)], &two);
    let claimed = two.turn(Vec::new(), Some(both)).await.claimed;
    let names: Vec<_> = claimed.iter().map(|task| task.task_type.name.as_str()).collect();
    assert_eq!(names.iter().filter(|name| **name == "echo").count(), 1);
    assert!(names.contains(&"add"), "a full type hides no other one: {names:?}");
}

#[tokio::test]
async fn what_a_turn_finishes_is_free_for_its_own_claim() {
    let bed = Bed::new().await;
    bed.submit(&(0..5).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 1);
    let mut held = worker.claim_from(limited(Some(1), None), 5).await.claimed;
    for _ in 1..5 {
        assert_eq!(held.len(), 1);
        let claim =
            Claim { queues: vec![limited(Some(1), None)], types: vec![of_type("echo", 1)], ..worker.claim_of(5) };
        let turn = worker.next_turn(vec![finish(&held[0], completed())], Some(claim));
        let reply = worker.send(&turn).await;
        assert_eq!(worker.send(&turn).await.claimed, reply.claimed, "the same turn once more takes no second place");
        held = reply.claimed;
    }
    assert_eq!(worker.claim_from(limited(Some(1), None), 5).await.claimed, []);
}

#[tokio::test]
async fn a_full_queue_holds_up_no_other_queue() {
    let bed = Bed::new().await;
    bed.submit(&[
        NewTask { priority: 0, ..task(1) },
        task(2),
        NewTask { queue: "other".into(), priority: 9, ..task(3) },
    ])
    .await;
    let mut worker = Worker::new(bed.store(), 1);
    let queues = vec![queue("default", Some(1)), queue("other", Some(9))];
    let claim = Claim { queues, ..worker.claim_of(9) };
    let claimed = worker.turn(Vec::new(), Some(claim)).await.claimed;
    let mut ids: Vec<_> = claimed.iter().map(|task| task.id).collect();
    ids.sort();
    assert_eq!(ids, [id(1), id(3)], "the better priority first, and the other queue all the same");
}

#[tokio::test]
async fn a_stalled_task_keeps_its_place_until_its_worker_says_that_its_code_has_stopped() {
    let bed = Bed::new().await;
    bed.submit(&(1..=4).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 1);
    let mut other = Worker::new(bed.store(), 2);
    let silent = claim_silent(&mut worker, 1).await.remove(0);
    bed.pass(5 * SECOND);
    assert_eq!(stall(bed.store()).await, 1);
    let full = Claim { types: vec![of_type("echo", 1)], ..other.claim_of(1) };
    assert_eq!(other.turn(Vec::new(), Some(full.clone())).await.claimed, []);
    assert_eq!(other.claim_from(limited(Some(1), None), 1).await.claimed, []);
    // Somebody else's word for it counts for nothing.
    let mut guessed: Turn = other.next_turn(Vec::new(), None);
    guessed.stopped = vec![(silent.id, crate::model::Token::from_bytes([9; 8]))];
    other.send(&guessed).await;
    assert_eq!(other.claim_from(limited(Some(1), None), 1).await.claimed, []);
    // In the very turn that says so it is free.
    let mut turn = worker.next_turn(Vec::new(), Some(full));
    turn.stopped = vec![(silent.id, silent.token)];
    let claimed = worker.send(&turn).await.claimed;
    assert_eq!(claimed.len(), 1);
    assert_eq!(worker.send(&turn).await.claimed, claimed);
    worker.stopped(&[&silent]).await;
    assert_eq!(other.claim_from(limited(Some(2), None), 9).await.claimed.len(), 1, "it was counted once");
}

#[tokio::test]
async fn a_stalled_task_keeps_its_place_while_its_lease_is_renewed_and_no_longer() {
    let bed = Bed::new().await;
    bed.submit(&[task(1), task(2)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let mut other = Worker::new(bed.store(), 2);
    let silent = claim_silent(&mut worker, 1).await.remove(0);
    bed.pass(9 * SECOND);
    assert_eq!(stall(bed.store()).await, 1);
    assert_eq!(worker.renew(&[&silent]).await, [Renewed::Taken]);
    bed.pass(LEASE - Duration::from_millis(1));
    assert_eq!(other.claim_from(limited(Some(1), None), 1).await.claimed, [], "the renewal extended it");
    bed.pass(Duration::from_millis(1));
    assert_eq!(other.claim_from(limited(Some(1), None), 1).await.claimed.len(), 1);
    // The worker comes back late: nothing happens to the place that another one has now.
    worker.stopped(&[&silent]).await;
    assert_eq!(worker.claim_from(limited(Some(1), None), 1).await.claimed, []);
    assert_eq!(bed.status(1).await, Status::Stalled);
}

#[tokio::test]
async fn a_place_stays_taken_when_the_stalled_task_is_run_again_or_forgotten() {
    let bed = Bed::new().await;
    bed.submit(&[task(1), task(2)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let silent = claim_silent(&mut worker, 1).await.remove(0);
    bed.pass(5 * SECOND);
    stall(bed.store()).await;
    bed.store().forget(&[id(1)]).await.unwrap();
    assert_eq!(worker.claim_from(limited(Some(1), None), 1).await.claimed, []);
    worker.stopped(&[&silent]).await;
    assert_eq!(worker.claim_from(limited(Some(1), None), 1).await.claimed.len(), 1);
}

#[tokio::test]
async fn every_end_of_an_attempt_frees_its_place() {
    let bed = Bed::new().await;
    bed.submit(&(0..9).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 1);
    let one = || limited(Some(1), None);
    for end in [completed(), failed(), super::bed::retried(Some(9)), super::bed::handed_back()] {
        let claimed = worker.claim_from(one(), 9).await.claimed;
        assert_eq!(claimed.len(), 1);
        worker.finish(&claimed[0], end).await;
    }
    let claimed = worker.claim_from(one(), 9).await.claimed;
    bed.store().cancel(claimed[0].id).await.unwrap();
    assert_eq!(
        worker.claim_from(one(), 9).await.claimed,
        [],
        "a cancelled task keeps its place until its worker confirms"
    );
    worker.finish(&claimed[0], super::bed::stopped()).await;
    assert_eq!(worker.claim_from(one(), 9).await.claimed.len(), 1);
    bed.pass(LEASE);
    assert_eq!(
        worker.claim_from(one(), 9).await.claimed,
        [],
        "a dead worker's task keeps its place until it is reaped"
    );
    let overdue = bed.store().overdue(9).await.unwrap();
    bed.store().reap(&[verdict(&overdue.tasks[0])]).await.unwrap();
    assert_eq!(worker.claim_from(one(), 9).await.claimed.len(), 1);
}
