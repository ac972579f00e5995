//! Pages of a list add up, whatever their size and whatever happens between them.

use std::collections::HashSet;
use std::time::Duration;

use jobbers_core::model::{NewTask, Status, TaskId, When};
use jobbers_core::store::{Cursor, Filter, List, MAX_BATCH, MAX_EXAMINED, Order, Resubmit};

use super::{list_all, list_in, submit, submit_all};
use crate::Environment;
use crate::sample::{completed, failed, id, task, task_after, task_in, tasks};
use crate::worker::Worker;

fn of(status: Status) -> Filter {
    Filter { status: Some(status), ..Filter::default() }
}

fn distinct(ids: &[TaskId]) -> HashSet<TaskId> {
    ids.iter().copied().collect()
}

async fn page(
    env: &Environment,
    filter: &Filter,
    order: Order,
    after: Option<Cursor>,
    limit: usize,
) -> (Vec<TaskId>, Option<Cursor>) {
    let list = List { filter: filter.clone(), order, after, limit };
    let listed = env.store().list(&list).await.expect("list");
    assert!(listed.examined <= MAX_EXAMINED && listed.entries.len() <= limit, "{listed:?}");
    (listed.entries.iter().map(|entry| entry.id).collect(), listed.next)
}

/// Cancels in batches.
async fn cancel(env: &Environment, ids: &[TaskId]) {
    for batch in ids.chunks(MAX_BATCH) {
        env.store().cancel_all(batch).await.expect("cancel_all");
    }
}

pub async fn thousands_of_the_same_millisecond_are_listed_once_each(env: &Environment) {
    let all: Vec<_> = (0..3_000).map(id).collect();
    submit_all(env.store(), &tasks(0..3_000)).await;
    for order in [Order::NewestFirst, Order::OldestFirst] {
        for limit in [99, 1_000] {
            let mut listed = list_in(env.store(), &Filter::default(), order, limit).await;
            if order == Order::NewestFirst {
                listed.reverse();
            }
            assert_eq!(listed, all, "{order:?} at {limit} a page");
        }
    }
    cancel(env, &all).await;
    for limit in [97, 1_000] {
        let listed = list_all(env.store(), &of(Status::Cancelled), limit).await;
        assert_eq!(listed.len(), 3_000);
        assert_eq!(distinct(&listed), distinct(&all));
    }
    let scheduled: Vec<_> = (3_000..6_000).map(|n| task_after(60, n)).collect();
    submit_all(env.store(), &scheduled).await;
    let listed = list_all(env.store(), &of(Status::Scheduled), 333).await;
    assert_eq!((listed.len(), distinct(&listed).len()), (3_000, 3_000));
}

pub async fn pages_of_any_size_are_the_same_list(env: &Environment) {
    // Three tasks to a millisecond in two queues, at each of which the pages may part.
    let mut worker = Worker::consuming(env.store(), 1, &["default", "other"], &[crate::sample::alpha()]).await;
    for n in 0..20 {
        submit_all(env.store(), &[task(3 * n), task_in("other", 3 * n + 1), task(3 * n + 2)]).await;
        let attempts = worker.claim_all().await;
        assert_eq!(attempts.len(), 3);
        for (_, attempt) in (n..).zip(&attempts).filter(|(number, _)| number % 3 != 0) {
            worker.finish(attempt, completed("1")).await;
        }
        if n % 2 == 0 {
            env.advance(Duration::from_millis(1)).await;
        }
    }
    for filter in [Filter::default(), of(Status::Completed), of(Status::Started)] {
        for queue in [None, Some("other".to_owned())] {
            let filter = Filter { queue, ..filter.clone() };
            let whole = list_all(env.store(), &filter, 1_000).await;
            assert!(!whole.is_empty());
            for limit in 1..=13 {
                assert_eq!(list_all(env.store(), &filter, limit).await, whole, "{filter:?} at {limit} a page");
            }
        }
    }
}

