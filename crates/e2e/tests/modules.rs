//! Task modules that are manifests of commands, as manager and worker take them.

use std::time::Duration;

use jobbers_e2e::installation::api_of;
use jobbers_e2e::{Installation, eventually};
use serde_json::json;

super::on_both_stores! {
    a_manager_knows_the_types_of_its_module_before_any_worker_comes,
    a_module_that_is_wrong_ends_the_manager_as_it_ends_the_worker,
}

const SOON: Duration = Duration::from_secs(30);

async fn a_manager_knows_the_types_of_its_module_before_any_worker_comes(jobbers: Installation) {
    let manifest = jobbers.path("tasks.toml");
    let text = r#"
        [[task]]
        name = "double"
        version = 1
        command = ["sh", "-c", "echo 42"]
        parameters_schema = { type = "object", required = ["n"], properties = { n = { type = "integer" } } }
    "#;
    std::fs::write(&manifest, text).unwrap();
    let module = manifest.to_str().unwrap();
    let manager = jobbers.start("jobbers_manager", &[module], &[]);
    let api = api_of(&manager).await;
    eventually("the manager is ready", SOON, async || (api.status("/readyz").await? == 200).then_some(())).await;
    let (status, refused) = api.post("/tasks", json!({"name": "double", "version": 1, "parameters": {"n": "x"}})).await;
    assert_eq!(status, 422, "{refused}");
    let (status, unknown) = api.post("/tasks", json!({"name": "triple", "version": 1})).await;
    assert_eq!(status, 400, "{unknown}");
    let id = api.submit("double", json!({"n": 21})).await;
    assert_eq!(api.task(&id).await["status"], "submitted");
    let _worker = jobbers.start("jobbers_worker", &[module], &[]);
    assert_eq!(api.reaches(&id, "completed").await["result"], 42);
}

async fn a_module_that_is_wrong_ends_the_manager_as_it_ends_the_worker(jobbers: Installation) {
    let manifest = jobbers.path("tasks.toml");
    std::fs::write(&manifest, "[[task]]\nname = 'a'\nversion = 1\ncommand = ['true']\nretries = 3\n").unwrap();
    for program in ["jobbers_manager", "jobbers_worker"] {
        let mut program = jobbers.start(program, &[manifest.to_str().unwrap()], &[]);
        assert_eq!(program.ends_within(SOON).await, Some(2), "{}", program.log());
        for part in ["tasks.toml", "line 5", "retries", "unknown field"] {
            assert!(program.log().contains(part), "{part:?} is not in: {}", program.log());
        }
    }
}
