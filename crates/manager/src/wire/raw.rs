use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

use super::redact::redact;

/// JSON that goes out byte for byte as it came in, except for what is redacted.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Raw<'t>(Cow<'t, RawValue>);

impl<'t> Raw<'t> {
    pub(super) fn new(bytes: &'t Bytes, redacted: &[String]) -> Self {
        let raw: &RawValue = serde_json::from_slice(bytes).unwrap_or(RawValue::NULL);
        if redacted.is_empty() {
            return Self(Cow::Borrowed(raw));
        }
        Self(Cow::Owned(redact(raw, redacted)))
    }

    pub(super) fn empty_object() -> Self {
        Self(serde_json::from_str::<&RawValue>("{}").map_or(Cow::Borrowed(RawValue::NULL), Cow::Borrowed))
    }
}
