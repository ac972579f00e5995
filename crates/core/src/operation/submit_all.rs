//! Bringing in many tasks at once.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::time::{Instant, timeout};

use super::Operations;
use super::batch::Load;
use super::patience::{Pulse, no_answer, persist_while};
use super::prepare::{Moment, Prepared};
use super::submit::{self, Meaning, Submission, meaning};
use crate::model::{Fingerprint, NewTask, Status, TaskId};
use crate::routing::RoutingError;
use crate::store::{StoreError, SubmitOutcome};

/// Most submissions that come together.
pub const MAX_SUBMISSIONS: usize = 10_000;

/// Steps on their way at once, so that the store never waits for the next one.
const IN_FLIGHT: usize = 4;
/// How long the stores may take to say what task types and queues there are, so that some patience is left.
const LOOK_WITHIN: Duration = Duration::from_millis(1200);
/// Submissions that are checked before others get their turn.
const CHECKED_AT_ONCE: usize = 200;

/// What became of one of many submissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// A new task: `submitted` or `scheduled`.
    Stored { id: TaskId, status: Status },
    /// The same submission was stored before, or stands further up among these.
    Exists { id: TaskId },
}

/// Why it is not known of each submission what became of it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing was stored, or the store is broken.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing was stored.
    #[error(transparent)]
    Routing(#[from] RoutingError),
    /// Some may be stored.
    #[error("the store went away, or had no room any more, amid {submissions} submissions: {source}")]
    Amid { submissions: usize, source: StoreError },
}

impl Error {
    /// What concerns them all, found before the first one was stored.
    fn of_all(error: submit::Error) -> Self {
        match error {
            submit::Error::Store(error) => error.into(),
            submit::Error::Routing(error) => error.into(),
            other => Self::Store(StoreError::Broken { operation: "submit", detail: other.to_string() }),
        }
    }
}

type Outcomes = Vec<Option<Result<Item, submit::Error>>>;

impl Operations {
    /// Checks submissions (at most [`MAX_SUBMISSIONS`]) and stores those that can be; the answers are in their order.
    /// Of several with the same id the first one counts. Sent again with the same ids or idempotency keys it changes
    /// nothing.
    pub async fn submit_all(&self, submissions: Vec<Submission>) -> Result<Vec<Result<Item, submit::Error>>, Error> {
        let count = submissions.len();
        let mut outcomes: Outcomes = Vec::new();
        outcomes.resize_with(count, || None);
        let begun = Instant::now();
        let moment = timeout(LOOK_WITHIN, self.moment(&submissions)).await;
        let moment = moment.unwrap_or_else(|_| Err(no_answer("submit").into())).map_err(Error::of_all)?;
        let spent = begun.elapsed();
        let prepared = self.prepare_all(submissions, &moment, &mut outcomes).await?;
        let pulse = Pulse::begin(spent);
        let (firsts, repetitions) = sort_out(prepared);
        let steps = loads(firsts);
        let only_one = steps.len() <= 1;
        let sending = stream::iter(steps).map(|step| self.store_step(step, &pulse)).buffer_unordered(IN_FLIGHT);
        let done: Vec<_> = sending.try_collect().await.map_err(|source| match source {
            StoreError::Full { .. } if only_one => Error::Store(source),
            StoreError::Full { .. } | StoreError::Unavailable { .. } => Error::Amid { submissions: count, source },
            StoreError::Broken { .. } | StoreError::Incompatible(_) => Error::Store(source),
        })?;
        for (place, outcome) in done.into_iter().flatten() {
            outcomes[place] = Some(outcome);
        }
        for Repetition { place, of, id, same } in repetitions {
            let first = outcomes[of].as_ref();
            let outcome = match first {
                Some(Ok(Item::Stored { .. } | Item::Exists { .. })) if same => Ok(Item::Exists { id }),
                Some(Err(submit::Error::Conflict { now, .. })) => Err(submit::Error::Conflict { id, now: *now }),
                _ => Err(submit::Error::Twice { id }),
            };
            outcomes[place] = Some(outcome);
        }
        let lost = || StoreError::Broken { operation: "submit", detail: "a submission has no answer".into() };
        outcomes.into_iter().map(|outcome| outcome.ok_or_else(|| Error::Store(lost()))).collect()
    }

    /// Checks them all before the first one is stored, so that what can be wrong with the whole is known by then.
    async fn prepare_all(
        &self,
        submissions: Vec<Submission>,
        moment: &Moment,
        outcomes: &mut Outcomes,
    ) -> Result<Vec<(usize, Prepared)>, Error> {
        let mut prepared = Vec::with_capacity(submissions.len());
        for (place, submission) in submissions.into_iter().enumerate() {
            match self.prepare(submission, moment).await {
                Ok(ready) => prepared.push((place, ready)),
                Err(away @ (submit::Error::Store(_) | submit::Error::Routing(_))) => return Err(Error::of_all(away)),
                Err(refused) => outcomes[place] = Some(Err(refused)),
            }
            if place % CHECKED_AT_ONCE == CHECKED_AT_ONCE - 1 {
                tokio::task::yield_now().await;
            }
        }
        Ok(prepared)
    }

