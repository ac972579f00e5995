use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteConnectOptions;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::trouble::{Result, Trouble};
use crate::sql::open_sqlite;

/// Connections that read at the same time at the most.
const READERS: usize = 4;

/// A few connections that only read, for use from any runtime. They are opened when they are needed.
#[derive(Debug)]
pub(super) struct Readers {
    options: SqliteConnectOptions,
    idle: Mutex<Vec<SqliteConnection>>,
    places: Semaphore,
}

/// A connection for one reader.
pub(super) struct Reader<'p> {
    readers: &'p Readers,
    connection: Option<SqliteConnection>,
    _place: SemaphorePermit<'p>,
}

impl Readers {
    pub(super) fn new(options: SqliteConnectOptions) -> Self {
        let options = options.create_if_missing(false).pragma("query_only", "1");
        Self { options, idle: Mutex::default(), places: Semaphore::new(READERS) }
    }

    pub(super) async fn reader(&self) -> Result<Reader<'_>> {
        let place = self.places.acquire().await.map_err(|_| Trouble::Unavailable("it is closed".into()))?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open_sqlite(&self.options).await?,
        };
        Ok(Reader { readers: self, connection: Some(connection), _place: place })
    }
}

impl Deref for Reader<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection.as_ref().expect("a reader has its connection until it is dropped")
    }
}

impl DerefMut for Reader<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("a reader has its connection until it is dropped")
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let connection = self.connection.take();
        self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(connection);
    }
}
