//! The layout of a task's record, the string `t:<id>`; the only place that knows it, for Rust and,
//! by [`lua_constants`], for scripts. Numbers are big endian. Its version is in `meta`.
//!
//! | part | bytes | when |
//! |---|---|---|
//! | state | 1, [`Status::code`] | always |
//! | flags | 1 | always |
//! | attempt, failures, lost | 4, 2, 2 | once it was anything but new ([`RAN`]) |
//! | token, worker | 8, 8 | |
//! | started, ended (while it waits: since when) | 6, 6, milliseconds | |
//! | policy | 8 | |
//! | submitted | 6, milliseconds | always |
//! | sequence | 6, how many tasks were submitted before it | |
//! | fingerprint | 8 | |
//! | lane | 2 + n, see [`keys::lane`] | |
//! | extra | 3 + n, msgpack, see [`super::codec`] | |
//! | parameters | 4 + n, JSON | |
//! | result | the rest, JSON | completed |
//!
//! What was submitted is packed once and never rewritten but moved behind a longer head.

use bytes::{Buf, Bytes};

use super::codec::msgpack::Extra;
use super::keys;
use crate::model::{Fingerprint, PolicyRef, Status, TaskType, Timestamp, Token, WorkerId};

/// Version of this layout and of the keys around it.
pub(crate) const LAYOUT: u32 = 2;

/// The long head is there.
pub(crate) const RAN: u8 = 1;
/// Its end was asked for.
pub(crate) const CANCEL: u8 = 2;
/// There is a hash `r:<id>`.
pub(crate) const RARE: u8 = 4;
/// It is in `silence:<queue>` while it runs.
pub(crate) const SILENCE: u8 = 8;
/// It is in `beats:<queue>` while it runs.
pub(crate) const BEATS: u8 = 16;
/// It was taken away from the worker whose token it carries: only reaping may end that attempt again.
pub(crate) const TAKEN: u8 = 32;
/// It is in `expires`: it has not started yet, and must not after a time.
pub(crate) const EXPIRES: u8 = 64;

const SHORT_HEAD: usize = 2;
const LONG_HEAD: usize = SHORT_HEAD + 44;

/// Where parts of the long head begin.
const TOKEN: usize = SHORT_HEAD + 8;
const ENDED: usize = TOKEN + 8 + 8 + 6;

/// Where parts are that scripts read, from `submitted` on.
const SEQUENCE: usize = 6;
const FINGERPRINT: usize = SEQUENCE + 6;
const LANE: usize = FINGERPRINT + 8;

/// Definitions that every script begins with.
pub(crate) fn lua_constants() -> String {
    let mut text = format!(
        "local RAN, CANCEL, RARE, SILENCE, BEATS, TAKEN = {RAN}, {CANCEL}, {RARE}, {SILENCE}, {BEATS}, {TAKEN}\n\
         local EXPIRES = {EXPIRES}\n\
         local SHORT, LONG = {}, {}\n\
         local HEAD = '>c1BI4I2I2c8c8I6I6c8'\n\
         local NEW = '>c1BI6I6'\n\
         local SEQUENCE, FINGERPRINT, LANE = {SEQUENCE}, {FINGERPRINT}, {LANE}\n\
         local TOKEN, ENDED = {}, {}\n\
         local WAITS, RUNS = {}, {}\n\
         local STATUS = {{",
        SHORT_HEAD + 1,
        LONG_HEAD + 1,
        TOKEN + 1,
        ENDED + 1,
        Status::Submitted.code(),
        Status::Started.code(),
    );
    for status in Status::ALL {
        text.push_str(&format!(" {} = '{status}',", char::from(status.code())));
    }
    text.push_str(" }\n");
    text
}

/// A record, read.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) status: Status,
    pub(crate) attempt: u32,
    pub(crate) failures: u32,
    pub(crate) lost: u32,
    pub(crate) token: Token,
    pub(crate) worker: WorkerId,
    pub(crate) started_at: Timestamp,
    /// Of a waiting task: since when it waits, if it has been elsewhere before; then also of one that never ran.
    pub(crate) ended_at: Timestamp,
    pub(crate) policy: PolicyRef,
    pub(crate) submitted_at: Timestamp,
    pub(crate) queue: String,
    pub(crate) task_type: TaskType,
    pub(crate) priority: u8,
    pub(crate) extra: Extra,
    pub(crate) parameters: Bytes,
    pub(crate) result: Bytes,
}

