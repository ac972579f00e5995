use jobbers_core::model::{Queue, Role};
use jobbers_core::routing::{Removal, RoleOutcome, Routing, Snapshot};

use super::database::{Database, at};

super::on_both_databases! {
    each_change_that_is_accepted_has_a_version_of_its_own,
    what_changes_nothing_leaves_the_version,
    a_snapshot_has_everything,
    a_touch_makes_everyone_read_again,
}

fn queue(name: &str) -> Queue {
    Queue { name: name.to_owned(), ..Queue::default() }
}

fn role(name: &str, queues: &[&str]) -> Role {
    Role { name: name.to_owned(), queues: queues.iter().map(|&queue| queue.to_owned()).collect() }
}

fn removal(queue: &str) -> Removal {
    Removal { id: 1, queue: queue.to_owned(), before: None, scheduled: true, started: true, asked_at: at(1) }
}

/// What is added to the version.
async fn grown(routing: &Routing, since: &mut i64) -> i64 {
    let version = routing.version().await.unwrap();
    version - std::mem::replace(since, version)
}

async fn each_change_that_is_accepted_has_a_version_of_its_own(database: Database) {
    let routing = database.opened().await;
    let mut version = 1;
    assert!(routing.create_queue(&queue("mail"), at(1)).await.unwrap());
    assert_eq!(grown(&routing, &mut version).await, 1, "create queue");
    routing.put_queue(&queue("bulk"), None, at(1)).await.unwrap();
    assert_eq!(grown(&routing, &mut version).await, 1, "put a new queue");
    routing.put_queue(&queue("bulk"), Some(true), at(1)).await.unwrap();
    assert_eq!(grown(&routing, &mut version).await, 1, "put a queue");
    routing.set_paused("bulk", false).await.unwrap();
    assert_eq!(grown(&routing, &mut version).await, 1, "pause");
    routing.create_role(&role("office", &["mail"])).await.unwrap();
    assert_eq!(grown(&routing, &mut version).await, 1, "create role");
    routing.put_role(&role("office", &["bulk"])).await.unwrap();
    assert_eq!(grown(&routing, &mut version).await, 1, "put role");
    routing.delete_queue("bulk", &removal("bulk")).await.unwrap();
    assert_eq!(grown(&routing, &mut version).await, 1, "delete queue");
    routing.delete_role("office").await.unwrap();
    assert_eq!(grown(&routing, &mut version).await, 1, "delete role");
}

async fn what_changes_nothing_leaves_the_version(database: Database) {
    let routing = database.opened().await;
    assert!(!routing.create_queue(&queue("default"), at(1)).await.unwrap());
    assert!(!routing.set_paused("none", true).await.unwrap());
    assert!(!routing.delete_queue("none", &removal("none")).await.unwrap());
    assert_eq!(routing.create_role(&role("default", &[])).await.unwrap(), RoleOutcome::Exists);
    assert!(matches!(routing.create_role(&role("r", &["q"])).await.unwrap(), RoleOutcome::UnknownQueues(_)));
    assert_eq!(routing.put_role(&role("none", &[])).await.unwrap(), RoleOutcome::Unknown);
    assert!(matches!(routing.put_role(&role("default", &["q"])).await.unwrap(), RoleOutcome::UnknownQueues(_)));
    assert!(!routing.delete_role("none").await.unwrap());
    routing.add_removal(&removal("default")).await.unwrap();
    routing.end_removal(1).await.unwrap();
    routing.belong("an installation").await.unwrap();
    let before = routing.snapshot().await.unwrap();
    assert_eq!(before.version, 1);
    database.opened().await;
    assert_eq!(routing.snapshot().await.unwrap(), before, "migrated and opened once more");
}

async fn a_snapshot_has_everything(database: Database) {
    let routing = database.opened().await;
    routing.create_queue(&queue("mail"), at(1)).await.unwrap();
    routing.create_role(&role("office", &["mail", "default"])).await.unwrap();
    routing.create_role(&role("idle", &[])).await.unwrap();
    let snapshot = routing.snapshot().await.unwrap();
    let roles = [role("default", &["default"]), role("idle", &[]), role("office", &["default", "mail"])];
    let expected = Snapshot { version: 4, queues: vec![queue("default"), queue("mail")], roles: roles.to_vec() };
    assert_eq!(snapshot, expected);
    assert_eq!((snapshot.queue("mail"), snapshot.queue("none")), (Some(&queue("mail")), None));
    assert_eq!((snapshot.role("idle"), snapshot.role("none")), (Some(&role("idle", &[])), None));
    assert_eq!(snapshot.roles_with("default").collect::<Vec<_>>(), ["default", "office"]);
    assert_eq!(snapshot.roles_with("mail").collect::<Vec<_>>(), ["office"]);
    assert_eq!(snapshot.roles_with("none").count(), 0);
}

async fn a_touch_makes_everyone_read_again(database: Database) {
    let routing = database.opened().await;
    assert_eq!(routing.touch().await.unwrap(), 2);
    assert_eq!(routing.touch().await.unwrap(), 3);
    assert_eq!(routing.version().await.unwrap(), 3);
}
