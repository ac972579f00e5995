use crate::fault::{Bed, Chance, Length, Report};
use crate::{Installation, Store};

/// The scheduler dies again and again, in the middle of what it moves. Nothing is due twice, nothing is forgotten.
pub(super) async fn play(store: Store, length: Length, chance: Chance) -> Report {
    let mut bed = Bed::new(Installation::on(store), length, chance, 2).await;
    let kills = bed.times(6, 20);
    let mut plans = bed.plans(100, 400, 0.1);
    for plan in plans.iter_mut().step_by(2) {
        plan.delay.get_or_insert(bed.chance.between(0.0, 0.5 * kills as f64));
    }
    let submissions = bed.submit(plans, 0.3 * kills as f64);
    for _ in 0..kills {
        bed.pause(0.1, 0.6).await;
        bed.schedulers.clear();
        bed.pause(0.0, 0.3).await;
        bed.start_scheduler(&[]);
    }
    bed.settle(submissions).await
}
