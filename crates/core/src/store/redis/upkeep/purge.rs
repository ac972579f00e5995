use super::super::codec::arguments::Arguments;
use super::super::connection::RedisStore;
use super::super::keys;
use super::super::reply::Reply;
use super::arguments;
use crate::store::{Cursor, Purge, Result, Swept};

pub(super) async fn purge(store: &RedisStore, purge: &Purge) -> Result<Swept> {
    let arguments = arguments(&purge.sweep)
        .with("queue", keys::escape(&purge.queue))
        .with("before", purge.before.as_millis())
        .with("scheduled", purge.scheduled);
    let arguments = match purge.sweep.after.as_ref().and_then(Place::read) {
        Some(place) => place.add_to(arguments),
        None => arguments,
    };
    let mut reply = Reply::new("purge", store.step("purge", &store.scripts.purge, arguments, &[]).await?)?;
    let (now, tasks) = (reply.time()?, reply.size()?);
    let next = reply.maybe_list()?.map(|place| Place::answered(place).map(Place::cursor)).transpose()?;
    Ok(Swept { now, tasks, next })
}

/// Where the walk goes on: in what (a letter), at which number, and how many entries of that number to pass over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    part: u8,
    at: u64,
    passed: u64,
}

impl Place {
    fn answered(mut reply: Reply) -> Result<Self> {
        let part = reply.bytes()?.first().copied().unwrap_or_default();
        Ok(Self { part, at: reply.number()?, passed: reply.number()? })
    }

    fn add_to(self, arguments: Arguments) -> Arguments {
        arguments.with("from", ([self.part], self.at, self.passed))
    }

    fn cursor(self) -> Cursor {
        Cursor::Own([&[self.part][..], &self.at.to_be_bytes(), &self.passed.to_be_bytes()].concat())
    }

    /// None for what was never such a cursor: then the walk begins anew.
    fn read(cursor: &Cursor) -> Option<Self> {
        let Cursor::Own(bytes) = cursor else { return None };
        let [part @ (b'L' | b'W'), numbers @ ..] = &bytes[..] else { return None };
        let (at, passed) = numbers.split_at_checked(8)?;
        let number = |bytes: &[u8]| bytes.try_into().ok().map(u64::from_be_bytes);
        Some(Self { part: *part, at: number(at)?, passed: number(passed)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back() {
        let place = Place { part: b'L', at: 1_800_000_000_000, passed: 70_000 };
        assert_eq!(Place::read(&place.cursor()), Some(place));
        assert_eq!(Place::read(&Cursor::Own(vec![b'L'; 16])), None);
        assert_eq!(Place::read(&Cursor::Own(vec![b'X'; 17])), None);
        assert_eq!(Place::read(&Cursor::Submission(1)), None);
    }
}
