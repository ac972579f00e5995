use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc};

use super::effects::{Claimable, Effects, Told};
use super::interest::{Interest, Places, Waiting};
use super::listeners::{MovesListener, RoutingListener};
use crate::model::{TaskType, WorkerId};
use crate::store::{Moves, RoutingChanges, WorkerSignal};

/// Signals that a slow worker may leave unread; the next poll repeats what is lost behind them.
const SIGNALS: usize = 64;

/// Who in this process waits for what.
#[derive(Debug, Default)]
pub(super) struct Hub {
    listeners: Mutex<Listeners>,
    /// Someone has begun to listen.
    pub(super) begun: Notify,
}

#[derive(Debug, Default)]
struct Listeners {
    workers: Vec<WorkerListener>,
    moves: Vec<MovesListener>,
    parked: HashMap<WorkerId, Interest>,
    routing: Vec<RoutingListener>,
}

#[derive(Debug)]
struct WorkerListener {
    worker: WorkerId,
    signals: mpsc::Sender<WorkerSignal>,
    /// Of the messages in the store, how many it was told.
    told: i64,
    /// It knows that it is asked to drain.
    drains: bool,
}

impl Hub {
    fn lock(&self) -> MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn listen(&self, worker: WorkerId) -> mpsc::Receiver<WorkerSignal> {
        let (signals, receiver) = mpsc::channel(SIGNALS);
        for signal in [WorkerSignal::Claim, WorkerSignal::Renew] {
            let _fits = signals.try_send(signal);
        }
        self.lock().workers.push(WorkerListener { worker, signals, told: 0, drains: false });
        self.begun.notify_one();
        receiver
    }

    pub(super) fn moves(&self) -> Moves {
        let (listener, receiver) = MovesListener::new();
        self.lock().moves.push(listener);
        self.begun.notify_one();
        receiver
    }

    /// Begins with a message, after so many changes.
    pub(super) fn routing(&self, told: i64) -> RoutingChanges {
        let (listener, receiver) = RoutingListener::new(told);
        self.lock().routing.push(listener);
        self.begun.notify_one();
        receiver
    }

    /// Whether anybody listens; forgets who does not any more.
    pub(super) fn is_heard(&self) -> bool {
        let mut listeners = self.lock();
        let Listeners { workers, moves, parked, routing } = &mut *listeners;
        workers.retain(|listener| {
            let alive = !listener.signals.is_closed();
            if !alive {
                parked.remove(&listener.worker);
            }
            alive
        });
        moves.retain(MovesListener::is_open);
        routing.retain(RoutingListener::is_open);
        !workers.is_empty() || !moves.is_empty() || !routing.is_empty()
    }

    /// Tells what was committed.
    pub(super) fn publish(&self, effects: Effects) {
        let mut listeners = self.lock();
        for (worker, interest) in effects.parked {
            match interest {
                Some(interest) => listeners.parked.insert(worker, interest),
                None => listeners.parked.remove(&worker),
            };
        }
        for worker in effects.retired {
            listeners.parked.remove(&worker);
        }
        for claimable in effects.claimable {
            listeners.wake(&claimable);
        }
        for told in effects.told {
            listeners.tell(&told);
        }
        for worker in effects.draining {
            listeners.drain(worker);
        }
        for listener in &mut listeners.moves {
            listener.send(&effects.moves);
        }
        if let Some(changes) = effects.routing {
            listeners.tell_routing(changes);
        }
    }

    /// Whether anybody waits for a change of queues or roles.
    pub(super) fn awaits_routing(&self) -> bool {
        !self.lock().routing.is_empty()
    }

    /// Compares how often queues and roles have changed with what listeners know.
    pub(super) fn tell_routing(&self, changes: i64) {
        self.lock().tell_routing(changes);
    }

    /// Another process changed something: readers of moves cannot know what.
    pub(super) fn missed(&self) {
        for listener in &mut self.lock().moves {
            listener.miss();
        }
    }

    /// Gives slow readers their [`Moved::Resync`] once there is room for it.
    pub(super) fn catch_up(&self) {
        for listener in &mut self.lock().moves {
            listener.catch_up();
        }
    }

    /// Queues and types that parked workers of this process wait for.
    pub(super) fn interests(&self) -> Vec<Interest> {
        self.lock().parked.values().cloned().collect()
    }

    /// Whether a parked worker of this process waits for a place under a limit over all workers.
    pub(super) fn awaits_places(&self) -> bool {
        self.lock().parked.values().any(Interest::waits_for_place)
    }

    /// Wakes workers for places that are free: those first that could take a task that waits. If asked, as many others
    /// as there are places left, so that these know of them.
    pub(super) fn wake_for(&self, mut places: Places, mut waiting: Waiting, all: bool) {
        let mut listeners = self.lock();
        listeners.wake_if(|interest| interest.take(&mut places, &mut waiting));
        if all && !places.is_empty() {
            listeners.wake_if(|interest| interest.take_in_advance(&mut places));
        }
    }

