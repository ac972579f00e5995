use super::bed::{Bed, LEASE, Worker, completed, finish, handed_back, id, register, retried, slots, task, typed};
use crate::model::{NewTask, Policy, Status, Token};
use crate::store::{Claim, QueueSlots, TaskStore as _};

fn numbers(claimed: &[crate::store::ClaimedTask]) -> Vec<u128> {
    let low = |id: crate::model::TaskId| u128::from_be_bytes(id.to_bytes()) & 0xffff;
    claimed.iter().map(|task| low(task.id)).collect()
}

#[tokio::test]
async fn a_claimed_task_is_started_under_a_fresh_token() {
    let bed = Bed::new().await;
    register(bed.store(), &["echo"]).await;
    bed.submit(&[task(1), task(2)]).await;
    let mut worker = Worker::new(bed.store(), 7);
    let claim = worker.claim_of(5);
    let reply = worker.turn(Vec::new(), Some(claim)).await;
    assert!(reply.parked, "it got less than it asked for");
    assert_eq!(numbers(&reply.claimed), [1, 2]);
    assert_eq!(reply.claimed[1].token, Token::from_bytes([7, 0, 0, 0, 0, 1, 0, 1]));
    let claimed = &reply.claimed[0];
    assert_eq!((claimed.attempt, claimed.failures, claimed.lost), (1, 0, 0));
    assert_eq!((&claimed.parameters, claimed.started_at), (&task(1).parameters, bed.now()));
    let stored = bed.get(1).await;
    assert_eq!((stored.status, stored.attempt, stored.worker), (Status::Started, 1, Some(worker.id)));
    assert_eq!((stored.started_at, stored.policy), (Some(bed.now()), Some(Policy::default())));
}

#[tokio::test]
async fn priorities_go_before_order_and_order_is_that_of_submission() {
    let bed = Bed::new().await;
    let urgent = NewTask { priority: 0, ..task(3) };
    let last = NewTask { priority: 9, ..task(4) };
    bed.submit(&[last, task(1), task(2), urgent]).await;
    let mut worker = Worker::new(bed.store(), 1);
    assert_eq!(numbers(&worker.claim(4).await), [3, 1, 2, 4]);
}

