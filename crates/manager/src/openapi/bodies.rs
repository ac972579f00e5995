use serde_json::Value;

use crate::wire;

/// The schemas of request bodies by name: the very documents that the bodies are validated with.
pub(super) fn all() -> Vec<(&'static str, Value)> {
    vec![("NewTask", wire::NewTask::schema_document()), ("OlderNewTask", wire::OlderNewTask::schema_document())]
}
