use sqlx::Row as _;

use super::bed::Bed;
use crate::model::Status;
use crate::store::sqlite::purge;
use crate::store::sqlite::sweep::Way;
use crate::store::sqlite::walk::Walk;
use crate::store::{Filter, Order};

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

/// Small by nature, and wanted whole.
const WHOLE: [&str; 5] = [
    "catalogue_all.sql",
    "lanes_counts.sql",
    "lanes_where_tasks_wait.sql",
    "migrations_newest.sql",
    "table_exists.sql",
];
/// Not statements yet: see the walks.
const WALKS: [&str; 3] = ["list_walk.sql", "purge_walk.sql", "sweep_walk.sql"];
/// From the largest on, until enough are found.
const GROUPS: &str = "SCAN error_groups USING INDEX error_groups_by_size";

async fn plan(bed: &Bed, name: &str, text: &str) -> Vec<String> {
    let mut db = bed.store().reader("test").await.unwrap();
    let steps = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}")))
        .fetch_all(&mut *db)
        .await
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    steps.iter().map(|step| step.get("detail")).collect()
}

#[tokio::test]
async fn no_step_scans_a_table() {
    let bed = Bed::new().await;
    let statements = statements();
    assert!(statements.len() > 50, "{}", statements.len());
    for (name, text) in statements {
        assert!(text.starts_with("-- "), "{name} has no header");
        if WHOLE.contains(&name.as_str()) || WALKS.contains(&name.as_str()) {
            continue;
        }
        for step in plan(&bed, &name, &text).await {
            let harmless = ["batch", "given", "2-ROW VALUES", "CONSTANT ROW"].iter().any(|name| step.contains(name));
            // What is looked at is limited before.
            let harmless = harmless
                || step == GROUPS
                || (["tasks_ahead.sql", "tasks_waited.sql"].contains(&name.as_str()) && step == "SCAN line");
            assert!(!step.starts_with("SCAN") || harmless, "{name}: {step}");
            let sorts = step.contains("TEMP B-TREE") && name != "tasks_heads.sql";
            assert!(!sorts, "{name}: {step}");
        }
    }
}

#[tokio::test]
async fn a_claim_finds_expired_tasks_in_the_index_alone() {
    let bed = Bed::new().await;
    let (_, text) = statements().into_iter().find(|(name, _)| name == "tasks_heads.sql").unwrap();
    let steps = plan(&bed, "tasks_heads.sql", &text).await;
    let line = steps.iter().find(|step| step.contains("SEARCH line")).unwrap();
    assert_eq!(line, "SEARCH line USING COVERING INDEX tasks_waiting (lane=?)");
}

/// Every walk that there is.
fn walks() -> Vec<Walk> {
    let statuses = Status::ALL.into_iter().map(|status| Filter { status: Some(status), ..Filter::default() });
    let filters = statuses.chain([Filter::default(), Filter { dead: true, ..Filter::default() }]);
    let walks = filters.flat_map(|filter| {
        [Order::NewestFirst, Order::OldestFirst].into_iter().filter_map(move |order| Walk::of(&filter, order))
    });
    let mut all: Vec<Walk> = walks.flat_map(|walk| [walk, walk.narrower()]).collect();
    all.dedup();
    all
}

#[tokio::test]
async fn every_list_seeks_its_place_in_its_index_and_sorts_nothing() {
    let bed = Bed::new().await;
    let walks = walks();
    assert!(walks.len() >= 20, "{}", walks.len());
    for walk in walks {
        let (index, text) = (walk.index(), walk.text());
        assert!(!text.contains(['{', '}']), "{text}");
        let steps = plan(&bed, index, &text).await;
        let seeks: Vec<&String> = steps.iter().filter(|step| step.contains(&format!("INDEX {index} "))).collect();
        assert_eq!(seeks.len(), 2, "{walk:?}: {steps:?}");
        let (behind, time) = if walk.is_forward() { ("rowid>?", "_at>?") } else { ("rowid<?", "_at<?") };
        assert!(seeks[0].contains("_at=? AND ") && seeks[0].contains(behind), "{walk:?}: {}", seeks[0]);
        assert!(seeks[1].contains(time), "{walk:?}: {}", seeks[1]);
        for step in steps {
            assert!(!step.contains("SCAN") && !step.contains("TEMP B-TREE"), "{walk:?}: {step}");
        }
    }
}

#[tokio::test]
async fn every_sweep_seeks_its_place_in_its_index_and_sorts_nothing() {
    let bed = Bed::new().await;
    let ended = [Way::COMPLETED, Way::FAILED, Way::CANCELLED, Way::STALLED, Way::DROPPED, Way::DEAD];
    for way in [Way::SILENT, Way::BEATS, Way::UNGROUPED].into_iter().chain(ended) {
        let text = way.text();
        assert!(!text.contains(['{', '}']), "{text}");
        let steps = plan(&bed, way.index, &text).await;
        let seeks: Vec<&String> = steps.iter().filter(|step| step.contains(&format!("INDEX {} ", way.index))).collect();
        assert_eq!(seeks.len(), 2, "{way:?}: {steps:?}");
        assert!(seeks[0].contains("_at=? AND rowid>?"), "{way:?}: {}", seeks[0]);
        assert!(seeks[1].contains("_at>? AND ") && seeks[1].contains("_at<?"), "{way:?}: {}", seeks[1]);
        for step in steps {
            assert!(!step.contains("SCAN") && !step.contains("TEMP B-TREE"), "{way:?}: {step}");
        }
    }
}

#[tokio::test]
async fn every_purge_seeks_its_place_in_its_index_and_sorts_nothing() {
    let bed = Bed::new().await;
    for way in [purge::Way::Scheduled, purge::Way::Waiting] {
        let text = way.text();
        assert!(!text.contains(['{', '}']), "{text}");
        let steps = plan(&bed, way.index(), &text).await;
        let index = format!("INDEX {} ", way.index());
        let seeks: Vec<&String> = steps.iter().filter(|step| step.contains(&index)).collect();
        assert_eq!(seeks.len(), 2, "{way:?}: {steps:?}");
        assert!(seeks[0].contains("_at=? AND rowid>?"), "{way:?}: {}", seeks[0]);
        assert!(seeks[1].contains("_at>? AND ") && seeks[1].contains("_at<?"), "{way:?}: {}", seeks[1]);
        for step in steps {
            assert!(!step.contains("SCAN") && !step.contains("TEMP B-TREE"), "{way:?}: {step}");
        }
    }
}

#[tokio::test]
async fn who_has_waited_is_looked_for_along_the_lane() {
    let bed = Bed::new().await;
    let (_, text) = statements().into_iter().find(|(name, _)| name == "tasks_waited.sql").unwrap();
    let steps = plan(&bed, "tasks_waited.sql", &text).await;
    assert!(steps.iter().any(|step| step == "SEARCH tasks USING INDEX tasks_waiting (lane=?)"), "{steps:?}");
}

#[test]
fn every_batch_names_its_columns() {
    for (name, text) in statements() {
        let filled = text.contains("VALUES (?");
        assert!(!text.contains("{rows}"), "{name}");
        assert!(filled || !text.contains("batch ("), "{name}");
    }
}
