//! Tasks that wait in a queue are cancelled, all of them, because someone wants it empty.

use std::time::Duration;

use jobbers_core::model::{NewTask, Status, Task, Timestamp};
use jobbers_core::store::{Moved, Purge, Resubmit, SharedStore, Sweep, Swept};

use super::{get, listed_with, status, submit, submit_all};
use crate::Environment;
use crate::cleaner::{REHEARSAL, WALK};
use crate::life::{Guide, Stage, snapshot};
use crate::sample::{
    alpha, beta, completed, failed_expectedly, failed_for_later, handed_back, id, task, task_after, task_in, task_of,
    tasks,
};
use crate::scheduler;
use crate::worker::Worker;

const SECOND: Duration = Duration::from_secs(1);
/// Pieces that no walk of a scenario has: a store may answer some that are empty.
const MOST_PIECES: usize = 1_000;

fn waiting(before: Timestamp, sweep: Sweep) -> Purge {
    Purge { queue: "default".to_owned(), before, scheduled: false, sweep }
}

/// Walks from the beginning to the end, in pieces; answers how many tasks there were.
async fn walk(store: &SharedStore, mut purge: Purge) -> usize {
    let mut tasks = 0;
    for _ in 0..MOST_PIECES {
        let swept = store.purge(&purge).await.expect("purge");
        let Sweep { limit, rehearsal, .. } = purge.sweep;
        assert!(rehearsal || swept.tasks <= limit, "{} of at most {limit}", swept.tasks);
        tasks += swept.tasks;
        if swept.next.is_none() {
            return tasks;
        }
        purge.sweep.after = swept.next;
    }
    panic!("{purge:?} does not end");
}

/// Purges all that waits now.
async fn purge(env: &Environment) -> usize {
    walk(env.store(), waiting(env.now(), WALK)).await
}

pub async fn a_purge_cancels_what_waits_and_nothing_else(env: &Environment) {
    let mut guide = Guide::start(env.store()).await;
    let all = guide.bring_all().await;
    submit_all(env.store(), &[task_of(beta(), 20), NewTask { priority: 0, ..task(21) }, task_in("other", 22)]).await;
    let before = snapshot(env.store(), 1..=9).await;
    assert_eq!(purge(env).await, 3, "of each type and priority");
    for (found, (id, stage)) in snapshot(env.store(), 1..=9)
        .await
        .into_iter()
        .zip(&all)
        .zip(before)
        .map(|((now, (id, stage)), before)| ((now, before), (*id, *stage)))
    {
        match stage {
            Stage::Waiting => assert_eq!(found.0.map(|task| task.status), Some(Status::Cancelled), "{id}"),
            _ => assert_eq!(found.0, found.1, "{stage:?}"),
        }
    }
    assert_eq!(status(env.store(), id(20)).await, Status::Cancelled);
    assert_eq!(status(env.store(), id(21)).await, Status::Cancelled);
    assert_eq!(listed_with(env.store(), Status::Submitted).await, [id(22)]);
    let nowhere = Purge { queue: "nowhere".to_owned(), ..waiting(env.now(), WALK) };
    assert_eq!(walk(env.store(), nowhere).await, 0);
}

