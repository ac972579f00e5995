use serde_json::json;

use crate::harness::{Dev, JOBBERS, command, run};

#[test]
fn a_command_that_is_a_task_tells_that_and_how_far_it_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = folder.path().join("tasks.toml");
    // From a child of the command, as a script does.
    let script = format!("'{JOBBERS}' heartbeat && '{JOBBERS}' progress 40 copying '3\nfiles'; exec sleep 3600");
    let text = format!("[[task]]\nname = 'copy'\nversion = 1\ncommand = ['sh', '-c', {}]\n", json!(script));
    std::fs::write(&manifest, text).expect("written");
    let dev = Dev::start_module(manifest.to_str().expect("text"), &[]);
    let id = dev.submit(&["copy"]);
    let task = || dev.jobbers(&["status", &id, "--json"]).expect(0).json();
    dev.until_so("it tells its progress", || !task()["progress"].is_null());
    assert_eq!(task()["progress"], json!({ "percent": 40.0, "message": "copying 3 files" }));
    assert!(task()["heartbeat_at"].is_string());
}

#[test]
fn outside_of_a_task_nobody_listens() {
    for arguments in [&["heartbeat"][..], &["progress", "40", "copying"]] {
        let told = run(command().args(arguments), "").expect(2).err;
        assert!(told.contains("no worker listens here"), "{told}");
    }
    let told = run(command().env("JOBBERS_FD", "999").arg("heartbeat"), "").expect(1).err;
    assert!(told.contains("file descriptor 999 (JOBBERS_FD)"), "{told}");
}

#[test]
fn a_progress_is_between_0_and_100() {
    for percent in ["much", "101", "nan"] {
        let told = run(command().args(["progress", percent]), "").expect(2).err;
        assert!(told.contains("a number from 0 to 100"), "{told}");
    }
}
