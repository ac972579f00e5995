use jobbers_core::model::TaskId;
use schemars::JsonSchema;
use serde::Deserialize;

/// The id of a task in a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("format" = "task-id"))]
pub(super) struct IdText(String);

/// The schema has been checked, so each of them is an id.
pub(super) fn ids(texts: &[IdText]) -> Vec<TaskId> {
    texts.iter().filter_map(|IdText(text)| text.parse().ok()).collect()
}
