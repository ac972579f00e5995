use crate::fault::proxy::{Proxy, Weather};
use crate::fault::{Bed, Chance, Length, Report};
use crate::{Installation, Store};

/// Connections to Redis are cut before a request has happened, and after, and requests are late: of every program. No worker
/// is away for long, so no task is taken away and none runs twice, whatever has to be said twice.
pub(super) async fn play(store: Store, length: Length, mut chance: Chance) -> Report {
    let jobbers = Installation::on(store);
    let port = jobbers.redis.as_ref().expect("this is for Redis").port();
    let proxy = Proxy::before(port, Weather::default(), chance.split()).await;
    let mut bed = Bed::behind(Some(proxy), jobbers, length, chance, 3).await;
    let storms = bed.times(3, 12);
    let plans = bed.plans(150, 500, 0.3);
    let submissions = bed.submit(plans, 1.0 * storms as f64);
    for _ in 0..storms {
        let weather = Weather {
            cut_before: bed.chance.between(0.0, 0.04),
            cut_after: bed.chance.between(0.01, 0.08),
            delayed: bed.chance.between(0.0, 0.1),
            longest_delay: 0.3,
            held: None,
        };
        if let Some(proxy) = &bed.proxy {
            proxy.becomes(weather);
        }
        bed.pause(0.8, 1.2).await;
    }
    let counts = bed.proxy.as_ref().map(|proxy| {
        proxy.becomes(Weather::default());
        proxy.counts()
    });
    if counts.is_none_or(|counts| counts.cut_before == 0 || counts.cut_after == 0 || counts.delayed == 0) {
        bed.client.is_surprised("proxy", &format!("the weather was too good: {counts:?}"));
    }
    bed.settle(submissions).await
}
