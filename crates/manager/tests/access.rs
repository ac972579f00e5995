use jobbers_manager::{BindError, ManagerSettings, bind};
use serde_json::json;

use crate::harness::{Manager, settings};
use crate::http::{Request, get, method, method_json, post, post_json};

const TOKENS: &str = "dashboard:read:r3ad,ci:submit:subm1t,ops:admin:adm1n";
const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn submission() -> Request {
    post_json("/tasks", &json!({"name": "anything", "version": 2}))
}

fn with_tokens(tokens: &str) -> ManagerSettings {
    ManagerSettings { tokens: Some(tokens.parse().unwrap()), ..settings() }
}

#[tokio::test]
async fn no_foreign_page_can_use_a_loopback_manager() {
    let manager = Manager::start().await;
    let own = format!("http://{}", manager.address);
    manager.send(submission().header("origin", &own)).await.expect(201);
    for (origin, host) in [
        ("https://evil.example", manager.address.to_string()),
        ("null", manager.address.to_string()),
        ("http://evil.example:8000", "evil.example:8000".into()),
    ] {
        for request in [submission(), get("/"), post(format!("/tasks/{ID}/cancel")), get("/nowhere")] {
            let problem = manager.send(request.header("origin", origin).header("host", &host)).await.problem(403);
            assert!(problem["detail"].as_str().unwrap().contains("MANAGER_ORIGINS"), "{problem}");
        }
    }
    manager.send(get("/").header("host", "evil.example:8000")).await.problem(403);
    manager.send(get("/livez").header("host", "evil.example:8000")).await.expect(200);
}

#[tokio::test]
async fn listed_origins_can() {
    let listed = ManagerSettings { origins: vec!["https://jobs.example.com".into()], ..settings() };
    let manager = Manager::start_with(listed).await;
    manager.send(submission().header("origin", "https://jobs.example.com")).await.expect(201);
    manager.send(submission().header("origin", "https://evil.example")).await.problem(403);
}

#[tokio::test]
async fn with_tokens_every_route_but_health_needs_one() {
    let manager = Manager::start_with(with_tokens(TOKENS)).await;
    manager.send(get("/livez")).await.expect(200);
    manager.send(get("/api/readyz")).await.expect(200);
    for request in
        [get("/"), get(format!("/tasks/{ID}")), submission(), post(format!("/task/{ID}/cancel")), get("/nowhere")]
    {
        let reply = manager.send(request.clone()).await;
        assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"jobbers\""));
        reply.problem(401);
        let reply = manager.send(request.header("authorization", "Bearer wrong")).await;
        assert!(reply.header("www-authenticate").unwrap().contains("invalid_token"));
        reply.problem(401);
    }
}

#[tokio::test]
async fn what_is_the_same_for_everybody_needs_no_token() {
    let manager = Manager::start_with(with_tokens(TOKENS)).await;
    for path in ["/openapi.json", "/docs", "/docs/start.js", "/api/docs/swagger-ui.js"] {
        assert_eq!(manager.send(get(path)).await.status, 200, "{path}");
        manager.send(get(path).header("origin", "https://evil.example")).await.problem(403);
    }
    for path in ["/docs/nothing", "/docs/../tasks", "/docs/a/b", "/docsy"] {
        let reply = manager.send(get(path)).await;
        assert!(matches!(reply.status, 401 | 404), "{path}: {}", reply.status);
    }
}

#[tokio::test]
async fn a_scope_allows_what_it_says() {
    let manager = Manager::start_with(with_tokens(TOKENS)).await;
    let reply = manager.send(submission().header("authorization", "Bearer r3ad")).await;
    assert!(reply.header("www-authenticate").unwrap().contains("insufficient_scope"));
    let problem = reply.problem(403);
    assert_eq!(problem["detail"], "token `dashboard` has scope read, but this needs submit");
    for secret in ["subm1t", "adm1n"] {
        manager.send(submission().header("authorization", &format!("bearer {secret}"))).await.expect(201);
    }
    for secret in ["r3ad", "subm1t", "adm1n"] {
        manager.send(get("/").header("authorization", &format!("Bearer {secret}"))).await.expect(200);
    }
    let id = manager.send(submission().header("authorization", "Bearer subm1t")).await.expect(201)["id"].clone();
    let cancel = post(format!("/tasks/{}/cancel", id.as_str().unwrap()));
    manager.send(cancel.clone().header("authorization", "Bearer r3ad")).await.problem(403);
    manager.send(cancel.header("authorization", "Bearer subm1t")).await.expect(200);
}

