//! What worker and guard say to each other: a length (4 bytes, big-endian) and as much JSON.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Launch, Streams};

/// Longest frame that is believed: a command line and an environment are far smaller.
const LONGEST: usize = 64 << 20;

/// From the worker. Numbers are the worker's, each used once.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// Its file descriptors come with it, in the order of [`Streams`].
    Start { number: u64, launch: Launch },
    /// To the process group, as long as its leader has not ended.
    Signal { number: u64, signal: i32 },
}

impl Request {
    pub(super) const fn descriptors(&self) -> usize {
        match self {
            Self::Start { .. } => Streams::COUNT,
            Self::Signal { .. } => 0,
        }
    }
}

/// From the guard.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Event {
    Started { number: u64, pid: u32 },
    NotStarted { number: u64, error: String },
    Exited { number: u64, code: i32 },
    Killed { number: u64, signal: i32 },
}

pub(super) fn encode(message: &impl Serialize) -> std::io::Result<Vec<u8>> {
    let body = serde_json::to_vec(message)?;
    let length = u32::try_from(body.len()).map_err(std::io::Error::other)?;
    Ok([&length.to_be_bytes(), body.as_slice()].concat())
}

/// Bytes that came, and are not a whole frame yet.
#[derive(Debug, Default)]
pub(super) struct Incoming(Vec<u8>);

impl Incoming {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// The next frame, if it is there as a whole.
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> std::io::Result<Option<T>> {
        let Some((length, rest)) = self.0.split_first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_be_bytes(*length) as usize;
        if length > LONGEST {
            return Err(std::io::Error::other(format!("a frame of {length} bytes")));
        }
        let Some(body) = rest.get(..length) else { return Ok(None) };
        let message = serde_json::from_slice(body)?;
        self.0.drain(..4 + length);
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_however_their_bytes_come() {
        let events = [Event::Started { number: 1, pid: 2 }, Event::NotStarted { number: 3, error: "no".to_owned() }];
        let bytes: Vec<u8> = events.iter().flat_map(|event| encode(event).unwrap()).collect();
        for size in 1..bytes.len() {
            let (mut incoming, mut read) = (Incoming::default(), Vec::new());
            for some in bytes.chunks(size) {
                incoming.push(some);
                while let Some(event) = incoming.next::<Event>().unwrap() {
                    read.push(event);
                }
            }
            assert_eq!(read, events);
        }
    }

    #[test]
    fn a_length_that_cannot_be_is_an_error() {
        let mut incoming = Incoming::default();
        incoming.push(&[255; 8]);
        assert!(incoming.next::<Event>().is_err());
    }
}
