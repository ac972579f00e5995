//! Fields that are never shown.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

const SHOWN: &str = "[redacted]";
/// Submissions are not nested deeper than this; what is gets no look inside.
const DEEPEST: usize = 128;

/// The JSON with the values of all fields of these names replaced, at any depth; everything else stays byte for byte,
/// but for white space.
pub(super) fn redact(raw: &RawValue, names: &[String]) -> Box<RawValue> {
    let redacted = Redacted { raw, names, depth: 0 };
    serde_json::value::to_raw_value(&redacted).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[derive(Clone, Copy)]
struct Redacted<'r> {
    raw: &'r RawValue,
    names: &'r [String],
    depth: usize,
}

impl<'r> Redacted<'r> {
    fn inner(&self, raw: &'r RawValue) -> Self {
        Self { raw, depth: self.depth + 1, ..*self }
    }
}

impl Serialize for Redacted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.raw.get();
        match text.as_bytes().first() {
            Some(b'{' | b'[') if self.depth >= DEEPEST => serializer.serialize_str(SHOWN),
            Some(b'{') => {
                let Fields(fields) = serde_json::from_str(text).map_err(serde::ser::Error::custom)?;
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    if self.names.contains(&name) {
                        map.serialize_entry(&name, SHOWN)?;
                    } else {
                        map.serialize_entry(&name, &self.inner(value))?;
                    }
                }
                map.end()
            }
            Some(b'[') => {
                let Items(items) = serde_json::from_str(text).map_err(serde::ser::Error::custom)?;
                let mut sequence = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    sequence.serialize_element(&self.inner(item))?;
                }
                sequence.end()
            }
            _ => self.raw.serialize(serializer),
        }
    }
}

/// The fields of an object in their order, also those that are there twice.
struct Fields<'r>(Vec<(String, &'r RawValue)>);
/// The items of an array.
struct Items<'r>(Vec<&'r RawValue>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

impl<'de> Deserialize<'de> for Items<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = sequence.next_element()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        deserializer.deserialize_seq(Collect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(json: &str) -> String {
        let raw: &RawValue = serde_json::from_str(json).unwrap();
        redact(raw, &["password".to_owned()]).get().to_owned()
    }

    #[test]
    fn fields_are_redacted_at_any_depth_and_the_rest_stays() {
        assert_eq!(
            redacted(
                r#"{"z": 12345678901234567890123, "password": {"a": 1}, "a": [{"pass\u0077ord": "x", "b": 1e400}, "password"]}"#
            ),
            r#"{"z":12345678901234567890123,"password":"[redacted]","a":[{"password":"[redacted]","b":1e400},"password"]}"#
        );
        assert_eq!(redacted("null"), "null");
        assert_eq!(redacted(r#"{"password":1,"password":2}"#), r#"{"password":"[redacted]","password":"[redacted]"}"#);
    }

    #[test]
    fn what_is_nested_without_end_is_not_shown() {
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        assert_eq!(redacted(&deep), format!("{}\"[redacted]\"{}", "[".repeat(128), "]".repeat(128)));
    }
}
