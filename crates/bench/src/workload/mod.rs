//! The workloads, a file each. To add one: a file that measures and answers a [`Section`], a variant, and an arm below.

mod drain;
mod executors;
mod footprint;
mod http;
mod latency;
mod limits;
mod scale;
mod submit;

use anyhow::Result;

use crate::bench::Bench;
use crate::report::Section;

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Workload {
    /// A worker process drains waiting tasks
    W1,
    /// Submitting, in process
    W2,
    /// Submitting over HTTP, beside a bare endpoint
    Http,
    /// From the submission to the first line of the handler, on an idle system
    W3,
    /// Memory, CPU time and Redis commands of a task
    W4,
    /// The cost of a task as the store grows: takes long
    W5,
    /// What limits cost that hold nothing back
    W6,
    /// Tasks in Rust, in Python, and commands, side by side
    Executors,
}

impl Workload {
    /// What is measured unless something else is asked for.
    pub const USUAL: [Self; 7] = [Self::W1, Self::W2, Self::Http, Self::W3, Self::W4, Self::W6, Self::Executors];

    /// Runs it, several times, and answers its block of the document.
    pub async fn measure(self, bench: &Bench) -> Result<Section> {
        match self {
            Self::W1 => Ok(drain::measure(bench).await?.section()),
            Self::W2 => Ok(submit::measure(bench).await?.section()),
            Self::Http => Ok(http::measure(bench).await?.section()),
            Self::W3 => Ok(latency::measure(bench).await?.section()),
            Self::W4 => Ok(footprint::measure(bench).await?.section()),
            Self::W5 => scale::measure(bench).await?.section(),
            Self::W6 => Ok(limits::measure(bench).await?.section()),
            Self::Executors => Ok(executors::measure(bench).await?.section()),
        }
    }
}
