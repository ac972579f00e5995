use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use jobbers_core::model::IdempotencyKey;
use jobbers_core::operation::idempotency_key;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::access::Caller;
use crate::problem::{Kind, Problem};

const HEADER: &str = "idempotency-key";
const LONGEST: usize = 255;

/// The header `Idempotency-Key`, if it is there: the same key from the same caller is the same submission.
#[derive(Debug, Clone)]
pub(crate) struct Key(Option<CallersKey>);

#[derive(Debug, Clone)]
struct CallersKey {
    /// The name of the token; empty where there are no tokens.
    caller: String,
    key: String,
}

impl Key {
    /// The key of the only submission of a request.
    pub(crate) fn of_one(&self) -> Option<IdempotencyKey> {
        self.0.as_ref().map(|key| idempotency_key(&key.caller, &key.key, None))
    }

    /// The key of one of several submissions of a request.
    pub(crate) fn of_item(&self, index: usize) -> Option<IdempotencyKey> {
        self.0.as_ref().map(|key| idempotency_key(&key.caller, &key.key, Some(index)))
    }
}

impl IntoParams for Key {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(LONGEST))
            .pattern(Some("^[ -~]+$"));
        let header = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .description(Some("The same key from the same caller within 24 hours is the same submission."))
            .schema(Some(text));
        vec![header.build()]
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>().map(|caller| caller.name.clone()).unwrap_or_default();
        Ok(Self(read(&parts.headers)?.map(|key| CallersKey { caller, key })))
    }
}

/// No `Idempotency-Key`: what cannot be promised is refused, so that nobody relies on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoKey;

impl<S: Send + Sync> FromRequestParts<S> for NoKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        if parts.headers.contains_key(HEADER) {
            let detail = "this route takes no Idempotency-Key: only submissions do. Leave the header out";
            return Err(Problem::new(Kind::WrongHeader, detail));
        }
        Ok(Self)
    }
}

fn read(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let wrong = |detail: String| Err(Problem::new(Kind::WrongHeader, detail));
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return wrong("the header Idempotency-Key is there twice: send it once".into());
    }
    let bytes = value.as_bytes();
    let printable = |byte: &u8| (b' '..=b'~').contains(byte);
    match String::from_utf8(bytes.to_vec()) {
        Ok(key) if (1..=LONGEST).contains(&key.len()) && bytes.iter().all(printable) => Ok(Some(key)),
        _ => wrong(format!(
            "the header Idempotency-Key has {} bytes: 1 to {LONGEST} printable ASCII characters are expected",
            bytes.len()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&[u8]]) -> Result<Option<String>, Problem> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HEADER, axum::http::HeaderValue::from_bytes(value).unwrap());
        }
        read(&headers)
    }

    #[test]
    fn a_key_is_short_and_printable_and_there_once() {
        assert_eq!(of(&[]).unwrap(), None);
        assert_eq!(of(&[b"order 12/a"]).unwrap().as_deref(), Some("order 12/a"));
        assert_eq!(of(&["k".repeat(255).as_bytes()]).unwrap().map(|key| key.len()), Some(255));
        for wrong in [&[&b""[..]][..], &["k".repeat(256).as_bytes()], &["ä".as_bytes()], &[b"a\tb"], &[b"a", b"a"]] {
            assert_eq!(of(wrong).unwrap_err().status(), 400, "{wrong:?}");
        }
    }
}
