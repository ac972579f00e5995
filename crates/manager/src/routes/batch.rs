use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use jobbers_core::model::{Status, TaskId};
use jobbers_core::operation::submit;
use jobbers_core::operation::submit_all::Item;

use crate::app::App;
use crate::extract::{BatchBody, Key};
use crate::openapi::problems::{Header, JsonIn, Problems, StoreBatch, Stores};
use crate::problem::Problem;
use crate::trace_parent::{Traced, trace_id};
use crate::wire::{BatchReply, BatchResult, BatchStatus, Invalid};

/// An item on its way: what is wrong with it, or what the answer needs to know of it.
type Sent = Result<(Option<TaskId>, &'static str), Invalid>;

/// Submit many tasks.
///
/// Up to 10,000, as an array or as a JSON object on each line. Each item is as the body of `POST /tasks`, and judged by
/// itself: the answer says what became of each, in their order.
#[utoipa::path(
    post, path = "/tasks/batch", tag = "Submit", params(Traced, Key),
    request_body(content(
        (ref("#/components/schemas/Batch") = "application/json", example = json!([
            {"name": "word_count", "version": 1, "parameters": {"text": "one two two"}},
            {"name": "word_count", "version": 1, "parameters": {"text": "three"}, "delay": 5}
        ])),
        (ref("#/components/schemas/Lines") = "application/x-ndjson", example = "{\"name\": \"word_count\", \"version\": 1, \"parameters\": {}}\n")
    )),
    responses(
        (status = 200, description = "What became of each item.", body = BatchReply),
        Problems::<(JsonIn, Header, StoreBatch, Stores)>
    )
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    key: Key,
    BatchBody { items, .. }: BatchBody,
) -> Result<Json<BatchReply>, Problem> {
    let operations = app.operations()?;
    let trace_id = trace_id(&headers);
    let mut submissions = Vec::with_capacity(items.0.len());
    let mut sent: Vec<Sent> = Vec::with_capacity(items.0.len());
    for (index, item) in items.0.into_iter().enumerate() {
        sent.push(item.map(|new| {
            let parameters_at = new.parameters_pointer();
            let submission = new.into_submission(trace_id.clone(), key.of_item(index));
            let own_id = submission.id;
            submissions.push(submission);
            (own_id, parameters_at)
        }));
    }
    let mut answers = Box::pin(operations.submit_all(submissions)).await?.into_iter();
    let results = sent.into_iter().map(|sent| match sent {
        Err(invalid) => Some(BatchResult { id: None, status: BatchStatus::Invalid, detail: Some(invalid.0) }),
        Ok((own_id, parameters_at)) => answers.next().map(|answer| result(answer, own_id, parameters_at)),
    });
    Ok(Json(BatchReply { results: results.flatten().collect() }))
}

fn result(answer: Result<Item, submit::Error>, own_id: Option<TaskId>, parameters_at: &str) -> BatchResult {
    match answer {
        Ok(Item::Stored { id, status }) => {
            let status = if status == Status::Scheduled { BatchStatus::Scheduled } else { BatchStatus::Submitted };
            BatchResult { id: Some(id), status, detail: None }
        }
        Ok(Item::Exists { id }) => BatchResult { id: Some(id), status: BatchStatus::Exists, detail: None },
        Err(error) => {
            let status = match error {
                submit::Error::Conflict { .. }
                | submit::Error::Twice { .. }
                | submit::Error::KeyConflict { .. }
                | submit::Error::KeyOfOther { .. } => BatchStatus::Conflict,
                submit::Error::UnknownType(_)
                | submit::Error::UnknownQueue(_)
                | submit::Error::WrongParameters { .. }
                | submit::Error::Expired { .. }
                | submit::Error::Store(_)
                | submit::Error::Routing(_) => BatchStatus::Invalid,
            };
            let problem = Problem::of_submission(error, "", parameters_at);
            BatchResult { id: own_id, status, detail: Some(problem.detail().to_owned()) }
        }
    }
}
