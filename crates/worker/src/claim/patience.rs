/// How long a turn waits for ends that are about to come: as long as something happens, and a moment more.
///
/// It is counted in looks, each of which lets others run, and not in time: no attempt waits for a clock. An attempt that
/// was begun and whose code has neither ended nor waited for anything is about to end, or computes; the latter shows by
/// nothing happening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Patience {
    /// Attempts that were beginning at the last look.
    beginning: usize,
    looks_left: u32,
}

impl Patience {
    /// Looks in vain after which nothing more is waited for: together far less than what a turn takes.
    const LOOKS: u32 = 16;

    pub(super) fn new() -> Self {
        Self { beginning: usize::MAX, looks_left: Self::LOOKS }
    }

    /// Whether to look once more, after a look that found `came` ends: `in_slots` attempts have not ended, of which
    /// `beginning` had not had their first chance to end when the look began.
    pub(super) fn wait(&mut self, in_slots: usize, beginning: usize, came: usize) -> bool {
        if in_slots == 0 {
            return false;
        }
        if came > 0 || beginning < self.beginning {
            self.looks_left = Self::LOOKS;
        }
        self.beginning = beginning;
        if came > 0 {
            return true;
        }
        self.looks_left = self.looks_left.saturating_sub(1);
        beginning > 0 && self.looks_left > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many looks are taken, with what each finds to be in slots, to begin, and to have come.
    fn looks(found: impl IntoIterator<Item = (usize, usize, usize)>) -> usize {
        let mut patience = Patience::new();
        1 + found.into_iter().take_while(|of| patience.wait(of.0, of.1, of.2)).count()
    }

    #[test]
    fn what_ends_at_once_is_waited_for_until_all_of_it_has_ended() {
        assert_eq!(looks((0..10).rev().map(|left| (left, left, 1))), 10);
        let slowly = (0..10).rev().flat_map(|left| [(left + 1, left + 1, 0), (left + 1, left + 1, 0), (left, left, 1)]);
        assert_eq!(looks(slowly), 30);
        assert_eq!(looks([(0, 0, 10)]), 1, "nothing is left to wait for");
    }

    #[test]
    fn what_waits_for_something_is_not_waited_for_unless_others_like_it_come_just_then() {
        assert_eq!(looks([(3, 0, 1), (3, 0, 0), (3, 0, 0)]), 2);
        assert_eq!(looks([(3, 0, 1), (2, 0, 1), (2, 0, 0), (2, 0, 0)]), 3);
        assert_eq!(looks([(4, 4, 1), (4, 0, 0), (4, 0, 0)]), 2);
    }

    #[test]
    fn one_that_computes_holds_up_the_others_for_some_looks_only() {
        let some = Patience::LOOKS as usize;
        assert_eq!(looks(std::iter::repeat((10, 10, 0))), some);
        let one_left = (1..10).rev().map(|left| (left, left, 1)).chain(std::iter::repeat((1, 1, 0)));
        assert_eq!(looks(one_left), 9 + some);
    }
}
