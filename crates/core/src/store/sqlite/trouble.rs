use sqlx::migrate::MigrateError;

use crate::store::{Incompatible, StoreError};

/// Why a step failed, before it is known which one it was.
#[derive(Debug, Clone)]
pub(super) enum Trouble {
    Unavailable(String),
    Full(String),
    Broken(String),
    Incompatible(Incompatible),
}

pub(super) type Result<T> = std::result::Result<T, Trouble>;

impl Trouble {
    /// The error of a step on `file`.
    pub(super) fn of(self, operation: &'static str, file: &str) -> StoreError {
        let named = |detail: String| format!("{file}: {detail}");
        match self {
            Self::Unavailable(detail) => StoreError::Unavailable { operation, detail: named(detail) },
            Self::Full(detail) => StoreError::Full { operation, detail: named(detail) },
            Self::Broken(detail) => StoreError::Broken { operation, detail: named(detail) },
            Self::Incompatible(reason) => StoreError::Incompatible(reason),
        }
    }

    /// By a result code of SQLite.
    fn of_code(code: i32, message: &str) -> Self {
        match code & 0xff {
            code::FULL => Self::Full(message.to_owned()),
            code::BUSY | code::LOCKED | code::PROTOCOL => {
                Self::Unavailable(format!("{message}: another process holds it"))
            }
            code::IOERR | code::INTERRUPT | code::NOMEM => Self::Unavailable(format!("{message} (code {code})")),
            code::READONLY => Self::Broken(format!("{message}: the file and its folder must be writable")),
            code::NOTADB => Self::Broken(format!("{message}: it is not an SQLite file")),
            code::CANTOPEN => Self::Broken(format!("{message}: the folder must exist and be writable")),
            _ => Self::Broken(format!("{message} (code {code})")),
        }
    }
}

/// SQLite's primary result codes, <https://www.sqlite.org/rescode.html>.
mod code {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const NOMEM: i32 = 7;
    pub(super) const READONLY: i32 = 8;
    pub(super) const INTERRUPT: i32 = 9;
    pub(super) const IOERR: i32 = 10;
    pub(super) const FULL: i32 = 13;
    pub(super) const CANTOPEN: i32 = 14;
    pub(super) const PROTOCOL: i32 = 15;
    pub(super) const NOTADB: i32 = 26;
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(error) = error else {
            return match error {
                sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
                other => Self::Broken(other.to_string()),
            };
        };
        let code = error.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or_default();
        Self::of_code(code, error.message())
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        let Some(code) = error.sqlite_error().map(|error| error.extended_code) else {
            return Self::Broken(error.to_string());
        };
        Self::of_code(code, &error.to_string())
    }
}

impl From<MigrateError> for Trouble {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<Incompatible> for Trouble {
    fn from(reason: Incompatible) -> Self {
        Self::Incompatible(reason)
    }
}

impl From<serde_json::Error> for Trouble {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(format!("stored JSON cannot be read: {error}"))
    }
}
