//! A place in a list as a client keeps it: base64 of a version, a checksum, and the place. The checksum is also over
//! the filter, so that a cursor of another list, or a broken one, is recognised.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::{InvalidCursor, Listing};
use crate::model::{TaskId, Timestamp, WorkerId};
use crate::store::{Cursor, Filter, Order};

const VERSION: u8 = 1;
const CHECKSUM: usize = 4;

/// Where to go on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in super::super) struct Bookmark {
    /// Which one of several lists that are gone through one after the other.
    pub(in super::super) stage: u8,
    /// The task that the list begins with is not found yet.
    pub(in super::super) seeks: bool,
    /// Tasks that are still to be left out.
    pub(in super::super) rest: u16,
    /// The list begins at this time.
    pub(in super::super) since: Option<Timestamp>,
    /// Behind this; none = at the beginning.
    pub(in super::super) place: Option<Cursor>,
}

/// What a list is about.
#[derive(Debug, Clone)]
pub(in super::super) struct Digest(Sha256);

impl Digest {
    pub(in super::super) fn new(purpose: &str, filter: &Filter) -> Self {
        let mut digest = Self(Sha256::new());
        let Filter { status, dead, queue, name, version, worker, since, until } = filter;
        let time = |time: &Option<Timestamp>| time.map(|time| time.as_millis().to_be_bytes());
        digest.part(Some(purpose.as_bytes()));
        digest.part(status.map(|status| [status.code()]));
        digest.part(Some([u8::from(*dead)]));
        digest.part(queue.as_deref());
        digest.part(name.as_deref());
        digest.part(version.map(u32::to_be_bytes));
        digest.part(worker.map(WorkerId::to_bytes));
        digest.part(time(since));
        digest.part(time(until));
        digest
    }

    pub(super) fn of_listing(listing: &Listing) -> Self {
        let mut digest = Self::new("list", &listing.filter);
        digest.part(Some([u8::from(listing.order == Order::OldestFirst)]));
        digest.part(listing.start.map(TaskId::to_bytes));
        digest.part(Some(listing.offset.to_be_bytes()));
        digest
    }

    /// A length before each part, so that no two lists read the same.
    fn part<B: AsRef<[u8]>>(&mut self, bytes: Option<B>) {
        self.0.update(bytes.as_ref().map_or(u64::MAX, |bytes| bytes.as_ref().len() as u64).to_be_bytes());
        if let Some(bytes) = bytes {
            self.0.update(bytes);
        }
    }

    fn checksum(&self, place: &[u8]) -> [u8; CHECKSUM] {
        let whole = self.0.clone().chain_update(place).finalize();
        let mut first = [0; CHECKSUM];
        first.copy_from_slice(&whole[..CHECKSUM]);
        first
    }
}

const SEEKS: u8 = 0x80;
const SINCE: u8 = 0x40;