#[tokio::test]
async fn only_an_admin_drains_workers_and_only_a_submitter_steers_tasks() {
    let manager = Manager::start_with(with_tokens(TOKENS)).await;
    let drain = post("/workers/0001020304050607/drain");
    let problem = manager.send(drain.clone().header("authorization", "Bearer subm1t")).await.problem(403);
    assert_eq!(problem["detail"], "token `ci` has scope submit, but this needs admin");
    manager.send(drain.header("authorization", "Bearer adm1n")).await.problem(404);
    for request in [
        post_json("/tasks/batch", &json!([])),
        post_json("/tasks/cancel", &json!({"task_ids": []})),
        post_json("/tasks/resubmit", &json!({"task_ids": []})),
        post_json("/dead-letter-queue/resubmit", &json!({"task_ids": []})),
    ] {
        manager.send(request.clone().header("authorization", "Bearer r3ad")).await.problem(403);
        manager.send(request.header("authorization", "Bearer subm1t")).await.expect(200);
    }
    for request in [method("DELETE", format!("/tasks/{ID}")), post(format!("/tasks/{ID}/run"))] {
        manager.send(request.clone().header("authorization", "Bearer r3ad")).await.problem(403);
        manager.send(request.header("authorization", "Bearer subm1t")).await.problem(404);
    }
    for path in ["/tasks", "/workers", "/queue-stats", "/registered-tasks", "/dead-letter-queue"] {
        manager.send(get(path).header("authorization", "Bearer r3ad")).await.expect(200);
    }
}

#[tokio::test]
async fn whoever_reads_looks_at_queues_and_roles_and_only_an_admin_changes_them() {
    let manager = Manager::start_with(with_tokens(TOKENS)).await;
    for path in ["/queues", "/queues/default/config", "/roles", "/roles/default"] {
        manager.send(get(path).header("authorization", "Bearer r3ad")).await.expect(200);
    }
    let changes = [
        (post_json("/queues", &json!({"name": "mails"})), 201),
        (method_json("PUT", "/queues/mails", &json!({})), 200),
        (post("/queues/mails/pause"), 200),
        (post("/queues/mails/resume"), 200),
        (post("/queues/unknown/purge"), 404),
        (post_json("/roles", &json!({"name": "mailer", "queues": ["mails"]})), 201),
        (method_json("PUT", "/roles/mailer", &json!([])), 200),
        (post("/roles/mailer/refresh"), 200),
        (method("DELETE", "/roles/mailer"), 200),
        (method("DELETE", "/queues/mails"), 200),
    ];
    for (request, status) in changes {
        for secret in ["r3ad", "subm1t"] {
            let refused = request.clone().header("authorization", &format!("Bearer {secret}"));
            manager.send(refused).await.problem(403);
        }
        let reply = manager.send(request.clone().header("authorization", "Bearer adm1n")).await;
        assert_eq!(reply.status, status, "{request:?}: {}", reply.text());
    }
}

#[test]
fn an_open_address_needs_tokens() {
    for address in ["0.0.0.0:0", "[::]:0"] {
        let open = ManagerSettings { bind: address.into(), ..settings() };
        let error = bind(&open).unwrap_err();
        assert!(matches!(error, BindError::Open { .. }) && error.is_configuration(), "{error}");
        let guarded = ManagerSettings { bind: address.into(), ..with_tokens(TOKENS) };
        assert_ne!(bind(&guarded).unwrap().address().port(), 0);
        let insecure = ManagerSettings { bind: address.into(), insecure: true, ..settings() };
        assert!(bind(&insecure).is_ok());
    }
}

#[test]
fn wrong_settings_are_named() {
    let refused = |settings: ManagerSettings| bind(&settings).unwrap_err().to_string();
    let error = refused(ManagerSettings { bind: "here".into(), ..settings() });
    assert!(error.starts_with("MANAGER_BIND is `here`: a host and a port are expected"), "{error}");
    let error = refused(with_tokens("ci:write:s3cret"));
    assert!(
        error.starts_with("JOBBERS_TOKENS, entry 1: `ci` has an unknown scope") && !error.contains("s3cret"),
        "{error}"
    );
    let error = refused(ManagerSettings { origins: vec!["example.com".into()], ..settings() });
    assert!(error.starts_with("MANAGER_ORIGINS has `example.com`"), "{error}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let error = bind(&ManagerSettings { bind: address, ..settings() }).unwrap_err();
    assert!(!error.is_configuration(), "{error}");
}
