use std::sync::Arc;
use std::time::Duration;

use crate::fault::plan::Plan;
use crate::fault::{Bed, Chance, Length, Report};
use crate::{Installation, Store};

/// Clients at once.
const CLIENTS: usize = 6;

/// Tasks are cancelled, some twice, about when they are picked up, when they end, and when they are tried again.
pub(super) async fn play(store: Store, length: Length, chance: Chance) -> Report {
    let mut bed = Bed::new(Installation::on(store), length, chance, 2).await;
    let plans = bed.plans(240, 900, 0.1);
    let mut shares: Vec<Vec<Plan>> = vec![Vec::new(); CLIENTS];
    for (n, plan) in plans.into_iter().enumerate() {
        shares[n % CLIENTS].push(plan);
    }
    let mut clients = Vec::new();
    for share in shares {
        let (client, mut chance) = (Arc::clone(&bed.client), bed.chance.split());
        clients.push(tokio::spawn(async move {
            let mut cancels = Vec::new();
            for plan in share {
                client.submit(&plan).await;
                for _ in 0..chance.below(3) {
                    let (client, id, after) = (Arc::clone(&client), plan.id.clone(), chance.between(0.0, 0.25));
                    cancels.push(tokio::spawn(async move {
                        tokio::time::sleep(Duration::from_secs_f64(after)).await;
                        client.cancel(&id).await;
                    }));
                }
                tokio::time::sleep(Duration::from_secs_f64(chance.between(0.0, 0.1))).await;
            }
            for cancel in cancels {
                cancel.await.expect("a cancellation is answered");
            }
        }));
    }
    bed.settle(clients).await
}
