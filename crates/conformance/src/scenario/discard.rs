//! Dead letters that are taken out of the dead letter queue, and stay failed tasks.

use std::time::Duration;

use jobbers_core::model::{DeadLetter, Policy, Status};
use jobbers_core::store::{AgainOutcome, DiscardOutcome, Errors, Resubmit};

use super::{dead_letters, get, listed_with, submit, submit_all};
use crate::Environment;
use crate::life::{Guide, Stage, snapshot};
use crate::sample::{failed, id, task, tasks};
use crate::worker::Worker;

async fn keeper(env: &Environment) -> Worker {
    Worker::with_policy(env.store(), 1, Policy { dead_letter: DeadLetter::Save, ..Policy::default() }).await
}

/// How many dead letters the queue and the groups of errors count.
async fn counted(env: &Environment) -> (u64, u64) {
    let dead = env.store().counts().await.expect("counts").iter().map(|counts| counts.dead).sum();
    let groups = env.store().errors(&Errors { limit: 100, ..Errors::default() }).await.expect("errors");
    (dead, groups.iter().map(|group| group.count).sum())
}

pub async fn only_dead_letters_are_discarded_and_stay_failed(env: &Environment) {
    let mut guide = Guide::start(env.store()).await;
    let all = guide.bring_all().await;
    let before = snapshot(env.store(), 1..=9).await;
    let failed_before = listed_with(env.store(), Status::Failed).await;
    assert_eq!(counted(env).await, (1, 1));
    env.advance(Duration::from_secs(1)).await;
    let mut ids: Vec<_> = all.iter().map(|(id, _)| *id).collect();
    ids.push(id(99));
    let outcomes = env.store().discard(&ids).await.expect("discard");
    for ((_, stage), outcome) in all.iter().zip(&outcomes) {
        let expected = if *stage == Stage::DeadLetter {
            DiscardOutcome::Discarded
        } else {
            DiscardOutcome::NotDead { now: stage.status() }
        };
        assert_eq!(*outcome, expected, "{stage:?}");
    }
    assert_eq!(outcomes.last(), Some(&DiscardOutcome::NotFound));
    assert_eq!(snapshot(env.store(), 1..=9).await, before, "nothing else about them has changed");
    assert!(dead_letters(env.store()).await.is_empty());
    assert_eq!(listed_with(env.store(), Status::Failed).await, failed_before);
    assert_eq!(counted(env).await, (0, 0));
}

pub async fn a_repeated_discard_changes_nothing(env: &Environment) {
    submit_all(env.store(), &tasks(1..3)).await;
    let mut worker = keeper(env).await;
    for attempt in worker.claim_all().await {
        worker.finish(&attempt, failed("broken")).await;
    }
    let not_dead = DiscardOutcome::NotDead { now: Status::Failed };
    let outcomes = env.store().discard(&[id(1), id(1)]).await.expect("discard");
    assert_eq!(outcomes, [DiscardOutcome::Discarded, not_dead], "nor twice in one step");
    assert_eq!(env.other().await.discard(&[id(1)]).await.expect("discard"), [not_dead]);
    assert_eq!(counted(env).await, (1, 1));
    assert_eq!(dead_letters(env.store()).await, [id(2)]);
    assert!(env.store().discard(&[]).await.expect("discard").is_empty());
}

pub async fn a_discarded_task_may_run_again_and_be_a_dead_letter_again(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = keeper(env).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, failed("broken")).await;
    env.store().discard(&[id(1)]).await.expect("discard");
    let only_dead = Resubmit { ids: vec![id(1)], reset_failures: true, only_dead: true, request: [1; 8] };
    let conflict = AgainOutcome::Conflict { now: Status::Failed };
    assert_eq!(env.store().resubmit(&only_dead).await.expect("resubmit"), [conflict]);
    let whatever = Resubmit { only_dead: false, request: [2; 8], ..only_dead };
    assert_eq!(env.store().resubmit(&whatever).await.expect("resubmit"), [AgainOutcome::Applied]);
    assert_eq!(counted(env).await, (0, 0));
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, failed("broken")).await;
    assert_eq!(dead_letters(env.store()).await, [id(1)]);
    assert_eq!(counted(env).await, (1, 1));
}

pub async fn a_full_batch_is_discarded_at_once(env: &Environment) {
    submit_all(env.store(), &tasks(0..500)).await;
    let mut worker = keeper(env).await;
    let attempts = worker.claim_all().await;
    let finishes = attempts.iter().map(|attempt| worker.decide(attempt, failed("broken"))).collect();
    let turn = worker.next_turn(finishes, None);
    worker.send(&turn).await;
    assert_eq!(counted(env).await, (500, 500));
    let ids: Vec<_> = (0..500).map(id).collect();
    assert_eq!(env.store().discard(&ids).await.expect("discard"), [DiscardOutcome::Discarded; 500]);
    assert_eq!(counted(env).await, (0, 0));
}

pub async fn a_discard_and_a_resubmission_of_a_dead_letter_at_once_have_one_winner(env: &Environment) {
    let other = env.other().await;
    let mut worker = keeper(env).await;
    for n in 0..20 {
        submit(env.store(), task(n)).await;
        let attempt = worker.claim_one().await;
        worker.finish(&attempt, failed("broken")).await;
        let resubmit = Resubmit { ids: vec![id(n)], reset_failures: true, only_dead: true, request: [1; 8] };
        let ids = [id(n)];
        let (again, discarded) = tokio::join!(other.resubmit(&resubmit), env.store().discard(&ids));
        let shown = get(env.store(), id(n)).await.status;
        match (again.expect("resubmit")[0], discarded.expect("discard")[0]) {
            (AgainOutcome::Applied, DiscardOutcome::NotDead { now: Status::Submitted }) => {
                assert_eq!(shown, Status::Submitted);
                env.store().cancel(id(n)).await.expect("cancel");
            }
            (AgainOutcome::Conflict { now: Status::Failed }, DiscardOutcome::Discarded) => {
                assert_eq!(shown, Status::Failed);
            }
            outcome => panic!("{outcome:?}"),
        }
        assert_eq!(counted(env).await, (0, 0));
    }
}
