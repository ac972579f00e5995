use sqlx::Row as _;

use super::bed::Bed;

/// Every statement of the store, with its rows filled in.
fn statements() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/sqlite/sql");
    let mut statements = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let columns = batch_columns(&text);
        let row = format!("({})", vec!["?"; columns].join(","));
        statements.push((name, text.replace("{rows}", &[row.as_str(); 4].join(","))));
    }
    statements
}

/// How many columns the statement's rows have, by its text.
fn batch_columns(text: &str) -> usize {
    let Some((_, after)) = text.split_once("batch (") else { return 0 };
    let (names, _) = after.split_once(')').unwrap();
    names.split(',').count()
}

#[tokio::test]
async fn no_step_scans_a_table() {
    /// Small by nature, and wanted whole.
    const WHOLE: [&str; 3] = ["catalogue_all.sql", "migrations_newest.sql", "table_exists.sql"];
    let bed = Bed::new().await;
    let mut db = bed.store().reader("test").await.unwrap();
    let statements = statements();
    assert!(statements.len() > 30, "{}", statements.len());
    for (name, text) in statements {
        assert!(text.starts_with("-- "), "{name} has no header");
        if WHOLE.contains(&name.as_str()) {
            continue;
        }
        let plan = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}")))
            .fetch_all(&mut *db)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        for step in plan {
            let step: String = step.get("detail");
            let harmless = ["batch", "given", "2-ROW VALUES", "CONSTANT ROW"].iter().any(|name| step.contains(name));
            assert!(!step.starts_with("SCAN") || harmless, "{name}: {step}");
            let sorts = step.contains("TEMP B-TREE") && name != "tasks_heads.sql";
            assert!(!sorts, "{name}: {step}");
        }
    }
}

#[test]
fn every_batch_names_its_columns() {
    for (name, text) in statements() {
        let filled = text.contains("VALUES (?");
        assert!(!text.contains("{rows}"), "{name}");
        assert!(filled || !text.contains("batch ("), "{name}");
    }
}
