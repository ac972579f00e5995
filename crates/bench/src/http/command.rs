use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Subcommand};

use super::{Cost, Load, Shape, Side, bare, measure};
use crate::report::{Spread, machine};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// W2 over HTTP: submissions to managers, beside a bare endpoint
    Http(Arguments),
    #[command(hide = true)]
    BareEndpoint {
        #[arg(long)]
        redis: String,
        #[arg(long)]
        port: u16,
    },
}

#[derive(Debug, Args)]
pub struct Arguments {
    /// The manager's program, or several to compare; by default the one beside this
    #[arg(long)]
    manager: Vec<PathBuf>,
    /// Requests with one task each
    #[arg(long, default_value_t = 40_000)]
    requests: usize,
    /// Requests with 100 tasks each
    #[arg(long, default_value_t = 1_000)]
    batches: usize,
    #[arg(long, default_value_t = 50)]
    connections: usize,
    /// Times that each load is put on each side
    #[arg(long, default_value_t = 3)]
    runs: usize,
}

impl Command {
    pub async fn run(self) -> Result<()> {
        match self {
            Self::Http(arguments) => arguments.run().await,
            Self::BareEndpoint { redis, port } => bare::serve(&redis, port).await,
        }
    }
}

impl Arguments {
    async fn run(mut self) -> Result<()> {
        if self.manager.is_empty() {
            self.manager.push(std::env::current_exe()?.with_file_name("jobbers_manager"));
        }
        let managers = self.manager.iter().cloned().map(Side::Manager);
        let sides: Vec<Side> = std::iter::once(Side::Bare).chain(managers).collect();
        let (connections, runs) = (self.connections, self.runs);
        println!("{}; {connections} connections, {runs} runs; median (smallest – largest)", machine());
        for (shape, requests) in [(Shape::One, self.requests), (Shape::Batch(100), self.batches)] {
            if requests == 0 {
                continue;
            }
            let costs = in_turns(&sides, Load { shape, connections, requests }, runs).await?;
            println!("W2 HTTP, {shape}, {requests} requests");
            report(&sides, &costs);
        }
        Ok(())
    }
}

/// All sides, again and again, so that whatever else the machine does meets them all alike.
async fn in_turns(sides: &[Side], load: Load, runs: usize) -> Result<Vec<Vec<Cost>>> {
    let mut costs = vec![Vec::with_capacity(runs); sides.len()];
    for _ in 0..runs {
        for (side, costs) in sides.iter().zip(&mut costs) {
            costs.push(measure(side, load).await?);
        }
    }
    Ok(costs)
}

/// The first side is the limit.
fn report(sides: &[Side], costs: &[Vec<Cost>]) {
    let spread = |costs: &[Cost], of: fn(&Cost) -> f64| Spread::of(costs.iter().map(of));
    let limit = costs.first().map_or(f64::NAN, |costs| spread(costs, |cost| cost.requests_per_second).median);
    for (side, costs) in sides.iter().zip(costs) {
        let rate = spread(costs, |cost| cost.requests_per_second);
        println!("  {}: {rate} requests/s, {:.0} % of the first", name(side), 100.0 * rate.median / limit);
        println!(
            "     CPU ms per 1,000 requests: server {:.1}, Redis {:.1}, client {:.1}; {:.0} scripts",
            spread(costs, |cost| cost.server_cpu),
            spread(costs, |cost| cost.redis_cpu),
            spread(costs, |cost| cost.client_cpu),
            spread(costs, |cost| cost.scripts),
        );
    }
}

fn name(side: &Side) -> String {
    match side {
        Side::Bare => "bare endpoint".into(),
        Side::Manager(program) => program.parent().map_or(program.as_path(), Path::new).display().to_string(),
    }
}
