use jobbers_client::Queue;

use super::limit::{Limit, limit};
use super::rate::{Rate, rate};
use super::show;
use crate::failure::Failure;
use crate::manager::ManagerArgs;
use crate::out::{self, Look};

/// What one worker runs at once of a queue for which nothing else was said.
const PER_WORKER: u32 = 10;

/// The limits of a queue.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub(super) struct LimitArgs {
    /// Tasks that one worker runs at once, or none for no limit. A new queue has 10
    #[arg(long, value_name = "N|none", value_parser = limit)]
    max_concurrent: Option<Limit>,

    /// Tasks that all workers together run at once, or none. A new queue has none
    #[arg(long, value_name = "N|none", value_parser = limit)]
    max_concurrent_total: Option<Limit>,

    /// Starts in any window of a length, over all workers, such as 100/hour, 5/10s or 1000/2d (s, m, h, d), or none.
    /// What is over it waits. A new queue has none
    #[arg(long, value_name = "STARTS/TIME|none", value_parser = rate)]
    rate: Option<Rate>,
}

impl LimitArgs {
    pub(super) fn new_queue(&self, name: String, paused: bool) -> Queue {
        let mut queue = Queue { max_concurrent: Some(PER_WORKER), paused, ..Queue::unlimited(name) };
        self.change(&mut queue);
        queue
    }

    /// Changes what is given.
    fn change(&self, queue: &mut Queue) {
        if let Some(Limit(limit)) = self.max_concurrent {
            queue.max_concurrent = limit;
        }
        if let Some(Limit(limit)) = self.max_concurrent_total {
            queue.max_concurrent_total = limit;
        }
        if let Some(Rate(rate)) = &self.rate {
            queue.rate.clone_from(rate);
        }
    }

    const fn is_empty(&self) -> bool {
        self.max_concurrent.is_none() && self.max_concurrent_total.is_none() && self.rate.is_none()
    }
}

/// `queues set`
pub(super) async fn run(name: &str, limits: &LimitArgs, manager: &ManagerArgs) -> Result<(), Failure> {
    if limits.is_empty() {
        let what = "set what? Give --max-concurrent, --max-concurrent-total or --rate";
        return Err(Failure::Usage(what.to_owned()));
    }
    let client = manager.client()?;
    // What is sent replaces all limits.
    let mut queue = client.queue(name).await?.value.queue;
    limits.change(&mut queue);
    let changed = client.change_queue(&queue).await?;
    if manager.json {
        return out::print_line(&changed.json);
    }
    out::print(&show::text(&changed.queue, &Look::of_stdout()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_given_changes() {
        let args = LimitArgs { max_concurrent: None, max_concurrent_total: Some(Limit(None)), rate: rate("3/m").ok() };
        let mut queue = Queue { max_concurrent: Some(4), max_concurrent_total: Some(8), ..Queue::unlimited("q") };
        args.change(&mut queue);
        let per_minute = rate("3/minute").ok().and_then(|Rate(rate)| rate);
        assert_eq!(queue, Queue { max_concurrent: Some(4), rate: per_minute, ..Queue::unlimited("q") });
        let nothing = LimitArgs { max_concurrent: None, max_concurrent_total: None, rate: None };
        assert!(nothing.is_empty());
        let new = nothing.new_queue("q".into(), true);
        assert_eq!(new, Queue { max_concurrent: Some(10), paused: true, ..Queue::unlimited("q") });
    }
}
