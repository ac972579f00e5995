use jobbers_core::model::{Queue, Role};
use jobbers_core::routing::Removal;

use super::database::{Database, at};

super::on_both_databases! {
    a_deleted_queue_leaves_its_roles_and_a_note_of_its_tasks,
    what_cannot_be_noted_is_not_deleted,
    a_queue_created_anew_keeps_what_comes_from_then_on,
    removals_are_listed_oldest_first_until_they_are_done,
}

fn removal(id: i64, queue: &str, asked_at: u64) -> Removal {
    Removal { id, queue: queue.to_owned(), before: None, scheduled: true, started: true, asked_at: at(asked_at) }
}

fn queue(name: &str) -> Queue {
    Queue { name: name.to_owned(), ..Queue::default() }
}

async fn a_deleted_queue_leaves_its_roles_and_a_note_of_its_tasks(database: Database) {
    let routing = database.opened().await;
    routing.create_queue(&queue("mail"), at(1)).await.unwrap();
    let role = Role { name: "office".to_owned(), queues: vec!["default".to_owned(), "mail".to_owned()] };
    routing.create_role(&role).await.unwrap();
    assert!(routing.delete_queue("mail", &removal(i64::MAX, "mail", 2)).await.unwrap());
    assert_eq!(routing.queue("mail").await.unwrap(), None);
    assert_eq!(routing.role("office").await.unwrap().unwrap().queues, ["default"]);
    assert_eq!(routing.removals().await.unwrap(), [removal(i64::MAX, "mail", 2)]);
    assert!(!routing.delete_queue("mail", &removal(3, "mail", 4)).await.unwrap());
    assert_eq!(routing.removals().await.unwrap().len(), 1, "nothing is noted of a queue that there is not");
}

async fn what_cannot_be_noted_is_not_deleted(database: Database) {
    let routing = database.opened().await;
    routing.create_queue(&queue("mail"), at(1)).await.unwrap();
    routing.add_removal(&removal(7, "other", 1)).await.unwrap();
    let version = routing.version().await.unwrap();
    // The same number again.
    routing.delete_queue("mail", &removal(7, "mail", 2)).await.unwrap_err();
    assert_eq!(routing.queue("mail").await.unwrap(), Some(queue("mail")));
    assert_eq!(routing.removals().await.unwrap(), [removal(7, "other", 1)]);
    assert_eq!(routing.version().await.unwrap(), version);
    assert!(routing.delete_queue("mail", &removal(8, "mail", 3)).await.unwrap(), "the next one can");
}

async fn a_queue_created_anew_keeps_what_comes_from_then_on(database: Database) {
    let routing = database.opened().await;
    for name in ["created", "put", "other"] {
        routing.create_queue(&queue(name), at(1)).await.unwrap();
    }
    for (id, name) in [(1, "created"), (2, "put"), (3, "other")] {
        routing.delete_queue(name, &removal(id, name, 10 + id.unsigned_abs())).await.unwrap();
    }
    let purge = Removal { before: Some(at(5)), started: false, ..removal(4, "created", 20) };
    routing.add_removal(&purge).await.unwrap();
    assert!(routing.create_queue(&queue("created"), at(100)).await.unwrap());
    assert!(routing.put_queue(&queue("put"), None, at(200)).await.unwrap().1);
    let expected = [
        Removal { before: Some(at(100)), ..removal(1, "created", 11) },
        Removal { before: Some(at(200)), ..removal(2, "put", 12) },
        removal(3, "other", 13),
        purge,
    ];
    assert_eq!(routing.removals().await.unwrap(), expected);
    assert!(!routing.create_queue(&queue("created"), at(300)).await.unwrap());
    routing.put_queue(&queue("put"), Some(true), at(300)).await.unwrap();
    assert_eq!(routing.removals().await.unwrap(), expected, "the first creation decides");
}

async fn removals_are_listed_oldest_first_until_they_are_done(database: Database) {
    let routing = database.opened().await;
    let plain = Removal { before: Some(at(253_402_300_799_999)), scheduled: false, ..removal(-5, "a", 300) };
    let all = [removal(9, "b", 100), removal(i64::MIN, "a", 200), removal(8, "a", 200), plain];
    for one in [2, 0, 3, 1] {
        routing.add_removal(&all[one]).await.unwrap();
    }
    assert_eq!(routing.removals().await.unwrap(), all);
    routing.end_removal(9).await.unwrap();
    routing.end_removal(9).await.unwrap();
    routing.end_removal(8).await.unwrap();
    assert_eq!(routing.removals().await.unwrap(), [all[1].clone(), all[3].clone()]);
}
