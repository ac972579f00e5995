//! One file for each thing that goes wrong.

mod cancels_race;
mod clocks_wrong;
mod connections_cut;
mod manager_killed;
mod redis_killed;
mod scheduler_killed;
mod schedulers_compete;
mod store_full;
mod worker_frozen;
mod worker_killed;

use std::fmt;

use futures_util::future::LocalBoxFuture;

use super::{Chance, Length, Report};
use crate::Store;

/// A workload and what goes wrong meanwhile.
#[derive(Clone, Copy)]
pub struct Scenario {
    pub name: &'static str,
    /// Where it is run. What concerns connections and memory of a server makes sense on Redis only.
    pub stores: &'static [Store],
    play: fn(Store, Length, Chance) -> LocalBoxFuture<'static, Report>,
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

const BOTH: &[Store] = &[Store::Redis, Store::Sqlite];
const REDIS: &[Store] = &[Store::Redis];

macro_rules! scenarios {
    ($($name:ident on $stores:ident,)*) => {
        /// All of them.
        pub const ALL: &[Scenario] = &[
            $(Scenario {
                name: stringify!($name),
                stores: $stores,
                play: |store, length, chance| Box::pin($name::play(store, length, chance)),
            },)*
        ];
    };
}

scenarios! {
    worker_killed on BOTH,
    worker_frozen on BOTH,
    scheduler_killed on BOTH,
    schedulers_compete on BOTH,
    manager_killed on BOTH,
    cancels_race on BOTH,
    redis_killed on REDIS,
    connections_cut on REDIS,
    clocks_wrong on REDIS,
    store_full on REDIS,
}

impl Scenario {
    pub fn named(name: &str) -> Option<Self> {
        ALL.iter().copied().find(|scenario| scenario.name == name)
    }

    /// Runs it once; the choices follow from the seed and the round.
    pub async fn play(self, store: Store, length: Length, seed: u64, round: usize) -> Report {
        let chance = Chance::of(seed, &format!("{} on {store:?}, round {round}", self.name));
        (self.play)(store, length, chance).await
    }
}
