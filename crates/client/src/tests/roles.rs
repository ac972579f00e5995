use super::*;

fn role(queues: &[&str]) -> Value {
    json!({"message": "Role so", "role": "mailer", "queues": queues})
}

#[tokio::test]
async fn a_role_is_created_changed_and_deleted() {
    let list = json!({"roles": ["mailer"], "details": [{"role": "mailer", "queues": ["mails"]}]});
    let answers = vec![
        Answer::Reply(201, role(&["mails"])),
        Answer::Reply(200, role(&[])),
        Answer::Reply(200, list),
        Answer::Reply(200, json!({"role": "mailer", "refresh_tag": "17"})),
        Answer::Reply(200, json!({"message": "Role deleted"})),
    ];
    let manager = Manager::start(answers).await;
    let client = manager.client();
    let queues = ["mails".to_owned()];
    assert_eq!(client.create_role("mailer", &queues).await.expect("created").queues, queues);
    assert_eq!(client.change_role("mailer", &[]).await.expect("changed").queues, [""; 0]);
    let roles = client.roles().await.expect("roles");
    assert_eq!(roles.roles, [Role { name: "mailer".into(), queues: queues.to_vec() }]);
    assert_eq!(client.refresh_role("mailer").await.expect("refreshed").refresh_tag, "17");
    client.delete_role("mailer").await.expect("deleted");
    let calls = manager.calls();
    assert_eq!(calls[0].body, json!({"name": "mailer", "queues": ["mails"]}));
    assert_eq!(calls[1].body, json!([]));
    let heads: Vec<&str> = calls.iter().filter_map(|call| call.head.split(" HTTP").next()).collect();
    assert_eq!(
        heads,
        [
            "POST /roles",
            "PUT /roles/mailer",
            "GET /roles?details=true",
            "POST /roles/mailer/refresh",
            "DELETE /roles/mailer"
        ]
    );
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_has_happened_if_the_role_is_as_it_was_wanted() {
    let taken = || problem(409, "there is a role `mailer` already");
    let shown = |queues: &[&str]| Answer::Reply(200, json!({"role": "mailer", "queues": queues}));
    let wanted = ["b".to_owned(), "a".to_owned(), "b".to_owned()];
    let manager = Manager::start(vec![Answer::HangUp, taken(), shown(&["a", "b"])]).await;
    manager.client().create_role("mailer", &wanted).await.expect("created");
    let manager = Manager::start(vec![Answer::HangUp, taken(), shown(&["a"])]).await;
    manager.client().create_role("mailer", &wanted).await.expect_err("another one");
}
