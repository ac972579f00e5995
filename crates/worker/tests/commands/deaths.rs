//! Deaths by SIGKILL: of the worker, of its guard, of a command.

use std::process::Stdio;

use jobbers_conformance::server::{Guard, Signal, signal};
use jobbers_core::model::{EndKind, Status};

use super::rig::{Folder, all_end, parent};
use crate::place::{Place, last_error, settings};
use crate::process::command;

const FAMILY: &str = "sleep 3600 & echo $! > child; setsid sh -c 'sleep 3600 & echo $! > grandchild; wait' & \
    echo $$ > self; sleep 3600";

async fn family(folder: &Folder) -> Vec<u32> {
    let mut pids = Vec::new();
    for file in ["child", "grandchild", "self"] {
        pids.push(folder.pid(file).await);
    }
    pids
}

#[tokio::test]
async fn no_process_outlives_a_worker_that_is_killed() {
    let folder = Folder::new();
    let place = Place::sqlite().await;
    let manifest = folder.write(&[("parent", FAMILY, "")]);
    let mut worker = Guard::spawn(command(Some(&place)).arg(&manifest).stderr(Stdio::null())).unwrap();
    place.submit("parent", "{}").await;
    let mut pids = family(&folder).await;
    pids.push(parent(pids[2]));
    assert_eq!(parent(pids[3]), worker.pid(), "the guard is a child of the worker");
    worker.kill();
    all_end(&pids).await;
}

#[tokio::test]
async fn a_killed_guard_takes_its_processes_along_and_the_task_runs_again() {
    let folder = Folder::new();
    let place = Place::sqlite().await;
    let script = format!("if [ $JOBBERS_ATTEMPT = 1 ]; then {FAMILY}; else echo 2; fi");
    let worker = place.work(folder.manifest(&[("parent", &script, "")]), settings());
    let id = place.submit("parent", "{}").await;
    let pids = family(&folder).await;
    signal(parent(pids[2]), Signal::Kill);
    let task = place.ended(id).await;
    assert_eq!((task.status, task.lost, task.failures, task.attempt), (Status::Completed, 1, 0, 2), "{task:?}");
    assert_eq!(task.attempts[0].detail.kind, EndKind::Lost);
    all_end(&pids).await;
    worker.stop().await;
}

#[tokio::test]
async fn a_task_that_kills_its_guard_each_time_is_taken_out() {
    let folder = Folder::new();
    let task =
        Place::run(folder.manifest(&[("poison", "kill -9 $PPID; sleep 3600", "max_lost = 2")]), "poison", "{}").await;
    assert_eq!((task.status, task.lost, task.attempt), (Status::Failed, 2, 2));
    assert!(last_error(&task).0.contains("is not run again"), "{:?}", last_error(&task));
}

#[tokio::test]
async fn a_killed_command_fails_and_its_neighbour_goes_on() {
    let folder = Folder::new();
    let place = Place::sqlite().await;
    let neighbour = "echo $$ > neighbour; while [ ! -e go ]; do sleep 0.01; done";
    let tasks = [("victim", "echo $$ > self; sleep 3600", ""), ("neighbour", neighbour, "")];
    let worker = place.work(folder.manifest(&tasks), settings());
    let (victim, neighbour) = (place.submit("victim", "{}").await, place.submit("neighbour", "{}").await);
    folder.pid("neighbour").await;
    signal(folder.pid("self").await, Signal::Kill);
    let task = place.ended(victim).await;
    assert_eq!((task.status, last_error(&task)), (Status::Failed, ("killed by SIGKILL", "Signal(SIGKILL)")));
    folder.touch("go");
    assert_eq!(place.ended(neighbour).await.status, Status::Completed);
    worker.stop().await;
}

#[tokio::test]
async fn a_worker_that_ends_leaves_no_guard() {
    let folder = Folder::new();
    let place = Place::sqlite().await;
    let worker = place.work(folder.manifest(&[("short", "echo $PPID", "")]), settings());
    let task = place.ended(place.submit("short", "{}").await).await;
    let guard: u32 = String::from_utf8(task.result.unwrap().to_vec()).unwrap().parse().unwrap();
    worker.stop().await;
    all_end(&[guard]).await;
}
