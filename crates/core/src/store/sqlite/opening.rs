use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use rusqlite::Connection;
use sqlx::Connection as _;
use tokio::sync::{mpsc, oneshot};

use super::clock::Clock;
use super::excuse;
use super::groups;
use super::hub::Hub;
use super::job::Job;
use super::layout;
use super::options::Options;
use super::presence::Presence;
use super::trouble::{Result, Trouble};
use super::writer::{Writer, execute};
use crate::model::Timestamp;
use crate::sql::{migrate_sqlite, open_sqlite};

/// Steps that may wait for the writer until callers wait to hand over more.
const WAITING_JOBS: usize = 1_024;

/// Starts the writer on a thread and a runtime of its own, so that steps may come from any runtime, and waits until
/// the file is open.
pub(super) async fn start(
    path: PathBuf,
    options: Options,
    clock: Clock,
    hub: Arc<Hub>,
) -> Result<(mpsc::Sender<Box<dyn Job>>, JoinHandle<()>)> {
    let (jobs, waiting) = mpsc::channel(WAITING_JOBS);
    let (opened, answer) = oneshot::channel();
    let body = move || {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_time().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                let _gone = opened.send(Err(Trouble::Unavailable(format!("no runtime for its writer: {error}"))));
                return;
            }
        };
        runtime.block_on(async move {
            match open(&path, &options, &clock).await {
                Ok((db, _presence)) => {
                    let _gone = opened.send(Ok(()));
                    Writer::new(db, clock, hub).serve(waiting).await;
                }
                Err(trouble) => {
                    let _gone = opened.send(Err(trouble));
                }
            }
        });
    };
    let thread = std::thread::Builder::new()
        .name("jobbers-store".into())
        .spawn(body)
        .map_err(|error| Trouble::Unavailable(format!("no thread for its writer: {error}")))?;
    answer.await.map_err(|_| Trouble::Broken("its writer stopped while it was opening".into()))??;
    Ok((jobs, thread))
}

/// Opens the file, brings it up to date, and looks after leases that ended while nobody had it open.
async fn open(path: &Path, options: &Options, clock: &Clock) -> Result<(Connection, Presence)> {
    let mut db = open_sqlite(&options.sqlx()).await?;
    layout::check(&mut db, path).await?;
    migrate_sqlite(&mut db).await?;
    groups::group_older(&mut db, clock.now()).await?;
    let presence = Presence::enter(path).await?;
    if presence.alone {
        execute(&mut db, "BEGIN IMMEDIATE").await?;
        excuse::after_absence(&mut db, Timestamp::default(), clock.now()).await?;
        execute(&mut db, "COMMIT").await?;
        presence.share()?;
    }
    let writer = options.writer()?;
    db.close().await?;
    Ok((writer, presence))
}
