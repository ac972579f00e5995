//! What an operator changes while everything runs: queues and roles, and what is to become of the tasks in a queue.
//!
//! A change is one transaction in the SQL store. Everyone is told of it then; whoever missed that learns of it by the
//! version within 5 s. What is to be cancelled is noted in SQL before the first task is, so that a scheduler goes on
//! with it whatever happens here.

mod change;
pub mod delete_queue;
pub mod find;
pub mod pause;
pub mod purge;
pub mod queues;
mod remaining;
pub mod roles;

use super::UnknownQueue;
use super::queues::known;
