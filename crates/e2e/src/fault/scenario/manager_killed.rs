use crate::fault::{Bed, Chance, Length, Report};
use crate::{Installation, Store};

/// The manager dies in the middle of submissions. Clients send what was not answered again, to the next manager, with the
/// same id: it may have been stored, it may run already, it may have ended.
pub(super) async fn play(store: Store, length: Length, chance: Chance) -> Report {
    let mut bed = Bed::new(Installation::on(store), length, chance, 2).await;
    let kills = bed.times(4, 12);
    let plans = bed.plans(150, 600, 0.05);
    let submissions = bed.submit(plans, 0.6 * kills as f64);
    for _ in 0..kills {
        bed.pause(0.2, 0.8).await;
        bed.replace_manager().await;
    }
    bed.settle(submissions).await
}
