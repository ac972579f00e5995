//! The hosts of a worker: which one gets an attempt, and what takes the place of one that is gone.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use jobbers_core::model::Registration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::sleep;

use super::begin::{Begun, ImportError, Recipe, told};
use super::host::Host;
use super::settings::PythonSettings;
use crate::attempt::{Ended, Start};
use crate::guard::{End, Guard};

/// Pauses before a host that did not live long is started again; they double.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// One that lived as long as this did not die of its start.
const LONG: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct Pool {
    recipe: Recipe,
    registrations: Vec<Registration>,
    runtime: Handle,
    /// Attempts after which a host is replaced.
    ttl: Option<u64>,
    places: Mutex<Vec<Place>>,
    /// Changes when there is a host that was not there before.
    ready: watch::Sender<u64>,
    own: Weak<Self>,
}

#[derive(Debug, Default)]
struct Place {
    host: Option<Arc<Host>>,
    /// Before the next start.
    pause: Duration,
}

impl Pool {
    /// Starts the hosts; answers when the first has imported the module. The others follow.
    pub(super) async fn start(
        module: String,
        settings: PythonSettings,
        slots: u32,
        guard: Guard,
        runtime: Handle,
    ) -> Result<Arc<Self>, ImportError> {
        let hosts = settings.hosts(slots);
        let ttl = (settings.python_host_ttl > 0).then_some(settings.python_host_ttl);
        let recipe = Recipe { module, python: settings.python, guard };
        // On the threads that it is to live on.
        let beginning = recipe.clone();
        let begun = runtime.spawn(async move { beginning.begin().await }).await;
        let begun = begun.map_err(|error| ImportError::Broken {
            module: recipe.module.clone(),
            error: std::io::Error::other(error),
        })??;
        let registrations = begun.types.clone();
        let places = Mutex::new((0..hosts).map(|_| Place::default()).collect());
        let pool = Arc::new_cyclic(|own| Self {
            recipe,
            registrations,
            runtime,
            ttl,
            places,
            ready: watch::channel(0).0,
            own: Weak::clone(own),
        });
        pool.put(0, begun);
        for place in 1..hosts as usize {
            pool.begin(place, None);
        }
        Ok(pool)
    }

    pub(super) fn registrations(&self) -> &[Registration] {
        &self.registrations
    }

    /// Gives an attempt to the host with the fewest; if there is none, when there is one.
    pub(super) fn run(&self, start: Start) {
        if let Err(start) = self.try_run(start) {
            self.run_later(start);
        }
    }

    /// Lets hosts hear what they were given.
    pub(super) fn flush(&self) {
        for place in &*self.places() {
            if let Some(host) = &place.host {
                host.flush();
            }
        }
    }

    fn try_run(&self, start: Start) -> Result<(), Start> {
        let host = self.places().iter().filter_map(|place| place.host.clone()).min_by_key(|host| host.busy());
        let Some(host) = host else { return Err(start) };
        host.run(start, &self.own)?;
        if self.ttl.is_some_and(|ttl| host.taken() >= ttl) {
            self.replace(&host);
        }
        Ok(())
    }

    fn run_later(&self, start: Start) {
        let (own, mut ready) = (Weak::clone(&self.own), self.ready.subscribe());
        self.runtime.spawn(async move {
            let attempt = Arc::clone(start.attempt());
            let mut start = start;
            loop {
                let Some(pool) = own.upgrade() else { return };
                match pool.try_run(start) {
                    Ok(()) => return pool.flush(),
                    Err(given_back) => start = given_back,
                }
                drop(pool);
                // It need not join the turn that it cannot be part of.
                start.begun();
                tokio::select! {
                    () = attempt.interrupted() => return start.end(Ended::Interrupted),
                    changed = ready.changed() => if changed.is_err() { return },
                }
            }
        });
    }

    /// Lets another host take the place of this one, which then ends when what it runs has ended.
    pub(super) fn replace(&self, host: &Arc<Host>) {
        let place =
            self.places().iter().position(|place| place.host.as_ref().is_some_and(|one| Arc::ptr_eq(one, host)));
        if let Some(place) = place.filter(|_| host.retire()) {
            // It did not die of its start.
            self.places()[place].pause = Duration::ZERO;
            self.begin(place, Some(Arc::clone(host)));
        }
    }

    /// A host has ended, and so many attempts with it.
    pub(super) fn ended(&self, host: &Arc<Host>, end: End, lost: usize) {
        let mut places = self.places();
        let is_it = |place: &Place| place.host.as_ref().is_some_and(|one| Arc::ptr_eq(one, host));
        let place = places.iter().position(is_it);
        let (pid, end) = (host.pid, told(end));
        if host.was_killed() {
            tracing::warn!(
                event = "python_host_killed",
                pid,
                tasks = lost,
                "a Python host was killed, since a task in it did not stop when it was asked to"
            );
        } else if lost == 0 && host.is_retired() {
            tracing::info!(event = "python_host_ended", pid, "a Python host that was replaced has ended: {end}");
        } else {
            tracing::error!(
                event = "python_host_died",
                pid,
                lost,
                "a Python host has died: {end}; its tasks run again"
            );
        }
        let Some(place) = place else { return };
        places[place].host = None;
        if host.is_retired() {
            // Its replacement is on its way.
            return;
        }
        if host.has_worked() || host.began.elapsed() >= LONG {
            places[place].pause = Duration::ZERO;
        }
        drop(places);
        self.begin(place, None);
    }

    /// Fills a place, however often that has to be tried.
    fn begin(&self, place: usize, old: Option<Arc<Host>>) {
        let (own, recipe) = (Weak::clone(&self.own), self.recipe.clone());
        self.runtime.spawn(async move {
            loop {
                let Some(pause) = own.upgrade().map(|pool| pool.next_pause(place)) else { return };
                sleep(pause).await;
                let begun = recipe.begin().await;
                let Some(pool) = own.upgrade() else { return };
                match begun {
                    Ok(begun) => {
                        pool.put(place, begun);
                        break;
                    }
                    Err(error) => {
                        tracing::error!(
                            event = "python_host_not_started",
                            "a Python host cannot be started, and is tried again: {error}"
                        );
                    }
                }
            }
            if let Some(old) = old {
                old.drain();
            }
        });
    }

    fn put(&self, place: usize, begun: Begun) {
        if begun.types != self.registrations {
            tracing::warn!(
                event = "python_module_changed",
                "the task module {} has other tasks than when this worker started; restart the worker",
                self.recipe.module
            );
        }
        let at = |known: &Registration| begun.types.iter().position(|one| one.task_type == known.task_type);
        let types = self.registrations.iter().map(at).collect();
        let _here = self.runtime.enter();
        let host = Host::supervise(begun, types, Weak::clone(&self.own));
        self.places()[place].host = Some(host);
        self.ready.send_modify(|hosts| *hosts += 1);
    }

    /// How long to wait before a start; the one after it waits longer.
    fn next_pause(&self, place: usize) -> Duration {
        let mut places = self.places();
        let pause = places[place].pause;
        places[place].pause = (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
        pause
    }

    fn places(&self) -> MutexGuard<'_, Vec<Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
