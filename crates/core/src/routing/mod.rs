//! Queues and roles in SQL: SQLite or PostgreSQL.

use crate::model::{Queue, Role};
use crate::process::SqlUrl;

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

/// The SQL store of queues and roles.
#[derive(Debug, Clone)]
pub struct Routing;

impl Routing {
    /// Opens it; an SQLite file is created and migrated, a PostgreSQL database must have been (`jobbers_migrate`).
    pub async fn open(_url: &SqlUrl) -> Result<Self, RoutingError> {
        todo!()
    }

    /// Where it is, with credentials masked.
    pub fn place(&self) -> &str {
        todo!()
    }

    /// The installation that it belongs to.
    pub async fn installation(&self) -> Result<Option<String>, RoutingError> {
        todo!()
    }

    /// Makes it belong to an installation, if it belongs to none; answers to which it belongs then.
    pub async fn belong(&self, _installation: &str) -> Result<String, RoutingError> {
        todo!()
    }

    /// All queues, by name.
    pub async fn queues(&self) -> Result<Vec<Queue>, RoutingError> {
        todo!()
    }

    pub async fn queue(&self, _name: &str) -> Result<Option<Queue>, RoutingError> {
        todo!()
    }

    pub async fn role(&self, _name: &str) -> Result<Option<Role>, RoutingError> {
        todo!()
    }

    /// Whether it answers.
    pub async fn ping(&self) -> Result<(), RoutingError> {
        todo!()
    }
}
