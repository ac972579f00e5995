use std::time::Duration;

use super::bed::{Bed, Worker, id, task};
use crate::model::{NewTask, Status, When};
use crate::store::{Promote, TaskStore as _};

fn after(number: u128, seconds: u64) -> NewTask {
    NewTask { when: When::After(Duration::from_secs(seconds)), ..task(number) }
}

fn all(limit: usize) -> Promote {
    Promote { queues: None, limit }
}

#[tokio::test]
async fn due_tasks_are_promoted_in_order_of_their_times() {
    let bed = Bed::new().await;
    bed.submit(&[after(1, 30), after(2, 10), after(3, 20), after(4, 99)]).await;
    let start = bed.now();
    let nothing = bed.store().promote(&all(10)).await.unwrap();
    assert_eq!((nothing.moved, nothing.next_due), (0, Some(start.after(Duration::from_secs(10)))));
    bed.pass(Duration::from_secs(30));
    let some = bed.store().promote(&all(2)).await.unwrap();
    assert_eq!((some.moved, some.next_due), (2, Some(start.after(Duration::from_secs(30)))));
    let rest = bed.store().promote(&all(2)).await.unwrap();
    assert_eq!((rest.moved, rest.next_due), (1, Some(start.after(Duration::from_secs(99)))));
    let claimed = Worker::new(bed.store(), 1).claim(9).await;
    assert_eq!(claimed.iter().map(|task| task.id).collect::<Vec<_>>(), [id(2), id(3), id(1)]);
    let stored = bed.get(4).await;
    assert_eq!((stored.status, stored.run_at), (Status::Scheduled, Some(start.after(Duration::from_secs(99)))));
    assert_eq!(bed.get(1).await.run_at, None);
}

#[tokio::test]
async fn promotion_can_be_limited_to_queues() {
    let bed = Bed::new().await;
    let other = NewTask { queue: "other".into(), ..after(2, 5) };
    let third = NewTask { queue: "third".into(), ..after(3, 1) };
    bed.submit(&[after(1, 10), other, third]).await;
    bed.pass(Duration::from_secs(10));
    let queues = Some(vec!["default".to_owned(), "other".to_owned()]);
    let one = bed.store().promote(&Promote { queues: queues.clone(), limit: 1 }).await.unwrap();
    assert_eq!((one.moved, one.next_due), (1, Some(bed.now())), "the earliest of both first");
    assert_eq!(bed.status(2).await, Status::Submitted);
    let next = bed.store().promote(&Promote { queues: queues.clone(), limit: 500 }).await.unwrap();
    assert_eq!((next.moved, next.next_due), (1, None));
    assert_eq!(bed.status(3).await, Status::Scheduled);
    let none = bed.store().promote(&Promote { queues: Some(Vec::new()), limit: 5 }).await.unwrap();
    assert_eq!((none.moved, none.next_due), (0, None));
}

#[tokio::test]
async fn two_processes_promote_each_task_once() {
    let bed = Bed::new().await;
    let other = bed.open().await;
    bed.submit(&(0..100).map(|number| after(number, 1)).collect::<Vec<_>>()).await;
    bed.pass(Duration::from_secs(1));
    let mut moved = 0;
    for _ in 0..10 {
        let seven = all(7);
        let (one, two) = tokio::join!(bed.store().promote(&seven), other.promote(&seven));
        moved += one.unwrap().moved + two.unwrap().moved;
    }
    assert_eq!(moved, 100);
    assert_eq!(Worker::new(&other, 1).claim(200).await.len(), 100);
}
