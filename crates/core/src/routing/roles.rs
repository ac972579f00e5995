use sqlx::Connection as _;

use super::ask::ask;
use super::error::During;
use super::{BUMP, Routing, RoutingError};
use crate::model::Role;

/// What became of a change of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleOutcome {
    Done,
    /// There is one of this name already.
    Exists,
    /// There is none of this name.
    Unknown,
    UnknownQueues(UnknownQueues),
}

/// Queues of a role that there are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownQueues {
    pub unknown: Vec<String>,
    pub existing: Vec<String>,
}

/// How the statements of a change ended.
enum Written {
    As(RoleOutcome),
    /// A queue was deleted at the same time, by somebody who takes no lock: by hand.
    QueueGone,
}

/// The next try sees which queue it was.
const TRIES: usize = 3;

/// Writes the queues of a role in a transaction, and commits it.
macro_rules! write_queues {
    ($transaction:ident, $role:ident) => {{
        const SQL: &str = "INSERT INTO role_queues (role, queue) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let names = sqlx::query_scalar::<_, String>("SELECT name FROM queues ORDER BY name");
        let existing = names.fetch_all(&mut *$transaction).await?;
        if let Some(unknown) = unknown($role, existing) {
            return Ok(Written::As(RoleOutcome::UnknownQueues(unknown)));
        }
        for queue in &$role.queues {
            match sqlx::query(SQL).bind(&$role.name).bind(queue).execute(&mut *$transaction).await {
                Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => return Ok(Written::QueueGone),
                other => other?,
            };
        }
        $transaction.commit().await?;
        Ok::<Written, sqlx::Error>(Written::As(RoleOutcome::Done))
    }};
}

impl Routing {
    /// One role with its queues by name; none if there is no such role.
    pub async fn role(&self, name: &str) -> Result<Option<Role>, RoutingError> {
        const SQL: &str = "SELECT queue FROM roles LEFT JOIN role_queues ON role = name WHERE name = $1 ORDER BY queue";
        let rows: Vec<Option<String>> = ask!(self, "role", connection => sqlx::query_scalar::<_, Option<String>>(SQL).bind(name).fetch_all(connection))?;
        let exists = !rows.is_empty();
        let queues = rows.into_iter().flatten().collect();
        Ok(exists.then(|| Role { name: name.to_owned(), queues }))
    }

    /// All roles with their queues, by name.
    pub async fn roles(&self) -> Result<Vec<Role>, RoutingError> {
        const SQL: &str = "SELECT name, queue FROM roles LEFT JOIN role_queues ON role = name ORDER BY name, queue";
        type Row = (String, Option<String>);
        let rows: Vec<Row> = ask!(self, "roles", connection => sqlx::query_as::<_, Row>(SQL).fetch_all(connection))?;
        let mut roles: Vec<Role> = Vec::new();
        for (name, queue) in rows {
            match roles.last_mut() {
                Some(role) if role.name == name => role.queues.extend(queue),
                _ => roles.push(Role { name, queues: queue.into_iter().collect() }),
            }
        }
        Ok(roles)
    }

    /// Creates a role, unless there is one of this name or a queue of it does not exist.
    pub async fn create_role(&self, role: &Role) -> Result<RoleOutcome, RoutingError> {
        for _ in 0..TRIES {
            let written: Written = ask!(self, "create role", connection => async {
                let mut transaction = connection.begin().await?;
                sqlx::query(BUMP).execute(&mut *transaction).await?;
                match sqlx::query("INSERT INTO roles (name) VALUES ($1)").bind(&role.name).execute(&mut *transaction).await {
                    Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                        return Ok(Written::As(RoleOutcome::Exists));
                    }
                    other => other?,
                };
                write_queues!(transaction, role)
            })?;
            if let Written::As(outcome) = written {
                return Ok(outcome);
            }
        }
        Err(self.queues_vanish("create role"))
    }

    /// Gives a role other queues, unless one of them does not exist.
    pub async fn put_role(&self, role: &Role) -> Result<RoleOutcome, RoutingError> {
        for _ in 0..TRIES {
            let written: Written = ask!(self, "put role", connection => async {
                let mut transaction = connection.begin().await?;
                sqlx::query(BUMP).execute(&mut *transaction).await?;
                let known = sqlx::query_scalar::<_, String>("SELECT name FROM roles WHERE name = $1").bind(&role.name);
                if known.fetch_optional(&mut *transaction).await?.is_none() {
                    return Ok(Written::As(RoleOutcome::Unknown));
                }
                sqlx::query("DELETE FROM role_queues WHERE role = $1").bind(&role.name).execute(&mut *transaction).await?;
                write_queues!(transaction, role)
            })?;
            if let Written::As(outcome) = written {
                return Ok(outcome);
            }
        }
        Err(self.queues_vanish("put role"))
    }

    /// Whether there was one of this name.
    pub async fn delete_role(&self, name: &str) -> Result<bool, RoutingError> {
        ask!(self, "delete role", connection => async {
            let mut transaction = connection.begin().await?;
            sqlx::query(BUMP).execute(&mut *transaction).await?;
            let done = sqlx::query("DELETE FROM roles WHERE name = $1").bind(name).execute(&mut *transaction).await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            transaction.commit().await?;
            Ok::<bool, sqlx::Error>(true)
        })
    }

    fn queues_vanish(&self, operation: &'static str) -> RoutingError {
        During { operation, place: &self.place }.unavailable("its queues are deleted again and again meanwhile")
    }
}

fn unknown(role: &Role, existing: Vec<String>) -> Option<UnknownQueues> {
    let unknown: Vec<String> = role.queues.iter().filter(|queue| !existing.contains(queue)).cloned().collect();
    (!unknown.is_empty()).then_some(UnknownQueues { unknown, existing })
}
