use jobbers_core::model::{Queue, Role};
use jobbers_core::routing::{RoleOutcome, Routing, UnknownQueues};

use super::database::{Database, at};

super::on_both_databases! {
    a_role_is_created_once,
    a_role_with_queues_that_there_are_not_is_refused_whole,
    a_put_gives_a_role_other_queues,
    a_role_may_have_no_queue_or_name_one_twice,
    a_deleted_role_is_gone_and_its_queues_stay,
    roles_and_their_queues_are_listed_by_name,
}

fn role(name: &str, queues: &[&str]) -> Role {
    Role { name: name.to_owned(), queues: queues.iter().map(|&queue| queue.to_owned()).collect() }
}

async fn with_queues(database: &Database, names: &[&str]) -> Routing {
    let routing = database.opened().await;
    for name in names {
        assert!(routing.create_queue(&Queue { name: (*name).to_owned(), ..Queue::default() }, at(1)).await.unwrap());
    }
    routing
}

fn unknown(unknown: &[&str], existing: &[&str]) -> RoleOutcome {
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    RoleOutcome::UnknownQueues(UnknownQueues { unknown: owned(unknown), existing: owned(existing) })
}

async fn a_role_is_created_once(database: Database) {
    let routing = with_queues(&database, &["mail", "bulk"]).await;
    assert_eq!(routing.role("office").await.unwrap(), None);
    assert_eq!(routing.create_role(&role("office", &["mail", "bulk"])).await.unwrap(), RoleOutcome::Done);
    assert_eq!(routing.role("office").await.unwrap(), Some(role("office", &["bulk", "mail"])));
    assert_eq!(routing.create_role(&role("office", &["default"])).await.unwrap(), RoleOutcome::Exists);
    assert_eq!(routing.role("office").await.unwrap(), Some(role("office", &["bulk", "mail"])), "it is as it was");
}

async fn a_role_with_queues_that_there_are_not_is_refused_whole(database: Database) {
    let routing = with_queues(&database, &["mail"]).await;
    let wrong = role("office", &["post", "mail", "fax"]);
    assert_eq!(routing.create_role(&wrong).await.unwrap(), unknown(&["post", "fax"], &["default", "mail"]));
    assert_eq!(routing.role("office").await.unwrap(), None);
    assert_eq!(routing.create_role(&role("office", &["mail"])).await.unwrap(), RoleOutcome::Done);
    assert_eq!(routing.put_role(&wrong).await.unwrap(), unknown(&["post", "fax"], &["default", "mail"]));
    assert_eq!(routing.role("office").await.unwrap(), Some(role("office", &["mail"])), "it has what it had");
}

async fn a_put_gives_a_role_other_queues(database: Database) {
    let routing = with_queues(&database, &["mail", "bulk"]).await;
    assert_eq!(routing.put_role(&role("office", &["mail"])).await.unwrap(), RoleOutcome::Unknown);
    assert_eq!(routing.role("office").await.unwrap(), None, "a put creates none");
    assert_eq!(routing.put_role(&role("default", &["mail", "bulk"])).await.unwrap(), RoleOutcome::Done);
    assert_eq!(routing.roles().await.unwrap(), [role("default", &["bulk", "mail"])]);
}

async fn a_role_may_have_no_queue_or_name_one_twice(database: Database) {
    let routing = with_queues(&database, &[]).await;
    assert_eq!(routing.create_role(&role("idle", &[])).await.unwrap(), RoleOutcome::Done);
    assert_eq!(routing.role("idle").await.unwrap(), Some(role("idle", &[])));
    assert_eq!(routing.put_role(&role("idle", &["default", "default"])).await.unwrap(), RoleOutcome::Done);
    assert_eq!(routing.role("idle").await.unwrap(), Some(role("idle", &["default"])));
    assert_eq!(routing.put_role(&role("idle", &[])).await.unwrap(), RoleOutcome::Done);
    assert_eq!(routing.roles().await.unwrap(), [role("default", &["default"]), role("idle", &[])]);
}

async fn a_deleted_role_is_gone_and_its_queues_stay(database: Database) {
    let routing = with_queues(&database, &["mail"]).await;
    routing.create_role(&role("office", &["mail", "default"])).await.unwrap();
    assert!(routing.delete_role("office").await.unwrap());
    assert!(!routing.delete_role("office").await.unwrap());
    assert_eq!(routing.roles().await.unwrap(), [role("default", &["default"])]);
    assert_eq!(routing.queues().await.unwrap().len(), 2);
    assert_eq!(database.number("SELECT count(*) FROM role_queues").await, 1);
}

async fn roles_and_their_queues_are_listed_by_name(database: Database) {
    let routing = with_queues(&database, &["b", "B", "a"]).await;
    for name in ["b", "B", "a"] {
        routing.create_role(&role(name, &["b", "a", "B"])).await.unwrap();
    }
    let all = ["B", "a", "b"].map(|name| role(name, &["B", "a", "b"]));
    assert_eq!(routing.roles().await.unwrap(), [&all[..], &[role("default", &["default"])]].concat());
}
