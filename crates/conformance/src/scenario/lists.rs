//! Which tasks a list has, and in what order.

use std::time::Duration;

use jobbers_core::model::{NewTask, Status, Task, TaskId, TaskType, Timestamp, When};
use jobbers_core::store::{Filter, List, MAX_LISTED, Order, Resubmit};

use super::{dead_letters, get, list_all, list_in, submit, submit_all};
use crate::Environment;
use crate::life::{Guide, Stage};
use crate::sample::{alpha, beta, completed, failed, id, task, task_after, task_in, task_of, tasks, worker_id};
use crate::scheduler;
use crate::worker::Worker;

fn of(status: Status) -> Filter {
    Filter { status: Some(status), ..Filter::default() }
}

/// Tasks of several queues and types at every stage, each at a time of its own.
async fn colourful(env: &Environment) -> Vec<(Task, Stage)> {
    let mut guide = Guide::start(env.store()).await;
    let mut tasks = Vec::new();
    let mut n = 0;
    for stage in Stage::ALL {
        for queue in ["default", "re:ports", "default%3Aalpha@1"] {
            for task_type in [alpha(), TaskType::new("alpha", 2), TaskType::new("al:pha%", 1)] {
                n += 1;
                env.advance(Duration::from_millis(10)).await;
                let new = NewTask { queue: queue.to_owned(), ..task_of(task_type, n) };
                let id = guide.bring_task(new, stage).await;
                tasks.push((get(env.store(), id).await, stage));
            }
        }
    }
    tasks
}

/// What a list must have, from the tasks themselves.
fn expected(tasks: &[(Task, Stage)], filter: &Filter) -> Vec<TaskId> {
    let mut wanted: Vec<_> = tasks
        .iter()
        .filter(|(task, stage)| filter.admits(task) && (!filter.dead || *stage == Stage::DeadLetter))
        .map(|(task, _)| (filter.time(task), task.id))
        .collect();
    wanted.sort();
    if filter.wanted_status() != Some(Status::Scheduled) {
        wanted.reverse();
    }
    wanted.into_iter().map(|(_, id)| id).collect()
}

pub async fn every_combination_of_filters_lists_what_it_should(env: &Environment) {
    let tasks = colourful(env).await;
    let statuses: Vec<_> = Status::ALL.into_iter().map(Some).chain([None]).collect();
    for status in statuses {
        for dead in [false, true] {
            if dead && status.is_some() {
                continue;
            }
            for queue in [None, Some("re:ports"), Some("default%3Aalpha@1"), Some("unknown")] {
                for (name, version) in [
                    (None, None),
                    (Some("alpha"), None),
                    (Some("alpha"), Some(2)),
                    (None, Some(1)),
                    (Some("al:pha%"), Some(1)),
                ] {
                    for worker in [None, Some(worker_id(200)), Some(worker_id(99))] {
                        let filter = Filter {
                            status,
                            dead,
                            queue: queue.map(str::to_owned),
                            name: name.map(str::to_owned),
                            version,
                            worker,
                            ..Filter::default()
                        };
                        let listed = list_all(env.store(), &filter, 7).await;
                        assert_eq!(listed, expected(&tasks, &filter), "{filter:?}");
                    }
                }
            }
        }
    }
}

pub async fn since_is_inclusive_and_until_exclusive(env: &Environment) {
    let tasks = colourful(env).await;
    for status in Status::ALL.into_iter().map(Some).chain([None]) {
        for dead in [false, true] {
            let whole = Filter { status, dead, ..Filter::default() };
            let all = expected(&tasks, &whole);
            let times: Vec<_> = all
                .iter()
                .filter_map(|id| whole.time(&tasks.iter().find(|(task, _)| task.id == *id).expect("listed").0))
                .collect();
            let (Some(&first), Some(&middle), Some(&last)) = (times.first(), times.get(times.len() / 2), times.last())
            else {
                continue;
            };
            let after = |time: Timestamp| Timestamp::from_millis(time.as_millis() + 1);
            let bounds = [
                (Some(middle), None),
                (None, Some(middle)),
                (Some(middle), Some(after(middle))),
                (Some(first.min(last)), Some(first.max(last))),
                (Some(after(middle)), Some(middle)),
                (Some(Timestamp::MAX), None),
                (None, Some(Timestamp::from_millis(0))),
            ];
            for (since, until) in bounds {
                for queue in [None, Some("re:ports".to_owned())] {
                    let filter = Filter { since, until, queue, ..whole.clone() };
                    let listed = list_all(env.store(), &filter, 4).await;
                    assert_eq!(listed, expected(&tasks, &filter), "{filter:?}");
                }
            }
        }
    }
}

