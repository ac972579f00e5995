//! How much of what has ended one turn brings.

use jobbers_core::lifecycle::{Destination, Transition};
use jobbers_core::store::MAX_BATCH;

use crate::attempt::AttemptReport;

/// Bytes of results after which a turn takes no more: what was kept during an outage must not make one that is too large.
const MAX_BYTES: usize = 4 << 20;

/// Bytes of the result that an end brings.
pub(super) fn size(report: &AttemptReport) -> usize {
    match &report.transition {
        Some(Transition { destination: Destination::Completed(result), .. }) => result.len(),
        _ => 0,
    }
}

/// How many ends of these sizes go into one turn; at least one of any.
pub(super) fn count(sizes: impl Iterator<Item = usize>) -> usize {
    let mut bytes = 0;
    let fits = sizes.take(MAX_BATCH).take_while(|size| {
        let first = bytes == 0;
        bytes += size;
        first || bytes <= MAX_BYTES
    });
    fits.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_results_are_delivered_in_turns_of_a_bounded_size() {
        const MIB: usize = 1 << 20;
        assert_eq!(count([MIB; 10].into_iter()), 4);
        assert_eq!(count([10 * MIB, 1].into_iter()), 1, "at least one of any size");
        assert_eq!(count([20; 1000].into_iter()), MAX_BATCH);
        assert_eq!(count([0; 3].into_iter()), 3);
    }
}
