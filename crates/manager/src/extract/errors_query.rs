//! Which groups of dead letters are asked for.

use jobbers_core::store::{Errors, MAX_LISTED};
use utoipa::IntoParams;

use super::query::Query;
use crate::problem::Problem;

/// The parameters of `GET /dead-letter-queue/errors`, for their descriptions.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "these are only described")]
pub(crate) struct ErrorsParams {
    /// Only dead letters of this queue.
    #[param(pattern = "^[A-Za-z0-9_.:-]{1,64}$")]
    queue: Option<String>,
    /// Only dead letters of this name.
    #[param(pattern = "^[A-Za-z0-9_.:-]{1,64}$")]
    task_name: Option<String>,
    /// Only dead letters of this version.
    #[param(maximum = 4_294_967_295_u32)]
    task_version: Option<u32>,
    /// Groups at the most.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

const KNOWN: [&str; 4] = ["queue", "task_name", "task_version", "limit"];
const DEFAULT_LIMIT: usize = 100;

pub(crate) fn errors_query(query: &Query) -> Result<Errors, Problem> {
    query.only(&KNOWN)?;
    Ok(Errors {
        queue: query.name("queue")?,
        name: query.name("task_name")?,
        version: query.version("task_version")?,
        limit: query.limit(MAX_LISTED)?.unwrap_or(DEFAULT_LIMIT),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Errors, String> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Query::of(pairs).and_then(|query| errors_query(&query)).map_err(|problem| problem.detail().to_owned())
    }

    #[test]
    fn groups_are_chosen_by_queue_and_type() {
        assert_eq!(read(&[]), Ok(Errors { limit: 100, ..Errors::default() }));
        let all = Errors { queue: Some("q".into()), name: Some("n".into()), version: Some(3), limit: 7 };
        assert_eq!(read(&[("queue", "q"), ("task_name", "n"), ("task_version", "3"), ("limit", "7")]), Ok(all));
    }

    #[test]
    fn what_is_wrong_is_named_with_what_is_allowed() {
        for (name, value, words) in [
            ("limit", "0", "a number from 1 to 1000 is expected"),
            ("limit", "1001", "a number from 1 to 1000 is expected"),
            ("queue", "a b", "1 to 64 characters"),
            ("task_version", "-1", "a whole number from 0 to 4294967295 is expected"),
            ("cursor", "x", "`cursor` is not a query parameter of this route"),
        ] {
            let detail = read(&[(name, value)]).unwrap_err();
            assert!(detail.contains(words), "{detail}");
        }
    }
}
