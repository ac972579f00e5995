//! The parameters of routes about queues and roles.

use jobbers_core::model::Timestamp;
use jobbers_core::operation::configure::purge::Purge;
use utoipa::IntoParams;

use super::query::Query;
use crate::problem::Problem;

/// Of `GET /queues` and `GET /roles`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "these are only described")]
pub(crate) struct DetailsParams {
    /// Answer everything about each as well.
    details: Option<bool>,
}

/// Of `DELETE /queues/{name}`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "these are only described")]
pub(crate) struct ForceParams {
    /// Also if it has tasks: these are cancelled.
    force: Option<bool>,
}

/// Of `POST /queues/{name}/purge`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "these are only described")]
pub(crate) struct PurgeParams {
    /// Cancel scheduled tasks as well.
    scheduled: Option<bool>,
    /// Only what waits since then or longer; now, if not given.
    #[param(format = DateTime)]
    before: Option<String>,
}

pub(crate) fn details(query: &Query) -> Result<bool, Problem> {
    only_flag(query, "details")
}

pub(crate) fn force(query: &Query) -> Result<bool, Problem> {
    only_flag(query, "force")
}

pub(crate) fn purge_query(query: &Query) -> Result<Purge, Problem> {
    query.only(&["scheduled", "before"])?;
    let scheduled = query.flag("scheduled")?;
    let expected = "RFC 3339 with an offset is expected, such as 2026-03-12T10:00:00Z";
    let before = query.read("before", expected, |text| Timestamp::parse(text).ok())?;
    Ok(Purge { scheduled, before })
}

fn only_flag(query: &Query, name: &str) -> Result<bool, Problem> {
    query.only(&[name])?;
    query.flag(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &[(&str, &str)]) -> Query {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Query::of(pairs).unwrap()
    }

    #[test]
    fn a_flag_is_true_or_false() {
        for (pairs, expected) in
            [(&[][..], Ok(false)), (&[("force", "true")], Ok(true)), (&[("force", "false")], Ok(false))]
        {
            assert_eq!(force(&query(pairs)).map_err(|problem| problem.detail().to_owned()), expected);
        }
        for (name, value, words) in [
            ("force", "yes", "`force` is `yes`: true or false is expected"),
            ("force", "", "`force` is ``"),
            ("details", "true", "`details` is not a query parameter of this route: force are known"),
        ] {
            let detail = force(&query(&[(name, value)])).unwrap_err().detail().to_owned();
            assert!(detail.starts_with(words), "{detail}");
        }
    }

    #[test]
    fn a_purge_says_what_is_meant() {
        assert_eq!(purge_query(&query(&[])).ok(), Some(Purge::default()));
        let before = Timestamp::parse("2026-03-12T10:00:00Z").ok();
        let all = query(&[("scheduled", "true"), ("before", "2026-03-12T11:00:00+01:00")]);
        assert_eq!(purge_query(&all).ok(), Some(Purge { scheduled: true, before }));
        for wrong in [("before", "yesterday"), ("scheduled", "1"), ("started", "true")] {
            assert!(purge_query(&query(&[wrong])).is_err(), "{wrong:?}");
        }
    }
}
