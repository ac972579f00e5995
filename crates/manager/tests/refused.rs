//! Bad input gets a clear answer and changes nothing.

use jobbers_manager::ManagerSettings;
use serde_json::{Value, json};

use crate::harness::{Manager, settings};
use crate::http::{Reply, get, method, post, post_bytes, post_json};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// Pointers and details of a problem.
fn wrong<'p>(problem: &'p Value) -> Vec<(&'p str, &'p str)> {
    let errors = problem["errors"].as_array().map_or(&[][..], Vec::as_slice);
    let pair = |error: &'p Value| Some((error["pointer"].as_str()?, error["detail"].as_str()?));
    let mut wrong: Vec<_> = errors.iter().map(|error| pair(error).expect("pointer and detail")).collect();
    wrong.sort_unstable();
    wrong
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let manager = Manager::start().await;
    let body = json!({
        "version": "1", "queue": "a b", "priority": 10, "status": "completed", "run_at": "2026-03-12T10:00:00",
        "parameters": [], "metadata": 1, "retry_attempt": -1,
    });
    let problem = manager.send(post_json("/tasks", &body)).await.problem(422);
    let known = "is not a known field: delay, expires_at, id, metadata, name, parameters, params, priority, queue, \
                 run_at, version are known";
    assert_eq!(
        wrong(&problem),
        [
            ("/metadata", "must be an object, but is the number 1"),
            ("/name", "is missing"),
            ("/parameters", "must be an object, but is an empty array"),
            ("/priority", "must be 9 or less, but is the number 10"),
            ("/queue", "`a b` is not a name: 1 to 64 characters of A-Z a-z 0-9 _ . : - are allowed"),
            ("/retry_attempt", known),
            (
                "/run_at",
                "`2026-03-12T10:00:00` is not a time: RFC 3339 with an offset is expected, such as 2026-03-12T10:00:00Z"
            ),
            ("/status", known),
            ("/version", "must be a whole number, but is the string \"1\""),
        ]
    );
}

