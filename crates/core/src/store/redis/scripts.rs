//! The scripts, one file a step, each put together from constants, a clock and the prelude.

use redis::Script;

use super::record;
use crate::store::{Ahead, IDEMPOTENCY_KEPT};

/// Seconds that statistics of a minute are kept.
pub(super) const TALLY_KEPT: u32 = 90_000;
/// Seconds that a worker's last turn is remembered: longer than any outage that it survives.
const TURN_KEPT: u32 = 86_400;
/// Entries that a claim looks at, at the most.
const MAX_EXAMINED: u32 = 5_000;
/// Bytes of records after which a claim takes no more.
const MAX_BYTES: u32 = 4 << 20;
/// Last byte to read of a record for its head and lane.
const HEAD_READ: u32 = 511;
/// Parked workers that one wake looks at.
const MAX_PARKED: u32 = 500;
/// Tasks of one piece of the log.
const CHUNK: u32 = 512;
/// Entries of indexes that one script looks at for a list.
pub(super) const MAX_LOOKED_AT: usize = 500;
/// Dead entries at the head of a lane that are passed over to learn how long its tasks have waited.
const MAX_DEAD_ENTRIES: u32 = 10;
/// Due queues, and sets of started tasks, that one call looks at.
const MAX_SETS: u32 = 500;

#[derive(Debug)]
pub(crate) struct Scripts {
    pub(crate) submit: Script,
    pub(crate) turn: Script,
    pub(crate) renew: Script,
    pub(crate) cancel: Script,
    pub(crate) promote: Script,
    pub(crate) overdue: Script,
    pub(crate) reap: Script,
    pub(crate) resubmit: Script,
    pub(crate) hasten: Script,
    pub(crate) forget: Script,
    pub(crate) expire: Script,
    pub(crate) stall: Script,
    pub(crate) drop: Script,
    pub(crate) purge: Script,
    pub(crate) prune: Script,
    pub(crate) discard: Script,
    pub(crate) trim: Script,
    pub(crate) waiting: Script,
    pub(crate) standing: Script,
    pub(crate) tasks: Script,
    pub(crate) counts: Script,
    pub(crate) list_log: Script,
    pub(crate) list_lanes: Script,
    pub(crate) list_heads: Script,
    pub(crate) list_sets: Script,
    pub(crate) drain: Script,
    pub(crate) announce: Script,
    pub(crate) live: Script,
    pub(crate) belong: Script,
    pub(crate) publish: Script,
    pub(crate) now: Script,
}

impl Scripts {
    pub(crate) fn new(test_clock: bool) -> Self {
        let clock = if test_clock { include_str!("lua/clock_of_tests.lua") } else { include_str!("lua/clock.lua") };
        let step = |parts: &[&str]| {
            let mut text = format!(
                "{}local TALLY_KEPT, TURN_KEPT, MAX_EXAMINED, MAX_BYTES = {TALLY_KEPT}, {TURN_KEPT}, {MAX_EXAMINED}, \
                 {MAX_BYTES}\nlocal HEAD_READ, MAX_DUE_QUEUES, MAX_STARTED_SETS = {HEAD_READ}, {MAX_SETS}, {MAX_SETS}\n\
                 local MAX_PARKED, CHUNK, MAX_DEAD_ENTRIES = {MAX_PARKED}, {CHUNK}, {MAX_DEAD_ENTRIES}\n\
                 local MAX_LOOKED_AT, IDEMPOTENCY_KEPT, EXACT_PLACES = {MAX_LOOKED_AT}, {}, {}\n",
                record::lua_constants(),
                IDEMPOTENCY_KEPT.as_millis(),
                Ahead::EXACT,
            );
            for part in [&[clock, include_str!("lua/prelude.lua")], parts].concat() {
                text.push_str(part);
            }
            Script::new(&text)
        };
        let global = |text: &str| Script::new(&format!("{clock}{text}"));
        let places = include_str!("lua/places.lua");
        let rate = include_str!("lua/rate.lua");
        let limits = include_str!("lua/limits.lua");
        // A call makes every function of its script anew, which costs a busy worker more than what they do: those that most
        // turns do without are made by those that need them.
        let limiting = format!(
            "local made\nlocal function limiting()\nif made then return made end\n{places}{rate}{limits}\
             made = {{ mark_running = mark_running, give_place_back = give_place_back, wake_freed = wake_freed, \
             apply = apply_limits, count = count_against_limits, park = park, unpark = unpark }}\nreturn made\nend\n"
        );
        let freed = include_str!("lua/freed.lua");
        let moves = include_str!("lua/moves.lua");
        let unstarted = include_str!("lua/unstarted.lua");
        let groups = include_str!("lua/groups.lua");
        let ended = include_str!("lua/ended.lua");
        let gone = include_str!("lua/gone.lua");
        let away = include_str!("lua/away.lua");
        let filter = include_str!("lua/filter.lua");
        Self {
            submit: step(&[include_str!("lua/submit.lua")]),
            turn: step(&[groups, freed, moves, unstarted, &limiting, include_str!("lua/turn.lua")]),
            renew: step(&[freed, places, include_str!("lua/renew.lua")]),
            cancel: step(&[unstarted, include_str!("lua/cancel.lua")]),
            promote: step(&[include_str!("lua/promote.lua")]),
            overdue: step(&[freed, places, away, include_str!("lua/overdue.lua")]),
            reap: step(&[groups, freed, places, moves, away, include_str!("lua/reap.lua")]),
            resubmit: step(&[groups, ended, include_str!("lua/resubmit.lua")]),
            hasten: step(&[include_str!("lua/hasten.lua")]),
            forget: step(&[groups, ended, gone, include_str!("lua/forget.lua")]),
            expire: step(&[unstarted, include_str!("lua/expire.lua")]),
            stall: step(&[groups, freed, places, moves, away, include_str!("lua/stall.lua")]),
            drop: step(&[unstarted, include_str!("lua/drop.lua")]),
            purge: step(&[unstarted, include_str!("lua/purge.lua")]),
            prune: step(&[groups, ended, gone, include_str!("lua/prune.lua")]),
            discard: step(&[groups, ended, include_str!("lua/discard.lua")]),
            trim: step(&[include_str!("lua/trim.lua")]),
            waiting: step(&[include_str!("lua/waiting.lua")]),
            standing: step(&[freed, places, rate, include_str!("lua/standing.lua")]),
            tasks: step(&[include_str!("lua/tasks.lua")]),
            counts: step(&[include_str!("lua/counts.lua")]),
            list_log: step(&[filter, include_str!("lua/list_log.lua")]),
            list_lanes: step(&[include_str!("lua/list_lanes.lua")]),
            list_heads: step(&[filter, include_str!("lua/list_heads.lua")]),
            list_sets: step(&[filter, include_str!("lua/list_sets.lua")]),
            drain: global(include_str!("lua/drain.lua")),
            announce: global(include_str!("lua/announce.lua")),
            live: global(include_str!("lua/live.lua")),
            belong: Script::new(include_str!("lua/belong.lua")),
            publish: Script::new(include_str!("lua/publish.lua")),
            now: global("return now"),
        }
    }
}
