//! The msgpack adapter.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::model::{EndDetail, ErrorKind, Progress};

/// What few submissions have; nothing at all (no bytes) if none of it is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Extra {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<Bytes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trace_id: Option<String>,
    /// Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<u64>,
}

impl Extra {
    pub(crate) fn encode(&self) -> Vec<u8> {
        if *self == Self::default() {
            return Vec::new();
        }
        rmp_serde::to_vec_named(self).unwrap_or_default()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self::default());
        }
        rmp_serde::from_slice(bytes).ok()
    }
}

pub(crate) fn encode_end(end: &EndDetail) -> Vec<u8> {
    rmp_serde::to_vec_named(end).unwrap_or_default()
}

pub(crate) fn decode_end(bytes: &[u8]) -> Option<EndDetail> {
    rmp_serde::from_slice(bytes).ok()
}

pub(crate) fn encode_progress(progress: &Progress) -> Vec<u8> {
    rmp_serde::to_vec_named(progress).unwrap_or_default()
}

pub(crate) fn decode_progress(bytes: &[u8]) -> Option<Progress> {
    rmp_serde::from_slice(bytes).ok()
}

pub(crate) fn encode_error_kind(kind: &ErrorKind) -> Vec<u8> {
    rmp_serde::to_vec_named(kind).unwrap_or_default()
}

pub(crate) fn decode_error_kind(bytes: &[u8]) -> Option<ErrorKind> {
    rmp_serde::from_slice(bytes).ok()
}
