use anyhow::{Result, ensure};
use bytes::Bytes;
use jobbers_core::model::{DEFAULT_PRIORITY, DEFAULT_QUEUE, NewTask, TaskId, TaskType, When};
use jobbers_core::store::{SharedStore, SubmitOutcome};

/// 93 bytes of JSON, as performance.md's workloads have it.
pub(crate) const PARAMETERS: &[u8] =
    br#"{"report_id":4242424242,"title":"quarterly figures of the whole company","formats":["pdf"]}  "#;

/// A new task of a type.
pub(crate) fn task(name: &str, parameters: &Bytes) -> NewTask {
    NewTask {
        id: TaskId::from_parts(1_700_000_000_000, rand::random()),
        task_type: TaskType::new(name, 1),
        queue: DEFAULT_QUEUE.to_owned(),
        priority: DEFAULT_PRIORITY,
        when: When::Now,
        parameters: parameters.clone(),
        metadata: None,
        trace_id: None,
        fingerprint: [0; 8],
        expires_at: None,
        idempotency_key: None,
    }
}

/// Submits that many tasks of a type, so many in a step, and waits for each step.
pub(crate) async fn submit(store: &SharedStore, name: &str, tasks: usize, batch: usize) -> Result<Vec<TaskId>> {
    let parameters = Bytes::from_static(PARAMETERS);
    let mut ids = Vec::with_capacity(tasks);
    while ids.len() < tasks {
        let some: Vec<_> = (0..batch.min(tasks - ids.len())).map(|_| task(name, &parameters)).collect();
        store_all(store, &some).await?;
        ids.extend(some.iter().map(|task| task.id));
    }
    Ok(ids)
}

/// Stores new tasks in one step.
pub(crate) async fn store_all(store: &SharedStore, tasks: &[NewTask]) -> Result<()> {
    let outcomes = store.submit(tasks).await?;
    ensure!(outcomes.iter().all(|outcome| matches!(outcome, SubmitOutcome::Stored { .. })), "not all were stored");
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn parameters_have_the_agreed_size() {
        assert_eq!(super::PARAMETERS.len(), 93);
    }
}
