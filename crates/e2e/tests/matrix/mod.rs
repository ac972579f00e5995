//! The fault matrix in its short form. `JOBBERS_SEED` repeats the choices of a run; `make soak` runs it for minutes.

use jobbers_e2e::Store;
use jobbers_e2e::fault::{Length, Scenario, chance};

async fn play(name: &str, store: Store) {
    let seed = chance::seed();
    println!("{}={seed}", chance::SEED_VARIABLE);
    let report = Scenario::named(name).unwrap().play(store, Length::Short, seed, 0).await;
    println!("{:?}, {} attempts", report.account, report.attempts);
    report.assert_all_is_well();
    assert!(report.account.accepted > 0 && report.attempts > 0, "something was done");
}

macro_rules! matrix {
    ($($test:ident: $scenario:ident on $store:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            play(stringify!($scenario), Store::$store).await;
        })*
    };
}

matrix! {
    workers_die_at_random_instants_on_redis: worker_killed on Redis,
    workers_die_at_random_instants_on_sqlite: worker_killed on Sqlite,
    workers_freeze_and_thaw: worker_frozen on Redis,
    the_scheduler_dies: scheduler_killed on Redis,
    schedulers_compete: schedulers_compete on Redis,
    the_manager_dies_in_mid_submit: manager_killed on Redis,
    cancels_race_with_everything_on_redis: cancels_race on Redis,
    cancels_race_with_everything_on_sqlite: cancels_race on Sqlite,
    redis_dies_and_comes_back: redis_killed on Redis,
    connections_are_cut_and_late: connections_cut on Redis,
    clocks_are_wrong: clocks_wrong on Redis,
    the_store_is_full: store_full on Redis,
}