pub async fn a_purged_task_is_shown_listed_counted_and_told(env: &Environment) {
    submit_all(env.store(), &[task(1), task(2), task_after(60, 3), task(4)]).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, failed_expectedly("busy")).await;
    let mut moves = env.store().moves().await.expect("moves");
    env.advance(SECOND).await;
    let (first, third) = (get(env.store(), id(1)).await, get(env.store(), id(3)).await);
    let swept = env.store().purge(&Purge { scheduled: true, ..waiting(env.now(), WALK) }).await.expect("purge");
    assert_eq!(swept.now, env.now());
    let rest = walk(env.store(), Purge { scheduled: true, ..waiting(env.now(), WALK) }).await;
    assert_eq!(swept.tasks + rest, 4);
    let cancelled = |task: Task| Task {
        status: Status::Cancelled,
        ended_at: Some(env.now()),
        waiting_since: None,
        run_at: None,
        ..task
    };
    for expected in [cancelled(first), cancelled(third)] {
        let shown = get(env.store(), expected.id).await;
        assert_eq!(shown, Task { cancel_requested_at: shown.cancel_requested_at, ..expected });
    }
    assert_eq!(get(env.store(), id(1)).await.attempts.len(), 1, "its history stays");
    assert_eq!(listed_with(env.store(), Status::Cancelled).await, [id(1), id(2), id(3), id(4)]);
    assert!(listed_with(env.store(), Status::Submitted).await.is_empty());
    assert!(listed_with(env.store(), Status::Scheduled).await.is_empty());
    let counts = env.store().counts().await.expect("counts");
    assert!(counts.iter().all(|counts| (counts.waiting, counts.scheduled) == (0, 0)), "{counts:?}");
    assert!(env.store().waiting().await.expect("waiting").is_empty());
    let minute = env.now().as_millis() / 60_000;
    let tally = env.store().tallies(minute..=minute).await.expect("tallies").remove(0).tally;
    assert_eq!((tally.cancelled, tally.dropped), (4, 0));
    let told = async { while moves.recv().await != Some(Moved::Task(id(2), Status::Cancelled)) {} };
    tokio::time::timeout(Duration::from_secs(5), told).await.expect("whoever watches is told");
}

pub async fn what_comes_after_the_wish_is_left_alone(env: &Environment) {
    submit_all(env.store(), &[task(1), task_after(60, 2)]).await;
    let wish = env.now();
    env.advance(Duration::from_millis(1)).await;
    submit_all(env.store(), &[task(3), task_after(60, 4)]).await;
    env.advance(SECOND).await;
    let both = Purge { scheduled: true, ..waiting(wish, WALK) };
    assert_eq!(walk(env.store(), both.clone()).await, 2);
    assert_eq!(listed_with(env.store(), Status::Submitted).await, [id(3)]);
    assert_eq!(listed_with(env.store(), Status::Scheduled).await, [id(4)]);
    assert_eq!(walk(env.store(), both).await, 0, "however late it goes on");
}

pub async fn scheduled_tasks_are_purged_only_if_that_is_asked_for(env: &Environment) {
    submit_all(
        env.store(),
        &[task(1), task_after(60, 2), task(3), NewTask { queue: "other".into(), ..task_after(60, 5) }],
    )
    .await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, failed_for_later("busy", 60)).await;
    assert_eq!(purge(env).await, 1);
    assert_eq!(listed_with(env.store(), Status::Scheduled).await, [id(1), id(2), id(5)]);
    let scheduled = Purge { scheduled: true, ..waiting(env.now(), WALK) };
    assert_eq!(walk(env.store(), scheduled).await, 2, "a retry that waits for its time as well");
    assert_eq!(listed_with(env.store(), Status::Scheduled).await, [id(5)]);
    env.advance(Duration::from_secs(61)).await;
    assert_eq!(scheduler::promote(env.store()).await.moved, 1);
    assert_eq!(listed_with(env.store(), Status::Cancelled).await, [id(1), id(2), id(3)]);
}

pub async fn a_rehearsed_purge_counts_and_changes_nothing(env: &Environment) {
    submit_all(env.store(), &tasks(0..30)).await;
    submit_all(env.store(), &(30..50).map(|n| task_after(60, n)).collect::<Vec<_>>()).await;
    let before = snapshot(env.store(), 0..50).await;
    for (scheduled, expected) in [(false, 30), (true, 50)] {
        for limit in [7, 500] {
            let rehearsal = Purge { scheduled, ..waiting(env.now(), Sweep { limit, ..REHEARSAL }) };
            assert_eq!(walk(env.store(), rehearsal).await, expected, "{scheduled} by {limit}");
        }
    }
    assert_eq!(snapshot(env.store(), 0..50).await, before);
    let purge = Purge { scheduled: true, ..waiting(env.now(), Sweep { limit: 7, ..WALK }) };
    assert_eq!(walk(env.store(), purge).await, 50);
}

