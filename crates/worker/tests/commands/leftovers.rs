//! Nothing that a command started is left when its attempt has ended.

use jobbers_core::model::Status;

use super::rig::{Folder, all_end, runs};
use crate::place::{Place, settings};

/// A child in the group, one in a session of its own, and a child of that.
const FAMILY: &str =
    "sleep 3600 & echo $! > child; setsid sh -c 'sleep 3600 & echo $! > grandchild; echo $$ > daemon; wait' &";

async fn family(folder: &Folder) -> Vec<u32> {
    let mut pids = Vec::new();
    for file in ["child", "grandchild", "daemon"] {
        pids.push(folder.pid(file).await);
    }
    pids
}

#[tokio::test]
async fn what_a_command_leaves_behind_ends_with_it() {
    let folder = Folder::new();
    let place = Place::sqlite().await;
    let wait = "while [ ! -e grandchild ] || [ ! -e daemon ]; do sleep 0.01; done; echo 1";
    let worker = place.work(folder.manifest(&[("parent", &format!("{FAMILY} {wait}"), "")]), settings());
    let task = place.ended(place.submit("parent", "{}").await).await;
    assert_eq!(task.status, Status::Completed, "{task:?}");
    all_end(&family(&folder).await).await;
    worker.stop().await;
}

#[tokio::test]
async fn a_command_that_ignores_sigterm_is_killed_with_all_that_it_started() {
    let folder = Folder::new();
    let place = Place::sqlite().await;
    let script = format!("trap '' TERM; {FAMILY} echo $$ > self; while true; do sleep 3600; done");
    let worker = place.work(folder.manifest(&[("stubborn", &script, "cancel_grace = 0.2")]), settings());
    let id = place.submit("stubborn", "{}").await;
    let mut pids = family(&folder).await;
    pids.push(folder.pid("self").await);
    assert!(pids.iter().all(|pid| runs(*pid)));
    place.stores.tasks.cancel(id).await.unwrap();
    assert_eq!(place.ended(id).await.status, Status::Cancelled);
    all_end(&pids).await;
    worker.stop().await;
}

#[tokio::test]
async fn a_command_that_stops_at_sigterm_is_not_killed() {
    let folder = Folder::new();
    let place = Place::sqlite().await;
    let script = "trap 'echo 1 > tidied; exit 0' TERM; echo $$ > self; while true; do sleep 0.01; done";
    let worker = place.work(folder.manifest(&[("tidy", script, "cancel_grace = 3600")]), settings());
    let id = place.submit("tidy", "{}").await;
    folder.pid("self").await;
    place.stores.tasks.cancel(id).await.unwrap();
    assert!(place.ended(id).await.status.is_ended());
    assert!(folder.exists("tidied"));
    worker.stop().await;
}
