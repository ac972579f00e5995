use std::time::Duration;

use super::bed::{Bed, Worker, id, slots, stall, task, typed};
use crate::model::{NewTask, When};
use crate::store::{Ahead, Claim, Standing, Statistics as _, TaskStore as _, TypeSlots};

async fn standing(bed: &Bed, number: u128) -> Option<Standing> {
    bed.store().standing(id(number), None).await.unwrap()
}

async fn ahead(bed: &Bed, number: u128) -> Ahead {
    standing(bed, number).await.expect("a waiting task").ahead
}

#[tokio::test]
async fn only_a_task_that_waits_stands_anywhere() {
    let bed = Bed::new().await;
    bed.submit(&[task(1), NewTask { when: When::After(Duration::from_secs(9)), ..task(2) }]).await;
    assert!(standing(&bed, 1).await.is_some());
    Worker::new(bed.store(), 1).claim_one().await;
    for number in 1..=3 {
        assert_eq!(standing(&bed, number).await, None);
    }
}

#[tokio::test]
async fn a_waiting_task_stands_behind_its_lane_better_priorities_and_what_runs() {
    let bed = Bed::new().await;
    let urgent = |number, name| NewTask { priority: 2, ..typed(number, name) };
    let late = |number| NewTask { priority: 9, ..task(number) };
    let elsewhere = |number| NewTask { queue: "other".into(), ..task(number) };
    bed.submit(&[task(1), task(2), task(3), elsewhere(20), elsewhere(21)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let other = crate::store::QueueSlots { queue: "other".into(), free: 1, ..crate::store::QueueSlots::default() };
    assert_eq!(worker.claim_from(other, 1).await.claimed.len(), 1);
    let types = vec![TypeSlots { max_heartbeat_interval: Some(Duration::from_secs(1)), ..slots("echo", 1) }];
    let claim = Claim { types, ..worker.claim_of(1) };
    let silent = worker.turn(Vec::new(), Some(claim)).await.claimed.remove(0);
    worker.claim_one().await;
    bed.submit(&[typed(4, "add"), task(5), urgent(6, "echo"), urgent(7, "word"), urgent(8, "word"), late(9)]).await;
    let expected = Standing {
        ahead: Ahead::Exactly(1),
        of_better_priority: 3,
        types_in_turn: 2,
        running_in_queue: 2,
        running_of_type: 3,
        allowance: None,
    };
    assert_eq!(standing(&bed, 5).await, Some(expected));
    assert_eq!(standing(&bed, 9).await.unwrap().of_better_priority, 6);
    bed.pass(Duration::from_secs(1));
    assert_eq!(stall(bed.store()).await, 1);
    assert_eq!(standing(&bed, 5).await, Some(expected), "its code may still run");
    worker.stopped(&[&silent]).await;
    assert_eq!(standing(&bed, 5).await, Some(Standing { running_in_queue: 1, running_of_type: 2, ..expected }));
}

#[tokio::test]
async fn the_first_thousand_are_counted_and_the_others_estimated() {
    let bed = Bed::new().await;
    let tasks: Vec<NewTask> = (0..4_000).map(task).collect();
    for tasks in tasks.chunks(500) {
        bed.submit(tasks).await;
    }
    for (number, exactly) in [(0, 0), (1, 1), (999, 999)] {
        assert_eq!(ahead(&bed, number).await, Ahead::Exactly(exactly));
    }
    for (number, about) in [(1_000, 1_000), (2_500, 2_500), (3_999, 3_999)] {
        assert_eq!(ahead(&bed, number).await, Ahead::About(about));
    }
    // Holes among the first make the count no worse, and holes behind them, evenly spread, the estimate neither.
    let cancelled: Vec<_> = (0..4_000).filter(|number| number % 4 == 1).map(id).collect();
    for ids in cancelled.chunks(500) {
        bed.store().cancel_all(ids).await.unwrap();
    }
    assert_eq!(ahead(&bed, 1_200).await, Ahead::Exactly(900));
    for number in [1_400_u128, 2_000, 3_000, 3_998] {
        let told = ahead(&bed, number).await;
        assert!(matches!(told, Ahead::About(_)), "{told:?}");
        let right = u64::try_from(number).unwrap() * 3 / 4;
        assert!(told.tasks().abs_diff(right) <= 2, "{told:?} instead of {right}");
    }
}
