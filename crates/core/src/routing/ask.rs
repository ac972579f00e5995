use std::time::Duration;

/// What a question may take.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// Asks the same on whichever database it is, and gives up after [`ANSWER_TIMEOUT`].
macro_rules! ask {
    ($routing:ident, $operation:literal, $pool:ident => $question:expr) => {{
        let during = $crate::routing::error::During { operation: $operation, place: &$routing.place };
        let answer = async {
            match &$routing.pool {
                $crate::routing::Pool::Sqlite($pool) => $question.await.map(Into::into),
                $crate::routing::Pool::Postgres($pool) => $question.await.map(Into::into),
            }
        };
        match tokio::time::timeout($crate::routing::ask::ANSWER_TIMEOUT, answer).await {
            Ok(answer) => answer.map_err(|error| during.failed(&error)),
            Err(_) => Err(during.unavailable("no answer within 2 s")),
        }
    }};
}

pub(super) use ask;