impl Bookmark {
    pub(in super::super) fn write(&self, digest: &Digest) -> String {
        let (kind, place) = match &self.place {
            None => (0, Vec::new()),
            Some(Cursor::Submission(number)) => (1, number.to_be_bytes().to_vec()),
            Some(Cursor::Time(time, id)) => (2, [&time.as_millis().to_be_bytes()[..], &id.to_bytes()[..]].concat()),
            Some(Cursor::Own(bytes)) => (3, bytes.clone()),
        };
        let flags = if self.seeks { SEEKS } else { 0 } | if self.since.is_some() { SINCE } else { 0 };
        let mut payload = vec![kind | flags, self.stage];
        payload.extend(self.rest.to_be_bytes());
        payload.extend(self.since.into_iter().flat_map(|since| since.as_millis().to_be_bytes()));
        payload.extend(place);
        let mut bytes = vec![VERSION];
        bytes.extend(digest.checksum(&payload));
        bytes.extend(payload);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub(in super::super) fn read(text: &str, digest: &Digest) -> Result<Self, InvalidCursor> {
        Self::decode(text, digest).ok_or_else(|| InvalidCursor { text: text.chars().take(60).collect() })
    }

    fn decode(text: &str, digest: &Digest) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (checksum, payload) = rest.split_first_chunk::<CHECKSUM>()?;
        if *version != VERSION || digest.checksum(payload) != *checksum {
            return None;
        }
        let ([kind, stage], bytes) = payload.split_first_chunk()?;
        let (rest, mut bytes) = bytes.split_first_chunk()?;
        let mut since = None;
        if kind & SINCE != 0 {
            let (time, behind) = bytes.split_first_chunk()?;
            (since, bytes) = (Some(Timestamp::from_millis(u64::from_be_bytes(*time))), behind);
        }
        let place = match kind & !(SEEKS | SINCE) {
            0 if bytes.is_empty() => None,
            1 => Some(Cursor::Submission(u64::from_be_bytes(bytes.try_into().ok()?))),
            2 => {
                let (time, id) = bytes.split_first_chunk()?;
                let time = Timestamp::from_millis(u64::from_be_bytes(*time));
                Some(Cursor::Time(time, TaskId::from_bytes(id.try_into().ok()?)))
            }
            3 => Some(Cursor::Own(bytes.to_vec())),
            _ => return None,
        };
        Some(Self { stage: *stage, seeks: kind & SEEKS != 0, rest: u16::from_be_bytes(*rest), since, place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Status;

    fn digest(status: Option<Status>) -> Digest {
        Digest::new("list", &Filter { status, ..Filter::default() })
    }

    fn all() -> Vec<Bookmark> {
        let time = Timestamp::from_millis(1_800_000_000_000);
        [
            None,
            Some(Cursor::Submission(7)),
            Some(Cursor::Time(time, TaskId::from_parts(1, 2))),
            Some(Cursor::Own(vec![1, 2, 3])),
        ]
        .into_iter()
        .map(|place| Bookmark { place, ..Bookmark::default() })
        .flat_map(|mark| {
            let odd = Bookmark { stage: 2, seeks: true, rest: 9_999, since: Some(time), ..mark.clone() };
            [mark, odd]
        })
        .collect()
    }

    #[test]
    fn a_bookmark_is_read_back_in_its_own_list_only() {
        for mark in all() {
            let text = mark.write(&digest(None));
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
            assert_eq!(Bookmark::read(&text, &digest(None)), Ok(mark));
            assert!(Bookmark::read(&text, &digest(Some(Status::Failed))).is_err());
        }
    }

    #[test]
    fn a_broken_bookmark_is_refused() {
        let text = all()[2].write(&digest(None));
        for length in 0..text.len() {
            assert!(Bookmark::read(&text[..length], &digest(None)).is_err(), "{length}");
        }
        for index in 0..text.len() {
            let mut broken = text.clone().into_bytes();
            broken[index] = if broken[index] == b'A' { b'B' } else { b'A' };
            assert!(Bookmark::read(std::str::from_utf8(&broken).unwrap(), &digest(None)).is_err(), "{index}");
        }
        for foreign in ["", "ü", "a b", "====", &"A".repeat(5_000)] {
            let error = Bookmark::read(foreign, &digest(None)).unwrap_err();
            assert!(error.to_string().len() < 300, "{error}");
        }
    }

    #[test]
    fn whatever_a_list_is_about_counts() {
        let plain = Listing { limit: 10, ..Listing::default() };
        let text = Bookmark::default().write(&Digest::of_listing(&plain));
        let same = Listing { limit: 20, cursor: Some("x".into()), ..plain.clone() };
        assert!(Bookmark::read(&text, &Digest::of_listing(&same)).is_ok());
        let filtered = |filter| Listing { filter, ..plain.clone() };
        let time = Some(Timestamp::from_millis(0));
        for other in [
            Listing { order: Order::OldestFirst, ..plain.clone() },
            Listing { start: Some(TaskId::from_parts(0, 0)), ..plain.clone() },
            Listing { offset: 1, ..plain.clone() },
            filtered(Filter { dead: true, ..Filter::default() }),
            filtered(Filter { queue: Some("a".into()), ..Filter::default() }),
            filtered(Filter { name: Some("a".into()), ..Filter::default() }),
            filtered(Filter { version: Some(1), ..Filter::default() }),
            filtered(Filter { worker: Some(WorkerId::default()), ..Filter::default() }),
            filtered(Filter { since: time, ..Filter::default() }),
            filtered(Filter { until: time, ..Filter::default() }),
        ] {
            assert!(Bookmark::read(&text, &Digest::of_listing(&other)).is_err(), "{other:?}");
        }
    }
}
