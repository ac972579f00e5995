//! How the end of a command is judged.

use jobbers_core::model::{EndKind, Status};
use jobbers_worker::WorkerEnd;

use super::rig::Folder;
use crate::place::{Place, last_error, settings};

#[tokio::test]
async fn a_failure_tells_the_exit_code_and_the_end_of_the_log() {
    let folder = Folder::new();
    let task = Place::run(folder.manifest(&[("fail", "echo one >&2; echo two >&2; exit 3", "")]), "fail", "{}").await;
    assert_eq!((task.status, task.failures), (Status::Failed, 1), "not expected, so not tried again");
    assert_eq!(last_error(&task), ("exit code 3: two", "ExitCode(3)"));
    assert_eq!(task.attempts[0].detail.backtrace.as_deref(), Some("one\ntwo"));
}

#[tokio::test]
async fn expected_ends_are_tried_again() {
    let folder = Folder::new();
    let tasks = [
        ("code", "exit 3", "max_retries = 1\nretry_exit_codes = [3]"),
        ("signal", "kill -9 $$", "max_retries = 1\nexpected_errors = ['Signal(SIGKILL)']"),
        ("other", "exit 4", "max_retries = 1\nretry_exit_codes = [3]\nexpected_errors = ['Signal']"),
    ];
    let code = Place::run(folder.manifest(&tasks), "code", "{}").await;
    assert_eq!((code.failures, last_error(&code)), (2, ("exit code 3", "ExitCode(3)")));
    let signal = Place::run(folder.manifest(&tasks), "signal", "{}").await;
    assert_eq!((signal.failures, last_error(&signal)), (2, ("killed by SIGKILL", "Signal(SIGKILL)")));
    let other = Place::run(folder.manifest(&tasks), "other", "{}").await;
    assert_eq!((other.failures, last_error(&other)), (1, ("exit code 4", "ExitCode(4)")));
}

#[tokio::test]
async fn fifty_megabytes_of_output_fail_the_task_with_their_size() {
    let folder = Folder::new();
    let task = Place::run(folder.manifest(&[("much", "head -c 50000000 /dev/zero", "")]), "much", "{}").await;
    let text = "the result has 50000000 bytes; MAX_RESULT allows 1048576";
    assert_eq!((task.status, last_error(&task)), (Status::Failed, (text, "ResultTooLarge")));
}

#[tokio::test]
async fn a_timeout_counts_as_expected_and_ends_the_command() {
    let folder = Folder::new();
    let options = "timeout = 0.3\nmax_retries = 1";
    let task = Place::run(folder.manifest(&[("slow", "sleep 3600", options)]), "slow", "{}").await;
    assert_eq!((task.status, task.failures), (Status::Failed, 2));
    assert_eq!(task.attempts[0].detail.kind, EndKind::TimedOut);
    assert_eq!(last_error(&task), ("timed out after 0.3 s", "TimedOut"));
}

#[tokio::test]
async fn at_shutdown_each_command_ends_as_its_policy_says() {
    let folder = Folder::new();
    let place = Place::sqlite().await;
    let wait = "echo $$ > $JOBBERS_TASK_NAME; sleep 3600";
    let last = "echo $$ > last; while [ ! -e go ]; do sleep 0.01; done; echo 7";
    let tasks =
        [("stops", wait, ""), ("again", wait, "on_shutdown = 'resubmit'"), ("last", last, "on_shutdown = 'continue'")];
    let worker = place.work(folder.manifest(&tasks), settings());
    let mut ids = Vec::new();
    for (name, ..) in tasks {
        ids.push(place.submit(name, "{}").await);
        folder.pid(name).await;
    }
    worker.shutdown.graceful.cancel();
    assert_eq!(place.ended(ids[0]).await.status, Status::Stalled);
    let again = place.until(ids[1], |task| task.status != Status::Started).await;
    assert_eq!((again.status, again.failures, again.lost), (Status::Submitted, 0, 0));
    assert_eq!(place.get(ids[2]).await.status, Status::Started);
    folder.touch("go");
    let last = place.ended(ids[2]).await;
    assert_eq!((last.status, last.result.as_deref()), (Status::Completed, Some(&b"7"[..])));
    assert!(matches!(worker.end().await, WorkerEnd::Stopped(_)));
}

#[tokio::test]
async fn a_program_that_is_gone_fails_the_task_and_says_so() {
    let folder = Folder::new();
    let mut manifest = folder.manifest(&[("gone", "true", "")]);
    manifest.tasks[0].launch.program = "/no/such/program".into();
    let task = Place::run(manifest, "gone", "{}").await;
    let text = "the command cannot be started: No such file or directory (os error 2)";
    assert_eq!((task.status, last_error(&task)), (Status::Failed, (text, "NotStarted")));
}
