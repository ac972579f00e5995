use std::collections::HashSet;
use std::process::Stdio;
use std::time::Duration;

use jobbers_conformance::server::{Guard, Signal, signal};
use jobbers_core::model::{EndKind, Status, Task};
use jobbers_worker::{PythonSettings, WorkerSettings};

use super::Module;
use crate::commands::rig::all_end;
use crate::place::{Place, settings};
use crate::process::command;

fn pid_of(task: &Task) -> u32 {
    std::str::from_utf8(task.result.as_deref().unwrap()).unwrap().parse().unwrap()
}

const PIDS: &str = r#"
@register_task(name="pid", version=1, max_concurrent=None)
async def pid():
    return os.getpid()

@register_task(name="waits", version=1, max_concurrent=None)
async def waits():
    if get_current_task().attempt > 1:
        return os.getpid()
    await asyncio.sleep(3600)
"#;

#[tokio::test]
async fn the_tasks_of_a_killed_host_run_again_in_another() {
    let module = Module::new(PIDS);
    let place = Place::sqlite().await;
    let worker = place.work(module.module(), settings());
    let waiting = [place.submit("waits", "{}").await, place.submit("waits", "{}").await];
    for id in waiting {
        place.until(id, |task| task.status == Status::Started).await;
    }
    let host = pid_of(&place.ended(place.submit("pid", "{}").await).await);
    signal(host, Signal::Kill);
    for id in waiting {
        let task = place.ended(id).await;
        assert_eq!((task.status, task.attempt, task.lost, task.failures), (Status::Completed, 2, 1, 0), "{task:?}");
        assert_eq!(task.attempts[0].detail.kind, EndKind::Lost);
        assert_ne!(pid_of(&task), host);
    }
    worker.stop().await;
}

#[tokio::test]
async fn a_task_that_kills_its_host_each_time_is_taken_out() {
    let module = Module::new(
        r#"
@register_task(name="poison", version=1, max_lost=2)
async def poison():
    os._exit(1)
"#,
    );
    let task = Place::run(module.module(), "poison", "{}").await;
    assert_eq!((task.status, task.lost, task.attempt), (Status::Failed, 2, 2));
}

#[tokio::test]
async fn a_blocked_loop_loses_no_lease() {
    let module = Module::new(
        r#"
@register_task(name="blocks", version=1)
async def blocks():
    time.sleep(2)
    return 1
"#,
    );
    let place = Place::sqlite().await;
    let lease = WorkerSettings { worker_lease: Duration::from_millis(600), ..settings() };
    let worker = place.work(module.module(), lease);
    let task = place.ended(place.submit("blocks", "{}").await).await;
    assert_eq!((task.status, task.attempt, task.lost), (Status::Completed, 1, 0));
    worker.stop().await;
}

#[tokio::test]
async fn a_function_that_does_not_stop_ends_with_its_host_and_the_worker_goes_on() {
    let module = Module::new(&format!(
        r#"{PIDS}
@register_task(name="stubborn", version=1, cancel_grace=0.2)
def stubborn():
    (HERE / "began").touch()
    while True:
        time.sleep(0.05)
"#
    ));
    let place = Place::sqlite().await;
    let worker = place.work(module.module(), settings());
    let before = pid_of(&place.ended(place.submit("pid", "{}").await).await);
    let id = place.submit("stubborn", "{}").await;
    while !module.path("began").exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    place.stores.tasks.cancel(id).await.unwrap();
    assert_eq!(place.ended(id).await.status, Status::Cancelled);
    all_end(&[before]).await;
    let after = place.ended(place.submit("pid", "{}").await).await;
    assert_ne!(pid_of(&after), before);
    worker.stop().await;
}

#[tokio::test]
async fn hosts_are_replaced_after_so_many_tasks_and_none_is_lost() {
    let module = Module::new(PIDS);
    let place = Place::sqlite().await;
    let python = PythonSettings { python_hosts: Some(2), python_host_ttl: 10, ..PythonSettings::default() };
    let settings = WorkerSettings { worker_concurrent_tasks: 10, python, ..settings() };
    let worker = place.work(module.module(), settings);
    let mut pids = HashSet::new();
    for _ in 0..10 {
        let mut ids = Vec::new();
        for _ in 0..20 {
            ids.push(place.submit("pid", "{}").await);
        }
        for id in ids {
            let task = place.ended(id).await;
            assert_eq!((task.status, task.attempt, task.lost), (Status::Completed, 1, 0), "{task:?}");
            pids.insert(pid_of(&task));
        }
    }
    assert!(pids.len() > 2, "{pids:?}");
    worker.stop().await;
    all_end(&pids.into_iter().collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn no_process_outlives_a_worker_that_is_killed() {
    let module = Module::new(
        r#"
@register_task(name="parent", version=1)
async def parent():
    import subprocess
    child = subprocess.Popen(["sleep", "3600"], start_new_session=True)
    part = HERE / "part"
    part.write_text(f"{os.getpid()} {child.pid}")
    part.rename(HERE / "pids")
    time.sleep(3600)
"#,
    );
    let place = Place::sqlite().await;
    let file = module.path("tasks.py");
    let mut worker = Guard::spawn(command(Some(&place)).arg(&file).stderr(Stdio::null())).unwrap();
    place.submit("parent", "{}").await;
    let pids = loop {
        if let Ok(text) = std::fs::read_to_string(module.path("pids")) {
            break text;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let pids: Vec<u32> = pids.split(' ').map(|pid| pid.parse().unwrap()).collect();
    worker.kill();
    all_end(&pids).await;
}
