use jobbers_client::{ErrorFilter, ErrorGroup};

use crate::failure::Failure;
use crate::filter::FilterArgs;
use crate::manager::ManagerArgs;
use crate::out::{self, Cell, Column, Look, Table, Tint, moment};

/// Prints what dead letters failed of.
pub(super) async fn print(manager: &ManagerArgs, filter: &FilterArgs, limit: Option<u32>) -> Result<(), Failure> {
    let which =
        ErrorFilter { queue: filter.queue.clone(), name: filter.name.clone(), version: filter.task_version, limit };
    let groups = manager.client()?.dead_letter_errors(&which).await?;
    if manager.json {
        return out::print_line(&groups.json);
    }
    let look = Look::of_stdout();
    if groups.errors.is_empty() && look.is_terminal() {
        out::remark("no such dead letters");
    }
    out::print(&table(&groups.errors, &look).render(&look))
}

fn table(groups: &[ErrorGroup], look: &Look) -> Table {
    let mut table = Table::new([
        Column::Number("COUNT"),
        Column::Cut("TASK"),
        Column::Number("V"),
        Column::Cut("QUEUE"),
        Column::Whole("FIRST"),
        Column::Whole("LAST"),
        Column::Cut("ERROR"),
    ]);
    for group in groups {
        table.row([
            Cell::from(group.count),
            Cell::from(&group.name),
            Cell::from(group.version),
            Cell::from(&group.queue),
            Cell::from(moment(Some(&group.first_failed_at), look)),
            Cell::from(moment(Some(&group.last_failed_at), look)),
            Cell::tinted(error(group), Tint::Bad),
        ]);
    }
    table
}

fn error(group: &ErrorGroup) -> String {
    match group.error_type.is_empty() {
        true => group.message.clone(),
        false => format!("{}: {}", group.error_type, group.message),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    const PLAIN: Look = Look { width: None, height: None, colour: false, now: None };

    #[test]
    fn groups_of_errors_are_rows() {
        let group = |error_type: &str, count: u64| {
            json!({"queue": "default", "task_name": "resize", "task_version": 2, "error_type": error_type,
                "message": "no room for # bytes in `…`", "count": count,
                "first_failed_at": "2026-03-12T10:00:00.000Z", "last_failed_at": "2026-03-12T11:00:00.000Z"})
        };
        let groups: Vec<ErrorGroup> = from_value(json!([group("Io", 1_200), group("", 3)])).expect("groups");
        insta::assert_snapshot!(table(&groups, &PLAIN).render(&PLAIN));
    }
}
