use std::fmt;

use jobbers_core::process::Shutdown;
use tokio::task::{JoinError, JoinSet};

use crate::failure::Failure;

/// What runs side by side in this process. When one part ends, the others are asked to end as well.
pub(super) struct Parts {
    running: JoinSet<(&'static str, anyhow::Result<()>)>,
    shutdown: Shutdown,
    first_failure: Option<Failure>,
}

/// A part ended with an exit code of its own, and has said why.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: u8,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit code {}", self.code)
    }
}

impl std::error::Error for Ended {}

impl Parts {
    pub(super) fn new(shutdown: Shutdown) -> Self {
        Self { running: JoinSet::new(), shutdown, first_failure: None }
    }

    pub(super) fn start(
        &mut self,
        name: &'static str,
        part: impl Future<Output = anyhow::Result<()>> + Send + 'static,
    ) {
        self.running.spawn(async move { (name, part.await) });
    }

    /// Returns when one part has ended. May be dropped and called again.
    pub(super) async fn one_ended(&mut self) {
        let Some(ended) = self.running.join_next().await else { return };
        self.shutdown.graceful.cancel();
        let failure = failure(ended);
        self.first_failure = self.first_failure.take().or(failure);
    }

    /// Returns when all parts have ended, with the first failure among them.
    pub(super) async fn all_ended(mut self) -> Result<(), Failure> {
        while !self.running.is_empty() {
            self.one_ended().await;
        }
        self.first_failure.map_or(Ok(()), Err)
    }
}

fn failure(ended: Result<(&'static str, anyhow::Result<()>), JoinError>) -> Option<Failure> {
    match ended {
        Ok((_, Ok(()))) => None,
        Ok((name, Err(error))) => Some(match error.downcast_ref::<Ended>() {
            Some(Ended { code }) => Failure::Silent(*code),
            None => Failure::Failed(format!("the {name} failed: {error:#}")),
        }),
        Err(error) => Some(Failure::Failed(format!("a part broke down: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_end_of_one_part_ends_all_and_the_first_failure_is_told() {
        let shutdown = Shutdown::default();
        let mut parts = Parts::new(shutdown.clone());
        let stop = shutdown.graceful.clone();
        parts.start("manager", async move {
            stop.cancelled().await;
            Err(anyhow::anyhow!("later"))
        });
        parts.start("worker", async { Err(anyhow::anyhow!("the disk is gone")) });
        parts.one_ended().await;
        assert!(shutdown.graceful.is_cancelled());
        let failure = parts.all_ended().await.expect_err("a failure");
        assert_eq!(failure, Failure::Failed("the worker failed: the disk is gone".to_owned()));
    }

    #[tokio::test]
    async fn an_exit_code_of_a_part_is_kept() {
        let mut parts = Parts::new(Shutdown::default());
        parts.start("worker", async { Err(anyhow::Error::new(Ended { code: 130 })) });
        parts.start("manager", async { Ok(()) });
        assert_eq!(parts.all_ended().await, Err(Failure::Silent(130)));
    }
}
