//! Queues and roles in SQL: every scenario on SQLite and on PostgreSQL.
//!
//! On SQLite each scenario is a test. On PostgreSQL the scenarios of a file are one test, each in a database of its own,
//! since a server takes longer to start than they to run.

mod database;
mod heard;
mod migrations;
mod queues;
mod races;
mod removals;
mod roles;
mod server;
mod version;
mod watch;

pub use database::Database;
pub use heard::Heard;

/// Makes scenarios, async functions of a [`Database`], tests on both.
macro_rules! on_both_databases {
    ($($scenario:ident,)*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                super::$scenario($crate::routing::Database::sqlite()).await;
            })*
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn on_postgres() {
            let server = std::sync::Arc::new(jobbers_conformance::server::postgres::PostgresServer::start());
            $(
                eprintln!("{}", stringify!($scenario));
                $scenario($crate::routing::Database::postgres(&server).await).await;
            )*
        }
    };
}
use on_both_databases;