#[tokio::test]
async fn single_rules_of_a_body_hold() {
    let manager = Manager::start().await;
    for (extra, pointer, detail) in [
        (r#""priority": -1"#, "/priority", "must be 0 or more, but is the number -1"),
        (r#""priority": 1.5"#, "/priority", "must be a whole number, but is the number 1.5"),
        (r#""delay": -1"#, "/delay", "must be 0 or more, but is the number -1"),
        (r#""delay": 1e300"#, "/delay", "must be 3153600000 or less, but is the number 1e+300"),
        (r#""delay": "5""#, "/delay", "must be a number, but is the string \"5\""),
        (r#""delay": 1, "run_at": "2999-01-01T00:00:00Z""#, "/delay", "is there besides /run_at: send one of them"),
        (
            r#""params": {}, "parameters": {}"#,
            "/params",
            "is there besides /parameters: they are two spellings of the same, send one",
        ),
        (r#""id": 5"#, "/id", "must be a string, but is the number 5"),
        (
            r#""expires_at": "2999-01-01T00:00:00""#,
            "/expires_at",
            "`2999-01-01T00:00:00` is not a time: RFC 3339 with an offset is expected, such as 2026-03-12T10:00:00Z",
        ),
        (r#""unique": {"key": "a"}"#, "/unique", "is not built yet: leave it out"),
        (r#""name": "other""#, "", "cannot be read: duplicate field `name` at line 1 column 41"),
        (
            r#""a/b~c": 1"#,
            "/a~1b~0c",
            "is not a known field: delay, expires_at, id, metadata, name, parameters, params, priority, queue, run_at, \
             version are known",
        ),
    ] {
        let body = format!(r#"{{"name": "anything", "version": 2, {extra}}}"#);
        let problem = manager.send(post_bytes("/tasks", body)).await.problem(422);
        assert_eq!(wrong(&problem), [(pointer, detail)]);
    }
    for (body, detail) in [
        ("[]", "the body must be an object, but is an empty array"),
        ("null", "the body must be an object, but is null"),
        (r#"{"name": "anything"}"#, "/version is missing"),
        (
            r#"{"name": "anything", "version": 4294967296}"#,
            "/version must be 4294967295 or less, but is the number 4294967296",
        ),
    ] {
        let problem = manager.send(post_bytes("/tasks", body)).await.problem(422);
        assert_eq!(problem["detail"], detail, "{body}");
    }
}

#[tokio::test]
async fn the_older_route_takes_no_more_than_it_did() {
    let manager = Manager::start().await;
    let body = json!({"name": "anything", "version": 2, "run_at": "2999-01-01T00:00:00Z"});
    let problem = manager.send(post_json("/submit-task", &body)).await.problem(422);
    let known = "is not a known field: id, name, parameters, params, queue, version are known";
    assert_eq!(wrong(&problem), [("/run_at", known)]);
}

#[tokio::test]
async fn what_is_not_json_is_refused() {
    let manager = Manager::start().await;
    let deep =
        format!(r#"{{"name":"anything","version":2,"parameters":{{"a":{}{}}}}}"#, "[".repeat(200), "]".repeat(200));
    for (body, words) in [
        (&b""[..], "the body is empty"),
        (b"  \n", "the body is empty"),
        (b"{", "the body is not JSON: EOF"),
        (b"{'name': 1}", "the body is not JSON: key must be a string at line 1 column 2"),
        (b"{\"name\": \"\xff\"}", "the body is not JSON"),
        (br#"{"name": "\ud800"}"#, "the body is not JSON"),
        (br#"{"name": 1e999}"#, "the body is not JSON: number out of range"),
        (deep.as_bytes(), "the body is not JSON: recursion limit exceeded"),
    ] {
        let problem = manager.send(post_bytes("/tasks", body)).await.problem(400);
        assert!(problem["detail"].as_str().unwrap().starts_with(words), "{problem}");
    }
}

#[tokio::test]
async fn wrong_parameters_are_named_each_where_the_client_put_them() {
    let manager = Manager::start().await;
    for spelling in ["parameters", "params"] {
        let body = json!({"name": "greet", "version": 1, spelling: {"times": 10, "loud": true, "password": "short"}});
        let problem = manager.send(post_json("/tasks", &body)).await.problem(422);
        let pointers: Vec<String> =
            ["loud", "name", "password", "times"].iter().map(|field| format!("/{spelling}/{field}")).collect();
        let details = [
            "is not a known field: name, password, times are known",
            "is missing",
            "must have at least 8 characters",
            "must be 9 or less, but is the number 10",
        ];
        let expected: Vec<_> = pointers.iter().map(String::as_str).zip(details).collect();
        assert_eq!(wrong(&problem), expected, "hidden values stay hidden");
    }
    let mut worker = manager.worker().await;
    assert!(worker.claim_all().await.is_empty(), "nothing was stored");
}

#[tokio::test]
async fn unknown_types_and_queues_are_refused_with_what_there_is() {
    let manager = Manager::start().await;
    for (body, pointer, detail) in [
        (
            json!({"name": "greeet", "version": 1}),
            "/name",
            "no worker ever registered a task type `greeet`: is `greet` meant?",
        ),
        (
            json!({"name": "unheard_of", "version": 1}),
            "/name",
            "no worker ever registered a task type `unheard_of`: known are anything, astray, greet",
        ),
        (json!({"name": "anything", "version": 1}), "/version", "`anything` has no version 1: known versions are 2"),
        (
            json!({"name": "anything", "version": 2, "queue": "fast"}),
            "/queue",
            "there is no queue `fast`: default is the only one",
        ),
        (
            json!({"name": "astray", "version": 1}),
            "/queue",
            "`astray version 1` goes to queue `nowhere` where a submission names none, but there is no such queue: \
             default is the only one",
        ),
    ] {
        let problem = manager.send(post_json("/tasks", &body)).await.problem(400);
        assert_eq!(wrong(&problem), [(pointer, detail)]);
        assert_eq!(problem["detail"], detail);
    }
}

#[tokio::test]
async fn malformed_ids_are_refused() {
    let manager = Manager::start().await;
    for id in [
        "1",
        "81ARZ3NDEKTSV4RRFFQ69G5FAV",
        "01ARZ3NDEKTSV4RRFFQ69G5FAU",
        "%ff",
        "%00",
        "..%2f",
        "01ARZ3NDEKTSV4RRFFQ69G5FAVX",
    ] {
        for request in [
            get(format!("/tasks/{id}")),
            get(format!("/task-status/{id}")),
            post(format!("/tasks/{id}/cancel")),
            post(format!("/task/{id}/cancel")),
        ] {
            let problem = manager.send(request).await.problem(400);
            assert_eq!(problem["title"], "Not a task id", "{id}");
        }
    }
    let body = json!({"name": "anything", "version": 2, "id": "x"});
    let problem = manager.send(post_json("/tasks", &body)).await.problem(400);
    assert_eq!(wrong(&problem)[0].0, "/id");
    let body = json!({"name": "anything", "version": "2", "id": "x"});
    let problem = manager.send(post_json("/tasks", &body)).await.problem(422);
    assert_eq!(wrong(&problem).len(), 2);
}

fn allowed(reply: &Reply) -> Vec<&str> {
    let mut methods: Vec<&str> = reply.header("allow").expect("the header Allow").split(',').collect();
    methods.sort_unstable();
    methods
}

#[tokio::test]
async fn unknown_tasks_routes_and_methods_are_problems_too() {
    let manager = Manager::start().await;
    for request in
        [get(format!("/tasks/{ID}")), get(format!("/task-status/{ID}?wait=30")), post(format!("/tasks/{ID}/cancel"))]
    {
        let problem = manager.send(request).await.problem(404);
        assert_eq!(problem["detail"], format!("there is no task {ID}"));
    }
    for request in [get("/nowhere"), get("/api/nowhere"), get("/tasks/"), post_json("/nowhere", &json!({})), get("//")]
    {
        manager.send(request).await.problem(404);
    }
    let reply = manager.send(method("DELETE", "/tasks")).await;
    assert_eq!(allowed(&reply), ["GET", "HEAD", "POST"]);
    reply.problem(405);
    let reply = manager.send(get(format!("/tasks/{ID}/cancel"))).await;
    assert_eq!(reply.header("allow"), Some("POST"));
    reply.problem(405);
    let reply = manager.send(method("PUT", format!("/tasks/{ID}"))).await;
    assert_eq!(allowed(&reply), ["DELETE", "GET", "HEAD"]);
    reply.problem(405);
}

#[tokio::test]
async fn a_body_must_say_that_it_is_json() {
    let manager = Manager::start().await;
    let body = json!({"name": "anything", "version": 2});
    for content_type in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx"]
    {
        for path in ["/tasks", "/submit-task"] {
            let request = post_json(path, &body).header("content-type", content_type);
            manager.send(request).await.problem(415);
        }
    }
    let problem = manager.send(post_json("/tasks", &body).without_header("content-type")).await.problem(415);
    assert_eq!(problem["detail"], "there is no Content-Type: application/json is expected");
    let request = post_json("/tasks", &body).header("content-type", "Application/JSON; charset=utf-8");
    manager.send(request).await.expect(201);
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let settings = ManagerSettings { max_body: 200_000, max_parameters: 50_000, ..settings() };
    let manager = Manager::start_with(settings).await;
    let submission = |parameters: usize, metadata: usize| {
        let text = |size: usize| format!(r#"{{"a":"{}"}}"#, "x".repeat(size - 8));
        format!(r#"{{"name":"anything","version":2,"parameters":{},"metadata":{}}}"#, text(parameters), text(metadata))
    };
    manager.send(post_bytes("/tasks", submission(50_000, 50_000))).await.expect(201);
    let problem = manager.send(post_bytes("/tasks", submission(50_001, 8))).await.problem(413);
    assert_eq!(wrong(&problem), [("/parameters", "has 50001 bytes, more than MAX_PARAMETERS, which is 50000 bytes")]);
    let problem = manager.send(post_bytes("/tasks", submission(8, 50_001))).await.problem(413);
    assert_eq!(wrong(&problem)[0].0, "/metadata");
    let problem = manager.send(post_bytes("/tasks", " ".repeat(199_999))).await.problem(413);
    assert!(problem["detail"].as_str().unwrap().contains("MAX_PARAMETERS"), "{problem}");
    let problem = manager.send(post_bytes("/tasks", " ".repeat(200_001))).await.problem(413);
    assert_eq!(problem["detail"], "the body is larger than MAX_BODY, which is 200000 bytes");
    // Without a length the body is counted.
    let chunk = format!("{:x}\r\n{}\r\n", 150_000, " ".repeat(150_000));
    let chunked = post_bytes("/tasks", format!("{chunk}{chunk}0\r\n\r\n")).header("transfer-encoding", "chunked");
    manager.send(chunked).await.problem(413);
}

#[tokio::test]
async fn promises_that_are_not_kept_yet_are_refused() {
    let manager = Manager::start().await;
    let later = json!({"name": "anything", "version": 2, "unique": {"key": "a", "until": "end"}});
    let problem = manager.send(post_json("/tasks", &later)).await.problem(422);
    assert_eq!(problem["title"], "Not built yet");
}

#[tokio::test]
async fn wrong_queries_are_refused() {
    let manager = Manager::start().await;
    let id = manager.greet().await;
    for (query, words) in [
        ("wait=61", "`wait` is `61`: a number of seconds from 0 to 60 is expected"),
        ("wait=-1", "`wait` is `-1`"),
        ("wait=soon", "`wait` is `soon`"),
        ("wait=", "`wait` is ``"),
        ("wiat=5", "`wiat` is not a query parameter of this route: `wait` is the only one"),
    ] {
        let problem = manager.send(get(format!("/tasks/{id}?{query}"))).await.problem(400);
        assert!(problem["detail"].as_str().unwrap().starts_with(words), "{problem}");
    }
}
