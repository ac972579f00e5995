//! Which page of which list is asked for.

use jobbers_core::model::{Status, TaskId, Timestamp};
use jobbers_core::operation::Listing;
use jobbers_core::store::{Filter, MAX_LISTED, Order};

use super::query::{Query, wrong};
use crate::problem::Problem;

/// The lists that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskList {
    /// `/tasks`
    All,
    /// `/active-tasks`
    Active,
    /// `/scheduled-tasks`
    Scheduled,
    /// `/task-list`
    OldestFirst,
    /// `/dead-letter-queue`
    Dead,
}

/// A page of a list, and how it is sorted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ListQuery {
    pub(crate) listing: Listing,
    /// How the tasks of the page are sorted, if not as the list is.
    pub(crate) order_by: Option<OrderBy>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderBy {
    SubmittedAt,
    TaskId,
}

const MAX_OFFSET: u16 = 10_000;

const COMMON: [&str; 9] =
    ["queue", "name", "task_name", "version", "task_version", "since", "until", "limit", "cursor"];

impl TaskList {
    fn known(self) -> Vec<&'static str> {
        let more: &[&str] = match self {
            Self::All => &["status", "worker"],
            Self::Active => &["worker"],
            Self::Scheduled | Self::OldestFirst => &["start", "offset", "order_by"],
            Self::Dead => &[],
        };
        more.iter().chain(&COMMON).copied().collect()
    }

    const fn default_limit(self) -> usize {
        match self {
            Self::All | Self::Active | Self::Scheduled | Self::Dead => 100,
            Self::OldestFirst => 10,
        }
    }
}

impl ListQuery {
    pub(crate) fn read(query: &Query, list: TaskList) -> Result<Self, Problem> {
        query.only(&list.known())?;
        let filter = filter(query, list)?;
        let order = if list == TaskList::OldestFirst { Order::OldestFirst } else { Order::NewestFirst };
        let limit = query.limit(MAX_LISTED)?;
        let offset = query.read("offset", &format!("a number from 0 to {MAX_OFFSET} is expected"), |text| {
            text.parse().ok().filter(|offset| *offset <= MAX_OFFSET)
        })?;
        let start = query.read("start", "the id of a task, a ULID, is expected", |text| text.parse::<TaskId>().ok())?;
        let order_by = query.read("order_by", "submitted_at or task_id is expected", |text| match text {
            "submitted_at" => Some(OrderBy::SubmittedAt),
            "task_id" => Some(OrderBy::TaskId),
            _ => None,
        })?;
        let listing = Listing {
            filter,
            order,
            limit: limit.unwrap_or_else(|| list.default_limit()),
            start,
            offset: offset.unwrap_or_default(),
            cursor: query.text("cursor").map(str::to_owned),
        };
        Ok(Self { listing, order_by })
    }
}

fn filter(query: &Query, list: TaskList) -> Result<Filter, Problem> {
    const TIME: &str = "RFC 3339 with an offset is expected, such as 2026-03-12T10:00:00Z";
    let time = |field: &str| query.read(field, TIME, |text| Timestamp::parse(text).ok());
    let version = query.spelled("version", "task_version")?;
    let filter = Filter {
        status: match list {
            TaskList::All => query.read("status", &format!("{} is expected", statuses()), status)?,
            TaskList::Active => Some(Status::Started),
            TaskList::Scheduled => Some(Status::Scheduled),
            TaskList::OldestFirst | TaskList::Dead => None,
        },
        dead: list == TaskList::Dead,
        queue: query.name("queue")?,
        name: query.name(query.spelled("name", "task_name")?)?,
        version: query.version(version)?,
        worker: query.read("worker", "16 hexadecimal digits are expected", |text| text.parse().ok())?,
        since: time("since")?,
        until: time("until")?,
    };
    if filter.worker.is_some() && filter.status != Some(Status::Started) {
        return Err(wrong("`worker` selects among the tasks that run: send status=started as well"));
    }
    Ok(filter)
}

/// Statuses that a stored task can have.
fn stored_statuses() -> impl Iterator<Item = Status> {
    Status::ALL.into_iter().filter(|status| *status != Status::Unsubmitted)
}

fn status(text: &str) -> Option<Status> {
    stored_statuses().find(|status| status.as_str() == text)
}

