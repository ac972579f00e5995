use std::fmt::Display;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

/// How long a value counts as fresh.
const FRESH: Duration = Duration::from_secs(1);

/// A value read from a store, read again when it is older than a second, by one reader at a time.
#[derive(Debug)]
pub(super) struct Fresh<T> {
    held: RwLock<Option<Held<T>>>,
    reading: Mutex<()>,
    /// What was read before this is out of date.
    changed: RwLock<Option<Instant>>,
}

#[derive(Debug)]
struct Held<T> {
    value: Arc<T>,
    /// When the reading began that gave this value.
    read: Instant,
    /// When a reading was last tried.
    tried: Instant,
}

impl<T> Default for Fresh<T> {
    fn default() -> Self {
        Self { held: RwLock::new(None), reading: Mutex::new(()), changed: RwLock::new(None) }
    }
}

impl<T> Fresh<T> {
    /// What is held, however old.
    pub(super) fn held(&self) -> Option<Arc<T>> {
        self.look(|held| held.value.clone())
    }

    /// What is in the store may have changed just now: the value is read again before it counts as fresh.
    pub(super) fn outdate(&self) {
        *self.changed.write().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// The value, not older than a second; an older one if it cannot be read.
    pub(super) async fn get<E: Display>(&self, read: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, E> {
        let fresh = || self.look(|held| self.is_fresh(held.tried).then(|| held.value.clone())).flatten();
        if let Some(value) = fresh() {
            return Ok(value);
        }
        let _reading = self.reading.lock().await;
        if let Some(value) = fresh() {
            return Ok(value);
        }
        match (self.read(read).await, self.held()) {
            (Err(error), Some(value)) => {
                tracing::warn!(event = "stale_configuration", %error, "going on with what was read before");
                self.note_failure();
                Ok(value)
            }
            (answer, _) => answer,
        }
    }

    /// The value, not older than a second.
    pub(super) async fn recent<E>(&self, read: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, E> {
        let recent = || self.look(|held| self.is_fresh(held.read).then(|| held.value.clone())).flatten();
        if let Some(value) = recent() {
            return Ok(value);
        }
        let _reading = self.reading.lock().await;
        match recent() {
            Some(value) => Ok(value),
            None => self.read(read).await,
        }
    }

    /// The value as it is now or was read since `asked`.
    pub(super) async fn since<E>(&self, asked: Instant, read: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, E> {
        let _reading = self.reading.lock().await;
        match self.look(|held| (held.read >= asked).then(|| held.value.clone())).flatten() {
            Some(value) => Ok(value),
            None => self.read(read).await,
        }
    }

    async fn read<E>(&self, read: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, E> {
        let began = Instant::now();
        let value = Arc::new(read.await?);
        let held = Held { value: value.clone(), read: began, tried: began };
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
        Ok(value)
    }

    /// Whether what was read, or tried to be, at this time does for now.
    fn is_fresh(&self, time: Instant) -> bool {
        let changed = *self.changed.read().unwrap_or_else(PoisonError::into_inner);
        time.elapsed() < FRESH && changed.is_none_or(|changed| time >= changed)
    }

    fn note_failure(&self) {
        if let Some(held) = self.held.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            held.tried = Instant::now();
        }
    }

    fn look<R>(&self, at: impl FnOnce(&Held<T>) -> R) -> Option<R> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn reads(value: u32) -> Result<u32, String> {
        Ok(value)
    }

    async fn fails() -> Result<u32, String> {
        Err("away".into())
    }

    #[tokio::test]
    async fn a_fresh_value_is_not_read_again() {
        let fresh = Fresh::default();
        assert_eq!(*fresh.get(reads(1)).await.unwrap(), 1);
        assert_eq!(*fresh.get(reads(2)).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn whoever_misses_something_gets_what_was_read_since() {
        let fresh = Fresh::default();
        fresh.get(reads(1)).await.unwrap();
        let asked = Instant::now();
        assert_eq!(*fresh.since(asked, reads(2)).await.unwrap(), 2);
        assert_eq!(*fresh.since(asked, reads(3)).await.unwrap(), 2);
        assert_eq!(fresh.since(Instant::now(), fails()).await.unwrap_err(), "away");
    }

    #[tokio::test]
    async fn what_must_be_recent_is_not_served_old() {
        let fresh = Fresh::default();
        assert_eq!(*fresh.recent(reads(1)).await.unwrap(), 1);
        assert_eq!(*fresh.recent(fails()).await.unwrap(), 1, "not read again");
        if let Some(held) = fresh.held.write().unwrap().as_mut() {
            held.read = Instant::now().checked_sub(FRESH).unwrap();
        }
        assert_eq!(fresh.recent(fails()).await.unwrap_err(), "away");
        assert_eq!(*fresh.recent(reads(2)).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn after_a_change_what_was_read_before_is_not_fresh() {
        let fresh = Fresh::default();
        assert_eq!(*fresh.get(reads(1)).await.unwrap(), 1);
        fresh.outdate();
        assert_eq!(*fresh.get(reads(2)).await.unwrap(), 2);
        assert_eq!(*fresh.get(reads(3)).await.unwrap(), 2, "once is enough");
        // A reading that had begun before the change may not have seen it.
        let amid = async {
            fresh.outdate();
            Ok::<_, String>(4)
        };
        assert_eq!(*fresh.since(Instant::now(), amid).await.unwrap(), 4);
        assert_eq!(*fresh.recent(reads(5)).await.unwrap(), 5);
        fresh.outdate();
        assert_eq!(*fresh.get(fails()).await.unwrap(), 5, "better than nothing");
        assert_eq!(*fresh.get(reads(6)).await.unwrap(), 5, "a failed reading is not repeated at once");
    }

    #[tokio::test]
    async fn an_old_value_serves_while_the_store_is_away() {
        let fresh = Fresh::default();
        assert!(fresh.get(fails()).await.is_err());
        fresh.get(reads(1)).await.unwrap();
        let old = Instant::now().checked_sub(FRESH).unwrap();
        if let Some(held) = fresh.held.write().unwrap().as_mut() {
            held.tried = old;
        }
        assert_eq!(*fresh.get(fails()).await.unwrap(), 1);
        assert_eq!(*fresh.get(reads(2)).await.unwrap(), 1, "a failed reading is not repeated at once");
    }
}
