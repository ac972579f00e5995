//! Panics of handlers: caught, and told with their place and backtrace instead of being printed.

use std::backtrace::Backtrace;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::pin::Pin;
use std::sync::Once;
use std::task::{Context, Poll};

use jobbers_core::model::{EndDetail, EndKind};

use crate::attempt::shortened;

const LONGEST_MESSAGE: usize = 8 * 1024;
pub(super) const LONGEST_BACKTRACE: usize = 16 * 1024;

thread_local! {
    /// Set while this thread runs a handler; filled by the hook.
    static CAUGHT: RefCell<Capture> = const { RefCell::new(Capture::Off) };
}

enum Capture {
    Off,
    On,
    Panicked(EndDetail),
}

/// Lets panics of handlers be caught with their place. Panics of everyone else go to the hook that was there before.
pub(super) fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = take_hook();
        set_hook(Box::new(move |info| {
            let ours = CAUGHT.try_with(|caught| {
                let mut caught = caught.try_borrow_mut().ok()?;
                match *caught {
                    Capture::Off => None,
                    Capture::On | Capture::Panicked(_) => {
                        *caught = Capture::Panicked(describe(info));
                        Some(())
                    }
                }
            });
            if !matches!(ours, Ok(Some(()))) {
                previous(info);
            }
        }));
    });
}

/// Runs a piece of a handler; a panic is an answer.
pub(super) fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, EndDetail> {
    CAUGHT.with(|caught| *caught.borrow_mut() = Capture::On);
    let result = catch_unwind(AssertUnwindSafe(run));
    let capture = CAUGHT.with(|caught| std::mem::replace(&mut *caught.borrow_mut(), Capture::Off));
    result.map_err(|payload| match capture {
        Capture::Panicked(end) => {
            // What a payload's destructor does is the handler's as well.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(payload)));
            end
        }
        Capture::Off | Capture::On => panicked(message(&*payload), None),
    })
}

/// A future whose panics are answers.
pub(super) struct Guarded<F: ?Sized>(pub(super) Pin<Box<F>>);

impl<F: Future + ?Sized> Future for Guarded<F> {
    type Output = Result<F::Output, EndDetail>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match guarded(|| self.0.as_mut().poll(context)) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(end) => Poll::Ready(Err(end)),
        }
    }
}

fn describe(info: &PanicHookInfo<'_>) -> EndDetail {
    let place = info.location().map(|place| format!(" at {}:{}:{}", place.file(), place.line(), place.column()));
    let text = format!("{}{}", message(info.payload()), place.unwrap_or_default());
    panicked(text, Some(shortened(Backtrace::force_capture().to_string(), LONGEST_BACKTRACE)))
}

fn message(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied().map(str::to_owned);
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.as_deref().unwrap_or("with a value that is not a text"))
}

fn panicked(error: String, backtrace: Option<String>) -> EndDetail {
    let error = shortened(error, LONGEST_MESSAGE);
    EndDetail { kind: EndKind::Panicked, error, error_type: "Panic".to_owned(), backtrace }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_tells_its_message_and_its_place() {
        install_hook();
        let end = guarded(|| -> () { panic!("no {}", "fuel") }).unwrap_err();
        assert!(end.error.starts_with("panicked: no fuel at "), "{}", end.error);
        assert!(end.error.contains("panic.rs:"), "{}", end.error);
        assert!(end.backtrace.is_some_and(|trace| trace.len() < LONGEST_BACKTRACE + 40));
        assert_eq!(guarded(|| 1), Ok(1));
    }

    #[test]
    fn panics_of_others_are_left_alone() {
        install_hook();
        std::thread::spawn(|| {
            let payload = catch_unwind(|| std::panic::resume_unwind(Box::new("theirs"))).unwrap_err();
            assert_eq!(payload.downcast_ref::<&str>(), Some(&"theirs"));
        })
        .join()
        .unwrap();
    }
}
