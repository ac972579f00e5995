use crate::fault::journal::Event;
use crate::fault::{Bed, Chance, Length, Report};
use crate::{Installation, Store};

/// Redis, which writes everything to the disk before it answers, ends as by a power cut and comes back: after a moment, and
/// after longer than a lease. Nobody could renew, but every worker is well: nothing runs twice.
pub(super) async fn play(store: Store, length: Length, chance: Chance) -> Report {
    let mut bed = Bed::new(Installation::on(store), length, chance, 3).await;
    let outages = bed.times(2, 4);
    let plans = bed.plans(150, 400, 1.0);
    let submissions = bed.submit(plans, 1.5 * outages as f64);
    for outage in 0..outages {
        bed.pause(0.6, 1.2).await;
        bed.write(Event::Down);
        bed.jobbers.redis.as_mut().expect("this is for Redis").kill();
        if outage % 2 == 0 {
            bed.pause(2.2, 3.2).await;
        } else {
            bed.pause(0.0, 1.0).await;
        }
        bed.schedulers.clear();
        bed.jobbers.redis.as_mut().expect("this is for Redis").start_again();
        bed.write(Event::Back);
        // A fresh one is there before the workers, which ask less and less often, have noticed.
        bed.start_scheduler(&[]);
        // So long may it take until work goes on.
        bed.pause(2.0, 3.0).await;
    }
    bed.settle(submissions).await
}
