//! Ended tasks that are forgotten because they are old.

use std::time::Duration;

use jobbers_core::model::{DeadLetter, NewTask, Policy, Status, TaskId};
use jobbers_core::store::{
    AgainOutcome, CancelOutcome, DropWaiting, Filter, Finish, ForgetOutcome, Moved, Prunable, Prune, Resubmit, Sweep,
    Swept,
};

use super::{dead_letters, get, list_all, listed_with, status, submit, submit_all};
use crate::Environment;
use crate::cleaner::{self, REHEARSAL, WALK};
use crate::life::{Guide, Stage, snapshot};
use crate::sample::{alpha, completed, failed, id, task, tasks};
use crate::worker::Worker;

const MINUTE: Duration = Duration::from_secs(60);

/// Stores these tasks and lets them become dead letters.
async fn bury(env: &Environment, numbers: std::ops::Range<u64>) {
    submit_all(env.store(), &tasks(numbers.clone())).await;
    let policy = Policy { dead_letter: DeadLetter::Save, ..Policy::default() };
    let mut worker = Worker::with_policy(env.store(), 100, policy).await;
    let attempts = worker.claim_all().await;
    let finishes: Vec<Finish> = attempts.iter().map(|attempt| worker.decide(attempt, failed("broken"))).collect();
    for finishes in finishes.chunks(500) {
        let turn = worker.next_turn(finishes.to_vec(), None);
        worker.send(&turn).await;
    }
    assert_eq!(dead_letters(env.store()).await, numbers.map(id).collect::<Vec<_>>());
}

pub async fn whatever_has_ended_is_forgotten_once_it_is_old_but_dead_letters_are_not(env: &Environment) {
    // Dropped first: a guide leaves nothing waiting that was not meant to.
    submit(env.store(), task(10)).await;
    let drop = DropWaiting { queue: "default".into(), task_type: alpha(), waited: Duration::ZERO, limit: 10 };
    assert_eq!(env.store().drop_waiting(&drop).await.expect("drop_waiting").tasks, 1);
    let mut guide = Guide::start(env.store()).await;
    let all = guide.bring_all().await;
    env.advance(MINUTE - Duration::from_millis(1)).await;
    assert_eq!(cleaner::prune(env.store(), MINUTE).await, 0);
    env.advance(Duration::from_millis(1)).await;
    let mut moves = env.store().moves().await.expect("moves");
    let swept = env.store().prune(&Prune { what: Prunable::Ended, age: MINUTE, sweep: WALK }).await.expect("prune");
    assert_eq!(swept.now, env.now());
    assert_eq!(swept.tasks + cleaner::prune(env.store(), MINUTE).await, 6);
    for (id, stage) in all {
        let found = env.store().get(id).await.expect("get").map(|task| task.status);
        let is_kept = !stage.status().is_ended() || stage == Stage::DeadLetter;
        assert_eq!(found, is_kept.then_some(stage.status()), "{stage:?}");
    }
    assert_eq!(env.store().get(id(10)).await.expect("get"), None, "dropped");
    assert_eq!(list_all(env.store(), &Filter::default(), 100).await, [id(9), id(8), id(7), id(3)]);
    let told = async { while moves.recv().await != Some(Moved::Task(id(1), Status::Unsubmitted)) {} };
    tokio::time::timeout(Duration::from_secs(5), told).await.expect("whoever watches is told");
}

pub async fn dead_letters_are_pruned_only_when_they_are_asked_for_and_then_only_they(env: &Environment) {
    let mut guide = Guide::start(env.store()).await;
    guide.bring_all().await;
    env.advance(MINUTE).await;
    let too_young = cleaner::prune_with(env.store(), Prunable::DeadLetters, MINUTE * 2, WALK).await;
    assert_eq!(too_young, 0);
    assert_eq!(cleaner::prune_with(env.store(), Prunable::DeadLetters, MINUTE, WALK).await, 1);
    assert_eq!(env.store().get(id(3)).await.expect("get"), None);
    assert!(dead_letters(env.store()).await.is_empty());
    assert_eq!(list_all(env.store(), &Filter::default(), 100).await.len(), 8);
    assert_eq!(env.store().counts().await.expect("counts")[0].dead, 0);
}

pub async fn a_rehearsed_prune_counts_and_changes_nothing(env: &Environment) {
    let mut guide = Guide::start(env.store()).await;
    guide.bring_all().await;
    env.advance(MINUTE).await;
    let one_by_one = Sweep { limit: 1, ..REHEARSAL };
    for (what, expected) in [(Prunable::Ended, 5), (Prunable::DeadLetters, 1)] {
        let before = snapshot(env.store(), 1..=9).await;
        assert_eq!(cleaner::prune_with(env.store(), what, MINUTE, one_by_one.clone()).await, expected, "{what:?}");
        assert_eq!(snapshot(env.store(), 1..=9).await, before);
        assert_eq!(cleaner::prune_with(env.store(), what, MINUTE, WALK).await, expected, "{what:?}");
    }
}

pub async fn a_walk_over_many_old_tasks_ends_and_misses_none(env: &Environment) {
    submit_all(env.store(), &tasks(0..1_200)).await;
    let ids: Vec<TaskId> = (0..1_200).map(id).collect();
    for ids in ids.chunks(400) {
        env.store().cancel_all(ids).await.expect("cancel_all");
        env.advance(Duration::from_millis(1)).await;
    }
    env.advance(MINUTE).await;
    submit(env.store(), task(1_200)).await;
    env.store().cancel(id(1_200)).await.expect("cancel");
    for sweep in [REHEARSAL, WALK] {
        let sweep = Sweep { limit: 100, ..sweep };
        assert_eq!(cleaner::prune_with(env.store(), Prunable::Ended, MINUTE, sweep.clone()).await, 1_200, "{sweep:?}");
    }
    assert_eq!(list_all(env.store(), &Filter::default(), 100).await, [id(1_200)]);
    assert_eq!(cleaner::prune(env.store(), MINUTE).await, 0);
}

