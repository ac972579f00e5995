use async_trait::async_trait;

use super::batch::Batch;
use super::job::{Step, Tx};
use super::standing::standings;
use super::trouble::Result;
use crate::model::TaskId;
use crate::store::DiscardOutcome;

static DISCARD: Batch = Batch::new(include_str!("sql/tasks_discard.sql"), 1);

/// Dead letters that are to be failed tasks like any other.
pub(super) struct Discard(pub(super) Vec<TaskId>);

#[async_trait]
impl Step for Discard {
    type Answer = Vec<DiscardOutcome>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Answer> {
        let mut standings = standings(tx, &self.0).await?;
        let mut outcomes = Vec::with_capacity(self.0.len());
        let mut places = Vec::new();
        for id in &self.0 {
            outcomes.push(match standings.get_mut(id) {
                None => DiscardOutcome::NotFound,
                Some(task) if !task.is_dead => DiscardOutcome::NotDead { now: task.status },
                Some(task) => {
                    places.push(task.place);
                    task.leave_dead_letters(tx);
                    task.is_dead = false;
                    DiscardOutcome::Discarded
                }
            });
        }
        if !places.is_empty() {
            let mut statement = DISCARD.of(places.len());
            for place in places {
                statement.bind(place);
            }
            statement.run(tx.db).await?;
        }
        Ok(outcomes)
    }
}
