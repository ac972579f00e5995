use std::collections::HashMap;

use async_trait::async_trait;

use super::batch::Batch;
use super::job::{Step, Tx};
use super::promote;
use super::row::number;
use super::standing::{Standing, standings};
use super::tails::{self, Comer};
use super::tally::Tally;
use super::trouble::Result;
use crate::model::{Status, TaskId};
use crate::store::{AgainOutcome, Resubmit};

static RESUBMIT: Batch = Batch::new(include_str!("sql/tasks_resubmit.sql"), 2);

/// Ended tasks that are to run again.
pub(super) struct RunAgain(pub(super) Resubmit);

#[async_trait]
impl Step for RunAgain {
    type Answer = Vec<AgainOutcome>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Answer> {
        let Resubmit { ids, request, only_dead, .. } = &self.0;
        let request = number(*request);
        let mut standings = standings(tx, ids).await?;
        let mut outcomes = Vec::with_capacity(ids.len());
        let mut again = Vec::new();
        for id in ids {
            let Some(task) = standings.get_mut(id) else {
                outcomes.push(AgainOutcome::NotFound);
                continue;
            };
            let is_sent_again = task.resubmitted_by == Some(request);
            outcomes.push(match task.status {
                _ if is_sent_again => AgainOutcome::Applied,
                _ if *only_dead && !task.is_dead => AgainOutcome::Conflict { now: task.status },
                Status::Failed | Status::Stalled | Status::Cancelled | Status::Dropped => {
                    again.push((*id, task.clone()));
                    task.resubmitted_by = Some(request);
                    AgainOutcome::Applied
                }
                Status::Unsubmitted | Status::Submitted | Status::Scheduled | Status::Started | Status::Completed => {
                    AgainOutcome::Conflict { now: task.status }
                }
            });
        }
        if !again.is_empty() {
            self.write(tx, &again).await?;
        }
        Ok(outcomes)
    }
}

impl RunAgain {
    async fn write(&self, tx: &mut Tx<'_>, again: &[(TaskId, Standing)]) -> Result<()> {
        let comers: Vec<Comer> = again.iter().map(|(_, task)| task.comer()).collect();
        let mut statement = RESUBMIT.of(again.len());
        statement.bind(number(self.0.request)).bind(self.0.reset_failures).bind(tx.millis());
        for (place, position) in tails::positions(tx, &comers).await? {
            statement.bind(place).bind(position);
        }
        statement.run(tx.db).await?;
        let mut tally = Tally::default();
        for (id, task) in again {
            tally.of(&task.queue).submitted += 1;
            task.leave_dead_letters(tx);
            tx.effects.moves.push((*id, Status::Submitted));
        }
        tally.add(tx).await
    }
}

/// Scheduled tasks that are to run as if they were due.
pub(super) struct Hasten(pub(super) Vec<TaskId>);

#[async_trait]
impl Step for Hasten {
    type Answer = Vec<AgainOutcome>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Answer> {
        let mut standings: HashMap<TaskId, Standing> = standings(tx, &self.0).await?;
        let mut outcomes = Vec::with_capacity(self.0.len());
        let mut due = Vec::new();
        for id in &self.0 {
            outcomes.push(match standings.get_mut(id) {
                None => AgainOutcome::NotFound,
                Some(task) if task.status == Status::Scheduled => {
                    due.push(task.comer());
                    task.status = Status::Submitted;
                    AgainOutcome::Applied
                }
                Some(task) => AgainOutcome::Conflict { now: task.status },
            });
        }
        promote::promote(tx, &due).await?;
        Ok(outcomes)
    }
}
