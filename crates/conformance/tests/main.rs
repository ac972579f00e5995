//! Every store passes every scenario, and then has tests of its own.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics, also in what its tests share")]

mod listed;
mod model;
mod oracle;
mod redis;
mod routing;
mod sqlite;
