use std::collections::BTreeMap;

use sqlx::{Connection as _, SqliteConnection};

use super::batch::{Batch, Statement};
use super::job::Tx;
use super::row::{Columns as _, millis, number};
use super::sweep::{self, Until, Way};
use super::trouble::Result;
use crate::lifecycle::likeness;
use crate::model::{EndDetail, ErrorGroup, ErrorKind, Timestamp};
use crate::store::{Errors, MAX_BATCH, MAX_LISTED, Sweep};

static ADD: Batch = Batch::new(include_str!("sql/groups_add.sql"), 7);
static LAST_ENDS: Batch = Batch::new(include_str!("sql/tasks_last_ends.sql"), 1);
static GROUP: Batch = Batch::new(include_str!("sql/tasks_group.sql"), 2);

/// How many dead letters more, or fewer, groups of errors have: gathered while a step runs, and written once at its end.
#[derive(Debug, Default)]
pub(super) struct GroupCounts {
    /// By lane and likeness.
    groups: BTreeMap<(i64, i64), Change>,
}

#[derive(Debug, Default)]
struct Change {
    tasks: i64,
    /// Of the errors of those that came; none came if there is none.
    kind: Option<ErrorKind>,
    /// When the first and the last one came, if that was not now.
    came: Option<(Timestamp, Timestamp)>,
}

impl GroupCounts {
    /// A task of this lane is a dead letter now; answers the likeness that it is to be given.
    pub(super) fn gain(&mut self, lane: i64, end: &EndDetail) -> i64 {
        let kind = likeness::kind(end);
        let likeness = number(likeness::fingerprint(&kind));
        let change = self.groups.entry((lane, likeness)).or_default();
        change.tasks += 1;
        change.kind = Some(kind);
        likeness
    }

    /// The same of a task that has been one since a time.
    fn gain_since(&mut self, lane: i64, end: &EndDetail, since: Timestamp) -> i64 {
        let likeness = self.gain(lane, end);
        let came = &mut self.groups.entry((lane, likeness)).or_default().came;
        *came = Some(came.map_or((since, since), |(first, last)| (first.min(since), last.max(since))));
        likeness
    }

    /// A task of this lane is no dead letter any more.
    pub(super) fn lose(&mut self, lane: i64, likeness: i64) {
        self.groups.entry((lane, likeness)).or_default().tasks -= 1;
    }
}

/// Writes what a step has gathered.
pub(super) async fn settle(tx: &mut Tx<'_>) -> Result<()> {
    let groups: Vec<_> = std::mem::take(&mut tx.groups.groups).into_iter().collect();
    if groups.is_empty() {
        return Ok(());
    }
    let mut has_fewer = false;
    for groups in groups.chunks(MAX_BATCH) {
        let mut statement = ADD.of(groups.len());
        for ((lane, likeness), change) in groups {
            has_fewer |= change.tasks < 0;
            // Where none came, the group is there already, and keeps what it has.
            let (first, last) = match change.came {
                Some(came) => came,
                None if change.kind.is_some() => (tx.now, tx.now),
                None => (Timestamp::default(), Timestamp::default()),
            };
            let kind = change.kind.as_ref();
            statement.bind(*lane).bind(*likeness);
            statement.bind(kind.map_or("", |kind| &kind.error_type).to_owned());
            statement.bind(kind.map_or("", |kind| &kind.message).to_owned());
            statement.bind(change.tasks).bind(millis(first)).bind(millis(last));
        }
        statement.run(tx.db).await?;
    }
    if has_fewer {
        Statement::new(include_str!("sql/groups_end.sql")).run(tx.db).await?;
    }
    Ok(())
}

/// The largest groups that are asked for.
pub(super) async fn largest(db: &mut SqliteConnection, errors: &Errors) -> Result<Vec<ErrorGroup>> {
    let Errors { queue, name, version, limit } = errors;
    let mut statement = Statement::new(include_str!("sql/groups_largest.sql"));
    statement.bind(queue.as_deref()).bind(name.as_deref()).bind(*version);
    statement.bind(i64::try_from(*limit.min(&MAX_LISTED)).unwrap_or(i64::MAX));
    let mut groups = Vec::new();
    for row in statement.rows(db).await? {
        groups.push(ErrorGroup {
            queue: row.text("queue")?,
            task_type: row.task_type()?,
            kind: ErrorKind { error_type: row.text("error_type")?, message: row.text("message")? },
            count: row.integer("tasks")?.unsigned_abs(),
            first: row.time("first_at")?,
            last: row.time("last_at")?,
        });
    }
    Ok(groups)
}

/// Groups the dead letters of a file that was written before there were groups.
pub(super) async fn group_older(db: &mut SqliteConnection, now: Timestamp) -> Result<()> {
    let mut sweep = Sweep { after: None, limit: MAX_BATCH, rehearsal: false };
    // Mostly there is none, and nobody is held up by a look.
    if sweep::piece(db, &[(Way::UNGROUPED, Until::EVER)], &sweep).await?.found.is_empty() {
        return Ok(());
    }
    let mut transaction = db.begin_with("BEGIN IMMEDIATE").await?;
    let mut tx = Tx::begin(&mut *transaction, now);
    loop {
        let piece = sweep::piece(tx.db, &[(Way::UNGROUPED, Until::EVER)], &sweep).await?;
        if !piece.found.is_empty() {
            let mut statement = LAST_ENDS.of(piece.found.len());
            for found in &piece.found {
                statement.bind(found.place);
            }
            let mut grouped = Vec::new();
            for row in statement.rows(tx.db).await? {
                let Some(detail) = row.maybe_text("detail")? else { continue };
                // One that cannot be read stays without a group.
                let Ok(end) = serde_json::from_str::<EndDetail>(&detail) else { continue };
                let likeness = tx.groups.gain_since(row.integer("lane")?, &end, row.time("dead_at")?);
                grouped.push((row.integer("place")?, likeness));
            }
            if !grouped.is_empty() {
                let mut statement = GROUP.of(grouped.len());
                for (place, likeness) in grouped {
                    statement.bind(place).bind(likeness);
                }
                statement.run(tx.db).await?;
            }
            tx.settle().await?;
        }
        sweep.after = piece.next;
        if sweep.after.is_none() {
            break;
        }
    }
    transaction.commit().await?;
    Ok(())
}
