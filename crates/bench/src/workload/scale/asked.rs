use anyhow::Result;
use jobbers_core::model::Status;
use jobbers_core::operation::{Listing, Operations};
use jobbers_core::store::{Filter, List, Order};

use super::steady::Steady;

/// Calls of each kind.
const CALLS: usize = 100;
/// Tasks on a page.
const PAGE: usize = 50;

/// What questions about a store take of its Redis: CPU time in microseconds a call, as some of it is spent outside of scripts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Asked {
    /// The first page of all tasks, newest first.
    pub list: f64,
    /// Entries that the store looks at for it.
    pub list_examined: usize,
    /// The first page of waiting tasks.
    pub list_waiting: f64,
    pub list_waiting_examined: usize,
    pub statistics: f64,
    pub explain: f64,
}

/// Asks everything, of a store that is at rest.
pub(super) async fn ask(steady: &mut Steady) -> Result<Asked> {
    let waiting = Filter { status: Some(Status::Submitted), ..Filter::default() };
    Ok(Asked {
        list: page(steady, &Filter::default()).await?,
        list_examined: examined(steady, &Filter::default()).await?,
        list_waiting: page(steady, &waiting).await?,
        list_waiting_examined: examined(steady, &waiting).await?,
        statistics: statistics(steady).await?,
        explain: explain(steady).await?,
    })
}

async fn page(steady: &mut Steady, filter: &Filter) -> Result<f64> {
    let operations = Operations::new(steady.stores.clone(), true);
    let listing = Listing { filter: filter.clone(), limit: PAGE, ..Listing::default() };
    steady.meter.reset().await?;
    for _ in 0..CALLS {
        operations.list(&listing).await?;
    }
    each(steady).await
}

async fn examined(steady: &Steady, filter: &Filter) -> Result<usize> {
    let list = List { filter: filter.clone(), order: Order::default(), after: None, limit: PAGE };
    Ok(steady.stores.tasks.list(&list).await?.examined)
}

async fn statistics(steady: &mut Steady) -> Result<f64> {
    steady.meter.reset().await?;
    for _ in 0..CALLS {
        // A fresh one: otherwise the answer is kept for a second.
        Operations::new(steady.stores.clone(), true).queue_stats().await?;
    }
    each(steady).await
}

/// Of the task that would run last.
async fn explain(steady: &mut Steady) -> Result<f64> {
    let operations = Operations::new(steady.stores.clone(), true);
    steady.meter.reset().await?;
    for _ in 0..CALLS {
        operations.explain(steady.last).await?;
    }
    each(steady).await
}

async fn each(steady: &mut Steady) -> Result<f64> {
    Ok(steady.meter.spent().await?.cpu_microseconds / CALLS as f64)
}