impl Record {
    /// Whether it has ever been started.
    pub(crate) fn was_started(&self) -> bool {
        self.attempt > 0
    }

    /// Since when it waits, if it does.
    pub(crate) fn waiting_since(&self) -> Option<Timestamp> {
        let never_elsewhere = self.ended_at == Timestamp::default();
        let since = match self.was_started() {
            _ if !never_elsewhere => self.ended_at,
            true => self.started_at,
            false => self.submitted_at,
        };
        (self.status == Status::Submitted).then_some(since)
    }
}

/// What a record begins with that a reader of heads gets; also of a record that was cut behind its lane.
pub(crate) fn read(mut bytes: Bytes, whole: bool) -> Option<Record> {
    let status = Status::from_code(bytes.try_get_u8().ok()?)?;
    let flags = bytes.try_get_u8().ok()?;
    let mut record = Record {
        status,
        attempt: 0,
        failures: 0,
        lost: 0,
        token: Token::default(),
        worker: WorkerId::default(),
        started_at: Timestamp::default(),
        ended_at: Timestamp::default(),
        policy: PolicyRef::default(),
        submitted_at: Timestamp::default(),
        queue: String::new(),
        task_type: TaskType::new("", 0),
        priority: 0,
        extra: Extra::default(),
        parameters: Bytes::new(),
        result: Bytes::new(),
    };
    if flags & RAN != 0 {
        if bytes.len() < LONG_HEAD - SHORT_HEAD {
            return None;
        }
        record.attempt = bytes.get_u32();
        record.failures = bytes.get_u16().into();
        record.lost = bytes.get_u16().into();
        record.token = Token::from_bytes(bytes.get_u64().to_be_bytes());
        record.worker = WorkerId::from_bytes(bytes.get_u64().to_be_bytes());
        record.started_at = Timestamp::from_millis(bytes.get_uint(6));
        record.ended_at = Timestamp::from_millis(bytes.get_uint(6));
        record.policy = PolicyRef::from_bytes(bytes.get_u64().to_be_bytes());
    }
    if bytes.len() < LANE {
        return None;
    }
    record.submitted_at = Timestamp::from_millis(bytes.get_uint(6));
    bytes.advance(LANE - SEQUENCE);
    let lane = take(&mut bytes, 2)?;
    (record.queue, record.task_type, record.priority) = keys::parse_lane(std::str::from_utf8(&lane).ok()?)?;
    if whole {
        record.extra = Extra::decode(&take(&mut bytes, 3)?)?;
        record.parameters = take(&mut bytes, 4)?;
        record.result = bytes;
    }
    Some(record)
}

/// What comes behind `sequence` in a new record; what is before that is the script's.
pub(crate) fn write_body(
    fingerprint: Fingerprint,
    lane: &str,
    extra: &[u8],
    parameters: &[u8],
    into: &mut Vec<u8>,
) -> Option<()> {
    into.extend_from_slice(&fingerprint);
    into.extend_from_slice(&u16::try_from(lane.len()).ok()?.to_be_bytes());
    into.extend_from_slice(lane.as_bytes());
    let extra_length = u32::try_from(extra.len()).ok().filter(|length| length >> 24 == 0)?;
    into.extend_from_slice(&extra_length.to_be_bytes()[1..]);
    into.extend_from_slice(extra);
    into.extend_from_slice(&u32::try_from(parameters.len()).ok()?.to_be_bytes());
    into.extend_from_slice(parameters);
    Some(())
}

/// Takes a length of `width` bytes and as many bytes behind it.
fn take(bytes: &mut Bytes, width: usize) -> Option<Bytes> {
    if bytes.len() < width {
        return None;
    }
    let length = usize::try_from(bytes.get_uint(width)).ok()?;
    (bytes.len() >= length).then(|| bytes.split_to(length))
}
