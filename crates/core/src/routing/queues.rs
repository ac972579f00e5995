use sqlx::Connection as _;

use super::ask::ask;
use super::row::{QUEUE_COLUMNS, QueueRow, queue};
use super::{BUMP, Removal, Routing, RoutingError};
use crate::model::{Queue, Timestamp};

/// The columns of a queue in the order in which [`bound!`] binds them.
const INSERT: &str = "INSERT INTO queues (name, max_concurrent, max_concurrent_total, rate_numerator, rate_denominator, rate_period, paused)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const UPDATE: &str = "UPDATE queues SET max_concurrent = $2, max_concurrent_total = $3, rate_numerator = $4,
    rate_denominator = $5, rate_period = $6, paused = $7 WHERE name = $1";
/// From now on what is in the queue is nobody's leftover any more.
const TAKE_OVER: &str = "UPDATE removals SET before = $2 WHERE queue = $1 AND before IS NULL";

/// A statement with the columns of a queue.
macro_rules! bound {
    ($sql:expr, $queue:expr) => {{
        let queue: &Queue = $queue;
        sqlx::query($sql)
            .bind(&queue.name)
            .bind(queue.max_concurrent.map(i64::from))
            .bind(queue.max_concurrent_total.map(i64::from))
            .bind(queue.rate.map(|rate| i64::from(rate.numerator)))
            .bind(queue.rate.map(|rate| i64::from(rate.denominator)))
            .bind(queue.rate.map(|rate| rate.period.name()))
            .bind(queue.paused)
    }};
}

impl Routing {
    /// All queues, by name.
    pub async fn queues(&self) -> Result<Vec<Queue>, RoutingError> {
        let sql = format!("SELECT {QUEUE_COLUMNS} FROM queues ORDER BY name");
        let rows: Vec<QueueRow> = ask!(self, "queues", connection => {
            sqlx::query_as::<_, QueueRow>(sqlx::AssertSqlSafe(sql.as_str())).fetch_all(connection)
        })?;
        Ok(rows.into_iter().map(queue).collect())
    }

    /// One queue; none if there is no such queue.
    pub async fn queue(&self, name: &str) -> Result<Option<Queue>, RoutingError> {
        let sql = format!("SELECT {QUEUE_COLUMNS} FROM queues WHERE name = $1");
        let row: Option<QueueRow> = ask!(self, "queue", connection => {
            sqlx::query_as::<_, QueueRow>(sqlx::AssertSqlSafe(sql.as_str())).bind(name).fetch_optional(connection)
        })?;
        Ok(row.map(queue))
    }

    /// Whether it was created; not if there is one of this name. What a deleted queue of this name had left by `now` is
    /// cancelled still, what comes later is this one's.
    pub async fn create_queue(&self, queue: &Queue, now: Timestamp) -> Result<bool, RoutingError> {
        ask!(self, "create queue", connection => async {
            let mut transaction = connection.begin().await?;
            sqlx::query(BUMP).execute(&mut *transaction).await?;
            match bound!(INSERT, queue).execute(&mut *transaction).await {
                Err(sqlx::Error::Database(error)) if error.is_unique_violation() => return Ok(false),
                other => other?,
            };
            sqlx::query(TAKE_OVER).bind(&queue.name).bind(millis(now)).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok::<bool, sqlx::Error>(true)
        })
    }

    /// Creates or changes a queue; answers how it is now, and whether it was created. It stays paused or not as it was
    /// unless that is said.
    pub async fn put_queue(
        &self,
        queue: &Queue,
        paused: Option<bool>,
        now: Timestamp,
    ) -> Result<(Queue, bool), RoutingError> {
        ask!(self, "put queue", connection => async {
            let mut transaction = connection.begin().await?;
            sqlx::query(BUMP).execute(&mut *transaction).await?;
            let before = sqlx::query_scalar::<_, bool>("SELECT paused FROM queues WHERE name = $1").bind(&queue.name);
            let before = before.fetch_optional(&mut *transaction).await?;
            let queue = Queue { paused: paused.or(before).unwrap_or_default(), ..queue.clone() };
            if before.is_some() {
                bound!(UPDATE, &queue).execute(&mut *transaction).await?;
            } else {
                bound!(INSERT, &queue).execute(&mut *transaction).await?;
                sqlx::query(TAKE_OVER).bind(&queue.name).bind(millis(now)).execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
            Ok::<(Queue, bool), sqlx::Error>((queue, before.is_none()))
        })
    }

    /// Pauses or resumes a queue; answers whether there is one of this name.
    pub async fn set_paused(&self, name: &str, paused: bool) -> Result<bool, RoutingError> {
        const SQL: &str = "UPDATE queues SET paused = $2 WHERE name = $1";
        ask!(self, "set paused", connection => async {
            let mut transaction = connection.begin().await?;
            sqlx::query(BUMP).execute(&mut *transaction).await?;
            let done = sqlx::query(SQL).bind(name).bind(paused).execute(&mut *transaction).await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            transaction.commit().await?;
            Ok::<bool, sqlx::Error>(true)
        })
    }

    /// Deletes a queue, also from its roles, and notes at once what is to become of its tasks; answers whether there was
    /// one of this name.
    pub async fn delete_queue(&self, name: &str, removal: &Removal) -> Result<bool, RoutingError> {
        ask!(self, "delete queue", connection => async {
            let mut transaction = connection.begin().await?;
            sqlx::query(BUMP).execute(&mut *transaction).await?;
            let done = sqlx::query("DELETE FROM queues WHERE name = $1").bind(name).execute(&mut *transaction).await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            super::removals::added!(removal).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok::<bool, sqlx::Error>(true)
        })
    }
}

pub(super) fn millis(time: Timestamp) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