pub async fn what_was_purged_is_never_claimed(env: &Environment) {
    submit_all(env.store(), &tasks(0..600)).await;
    assert_eq!(purge(env).await, 600);
    env.advance(Duration::from_millis(1)).await;
    submit_all(env.store(), &tasks(600..603)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(claimed, [id(600), id(601), id(602)]);
}

pub async fn a_purged_task_may_be_resubmitted(env: &Environment) {
    submit_all(env.store(), &tasks(0..5)).await;
    let wish = env.now();
    assert_eq!(purge(env).await, 5);
    env.advance(SECOND).await;
    let resubmit = Resubmit { ids: vec![id(1), id(3)], reset_failures: true, only_dead: false, request: [1; 8] };
    env.store().resubmit(&resubmit).await.expect("resubmit");
    assert_eq!(walk(env.store(), waiting(wish, WALK)).await, 0, "they wait since then only");
    assert_eq!(listed_with(env.store(), Status::Submitted).await, [id(1), id(3)]);
    assert_eq!(purge(env).await, 2);
    let resubmit = Resubmit { ids: vec![id(3)], request: [2; 8], ..resubmit };
    env.store().resubmit(&resubmit).await.expect("resubmit");
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| (task.id, task.attempt)).collect();
    assert_eq!(claimed, [(id(3), 1)]);
}

pub async fn tasks_that_came_back_later_are_left_alone_and_hide_none_behind_them(env: &Environment) {
    submit_all(env.store(), &tasks(0..12)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempts = worker.claim(6).await;
    let wish = env.now();
    env.advance(SECOND).await;
    // To the head, and to the tail.
    for attempt in &attempts[..3] {
        worker.finish(attempt, handed_back()).await;
    }
    for attempt in &attempts[3..5] {
        worker.finish(attempt, failed_expectedly("busy")).await;
    }
    worker.finish(&attempts[5], completed("1")).await;
    assert_eq!(walk(env.store(), waiting(wish, Sweep { limit: 2, ..WALK })).await, 6);
    assert_eq!(listed_with(env.store(), Status::Submitted).await, (0..5).map(id).collect::<Vec<_>>());
    assert_eq!(worker.claim_all().await.len(), 5);
}

pub async fn a_purge_of_thousands_ends_and_misses_none(env: &Environment) {
    let of = |n: u64| {
        let task_type = if n.is_multiple_of(3) { beta() } else { alpha() };
        NewTask { priority: u8::try_from(n % 4).expect("small"), ..task_of(task_type, n) }
    };
    submit_all(env.store(), &(0..6_000).map(of).collect::<Vec<_>>()).await;
    let wish = env.now();
    env.advance(Duration::from_millis(1)).await;
    submit_all(env.store(), &(6_000..6_010).map(of).collect::<Vec<_>>()).await;
    assert_eq!(walk(env.store(), waiting(wish, REHEARSAL)).await, 6_000);
    assert_eq!(walk(env.store(), waiting(wish, WALK)).await, 6_000);
    let left: Vec<_> = listed_with(env.store(), Status::Submitted).await;
    assert_eq!(left, (6_000..6_010).map(id).collect::<Vec<_>>());
    assert_eq!(listed_with(env.store(), Status::Cancelled).await.len(), 6_000);
    let waiting = env.store().counts().await.expect("counts").iter().map(|counts| counts.waiting).sum::<u64>();
    assert_eq!(waiting, 10);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 10);
}

pub async fn a_purge_of_thousands_that_are_scheduled_ends_and_misses_none(env: &Environment) {
    submit_all(env.store(), &(0..1_500).map(|n| task_after(60 + n % 7, n)).collect::<Vec<_>>()).await;
    let wish = env.now();
    env.advance(Duration::from_millis(1)).await;
    submit_all(env.store(), &(1_500..1_510).map(|n| task_after(1, n)).collect::<Vec<_>>()).await;
    let all = Purge { scheduled: true, ..waiting(wish, Sweep { limit: 200, ..WALK }) };
    assert_eq!(walk(env.store(), all).await, 1_500);
    assert_eq!(listed_with(env.store(), Status::Scheduled).await, (1_500..1_510).map(id).collect::<Vec<_>>());
}

