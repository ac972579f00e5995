use std::time::Duration;

use jobbers_cleaner::{Chore, End, Summary, clean};
use jobbers_conformance::sample;
use jobbers_core::model::{EndKind, Status};
use jobbers_core::store::{MoveOutcome, Prunable, Renewed, StoreError};
use tokio_util::sync::CancellationToken;

use crate::place::{MINUTE, Place};

const STALL: Chore = Chore::Stall { stale: None };
const STALL_STALE: Chore = Chore::Stall { stale: Some(MINUTE) };
const PRUNE: Chore = Chore::Prune { what: Prunable::Ended, age: MINUTE };
const PRUNE_DEAD: Chore = Chore::Prune { what: Prunable::DeadLetters, age: MINUTE };

/// Apart from how long it took.
fn counts(summary: &Summary) -> Summary {
    Summary { duration_ms: 0, ..summary.clone() }
}

#[tokio::test]
async fn a_silent_task_is_stalled_and_its_worker_cannot_end_it() {
    let place = Place::new().await;
    let mut worker = place.worker(1, Some(MINUTE)).await;
    place.submit(1..3).await;
    let [silent, beats] = [worker.claim_one().await, worker.claim_one().await];
    place.pass(MINUTE / 2);
    place.beat(&worker, &beats, MINUTE).await;
    place.pass(MINUTE / 2 + Duration::from_millis(1));
    // Their worker lives; else they would be left to the scheduler.
    assert_eq!([worker.renew(&silent).await, worker.renew(&beats).await], [Renewed::Kept; 2]);
    let cleaned = place.clean(&[STALL]).await;
    assert!(matches!(cleaned.end, End::Done), "{cleaned:?}");
    assert_eq!(counts(&cleaned.summary), Summary { stalled: 1, ..Summary::default() });
    let task = place.store.get(silent.id).await.unwrap().unwrap();
    assert_eq!((task.status, task.attempts[0].detail.kind), (Status::Stalled, EndKind::Stalled));
    assert_eq!(worker.renew(&silent).await, Renewed::Taken);
    let late = worker.finish(&silent, sample::completed("1")).await;
    assert_eq!(late, MoveOutcome::Stale { now: Some(Status::Stalled) });
    let well = worker.finish(&beats, sample::completed("1")).await;
    assert_eq!(well, MoveOutcome::Applied { status: Status::Completed });
}

#[tokio::test]
async fn a_silent_task_of_a_dead_worker_is_left_to_the_scheduler() {
    let place = Place::new().await;
    let mut worker = place.worker(1, Some(MINUTE)).await;
    place.submit(1..2).await;
    worker.claim_one().await;
    place.pass(MINUTE * 2);
    assert_eq!(counts(&place.clean(&[STALL]).await.summary), Summary::default());
    assert_eq!(place.status(1).await, Some(Status::Started));
}

#[tokio::test]
async fn tasks_without_an_interval_are_judged_by_the_stale_time_once_they_have_beaten() {
    let place = Place::new().await;
    let mut worker = place.worker(1, None).await;
    place.submit(1..3).await;
    let [never_beats, beats] = [worker.claim_one().await, worker.claim_one().await];
    worker.beat(&beats, None).await;
    place.pass(MINUTE * 2);
    assert_eq!([worker.renew(&never_beats).await, worker.renew(&beats).await], [Renewed::Kept; 2]);
    assert_eq!(place.clean(&[STALL]).await.summary.stalled, 0, "nobody asked for these");
    assert_eq!(place.clean(&[STALL_STALE]).await.summary.stalled, 1);
    assert_eq!((place.status(1).await, place.status(2).await), (Some(Status::Started), Some(Status::Stalled)));
}

