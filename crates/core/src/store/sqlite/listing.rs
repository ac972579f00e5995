use std::collections::VecDeque;

use sqlx::{Connection as _, SqliteConnection};

use super::batch::Statement;
use super::row::{Columns as _, millis, number};
use super::spot::Spot;
use super::trouble::Result;
use super::walk::{Scope, Walk};
use crate::model::TaskId;
use crate::store::{Filter, List, ListEntry, Listed, MAX_EXAMINED, MAX_LISTED};

/// Lanes that a list is put together from at the most. Of more, all tasks are walked through.
const LANES: usize = 100;

/// A page of a list: one walk along the index of its kind, or one along each lane that it can be about, with the tasks
/// of all put into order.
pub(super) async fn list(db: &mut SqliteConnection, list: &List) -> Result<Listed> {
    let mut page = Page { entries: Vec::new(), examined: 0, last: None };
    let limit = list.limit.min(MAX_LISTED);
    let mut snapshot = db.begin().await?;
    let mut lines = lines(&mut snapshot, list, &mut page, limit).await?;
    while page.entries.len() < limit && fill(&mut snapshot, &list.filter, &mut lines, &mut page).await? {
        let Some(entry) = next(&mut lines) else { break };
        page.last = Some(entry.spot);
        if entry.is_admitted {
            page.entries.push(ListEntry { id: entry.id, cursor: entry.spot.cursor() });
        }
    }
    let is_over = lines.iter().all(|line| line.is_over && line.ahead.is_empty());
    let next = page.last.map(Spot::cursor).or_else(|| list.after.clone()).filter(|_| !is_over);
    Ok(Listed { entries: page.entries, next, examined: page.examined })
}

struct Page {
    entries: Vec<ListEntry>,
    examined: usize,
    /// Up to where all was looked at.
    last: Option<Spot>,
}

/// A walk, and what was read ahead on it.
struct Line {
    walk: Walk,
    lane: Option<i64>,
    at: Spot,
    ahead: VecDeque<Entry>,
    /// Nothing comes behind what was read.
    is_over: bool,
    /// Entries to be read next.
    reads: usize,
}

struct Entry {
    spot: Spot,
    id: TaskId,
    is_admitted: bool,
}

/// The walks that a page is put together from.
async fn lines(db: &mut SqliteConnection, list: &List, page: &mut Page, limit: usize) -> Result<Vec<Line>> {
    let List { filter, order, after, .. } = list;
    let Some(walk) = Walk::of(filter, *order) else { return Ok(Vec::new()) };
    let mut at = Spot::before_all(filter, walk.is_forward());
    if let Some(after) = after {
        let after = Spot::of(after, walk.is_forward(), db).await?;
        at = if after.compare(at, walk.is_forward()).is_gt() { after } else { at };
    }
    let line = |walk, lane, reads| Line { walk, lane, at, ahead: VecDeque::new(), is_over: false, reads };
    // One more than is wanted shows whether there is more.
    let all = limit + 1;
    let narrower = walk.narrower();
    match narrower.scope {
        Scope::Queue if filter.queue.is_some() => return Ok(vec![line(narrower, None, all)]),
        Scope::Lane if filter.queue.is_some() || filter.name.is_some() => {
            let lanes = lanes(db, filter).await?;
            page.examined += lanes.len();
            if lanes.len() <= LANES {
                let reads = all.min(MAX_EXAMINED / 2 / lanes.len().max(1));
                return Ok(lanes.into_iter().map(|lane| line(narrower, Some(lane), reads)).collect());
            }
        }
        Scope::All | Scope::Queue | Scope::Lane => {}
    }
    Ok(vec![line(walk, None, all)])
}

/// Lanes that a filter is about, one more than [`LANES`] at the most.
async fn lanes(db: &mut SqliteConnection, filter: &Filter) -> Result<Vec<i64>> {
    let mut statement = if filter.queue.is_some() {
        let mut of_queue = Statement::new(include_str!("sql/lanes_of_queue.sql"));
        of_queue.bind(filter.queue.as_deref());
        of_queue
    } else {
        Statement::new(include_str!("sql/lanes_of_type.sql"))
    };
    statement.bind(filter.name.as_deref()).bind(filter.version);
    statement.bind(i64::try_from(LANES).unwrap_or(i64::MAX) + 1);
    statement.rows(db).await?.iter().map(|row| row.integer("lane")).collect()
}

/// Reads on every line on which nothing is ahead; answers whether that went, or too much was examined already.
async fn fill(db: &mut SqliteConnection, filter: &Filter, lines: &mut [Line], page: &mut Page) -> Result<bool> {
    for line in lines.iter_mut().filter(|line| line.ahead.is_empty() && !line.is_over) {
        let reads = line.reads.min(MAX_EXAMINED - page.examined);
        if reads == 0 {
            return Ok(false);
        }
        line.read(db, filter, reads).await?;
        page.examined += line.ahead.len();
    }
    Ok(true)
}

/// Takes the entry that comes first.
fn next(lines: &mut [Line]) -> Option<Entry> {
    let first = |line: &&mut Line| line.ahead.front().map(|entry| entry.spot);
    let line = lines.iter_mut().filter(|line| !line.ahead.is_empty()).min_by(|a, b| match (first(a), first(b)) {
        (Some(one), Some(other)) => one.compare(other, a.walk.is_forward()),
        (one, other) => one.cmp(&other),
    })?;
    line.ahead.pop_front()
}

impl Line {
    async fn read(&mut self, db: &mut SqliteConnection, filter: &Filter, reads: usize) -> Result<()> {
        let end =
            if self.walk.is_forward() { filter.until.map_or(i64::MAX, millis) } else { filter.since.map_or(0, millis) };
        let mut statement = Statement::composed(self.walk.text());
        statement.bind(self.at.time).bind(self.at.place).bind(end);
        statement.bind(filter.queue.as_deref()).bind(filter.name.as_deref()).bind(filter.version);
        statement.bind(filter.worker.map(|worker| number(worker.to_bytes())));
        statement.bind(i64::try_from(reads).unwrap_or(i64::MAX));
        match self.walk.scope {
            Scope::All => {}
            Scope::Queue => drop(statement.bind(filter.queue.as_deref())),
            Scope::Lane => drop(statement.bind(self.lane)),
        }
        for row in statement.rows(db).await? {
            self.at = Spot { time: row.integer("time")?, place: row.integer("place")? };
            let is_admitted = row.integer("admitted")? != 0;
            self.ahead.push_back(Entry { spot: self.at, id: row.id()?, is_admitted });
        }
        self.is_over = self.ahead.len() < reads;
        self.reads *= 2;
        Ok(())
    }
}
