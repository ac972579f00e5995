use super::ask::ask;
use super::{Routing, RoutingError};
use crate::model::Timestamp;

/// Tasks of a queue that are to be cancelled, by a purge or because the queue was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Drawn by lot.
    pub id: i64,
    pub queue: String,
    /// What came later is left alone; none = nothing is, as long as this is noted.
    pub before: Option<Timestamp>,
    /// Scheduled tasks as well.
    pub scheduled: bool,
    /// Started tasks are asked to stop as well.
    pub started: bool,
    pub asked_at: Timestamp,
}

pub(super) const ADD: &str =
    "INSERT INTO removals (id, queue, before, scheduled, started, asked_at) VALUES ($1, $2, $3, $4, $5, $6)";

/// The statement that notes a removal.
macro_rules! added {
    ($removal:expr) => {{
        let removal: &$crate::routing::Removal = $removal;
        sqlx::query($crate::routing::removals::ADD)
            .bind(removal.id)
            .bind(&removal.queue)
            .bind(removal.before.map($crate::routing::queues::millis))
            .bind(removal.scheduled)
            .bind(removal.started)
            .bind($crate::routing::queues::millis(removal.asked_at))
    }};
}
pub(super) use added;

type Row = (i64, String, Option<i64>, bool, bool, i64);

impl Routing {
    /// What is to be cancelled, oldest first.
    pub async fn removals(&self) -> Result<Vec<Removal>, RoutingError> {
        const SQL: &str = "SELECT id, queue, before, scheduled, started, asked_at FROM removals ORDER BY asked_at, id";
        let rows: Vec<Row> = ask!(self, "removals", connection => sqlx::query_as::<_, Row>(SQL).fetch_all(connection))?;
        Ok(rows.into_iter().map(removal).collect())
    }

    /// Notes what is to be cancelled.
    pub async fn add_removal(&self, removal: &Removal) -> Result<(), RoutingError> {
        ask!(self, "add removal", connection => async { added!(removal).execute(connection).await.map(|_| ()) })
    }

    /// It has been done.
    pub async fn end_removal(&self, id: i64) -> Result<(), RoutingError> {
        const SQL: &str = "DELETE FROM removals WHERE id = $1";
        ask!(self, "end removal", connection => async { sqlx::query(SQL).bind(id).execute(connection).await.map(|_| ()) })
    }
}

fn removal((id, queue, before, scheduled, started, asked_at): Row) -> Removal {
    let time = |millis: i64| Timestamp::from_millis(u64::try_from(millis).unwrap_or(0));
    Removal { id, queue, before: before.map(time), scheduled, started, asked_at: time(asked_at) }
}
