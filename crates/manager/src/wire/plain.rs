//! The short way to read a submission: most are right, and need neither a document nor a schema to see it.

use jobbers_core::model::{TaskId, Timestamp, check_name};
use serde_json::Number;
use serde_json::value::RawValue;

use super::NewTask;
use super::sound::Sound;
use super::submission::LONGEST_DELAY;

/// The submission, if nothing is wrong with it. None says nothing: only the schema says what is wrong, and it may find
/// that nothing is.
pub(super) fn plain(body: &[u8]) -> Option<NewTask> {
    // What is kept as it came is not looked into when it is read.
    serde_json::from_slice::<Sound>(body).ok()?;
    serde_json::from_slice(body).ok().filter(fits)
}

/// Whether this keeps to the schema and to the rules besides it, without the less usual spellings of numbers.
fn fits(new: &NewTask) -> bool {
    let NewTask { name, version, queue, parameters, params, id, run_at, delay, priority, expires_at, metadata } = new;
    let up_to = |number: &Number, most: u64| number.as_u64().is_some_and(|number| number <= most);
    let time = |text: &Option<String>| text.as_ref().is_none_or(|text| Timestamp::parse(text).is_ok());
    #[expect(clippy::cast_precision_loss, reason = "the number is small enough")]
    let in_a_life = |seconds: f64| (0.0..=LONGEST_DELAY as f64).contains(&seconds);
    check_name(name).is_ok()
        && up_to(version, u64::from(u32::MAX))
        && queue.as_ref().is_none_or(|queue| check_name(queue).is_ok())
        && [parameters, params, metadata].into_iter().all(is_object)
        && !(parameters.is_some() && params.is_some())
        && id.as_ref().is_none_or(|id| id.parse::<TaskId>().is_ok())
        && !(run_at.is_some() && delay.is_some())
        && time(run_at)
        && time(expires_at)
        && delay.is_none_or(in_a_life)
        && priority.as_ref().is_none_or(|priority| up_to(priority, 9))
}

fn is_object(raw: &Option<Box<RawValue>>) -> bool {
    raw.as_ref().is_none_or(|raw| raw.get().starts_with('{'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    const FIELDS: [&str; 12] = [
        "name",
        "version",
        "queue",
        "parameters",
        "params",
        "id",
        "run_at",
        "delay",
        "priority",
        "expires_at",
        "metadata",
        "other",
    ];
    const VALUES: [&str; 34] = [
        "null",
        "0",
        "1",
        "9",
        "10",
        "-1",
        "-0.0",
        "0.5",
        "1.0",
        "1e0",
        "4294967295",
        "4294967296",
        "3153600000",
        "3153600000.5",
        "1e400",
        "true",
        "[]",
        "{}",
        r#"{"a":1}"#,
        r#"{"a":1e400}"#,
        r#"{"a":"\ud800"}"#,
        r#"{"a":1,"a":2}"#,
        r#"{"$serde_json::private::RawValue":"1"}"#,
        r#""""#,
        r#""echo""#,
        r#""a b""#,
        r#""\u0061""#,
        r#""01ARZ3NDEKTSV4RRFFQ69G5FAV""#,
        r#""81ARZ3NDEKTSV4RRFFQ69G5FAV""#,
        r#""2026-01-31T12:00:00Z""#,
        r#""2026-01-31T12:00:00""#,
        r#""1969-01-31T12:00:00Z""#,
        "{",
        "",
    ];

    fn body(fields: &[(&str, &str)]) -> String {
        let fields: Vec<String> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", fields.join(","))
    }

    /// The long way agrees.
    fn agrees(body: &str) -> Result<(), TestCaseError> {
        if let Some(short) = plain(body.as_bytes()) {
            let long = NewTask::read_by_schema(body.as_bytes());
            prop_assert_eq!(format!("{:?}", long.ok()), format!("{:?}", Some(short)), "{}", body);
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_short_way_takes_nothing_that_the_schema_refuses(
            fields in proptest::collection::vec((select(&FIELDS[..]), select(&VALUES[..])), 0..4)
        ) {
            let mut all = vec![("name", r#""echo""#), ("version", "1")];
            all.extend(fields);
            agrees(&body(&all))?;
        }
    }

    #[test]
    fn each_value_of_each_field_is_judged_alike() {
        for field in FIELDS {
            for value in VALUES {
                let rest: Vec<_> =
                    [("name", r#""echo""#), ("version", "1")].into_iter().filter(|(name, _)| *name != field).collect();
                agrees(&body(&[&rest[..], &[(field, value)]].concat())).unwrap();
            }
        }
        for depth in [125, 126, 127, 128] {
            let deep = format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
            agrees(&body(&[("name", r#""echo""#), ("version", "1"), ("parameters", &deep)])).unwrap();
        }
    }

    #[test]
    fn usual_submissions_go_the_short_way() {
        let usual = [
            ("name", r#""echo""#),
            ("version", "1"),
            ("parameters", r#"{"a": [1, 2.5, "x"]}"#),
            ("queue", r#""default""#),
        ];
        assert!(plain(body(&usual).as_bytes()).is_some());
        let later = [("name", r#""echo""#), ("version", "1"), ("delay", "5"), ("priority", "3"), ("metadata", "null")];
        assert!(plain(body(&later).as_bytes()).is_some());
    }
}