    async fn store_step(
        &self,
        step: Vec<(usize, Prepared)>,
        pulse: &Pulse,
    ) -> Result<Vec<(usize, Result<Item, submit::Error>)>, StoreError> {
        let (places, prepared): (Vec<usize>, Vec<Prepared>) = step.into_iter().unzip();
        let own: Vec<bool> = prepared.iter().map(|ready| ready.own_id).collect();
        let tasks: Vec<NewTask> = prepared.into_iter().map(|ready| ready.task).collect();
        let store = &self.stores.tasks;
        let answers = persist_while("submit", pulse, || store.submit(&tasks)).await?;
        if answers.len() != tasks.len() {
            let detail = format!("{} answers for {} tasks", answers.len(), tasks.len());
            return Err(StoreError::Broken { operation: "submit", detail });
        }
        let item = |((task, own), answer): ((&NewTask, bool), SubmitOutcome)| item(task, own, answer);
        Ok(places.into_iter().zip(tasks.iter().zip(own).zip(answers).map(item)).collect())
    }
}

fn item(task: &NewTask, own_id: bool, answer: SubmitOutcome) -> Result<Item, submit::Error> {
    let now_or_later = |scheduled: bool| if scheduled { Status::Scheduled } else { Status::Submitted };
    Ok(match meaning(task.id, own_id, answer)? {
        Meaning::Stored { status, .. } => Item::Stored { id: task.id, status },
        Meaning::StoredBefore => {
            Item::Stored { id: task.id, status: now_or_later(!matches!(task.when, crate::model::When::Now)) }
        }
        Meaning::Exists(id) => Item::Exists { id },
    })
}

/// A submission whose id stands further up.
#[derive(Debug, PartialEq, Eq)]
struct Repetition {
    place: usize,
    of: usize,
    id: TaskId,
    same: bool,
}

/// Steps go to the store side by side, so an id must not be in two of them.
fn sort_out(prepared: Vec<(usize, Prepared)>) -> (Vec<(usize, Prepared)>, Vec<Repetition>) {
    let mut seen: HashMap<TaskId, (usize, Fingerprint)> = HashMap::with_capacity(prepared.len());
    let (mut firsts, mut repetitions) = (Vec::with_capacity(prepared.len()), Vec::new());
    for (place, ready) in prepared {
        let (id, fingerprint) = (ready.task.id, ready.task.fingerprint);
        match seen.get(&id) {
            Some((of, first)) => repetitions.push(Repetition { place, of: *of, id, same: *first == fingerprint }),
            None => {
                seen.insert(id, (place, fingerprint));
                firsts.push((place, ready));
            }
        }
    }
    (firsts, repetitions)
}

/// What goes together in one step.
fn loads(prepared: Vec<(usize, Prepared)>) -> Vec<Vec<(usize, Prepared)>> {
    let mut steps = Vec::new();
    let (mut step, mut load) = (Vec::new(), Load::default());
    for one in prepared {
        if !load.takes(&one.1.task) {
            steps.push(std::mem::take(&mut step));
            load = Load::default();
            load.takes(&one.1.task);
        }
        step.push(one);
    }
    if !step.is_empty() {
        steps.push(step);
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{TaskType, When};

    fn prepared(place: usize, id: u128, fingerprint: u8) -> (usize, Prepared) {
        let task = NewTask {
            id: TaskId::from_parts(0, id),
            task_type: TaskType::new("noop", 1),
            queue: "default".into(),
            priority: 5,
            when: When::Now,
            parameters: b"{}"[..].into(),
            metadata: None,
            trace_id: None,
            fingerprint: [fingerprint; 8],
            expires_at: None,
            idempotency_key: None,
        };
        (place, Prepared { task, own_id: true })
    }

    #[test]
    fn each_id_goes_to_the_store_once() {
        let (firsts, repetitions) =
            sort_out(vec![prepared(0, 1, 1), prepared(2, 2, 1), prepared(3, 1, 1), prepared(5, 1, 2)]);
        assert_eq!(firsts.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [0, 2]);
        let id = TaskId::from_parts(0, 1);
        assert_eq!(
            repetitions,
            [Repetition { place: 3, of: 0, id, same: true }, Repetition { place: 5, of: 0, id, same: false }]
        );
    }

    #[test]
    fn steps_are_bounded_and_hold_everything_in_order() {
        let steps = loads((0..1_201).map(|n| prepared(n, n as u128, 0)).collect());
        assert_eq!(steps.iter().map(Vec::len).collect::<Vec<_>>(), [500, 500, 201]);
        let places: Vec<usize> = steps.into_iter().flatten().map(|(place, _)| place).collect();
        assert_eq!(places, (0..1_201).collect::<Vec<_>>());
        assert!(loads(Vec::new()).is_empty());
    }
}