    /// Wakes every parked worker that could take one of these.
    pub(super) fn wake_all(&self, claimable: &[(String, TaskType)]) {
        let mut listeners = self.lock();
        for (queue, task_type) in claimable {
            listeners.wake(&Claimable { queue: queue.clone(), task_type: task_type.clone(), tasks: u64::MAX });
        }
    }

    /// Workers of this process that listen and do not know yet whether they are asked to drain.
    pub(super) fn workers_that_may_drain(&self) -> Vec<WorkerId> {
        self.lock().workers.iter().filter(|listener| !listener.drains).map(|listener| listener.worker).collect()
    }

    /// A worker is asked to drain.
    pub(super) fn drain(&self, worker: WorkerId) {
        self.lock().drain(worker);
    }

    /// Workers of this process that listen.
    pub(super) fn workers(&self) -> Vec<WorkerId> {
        self.lock().workers.iter().map(|listener| listener.worker).collect()
    }

    /// Compares how often a worker was told with what it knows.
    pub(super) fn tell(&self, told: &Told) {
        self.lock().tell(told);
    }
}

impl Listeners {
    fn wake(&mut self, claimable: &Claimable) {
        let mut left = claimable.tasks;
        self.wake_if(|interest| {
            let waits = left > 0 && interest.covers(&claimable.queue, &claimable.task_type);
            left -= u64::from(waits);
            waits
        });
    }

    /// Wakes parked workers whose interest is such, in turn.
    fn wake_if(&mut self, mut wanted: impl FnMut(&Interest) -> bool) {
        for listener in &self.workers {
            // Who has left so many signals unread is no use to anybody now.
            let Some(interest) = self.parked.get(&listener.worker).filter(|_| listener.signals.capacity() > 0) else {
                continue;
            };
            if wanted(interest) {
                let _fits = listener.signals.try_send(WorkerSignal::Claim);
                self.parked.remove(&listener.worker);
            }
        }
    }

    fn tell_routing(&mut self, changes: i64) {
        for listener in &mut self.routing {
            listener.tell(changes);
        }
    }

    fn drain(&mut self, worker: WorkerId) {
        for listener in self.workers.iter_mut().filter(|listener| listener.worker == worker) {
            listener.drains |= listener.signals.try_send(WorkerSignal::Drain).is_ok();
        }
    }

    fn tell(&mut self, told: &Told) {
        for listener in self.workers.iter_mut().filter(|listener| listener.worker == told.worker) {
            if listener.told != told.times && listener.signals.try_send(WorkerSignal::Renew).is_ok() {
                listener.told = told.times;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::listeners::MOVES;
    use super::*;
    use crate::model::{Status, TaskId};
    use crate::store::Moved;

    fn drain<T>(receiver: &mut mpsc::Receiver<T>) -> Vec<T> {
        std::iter::from_fn(|| receiver.try_recv().ok()).collect()
    }

    fn worker(number: u8) -> WorkerId {
        WorkerId::from_bytes([number; 8])
    }

    fn interest() -> Interest {
        Interest { queues: vec!["q".into()], types: vec![TaskType::new("a", 1)], ..Interest::default() }
    }

    fn claimable(tasks: u64) -> Claimable {
        Claimable { queue: "q".into(), task_type: TaskType::new("a", 1), tasks }
    }

    #[test]
    fn as_many_parked_workers_are_woken_as_there_are_tasks() {
        let hub = Hub::default();
        let mut signals: Vec<_> = (0..3).map(|number| hub.listen(worker(number))).collect();
        let parked = (0..3).map(|number| (worker(number), Some(interest()))).collect();
        hub.publish(Effects { parked, ..Effects::default() });
        signals.iter_mut().for_each(|receiver| drop(drain(receiver)));
        hub.publish(Effects { claimable: vec![claimable(2)], ..Effects::default() });
        let woken: usize = signals.iter_mut().map(|receiver| drain(receiver).len()).sum();
        assert_eq!(woken, 2);
        hub.publish(Effects { claimable: vec![claimable(2)], ..Effects::default() });
        let woken: usize = signals.iter_mut().map(|receiver| drain(receiver).len()).sum();
        assert_eq!(woken, 1, "who was woken does not wait any more");
    }

    #[test]
    fn a_slow_reader_of_moves_is_told_to_look_by_itself() {
        let hub = Hub::default();
        let mut moves = hub.moves();
        let id = TaskId::from_parts(1, 1);
        let many = vec![(id, Status::Started); MOVES + 10];
        hub.publish(Effects { moves: many, ..Effects::default() });
        assert_eq!(drain(&mut moves).len(), MOVES);
        hub.catch_up();
        assert_eq!(drain(&mut moves), [Moved::Resync]);
        hub.publish(Effects { moves: vec![(id, Status::Completed)], ..Effects::default() });
        assert_eq!(drain(&mut moves), [Moved::Task(id, Status::Completed)]);
    }

    #[test]
    fn nobody_is_heard_once_the_receivers_are_gone() {
        let hub = Hub::default();
        let (signals, moves) = (hub.listen(worker(1)), hub.moves());
        assert!(hub.is_heard());
        drop((signals, moves));
        assert!(!hub.is_heard());
    }
}