pub async fn each_entry_is_a_place_to_go_on_from(env: &Environment) {
    submit_all(env.store(), &tasks(0..12)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    for attempt in worker.claim(8).await.iter().take(4) {
        worker.finish(attempt, failed("no")).await;
    }
    submit_all(env.store(), &(20..24).map(|n| task_after(9, n)).collect::<Vec<_>>()).await;
    for status in [None, Some(Status::Submitted), Some(Status::Started), Some(Status::Failed), Some(Status::Scheduled)]
    {
        let filter = Filter { status, ..Filter::default() };
        for order in [Order::NewestFirst, Order::OldestFirst] {
            let whole = List { filter: filter.clone(), order, after: None, limit: 100 };
            let entries = env.store().list(&whole).await.expect("list").entries;
            for (index, entry) in entries.iter().enumerate() {
                let rest = List { after: Some(entry.cursor.clone()), ..whole.clone() };
                let rest = env.store().list(&rest).await.expect("list").entries;
                assert_eq!(rest, entries[index + 1..], "{filter:?} {order:?} behind {index}");
            }
        }
    }
}

pub async fn a_task_that_is_gone_is_still_a_place_to_go_on_from(env: &Environment) {
    submit_all(env.store(), &tasks(0..30)).await;
    cancel(env, &(0..30).map(id).collect::<Vec<_>>()).await;
    for filter in [Filter::default(), of(Status::Cancelled)] {
        let whole = list_all(env.store(), &filter, 100).await;
        let (first, next) = page(env, &filter, Order::NewestFirst, None, 5).await;
        // The place, and its neighbours before and behind.
        let gone: Vec<_> = whole[3..7].to_vec();
        env.store().forget(&gone).await.expect("forget");
        let mut seen = first.clone();
        let mut after = next;
        while let Some(cursor) = after {
            let (more, next) = page(env, &filter, Order::NewestFirst, Some(cursor), 5).await;
            seen.extend(more);
            after = next;
        }
        let expected: Vec<_> = whole.iter().copied().filter(|id| first.contains(id) || !gone.contains(id)).collect();
        assert_eq!(seen, expected, "{filter:?}");
    }
}

pub async fn a_page_that_ended_at_a_task_that_was_submitted_anew_goes_on_there(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    let (first, next) = page(env, &Filter::default(), Order::NewestFirst, None, 5).await;
    assert_eq!(first, [9, 8, 7, 6, 5].map(id));
    env.store().cancel(id(5)).await.expect("cancel");
    env.store().forget(&[id(5)]).await.expect("forget");
    submit(env.store(), task(5)).await;
    let (rest, next) = page(env, &Filter::default(), Order::NewestFirst, next, 50).await;
    assert_eq!((rest, next), ([4, 3, 2, 1, 0].map(id).to_vec(), None));
}

/// Pages through a list while something happens between the pages, and answers what it has seen.
async fn disturbed(
    env: &Environment,
    filter: &Filter,
    order: Order,
    mut disturb: impl AsyncFnMut(usize),
) -> Vec<TaskId> {
    let mut seen = Vec::new();
    let mut after = None;
    for number in 0..1_000 {
        let (more, next) = page(env, filter, order, after, 7).await;
        seen.extend(more);
        if next.is_none() {
            return seen;
        }
        after = next;
        disturb(number).await;
    }
    panic!("{filter:?} has no end");
}

pub async fn submissions_meanwhile_neither_hide_nor_repeat_others(env: &Environment) {
    submit_all(env.store(), &tasks(0..100)).await;
    for status in [None, Some(Status::Submitted)] {
        for order in [Order::NewestFirst, Order::OldestFirst] {
            let before = list_all(env.store(), &Filter::default(), 1_000).await;
            let filter = Filter { status, ..Filter::default() };
            let base = 1_000 * (before.len() as u64);
            let seen = disturbed(env, &filter, order, async |page| {
                if page < 10 {
                    submit(env.store(), task(base + page as u64)).await;
                }
            })
            .await;
            assert_eq!(distinct(&seen).len(), seen.len(), "none comes twice");
            assert!(before.iter().all(|id| seen.contains(id)), "none that was there is missing");
        }
    }
}

pub async fn changes_meanwhile_hide_none_that_did_not_change(env: &Environment) {
    let quiet: Vec<_> = (0..200).filter(|n| n % 2 == 0).map(id).collect();
    submit_all(env.store(), &tasks(0..200)).await;
    let mut odd = (0..200).filter(|n| n % 2 == 1);
    for (filter, order) in [
        (Filter::default(), Order::NewestFirst),
        (Filter::default(), Order::OldestFirst),
        (of(Status::Submitted), Order::NewestFirst),
        (of(Status::Submitted), Order::OldestFirst),
    ] {
        let seen = disturbed(env, &filter, order, async |_| {
            if let Some(n) = odd.next() {
                env.store().cancel(id(n)).await.expect("cancel");
            }
            if let Some(n) = odd.next() {
                env.store().cancel(id(n)).await.expect("cancel");
                env.store().forget(&[id(n)]).await.expect("forget");
            }
        })
        .await;
        let unchanged: Vec<_> = seen.iter().filter(|id| quiet.contains(id)).collect();
        assert_eq!(unchanged.len(), quiet.len(), "{filter:?} {order:?}");
        assert_eq!(distinct(&seen).len(), seen.len(), "{filter:?} {order:?}: none comes twice");
    }
}

pub async fn ends_and_departures_meanwhile_hide_none_that_did_not_change(env: &Environment) {
    submit_all(env.store(), &tasks(0..160)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let mut attempts = worker.claim(160).await;
    let running = attempts.split_off(100);
    for attempt in &attempts {
        worker.finish(attempt, completed("1")).await;
        if attempt.id < id(50) {
            env.advance(Duration::from_millis(1)).await;
        }
    }
    let mut ends = running.iter();
    let mut departures = (0..100).filter(|n| n % 3 == 0);
    let resubmit = |ids, request| Resubmit { ids, reset_failures: true, only_dead: false, request: [request; 8] };
    let seen = disturbed(env, &of(Status::Completed), Order::NewestFirst, async |_| {
        if let Some(attempt) = ends.next() {
            worker.finish(attempt, completed("1")).await;
        }
        if let Some(n) = departures.next() {
            env.store().forget(&[id(n)]).await.expect("forget");
        }
    })
    .await;
    let quiet: Vec<_> = (0..100).filter(|n| n % 3 != 0).map(id).collect();
    assert_eq!(seen.iter().filter(|id| quiet.contains(id)).count(), quiet.len());
    assert_eq!(distinct(&seen).len(), seen.len());

    // Among those that run: some start and some end.
    submit_all(env.store(), &tasks(200..300)).await;
    let left: Vec<_> = ends.collect();
    let still: Vec<_> = left.iter().skip(10).map(|attempt| attempt.id).collect();
    let mut ending = left.iter().take(10);
    let seen = disturbed(env, &of(Status::Started), Order::NewestFirst, async |_| {
        worker.claim_one().await;
        if let Some(attempt) = ending.next() {
            worker.finish(attempt, failed("no")).await;
            let outcome = env.store().resubmit(&resubmit(vec![attempt.id], 1)).await.expect("resubmit");
            assert_eq!(outcome.len(), 1);
        }
    })
    .await;
    assert_eq!(seen.iter().filter(|id| still.contains(id)).count(), still.len());
}

pub async fn renewals_meanwhile_hide_none_that_run(env: &Environment) {
    // Whatever a store finds running tasks by, it is not the end of their leases that they are listed by.
    submit_all(env.store(), &tasks(0..150)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let mut attempts = Vec::new();
    for _ in 0..3 {
        attempts.extend(worker.claim(50).await);
        env.advance(Duration::from_millis(1)).await;
    }
    let mut renewed = attempts.iter().rev();
    let seen = disturbed(env, &of(Status::Started), Order::NewestFirst, async |_| {
        env.advance(Duration::from_millis(100)).await;
        for attempt in renewed.by_ref().take(5) {
            worker.renew(attempt).await;
        }
    })
    .await;
    assert_eq!((seen.len(), distinct(&seen).len()), (150, 150));
    assert_eq!(distinct(&seen[..50]), attempts[100..].iter().map(|attempt| attempt.id).collect());
}

pub async fn thousands_that_run_and_died_in_one_millisecond_are_listed_once_each(env: &Environment) {
    submit_all(env.store(), &tasks(0..2_400)).await;
    let keeps = jobbers_core::model::Policy {
        dead_letter: jobbers_core::model::DeadLetter::Save,
        ..jobbers_core::model::Policy::default()
    };
    let mut worker = Worker::with_policy(env.store(), 1, keeps).await;
    let attempts = worker.claim_all().await;
    assert_eq!(attempts.len(), 2_400);
    for batch in attempts[..1_200].chunks(400) {
        let finishes = batch.iter().map(|attempt| worker.decide(attempt, failed("no"))).collect();
        let turn = worker.next_turn(finishes, None);
        worker.send(&turn).await;
    }
    let dead = Filter { dead: true, ..Filter::default() };
    for (filter, expected) in [(of(Status::Started), 1_200..2_400), (of(Status::Failed), 0..1_200), (dead, 0..1_200)] {
        for limit in [97, 1_000] {
            let listed = list_all(env.store(), &filter, limit).await;
            assert_eq!(listed.len(), 1_200, "{filter:?} at {limit} a page");
            assert_eq!(distinct(&listed), expected.clone().map(id).collect(), "{filter:?} at {limit} a page");
        }
    }
}

pub async fn departures_from_the_schedule_hide_none_that_did_not_change(env: &Environment) {
    let at = |n: u64| NewTask { when: When::After(Duration::from_millis(1_000 + n / 4)), ..task(n) };
    submit_all(env.store(), &(0..200).map(at).collect::<Vec<_>>()).await;
    let mut odd = (0..200).filter(|n| n % 2 == 1);
    let seen = disturbed(env, &of(Status::Scheduled), Order::NewestFirst, async |page| {
        if let Some(n) = odd.next() {
            env.store().hasten(&[id(n)]).await.expect("hasten");
        }
        if let Some(n) = odd.next() {
            env.store().cancel(id(n)).await.expect("cancel");
        }
        submit(env.store(), at(1_000 + page as u64 % 150)).await;
    })
    .await;
    let quiet: Vec<_> = (0..200).filter(|n| n % 2 == 0).map(id).collect();
    assert_eq!(seen.iter().filter(|id| quiet.contains(id)).count(), 100);
    assert_eq!(distinct(&seen).len(), seen.len());
}

pub async fn no_call_looks_at_more_than_it_may(env: &Environment) {
    // What is asked for lies behind thousands of others, and among them.
    submit_all(env.store(), &tasks(0..3)).await;
    let others: Vec<_> = (10..6_010).map(|n| task_in("another", n)).collect();
    submit_all(env.store(), &others).await;
    submit_all(env.store(), &tasks(7_000..7_002)).await;
    let wanted = Filter { queue: Some("default".to_owned()), ..Filter::default() };
    let newest = [7_001, 7_000, 2, 1, 0].map(id);
    for status in [None, Some(Status::Submitted)] {
        let filter = Filter { status, ..wanted.clone() };
        // It checks each page.
        assert_eq!(list_all(env.store(), &filter, 1_000).await, newest, "{filter:?}");
        assert_eq!(list_all(env.store(), &filter, 1).await, newest, "{filter:?}");
    }
    cancel(env, &others.iter().map(|task| task.id).collect::<Vec<_>>()).await;
    cancel(env, &newest).await;
    let mut ended = list_all(env.store(), &Filter { status: Some(Status::Cancelled), ..wanted.clone() }, 2).await;
    ended.sort();
    assert_eq!(ended, [0, 1, 2, 7_000, 7_001].map(id));
    let alphas = Filter { name: Some("beta".to_owned()), status: Some(Status::Cancelled), ..Filter::default() };
    assert!(list_all(env.store(), &alphas, 1_000).await.is_empty());
    let nobody = Filter { worker: Some(crate::sample::worker_id(9)), ..Filter::default() };
    assert!(list_all(env.store(), &nobody, 1_000).await.is_empty());
}

pub async fn many_queues_and_types_do_not_make_a_call_look_at_more_than_it_may(env: &Environment) {
    let many: Vec<_> = (0..3_000)
        .map(|n| NewTask {
            queue: format!("queue-{}", n % 1_000),
            task_type: jobbers_core::model::TaskType::new(format!("type-{n}"), 1),
            ..task(n)
        })
        .collect();
    submit_all(env.store(), &many).await;
    let ids: Vec<_> = (0..3_000).map(id).collect();
    cancel(env, &ids).await;
    let listed = list_all(env.store(), &of(Status::Cancelled), 500).await;
    assert_eq!((listed.len(), distinct(&listed).len()), (3_000, 3_000));
    let one = Filter { name: Some("type-77".to_owned()), status: Some(Status::Cancelled), ..Filter::default() };
    assert_eq!(list_all(env.store(), &one, 500).await, [id(77)]);
}
