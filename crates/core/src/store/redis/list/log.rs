//! Lists by submission, from the log.

use super::super::codec::arguments::Arguments;
use super::super::connection::RedisStore;
use super::super::reply::Reply;
use super::page::{Page, nothing};
use super::place::At;
use super::{filter_arguments, with_place};
use crate::model::Status;
use crate::store::{Cursor, List, Listed, Order, Result};

/// What of the log is listed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Any, submitted, or started: those of which it is known in which chunks of the log they are.
    pub(super) status: Option<Status>,
    pub(super) order: Order,
    /// Of what is started: only what began before this.
    pub(super) bound: Option<At>,
}

pub(super) async fn list(store: &RedisStore, list: &List, limit: usize, status: Option<Status>) -> Result<Listed> {
    let behind = match &list.after {
        None => None,
        Some(Cursor::Submission(number)) => Some(*number),
        Some(Cursor::Time(..) | Cursor::Own(_)) => return Ok(nothing()),
    };
    let part = Part { status, order: list.order, bound: None };
    walk(store, list, part, behind, Page::new(limit), Cursor::Submission).await
}

/// Fills a page with what comes behind this number of the log; `cursor` names such places.
pub(super) async fn walk(
    store: &RedisStore,
    list: &List,
    part: Part,
    mut behind: Option<u64>,
    mut page: Page,
    cursor: impl Fn(u64) -> Cursor,
) -> Result<Listed> {
    loop {
        let mut arguments = Arguments::default()
            .with("filter", filter_arguments(&list.filter))
            .with("oldest_first", part.order == Order::OldestFirst)
            .with("limit", page.room() as u64)
            .with("budget", page.budget() as u64);
        if let Some(status) = part.status {
            arguments = arguments.with("state", [status.code()]);
        }
        if let Some(behind) = behind {
            arguments = arguments.with("behind", behind);
        }
        let arguments = with_place(arguments, "bound", part.bound);
        let mut reply = Reply::new("list", store.step("list", &store.scripts.list_log, arguments, &[]).await?)?;
        page.look_at(reply.size()?);
        behind = reply.maybe_number()?.or(behind);
        let more = reply.number()? == 1;
        while !reply.is_empty() {
            let id = reply.id()?;
            page.add(id, cursor(reply.number()?));
        }
        if !more {
            return Ok(page.end(None));
        }
        if page.is_over() {
            return Ok(page.end(behind.map(cursor)));
        }
    }
}
