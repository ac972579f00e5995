use sqlx::migrate::MigrateError;
use sqlx::postgres::PgDatabaseError;
use sqlx::sqlite::SqliteError;

/// The SQL store was not usable.
#[derive(Debug, thiserror::Error)]
pub enum RoutingError {
    /// It does not answer, or is locked by someone else: may pass.
    #[error("{operation}: the SQL store {place} cannot be reached ({detail})")]
    Unavailable { operation: &'static str, place: String, detail: String },
    /// It cannot be used as it is: read-only, not a database, no right, a newer schema.
    #[error("{operation}: the SQL store {place} cannot be used ({detail})")]
    Unusable { operation: &'static str, place: String, detail: String },
}

impl RoutingError {
    /// Whether the same call may succeed later, without anybody's help.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable { .. } => true,
            Self::Unusable { .. } => false,
        }
    }
}

/// What was done where when something went wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct During<'a> {
    pub(super) operation: &'static str,
    pub(super) place: &'a str,
}

impl During<'_> {
    pub(super) fn unavailable(self, detail: impl Into<String>) -> RoutingError {
        RoutingError::Unavailable { operation: self.operation, place: self.place.to_owned(), detail: detail.into() }
    }

    pub(super) fn unusable(self, detail: impl Into<String>) -> RoutingError {
        RoutingError::Unusable { operation: self.operation, place: self.place.to_owned(), detail: detail.into() }
    }

    pub(super) fn failed(self, error: &sqlx::Error) -> RoutingError {
        match error {
            sqlx::Error::Database(database) => {
                if let Some(error) = database.try_downcast_ref::<SqliteError>() {
                    self.sqlite_failed(error)
                } else if let Some(error) = database.try_downcast_ref::<PgDatabaseError>() {
                    self.postgres_failed(error)
                } else {
                    self.unusable(database.to_string())
                }
            }
            sqlx::Error::PoolTimedOut => self.unavailable("no connection within the time allowed"),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => self.unavailable(error.to_string()),
            other => self.unusable(other.to_string()),
        }
    }

    pub(super) fn migration_failed(self, error: &MigrateError) -> RoutingError {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => self.failed(error),
            MigrateError::VersionMissing(version) => self.unusable(format!(
                "its schema has version {version}, newer than this program knows: use the program that upgraded it, \
                 or a newer one"
            )),
            MigrateError::VersionMismatch(version) => self.unusable(format!(
                "version {version} of its schema is not the one that this program knows: use the program that \
                 created it, or name another database"
            )),
            other => self.unusable(other.to_string()),
        }
    }

    /// By SQLite's primary result code, the low byte of the extended one.
    fn sqlite_failed(self, error: &SqliteError) -> RoutingError {
        use sqlx::error::DatabaseError;
        let code: i32 = error.code().and_then(|code| code.parse().ok()).unwrap_or_default();
        match code & 0xff {
            5 | 6 => self.unavailable("it is locked by another process"),
            10 => self.unavailable(error.message()),
            13 => self.unavailable("its disk is full"),
            8 => self.unusable("it is read-only: give this user the right to write the file and its folder"),
            14 => self.unusable("the file cannot be opened: check its folder and the rights of this user"),
            11 => self.unusable("the file is damaged: restore it from a backup"),
            26 => self.unusable("the file is not an SQLite database: name another one in SQL_PATH"),
            _ => self.unusable(error.message()),
        }
    }

    /// By SQLSTATE. What the server says of a user, it says with the name, which is not shown.
    fn postgres_failed(self, error: &PgDatabaseError) -> RoutingError {
        // Connection exceptions, lost races (deadlock, lock not available), insufficient resources, operator intervention
        // (also: starting up).
        const PASSING: [&str; 5] = ["08", "40", "53", "55P03", "57"];
        match error.code() {
            "42P01" | "42703" => self.unusable("its tables are missing or too old: run jobbers_migrate"),
            "3D000" => self.unusable("there is no such database: create it, then run jobbers_migrate"),
            "28P01" => self.unusable("the server refuses this user or password"),
            "28000" => self.unusable("the server refuses this user: see its pg_hba.conf"),
            "42501" => self.unusable(format!("this user lacks a right: {}", error.message())),
            "25006" => self.unusable("it is read-only: name the primary server, and a user who may write"),
            code if PASSING.iter().any(|class| code.starts_with(class)) => self.unavailable(error.message()),
            _ => self.unusable(error.message()),
        }
    }
}
