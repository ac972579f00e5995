//! Which lists lead to the tasks that a wish can be about.

use super::Wish;
use crate::model::Status;
use crate::store::Filter;

/// The statuses that a wish can change.
const fn changed(wish: Wish) -> &'static [Status] {
    match wish {
        // In the order in which tasks go on by themselves: one that does meanwhile is met later.
        Wish::Cancel => &[Status::Scheduled, Status::Submitted, Status::Started],
        Wish::Resubmit { .. } => &[Status::Failed, Status::Cancelled, Status::Stalled, Status::Dropped],
    }
}

/// The lists to be gone through one after the other.
///
/// Where no status is named, there is one list for each status that the wish can change: however many tasks have ended,
/// they are not looked at to cancel the few that have not. Times are about the submission then, which only the list of
/// all tasks knows, so that is gone through between these times.
pub(super) fn stages(wish: Wish, filter: &Filter) -> Vec<Filter> {
    let by_submission = filter.since.is_some() || filter.until.is_some();
    if filter.wanted_status().is_some() || by_submission {
        return vec![filter.clone()];
    }
    changed(wish).iter().map(|status| Filter { status: Some(*status), ..filter.clone() }).collect()
}

/// Whether a task that was found with this filter in another status is none of those that were meant.
pub(super) fn passes_over(filter: &Filter) -> bool {
    filter.wanted_status().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    fn statuses(wish: Wish, filter: &Filter) -> Vec<Option<Status>> {
        stages(wish, filter).into_iter().map(|stage| stage.status).collect()
    }

    #[test]
    fn only_tasks_that_can_be_changed_are_looked_at() {
        let of_queue = Filter { queue: Some("fast".into()), ..Filter::default() };
        let live = [Status::Scheduled, Status::Submitted, Status::Started].map(Some);
        assert_eq!(statuses(Wish::Cancel, &of_queue), live);
        let ended = [Status::Failed, Status::Cancelled, Status::Stalled, Status::Dropped].map(Some);
        assert_eq!(statuses(Wish::Resubmit { reset_failures: true, only_dead: false }, &of_queue), ended);
        assert!(stages(Wish::Cancel, &of_queue).iter().all(|stage| stage.queue == of_queue.queue));
    }

    #[test]
    fn a_status_or_a_time_leads_to_one_list() {
        for filter in [
            Filter { status: Some(Status::Submitted), ..Filter::default() },
            Filter { status: Some(Status::Completed), ..Filter::default() },
            Filter { dead: true, ..Filter::default() },
            Filter { until: Some(Timestamp::from_millis(1)), ..Filter::default() },
        ] {
            assert_eq!(stages(Wish::Cancel, &filter), std::slice::from_ref(&filter));
        }
    }
}
