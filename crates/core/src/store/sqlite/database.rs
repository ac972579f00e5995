//! What statements run on. The writer's connection is driven on the writer's own thread: handing each of the dozen
//! statements of a turn to another thread and back costs more than SQLite's own work. Connections that only read have a
//! thread each (sqlx), so that a long read holds up no runtime.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteArguments;
use sqlx::{SqlStr, query_with};

use super::row::Row;
use super::trouble::{Result, Trouble};
use super::value::Value;

#[async_trait]
pub(super) trait Database: Send {
    /// Runs a statement to its end, and answers its rows.
    async fn rows(&mut self, text: &SqlStr, values: Vec<Value>) -> Result<Vec<Row>>;
}

#[async_trait]
impl Database for SqliteConnection {
    async fn rows(&mut self, text: &SqlStr, values: Vec<Value>) -> Result<Vec<Row>> {
        let mut arguments = SqliteArguments::default();
        for value in values {
            value.add_to(&mut arguments)?;
        }
        let rows = query_with(text.clone(), arguments).fetch_all(self).await?;
        Ok(rows.into_iter().map(Row::Sqlx).collect())
    }
}

#[async_trait]
impl Database for Connection {
    /// Blocks, so only the writer's thread may do this.
    async fn rows(&mut self, text: &SqlStr, values: Vec<Value>) -> Result<Vec<Row>> {
        let mut statement = self.prepare_cached(text.as_str())?;
        // What is not bound is NULL: the cache has taken back what was bound before.
        for (number, value) in (1..).zip(&values) {
            statement.raw_bind_parameter(number, value)?;
        }
        let width = statement.column_count();
        let names: Arc<[String]> = statement.column_names().into_iter().map(str::to_owned).collect();
        let mut answer = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let values = (0..width).map(|column| owned(row.get_ref(column)?)).collect::<Result<_>>()?;
            answer.push(Row::Own { names: Arc::clone(&names), values });
        }
        Ok(answer)
    }
}

fn owned(value: ValueRef<'_>) -> Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Text(text) => Value::Text(
            String::from_utf8(text.to_vec()).map_err(|error| Trouble::Broken(format!("stored text: {error}")))?,
        ),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Real(number) => return Err(Trouble::Broken(format!("{number} where no table holds such a number"))),
    })
}
