//! Lists by submission, from the log.

use super::super::codec::arguments::Arguments;
use super::super::connection::RedisStore;
use super::super::reply::Reply;
use super::filter_arguments;
use super::page::{Page, nothing};
use crate::store::{Cursor, List, Listed, Order, Result};

pub(super) async fn list(store: &RedisStore, list: &List, limit: usize, waiting: bool) -> Result<Listed> {
    let mut behind = match &list.after {
        None => None,
        Some(Cursor::Submission(number)) => Some(*number),
        Some(Cursor::Time(..) | Cursor::Own(_)) => return Ok(nothing()),
    };
    let mut page = Page::new(limit);
    loop {
        let mut arguments = Arguments::default()
            .with("filter", filter_arguments(&list.filter))
            .with("oldest_first", list.order == Order::OldestFirst)
            .with("waiting", waiting)
            .with("limit", page.room() as u64)
            .with("budget", page.budget() as u64);
        if let Some(behind) = behind {
            arguments = arguments.with("behind", behind);
        }
        let mut reply = Reply::new("list", store.step("list", &store.scripts.list_log, arguments, &[]).await?)?;
        page.look_at(reply.size()?);
        behind = reply.maybe_number()?.or(behind);
        let more = reply.number()? == 1;
        while !reply.is_empty() {
            let id = reply.id()?;
            page.add(id, Cursor::Submission(reply.number()?));
        }
        if !more {
            return Ok(page.end(None));
        }
        if page.is_over() {
            return Ok(page.end(behind.map(Cursor::Submission)));
        }
    }
}
