use super::bed::{Bed, Worker, completed, failed, finish, id, task, typed};
use crate::model::{NewTask, Status, TaskId, WorkerId};
use crate::sql::{open_sqlite, sqlite_options};
use crate::store::sqlite::SqliteStore;
use crate::store::{Cursor, Filter, List, Listed, Lists as _, MAX_EXAMINED, Order, TaskStore as _};

fn of_queue(queue: &str, status: Option<Status>) -> Filter {
    Filter { queue: Some(queue.to_owned()), status, ..Filter::default() }
}

async fn page(store: &SqliteStore, filter: &Filter, after: Option<Cursor>, limit: usize) -> Listed {
    let list = List { filter: filter.clone(), order: Order::NewestFirst, after, limit };
    store.list(&list).await.unwrap()
}

/// All pages of a list, and how many entries they looked at.
async fn pages(store: &SqliteStore, filter: &Filter, limit: usize) -> (Vec<TaskId>, usize) {
    let (mut ids, mut examined, mut after) = (Vec::new(), 0, None);
    loop {
        let page = page(store, filter, after, limit).await;
        assert!(page.examined <= MAX_EXAMINED, "{}", page.examined);
        ids.extend(page.entries.iter().map(|entry| entry.id));
        examined += page.examined;
        after = page.next;
        if after.is_none() {
            return (ids, examined);
        }
    }
}

async fn submit_many(bed: &Bed, tasks: impl Iterator<Item = NewTask>) {
    for batch in tasks.collect::<Vec<_>>().chunks(500) {
        bed.submit(batch).await;
    }
}

async fn end_all(bed: &Bed, number: u8) {
    let mut worker = Worker::new(bed.store(), number);
    let mut claimed = worker.claim(500).await;
    while !claimed.is_empty() {
        let ends = claimed.iter().map(|task| finish(task, completed())).collect();
        let claim = worker.claim_of(500);
        claimed = worker.turn(ends, Some(claim)).await.claimed;
    }
}

/// A queue with a few tasks, behind and before thousands of another.
async fn crowded() -> Bed {
    let bed = Bed::new().await;
    let few = |numbers: std::ops::Range<u128>| numbers.map(|number| NewTask { queue: "few".into(), ..task(number) });
    submit_many(&bed, few(0..3)).await;
    submit_many(&bed, (10..7_010).map(task)).await;
    submit_many(&bed, few(3..5)).await;
    bed
}

#[tokio::test]
async fn a_list_of_one_queue_does_not_walk_through_the_tasks_of_others() {
    let bed = crowded().await;
    for status in [None, Some(Status::Submitted)] {
        let (ids, examined) = pages(bed.store(), &of_queue("few", status), 100).await;
        assert_eq!(ids, [4, 3, 2, 1, 0].map(id));
        assert!(examined < 10, "{examined}");
    }
    bed.store().cancel_all(&[0, 1, 2, 3, 4].map(id)).await.unwrap();
    end_all(&bed, 1).await;
    let (ids, examined) = pages(bed.store(), &of_queue("few", Some(Status::Cancelled)), 2).await;
    assert_eq!(ids, [4, 3, 2, 1, 0].map(id));
    assert!(examined < 20, "{examined}");
    let (ids, examined) = pages(bed.store(), &of_queue("few", Some(Status::Completed)), 2).await;
    assert_eq!((ids.len(), examined), (0, 1));
}

#[tokio::test]
async fn a_list_of_one_task_type_is_put_together_from_its_lanes_in_all_queues() {
    let bed = Bed::new().await;
    let of = |number: u128| {
        let queue = format!("queue-{}", number % 7);
        NewTask { queue, priority: u8::try_from(number % 3).unwrap(), ..typed(number, "report") }
    };
    submit_many(&bed, (0..210).map(of)).await;
    submit_many(&bed, (1_000..3_000).map(task)).await;
    let filter = Filter { name: Some("report".into()), version: Some(1), ..Filter::default() };
    let (ids, examined) = pages(bed.store(), &filter, 40).await;
    assert_eq!(ids, (0..210).rev().map(id).collect::<Vec<_>>());
    assert!(examined < 2_500, "{examined}");
    let other = Filter { version: Some(2), ..filter };
    assert_eq!(pages(bed.store(), &other, 40).await.0, []);
}

