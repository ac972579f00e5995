use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::batch::{Batch, Statement};
use super::job::{Step, Tx};
use super::layout::{compare, meta};
use super::row::{Columns as _, millis, number};
use super::trouble::{Result, Trouble};
use crate::model::{ProcessInfo, ProcessKind, Registration, Timestamp, WorkerId};
use crate::store::{Announced, Live, MAX_BATCH, SchemaConflict};

static POLICIES: Batch = Batch::new(include_str!("sql/policies_put.sql"), 2);
static REGISTERED: Batch = Batch::new(include_str!("sql/catalogue_find.sql"), 2);
static REGISTER: Batch = Batch::new(include_str!("sql/catalogue_put.sql"), 3);

/// For how long what is left of dead processes is kept: the answer of a last turn may still be asked for.
const REMAINS: Duration = Duration::from_secs(3_600);
/// For how long counts by the minute are kept.
const TALLIES: Duration = Duration::from_secs(26 * 3_600);
/// For how long starts are kept beyond the window of the limit that they were counted for: the next one may be longer.
const STARTS: Duration = Duration::from_secs(26 * 3_600);

/// Checks that the store fits this program, and makes it belong to an installation.
pub(super) struct Belong {
    pub(super) path: PathBuf,
    pub(super) installation: String,
}

#[async_trait]
impl Step for Belong {
    type Answer = String;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<String> {
        let path: &Path = &self.path;
        compare(tx.db, path).await?;
        let mut belong = Statement::new(include_str!("sql/meta_belong.sql"));
        belong.bind(self.installation.as_str()).run(tx.db).await?;
        let installation = meta(tx.db, "installation").await?;
        installation.ok_or_else(|| Trouble::Broken("it has just forgotten its installation".into()))
    }
}

/// A process says that it is alive.
pub(super) struct Announce {
    pub(super) process: ProcessInfo,
    pub(super) ttl: Duration,
}

#[async_trait]
impl Step for Announce {
    type Answer = Announced;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Announced> {
        let mut announce = Statement::new(include_str!("sql/processes_put.sql"));
        announce.bind(number(self.process.id.to_bytes())).bind(serde_json::to_string(&self.process)?);
        announce.bind(tx.millis()).bind(millis(tx.now.after(self.ttl)));
        let row = announce.row(tx.db).await?;
        let drain = row.map(|row| row.integer("draining")).transpose()?.is_some_and(|draining| draining != 0);
        let before = |age: Duration| millis(Timestamp::from_millis(tx.now.as_millis().saturating_sub(age_of(age))));
        let (remains, tallies, starts) = (before(REMAINS), before(TALLIES) / 60_000, before(STARTS));
        Statement::new(include_str!("sql/turns_sweep.sql")).bind(remains).run(tx.db).await?;
        Statement::new(include_str!("sql/processes_sweep.sql")).bind(remains).run(tx.db).await?;
        Statement::new(include_str!("sql/tallies_sweep.sql")).bind(tallies).run(tx.db).await?;
        Statement::new(include_str!("sql/stopping_sweep.sql")).bind(remains).run(tx.db).await?;
        Statement::new(include_str!("sql/rates_sweep.sql")).bind(starts).run(tx.db).await?;
        Ok(Announced { drain })
    }
}

/// Somebody asks a worker to drain.
pub(super) struct Drain(pub(super) WorkerId);

#[async_trait]
impl Step for Drain {
    type Answer = bool;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool> {
        let worker = number(self.0.to_bytes());
        let mut find = Statement::new(include_str!("sql/processes_find.sql"));
        let Some(row) = find.bind(worker).bind(tx.millis()).row(tx.db).await? else { return Ok(false) };
        let process: ProcessInfo = serde_json::from_str(&row.text("info")?)?;
        if process.kind != ProcessKind::Worker {
            return Ok(false);
        }
        Statement::new(include_str!("sql/processes_drain.sql")).bind(worker).run(tx.db).await?;
        tx.effects.draining.push(self.0);
        Ok(true)
    }
}

fn age_of(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A process has ended in good order.
pub(super) struct Retire(pub(super) WorkerId);

#[async_trait]
impl Step for Retire {
    type Answer = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let worker = number(self.0.to_bytes());
        Statement::new(include_str!("sql/processes_end.sql")).bind(tx.millis()).bind(worker).run(tx.db).await?;
        tx.effects.retired.push(self.0);
        Ok(())
    }
}

/// Publishes task types and their policies.
pub(super) struct Register(pub(super) Vec<Registration>);

#[async_trait]
impl Step for Register {
    type Answer = Vec<SchemaConflict>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Answer> {
        let mut conflicts = Vec::new();
        for types in self.0.chunks(MAX_BATCH) {
            conflicts.extend(conflicting(tx, types).await?);
            let mut policies = POLICIES.of(types.len());
            let mut register = REGISTER.of(types.len());
            for registration in types {
                let Registration { task_type, policy, .. } = registration;
                policies.bind(number(policy.reference().to_bytes())).bind(serde_json::to_string(policy)?);
                register.bind(task_type.name.as_str()).bind(task_type.version);
                register.bind(serde_json::to_string(registration)?);
            }
            policies.run(tx.db).await?;
            register.run(tx.db).await?;
        }
        Ok(conflicts)
    }
}

/// Which of these were registered with another parameter schema.
async fn conflicting(tx: &mut Tx<'_>, types: &[Registration]) -> Result<Vec<SchemaConflict>> {
    let mut statement = REGISTERED.of(types.len());
    for Registration { task_type, .. } in types {
        statement.bind(task_type.name.as_str()).bind(task_type.version);
    }
    let mut conflicts = Vec::new();
    for row in statement.rows(tx.db).await? {
        let before: Registration = serde_json::from_str(&row.text("registration")?)?;
        let differs = |new: &&Registration| {
            new.task_type == before.task_type && new.parameters_schema != before.parameters_schema
        };
        if types.iter().any(|new| differs(&new)) {
            conflicts.push(SchemaConflict { task_type: before.task_type });
        }
    }
    Ok(conflicts)
}

/// Who is alive.
pub(super) async fn live(db: &mut SqliteConnection, now: Timestamp) -> Result<Vec<Live>> {
    let mut live = Vec::new();
    for row in Statement::new(include_str!("sql/processes_live.sql")).bind(millis(now)).rows(db).await? {
        let process = serde_json::from_str(&row.text("info")?)?;
        live.push(Live { process, last_seen: row.time("last_seen")? });
    }
    live.sort_by_key(|live: &Live| live.process.id);
    Ok(live)
}

/// All task types that were ever registered.
pub(super) async fn catalogue(db: &mut SqliteConnection) -> Result<Vec<Registration>> {
    let mut catalogue = Vec::new();
    for row in Statement::new(include_str!("sql/catalogue_all.sql")).rows(db).await? {
        catalogue.push(serde_json::from_str(&row.text("registration")?)?);
    }
    Ok(catalogue)
}
