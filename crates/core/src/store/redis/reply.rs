//! Reading what scripts answer.

use bytes::Bytes;
use redis::Value;

use super::connection::broken;
use crate::model::{Status, TaskId, Timestamp};
use crate::store::{MoveOutcome, Result};

/// The values of an answer, one after the other.
pub(super) struct Reply {
    operation: &'static str,
    values: std::vec::IntoIter<Value>,
}

impl Reply {
    pub(super) fn new(operation: &'static str, value: Value) -> Result<Self> {
        match value {
            Value::Array(values) => Ok(Self { operation, values: values.into_iter() }),
            other => Err(broken(operation, format!("a list was expected, the script answered {other:?}"))),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.as_slice().is_empty()
    }

    fn next(&mut self) -> Result<Value> {
        self.values.next().ok_or_else(|| broken(self.operation, "the script's answer is too short"))
    }

    fn wrong<T>(&self, expected: &str, value: &Value) -> Result<T> {
        Err(broken(self.operation, format!("{expected} was expected, the script answered {value:?}")))
    }

    pub(super) fn list(&mut self) -> Result<Self> {
        Self::new(self.operation, self.next()?)
    }

    pub(super) fn number(&mut self) -> Result<u64> {
        let value = self.next()?;
        match value {
            Value::Int(number) if number >= 0 => Ok(number.unsigned_abs()),
            other => self.wrong("a number", &other),
        }
    }

    pub(super) fn maybe_number(&mut self) -> Result<Option<u64>> {
        match self.next()? {
            Value::Nil => Ok(None),
            Value::Int(number) if number >= 0 => Ok(Some(number.unsigned_abs())),
            other => self.wrong("a number or nothing", &other),
        }
    }

    pub(super) fn time(&mut self) -> Result<Timestamp> {
        self.number().map(Timestamp::from_millis)
    }

    pub(super) fn maybe_time(&mut self) -> Result<Option<Timestamp>> {
        Ok(self.maybe_number()?.map(Timestamp::from_millis))
    }

    pub(super) fn bytes(&mut self) -> Result<Bytes> {
        match self.next()? {
            Value::BulkString(bytes) => Ok(bytes.into()),
            other => self.wrong("a string", &other),
        }
    }

    pub(super) fn maybe_bytes(&mut self) -> Result<Option<Bytes>> {
        match self.next()? {
            Value::Nil => Ok(None),
            Value::BulkString(bytes) => Ok(Some(bytes.into())),
            other => self.wrong("a string or nothing", &other),
        }
    }

    pub(super) fn id(&mut self) -> Result<TaskId> {
        let bytes = self.bytes()?;
        match <[u8; TaskId::LEN]>::try_from(&bytes[..]) {
            Ok(id) => Ok(TaskId::from_bytes(id)),
            Err(_) => Err(broken(self.operation, "a task id was expected")),
        }
    }

    /// How many there are of something.
    pub(super) fn size(&mut self) -> Result<usize> {
        Ok(usize::try_from(self.number()?).unwrap_or(usize::MAX))
    }

    pub(super) fn maybe_id(&mut self) -> Result<Option<TaskId>> {
        let bytes = self.maybe_bytes()?;
        Ok(bytes.and_then(|bytes| bytes[..].try_into().ok()).map(TaskId::from_bytes))
    }

    /// The id of the task that has an idempotency key, and whether its fingerprint is the one that was asked about.
    pub(super) fn holder(&mut self) -> Result<(TaskId, bool)> {
        let bytes = self.bytes()?;
        match (bytes.first_chunk::<{ TaskId::LEN }>(), bytes.get(TaskId::LEN..)) {
            (Some(id), Some([same @ (b'0' | b'1')])) => Ok((TaskId::from_bytes(*id), *same == b'1')),
            _ => Err(broken(self.operation, "a task id and a digit were expected")),
        }
    }

    /// A list, or nothing.
    pub(super) fn maybe_list(&mut self) -> Result<Option<Self>> {
        match self.next()? {
            Value::Nil => Ok(None),
            list => Self::new(self.operation, list).map(Some),
        }
    }

    pub(super) fn text(&mut self) -> Result<String> {
        String::from_utf8(self.bytes()?.into()).map_err(|_| broken(self.operation, "a text was expected"))
    }

    /// A word of a letter and, mostly, a status.
    pub(super) fn word(&mut self) -> Result<(u8, Option<Status>)> {
        let bytes = self.bytes()?;
        self.read_word(&bytes)
    }

    fn read_word(&self, bytes: &[u8]) -> Result<(u8, Option<Status>)> {
        match bytes {
            [letter, rest @ ..] if rest.len() <= 1 => {
                Ok((*letter, rest.first().and_then(|code| Status::from_code(*code))))
            }
            other => Err(broken(self.operation, format!("unexpected word {other:?}"))),
        }
    }

    /// What became of so many moves: a word of two bytes each.
    pub(super) fn move_outcomes(&mut self, moves: usize) -> Result<Vec<MoveOutcome>> {
        let words = self.bytes()?;
        if words.len() != 2 * moves {
            return Err(broken(self.operation, format!("{} bytes answer {moves} moves", words.len())));
        }
        words.chunks_exact(2).map(|word| self.move_outcome(word)).collect()
    }

    fn move_outcome(&self, word: &[u8]) -> Result<MoveOutcome> {
        match self.read_word(word)? {
            (b'A', Some(status)) => Ok(MoveOutcome::Applied { status }),
            (b'S', now) => Ok(MoveOutcome::Stale { now }),
            other => Err(broken(self.operation, format!("unexpected answer {other:?}"))),
        }
    }
}