pub async fn bounds_are_about_the_time_of_the_list(env: &Environment) {
    // Submitted at 0, 1 and 2 seconds, ended at 10, 11 and 12, each in its own words and not in those of a filter.
    let start = env.now();
    let at = |seconds| Some(start.after(Duration::from_secs(seconds)));
    for n in 0..3 {
        submit(env.store(), task(n)).await;
        env.advance(Duration::from_secs(1)).await;
    }
    env.advance(Duration::from_secs(7)).await;
    for n in 0..3 {
        env.store().cancel(id(n)).await.expect("cancel");
        env.advance(Duration::from_secs(1)).await;
    }
    let list = async |status, since, until| {
        let filter = Filter { status, since, until, ..Filter::default() };
        list_all(env.store(), &filter, 2).await
    };
    assert_eq!(list(None, at(1), None).await, [2, 1].map(id), "since is inclusive");
    assert_eq!(list(None, None, at(1)).await, [0].map(id), "until is exclusive");
    assert_eq!(list(None, at(1), at(2)).await, [1].map(id));
    let cancelled = Some(Status::Cancelled);
    assert_eq!(list(cancelled, None, at(2)).await, []);
    assert_eq!(list(cancelled, at(11), None).await, [2, 1].map(id));
    assert_eq!(list(cancelled, at(10), at(12)).await, [1, 0].map(id));
}

pub async fn an_empty_store_lists_nothing(env: &Environment) {
    for status in Status::ALL.into_iter().map(Some).chain([None]) {
        let filter = Filter { status, ..Filter::default() };
        assert!(list_all(env.store(), &filter, 10).await.is_empty());
    }
    assert!(dead_letters(env.store()).await.is_empty());
}

pub async fn lists_by_submission_have_both_orders(env: &Environment) {
    // Some in one call, some in one millisecond, some later; some run meanwhile.
    submit_all(env.store(), &tasks([5, 3, 9])).await;
    submit_all(env.store(), &tasks([1, 8])).await;
    env.advance(Duration::from_secs(1)).await;
    submit_all(env.store(), &[task(7), task_after(5, 2), task(4)]).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.claim(2).await;
    let submitted = [5, 3, 9, 1, 8, 7, 2, 4].map(id);
    let newest: Vec<_> = submitted.iter().rev().copied().collect();
    let any = Filter::default();
    for limit in [1, 3, 100] {
        assert_eq!(list_in(env.store(), &any, Order::OldestFirst, limit).await, submitted);
        assert_eq!(list_in(env.store(), &any, Order::NewestFirst, limit).await, newest);
        let waiting = of(Status::Submitted);
        assert_eq!(list_in(env.store(), &waiting, Order::OldestFirst, limit).await, [9, 1, 8, 7, 4].map(id));
        assert_eq!(list_in(env.store(), &waiting, Order::NewestFirst, limit).await, [4, 7, 8, 1, 9].map(id));
    }
}

