//! Values as statements bind them, whoever runs the statement.

use rusqlite::types::{ToSqlOutput, ValueRef};
use sqlx::Arguments as _;
use sqlx::sqlite::SqliteArguments;

use super::trouble::{Result, Trouble};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Value {
    pub(super) fn add_to(self, arguments: &mut SqliteArguments) -> Result<()> {
        let added = match self {
            Self::Null => arguments.add(None::<i64>),
            Self::Integer(number) => arguments.add(number),
            Self::Text(text) => arguments.add(text),
            Self::Blob(bytes) => arguments.add(bytes),
        };
        added.map_err(|problem| Trouble::Broken(problem.to_string()))
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

macro_rules! integers {
    ($($integer:ty),*) => {
        $(impl From<$integer> for Value {
            fn from(number: $integer) -> Self {
                Self::Integer(number.into())
            }
        })*
    };
}

integers!(i64, u32, u8, bool);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl<V: Into<Self>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
