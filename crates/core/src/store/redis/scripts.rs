//! The scripts, one file a step, each put together from constants, a clock and the prelude.

use redis::Script;

use super::record;

/// Seconds that statistics of a minute are kept.
const TALLY_KEPT: u32 = 90_000;
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
    pub(crate) get: Script,
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
                 local MAX_PARKED = {MAX_PARKED}\n",
                record::lua_constants()
            );
            for part in [&[clock, include_str!("lua/prelude.lua")], parts].concat() {
                text.push_str(part);
            }
            Script::new(&text)
        };
        let global = |text: &str| Script::new(&format!("{clock}{text}"));
        let moves = include_str!("lua/moves.lua");
        Self {
            submit: step(&[include_str!("lua/submit.lua")]),
            turn: step(&[moves, include_str!("lua/turn.lua")]),
            renew: step(&[include_str!("lua/renew.lua")]),
            cancel: step(&[include_str!("lua/cancel.lua")]),
            promote: step(&[include_str!("lua/promote.lua")]),
            overdue: step(&[include_str!("lua/overdue.lua")]),
            reap: step(&[moves, include_str!("lua/reap.lua")]),
            get: step(&[include_str!("lua/get.lua")]),
            announce: global(include_str!("lua/announce.lua")),
            live: global(include_str!("lua/live.lua")),
            belong: Script::new(include_str!("lua/belong.lua")),
            publish: Script::new(include_str!("lua/publish.lua")),
            now: global("return now"),
        }
    }
}