#[tokio::test]
async fn a_retry_goes_to_the_tail_and_a_task_handed_back_to_the_head() {
    let bed = Bed::new().await;
    bed.submit(&[task(1), task(2), task(3), task(4)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim(3).await;
    let ends = vec![
        finish(&claimed[0], retried(None)),
        finish(&claimed[1], handed_back()),
        finish(&claimed[2], handed_back()),
    ];
    let claim = worker.claim_of(9);
    let reply = worker.turn(ends, Some(claim)).await;
    assert_eq!(numbers(&reply.claimed), [2, 3, 4, 1]);
    assert_eq!(reply.claimed[3].failures, 1);
    assert_eq!((reply.claimed[0].failures, reply.claimed[0].attempt), (0, 2));
}

#[tokio::test]
async fn a_claim_never_exceeds_slots_and_a_full_type_hides_nobody() {
    let bed = Bed::new().await;
    let mut tasks: Vec<NewTask> = (0..100).map(task).collect();
    tasks.push(NewTask { priority: 9, ..typed(200, "rare") });
    tasks.push(NewTask { queue: "other".into(), ..task(300) });
    bed.submit(&tasks).await;
    let mut worker = Worker::new(bed.store(), 1);
    let queue = |name: &str, free| QueueSlots { queue: name.into(), free, ..QueueSlots::default() };
    let claim = Claim {
        tasks: 50,
        queues: vec![queue("default", 10), queue("other", 10)],
        types: vec![slots("echo", 2), slots("rare", 5)],
        token_seed: [0; 6],
    };
    let claimed = worker.turn(Vec::new(), Some(claim.clone())).await.claimed;
    let mut got = numbers(&claimed);
    got.sort_unstable();
    assert_eq!(got, [0, 200, 300], "two of echo over both queues, and the rare one behind them");
    let narrow = Claim { queues: vec![queue("default", 3)], types: vec![slots("echo", 9)], ..claim };
    assert_eq!(worker.turn(Vec::new(), Some(narrow)).await.claimed.len(), 3);
}

#[tokio::test]
async fn types_and_queues_take_fair_turns() {
    let bed = Bed::new().await;
    let mut tasks = Vec::new();
    for number in 0..100 {
        tasks.push(typed(number, "a"));
        tasks.push(NewTask { queue: "other".into(), ..typed(1_000 + number, "a") });
    }
    tasks.extend((200..204).map(|number| typed(number, "b")));
    bed.submit(&tasks).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claim = Claim {
        tasks: 8,
        queues: ["default", "other"]
            .map(|queue| QueueSlots { queue: queue.into(), free: 99, ..QueueSlots::default() })
            .into(),
        types: vec![slots("a", 99), slots("b", 99)],
        token_seed: [0; 6],
    };
    let claimed = worker.turn(Vec::new(), Some(claim.clone())).await.claimed;
    assert_eq!(claimed.iter().filter(|task| task.queue == "other").count(), 4);
    assert_eq!(claimed.iter().filter(|task| task.task_type.name == "b").count(), 2);
    let one = Claim { tasks: 1, ..claim };
    let mut seen = std::collections::HashSet::new();
    for _ in 0..4 {
        let claimed = worker.turn(Vec::new(), Some(one.clone())).await.claimed;
        seen.insert((claimed[0].queue.clone(), claimed[0].task_type.name.clone()));
    }
    assert_eq!(seen.len(), 3, "one task at a time reaches every type of every queue: {seen:?}");
}

#[tokio::test]
async fn a_worker_takes_only_what_it_knows() {
    let bed = Bed::new().await;
    bed.submit(&[typed(1, "unknown"), NewTask { queue: "elsewhere".into(), ..task(2) }]).await;
    let mut worker = Worker::new(bed.store(), 1);
    assert!(worker.claim(5).await.is_empty());
    assert_eq!(bed.status(1).await, Status::Submitted);
}

#[tokio::test]
async fn two_processes_never_claim_the_same_task() {
    let bed = Bed::new().await;
    let other = bed.open().await;
    let tasks: Vec<NewTask> = (0..300).map(task).collect();
    bed.submit(&tasks).await;
    let mut one = Worker::new(bed.store(), 1);
    let mut two = Worker::new(&other, 2);
    let mut all = Vec::new();
    for _ in 0..30 {
        let (mine, yours) = tokio::join!(one.claim(7), two.claim(7));
        all.extend(numbers(&mine));
        all.extend(numbers(&yours));
    }
    all.sort_unstable();
    assert_eq!(all, (0..300).collect::<Vec<u128>>());
}

#[tokio::test]
async fn counts_of_lanes_stay_exact() {
    let bed = Bed::new().await;
    bed.submit(&(0..20).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim(5).await;
    worker.finish(&claimed[0], completed()).await;
    worker.finish(&claimed[1], retried(None)).await;
    worker.finish(&claimed[2], retried(Some(30))).await;
    worker.finish(&claimed[3], handed_back()).await;
    bed.store().cancel(id(10)).await.unwrap();
    bed.pass(LEASE + LEASE);
    let overdue = bed.store().overdue(10).await.unwrap();
    bed.store().reap(&[super::bed::verdict(&overdue.tasks[0])]).await.unwrap();
    let mut db = bed.store().reader("test").await.unwrap();
    let row: (i64, i64) =
        sqlx::query_as("SELECT (SELECT sum(waiting) FROM lanes), (SELECT count(*) FROM tasks WHERE status = 'W')")
            .fetch_one(&mut *db)
            .await
            .unwrap();
    assert_eq!(row, (17, 17));
}
