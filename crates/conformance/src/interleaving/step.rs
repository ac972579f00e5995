use proptest::collection::vec;
use proptest::prelude::*;

use super::limits::{Limits, Windows, limits, windows};

/// What happens in one case, from an empty store on.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub workers: u8,
    pub windows: Windows,
    pub steps: Vec<Step>,
    /// What is listed at the end.
    pub listings: Vec<Listing>,
}

/// One step, with its parties by number, taken modulo how many there are.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Submit(Vec<Submission>),
    /// A worker ends attempts (its own or others', running or long over) and claims.
    Turn {
        worker: u8,
        ends: Vec<(u8, End)>,
        /// Attempts whose code has stopped, if they were taken away.
        stopped: Vec<u8>,
        claim: Option<Slots>,
    },
    /// A worker sends its last turn again, over another connection.
    TurnAgain {
        worker: u8,
    },
    Renew {
        worker: u8,
        attempts: Vec<u8>,
        beat: Option<u8>,
    },
    Cancel {
        task: u8,
    },
    CancelAll(Vec<u8>),
    Resubmit {
        tasks: Vec<u8>,
        reset_failures: bool,
        only_dead: bool,
    },
    /// Someone sends one of the last resubmissions again.
    ResubmitAgain(u8),
    Hasten(Vec<u8>),
    Forget(Vec<u8>),
    Discard(Vec<u8>),
    /// A cleaner walks over silent tasks; those without an interval are silent after some hundredths of a second.
    Stall {
        stale: Option<u16>,
        walk: Walk,
    },
    /// Nobody beats until a cleaner walks over what is silent by its own interval.
    FallSilent(Walk),
    /// A cleaner walks over tasks that ended some hundredths of a second ago.
    Prune {
        dead: bool,
        age: u16,
        walk: Walk,
    },
    /// A scheduler drops tasks that have waited for some hundredths of a second.
    Drop {
        beta: bool,
        elsewhere: bool,
        waited: u16,
    },
    Expire,
    /// Someone wants a queue empty of what waits since some hundredths of a second.
    Purge {
        elsewhere: bool,
        waited: u16,
        scheduled: bool,
        walk: Walk,
    },
    /// Someone asks where a task stands, under this many starts in a window.
    Stand {
        task: u8,
        numerator: Option<u8>,
    },
    /// Someone pages through a list from beginning to end.
    List(Listing),
    /// Someone begins to page through a list, with other steps between the pages.
    Begin(Listing),
    /// The next page.
    GoOn,
    /// Someone looks at counts and tallies.
    Count,
    Promote,
    /// A scheduler looks for leases that are over and decides.
    Decide,
    /// A scheduler applies what was decided on last, maybe long ago and not for the first time.
    Reap,
    /// Time goes by, in hundredths of a second.
    Wait(u16),
    /// As long as an idempotency key is remembered.
    WaitForADay,
}

/// How a sweep goes, from beginning to end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Walk {
    pub limit: u8,
    pub rehearsal: bool,
}

