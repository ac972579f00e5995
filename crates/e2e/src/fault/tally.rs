//! What the store has counted, move by move.

use std::collections::HashMap;

use jobbers_conformance::server::redis::RedisServer;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Row as _};

use crate::Installation;

/// How often tasks moved. The store counts in the same step that moves a task, so a task that ended twice is two ends here
/// and one record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(HashMap<String, i64>);

const FIELDS: [&str; 6] = ["submitted", "started", "completed", "failed", "cancelled", "lost"];

impl Tally {
    pub async fn of(jobbers: &Installation) -> Self {
        match &jobbers.redis {
            Some(redis) => Self::of_redis(redis),
            None => Self::of_sqlite(&jobbers.path("tasks.db")).await,
        }
    }

    pub fn of_counts<const N: usize>(counts: [(&str, i64); N]) -> Self {
        Self(counts.into_iter().map(|(field, count)| (field.to_owned(), count)).collect())
    }

    pub fn count(&self, field: &str) -> i64 {
        self.0.get(field).copied().unwrap_or_default()
    }

    fn of_redis(redis: &RedisServer) -> Self {
        let mut counts = HashMap::new();
        for key in redis.command(&["KEYS", "*:tally:*"]) {
            for pair in redis.command(&["HGETALL", &key]).chunks_exact(2) {
                *counts.entry(pair[0].clone()).or_default() += pair[1].parse::<i64>().expect("a count is a number");
            }
        }
        Self(counts)
    }

    async fn of_sqlite(file: &std::path::Path) -> Self {
        let mut connection = SqliteConnectOptions::new().filename(file).connect().await.expect("the file of tasks");
        let sums = FIELDS.map(|field| format!("coalesce(sum({field}), 0)")).join(", ");
        let query = sqlx::AssertSqlSafe(format!("SELECT {sums} FROM tallies"));
        let row = sqlx::query(query).fetch_one(&mut connection).await.expect("the tallies");
        Self(FIELDS.iter().enumerate().map(|(n, field)| ((*field).to_owned(), row.get(n))).collect())
    }
}