pub async fn a_purge_that_begins_anew_goes_on_with_what_is_left(env: &Environment) {
    submit_all(env.store(), &tasks(0..20)).await;
    let wish = waiting(env.now(), Sweep { limit: 6, ..WALK });
    let first = env.store().purge(&wish).await.expect("purge");
    assert!(first.tasks <= 6 && first.next.is_some(), "{first:?}");
    // Whoever sent that is gone.
    let rest = walk(&env.other().await, wish.clone()).await;
    assert_eq!(first.tasks + rest, 20);
    let again = walk(env.store(), wish.clone()).await;
    assert_eq!(again, 0);
    let Swept { now, tasks, .. } = env.store().purge(&wish).await.expect("purge");
    assert_eq!((now, tasks), (env.now(), 0));
}

pub async fn tasks_that_change_between_pieces_hide_none_that_did_not(env: &Environment) {
    submit_all(env.store(), &tasks(0..60)).await;
    let mut piece = waiting(env.now(), Sweep { limit: 10, ..WALK });
    let mut worker = Worker::start(env.store(), 1).await;
    let (mut purged, mut claimed) = (0, 0);
    for n in 0..MOST_PIECES as u64 {
        let swept = env.store().purge(&piece).await.expect("purge");
        purged += swept.tasks;
        env.advance(Duration::from_millis(1)).await;
        if n < 3 {
            claimed += worker.claim(4).await.len();
            submit(env.store(), task(1_000 + n)).await;
        }
        piece.sweep.after = swept.next;
        if piece.sweep.after.is_none() {
            break;
        }
    }
    assert_eq!(purged + claimed, 60 + claimed_of_new(env, claimed).await);
    let left = listed_with(env.store(), Status::Submitted).await;
    assert!(left.iter().all(|left| (1_000..1_003).map(id).any(|new| new == *left)), "{left:?}");
}

/// How many of so many claimed tasks had come later.
async fn claimed_of_new(env: &Environment, claimed: usize) -> usize {
    let started = listed_with(env.store(), Status::Started).await;
    assert_eq!(started.len(), claimed);
    started.iter().filter(|started| (1_000..1_003).map(id).any(|new| new == **started)).count()
}

pub async fn a_purge_and_a_claim_at_once_have_one_winner_each(env: &Environment) {
    let other = env.other().await;
    let mut worker = Worker::start(&other, 1).await;
    submit_all(env.store(), &tasks(0..200)).await;
    let wish = waiting(env.now(), Sweep { limit: 10, ..WALK });
    let claiming = async {
        let mut claimed = Vec::new();
        for _ in 0..10 {
            claimed.extend(worker.claim(5).await.into_iter().map(|task| task.id));
        }
        claimed
    };
    let (mut started, purged) = tokio::join!(claiming, walk(env.store(), wish));
    assert_eq!(listed_with(env.store(), Status::Cancelled).await.len(), purged);
    started.sort();
    assert_eq!(listed_with(env.store(), Status::Started).await, started);
    assert_eq!(started.len() + purged, 200, "what waited when it began does not wait any more");
}

pub async fn an_expired_task_is_purged_once(env: &Environment) {
    let expiring = |n| NewTask { expires_at: Some(env.now().after(SECOND)), ..task(n) };
    submit_all(env.store(), &[expiring(1), task(2)]).await;
    env.advance(2 * SECOND).await;
    let purged = purge(env).await;
    let expired = env.store().expire(10).await.expect("expire").moved;
    assert_eq!(purged + expired, 2);
    assert_eq!(listed_with(env.store(), Status::Cancelled).await, [id(1), id(2)]);
}
