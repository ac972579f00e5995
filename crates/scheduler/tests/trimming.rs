use std::sync::Arc;
use std::time::Duration;

use jobbers_conformance::sample::{id, tasks};
use jobbers_conformance::server::redis::{RedisServer, WITHOUT_PERSISTENCE};
use jobbers_core::process::{Shutdown, SqlUrl, Stores};
use jobbers_core::routing::Routing;
use jobbers_core::store::TaskStore as _;
use jobbers_core::store::redis::{RedisConfig, RedisStore};
use jobbers_scheduler::SchedulerSettings;
use tokio::time::{sleep, timeout};

use crate::place::PATIENCE;

/// Only Redis has such entries.
#[tokio::test]
async fn entries_of_cancelled_tasks_do_not_stay_behind_one_that_waits() {
    let server = RedisServer::start(&WITHOUT_PERSISTENCE);
    let config = RedisConfig { url: server.url(), prefix: "jobbers".to_owned(), test_clock: false };
    let store = Arc::new(RedisStore::connect(config).await.unwrap());
    store.submit(&tasks(0..400)).await.unwrap();
    store.cancel_all(&(1..400).map(id).collect::<Vec<_>>()).await.unwrap();
    let entries = || server.command(&["LLEN", "jobbers:{0}:lane:default:alpha@1:5"])[0].clone();
    assert_eq!(entries(), "400");

    let folder = tempfile::tempdir().unwrap();
    let routing = Routing::open(&SqlUrl::Sqlite(folder.path().join("jobbers.db"))).await.unwrap();
    let (stores, shutdown) = (Stores { tasks: store, routing }, Shutdown::default());
    let scheduler = tokio::spawn(jobbers_scheduler::run(SchedulerSettings::default(), stores, shutdown.clone()));
    timeout(PATIENCE, async {
        while entries() != "1" {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("they are removed");
    shutdown.graceful.cancel();
    scheduler.await.unwrap();
}
