//! JSON that is sound, without building it.

use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Reads exactly what `serde_json::Value` reads (the same numbers, escapes and depth), and keeps nothing of it.
#[derive(Debug)]
pub(super) struct Sound;

/// A name of a field that has no meaning of its own to `serde_json`.
struct PlainName;

/// How the fields begin that `Value` does not take for fields.
const PRIVATE: &str = "$serde_json::private::";

impl<'de> Deserialize<'de> for Sound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Sound {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self, A::Error> {
        while sequence.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        while map.next_key::<PlainName>()?.is_some() {
            map.next_value::<Self>()?;
        }
        Ok(self)
    }
}

impl<'de> Deserialize<'de> for PlainName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Look;
        impl Visitor<'_> for Look {
            type Value = PlainName;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<PlainName, E> {
                if name.starts_with(PRIVATE) { Err(E::custom("a name of serde_json's own")) } else { Ok(PlainName) }
            }
        }
        deserializer.deserialize_str(Look)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn it_reads_what_a_value_reads() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let mut texts: Vec<String> = [
            "{}",
            "null",
            "1",
            "-0",
            "1.5",
            "1e308",
            "1e400",
            "-1e400",
            "18446744073709551616",
            "01",
            "1.",
            "nul",
            "",
            "\"\"",
            r#""\u00e4""#,
            r#""\ud800""#,
            r#""\ud83d\ude00""#,
            r#""\x""#,
            "\"\u{1}\"",
            "[1,]",
            "[1 2]",
            "{\"a\":1,\"a\":2}",
            r#"{"a":{"b":[true,false,null,{"c":"d"}]}}"#,
            r#"{"a"}"#,
            r#"{1:2}"#,
            r#"{"\ud800":1}"#,
            "{} {}",
            "{}x",
        ]
        .map(str::to_owned)
        .into();
        texts.extend([nested(127), nested(128), nested(129)]);
        for text in texts {
            let value = serde_json::from_str::<Value>(&text).is_ok();
            assert_eq!(serde_json::from_str::<Sound>(&text).is_ok(), value, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_field_to_a_value_is_not_sound() {
        let text = r#"{"$serde_json::private::RawValue":"1"}"#;
        assert!(serde_json::from_str::<Sound>(text).is_err());
    }
}
