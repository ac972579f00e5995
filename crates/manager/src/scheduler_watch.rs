//! Says in the log when there is no scheduler, without which half of an installation stands still.

use std::convert::Infallible;
use std::time::Duration;

use jobbers_core::operation::Operations;
use jobbers_core::operation::ready::Warning;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// A scheduler that starts together with the manager is given so much time.
const GRACE: Duration = Duration::from_secs(15);
const INTERVAL: Duration = Duration::from_secs(5);

/// Worth telling, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    Gone,
    Back,
}

/// What was told last.
#[derive(Debug, Default)]
struct Told {
    gone: bool,
}

impl Told {
    /// What a look found; nothing, if the store gave no answer: that is told elsewhere, and says nothing of schedulers.
    fn see(&mut self, alive: Option<bool>) -> Option<News> {
        let news = match (self.gone, alive?) {
            (false, false) => News::Gone,
            (true, true) => News::Back,
            (false, true) | (true, false) => return None,
        };
        self.gone = news == News::Gone;
        Some(news)
    }
}

/// Looks for a scheduler for ever.
pub(crate) async fn watch(operations: &Operations) -> Infallible {
    let (mut looks, mut told) = (looks(), Told::default());
    loop {
        looks.tick().await;
        if let Some(news) = told.see(operations.scheduler_alive().await.ok()) {
            tell(news);
        }
    }
}

fn looks() -> Interval {
    let mut looks = interval_at(Instant::now() + GRACE, INTERVAL);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    looks
}

fn tell(news: News) {
    match news {
        News::Gone => tracing::warn!(event = "no_scheduler", "{}", Warning::NoScheduler),
        News::Back => tracing::info!(event = "scheduler_back", "a scheduler is alive again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(answers: &[Option<bool>]) -> Vec<Option<News>> {
        let mut told = Told::default();
        answers.iter().map(|alive| told.see(*alive)).collect()
    }

    #[test]
    fn a_missing_scheduler_is_told_once_and_its_return_as_well() {
        let (gone, back, unknown) = (Some(false), Some(true), None);
        assert_eq!(
            told(&[gone, gone, unknown, gone, back, unknown, back, gone]),
            [Some(News::Gone), None, None, None, Some(News::Back), None, None, Some(News::Gone)]
        );
        assert_eq!(told(&[unknown, back, back]), [None; 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_scheduler_has_time_to_start() {
        let (begun, mut looks) = (Instant::now(), looks());
        let mut seconds = Vec::new();
        for _ in 0..3 {
            looks.tick().await;
            seconds.push(begun.elapsed().as_secs());
        }
        assert_eq!(seconds, [15, 20, 25]);
    }
}
