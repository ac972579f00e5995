use std::fmt;
use std::time::Duration;

use jobbers_core::store::Prunable;
use serde::Serialize;

/// What was done so far; in a dry run, what would have been.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Summary {
    pub dry_run: bool,
    /// Silent tasks.
    pub stalled: u64,
    /// Ended tasks that were no dead letters.
    pub pruned: u64,
    pub dead_letters_pruned: u64,
    /// Entries of queues whose task is gone.
    pub queue_entries_gone: u64,
    /// Entries of queues whose task does not wait.
    pub queue_entries_dead: u64,
    /// Always 0: the state of a rate limit goes by itself.
    pub rate_limits_pruned: u64,
    pub duration_ms: u64,
}

/// What one step found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Silent(usize),
    Ended(Prunable, usize),
    Entries { gone: usize, dead: usize },
}

impl Summary {
    pub(crate) fn new(dry_run: bool) -> Self {
        Self { dry_run, ..Self::default() }
    }

    pub(crate) fn add(&mut self, found: Found) {
        match found {
            Found::Silent(tasks) => self.stalled += tasks as u64,
            Found::Ended(Prunable::Ended, tasks) => self.pruned += tasks as u64,
            Found::Ended(Prunable::DeadLetters, tasks) => self.dead_letters_pruned += tasks as u64,
            Found::Entries { gone, dead } => {
                self.queue_entries_gone += gone as u64;
                self.queue_entries_dead += dead as u64;
            }
        }
    }

    pub(crate) fn took(&mut self, duration: Duration) {
        self.duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    }

    /// Whether nothing was there to be done.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self { duration_ms: self.duration_ms, ..Self::new(self.dry_run) }
    }
}

/// For people.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dry_run {
            writeln!(f, "Dry run, nothing was changed. It would have been:")?;
        }
        for (what, number) in [
            ("silent tasks stalled", self.stalled),
            ("ended tasks removed", self.pruned),
            ("dead letters removed", self.dead_letters_pruned),
            ("queue entries of tasks that are gone removed", self.queue_entries_gone),
            ("queue entries of tasks that do not wait removed", self.queue_entries_dead),
            ("rate limit states removed", self.rate_limits_pruned),
        ] {
            writeln!(f, "{number:>9} {what}")?;
        }
        write!(f, "Done in {:.3} s", Duration::from_millis(self.duration_ms).as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary() -> Summary {
        let mut summary = Summary::new(true);
        for found in [
            Found::Silent(2),
            Found::Silent(1),
            Found::Ended(Prunable::Ended, 500),
            Found::Ended(Prunable::DeadLetters, 4),
            Found::Entries { gone: 5, dead: 6 },
        ] {
            summary.add(found);
        }
        summary.took(Duration::from_millis(1234));
        summary
    }

    #[test]
    fn programs_read_one_object() {
        let json = serde_json::to_string(&summary()).expect("JSON");
        assert_eq!(
            json,
            r#"{"dry_run":true,"stalled":3,"pruned":500,"dead_letters_pruned":4,"queue_entries_gone":5,"queue_entries_dead":6,"rate_limits_pruned":0,"duration_ms":1234}"#
        );
    }

    #[test]
    fn people_read_a_list() {
        let text = summary().to_string();
        assert!(
            text.starts_with("Dry run, nothing was changed. It would have been:\n        3 silent tasks stalled\n"),
            "{text}"
        );
        assert!(text.ends_with("\nDone in 1.234 s"), "{text}");
    }

    #[test]
    fn a_summary_of_nothing_is_empty_however_long_it_took() {
        let mut nothing = Summary::new(true);
        nothing.took(Duration::from_secs(1));
        assert!(nothing.is_empty() && !summary().is_empty());
    }
}
