use crate::fault::{Bed, Chance, Length, Report};
use crate::{Installation, Store};

/// Workers die at random instants, and others take their place: while they claim, run, renew and finish.
pub(super) async fn play(store: Store, length: Length, chance: Chance) -> Report {
    let mut bed = Bed::new(Installation::on(store), length, chance, 3).await;
    let plans = bed.plans(90, 300, 0.6);
    let kills = bed.times(4, 12);
    let submissions = bed.submit(plans, 0.6 * kills as f64);
    for _ in 0..kills {
        bed.pause(0.2, 1.0).await;
        bed.kill_a_worker();
        bed.start_worker(&[]);
    }
    bed.settle(submissions).await
}