/// A list: what is none lets every task through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listing {
    pub status: Option<u8>,
    pub dead: bool,
    pub elsewhere: Option<bool>,
    pub beta: Option<bool>,
    pub version: Option<u32>,
    pub worker: Option<u8>,
    /// The time of this task.
    pub since: Option<u8>,
    /// Just behind the time of this task.
    pub until: Option<u8>,
    pub oldest_first: bool,
    pub limit: u8,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Submission {
    pub task: u8,
    pub beta: bool,
    pub elsewhere: bool,
    pub urgent: bool,
    /// Hundredths of a second.
    pub delay: Option<u16>,
    /// Not what was submitted under this id before.
    pub altered: bool,
    /// Hundredths of a second.
    pub expires: Option<u16>,
    pub key: Option<u8>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Slots {
    pub tasks: u8,
    pub alphas: u8,
    pub betas: u8,
    pub queue: u8,
    pub elsewhere: u8,
    pub limits: Limits,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    Complete,
    Fail,
    RetryAtOnce,
    RetryLater(u8),
    HandBack,
    Stop,
    ConfirmCancel,
}

pub(super) fn case() -> impl Strategy<Value = Case> {
    (2..=4u8, windows(), vec(step(), 5..80), vec(listing(), 3)).prop_map(|(workers, windows, steps, listings)| Case {
        workers,
        windows,
        steps,
        listings,
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => vec(submission(), 1..4).prop_map(Step::Submit),
        8 => (any::<u8>(), vec((recent(), end()), 0..4), vec(recent(), 0..2), prop::option::weighted(0.8, slots()))
            .prop_map(|(worker, ends, stopped, claim)| Step::Turn { worker, ends, stopped, claim }),
        2 => any::<u8>().prop_map(|worker| Step::TurnAgain { worker }),
        2 => (any::<u8>(), vec(recent(), 1..4), prop::option::of(0..100u8))
            .prop_map(|(worker, attempts, beat)| Step::Renew { worker, attempts, beat }),
        2 => any::<u8>().prop_map(|task| Step::Cancel { task }),
        1 => vec(any::<u8>(), 1..5).prop_map(Step::CancelAll),
        2 => (vec(any::<u8>(), 1..6), any::<bool>(), prop::bool::weighted(0.3))
            .prop_map(|(tasks, reset_failures, only_dead)| Step::Resubmit { tasks, reset_failures, only_dead }),
        1 => (0..3u8).prop_map(Step::ResubmitAgain),
        1 => vec(any::<u8>(), 1..5).prop_map(Step::Hasten),
        1 => vec(any::<u8>(), 1..4).prop_map(Step::Forget),
        1 => vec(any::<u8>(), 1..4).prop_map(Step::Discard),
        3 => (prop::option::of(0..400u16), walk()).prop_map(|(stale, walk)| Step::Stall { stale, walk }),
        3 => walk().prop_map(Step::FallSilent),
        2 => (any::<bool>(), 0..500u16, walk()).prop_map(|(dead, age, walk)| Step::Prune { dead, age, walk }),
        1 => (any::<bool>(), prop::bool::weighted(0.3), 0..500u16)
            .prop_map(|(beta, elsewhere, waited)| Step::Drop { beta, elsewhere, waited }),
        1 => Just(Step::Expire),
        1 => (prop::bool::weighted(0.3), 0..300u16, any::<bool>(), walk())
            .prop_map(|(elsewhere, waited, scheduled, walk)| Step::Purge { elsewhere, waited, scheduled, walk }),
        1 => (any::<u8>(), prop::option::of(0..6u8)).prop_map(|(task, numerator)| Step::Stand { task, numerator }),
        2 => listing().prop_map(Step::List),
        1 => listing().prop_map(Step::Begin),
        3 => Just(Step::GoOn),
        1 => Just(Step::Count),
        2 => Just(Step::Promote),
        2 => Just(Step::Decide),
        2 => Just(Step::Reap),
        3 => prop_oneof![1..300u16, 900..1100u16].prop_map(Step::Wait),
        1 => prop::bool::weighted(0.1).prop_map(|day| if day { Step::WaitForADay } else { Step::Wait(1) }),
    ]
}

fn walk() -> impl Strategy<Value = Walk> {
    (1..5u8, prop::bool::weighted(0.3)).prop_map(|(limit, rehearsal)| Walk { limit, rehearsal })
}

fn submission() -> impl Strategy<Value = Submission> {
    let kind = (any::<bool>(), prop::bool::weighted(0.3), prop::bool::weighted(0.3));
    let times = (prop::option::weighted(0.3, 0..500u16), prop::option::weighted(0.2, 0..600u16));
    (any::<u8>(), kind, times, prop::bool::weighted(0.1), prop::option::weighted(0.3, 0..4u8)).prop_map(
        |(task, (beta, elsewhere, urgent), (delay, expires), altered, key)| Submission {
            task,
            beta,
            elsewhere,
            urgent,
            delay,
            altered,
            expires,
            key,
        },
    )
}

fn listing() -> impl Strategy<Value = Listing> {
    let what =
        (prop::option::weighted(0.7, 0..9u8), prop::bool::weighted(0.15), prop::option::weighted(0.3, any::<bool>()));
    let kind = (
        prop::option::weighted(0.2, any::<bool>()),
        prop::option::weighted(0.1, 1..3u32),
        prop::option::weighted(0.2, 0..4u8),
    );
    let times = (prop::option::weighted(0.2, any::<u8>()), prop::option::weighted(0.2, any::<u8>()));
    (what, kind, times, any::<bool>(), prop_oneof![1..4u8, Just(100u8)]).prop_map(
        |((status, dead, elsewhere), (beta, version, worker), (since, until), oldest_first, limit)| Listing {
            status,
            dead,
            elsewhere,
            beta,
            version,
            worker,
            since,
            until,
            oldest_first,
            limit,
        },
    )
}

/// Counts attempts back from the last, so that most are among those that run.
fn recent() -> impl Strategy<Value = u8> {
    prop_oneof![3 => 0..4u8, 1 => any::<u8>()]
}

fn slots() -> impl Strategy<Value = Slots> {
    let queue = || prop_oneof![4 => Just(9u8), 1 => 0..3u8];
    (0..5u8, 0..4u8, 0..4u8, queue(), queue(), limits()).prop_map(|(tasks, alphas, betas, queue, elsewhere, limits)| {
        Slots { tasks, alphas, betas, queue, elsewhere, limits }
    })
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        3 => Just(End::Complete),
        1 => Just(End::Fail),
        3 => Just(End::RetryAtOnce),
        2 => (0..5u8).prop_map(End::RetryLater),
        2 => Just(End::HandBack),
        1 => Just(End::Stop),
        1 => Just(End::ConfirmCancel),
    ]
}
