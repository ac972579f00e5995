//! Values as the tables hold them.

use std::sync::Arc;

use bytes::Bytes;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::trouble::{Result, Trouble};
use super::value::Value;
use crate::model::{Fingerprint, Status, TaskId, TaskType, Timestamp};

/// Eight bytes as one number.
pub(super) const fn number(bytes: [u8; 8]) -> i64 {
    i64::from_be_bytes(bytes)
}

/// The eight bytes of a number.
pub(super) const fn eight_bytes(number: i64) -> [u8; 8] {
    number.to_be_bytes()
}

pub(super) fn millis(time: Timestamp) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

pub(super) fn letter(status: Status) -> &'static str {
    match status {
        Status::Unsubmitted => "U",
        Status::Submitted => "W",
        Status::Scheduled => "L",
        Status::Started => "R",
        Status::Completed => "C",
        Status::Failed => "F",
        Status::Cancelled => "X",
        Status::Stalled => "T",
        Status::Dropped => "D",
    }
}

/// Reads one row's columns by name.
pub(super) trait Columns {
    fn integer(&self, column: &str) -> Result<i64>;
    fn maybe_integer(&self, column: &str) -> Result<Option<i64>>;
    fn count(&self, column: &str) -> Result<u32>;
    fn text(&self, column: &str) -> Result<String>;
    fn maybe_text(&self, column: &str) -> Result<Option<String>>;
    fn blob(&self, column: &str) -> Result<Bytes>;
    fn maybe_blob(&self, column: &str) -> Result<Option<Bytes>>;
    fn time(&self, column: &str) -> Result<Timestamp>;
    fn maybe_time(&self, column: &str) -> Result<Option<Timestamp>>;
    fn status(&self, column: &str) -> Result<Status>;
    fn id(&self) -> Result<TaskId>;
    fn fingerprint(&self) -> Result<Fingerprint>;
    /// From the column `priority`.
    fn priority(&self) -> Result<u8>;
    /// From the columns `name` and `version`.
    fn task_type(&self) -> Result<TaskType>;
}

fn wrong(column: &str, value: impl std::fmt::Display) -> Trouble {
    Trouble::Broken(format!("column {column} holds {value}, which this program does not know"))
}

fn timestamp(column: &str, milliseconds: i64) -> Result<Timestamp> {
    u64::try_from(milliseconds).map(Timestamp::from_millis).map_err(|_| wrong(column, milliseconds))
}

/// One row of an answer.
pub(super) enum Row {
    Sqlx(SqliteRow),
    /// Of the writer's own connection.
    Own {
        names: Arc<[String]>,
        values: Vec<Value>,
    },
}

impl Row {
    fn own<'r>(names: &[String], values: &'r [Value], column: &str) -> Result<&'r Value> {
        let value = names.iter().position(|name| name == column).and_then(|at| values.get(at));
        value.ok_or_else(|| Trouble::Broken(format!("a statement answers no column {column}")))
    }

    fn maybe_str(&self, column: &str) -> Result<Option<&str>> {
        match self {
            Self::Sqlx(row) => Ok(row.try_get(column)?),
            Self::Own { names, values } => match Self::own(names, values, column)? {
                Value::Null => Ok(None),
                Value::Text(text) => Ok(Some(text)),
                other => Err(wrong(column, format_args!("{other:?}"))),
            },
        }
    }

    fn maybe_bytes(&self, column: &str) -> Result<Option<&[u8]>> {
        match self {
            Self::Sqlx(row) => Ok(row.try_get(column)?),
            Self::Own { names, values } => match Self::own(names, values, column)? {
                Value::Null => Ok(None),
                Value::Blob(bytes) => Ok(Some(bytes)),
                Value::Text(text) => Ok(Some(text.as_bytes())),
                other @ Value::Integer(_) => Err(wrong(column, format_args!("{other:?}"))),
            },
        }
    }

    fn bytes(&self, column: &str) -> Result<&[u8]> {
        self.maybe_bytes(column)?.ok_or_else(|| wrong(column, "nothing"))
    }
}

impl Columns for Row {
    fn integer(&self, column: &str) -> Result<i64> {
        self.maybe_integer(column)?.ok_or_else(|| wrong(column, "nothing"))
    }

    fn maybe_integer(&self, column: &str) -> Result<Option<i64>> {
        match self {
            Self::Sqlx(row) => Ok(row.try_get(column)?),
            Self::Own { names, values } => match Self::own(names, values, column)? {
                Value::Null => Ok(None),
                Value::Integer(number) => Ok(Some(*number)),
                other => Err(wrong(column, format_args!("{other:?}"))),
            },
        }
    }

    fn count(&self, column: &str) -> Result<u32> {
        let value = self.integer(column)?;
        u32::try_from(value).map_err(|_| wrong(column, value))
    }

    fn text(&self, column: &str) -> Result<String> {
        self.maybe_text(column)?.ok_or_else(|| wrong(column, "nothing"))
    }

    fn maybe_text(&self, column: &str) -> Result<Option<String>> {
        Ok(self.maybe_str(column)?.map(str::to_owned))
    }

    fn blob(&self, column: &str) -> Result<Bytes> {
        self.bytes(column).map(Bytes::copy_from_slice)
    }

    fn maybe_blob(&self, column: &str) -> Result<Option<Bytes>> {
        Ok(self.maybe_bytes(column)?.map(Bytes::copy_from_slice))
    }

    fn time(&self, column: &str) -> Result<Timestamp> {
        timestamp(column, self.integer(column)?)
    }

    fn maybe_time(&self, column: &str) -> Result<Option<Timestamp>> {
        self.maybe_integer(column)?.map(|milliseconds| timestamp(column, milliseconds)).transpose()
    }

    fn status(&self, column: &str) -> Result<Status> {
        let letter = self.maybe_str(column)?.unwrap_or_default();
        letter.bytes().next().and_then(Status::from_code).ok_or_else(|| wrong(column, letter))
    }

    fn id(&self) -> Result<TaskId> {
        let bytes = self.bytes("id")?;
        bytes.try_into().map(TaskId::from_bytes).map_err(|_| wrong("id", format_args!("{} bytes", bytes.len())))
    }

    fn fingerprint(&self) -> Result<Fingerprint> {
        let bytes = self.bytes("fingerprint")?;
        bytes.try_into().map_err(|_| wrong("fingerprint", format_args!("{} bytes", bytes.len())))
    }

    fn priority(&self) -> Result<u8> {
        let priority = self.count("priority")?;
        u8::try_from(priority).map_err(|_| wrong("priority", priority))
    }

    fn task_type(&self) -> Result<TaskType> {
        Ok(TaskType::new(self.text("name")?, self.count("version")?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_the_codes_of_the_model() {
        for status in Status::ALL {
            assert_eq!(letter(status).as_bytes(), [status.code()]);
        }
    }

    #[test]
    fn numbers_keep_their_bytes() {
        let bytes = [0xff, 1, 2, 3, 4, 5, 6, 7];
        assert_eq!(eight_bytes(number(bytes)), bytes);
    }
}
