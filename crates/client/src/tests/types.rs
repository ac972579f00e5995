use serde_json::json;

use super::*;

#[test]
fn a_task_is_kept_as_it_was_sent() {
    let text = r#"{"version":1,"status":"completed","queue":"q","name":"n","id":"i","parameters":{"n":12345678901234567890123},"result":null,"new":[1.50]}"#;
    let task: Task = serde_json::from_str(text).expect("a task");
    assert_eq!(task.json.as_str(), text);
    assert_eq!((task.result, task.error, task.attempt), (Some(Value::Null), None, 0));
    let running: Task = serde_json::from_value(task_of("started")).expect("a task");
    assert_eq!(running.result, None);
}

fn task_of(status: &str) -> Value {
    json!({"id": "i", "name": "n", "version": 1, "queue": "q", "status": status})
}

#[test]
fn words_of_a_newer_manager_are_kept() {
    let outcome: OutcomeStatus = serde_json::from_str("\"paused\"").expect("a status");
    assert_eq!(outcome, OutcomeStatus::Other("paused".to_owned()));
    let outcome: BatchStatus = serde_json::from_str("\"queued\"").expect("a status");
    assert_eq!(outcome, BatchStatus::Other("queued".to_owned()));
}

#[test]
fn an_item_of_a_batch_has_an_id_and_keeps_the_rest() {
    let text = r#" {"name": "n", "parameters": {"n": 12345678901234567890123, "a": [ ]}} "#;
    let item = BatchItem::from_json(text).expect("an item");
    assert_eq!(item.id().len(), 26);
    let other = BatchItem::from_json(text).expect("an item");
    assert_ne!(item.id(), other.id());
    let own = BatchItem::from_json(r#"{"id": "01JBKR2E5F3G4H5J6K7X8M9N0P"}"#).expect("an item");
    assert_eq!(own.id(), "01JBKR2E5F3G4H5J6K7X8M9N0P");
    assert_eq!(BatchItem::from_json(r#"{"id": null}"#).expect("an item").id().len(), 26);
    for wrong in ["", "[]", "1", "{", r#"{"id": 1}"#] {
        assert!(BatchItem::from_json(wrong).is_err(), "{wrong}");
    }
}
