use std::time::Duration;

use jobbers_core::model::Timestamp;
use jobbers_core::store::Prunable;

use crate::CleanerSettings;

/// One thing to be done with the whole store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chore {
    /// Started and silent: stalled. Tasks without an interval of their own only if `stale` is given.
    Stall { stale: Option<Duration> },
    /// Ended long ago: removed.
    Prune { what: Prunable, age: Duration },
    /// Entries of queues behind which no task waits: removed; of tasks that are gone those made in this time.
    Trim { since: Option<Timestamp>, until: Option<Timestamp> },
}

/// What these settings ask for, in the order in which it is done; an error says which of them do not fit together.
pub fn chores(settings: &CleanerSettings) -> Result<Vec<Chore>, String> {
    let (since, until) = (settings.min_queue_age, settings.max_queue_age);
    if let (Some(first), Some(last)) = (since, until)
        && first > last
    {
        return Err(format!(
            "--min-queue-age ({first}) is later than --max-queue-age ({last}), so nothing can lie between them: the first \
             must not be greater than the second"
        ));
    }
    let mut chores = vec![Chore::Stall { stale: settings.stale_time }];
    let prune = |what, age: Option<Duration>| age.map(|age| Chore::Prune { what, age });
    chores.extend(prune(Prunable::Ended, settings.completed_task_age));
    chores.extend(prune(Prunable::DeadLetters, settings.dlq_age));
    if since.is_some() || until.is_some() {
        chores.push(Chore::Trim { since, until });
    }
    Ok(chores)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_flags_only_tasks_with_an_interval_of_their_own_are_judged() {
        let nothing_asked = chores(&CleanerSettings::default());
        assert_eq!(nothing_asked, Ok(vec![Chore::Stall { stale: None }]));
    }

    #[test]
    fn each_flag_asks_for_one_thing() {
        let (day, noon) = (Duration::from_secs(86_400), Timestamp::from_millis(43_200_000));
        let settings = CleanerSettings {
            stale_time: Some(day),
            completed_task_age: Some(day * 2),
            dlq_age: Some(day * 3),
            rate_limit_age: Some(day * 4),
            max_queue_age: Some(noon),
            ..CleanerSettings::default()
        };
        let expected = [
            Chore::Stall { stale: Some(day) },
            Chore::Prune { what: Prunable::Ended, age: day * 2 },
            Chore::Prune { what: Prunable::DeadLetters, age: day * 3 },
            Chore::Trim { since: None, until: Some(noon) },
        ];
        assert_eq!(chores(&settings), Ok(expected.to_vec()));
    }

    #[test]
    fn bounds_between_which_nothing_lies_are_refused() {
        let bounds = |first, last| {
            let time = |seconds: u64| Some(Timestamp::from_millis(seconds * 1000));
            chores(&CleanerSettings { min_queue_age: time(first), max_queue_age: time(last), ..Default::default() })
        };
        assert!(bounds(5, 5).is_ok());
        let error = bounds(6, 5).expect_err("refused");
        assert!(
            error.contains("--min-queue-age (1970-01-01T00:00:06.000Z)") && error.contains("--max-queue-age"),
            "{error}"
        );
    }
}
