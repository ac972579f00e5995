use async_trait::async_trait;
use tokio::sync::oneshot;

use super::database::Database;
use super::effects::Effects;
use super::groups::{self, GroupCounts};
use super::lane_counts::{self, LaneCounts};
use super::row::millis;
use super::trouble::{Result, Trouble};
use crate::model::Timestamp;

/// The transaction that a step runs in.
pub(super) struct Tx<'c> {
    pub(super) db: &'c mut dyn Database,
    /// The store's clock when the step began.
    pub(super) now: Timestamp,
    /// What others are to be told once it is committed.
    pub(super) effects: Effects,
    /// Whom lanes gain and lose, beside those who are given a position there.
    pub(super) lanes: LaneCounts,
    /// Which groups of errors gain and lose dead letters.
    pub(super) groups: GroupCounts,
}

impl<'c> Tx<'c> {
    /// A step begins.
    pub(super) fn begin(db: &'c mut dyn Database, now: Timestamp) -> Self {
        Self { db, now, effects: Effects::default(), lanes: LaneCounts::default(), groups: GroupCounts::default() }
    }

    /// The step is at its end: writes what it has gathered to be written once.
    pub(super) async fn settle(&mut self) -> Result<()> {
        lane_counts::settle(self).await?;
        groups::settle(self).await
    }

    /// The time of this step as the tables hold it.
    pub(super) fn millis(&self) -> i64 {
        millis(self.now)
    }
}

/// Something that the writer does in a transaction. It may run more than once until it is committed.
#[async_trait]
pub(super) trait Step: Send + Sync + 'static {
    type Answer: Send + 'static;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Answer>;
}

/// A step on its way through the writer.
#[async_trait]
pub(super) trait Job: Send {
    /// Runs the step and keeps its answer.
    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<()>;

    /// The step did not happen.
    fn fail(&mut self, trouble: Trouble);

    /// Hands over what is kept; it does not matter if nobody waits for it any more.
    fn answer(self: Box<Self>);
}

pub(super) type Answer<A> = oneshot::Receiver<Result<A>>;

/// Makes a job of a step.
pub(super) fn job<S: Step>(step: S) -> (Box<dyn Job>, Answer<S::Answer>) {
    let (reply, answer) = oneshot::channel();
    (Box::new(Pending { step, kept: None, reply }), answer)
}

struct Pending<S: Step> {
    step: S,
    kept: Option<Result<S::Answer>>,
    reply: oneshot::Sender<Result<S::Answer>>,
}

#[async_trait]
impl<S: Step> Job for Pending<S> {
    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        self.kept = Some(Ok(self.step.run(tx).await?));
        Ok(())
    }

    fn fail(&mut self, trouble: Trouble) {
        self.kept = Some(Err(trouble));
    }

    fn answer(self: Box<Self>) {
        if let Some(answer) = self.kept {
            let _nobody_waits = self.reply.send(answer);
        }
    }
}
