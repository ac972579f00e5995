//! Many submissions in one body.

use bytes::BytesMut;
use jobbers_core::operation::submit_all::MAX_SUBMISSIONS;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::NewTask;
use super::fields::not_json;
use crate::openapi::schemas::Id;
use crate::problem::{Kind, Problem};
use jobbers_core::model::TaskId;

/// The items of a batch, each read by itself: what is wrong with one does not touch the others.
#[derive(Debug)]
pub(crate) struct BatchItems(pub(crate) Vec<Result<NewTask, Invalid>>);

/// Why an item is no submission.
#[derive(Debug, PartialEq)]
pub(crate) struct Invalid(pub(crate) String);

/// What became of the items, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchReply {
    pub(crate) results: Vec<BatchResult>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchResult {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub(crate) id: Option<TaskId>,
    pub(crate) status: BatchStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BatchStatus {
    Submitted,
    Scheduled,
    /// The same submission was stored before.
    Exists,
    /// Its id or its key belongs to another submission.
    Conflict,
    Invalid,
}

fn too_many() -> Problem {
    Problem::new(Kind::TooLarge, format!("the batch has more than {MAX_SUBMISSIONS} items: send several"))
}

fn read_item(item: &[u8], max_parameters: usize) -> Result<NewTask, Invalid> {
    NewTask::read(item, max_parameters).map_err(|problem| Invalid(problem.detail().to_owned()))
}

impl BatchItems {
    /// From a JSON array.
    pub(crate) fn of_array(body: &[u8], max_parameters: usize) -> Result<Self, Problem> {
        let RawItems(items) = serde_json::from_slice(body).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => {
                Problem::new(Kind::WrongFields, format!("the body must be an array of submissions: {error}"))
            }
            _ => not_json(body, &error),
        })?;
        let items = items.ok_or_else(too_many)?;
        Ok(Self(items.into_iter().map(|item| read_item(item.get().as_bytes(), max_parameters)).collect()))
    }
}

/// The items of an array, not looked into; none if there are more than may be.
struct RawItems<'b>(Option<Vec<&'b RawValue>>);

impl<'de> Deserialize<'de> for RawItems<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = RawItems<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = sequence.next_element()? {
                    if items.len() == MAX_SUBMISSIONS {
                        while sequence.next_element::<IgnoredAny>()?.is_some() {}
                        return Ok(RawItems(None));
                    }
                    items.push(item);
                }
                Ok(RawItems(Some(items)))
            }
        }
        deserializer.deserialize_seq(Collect)
    }
}

/// Reads newline-delimited JSON while it comes: what has been read of it is not kept.
#[derive(Debug)]
pub(crate) struct Lines {
    max_parameters: usize,
    items: Vec<Result<NewTask, Invalid>>,
    /// The line that has not ended yet.
    rest: BytesMut,
    /// Of that line, from 1.
    number: usize,
}

impl Lines {
    pub(crate) fn new(max_parameters: usize) -> Self {
        Self { max_parameters, items: Vec::new(), rest: BytesMut::new(), number: 1 }
    }

    /// Takes the next part of the body.
    pub(crate) fn take(&mut self, part: &[u8]) -> Result<(), Problem> {
        let mut ends = part.split(|byte| *byte == b'\n');
        let last = ends.next_back().unwrap_or_default();
        for end in ends {
            self.rest.extend_from_slice(end);
            self.line()?;
        }
        self.rest.extend_from_slice(last);
        Ok(())
    }

    /// The body has ended.
    pub(crate) fn end(mut self) -> Result<BatchItems, Problem> {
        self.line()?;
        Ok(BatchItems(self.items))
    }

    fn line(&mut self) -> Result<(), Problem> {
        let line = self.rest.trim_ascii();
        if !line.is_empty() {
            if self.items.len() == MAX_SUBMISSIONS {
                return Err(too_many());
            }
            let number = self.number;
            let item = read_item(line, self.max_parameters);
            self.items.push(item.map_err(|Invalid(detail)| Invalid(format!("line {number}: {detail}"))));
        }
        self.rest.clear();
        self.number += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"name": "echo", "version": 1}"#;

    fn details(items: &BatchItems) -> Vec<Option<&str>> {
        items.0.iter().map(|item| item.as_ref().err().map(|Invalid(detail)| detail.as_str())).collect()
    }

    fn lines(parts: &[&str]) -> Result<BatchItems, Problem> {
        let mut lines = Lines::new(1000);
        for part in parts {
            lines.take(part.as_bytes())?;
        }
        lines.end()
    }

    #[test]
    fn one_wrong_item_spoils_no_other() {
        let body = format!(r#"[{GOOD}, 1, {{"name": "echo"}}, {GOOD}]"#);
        let items = BatchItems::of_array(body.as_bytes(), 1000).unwrap();
        let expected =
            [None, Some("the body must be an object, but is the number 1"), Some("/version is missing"), None];
        assert_eq!(details(&items), expected);
        assert_eq!(BatchItems::of_array(b"[]", 1000).unwrap().0.len(), 0);
    }

    #[test]
    fn what_is_no_array_is_refused_whole() {
        for (body, status) in [("{}", 422), ("1", 422), ("", 400), ("[1, ", 400), ("[1] 2", 400)] {
            assert_eq!(BatchItems::of_array(body.as_bytes(), 1000).unwrap_err().status(), status, "{body}");
        }
    }

    #[test]
    fn lines_may_come_in_any_pieces() {
        let body = format!("{GOOD}\r\n\n  {GOOD}\n{{\n{GOOD}");
        let whole = lines(&[&body]).unwrap();
        let broken = "line 4: the body is not JSON: EOF while parsing an object at line 1 column 1";
        assert_eq!(details(&whole), [None, None, Some(broken), None]);
        for at in 0..body.len() {
            let (begin, end) = body.split_at(at);
            assert_eq!(details(&lines(&[begin, end]).unwrap()), details(&whole), "{at}");
        }
        assert_eq!(lines(&["\n\n"]).unwrap().0.len(), 0);
    }

    #[test]
    fn a_batch_has_an_end() {
        let array = |count: usize| format!("[{}]", vec!["1"; count].join(","));
        let items = BatchItems::of_array(array(MAX_SUBMISSIONS).as_bytes(), 1000).unwrap();
        assert_eq!(items.0.len(), MAX_SUBMISSIONS);
        assert_eq!(BatchItems::of_array(array(MAX_SUBMISSIONS + 1).as_bytes(), 1000).unwrap_err().status(), 413);
        assert_eq!(lines(&[&"1\n".repeat(MAX_SUBMISSIONS)]).unwrap().0.len(), MAX_SUBMISSIONS);
        assert_eq!(lines(&[&"1\n".repeat(MAX_SUBMISSIONS + 1)]).unwrap_err().status(), 413);
    }
}
