//! Roles: which queues a worker consumes.

use tokio::time::Instant;

use super::super::Operations;
use super::super::patience::ANSWER_WITHIN;
use super::known;
use crate::model::Role;
use crate::routing::{RoleOutcome, RoutingError, UnknownQueues};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is a role `{0}` already")]
    Exists(String),
    #[error("there is no role `{role}`: {}", known(.existing))]
    NotFound { role: String, existing: Vec<String> },
    #[error("there {}: {}", missing(.0), known(&.0.existing))]
    UnknownQueues(UnknownQueues),
    #[error(transparent)]
    Routing(#[from] RoutingError),
}

impl Operations {
    /// All roles, by name, as they are now.
    pub async fn list_roles(&self) -> Result<Vec<Role>, RoutingError> {
        self.ask_routing("list roles", Instant::now() + ANSWER_WITHIN, self.stores.routing.roles()).await
    }

    /// One role, as it is now.
    pub async fn role(&self, name: &str) -> Result<Role, Error> {
        let until = Instant::now() + ANSWER_WITHIN;
        match self.ask_routing("look at role", until, self.stores.routing.role(name)).await? {
            Some(role) => Ok(role),
            None => Err(self.no_role(name, until).await?),
        }
    }

    /// Creates a role, unless there is one of this name; answers it as it is then.
    pub async fn create_role(&self, role: Role) -> Result<Role, Error> {
        let (role, until) = (each_once(role), Instant::now() + ANSWER_WITHIN);
        let outcome = self.change("create role", until, self.stores.routing.create_role(&role)).await?;
        let role = self.written(role, outcome, until).await?;
        tracing::info!(event = "role_created", role = %role.name);
        Ok(role)
    }

    /// Gives a role other queues; answers it as it is then.
    pub async fn put_role(&self, role: Role) -> Result<Role, Error> {
        let (role, until) = (each_once(role), Instant::now() + ANSWER_WITHIN);
        let outcome = self.change("change role", until, self.stores.routing.put_role(&role)).await?;
        let role = self.written(role, outcome, until).await?;
        tracing::info!(event = "role_changed", role = %role.name);
        Ok(role)
    }

    /// Deletes a role. Its workers run what they have, and claim nothing more.
    pub async fn delete_role(&self, name: &str) -> Result<(), Error> {
        let until = Instant::now() + ANSWER_WITHIN;
        if !self.change("delete role", until, self.stores.routing.delete_role(name)).await? {
            return Err(self.no_role(name, until).await?);
        }
        tracing::info!(event = "role_deleted", role = name);
        Ok(())
    }

    /// Makes every process read queues and roles again; answers a number that grows each time.
    pub async fn refresh_role(&self, name: &str) -> Result<i64, Error> {
        let until = Instant::now() + ANSWER_WITHIN;
        self.role(name).await?;
        Ok(self.change("refresh", until, self.stores.routing.touch()).await?)
    }

    async fn written(&self, role: Role, outcome: RoleOutcome, until: Instant) -> Result<Role, Error> {
        match outcome {
            RoleOutcome::Done => Ok(role),
            RoleOutcome::Exists => Err(Error::Exists(role.name)),
            RoleOutcome::Unknown => Err(self.no_role(&role.name, until).await?),
            RoleOutcome::UnknownQueues(unknown) => Err(Error::UnknownQueues(unknown)),
        }
    }

    /// That there is no such role, and which there are.
    async fn no_role(&self, name: &str, until: Instant) -> Result<Error, RoutingError> {
        let roles = self.ask_routing("list roles", until, self.stores.routing.roles()).await?;
        let existing = roles.into_iter().map(|role| role.name).collect();
        Ok(Error::NotFound { role: name.to_owned(), existing })
    }
}

/// With its queues by name, each once, as they are read.
fn each_once(mut role: Role) -> Role {
    role.queues.sort();
    role.queues.dedup();
    role
}

/// Which queues there are not.
fn missing(queues: &UnknownQueues) -> String {
    let named: Vec<String> = queues.unknown.iter().take(20).map(|queue| format!("`{queue}`")).collect();
    let named = named.join(", ");
    match queues.unknown.len() {
        1 => format!("is no queue {named}"),
        many if many > 20 => format!("are no queues {named} and {} more", many - 20),
        _ => format!("are no queues {named}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_that_is_named_twice_counts_once() {
        let role = Role { name: "r".into(), queues: vec!["b".into(), "a".into(), "b".into()] };
        assert_eq!(each_once(role).queues, ["a", "b"]);
    }

    #[test]
    fn unknown_queues_are_named_with_those_that_there_are() {
        let error = |unknown: &[&str]| {
            let unknown = unknown.iter().map(ToString::to_string).collect();
            Error::UnknownQueues(UnknownQueues { unknown, existing: vec!["a".into(), "b".into()] }).to_string()
        };
        assert_eq!(error(&["x"]), "there is no queue `x`: there are a, b");
        assert_eq!(error(&["x", "y"]), "there are no queues `x`, `y`: there are a, b");
        assert!(error(&["x"; 22]).contains("`x` and 2 more: "));
    }
}
