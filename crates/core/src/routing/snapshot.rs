use sqlx::Connection as _;

use super::ask::ask;
use super::{BUMP, Routing, RoutingError};
use crate::model::{Queue, Role};

/// All that an operator has configured, as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// Grows with each change. What was read is at least as new as this.
    pub version: i64,
    /// By name.
    pub queues: Vec<Queue>,
    /// By name.
    pub roles: Vec<Role>,
}

impl Snapshot {
    pub fn queue(&self, name: &str) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.name == name)
    }

    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.name == name)
    }

    /// Names of the roles that have this queue.
    pub fn roles_with<'a>(&'a self, queue: &str) -> impl Iterator<Item = &'a str> {
        self.roles
            .iter()
            .filter(move |role| role.queues.iter().any(|name| name == queue))
            .map(|role| role.name.as_str())
    }
}

impl Routing {
    /// A number that grows with each change of queues and roles that was accepted, and only then.
    pub async fn version(&self) -> Result<i64, RoutingError> {
        const SQL: &str = "SELECT version FROM routing_version";
        let version: i64 =
            ask!(self, "routing version", connection => sqlx::query_scalar::<_, i64>(SQL).fetch_one(connection))?;
        Ok(version)
    }

    /// Everything, at least as new as its version.
    pub async fn snapshot(&self) -> Result<Snapshot, RoutingError> {
        let version = self.version().await?;
        Ok(Snapshot { version, queues: self.queues().await?, roles: self.roles().await? })
    }

    /// Makes everyone read again; answers the new version.
    pub async fn touch(&self) -> Result<i64, RoutingError> {
        let version: i64 = ask!(self, "refresh", connection => async {
            let mut transaction = connection.begin().await?;
            sqlx::query(BUMP).execute(&mut *transaction).await?;
            let version = sqlx::query_scalar::<_, i64>("SELECT version FROM routing_version");
            let version = version.fetch_one(&mut *transaction).await?;
            transaction.commit().await?;
            Ok::<i64, sqlx::Error>(version)
        })?;
        Ok(version)
    }
}