#[tokio::test]
async fn each_age_removes_its_own() {
    let place = Place::new().await;
    let mut worker = place.worker(1, None).await;
    place.end(&mut worker, 1..3, true).await;
    place.end(&mut worker, 3..4, false).await;
    place.pass(MINUTE);
    place.end(&mut worker, 4..5, true).await;
    place.end(&mut worker, 5..6, false).await;
    let ended = place.clean(&[STALL, PRUNE]).await.summary;
    assert_eq!(counts(&ended), Summary { pruned: 2, ..Summary::default() });
    assert_eq!([place.status(1).await, place.status(2).await], [None, None]);
    let dead = place.clean(&[STALL, PRUNE_DEAD]).await.summary;
    assert_eq!(counts(&dead), Summary { dead_letters_pruned: 1, ..Summary::default() });
    assert_eq!(place.status(3).await, None);
    assert_eq!([place.status(4).await, place.status(5).await], [Some(Status::Completed), Some(Status::Failed)]);
}

#[tokio::test]
async fn a_dry_run_tells_all_and_changes_nothing() {
    let place = Place::new().await;
    let mut worker = place.worker(1, Some(MINUTE)).await;
    place.end(&mut worker, 1..1201, true).await;
    place.end(&mut worker, 1201..1202, false).await;
    place.submit(1202..1203).await;
    let silent = worker.claim_one().await;
    place.pass(MINUTE * 2);
    assert_eq!(worker.renew(&silent).await, Renewed::Kept);
    let chores = [STALL, PRUNE, PRUNE_DEAD];
    let expected = Summary { stalled: 1, pruned: 1200, dead_letters_pruned: 1, ..Summary::default() };
    for _ in 0..2 {
        let rehearsed = place.rehearse(&chores).await.summary;
        assert_eq!(counts(&rehearsed), Summary { dry_run: true, ..expected.clone() });
    }
    assert_eq!(counts(&place.clean(&chores).await.summary), expected);
}

#[tokio::test]
async fn what_was_done_before_an_error_is_told_and_the_next_run_does_the_rest() {
    let place = Place::new().await;
    let mut worker = place.worker(1, None).await;
    place.end(&mut worker, 1..1201, true).await;
    place.pass(MINUTE);
    place.flaky.fail_after(2, 1);
    let cleaned = place.clean(&[STALL, PRUNE]).await;
    assert!(matches!(cleaned.end, End::Failed(StoreError::Unavailable { .. })), "{cleaned:?}");
    assert_eq!(cleaned.summary.pruned, 500);
    assert_eq!(place.clean(&[STALL, PRUNE]).await.summary.pruned, 700);
}

#[tokio::test]
async fn a_clean_up_that_is_interrupted_loses_nothing() {
    let place = Place::new().await;
    let mut worker = place.worker(1, None).await;
    place.end(&mut worker, 1..1201, true).await;
    place.end(&mut worker, 1201..1203, false).await;
    place.pass(MINUTE);
    let stop = CancellationToken::new();
    let (cleaned, ()) = tokio::join!(clean(&place.store, &[STALL, PRUNE], false, &stop), async {
        while place.status(1).await.is_some() {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    });
    assert!(matches!(cleaned.end, End::Interrupted), "{cleaned:?}");
    assert!((500..1200).contains(&cleaned.summary.pruned), "{cleaned:?}");
    let rest = place.clean(&[STALL, PRUNE]).await.summary;
    assert_eq!(cleaned.summary.pruned + rest.pruned, 1200);
    assert_eq!([place.status(1201).await, place.status(1202).await], [Some(Status::Failed); 2]);
}

#[tokio::test]
async fn entries_of_queues_on_this_store_need_no_trimming() {
    let place = Place::new().await;
    place.submit(1..4).await;
    place.store.cancel(sample::id(1)).await.unwrap();
    let trimmed = place.clean(&[Chore::Trim { since: None, until: None }]).await;
    assert!(matches!(trimmed.end, End::Done), "{trimmed:?}");
    assert_eq!(counts(&trimmed.summary), Summary::default());
    assert_eq!(place.status(2).await, Some(Status::Submitted));
}