pub async fn lists_go_by_the_time_that_they_are_about(env: &Environment) {
    submit_all(env.store(), &[task_after(30, 1), task_after(10, 2), task_after(20, 3)]).await;
    submit_all(env.store(), &tasks(4..10)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let mut attempts = Vec::new();
    for _ in 0..6 {
        env.advance(Duration::from_millis(5)).await;
        attempts.push(worker.claim_one().await);
    }
    for (index, attempt) in [2, 0, 1].into_iter().zip([completed("1"), completed("2"), completed("3")]) {
        env.advance(Duration::from_millis(5)).await;
        worker.finish(&attempts[index], attempt).await;
    }
    for status in [Order::NewestFirst, Order::OldestFirst] {
        let list = async |filter: Filter| list_in(env.store(), &filter, status, 2).await;
        assert_eq!(list(of(Status::Scheduled)).await, [2, 3, 1].map(id), "soonest first");
        assert_eq!(list(of(Status::Started)).await, [9, 8, 7].map(id), "the last to start first");
        assert_eq!(list(of(Status::Completed)).await, [5, 4, 6].map(id), "the last to end first");
    }
}

pub async fn dead_letters_are_listed_as_failed_as_well(env: &Environment) {
    let mut guide = Guide::start(env.store()).await;
    for (n, stage) in [(1, Stage::DeadLetter), (2, Stage::Failed), (3, Stage::DeadLetter), (4, Stage::Failed)] {
        guide.bring(n, stage).await;
        env.advance(Duration::from_secs(1)).await;
    }
    assert_eq!(list_all(env.store(), &of(Status::Failed), 3).await, [4, 3, 2, 1].map(id));
    let dead = Filter { dead: true, ..Filter::default() };
    assert_eq!(list_all(env.store(), &dead, 1).await, [3, 1].map(id));
    // Whatever status is asked for beside it.
    let odd = Filter { status: Some(Status::Completed), ..dead };
    assert_eq!(list_all(env.store(), &odd, 10).await, [3, 1].map(id));
}

pub async fn a_task_is_listed_where_it_is_and_nowhere_else(env: &Environment) {
    submit(env.store(), task_after(10, 1)).await;
    let statuses = async || {
        let mut found = Vec::new();
        for status in Status::ALL {
            if !list_all(env.store(), &of(status), 10).await.is_empty() {
                found.push(status);
            }
        }
        assert_eq!(list_all(env.store(), &Filter::default(), 10).await, [id(1)]);
        found
    };
    assert_eq!(statuses().await, [Status::Scheduled]);
    env.advance(Duration::from_secs(10)).await;
    scheduler::promote(env.store()).await;
    assert_eq!(statuses().await, [Status::Submitted]);
    let mut worker = Worker::start(env.store(), 1).await;
    worker.claim_one().await;
    assert_eq!(statuses().await, [Status::Started]);
    env.advance(Duration::from_secs(11)).await;
    scheduler::reap(env.store()).await;
    assert_eq!(statuses().await, [Status::Submitted]);
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, crate::sample::failed_for_later("busy", 5)).await;
    assert_eq!(statuses().await, [Status::Scheduled]);
    env.store().hasten(&[id(1)]).await.expect("hasten");
    assert_eq!(statuses().await, [Status::Submitted]);
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, failed("no")).await;
    assert_eq!(statuses().await, [Status::Failed]);
    let resubmit = Resubmit { ids: vec![id(1)], reset_failures: true, only_dead: false, request: [1; 8] };
    env.store().resubmit(&resubmit).await.expect("resubmit");
    assert_eq!(statuses().await, [Status::Submitted]);
    env.store().cancel(id(1)).await.expect("cancel");
    assert_eq!(statuses().await, [Status::Cancelled]);
}

pub async fn an_id_that_was_forgotten_and_submitted_anew_is_listed_once(env: &Environment) {
    // All in the same millisecond.
    for _ in 0..3 {
        submit_all(env.store(), &tasks(1..4)).await;
        env.store().cancel_all(&[id(1), id(2)]).await.expect("cancel_all");
        env.store().forget(&[id(1), id(2)]).await.expect("forget");
        submit_all(env.store(), &tasks([2, 1])).await;
        for limit in [1, 2, 10] {
            let oldest = list_in(env.store(), &Filter::default(), Order::OldestFirst, limit).await;
            assert_eq!(oldest, [3, 2, 1].map(id), "at its new place, at {limit} a page");
            let newest = list_in(env.store(), &Filter::default(), Order::NewestFirst, limit).await;
            assert_eq!(newest, [1, 2, 3].map(id), "at its new place, at {limit} a page");
            assert_eq!(list_all(env.store(), &of(Status::Submitted), limit).await, [1, 2, 3].map(id));
            assert!(list_all(env.store(), &of(Status::Cancelled), limit).await.is_empty());
        }
        env.store().cancel_all(&[id(1), id(2), id(3)]).await.expect("cancel_all");
        env.store().forget(&[id(1), id(2), id(3)]).await.expect("forget");
    }
}

pub async fn a_resubmitted_task_keeps_its_place_among_all(env: &Environment) {
    submit_all(env.store(), &tasks(1..4)).await;
    env.store().cancel(id(2)).await.expect("cancel");
    env.advance(Duration::from_secs(7200)).await;
    let resubmit = Resubmit { ids: vec![id(2)], reset_failures: true, only_dead: false, request: [1; 8] };
    env.store().resubmit(&resubmit).await.expect("resubmit");
    assert_eq!(list_all(env.store(), &Filter::default(), 2).await, [3, 2, 1].map(id));
    assert_eq!(list_all(env.store(), &of(Status::Submitted), 2).await, [3, 2, 1].map(id));
}

pub async fn submissions_of_many_hours_are_listed_in_order(env: &Environment) {
    let mut all = Vec::new();
    for n in 0..40 {
        submit(env.store(), task(n)).await;
        all.push(id(n));
        let gap = if n % 5 == 4 { 30 * 3600 } else { 1200 };
        env.advance(Duration::from_secs(gap)).await;
    }
    assert_eq!(list_in(env.store(), &Filter::default(), Order::OldestFirst, 3).await, all);
    // Only what is left when most hours have lost all their tasks.
    let ended: Vec<_> = (0..40).filter(|n| n % 7 != 3).map(id).collect();
    env.store().cancel_all(&ended).await.expect("cancel_all");
    env.store().forget(&ended).await.expect("forget");
    let left: Vec<_> = (0..40).filter(|n| n % 7 == 3).map(id).collect();
    assert_eq!(list_in(env.store(), &Filter::default(), Order::OldestFirst, 3).await, left);
    let newest: Vec<_> = left.iter().rev().copied().collect();
    assert_eq!(list_all(env.store(), &Filter::default(), 3).await, newest);
}

