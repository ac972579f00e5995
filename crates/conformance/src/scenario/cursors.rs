//! Places in lists that this store never gave.

use jobbers_core::store::{Cursor, Filter, List, Order};

use super::submit_all;
use crate::Environment;
use crate::sample::{id, tasks};

/// As after the store was emptied: the client still has a cursor of what was there before.
pub async fn a_cursor_of_a_larger_store_leads_to_the_end_of_this_one(env: &Environment) {
    submit_all(env.store(), &tasks(0..5)).await;
    for (order, expected) in [(Order::NewestFirst, [4, 3, 2, 1, 0].map(id).to_vec()), (Order::OldestFirst, Vec::new())]
    {
        for status in [None, Some(jobbers_core::model::Status::Submitted)] {
            let filter = Filter { status, ..Filter::default() };
            // Behind the place there, and in the middle of what would be a part of it.
            for number in [1_000, 1_023, 5_000_000] {
                let list = List { filter: filter.clone(), order, after: Some(Cursor::Submission(number)), limit: 10 };
                let listed = env.store().list(&list).await.expect("list");
                let ids: Vec<_> = listed.entries.iter().map(|entry| entry.id).collect();
                assert_eq!((ids, listed.next), (expected.clone(), None), "{order:?} {status:?} behind {number}");
            }
        }
    }
}
