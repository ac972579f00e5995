use anyhow::{Result, ensure};

use crate::bench::Bench;
use crate::http::{Cost, Load, Shape, Side, measure as cost_of};
use crate::report::{Section, Spread, Table, grouped, runs};

const CONNECTIONS: usize = 50;
/// Tasks of a request that brings many.
const MANY: usize = 100;

/// W2 over HTTP: each shape of a request on both sides, a cost a run.
#[derive(Debug)]
pub(super) struct Requests {
    loads: Vec<(Load, Costs)>,
}

#[derive(Debug, Default, Clone)]
struct Costs {
    bare: Vec<Cost>,
    manager: Vec<Cost>,
}

pub(super) async fn measure(bench: &Bench) -> Result<Requests> {
    ensure!(
        bench.manager.exists(),
        "{} is missing: build it with `cargo build --release -p jobbers-manager`",
        bench.manager.display()
    );
    let load = |shape, requests: usize| Load { shape, connections: CONNECTIONS, requests: requests.max(CONNECTIONS) };
    let loads = [load(Shape::One, bench.tasks), load(Shape::Batch(MANY), bench.tasks.div_ceil(MANY))];
    let mut loads = loads.map(|load| (load, Costs::default()));
    for round in bench.rounds() {
        for (load, costs) in &mut loads {
            round.begins("W2 over HTTP", &format!("bare endpoint, {}", load.shape));
            costs.bare.push(cost_of(&Side::Bare, *load).await?);
            round.begins("W2 over HTTP", &format!("manager, {}", load.shape));
            costs.manager.push(cost_of(&Side::Manager(bench.manager.clone()), *load).await?);
        }
    }
    Ok(Requests { loads: loads.into() })
}

impl Requests {
    pub(super) fn section(&self) -> Section {
        let head = [
            "",
            "requests/s",
            "% of bare",
            "target",
            "server, ms CPU a 1,000 requests",
            "Redis",
            "client",
            "scripts a request",
        ];
        let mut table = Table::new("", &head);
        for (load, costs) in &self.loads {
            let shape = load.shape;
            table.row(row(&format!("bare endpoint, {shape}"), &costs.bare, &costs.bare, "–"));
            let target = if shape == Shape::One { "≥ 50 %" } else { "–" };
            table.row(row(&format!("manager, {shape}"), &costs.manager, &costs.bare, target));
        }
        let requests: Vec<_> = self.loads.iter().map(|(load, _)| grouped(load.requests as f64, 0)).collect();
        let times = self.loads.first().map_or(0, |(_, costs)| costs.bare.len());
        let work = format!(
            "W2 over HTTP: {CONNECTIONS} connections, {} requests, {}; client, server and Redis share the cores",
            requests.join(" and "),
            runs(times)
        );
        Section { name: "http", work, tables: vec![table], plots: Vec::new() }
    }
}

fn row(name: &str, costs: &[Cost], bare: &[Cost], target: &str) -> [String; 8] {
    let of = |costs: &[Cost], figure: fn(&Cost) -> f64| costs.iter().map(figure).collect::<Vec<_>>();
    let rate = |cost: &Cost| cost.requests_per_second;
    let spread = |figure: fn(&Cost) -> f64| format!("{:.1}", Spread::of(of(costs, figure)));
    [
        name.to_owned(),
        Spread::of(of(costs, rate)).to_string(),
        Spread::of_ratios(&of(costs, rate), &of(bare, rate)).times(100.0).to_string(),
        target.to_owned(),
        spread(|cost| cost.server_cpu),
        spread(|cost| cost.redis_cpu),
        spread(|cost| cost.client_cpu),
        format!("{:.2}", Spread::of(costs.iter().map(|cost| cost.scripts / 1e3))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manager_is_compared_with_the_bare_endpoint_of_the_same_load() {
        let cost = |requests_per_second| Cost {
            requests_per_second,
            server_cpu: 30.0,
            redis_cpu: 5.0,
            client_cpu: 9.0,
            scripts: 40.0,
        };
        let load = Load { shape: Shape::One, connections: CONNECTIONS, requests: 1_000 };
        let costs = Costs { bare: vec![cost(20_000.0)], manager: vec![cost(12_000.0)] };
        let section = Requests { loads: vec![(load, costs)] }.section();
        assert_eq!(section.tables[0].rows[1][2], "60 (60 – 60)");
        assert!(section.work.contains("50 connections, 1,000 requests"), "{}", section.work);
    }
}
