use std::time::Duration;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::problem::{Kind, Problem};

/// The longest that a request is held.
const LONGEST: f64 = 60.0;

/// `?wait=SECONDS`; none = answer at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait(pub(crate) Option<Duration>);

impl IntoParams for Wait {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let seconds = ObjectBuilder::new().schema_type(Type::Number).minimum(Some(0)).maximum(Some(LONGEST));
        let wait = ParameterBuilder::new()
            .name("wait")
            .parameter_in(ParameterIn::Query)
            .description(Some("Seconds to wait for the end of the task; then it is answered as it is."))
            .schema(Some(seconds));
        vec![wait.build()]
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Wait {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let wrong = |detail: String| Problem::new(Kind::WrongQuery, detail);
        let Query(query) = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| wrong("the query of the URL cannot be read".into()))?;
        let mut wait = None;
        for (name, value) in query {
            if name != "wait" {
                return Err(wrong(format!("`{name}` is not a query parameter of this route: `wait` is the only one")));
            }
            wait = Some(read(&value).ok_or_else(|| {
                let shown: String = value.chars().take(40).collect();
                wrong(format!("`wait` is `{shown}`: a number of seconds from 0 to {LONGEST} is expected"))
            })?);
        }
        Ok(Self(wait))
    }
}

fn read(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    (0.0..=LONGEST).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_up_to_a_minute_and_may_be_fractional() {
        assert_eq!(read("0"), Some(Duration::ZERO));
        assert_eq!(read("0.25"), Some(Duration::from_millis(250)));
        assert_eq!(read("60"), Some(Duration::from_secs(60)));
        for text in ["", "-1", "60.1", "1e9", "NaN", "inf", "five", "1s"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
