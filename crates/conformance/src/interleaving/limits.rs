use jobbers_core::model::{Period, RateLimit};
use jobbers_core::store::{Claim, QueueSlots};
use proptest::prelude::*;

use crate::sample::{QUEUE, alpha};

/// What a worker has heard of limits over all workers; what is none is unlimited.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub alphas: Option<u8>,
    pub betas: Option<u8>,
    pub queue: Option<u8>,
    pub elsewhere: Option<u8>,
    /// Tasks that may start in a window.
    pub rate: Option<u8>,
    pub elsewhere_rate: Option<u8>,
}

/// How long the windows of the two queues' rates are: the same in all of a case, since what a store forgets when a
/// window becomes longer is left open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Windows {
    queue: u8,
    elsewhere: u8,
}

/// In parts of 1, 3, 20 and 60 milliseconds.
const WINDOWS: [(u32, Period); 4] =
    [(1, Period::Second), (3, Period::Second), (20, Period::Second), (1, Period::Minute)];

impl Limits {
    pub fn put_into(self, claim: &mut Claim, windows: Windows) {
        for slots in &mut claim.queues {
            let is_elsewhere = slots.queue != QUEUE;
            let (total, numerator) =
                if is_elsewhere { (self.elsewhere, self.elsewhere_rate) } else { (self.queue, self.rate) };
            let rate = numerator.map(|numerator| windows.rate(is_elsewhere, numerator));
            *slots = QueueSlots { total: total.map(u32::from), rate, ..slots.clone() };
        }
        for slots in &mut claim.types {
            slots.total = if slots.task_type == alpha() { self.alphas } else { self.betas }.map(u32::from);
        }
    }
}

impl Windows {
    pub fn rate(self, is_elsewhere: bool, numerator: u8) -> RateLimit {
        let index = if is_elsewhere { self.elsewhere } else { self.queue };
        let (denominator, period) = WINDOWS[usize::from(index)];
        RateLimit { numerator: u32::from(numerator), denominator, period }
    }
}

pub(super) fn limits() -> impl Strategy<Value = Limits> {
    let total = || prop::option::weighted(0.2, 0..4u8);
    let rate = || prop::option::weighted(0.3, 0..5u8);
    (total(), total(), total(), total(), rate(), rate()).prop_map(
        |(alphas, betas, queue, elsewhere, rate, elsewhere_rate)| Limits {
            alphas,
            betas,
            queue,
            elsewhere,
            rate,
            elsewhere_rate,
        },
    )
}

pub(super) fn windows() -> impl Strategy<Value = Windows> {
    (0..4u8, 0..4u8).prop_map(|(queue, elsewhere)| Windows { queue, elsewhere })
}