#[tokio::test]
async fn a_queue_of_more_lanes_than_can_be_merged_is_listed_as_well() {
    let bed = Bed::new().await;
    submit_many(&bed, (0..130).map(|number| typed(number, &format!("type-{number}")))).await;
    submit_many(&bed, (200..230).map(|number| NewTask { queue: "other".into(), ..task(number) })).await;
    let (ids, _) = pages(bed.store(), &of_queue("default", None), 30).await;
    assert_eq!(ids, (0..130).rev().map(id).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_filter_without_an_index_looks_at_so_many_a_call_and_goes_on() {
    let bed = Bed::new().await;
    submit_many(&bed, (0..11_000).map(task)).await;
    let mut first = Worker::new(bed.store(), 1);
    let claimed = first.claim(3).await;
    let ends = claimed.iter().map(|task| finish(task, completed())).collect();
    first.turn(ends, None).await;
    let filter = Filter { worker: Some(WorkerId::from_bytes([1; 8])), ..Filter::default() };
    let empty = page(bed.store(), &filter, None, 10).await;
    assert_eq!((empty.entries.len(), empty.examined), (0, MAX_EXAMINED));
    assert!(empty.next.is_some());
    let (ids, _) = pages(bed.store(), &filter, 10).await;
    assert_eq!(ids, [2, 1, 0].map(id));
}

#[tokio::test]
async fn the_place_of_the_newest_task_is_not_given_again_once_it_is_gone() {
    let mut bed = Bed::new().await;
    bed.submit(&[task(1), task(2)]).await;
    let newest = page(bed.store(), &Filter::default(), None, 1).await;
    assert_eq!(newest.entries[0].id, id(2));
    bed.store().cancel(id(2)).await.unwrap();
    bed.store().forget(&[id(2)]).await.unwrap();
    bed.close();
    bed.reopen().await;
    // In the very millisecond of the one that is gone.
    bed.submit(&[task(3)]).await;
    let older = page(bed.store(), &Filter::default(), newest.next, 9).await;
    assert_eq!(older.entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), [id(1)]);
    let list = List {
        filter: Filter::default(),
        order: Order::OldestFirst,
        after: Some(newest.entries[0].cursor.clone()),
        limit: 9,
    };
    let newer = bed.store().list(&list).await.unwrap();
    assert_eq!(newer.entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), [id(3)], "behind it, not in its place");
}

#[tokio::test]
async fn a_list_may_begin_at_a_task_or_a_number_and_takes_any_bytes_for_a_place() {
    let bed = Bed::new().await;
    bed.submit(&(1..=9).map(task).collect::<Vec<_>>()).await;
    let from = async |after| {
        let page = page(bed.store(), &Filter::default(), Some(after), 100).await;
        page.entries.iter().map(|entry| entry.id).collect::<Vec<_>>()
    };
    assert_eq!(from(Cursor::Time(bed.now(), id(3))).await, [id(2), id(1)]);
    assert_eq!(from(Cursor::Submission(3)).await, [id(2), id(1)]);
    assert_eq!(from(Cursor::Time(bed.now(), id(77))).await.len(), 9, "better once too often than not at all");
    for bytes in [vec![], vec![1], vec![255; 3], vec![127; 400]] {
        let ids = from(Cursor::Own(bytes.clone())).await;
        assert!(ids.is_empty() || ids.len() == 9, "{bytes:?}: {ids:?}");
    }
}

#[tokio::test]
async fn lists_and_counts_do_not_wait_for_who_writes() {
    let bed = Bed::new().await;
    bed.submit(&[task(1)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim_one().await;
    worker.finish(&claimed, failed()).await;
    let mut db = open_sqlite(&sqlite_options(&bed.path())).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut db).await.unwrap();
    let filter = Filter { status: Some(Status::Failed), ..Filter::default() };
    assert_eq!(pages(bed.store(), &filter, 10).await.0, [id(1)]);
    assert_eq!(bed.store().tasks(&[id(1)], 0).await.unwrap().len(), 1);
    use crate::store::Statistics as _;
    assert_eq!(bed.store().counts().await.unwrap().len(), 1);
    assert_eq!(bed.store().tallies(0..=u64::MAX).await.unwrap().len(), 1);
    sqlx::query("ROLLBACK").execute(&mut db).await.unwrap();
}
