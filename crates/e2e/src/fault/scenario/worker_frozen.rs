use crate::fault::journal::Event;
use crate::fault::plan::Plan;
use crate::fault::proxy::{Proxy, Weather};
use crate::fault::{Bed, Chance, Length, Report};
use crate::{Installation, Store};

/// Workers are frozen for shorter or longer than their lease, and wake up with what is theirs, or not any more. On Redis
/// the word that takes a task away comes late once, when the worker has woken up and renewed: then it must not count.
pub(super) async fn play(store: Store, length: Length, mut chance: Chance) -> Report {
    let jobbers = Installation::on(store);
    let late = match &jobbers.redis {
        Some(redis) => Some(Proxy::before(redis.port(), Weather::default(), chance.split()).await),
        None => None,
    };
    let mut bed = Bed::new(jobbers, length, chance, 3).await;
    if let Some(late) = &late {
        bed.schedulers.clear();
        bed.start_scheduler(&[("STORE_URL", &late.url())]);
    }
    let plans = bed.plans(30, 150, 2.0);
    let submissions = bed.submit(plans, 2.0);
    for _ in 0..bed.times(1, 4) {
        let worker = bed.chance.below(bed.workers.len());
        let seconds = bed.chance.between(0.5, 1.5);
        bed.freeze(worker, seconds).await;
        // These are over when their worker wakes up, while they run again elsewhere: their first end must not count.
        for _ in 0..6 {
            let plan = Plan { seconds: bed.chance.between(1.8, 2.4), ..Plan::new(&mut bed.chance) };
            bed.client.submit(&plan).await;
        }
        // Longer than a lease: what it runs is taken away, and it must learn that when it wakes up.
        let worker = runs_a_task_of(&mut bed, 6.0).await;
        let seconds = bed.chance.between(2.4, 3.2);
        bed.freeze(worker, seconds).await;
    }
    if let Some(late) = &late {
        for _ in 0..bed.times(1, 2) {
            wakes_up_before_it_is_taken_away(&mut bed, late).await;
        }
        if late.counts().held == 0 {
            bed.client.is_surprised("proxy", "no word came late");
        }
    }
    bed.settle(submissions).await
}

async fn wakes_up_before_it_is_taken_away(bed: &mut Bed, late: &Proxy) {
    let worker = runs_a_task_of(bed, 8.0).await;
    // All leases of the worker are renewed together, so that no other task of it is overdue sooner.
    bed.pause(0.8, 1.0).await;
    // The overdue task is listed within the freeze; the word that takes it away comes a whole lease after its end.
    late.becomes(Weather { held: Some(("verdicts", 3.6)), ..Weather::default() });
    bed.freeze(worker, 2.4).await;
    bed.pause(3.4, 3.6).await;
    late.becomes(Weather::default());
}

/// The place of the worker that has just begun with a task of so many seconds.
async fn runs_a_task_of(bed: &mut Bed, seconds: f64) -> usize {
    let plan = Plan { seconds, ..Plan::new(&mut bed.chance) };
    bed.client.submit(&plan).await;
    crate::eventually("the long task runs", crate::api::SOON, async || {
        let pid = bed.journal.read().iter().find_map(|line| match &line.event {
            Event::Start { run } if run.id == plan.id => Some(run.pid),
            _ => None,
        })?;
        bed.workers.iter().position(|worker| worker.pid() == pid)
    })
    .await
}