fn statuses() -> String {
    let names: Vec<&str> = stored_statuses().map(Status::as_str).collect();
    match names.split_last() {
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: TaskList, query: &str) -> Result<ListQuery, String> {
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        });
        Query::of(pairs.collect())
            .and_then(|query| ListQuery::read(&query, list))
            .map_err(|problem| problem.detail().to_owned())
    }

    #[test]
    fn each_list_has_its_own_beginning() {
        let listing = |list| read(list, "").unwrap().listing;
        assert_eq!(listing(TaskList::All), Listing { limit: 100, ..Listing::default() });
        assert_eq!(listing(TaskList::Active).filter.status, Some(Status::Started));
        assert_eq!(listing(TaskList::Scheduled).filter.status, Some(Status::Scheduled));
        assert!(listing(TaskList::Dead).filter.dead);
        let oldest = listing(TaskList::OldestFirst);
        assert_eq!((oldest.order, oldest.limit, oldest.filter), (Order::OldestFirst, 10, Filter::default()));
    }

    #[test]
    fn everything_that_is_said_counts() {
        let all = "status=started&queue=q&name=n&version=3&worker=0001020304050607&since=2026-01-01T00:00:00Z\
                   &until=2026-01-02T00:00:00Z&limit=7&cursor=abc";
        let ListQuery { listing, .. } = read(TaskList::All, all).unwrap();
        let expected = Filter {
            status: Some(Status::Started),
            dead: false,
            queue: Some("q".into()),
            name: Some("n".into()),
            version: Some(3),
            worker: "0001020304050607".parse().ok(),
            since: Timestamp::parse("2026-01-01T00:00:00Z").ok(),
            until: Timestamp::parse("2026-01-02T00:00:00Z").ok(),
        };
        assert_eq!(listing.filter, expected);
        assert_eq!((listing.limit, listing.cursor.as_deref()), (7, Some("abc")));
        let older = "task_name=n&task_version=3&start=01ARZ3NDEKTSV4RRFFQ69G5FAV&offset=10000&order_by=task_id";
        let ListQuery { listing, order_by } = read(TaskList::OldestFirst, older).unwrap();
        assert_eq!((listing.filter.name.as_deref(), listing.filter.version), (Some("n"), Some(3)));
        assert_eq!((listing.offset, listing.start.is_some(), order_by), (10_000, true, Some(OrderBy::TaskId)));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_value_and_what_is_allowed() {
        for (list, query, detail) in [
            (
                TaskList::All,
                "status=unsubmitted",
                "`status` is `unsubmitted`: submitted, scheduled, started, completed, failed, cancelled, stalled or dropped is expected",
            ),
            (TaskList::All, "limit=0", "`limit` is `0`: a number from 1 to 1000 is expected"),
            (TaskList::All, "limit=1001", "`limit` is `1001`: a number from 1 to 1000 is expected"),
            (TaskList::All, "version=-1", "`version` is `-1`: a whole number from 0 to 4294967295 is expected"),
            (TaskList::All, "queue=", "`queue` is ``: 1 to 64 characters of A-Z a-z 0-9 _ . : - are allowed"),
            (
                TaskList::All,
                "since=2026-01-01T00:00:00",
                "`since` is `2026-01-01T00:00:00`: RFC 3339 with an offset is expected, such as 2026-03-12T10:00:00Z",
            ),
            (
                TaskList::All,
                "worker=0001020304050607",
                "`worker` selects among the tasks that run: send status=started as well",
            ),
            (
                TaskList::All,
                "name=a&task_name=a",
                "`task_name` is there besides `name`: they are two spellings of the same, send one",
            ),
            (TaskList::All, "limit=1&limit=1", "`limit` is there twice: send it once"),
            (
                TaskList::Dead,
                "status=failed",
                "`status` is not a query parameter of this route: queue, name, task_name, version, task_version, since, until, limit, cursor are known",
            ),
            (TaskList::OldestFirst, "offset=10001", "`offset` is `10001`: a number from 0 to 10000 is expected"),
            (TaskList::Scheduled, "start=x", "`start` is `x`: the id of a task, a ULID, is expected"),
            (TaskList::Scheduled, "order_by=age", "`order_by` is `age`: submitted_at or task_id is expected"),
        ] {
            assert_eq!(read(list, query), Err(detail.to_owned()), "{query}");
        }
        assert!(read(TaskList::Active, "worker=0001020304050607").is_ok());
        assert!(read(TaskList::All, "offset=1").is_err());
    }
}
