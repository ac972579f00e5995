use std::cmp::Reverse;
use std::collections::HashMap;

use jobbers_core::model::{Status, TaskId, Timestamp};
use jobbers_core::store::{Cursor, Filter, List, ListEntry, Listed, MAX_EXAMINED, MAX_LISTED, Order};

use super::Model;
use super::record::Record;
use super::turn::Objection;

impl Model {
    /// All that a filter lets through, in order.
    pub fn listed(&self, filter: &Filter, order: Order) -> Vec<TaskId> {
        self.sorted(filter, order)
            .into_iter()
            .filter(|record| admits(filter, record))
            .map(|record| record.task.id)
            .collect()
    }

    /// Says what is wrong with a list: tasks of the same time may come in any order, but for lists by submission.
    pub fn follow_list(&self, filter: &Filter, order: Order, actual: &[TaskId]) -> Result<(), Objection> {
        let expected = self.listed(filter, order);
        let mut sorted = actual.to_vec();
        if !is_by_submission(filter) {
            let place = |id: &TaskId| expected.iter().position(|other| other == id);
            let time = |id: &TaskId| self.get(*id).and_then(|task| filter.time(task));
            let times = |ids: &[TaskId]| ids.iter().map(time).collect::<Vec<_>>();
            if times(&expected) == times(actual) {
                sorted.sort_by_key(place);
            }
        }
        if sorted == expected {
            return Ok(());
        }
        Err(format!("{filter:?} in {order:?} lists {actual:?} instead of {expected:?}"))
    }

    /// Where each task that a filter lets through is in the lists that it could be in.
    pub fn places(&self, filter: &Filter) -> HashMap<TaskId, (u64, Timestamp)> {
        let admitted = self.records.values().filter(|record| admits(filter, record));
        admitted
            .map(|record| (record.task.id, (record.number, filter.time(&record.task).expect("it has been admitted"))))
            .collect()
    }

    /// One page.
    pub fn list(&self, list: &List) -> Listed {
        let mut behind = self.sorted(&list.filter, list.order);
        if let Some(cursor) = &list.after {
            behind.retain(|record| is_behind(cursor, &list.filter, list.order, record));
        }
        let mut listed = Listed { entries: Vec::new(), next: None, examined: 0 };
        for record in &behind {
            if listed.entries.len() == list.limit.min(MAX_LISTED) || listed.examined == MAX_EXAMINED {
                break;
            }
            listed.examined += 1;
            listed.next = Some(cursor(&list.filter, record));
            if admits(&list.filter, record) {
                listed.entries.push(ListEntry { id: record.task.id, cursor: cursor(&list.filter, record) });
            }
        }
        if listed.examined == behind.len() {
            listed.next = None;
        } else if listed.next.is_none() {
            listed.next.clone_from(&list.after);
        }
        listed
    }

    /// What may be in a list, in the list's order.
    fn sorted(&self, filter: &Filter, order: Order) -> Vec<&Record> {
        let wanted = |record: &&Record| filter.wanted_status().is_none_or(|status| status == record.task.status);
        let mut records: Vec<_> = self.records.values().filter(wanted).collect();
        if is_by_submission(filter) {
            records.sort_by_key(|record| record.number);
            if order == Order::NewestFirst {
                records.reverse();
            }
        } else if filter.wanted_status() == Some(Status::Scheduled) {
            records.sort_by_key(|record| place(filter, record));
        } else {
            records.sort_by_key(|record| Reverse(place(filter, record)));
        }
        records
    }
}

fn admits(filter: &Filter, record: &Record) -> bool {
    filter.admits(&record.task) && (!filter.dead || record.is_dead_letter)
}

fn is_by_submission(filter: &Filter) -> bool {
    matches!(filter.wanted_status(), None | Some(Status::Unsubmitted | Status::Submitted))
}

fn place(filter: &Filter, record: &Record) -> (Timestamp, TaskId) {
    (filter.time(&record.task).expect("a task has the times of its status"), record.task.id)
}

fn cursor(filter: &Filter, record: &Record) -> Cursor {
    if is_by_submission(filter) {
        return Cursor::Submission(record.number);
    }
    let (time, id) = place(filter, record);
    Cursor::Time(time, id)
}

fn is_behind(cursor: &Cursor, filter: &Filter, order: Order, record: &Record) -> bool {
    match cursor {
        Cursor::Submission(number) if order == Order::NewestFirst => record.number < *number,
        Cursor::Submission(number) => record.number > *number,
        Cursor::Time(time, id) if filter.wanted_status() == Some(Status::Scheduled) => {
            place(filter, record) > (*time, *id)
        }
        Cursor::Time(time, id) => place(filter, record) < (*time, *id),
        Cursor::Own(_) => false,
    }
}
