use super::{Bookmark, Listing, Next};
use crate::model::{TaskId, Timestamp};
use crate::store::{ListEntry, Listed, MAX_EXAMINED, MAX_LISTED};

/// How far a page is: what is still to be passed over before it begins, and what has been looked at.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) mark: Bookmark,
    start: Option<TaskId>,
    limit: usize,
    examined: usize,
}

/// What comes after a piece of the list.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// Nothing of it belongs to the page: ask for the next piece.
    GoOn,
    Page {
        entries: Vec<ListEntry>,
        next: Option<Next>,
    },
}

impl Progress {
    pub(super) fn from(listing: &Listing, mark: Bookmark) -> Self {
        Self { mark, start: listing.start, limit: listing.limit.clamp(1, MAX_LISTED), examined: 0 }
    }

    /// The task that the page begins with, while it is not found.
    pub(super) fn sought(&self) -> Option<TaskId> {
        self.start.filter(|_| self.mark.seeks)
    }

    /// What the list begins with has this time.
    pub(super) fn begin_at(&mut self, time: Timestamp) {
        self.mark.since = Some(time);
    }

    /// How many entries to ask for.
    pub(super) fn wanted(&self) -> usize {
        if self.mark.seeks { MAX_LISTED } else { (usize::from(self.mark.rest) + self.limit).min(MAX_LISTED) }
    }

    /// Takes the next piece of the list.
    pub(super) fn take(&mut self, listed: Listed) -> Step {
        self.examined += listed.examined;
        let mut entries = listed.entries;
        if let Some(start) = self.sought() {
            match entries.iter().position(|entry| entry.id == start) {
                Some(index) => {
                    entries.drain(..index);
                    self.mark.seeks = false;
                }
                None => entries.clear(),
            }
        }
        if !self.mark.seeks {
            let passed = entries.len().min(self.mark.rest.into());
            entries.drain(..passed);
            self.mark.rest -= u16::try_from(passed).unwrap_or(self.mark.rest);
        }
        let more = entries.len() > self.limit;
        entries.truncate(self.limit);
        if more {
            let next = entries.last().map(|last| Next::behind(last.cursor.clone()));
            return Step::Page { entries, next };
        }
        let Some(place) = listed.next else { return Step::Page { entries, next: None } };
        // Another piece like this one would be too much.
        let exhausted = self.examined + listed.examined.max(1) > MAX_EXAMINED;
        if entries.is_empty() && !exhausted {
            self.mark.place = Some(place);
            return Step::GoOn;
        }
        let next = Next { place: Some(place), seeks: self.mark.seeks, rest: self.mark.rest };
        Step::Page { entries, next: Some(next) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Cursor;

    fn entries(numbers: std::ops::Range<u64>) -> Vec<ListEntry> {
        numbers.map(|n| ListEntry { id: TaskId::from_parts(0, n.into()), cursor: Cursor::Submission(n) }).collect()
    }

    /// A piece that ends before `end`, of a list that goes on until 20,000.
    fn piece(progress: &Progress, examined_each: usize) -> Listed {
        let begin = match progress.mark.place {
            Some(Cursor::Submission(n)) => n + 1,
            _ => 0,
        };
        let entries = entries(begin..(begin + progress.wanted() as u64).min(20_000));
        let next = entries.last().map(|last| last.cursor.clone()).filter(|last| *last != Cursor::Submission(19_999));
        Listed { examined: entries.len() * examined_each, entries, next }
    }

    fn page(listing: &Listing, mark: Bookmark, examined_each: usize) -> (Vec<u64>, Option<Next>, usize) {
        let mut progress = Progress::from(listing, mark);
        loop {
            if let Step::Page { entries, next } = progress.take(piece(&progress, examined_each)) {
                let number = |entry: ListEntry| u128::from_be_bytes(entry.id.to_bytes()) as u64;
                return (entries.into_iter().map(number).collect(), next, progress.examined);
            }
        }
    }

    fn offset(offset: u16) -> (Listing, Bookmark) {
        (Listing { limit: 3, offset, ..Listing::default() }, Bookmark { rest: offset, ..Bookmark::default() })
    }

    #[test]
    fn a_page_ends_where_the_next_one_begins() {
        let (listing, mark) = offset(0);
        let (numbers, next, _) = page(&listing, mark, 1);
        assert_eq!(numbers, [0, 1, 2]);
        assert_eq!(next, Some(Next::behind(Cursor::Submission(2))));
        let mark = Bookmark { place: Some(Cursor::Submission(19_996)), ..Bookmark::default() };
        assert_eq!(page(&listing, mark, 1), (vec![19_997, 19_998, 19_999], None, 3));
    }

    #[test]
    fn an_offset_is_passed_over_and_what_is_left_of_it_travels_on() {
        let (listing, mark) = offset(2_500);
        let (numbers, next, examined) = page(&listing, mark, 1);
        assert_eq!((numbers, examined), (vec![2_500, 2_501, 2_502], 2_503));
        assert_eq!(next, Some(Next::behind(Cursor::Submission(2_502))));

        let (listing, mark) = offset(10_000);
        let (numbers, next, examined) = page(&listing, mark, 1);
        assert_eq!((numbers, examined), (vec![], 5_000));
        let next = next.expect("more");
        assert_eq!((next.rest, &next.place), (5_000, &Some(Cursor::Submission(4_999))));
        let (numbers, next, _) = page(&listing, next.mark(), 1);
        assert_eq!(numbers, Vec::<u64>::new());
        let (numbers, ..) = page(&listing, next.expect("more").mark(), 1);
        assert_eq!(numbers, [10_000, 10_001, 10_002]);
    }

    #[test]
    fn passing_over_is_bounded_where_few_tasks_fit_the_filter() {
        let (listing, mark) = offset(2_500);
        let (numbers, next, examined) = page(&listing, mark, 4);
        assert_eq!((numbers, examined), (vec![], 4_000));
        assert_eq!(next.expect("more").rest, 1_500);
    }

    #[test]
    fn a_list_begins_with_the_task_that_was_asked_for() {
        let start = Some(TaskId::from_parts(0, 1_500));
        let listing = Listing { limit: 2, start, offset: 1, ..Listing::default() };
        let mark = Bookmark { seeks: true, rest: 1, ..Bookmark::default() };
        let (numbers, next, _) = page(&listing, mark.clone(), 1);
        assert_eq!(numbers, [1_501, 1_502]);
        assert_eq!(next, Some(Next::behind(Cursor::Submission(1_502))));

        let far = Listing { start: Some(TaskId::from_parts(0, 7_000)), ..listing.clone() };
        let (numbers, next, _) = page(&far, mark.clone(), 1);
        assert_eq!(numbers, Vec::<u64>::new());
        let next = next.expect("more");
        assert!(next.seeks && next.rest == 1);
        assert_eq!(page(&far, next.mark(), 1).0, [7_001, 7_002]);

        let gone = Listing { start: Some(TaskId::from_parts(0, 30_000)), ..listing };
        let end = Bookmark { place: Some(Cursor::Submission(19_000)), ..mark };
        assert_eq!(page(&gone, end, 1), (vec![], None, 999));
    }
}
