use serde_json::{Value, json};

/// A task that has ended, as it is shown.
pub(crate) fn example() -> Value {
    json!({
        "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "name": "word_count", "version": 1, "queue": "default",
        "status": "completed", "priority": 5, "parameters": {"text": "one two two"},
        "result": {"words": 3}, "errors": [], "attempts": [], "attempt": 1, "retry_attempt": 0, "lost": 0,
        "max_retries": 3, "submitted_at": "2026-01-31T12:00:00.000Z", "started_at": "2026-01-31T12:00:00.010Z",
        "completed_at": "2026-01-31T12:00:00.030Z", "worker": "5f3a0c81d2e47b96",
    })
}