pub async fn awkward_names_do_not_collide_in_lists(env: &Environment) {
    let names = ["a", "a:b", "a%3Ab", "a%b", "a@1", "a@", ":", "%", "@", "é", "a b"];
    let mut n = 0;
    for queue in names {
        for name in names {
            n += 1;
            submit(env.store(), NewTask { queue: queue.to_owned(), ..task_of(TaskType::new(name, 1), n) }).await;
        }
    }
    let ids: Vec<_> = (1..=n).map(id).collect();
    env.store().cancel_all(&ids).await.expect("cancel_all");
    for (q, queue) in (0..).zip(names) {
        for (t, name) in (0..).zip(names) {
            for status in [None, Some(Status::Cancelled)] {
                let filter = Filter {
                    status,
                    queue: Some(queue.to_owned()),
                    name: Some(name.to_owned()),
                    version: Some(1),
                    ..Filter::default()
                };
                let listed = list_all(env.store(), &filter, 5).await;
                assert_eq!(listed, [id(q * 11 + t + 1)], "{filter:?}");
            }
        }
    }
}

pub async fn who_has_a_task_can_be_asked_for(env: &Environment) {
    submit_all(env.store(), &tasks(1..6)).await;
    let mut one = Worker::start(env.store(), 1).await;
    let mut two = Worker::start(env.store(), 2).await;
    one.claim(2).await;
    let attempts = two.claim(2).await;
    two.finish(&attempts[0], completed("1")).await;
    let of_worker = |status, n| Filter { status, worker: Some(worker_id(n)), ..Filter::default() };
    let started = Some(Status::Started);
    let mut ones = list_all(env.store(), &of_worker(started, 1), 10).await;
    ones.sort();
    assert_eq!(ones, [id(1), id(2)]);
    assert_eq!(list_all(env.store(), &of_worker(started, 2), 10).await, [id(4)]);
    assert_eq!(list_all(env.store(), &of_worker(None, 2), 10).await, [id(4), id(3)], "had it last");
    assert!(list_all(env.store(), &of_worker(started, 3), 10).await.is_empty());
    // A task of a dead worker is whose it is now.
    env.advance(Duration::from_secs(11)).await;
    scheduler::reap(env.store()).await;
    assert_eq!(two.claim_all().await.len(), 4);
    assert!(list_all(env.store(), &of_worker(started, 1), 10).await.is_empty());
    assert_eq!(list_all(env.store(), &of_worker(started, 2), 10).await.len(), 4);
}

pub async fn a_page_has_no_more_than_was_asked_for(env: &Environment) {
    let all: Vec<_> = (0..1_500).map(|n| task_in(if n % 2 == 0 { "even" } else { "odd" }, n)).collect();
    submit_all(env.store(), &all).await;
    for status in [None, Some(Status::Submitted)] {
        let list = |limit| List {
            filter: Filter { status, ..Filter::default() },
            order: Order::NewestFirst,
            after: None,
            limit,
        };
        let page = env.store().list(&list(1)).await.expect("list");
        assert_eq!(page.entries.len(), 1);
        assert!(page.next.is_some() && page.examined >= 1);
        let page = env.store().list(&list(MAX_LISTED)).await.expect("list");
        assert_eq!(page.entries.len(), MAX_LISTED, "nothing stands in the way of a full page");
        assert_eq!(page.entries[0].id, id(1_499));
        assert!(page.next.is_some());
    }
    for limit in [1, 7, MAX_LISTED] {
        let odd = Filter { queue: Some("odd".to_owned()), ..Filter::default() };
        let listed = list_in(env.store(), &odd, Order::OldestFirst, limit).await;
        assert_eq!(listed, (0..750).map(|n| id(2 * n + 1)).collect::<Vec<_>>());
    }
}

pub async fn scheduled_retries_are_listed_by_their_due_time(env: &Environment) {
    submit_all(env.store(), &[task_after(20, 1), NewTask { task_type: beta(), ..task_after(40, 2) }]).await;
    submit(env.store(), task(3)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, crate::sample::failed_for_later("busy", 30)).await;
    submit(env.store(), NewTask { when: When::At(env.now().after(Duration::from_secs(10))), ..task(4) }).await;
    assert_eq!(list_all(env.store(), &of(Status::Scheduled), 1).await, [4, 1, 3, 2].map(id));
}
