use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqliteConnection};

/// How long a step waits for another process that writes: a request is answered within two seconds either way.
pub const BUSY_TIMEOUT: Duration = Duration::from_millis(1_500);

/// How an SQLite file is opened: created if missing, write-ahead log, every commit durable.
pub fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging()
}

/// Opens an SQLite file. Switching a new file to the write-ahead log does not wait for a process that does the same
/// by itself, so this tries again for a while.
pub async fn open_sqlite(options: &SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    const BUSY: i32 = 5;
    let patience = Instant::now() + BUSY_TIMEOUT;
    loop {
        match options.connect().await {
            Err(sqlx::Error::Database(error)) if Instant::now() < patience => {
                let code = error.code().and_then(|code| code.parse::<i32>().ok());
                if code.is_none_or(|code| code & 0xff != BUSY) {
                    return Err(sqlx::Error::Database(error));
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            answer => return answer,
        }
    }
}
