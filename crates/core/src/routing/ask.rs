use std::fmt;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use sqlx::Database;
use sqlx::pool::PoolConnection;

/// What a question may take.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// A connection of the pool for one question. One that is given up in the middle of it is closed rather than given back:
/// the pool would wait for its answer, and have no place for another one, for as long as the network takes to say that
/// nobody is there.
pub(super) struct Held<DB: Database> {
    connection: PoolConnection<DB>,
    pub(super) answered: bool,
}

impl<DB: Database> Held<DB> {
    pub(super) fn of(connection: PoolConnection<DB>) -> Self {
        Self { connection, answered: false }
    }
}

impl<DB: Database> Drop for Held<DB> {
    fn drop(&mut self) {
        if !self.answered {
            self.connection.close_on_drop();
        }
    }
}

impl<DB: Database> Deref for Held<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

impl<DB: Database> DerefMut for Held<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.connection
    }
}

impl<DB: Database> fmt::Debug for Held<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("answered", &self.answered).finish_non_exhaustive()
    }
}

/// Asks the same on whichever database it is, and gives up after [`ANSWER_TIMEOUT`]. The question has a connection.
macro_rules! ask {
    ($routing:ident, $operation:literal, $connection:ident => $question:expr) => {{
        let during = $crate::routing::error::During { operation: $operation, place: &$routing.place };
        let answer = async {
            match &$routing.pool {
                $crate::routing::Pool::Sqlite(pool) => $crate::routing::ask::ask!(pool, $connection => $question),
                $crate::routing::Pool::Postgres(pool) => $crate::routing::ask::ask!(pool, $connection => $question),
            }
        };
        match tokio::time::timeout($crate::routing::ask::ANSWER_TIMEOUT, answer).await {
            Ok(answer) => answer.map_err(|error| during.failed(&error)),
            Err(_) => Err(during.unavailable("no answer within 2 s")),
        }
    }};
    ($pool:ident, $connection:ident => $question:expr) => {{
        let mut held = $crate::routing::ask::Held::of($pool.acquire().await?);
        let answer = {
            let $connection = &mut *held;
            $question.await
        };
        held.answered = true;
        answer.map(Into::into)
    }};
}

pub(super) use ask;
