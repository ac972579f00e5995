use axum::extract::{FromRequestParts, Query as AnyQuery};
use axum::http::request::Parts;
use jobbers_core::model::check_name;

use crate::problem::{Kind, Problem};

/// More parameters than any route knows.
const MOST: usize = 32;

/// The parameters of the URL, each there once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let AnyQuery(pairs) = AnyQuery::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| wrong("the query of the URL cannot be read"))?;
        Self::of(pairs)
    }
}

pub(super) fn wrong(detail: impl Into<String>) -> Problem {
    Problem::new(Kind::WrongQuery, detail)
}

impl Query {
    pub(super) fn of(pairs: Vec<(String, String)>) -> Result<Self, Problem> {
        if pairs.len() > MOST {
            return Err(wrong(format!(
                "the URL has {} query parameters: no route takes more than {MOST}",
                pairs.len()
            )));
        }
        for (index, (name, _)) in pairs.iter().enumerate() {
            if pairs[..index].iter().any(|(other, _)| other == name) {
                return Err(wrong(format!("`{}` is there twice: send it once", cut(name))));
            }
        }
        Ok(Self(pairs))
    }

    /// Refuses every other parameter.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Problem> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => {
                let known = known.join(", ");
                Err(wrong(format!("`{}` is not a query parameter of this route: {known} are known", cut(name))))
            }
        }
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// A parameter, if it is there; `expected` says what it may be.
    pub(crate) fn read<T>(
        &self,
        name: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match parse(text) {
            Some(value) => Ok(Some(value)),
            None => Err(wrong(format!("`{name}` is `{}`: {expected}", cut(text)))),
        }
    }

    /// The name of a queue or a task type.
    pub(crate) fn name(&self, field: &str) -> Result<Option<String>, Problem> {
        const NAME: &str = "1 to 64 characters of A-Z a-z 0-9 _ . : - are allowed";
        self.read(field, NAME, |text| check_name(text).ok().map(|()| text.to_owned()))
    }

    /// The version of a task type.
    pub(crate) fn version(&self, field: &str) -> Result<Option<u32>, Problem> {
        self.read(field, "a whole number from 0 to 4294967295 is expected", |text| text.parse().ok())
    }

    /// Whether something is wanted.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Problem> {
        Ok(self.read(name, "true or false is expected", |text| text.parse().ok())?.unwrap_or_default())
    }

    /// `limit`, from 1.
    pub(crate) fn limit(&self, most: usize) -> Result<Option<usize>, Problem> {
        self.read("limit", &format!("a number from 1 to {most} is expected"), |text| {
            text.parse().ok().filter(|limit| (1..=most).contains(limit))
        })
    }

    /// The name under which a parameter with two spellings is there.
    pub(crate) fn spelled<'n>(&self, name: &'n str, older: &'n str) -> Result<&'n str, Problem> {
        match (self.text(name), self.text(older)) {
            (Some(_), Some(_)) => {
                Err(wrong(format!("`{older}` is there besides `{name}`: they are two spellings of the same, send one")))
            }
            (None, Some(_)) => Ok(older),
            _ => Ok(name),
        }
    }
}

fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}
