use std::sync::{Arc, OnceLock};

use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};

use super::database::Database;
use super::row::Row;
use super::trouble::Result;
use super::value::Value;

/// Numbers of rows for which a statement is prepared. What is not bound is NULL, so every statement passes over
/// rows whose first value is NULL, and ten texts do for every number of rows.
const SIZES: [usize; 10] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/// A statement over a list of rows: `{rows}` in its text stands for them.
pub(super) struct Batch {
    text: &'static str,
    columns: usize,
    sized: [OnceLock<Arc<str>>; SIZES.len()],
}

impl Batch {
    pub(super) const fn new(text: &'static str, columns: usize) -> Self {
        Self { text, columns, sized: [const { OnceLock::new() }; SIZES.len()] }
    }

    /// The statement for `rows` rows; the values that come before them in its text are bound first, then each row.
    pub(super) fn of(&'static self, rows: usize) -> Statement {
        debug_assert!(rows <= SIZES[SIZES.len() - 1], "{rows} rows in one statement");
        let size = SIZES.iter().position(|size| *size >= rows).unwrap_or(SIZES.len() - 1);
        let sql = self.sized[size].get_or_init(|| self.text_of(SIZES[size]).into());
        Statement {
            sql: AssertSqlSafe(Arc::clone(sql)).into_sql_str(),
            values: Vec::with_capacity(rows * self.columns),
        }
    }

    /// The text for `rows` rows.
    fn text_of(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns].join(","));
        self.text.replace("{rows}", &vec![row; rows].join(","))
    }
}

/// A statement with its arguments.
pub(super) struct Statement {
    sql: SqlStr,
    values: Vec<Value>,
}

impl Statement {
    /// A statement without rows.
    pub(super) fn new(text: &'static str) -> Self {
        Self { sql: text.into_sql_str(), values: Vec::new() }
    }

    /// A statement without rows, of a text that was put together from texts of this module.
    pub(super) fn composed(text: String) -> Self {
        Self { sql: AssertSqlSafe(text).into_sql_str(), values: Vec::new() }
    }

    pub(super) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self
    }

    pub(super) async fn rows(&mut self, db: &mut dyn Database) -> Result<Vec<Row>> {
        db.rows(&self.sql, std::mem::take(&mut self.values)).await
    }

    /// The first row.
    pub(super) async fn row(&mut self, db: &mut dyn Database) -> Result<Option<Row>> {
        Ok(self.rows(db).await?.into_iter().next())
    }

    pub(super) async fn run(&mut self, db: &mut dyn Database) -> Result<()> {
        self.rows(db).await.map(drop)
    }
}
