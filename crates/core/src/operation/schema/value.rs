//! How a JSON value is shown in a sentence.

use serde_json::Value;

const LONGEST: usize = 60;

/// The value with its kind, such as `the string "abc"`; long ones are cut.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(_) => format!("the string {}", cut(&value.to_string())),
        Value::Array(items) if items.is_empty() => "an empty array".into(),
        Value::Array(_) => format!("the array {}", cut(&value.to_string())),
        Value::Object(fields) if fields.is_empty() => "an empty object".into(),
        Value::Object(_) => "an object".into(),
    }
}

/// The value as JSON; long ones are cut.
pub(super) fn plain(value: &Value) -> String {
    cut(&value.to_string())
}

/// At most 60 characters of a text.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn either(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
