//! The real programs, started as a user starts them, on both stores.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics, also in what its tests share")]
mod away;
mod batch;
mod bulk;
mod cancel;
mod cleaner;
mod death;
mod dev;
mod dropping;
mod init;
mod life;
mod limits;
mod live;
#[cfg(target_os = "linux")]
mod matrix;
mod modules;
mod outage;
mod paging;
mod postgres;
mod rates;
mod removal;
mod settings;
mod shutdown;
mod waiters;

/// Makes each scenario, an async function of a store, a test on both.
macro_rules! on_both_stores {
    ($($scenario:ident,)*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                super::$scenario(jobbers_e2e::Installation::on(jobbers_e2e::Store::Sqlite)).await;
            })*
        }
        mod redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                super::$scenario(jobbers_e2e::Installation::on(jobbers_e2e::Store::Redis)).await;
            })*
        }
    };
}
use on_both_stores;

/// The same on Redis with queues and roles in PostgreSQL.
macro_rules! on_postgres {
    ($($scenario:ident,)*) => {
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                super::$scenario(jobbers_e2e::Installation::on_redis_and_postgres().await).await;
            })*
        }
    };
}
use on_postgres;
