use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::response::sse::Event;
use jobbers_core::operation::Operations;
use jobbers_core::store::Moved;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use ulid::Ulid;

use super::ring::{Gone, Ring, Said};
use super::tick::{TICKS, Tick};

/// What is said to everybody who listens to all tasks. It is found out once, however many listen, and not at all while
/// nobody does.
#[derive(Debug)]
pub(crate) struct Feed {
    /// Tells its events from those of other processes.
    process: String,
    state: Mutex<State>,
    /// The number of the event that comes next.
    next: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    ring: Ring,
    tick: Tick,
    listeners: usize,
    /// Somebody finds out what there is to say.
    watching: bool,
}

/// Somebody who listens, and where.
#[derive(Debug)]
pub(crate) struct Listener {
    feed: Arc<Feed>,
    at: Place,
    next: watch::Receiver<u64>,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    /// At an event that was asked for, or behind one that was told.
    At(u64),
    /// What was asked for is not known here, or was lost on the way: that is to be said, and then how it is now.
    Lost,
    /// How it is now is to be said.
    Beginning,
}

impl Feed {
    pub(crate) fn new() -> Arc<Self> {
        let (state, next) = (Mutex::default(), watch::Sender::new(0));
        Arc::new(Self { process: Ulid::generate().to_string(), state, next })
    }

    /// Listens from now on, or behind the event with the id `last`.
    pub(crate) fn listen(self: &Arc<Self>, operations: &Arc<Operations>, last: Option<&str>) -> Listener {
        let mut state = self.lock();
        state.listeners += 1;
        if !std::mem::replace(&mut state.watching, true) {
            // Whatever happened while nobody listened was said to nobody.
            state.ring.break_off();
            state.tick = Tick::default();
            tokio::spawn(self.clone().watch(operations.clone()));
        }
        let at = match last {
            None => Place::Beginning,
            Some(last) => match self.number(last).map(|number| number.saturating_add(1)) {
                Some(number) if state.ring.get(number).is_ok() => Place::At(number),
                Some(_) | None => Place::Lost,
            },
        };
        Listener { feed: self.clone(), at, next: self.next.subscribe() }
    }

    fn number(&self, id: &str) -> Option<u64> {
        let (process, number) = id.split_once(':')?;
        number.parse().ok().filter(|_| process == self.process)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn event(&self, number: u64, said: &Said) -> Event {
        Event::default().event(said.event).id(format!("{}:{number}", self.process)).data(&said.data)
    }

    /// Finds out what there is to say, until nobody listens.
    async fn watch(self: Arc<Self>, operations: Arc<Operations>) {
        let mut changes = operations.changes();
        let mut ticks = interval(Duration::from_secs(1) / TICKS);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                change = changes.recv() => match change {
                    Ok(Moved::Task(id, status)) => self.say(|tick| tick.moved(id, status)),
                    Ok(Moved::Resync) => self.break_off(),
                    Err(RecvError::Lagged(missed)) => self.lock().tick.missed(missed),
                    Err(RecvError::Closed) => return self.lock().watching = false,
                },
                _ = ticks.tick() => {
                    // A store that is away is no news: when it is back the counts are.
                    if let Ok(counts) = operations.counts().await {
                        self.say(|tick| tick.counted(&counts));
                    }
                    self.say(Tick::over);
                    let mut state = self.lock();
                    if state.listeners == 0 {
                        state.watching = false;
                        return;
                    }
                }
            }
        }
    }

    fn say(&self, what: impl FnOnce(&mut Tick) -> Option<Said>) {
        let mut state = self.lock();
        if let Some(said) = what(&mut state.tick) {
            state.ring.push(said);
            self.next.send_replace(state.ring.next());
        }
    }

    fn break_off(&self) {
        let mut state = self.lock();
        state.ring.break_off();
        self.next.send_replace(state.ring.next());
    }
}

impl Listener {
    /// What comes next, when it comes.
    pub(crate) async fn next(&mut self) -> Event {
        loop {
            if let Some(event) = self.ready() {
                return event;
            }
            if self.next.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }

    fn ready(&mut self) -> Option<Event> {
        self.next.borrow_and_update();
        let state = self.feed.lock();
        match self.at {
            Place::Lost => {
                self.at = Place::Beginning;
                let data = "{\"detail\":\"events were missed: look at what you show anew\"}";
                Some(Event::default().event("resync").data(data))
            }
            Place::Beginning => {
                // Before they were counted for the first time they come by themselves.
                let next = state.ring.next();
                self.at = Place::At(next);
                let counts = state.tick.counts()?;
                // It stands at the event before: whoever comes again with this id goes on at the next one.
                Some(self.feed.event(next.checked_sub(1)?, &counts))
            }
            Place::At(number) => match state.ring.get(number) {
                Ok(said) => {
                    let said = said?;
                    self.at = Place::At(number + 1);
                    Some(self.feed.event(number, &said))
                }
                Err(Gone) => {
                    drop(state);
                    self.at = Place::Lost;
                    self.ready()
                }
            },
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.feed.lock().listeners -= 1;
    }
}