pub async fn many_dead_letters_hide_no_old_task_behind_them(env: &Environment) {
    bury(env, 0..600).await;
    submit_all(env.store(), &tasks(600..603)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempts = worker.claim_all().await;
    worker.finish(&attempts[0], completed("1")).await;
    worker.finish(&attempts[1], failed("broken")).await;
    env.store().cancel(id(602)).await.expect("cancel");
    env.advance(MINUTE).await;
    let sweep = Sweep { limit: 100, ..WALK };
    assert_eq!(cleaner::prune_with(env.store(), Prunable::Ended, MINUTE, sweep.clone()).await, 2);
    assert_eq!(dead_letters(env.store()).await.len(), 600);
    assert_eq!(cleaner::prune_with(env.store(), Prunable::DeadLetters, MINUTE, sweep).await, 600);
    assert_eq!(list_all(env.store(), &Filter::default(), 100).await, [id(602)], "that one runs");
}

pub async fn a_prune_that_is_sent_again_goes_on_with_what_is_left(env: &Environment) {
    submit_all(env.store(), &tasks(1..6)).await;
    env.store().cancel_all(&[1, 2, 3, 4, 5].map(id)).await.expect("cancel_all");
    env.advance(MINUTE).await;
    let prune = Prune { what: Prunable::Ended, age: MINUTE, sweep: Sweep { limit: 3, ..WALK } };
    let first = env.store().prune(&prune).await.expect("prune");
    assert!(first.tasks == 3 && first.next.is_some(), "{first:?}");
    let second = env.other().await.prune(&prune).await.expect("prune");
    assert_eq!(second, Swept { now: env.now(), tasks: 2, next: None });
}

pub async fn a_pruned_task_is_unknown(env: &Environment) {
    submit(env.store(), task(1)).await;
    env.store().cancel(id(1)).await.expect("cancel");
    assert_eq!(cleaner::prune(env.store(), Duration::ZERO).await, 1);
    let resubmit = Resubmit { ids: vec![id(1)], reset_failures: true, only_dead: false, request: [1; 8] };
    assert_eq!(env.store().resubmit(&resubmit).await.expect("resubmit"), [AgainOutcome::NotFound]);
    assert_eq!(env.store().cancel(id(1)).await.expect("cancel"), CancelOutcome::NotFound);
    assert_eq!(env.store().forget(&[id(1)]).await.expect("forget"), [ForgetOutcome::NotFound]);
    submit(env.store(), NewTask { fingerprint: [9; 8], ..task(1) }).await;
    assert_eq!(get(env.store(), id(1)).await.attempts, []);
    assert_eq!(cleaner::prune(env.store(), Duration::ZERO).await, 0, "it waits");
}

pub async fn an_age_counts_from_the_last_end(env: &Environment) {
    submit(env.store(), task(1)).await;
    env.store().cancel(id(1)).await.expect("cancel");
    env.advance(MINUTE).await;
    let resubmit = Resubmit { ids: vec![id(1)], reset_failures: true, only_dead: false, request: [1; 8] };
    env.store().resubmit(&resubmit).await.expect("resubmit");
    assert_eq!(cleaner::prune(env.store(), MINUTE).await, 0, "it waits");
    env.store().cancel(id(1)).await.expect("cancel");
    assert_eq!(cleaner::prune(env.store(), MINUTE).await, 0, "it has just ended");
    env.advance(MINUTE).await;
    assert_eq!(cleaner::prune(env.store(), MINUTE).await, 1);
}

pub async fn a_discarded_dead_letter_is_pruned_like_any_failed_task(env: &Environment) {
    bury(env, 1..3).await;
    env.advance(MINUTE).await;
    env.store().discard(&[id(1)]).await.expect("discard");
    assert_eq!(cleaner::prune(env.store(), MINUTE).await, 1, "it ended a minute ago");
    assert_eq!(listed_with(env.store(), Status::Failed).await, [id(2)]);
    assert_eq!(cleaner::prune_with(env.store(), Prunable::DeadLetters, MINUTE, WALK).await, 1);
}

pub async fn a_prune_and_a_resubmission_at_once_have_one_winner(env: &Environment) {
    let other = env.other().await;
    let mut waiting = 0;
    for n in 0..20 {
        submit(env.store(), task(n)).await;
        env.store().cancel(id(n)).await.expect("cancel");
        env.advance(MINUTE).await;
        let resubmit = Resubmit { ids: vec![id(n)], reset_failures: true, only_dead: false, request: [1; 8] };
        let (again, pruned) = tokio::join!(other.resubmit(&resubmit), cleaner::prune(env.store(), MINUTE));
        match (again.expect("resubmit")[0], pruned) {
            (AgainOutcome::Applied, 0) => {
                assert_eq!(status(env.store(), id(n)).await, Status::Submitted);
                waiting += 1;
            }
            (AgainOutcome::NotFound, 1) => assert_eq!(env.store().get(id(n)).await.expect("get"), None),
            outcome => panic!("{outcome:?}"),
        }
    }
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), waiting);
}
