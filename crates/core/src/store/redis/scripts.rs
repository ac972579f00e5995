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
    pub(crate) submit_plain: Script,
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
        // What the short way of a submission does without is in the prelude.
        let constants = format!(
            "{}local TALLY_KEPT, TURN_KEPT, MAX_EXAMINED, MAX_BYTES = {TALLY_KEPT}, {TURN_KEPT}, {MAX_EXAMINED}, \
             {MAX_BYTES}\nlocal HEAD_READ, MAX_DUE_QUEUES, MAX_STARTED_SETS = {HEAD_READ}, {MAX_SETS}, {MAX_SETS}\n\
             local MAX_PARKED, CHUNK, MAX_DEAD_ENTRIES = {MAX_PARKED}, {CHUNK}, {MAX_DEAD_ENTRIES}\n\
             local MAX_LOOKED_AT, IDEMPOTENCY_KEPT, EXACT_PLACES = {MAX_LOOKED_AT}, {}, {}\n{clock}{}{}",
            record::lua_constants(),
            IDEMPOTENCY_KEPT.as_millis(),
            Ahead::EXACT,
            include_str!("lua/arguments.lua"),
            include_str!("lua/wake.lua"),
        );
        let begin = [&constants, include_str!("lua/prelude.lua")].concat();
        let record = include_str!("lua/record.lua");
        let sets = include_str!("lua/sets.lua");
        let step = |parts: &[&str]| Script::new(&[&[&begin, record, sets], parts].concat().concat());
        let global = |text: &str| Script::new(&format!("{clock}{text}"));
        let log = include_str!("lua/log.lua");
        let places = include_str!("lua/places.lua");
        let rate = include_str!("lua/rate.lua");
        let moves = [include_str!("lua/moves.lua"), include_str!("lua/move.lua")].concat();
        let freed = include_str!("lua/freed.lua");
        let unstarted = include_str!("lua/unstarted.lua");
        let groups = include_str!("lua/groups.lua");
        let ended = include_str!("lua/ended.lua");
        let gone = include_str!("lua/gone.lua");
        let away = include_str!("lua/away.lua");
        let filter = include_str!("lua/filter.lua");
        Self {
            submit: step(&[log, include_str!("lua/submit.lua")]),
            submit_plain: Script::new(&[&constants, log, include_str!("lua/submit_plain.lua")].concat()),
            turn: Script::new(&turn(&begin)),
            renew: step(&[freed, places, include_str!("lua/renew.lua")]),
            cancel: step(&[unstarted, include_str!("lua/cancel.lua")]),
            promote: step(&[include_str!("lua/promote.lua")]),
            overdue: step(&[freed, places, away, include_str!("lua/overdue.lua")]),
            reap: step(&[groups, freed, places, &moves, away, include_str!("lua/reap.lua")]),
            resubmit: step(&[groups, ended, include_str!("lua/resubmit.lua")]),
            hasten: step(&[include_str!("lua/hasten.lua")]),
            forget: step(&[groups, ended, gone, include_str!("lua/forget.lua")]),
            expire: step(&[unstarted, include_str!("lua/expire.lua")]),
            stall: step(&[groups, freed, places, &moves, away, include_str!("lua/stall.lua")]),
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

/// A call makes every function of its script anew, which costs a busy worker more than what they do: those that most turns do
/// without are made by a function that is called where they are needed, and answers a table of them.
fn made_on_demand(name: &str, parts: &[&str], functions: &[&str]) -> String {
    let table: Vec<_> = functions.iter().map(|function| format!("{function} = {function}")).collect();
    let (body, table) = (parts.concat(), table.join(", "));
    format!(
        "local {name}_made\n{name} = function()\nif {name}_made then return {name}_made end\n{body}\
             {name}_made = {{ {table} }}\nreturn {name}_made\nend\n"
    )
}

/// The script of a turn, the one that has to be quick.
fn turn(begin: &str) -> String {
    let limiting = made_on_demand(
        "limiting",
        &[include_str!("lua/places.lua"), include_str!("lua/rate.lua"), include_str!("lua/limits.lua")],
        &[
            "mark_running",
            "give_place_back",
            "wake_freed",
            "leaving",
            "apply_limits",
            "count_against_limits",
            "park",
            "unpark",
        ],
    );
    let rare = made_on_demand(
        "rare",
        &[
            include_str!("lua/record.lua"),
            include_str!("lua/sets.lua"),
            include_str!("lua/groups.lua"),
            include_str!("lua/move.lua"),
            include_str!("lua/unstarted.lua"),
            include_str!("lua/start.lua"),
            include_str!("lua/repeated.lua"),
        ],
        &["move_task", "start", "repeated"],
    );
    [
        begin,
        "local limiting, rare\n",
        include_str!("lua/freed.lua"),
        include_str!("lua/moves.lua"),
        include_str!("lua/completed.lua"),
        include_str!("lua/share.lua"),
        include_str!("lua/take.lua"),
        include_str!("lua/claim.lua"),
        &limiting,
        &rare,
        include_str!("lua/turn.lua"),
    ]
    .concat()
}
