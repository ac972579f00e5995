//! W5: what a task costs Redis as the store grows. Simulated workers, one after the other, so that nothing but the store
//! differs from place to place.

mod asked;
mod axis;
mod result;
mod simulated;
mod steady;

use anyhow::Result;

use crate::bench::{Bench, progress};
use asked::ask;
use axis::Axis;
use result::{Measured, Scale};
use steady::Steady;

pub(super) async fn measure(bench: &Bench) -> Result<Scale> {
    let mut axes = Vec::new();
    for axis in Axis::ALL {
        axes.push((axis, along(axis, bench).await?));
    }
    Ok(Scale { runs: bench.runs, axes })
}

/// All stores of an axis are there at once, so that each round goes over all of them.
async fn along(axis: Axis, bench: &Bench) -> Result<Vec<Measured>> {
    let mut stores = Vec::new();
    for point in axis.points(bench.scale_max) {
        progress(&format!("W5, filling a store: {} {}", axis.of(point), axis.title()));
        stores
            .push((Steady::fill(point).await?, Measured { at: axis.of(point), costs: Vec::new(), asked: Vec::new() }));
    }
    for round in bench.rounds() {
        round.begins("W5", &format!("cost of a task by {}", axis.title()));
        for (steady, measured) in &mut stores {
            measured.costs.push(steady.work().await?);
            if axis == Axis::Waiting {
                measured.asked.push(ask(steady).await?);
            }
        }
    }
    Ok(stores.into_iter().map(|(_, measured)| measured).collect())
}
