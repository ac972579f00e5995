use jobbers_core::operation::submit_all::MAX_SUBMISSIONS;
use serde_json::{Value, json};

use crate::wire::{
    BulkBody, DiscardBody, NewQueue, NewRole, NewTask, OlderNewTask, QueueChange, RevivalBody, RoleChange, ScheduleBody,
};

/// The schemas of request bodies by name: the very documents that the bodies are validated with.
pub(super) fn all() -> [(&'static str, Value); 12] {
    [
        ("NewTask", NewTask::schema_document()),
        ("Batch", batch()),
        ("Lines", json!({"description": "A JSON object on each line, each as the body of `POST /tasks`."})),
        ("BulkBody", BulkBody::schema_document()),
        ("RevivalBody", RevivalBody::schema_document()),
        ("DiscardBody", DiscardBody::schema_document()),
        ("ScheduleBody", ScheduleBody::schema_document()),
        ("OlderNewTask", OlderNewTask::schema_document()),
        ("NewQueue", NewQueue::schema_document()),
        ("QueueChange", QueueChange::schema_document()),
        ("NewRole", NewRole::schema_document()),
        ("RoleChange", RoleChange::schema_document()),
    ]
}

/// An item that is wrong does not make the batch wrong, so anything goes; but this is what an item should be.
fn batch() -> Value {
    json!({
        "type": "array", "maxItems": MAX_SUBMISSIONS,
        "items": {"anyOf": [{"$ref": "#/components/schemas/NewTask"}, {}]},
    })
}
