use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::Manager;
use crate::http::{get, method, method_json, post, post_json};

#[tokio::test]
async fn a_role_is_created_changed_and_deleted() {
    let manager = Manager::start().await;
    manager.queue("mails").await;
    manager.queue("images").await;
    assert_eq!(manager.send(get("/roles")).await.expect(200), json!({"roles": ["default"]}));
    let body = json!({"name": "mailer", "queues": ["mails", "default", "mails"]});
    let reply = manager.send(post_json("/roles", &body)).await.expect(201);
    assert_eq!(reply, json!({"message": "Role created", "role": "mailer", "queues": ["default", "mails"]}));
    let mailer = json!({"role": "mailer", "queues": ["default", "mails"]});
    assert_eq!(manager.send(get("/roles/mailer")).await.expect(200), mailer);
    assert_eq!(manager.send(get("/roles")).await.expect(200), json!({"roles": ["default", "mailer"]}));
    let details = json!([{"role": "default", "queues": ["default"]}, mailer]);
    let reply = manager.send(get("/roles?details=true")).await.expect(200);
    assert_eq!(reply, json!({"roles": ["default", "mailer"], "details": details}));

    for (body, queues) in [
        (json!(["images", "images"]), json!(["images"])),
        (json!({"queues": ["mails"]}), json!(["mails"])),
        (json!({"name": "another", "queues": ["mails", "images"]}), json!(["images", "mails"])),
        (json!([]), json!([])),
    ] {
        let reply = manager.send(method_json("PUT", "/roles/mailer", &body)).await.expect(200);
        assert_eq!(reply, json!({"message": "Role updated", "role": "mailer", "queues": queues}));
        let shown = manager.send(get("/roles/mailer")).await.expect(200);
        assert_eq!(shown, json!({"role": "mailer", "queues": queues}));
    }

    let reply = manager.send(method("DELETE", "/roles/mailer")).await.expect(200);
    assert_eq!(reply, json!({"message": "Role deleted"}));
    manager.send(method("DELETE", "/roles/mailer")).await.problem(404);
    assert_eq!(manager.send(get("/roles")).await.expect(200), json!({"roles": ["default"]}));
}

#[tokio::test]
async fn a_role_loses_a_queue_that_is_deleted() {
    let manager = Manager::start().await;
    manager.queue("mails").await;
    manager.send(method_json("PUT", "/roles/default", &json!(["default", "mails"]))).await.expect(200);
    manager.send(method("DELETE", "/queues/mails")).await.expect(200);
    let role = manager.send(get("/roles/default")).await.expect(200);
    assert_eq!(role, json!({"role": "default", "queues": ["default"]}));
}

#[tokio::test]
async fn queues_and_roles_that_there_are_not_are_named_with_those_that_there_are() {
    let manager = Manager::start().await;
    manager.queue("mails").await;
    for (request, detail) in [
        (
            post_json("/roles", &json!({"name": "r", "queues": ["x"]})),
            "there is no queue `x`: there are default, mails",
        ),
        (
            method_json("PUT", "/roles/default", &json!(["mails", "x", "y"])),
            "there are no queues `x`, `y`: there are default, mails",
        ),
    ] {
        let problem = manager.send(request).await.problem(400);
        assert_eq!(problem["detail"], detail);
        assert_eq!(problem["type"], "urn:jobbers:problem:unknown-queue");
    }
    let role = manager.send(get("/roles/default")).await.expect(200);
    assert_eq!(role["queues"], json!(["default"]), "nothing has changed");
    for request in [
        get("/roles/mailer"),
        method_json("PUT", "/roles/mailer", &json!(["mails"])),
        method("DELETE", "/roles/mailer"),
        post("/roles/mailer/refresh"),
    ] {
        let problem = manager.send(request).await.problem(404);
        assert_eq!(problem["detail"], "there is no role `mailer`: default is the only one");
    }
    manager.send(get("/roles/a%20b")).await.problem(400);
}

#[tokio::test]
async fn wrong_bodies_are_refused_field_by_field() {
    let manager = Manager::start().await;
    let name = "`a b` is not a name: 1 to 64 characters of A-Z a-z 0-9 _ . : - are allowed";
    for (method, path, body, expected) in [
        ("POST", "/roles", json!({"queues": []}), [("/name", "is missing")]),
        ("POST", "/roles", json!({"name": "r"}), [("/queues", "is missing")]),
        ("POST", "/roles", json!({"name": "a b", "queues": []}), [("/name", name)]),
        ("POST", "/roles", json!({"name": "r", "queues": ["a b"]}), [("/queues/0", name)]),
        (
            "POST",
            "/roles",
            json!({"name": "r", "queues": "a"}),
            [("/queues", "must be an array, but is the string \"a\"")],
        ),
        (
            "POST",
            "/roles",
            json!({"name": "r", "queues": [], "slots": 1}),
            [("/slots", "is not a known field: name, queues are known")],
        ),
        ("PUT", "/roles/default", json!({}), [("/queues", "is missing")]),
        ("PUT", "/roles/default", json!([1]), [("/0", "must be a string, but is the number 1")]),
        ("PUT", "/roles/default", json!(["a b"]), [("/0", name)]),
        ("PUT", "/roles/default", json!("mails"), [("", "must be an array or an object, but is the string \"mails\"")]),
        (
            "PUT",
            "/roles/default",
            json!({"queues": [], "slots": 1}),
            [("/slots", "is not a known field: name, queues are known")],
        ),
    ] {
        let problem = manager.send(method_json(method, path, &body)).await.problem(422);
        let errors = problem["errors"].as_array().expect("errors");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let wrong: Vec<_> = errors.iter().map(|error| (text(&error["pointer"]), text(&error["detail"]))).collect();
        assert_eq!(wrong, expected.map(|(pointer, detail)| (pointer.to_owned(), detail.to_owned())), "{method} {body}");
    }
    let many: Vec<String> = (0..1_001).map(|n| format!("q{n}")).collect();
    manager.send(method_json("PUT", "/roles/default", &json!(many))).await.problem(422);
    manager.send(method_json("PUT", "/roles/default", &json!(many[..1_000]))).await.problem(400);
    assert_eq!(manager.send(get("/roles")).await.expect(200), json!({"roles": ["default"]}));
}

#[tokio::test]
async fn of_many_who_create_the_same_role_one_does_and_the_others_are_told() {
    let manager = Manager::start().await;
    let body = json!({"name": "mailer", "queues": []});
    let replies = join_all((0..16).map(|_| manager.send(post_json("/roles", &body)))).await;
    let mut created = 0;
    for reply in replies {
        if reply.status == 201 {
            created += 1;
            continue;
        }
        assert_eq!(reply.problem(409)["detail"], "there is a role `mailer` already");
    }
    assert_eq!(created, 1);
    let reply = manager.send(get("/roles/mailer")).await.expect(200);
    assert_eq!(reply["queues"], json!([]));
}

#[tokio::test]
async fn each_refresh_has_a_tag_of_its_own() {
    let manager = Manager::start().await;
    let mut tags = Vec::new();
    for _ in 0..2 {
        let reply = manager.send(post("/roles/default/refresh")).await.expect(200);
        assert_eq!(reply["role"], "default");
        tags.push(reply["refresh_tag"].as_str().expect("a text").to_owned());
    }
    assert_ne!(tags[0], tags[1]);
}
