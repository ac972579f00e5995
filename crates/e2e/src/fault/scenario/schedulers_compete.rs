use crate::fault::{Bed, Chance, Length, Report};
use crate::{Installation, Store};

/// Three schedulers look after the same tasks: due ones, and those of workers that die.
pub(super) async fn play(store: Store, length: Length, chance: Chance) -> Report {
    let mut bed = Bed::new(Installation::on(store), length, chance, 3).await;
    // Sometimes one by one, so that they meet in the middle.
    bed.start_scheduler(&[("SCHEDULER_BATCH_SIZE", "1")]);
    bed.start_scheduler(&[("SCHEDULER_POLL_INTERVAL", "0.03")]);
    let kills = bed.times(2, 6);
    let mut plans = bed.plans(100, 300, 0.3);
    for plan in plans.iter_mut().step_by(2) {
        // Many are due at about the same time.
        plan.delay.get_or_insert(1.0);
    }
    let submissions = bed.submit(plans, 0.8 * kills as f64);
    for _ in 0..kills {
        bed.pause(0.5, 1.2).await;
        bed.kill_a_worker();
        bed.start_worker(&[]);
    }
    bed.settle(submissions).await
}
