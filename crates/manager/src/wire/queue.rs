use std::sync::LazyLock;

use jobbers_core::model::{DEFAULT_MAX_CONCURRENT, Period, Queue, RateLimit};
use jobbers_core::operation::WrongField;
use jobbers_core::operation::schema::Schema;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Number, Value};
use utoipa::ToSchema;

use super::submission::whole;
use super::{fields, rules};
use crate::problem::Problem;

/// The longest window of a rate limit, in its periods.
const MOST_PERIODS: u32 = 1_000_000;

/// A body with the limits of a queue.
macro_rules! body {
    ($(#[$doc:meta])* $name:ident, $(#[$of_name:meta])* name: $name_type:ty) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $(#[$of_name])*
            name: $name_type,
            /// Tasks that one worker runs at once; 10 if not given, null or 0 = unlimited.
            #[serde(default, deserialize_with = "given")]
            #[schemars(with = "Option<u32>", range(min = 0, max = u32::MAX))]
            max_concurrent: Option<Option<Number>>,
            /// Tasks that all workers together run at once; null or 0 = unlimited.
            #[schemars(with = "Option<u32>", range(min = 0, max = u32::MAX))]
            max_concurrent_total: Option<Number>,
            /// With the next two: at most so many starts in any window of that length. 0 = nothing starts.
            #[schemars(with = "Option<u32>", range(min = 0, max = u32::MAX))]
            rate_numerator: Option<Number>,
            /// How many periods the window has.
            #[schemars(with = "Option<u32>", range(min = 1, max = MOST_PERIODS))]
            rate_denominator: Option<Number>,
            rate_period: Option<PeriodName>,
            /// Workers claim nothing from it.
            paused: Option<bool>,
        }
    };
}

body! {
    /// The body of `POST /queues`.
    NewQueue,
    #[schemars(extend("format" = "name"))]
    name: String
}

body! {
    /// The body of `PUT /queues/{name}`.
    QueueChange,
    /// Not looked at: the name in the path counts.
    #[expect(dead_code, reason = "the name in the path counts")]
    name: Option<String>
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum PeriodName {
    Second,
    Minute,
    Hour,
    Day,
}

/// A queue with its limits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Queue)]
pub(crate) struct QueueConfig<'q> {
    name: &'q str,
    /// Tasks that one worker runs at once; null = unlimited.
    #[schema(required)]
    max_concurrent: Option<u32>,
    /// Tasks that all workers together run at once; null = unlimited.
    #[schema(required)]
    max_concurrent_total: Option<u32>,
    /// With the next two: at most so many starts in any window of that length; null = unlimited.
    #[schema(required)]
    rate_numerator: Option<u32>,
    #[schema(required)]
    rate_denominator: Option<u32>,
    /// `second`, `minute`, `hour` or `day`.
    #[schema(required)]
    rate_period: Option<&'static str>,
    /// Workers claim nothing from it.
    paused: bool,
}

/// The fields of a rate limit: all of them are sent, or none.
const RATE: [&str; 3] = ["/rate_numerator", "/rate_denominator", "/rate_period"];

impl NewQueue {
    /// What it is validated with.
    pub(crate) fn schema_document() -> Value {
        rules::all_or_none(fields::published::<Self>(&[], &[]), &RATE)
    }

    pub(crate) fn read(body: &[u8]) -> Result<Queue, Problem> {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(fields::schema_of::<NewQueue>);
        let new: Self = fields::read_with(body, &SCHEMA, &[], incomplete_rate)?;
        let rate = rate(new.rate_numerator.as_ref(), new.rate_denominator.as_ref(), new.rate_period);
        Ok(Queue {
            name: new.name,
            max_concurrent: each(new.max_concurrent.as_ref()),
            max_concurrent_total: limit(new.max_concurrent_total.as_ref()),
            rate,
            paused: new.paused.unwrap_or_default(),
        })
    }
}

impl QueueChange {
    /// What it is validated with.
    pub(crate) fn schema_document() -> Value {
        rules::all_or_none(fields::published::<Self>(&[], &[]), &RATE)
    }

    /// A queue of this name, and whether it is to be paused, if that is said.
    pub(crate) fn read(name: String, body: &[u8]) -> Result<(Queue, Option<bool>), Problem> {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(fields::schema_of::<QueueChange>);
        let change: Self = fields::read_with(body, &SCHEMA, &[], incomplete_rate)?;
        let rate = rate(change.rate_numerator.as_ref(), change.rate_denominator.as_ref(), change.rate_period);
        let queue = Queue {
            name,
            max_concurrent: each(change.max_concurrent.as_ref()),
            max_concurrent_total: limit(change.max_concurrent_total.as_ref()),
            rate,
            paused: change.paused.unwrap_or_default(),
        };
        Ok((queue, change.paused))
    }
}

/// Tells null from what is not there.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Number>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The part of a rate limit that is not there, if any is.
fn incomplete_rate(body: &Value) -> Vec<WrongField> {
    let missing: Vec<&str> =
        RATE.into_iter().filter(|pointer| body.pointer(pointer).is_none_or(Value::is_null)).collect();
    if missing.is_empty() || missing.len() == RATE.len() {
        return Vec::new();
    }
    let why = "is missing: rate_numerator, rate_denominator and rate_period go together, send all three or none";
    missing.into_iter().map(|pointer| WrongField::new(pointer, why)).collect()
}

fn each(number: Option<&Option<Number>>) -> Option<u32> {
    match number {
        None => Some(DEFAULT_MAX_CONCURRENT),
        Some(number) => limit(number.as_ref()),
    }
}

/// Zero is no limit either.
fn limit(number: Option<&Number>) -> Option<u32> {
    small(number?).filter(|limit| *limit > 0)
}

fn rate(numerator: Option<&Number>, denominator: Option<&Number>, period: Option<PeriodName>) -> Option<RateLimit> {
    let period = match period? {
        PeriodName::Second => Period::Second,
        PeriodName::Minute => Period::Minute,
        PeriodName::Hour => Period::Hour,
        PeriodName::Day => Period::Day,
    };
    Some(RateLimit { numerator: small(numerator?)?, denominator: small(denominator?)?, period })
}

/// The schema has been checked, so it fits.
fn small(number: &Number) -> Option<u32> {
    whole(number).and_then(|number| u32::try_from(number).ok())
}

pub(crate) fn queue_config(queue: &Queue) -> QueueConfig<'_> {
    QueueConfig {
        name: &queue.name,
        max_concurrent: queue.max_concurrent,
        max_concurrent_total: queue.max_concurrent_total,
        rate_numerator: queue.rate.map(|rate| rate.numerator),
        rate_denominator: queue.rate.map(|rate| rate.denominator),
        rate_period: queue.rate.map(|rate| rate.period.name()),
        paused: queue.paused,
    }
}
