use reqwest::Method;

use crate::fault::plan::Plan;
use crate::fault::{Bed, Chance, Length, Report};
use crate::{Installation, Store, eventually};

const WITH_LITTLE_MEMORY: [&str; 8] =
    ["--save", "", "--appendonly", "yes", "--maxmemory", "8mb", "--maxmemory-policy", "noeviction"];
/// Submissions that are refused one after the other before the store counts as full.
const REFUSED: usize = 5;
/// Many times as many as there is room for.
const MANY: usize = 2_000;

/// Redis has no memory left. Submissions are refused and have not happened; what is there runs to its end; and when
/// something was removed there is room again.
pub(super) async fn play(_: Store, length: Length, chance: Chance) -> Report {
    let mut bed = Bed::new(Installation::on_redis(&WITH_LITTLE_MEMORY), length, chance, 2).await;
    let mut refused: Vec<Plan> = Vec::new();
    let mut in_a_row = 0;
    while in_a_row < REFUSED {
        let mut plan = Plan::mixed(&mut bed.chance, 0.4);
        plan.ballast = 20_000 + bed.chance.below(40_000);
        if bed.client.try_submit(&plan).await {
            in_a_row = 0;
            let accepted = bed.client.accepted().len();
            assert!(accepted < MANY, "{accepted} submissions were taken, and the store is still not full");
        } else {
            refused.push(plan);
            in_a_row += 1;
        }
    }
    for plan in &refused {
        let status = bed.client.api().status(&format!("/tasks/{}", plan.id)).await;
        if status != Some(404) {
            bed.client.is_surprised(&plan.id, &format!("it was refused, and then there is {status:?}"));
        }
    }
    let client = std::sync::Arc::clone(&bed.client);
    let report = bed.settle_with(Vec::new(), async |bed| {
        // Half of what has ended goes.
        for id in client.list("/tasks?status=completed").await.iter().step_by(2) {
            client.repeat(Method::DELETE, &format!("/tasks/{id}"), None).await;
        }
        let plan = Plan::new(&mut bed.chance);
        eventually("there is room again", crate::api::SOON, async || client.try_submit(&plan).await.then_some(()))
            .await;
        client.api().reaches(&plan.id, "completed").await;
    });
    report.await
}
