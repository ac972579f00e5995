//! What a command is given, and what it says.

use jobbers_core::model::Status;

use super::rig::Folder;
use crate::place::{Place, settings};

#[tokio::test]
async fn a_command_reads_its_parameters_and_its_environment_and_writes_its_result() {
    let folder = Folder::new();
    let script = r#"read p; printf '{"p":%s,"id":"%s","task":"%s %s","queue":"%s","attempt":"%s/%s","metadata":%s,"own":"%s"}' \
        "$p" $JOBBERS_TASK_ID $JOBBERS_TASK_NAME $JOBBERS_TASK_VERSION $JOBBERS_QUEUE $JOBBERS_ATTEMPT $JOBBERS_RETRY_ATTEMPT \
        "$JOBBERS_METADATA" "$OWN""#;
    let task = Place::run(folder.manifest(&[("tell", script, "env = { OWN = 'x y' }")]), "tell", "{\"a\": 1.50}").await;
    assert_eq!(task.status, Status::Completed, "{task:?}");
    let expected = format!(
        r#"{{"p":{{"a": 1.50}},"id":"{}","task":"tell 1","queue":"default","attempt":"1/0","metadata":{{"who":"me"}},"own":"x y"}}"#,
        task.id
    );
    assert_eq!(task.result.as_deref(), Some(expected.as_bytes()));
}

#[tokio::test]
async fn what_is_not_json_is_a_text_and_nothing_is_null() {
    let folder = Folder::new();
    let tasks = [("text", "echo all is well", ""), ("nothing", "true", "")];
    let text = Place::run(folder.manifest(&tasks), "text", "{}").await;
    assert_eq!(text.result.as_deref(), Some(&b"\"all is well\""[..]));
    let nothing = Place::run(folder.manifest(&tasks), "nothing", "{}").await;
    assert_eq!((nothing.status, nothing.result.as_deref()), (Status::Completed, Some(&b"null"[..])));
}

#[tokio::test]
async fn heartbeats_and_progress_are_seen_while_it_runs() {
    let folder = Folder::new();
    let script = "echo heartbeat >&3; echo nonsense >&3; echo progress 40 page 4 of 10 >&3; sleep 3600";
    let place = Place::sqlite().await;
    let worker = place.work(folder.manifest(&[("long", script, "")]), settings());
    let id = place.submit("long", "{}").await;
    let task = place.until(id, |task| task.progress.is_some()).await;
    let progress = task.progress.unwrap();
    assert_eq!((progress.percent, progress.message.as_deref()), (40.0, Some("page 4 of 10")));
    assert!(task.heartbeat_at.is_some());
    worker.stop().await;
}

#[tokio::test]
async fn limits_hold_for_the_command() {
    let folder = Folder::new();
    let script = "echo $(ulimit -v) $(ulimit -t) $(nice)";
    let nice: i32 = niceness();
    let options = "memory = '512MiB'\ncpu_seconds = 7\nnice = 3";
    let task = Place::run(folder.manifest(&[("limited", script, options)]), "limited", "{}").await;
    let expected = format!("\"524288 7 {}\"", (nice + 3).min(19));
    assert_eq!(task.result.as_deref(), Some(expected.as_bytes()));
}

/// Of this process.
fn niceness() -> i32 {
    let status = std::fs::read_to_string("/proc/self/stat").unwrap();
    status.rsplit_once(')').unwrap().1.split_ascii_whitespace().nth(16).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_command_that_neither_reads_nor_stops_writing_to_its_log_is_no_deadlock() {
    let folder = Folder::new();
    let script = "head -c 20000000 /dev/zero | tr '\\0' 'x' >&2; exec <&-; echo '\"done\"'";
    let place = Place::sqlite().await;
    let worker = place.work(folder.manifest(&[("flood", script, "")]), settings());
    // More than a pipe holds.
    let parameters: &'static str = Box::leak(format!("{{\"a\":\"{}\"}}", "x".repeat(500_000)).into_boxed_str());
    let task = place.ended(place.submit("flood", parameters).await).await;
    assert_eq!((task.status, task.result.as_deref()), (Status::Completed, Some(&b"\"done\""[..])), "{task:?}");
    worker.stop().await;
}
