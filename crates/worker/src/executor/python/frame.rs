//! Frames: four bytes of length, big-endian, and a JSON object.

use std::io::Write as _;

use bytes::{Buf as _, Bytes, BytesMut};
use jobbers_core::model::Registration;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::attempt::Attempt;

/// A host takes no larger result than 64 MiB, and the rest of a frame is small.
const LONGEST: usize = 65 << 20;

/// What a host says, each field where it has it.
#[derive(Debug, Deserialize)]
pub(super) struct Message<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    #[serde(default)]
    pub(super) id: Option<u64>,
    /// None also where it is null.
    #[serde(default, borrow)]
    pub(super) result: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) error: String,
    #[serde(default)]
    pub(super) error_type: String,
    #[serde(default)]
    pub(super) traceback: String,
    #[serde(default)]
    pub(super) expected: bool,
    #[serde(default)]
    pub(super) percent: f64,
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    pub(super) level: String,
    #[serde(default)]
    pub(super) protocol: u32,
    #[serde(default)]
    pub(super) python: String,
    #[serde(default)]
    pub(super) types: Vec<Registration>,
}

/// Takes the next frame out of what was read, if it is there as a whole.
pub(super) fn next(read: &mut BytesMut) -> std::io::Result<Option<Bytes>> {
    let Some(length) = read.first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_be_bytes(*length) as usize;
    if length > LONGEST {
        return Err(std::io::Error::other(format!("a frame of {length} bytes")));
    }
    if read.len() < 4 + length {
        return Ok(None);
    }
    read.advance(4);
    Ok(Some(read.split_to(length).freeze()))
}

/// Adds the frame that begins an attempt of the type at this place of the host. Parameters and metadata are JSON already, as they were submitted.
pub(super) fn push_run(frames: &mut Vec<u8>, id: u64, place: usize, attempt: &Attempt) {
    push(frames, |body| {
        let task = attempt.task();
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let or_null = |json: &Option<Bytes>| json.clone().unwrap_or(Bytes::from_static(b"null"));
        let _ = write!(
            body,
            r#"{{"type":"run","id":{id},"place":{place},"task":{{"id":"{}","name":{},"version":{},"queue":{},"attempt":{},"retry_attempt":{},"trace_id":{},"metadata":"#,
            task.id,
            text(&task.task_type.name),
            task.task_type.version,
            text(&task.queue),
            task.attempt,
            task.failures,
            task.trace_id.as_deref().map_or_else(|| "null".to_owned(), text),
        );
        body.extend_from_slice(&or_null(&task.metadata));
        body.extend_from_slice(br#"},"parameters":"#);
        body.extend_from_slice(&task.parameters);
        body.push(b'}');
    });
}

pub(super) fn push_interrupt(frames: &mut Vec<u8>, id: u64, reason: &str) {
    push(frames, |body| drop(write!(body, r#"{{"type":"interrupt","id":{id},"reason":"{reason}"}}"#)));
}

pub(super) fn push_ping(frames: &mut Vec<u8>, nonce: u64) {
    push(frames, |body| drop(write!(body, r#"{{"type":"ping","nonce":{nonce}}}"#)));
}

pub(super) fn push_drain(frames: &mut Vec<u8>) {
    push(frames, |body| body.extend_from_slice(br#"{"type":"drain"}"#));
}

fn push(frames: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let at = frames.len();
    frames.extend_from_slice(&[0; 4]);
    write(frames);
    // Parameters have far less than 4 GiB.
    let length = u32::try_from(frames.len() - at - 4).unwrap_or(u32::MAX);
    frames[at..at + 4].copy_from_slice(&length.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_however_their_bytes_come() {
        let mut frames = Vec::new();
        push_ping(&mut frames, 7);
        push_drain(&mut frames);
        for size in 1..=frames.len() {
            let (mut read, mut found) = (BytesMut::new(), Vec::new());
            for some in frames.chunks(size) {
                read.extend_from_slice(some);
                while let Some(frame) = next(&mut read).unwrap() {
                    found.push(String::from_utf8(frame.to_vec()).unwrap());
                }
            }
            assert_eq!(found, [r#"{"type":"ping","nonce":7}"#, r#"{"type":"drain"}"#]);
        }
    }

    #[test]
    fn a_result_is_kept_byte_for_byte() {
        let message: Message<'_> = serde_json::from_str(r#"{"type":"returned","id":3,"result":{"a": 1.50}}"#).unwrap();
        assert_eq!((message.kind, message.id, message.result.unwrap().get()), ("returned", Some(3), r#"{"a": 1.50}"#));
    }

    #[test]
    fn a_length_that_cannot_be_is_an_error() {
        assert!(next(&mut BytesMut::from(&[255; 8][..])).is_err());
    }
}
