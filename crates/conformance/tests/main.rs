//! Every store passes every scenario, and then has tests of its own.

mod listed;
mod oracle;
mod redis;
