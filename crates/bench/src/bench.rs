use std::path::PathBuf;

/// How much is measured, and with what.
#[derive(Debug, Clone)]
pub struct Bench {
    /// That are drained, submitted, kept.
    pub tasks: usize,
    /// Whose latency is measured.
    pub latencies: usize,
    /// Of each workload.
    pub runs: usize,
    /// The worker's program.
    pub worker: PathBuf,
    /// The manager's program.
    pub manager: PathBuf,
    /// The most waiting tasks that the cost of a task is measured with.
    pub scale_max: usize,
}

impl Bench {
    /// Calls `round` once a run. Whatever is compared belongs into the same round: the machine is another one from
    /// minute to minute.
    pub fn rounds(&self) -> impl Iterator<Item = Round> + use<> {
        let of = self.runs;
        (1..=of).map(move |number| Round { number, of })
    }
}

/// One of several runs.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    number: usize,
    of: usize,
}

impl Round {
    /// Says what begins now.
    pub fn begins(self, workload: &str, what: &str) {
        progress(&format!("{workload}, run {} of {}: {what}", self.number, self.of));
    }
}

/// A line for whoever waits; results go elsewhere.
pub fn progress(line: &str) {
    eprintln!("{line}");
}
