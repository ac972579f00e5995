use std::collections::VecDeque;
use std::sync::Arc;

/// Events that a stream may be behind, or may have missed when it comes again.
pub(super) const KEPT: usize = 1_024;

/// Something that is said to everybody.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    pub(super) event: &'static str,
    /// JSON.
    pub(super) data: Arc<str>,
}

/// The newest events, numbered without gaps.
#[derive(Debug, Default)]
pub(super) struct Ring {
    /// Of the event that comes next.
    next: u64,
    kept: VecDeque<Said>,
}

impl Ring {
    pub(super) fn push(&mut self, said: Said) {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(said);
        self.next += 1;
    }

    /// The number of the event that comes next.
    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    /// The event of this number; none if it is not said yet, an error if it is gone.
    pub(super) fn get(&self, number: u64) -> Result<Option<Said>, Gone> {
        let first = self.next - self.kept.len() as u64;
        if number < first || number > self.next {
            return Err(Gone);
        }
        let index = usize::try_from(number - first).map_err(|_| Gone)?;
        Ok(self.kept.get(index).cloned())
    }

    /// What happens next does not follow on what is kept: something was missed in between.
    pub(super) fn break_off(&mut self) {
        self.kept.clear();
        // So that nobody goes on where the gap is.
        self.next += 1;
    }
}

/// The event is not kept any more, or was never said.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Gone;

#[cfg(test)]
mod tests {
    use super::*;

    fn said(number: usize) -> Said {
        Said { event: "task", data: number.to_string().into() }
    }

    #[test]
    fn what_is_kept_can_be_read_and_what_is_not_is_gone() {
        let mut ring = Ring::default();
        assert_eq!(ring.get(0), Ok(None));
        for number in 0..KEPT + 10 {
            ring.push(said(number));
        }
        let next = ring.next();
        assert_eq!(ring.get(next), Ok(None));
        assert_eq!(ring.get(next - 1), Ok(Some(said(KEPT + 9))));
        assert_eq!(ring.get(10), Ok(Some(said(10))));
        assert_eq!(ring.get(9), Err(Gone));
        assert_eq!(ring.get(next + 1), Err(Gone), "from another life of this process");
    }

    #[test]
    fn nobody_goes_on_over_a_gap() {
        let mut ring = Ring::default();
        ring.push(said(0));
        let waiting_at = ring.next();
        ring.break_off();
        assert_eq!(ring.get(waiting_at), Err(Gone));
        assert_eq!(ring.get(ring.next()), Ok(None));
    }
}
