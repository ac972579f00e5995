use super::row::letter;
use crate::model::Status;
use crate::store::{Filter, Order};

/// A way along the index that has exactly the tasks of a kind of list, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Walk {
    kind: Kind,
    pub(super) scope: Scope,
    forward: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Submitted,
    Waiting,
    Scheduled,
    Started,
    Ended(Status),
    Dead,
}

/// Of which tasks an index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    All,
    /// Of one queue.
    Queue,
    /// Of one lane.
    Lane,
}

impl Walk {
    /// The way along all tasks of a list; none if there can be no such task.
    pub(super) fn of(filter: &Filter, order: Order) -> Option<Self> {
        let newest = |kind| Some(Self { kind, scope: Scope::All, forward: false });
        let by_submission = |kind| Some(Self { kind, scope: Scope::All, forward: order == Order::OldestFirst });
        match filter.wanted_status() {
            Some(Status::Unsubmitted) => None,
            _ if filter.dead => newest(Kind::Dead),
            None => by_submission(Kind::Submitted),
            Some(Status::Submitted) => by_submission(Kind::Waiting),
            Some(Status::Scheduled) => Some(Self { kind: Kind::Scheduled, scope: Scope::All, forward: true }),
            Some(Status::Started) => newest(Kind::Started),
            Some(
                status @ (Status::Completed | Status::Failed | Status::Cancelled | Status::Stalled | Status::Dropped),
            ) => newest(Kind::Ended(status)),
        }
    }

    /// The narrower index that there is of the same tasks: by lane, or by queue. What is started is never much.
    pub(super) const fn narrower(self) -> Self {
        let scope = match self.kind {
            Kind::Started => Scope::All,
            Kind::Scheduled => Scope::Queue,
            Kind::Submitted | Kind::Waiting | Kind::Ended(_) | Kind::Dead => Scope::Lane,
        };
        Self { scope, ..self }
    }

    /// Whether times and places rise on the way.
    pub(super) const fn is_forward(self) -> bool {
        self.forward
    }

    /// The statement that walks.
    pub(super) fn text(self) -> String {
        let (behind, within, direction) = if self.forward { (">", "<", "ASC") } else { ("<", ">=", "DESC") };
        include_str!("sql/list_walk.sql")
            .replace("{index}", self.index())
            .replace("{among}", &self.among())
            .replace("{time}", self.time())
            .replace("{behind}", behind)
            .replace("{within}", within)
            .replace("{direction}", direction)
    }

    pub(super) const fn index(self) -> &'static str {
        match (self.kind, self.scope) {
            (Kind::Submitted, Scope::Lane) => "tasks_submitted_by_lane",
            (Kind::Submitted, Scope::All | Scope::Queue) => "tasks_submitted",
            (Kind::Waiting, Scope::Lane) => "tasks_waiting_since_by_lane",
            (Kind::Waiting, Scope::All | Scope::Queue) => "tasks_waiting_since",
            (Kind::Scheduled, Scope::Queue) => "tasks_due_by_queue",
            (Kind::Scheduled, Scope::All | Scope::Lane) => "tasks_due",
            (Kind::Started, Scope::All | Scope::Queue | Scope::Lane) => "tasks_started",
            (Kind::Ended(_), Scope::Lane) => "tasks_ended_by_lane",
            (Kind::Ended(_), Scope::All | Scope::Queue) => "tasks_ended",
            (Kind::Dead, Scope::Lane) => "tasks_dead_by_lane",
            (Kind::Dead, Scope::All | Scope::Queue) => "tasks_dead",
        }
    }

    fn among(self) -> String {
        let kind = match self.kind {
            Kind::Submitted => "TRUE".to_owned(),
            Kind::Waiting => "tasks.status = 'W'".to_owned(),
            Kind::Scheduled => "tasks.status = 'L'".to_owned(),
            Kind::Started => "tasks.status = 'R'".to_owned(),
            Kind::Ended(status) => format!("tasks.ended_at IS NOT NULL AND tasks.status = '{}'", letter(status)),
            Kind::Dead => "tasks.dead_at IS NOT NULL".to_owned(),
        };
        match self.scope {
            Scope::All => kind,
            Scope::Queue => format!("{kind} AND tasks.queue = ?9"),
            Scope::Lane => format!("{kind} AND tasks.lane = ?9"),
        }
    }

    const fn time(self) -> &'static str {
        match self.kind {
            Kind::Submitted | Kind::Waiting => "submitted_at",
            Kind::Scheduled => "run_at",
            Kind::Started => "started_at",
            Kind::Ended(_) | Kind::Dead => "ended_at",
        }
    }
}
