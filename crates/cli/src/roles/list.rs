use jobbers_client::{Role, Worker};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::manager::ManagerArgs;
use crate::out::{self, Cell, Column, Look, Table, Tint};

/// `roles`
pub(super) async fn print(manager: &ManagerArgs) -> Result<(), Failure> {
    let client = manager.client()?;
    let (roles, live) = tokio::try_join!(client.roles(), client.workers())?;
    if manager.json {
        let roles: Vec<Value> = roles.roles.iter().map(|role| told(role, &live.workers)).collect();
        return out::print_line(json!({"roles": roles}));
    }
    if roles.roles.is_empty() {
        out::remark("there are no roles: `jobbers roles create NAME QUEUE…` creates one");
    }
    out::print(&table(&roles.roles, &live.workers).render(&Look::of_stdout()))
}

/// `roles show`
pub(super) async fn print_one(name: &str, manager: &ManagerArgs) -> Result<(), Failure> {
    let client = manager.client()?;
    let role = client.role(name).await?;
    let live = client.workers().await?;
    if manager.json {
        return out::print_line(told(&role, &live.workers));
    }
    let lines = |of: &str, items: &[&str]| match items {
        [] => format!("  {of:<9}none\n"),
        items => format!("  {of:<9}{}\n", items.join(", ")),
    };
    let queues: Vec<&str> = role.queues.iter().map(String::as_str).collect();
    let text = lines("queues", &queues) + &lines("workers", &ids(&role, &live.workers));
    out::print(&format!("{}\n{text}", role.name))
}

/// Live workers of a role that do not drain.
fn ids<'w>(role: &Role, workers: &'w [Worker]) -> Vec<&'w str> {
    let of_role =
        |worker: &&Worker| worker.kind == "worker" && worker.role.as_deref() == Some(&role.name) && !worker.draining;
    workers.iter().filter(of_role).map(|worker| worker.id.as_str()).collect()
}

fn told(role: &Role, workers: &[Worker]) -> Value {
    json!({"role": role.name, "queues": role.queues, "workers": ids(role, workers)})
}

fn table(roles: &[Role], workers: &[Worker]) -> Table {
    let mut table = Table::new([Column::Whole("ROLE"), Column::Number("WORKERS"), Column::Cut("QUEUES")]);
    for role in roles {
        let count = ids(role, workers).len();
        table.row([
            Cell::from(&role.name),
            Cell::tinted(count, if count == 0 { Tint::Bad } else { Tint::Plain }),
            Cell::from(role.queues.join(", ")),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use serde_json::from_value;

    use super::*;

    const PLAIN: Look = Look { width: None, height: None, colour: false, now: None };

    fn worker(id: &str, kind: &str, role: &str, draining: bool) -> Worker {
        from_value(json!({"id": id, "kind": kind, "host": "one", "pid": 7, "role": role, "queues": [],
            "draining": draining, "version": "0.1.0", "started_at": "2026-03-12T10:00:00.000Z",
            "last_seen": "2026-03-12T10:00:05.000Z"}))
        .expect("a worker")
    }

    #[test]
    fn roles_are_rows_with_the_workers_that_take_tasks_for_them() {
        let role = |name: &str, queues: &[&str]| Role {
            name: name.into(),
            queues: queues.iter().map(ToString::to_string).collect(),
        };
        let roles = [role("default", &["default", "mails"]), role("idle", &[])];
        let workers = [
            worker("a", "worker", "default", false),
            worker("b", "worker", "default", true),
            worker("c", "scheduler", "default", false),
            worker("d", "worker", "other", false),
        ];
        insta::assert_snapshot!(table(&roles, &workers).render(&PLAIN));
        assert_eq!(
            told(&roles[0], &workers),
            json!({"role": "default", "queues": ["default", "mails"], "workers": ["a"]})
        );
    }
}
