//! The fault matrix, for as long as you like.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use jobbers_e2e::Store;
use jobbers_e2e::fault::{Length, Report, Scenario, chance, scenario, table};

/// Runs every scenario of the fault matrix, round by round, and prints an account of all of them
#[derive(Debug, Parser)]
struct Arguments {
    /// No new round begins after so many minutes
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// Repeats the random choices of the run that printed it
    #[arg(long)]
    seed: Option<u64>,
    /// Only this scenario
    #[arg(long, value_parser = |name: &str| Scenario::named(name).ok_or("there is no such scenario"))]
    only: Option<Scenario>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let seed = arguments.seed.unwrap_or_else(chance::seed);
    println!("seed {seed}");
    let chosen = |scenario: &&Scenario| arguments.only.is_none_or(|only| only.name == scenario.name);
    let cases: Vec<_> = scenario::ALL
        .iter()
        .filter(chosen)
        .flat_map(|scenario| scenario.stores.iter().map(|store| (*scenario, *store)))
        .collect();
    let mut rows: Vec<_> =
        cases.iter().map(|(scenario, store)| table::Row::new(format!("{scenario:?}, {store:?}"))).collect();
    let began = Instant::now();
    let over = began + Duration::from_secs_f64(arguments.minutes * 60.0);
    for (n, (scenario, store)) in cases.iter().cycle().enumerate() {
        // Everything is run once, however short the time.
        if n >= cases.len() && Instant::now() >= over {
            break;
        }
        let row = &mut rows[n % cases.len()];
        let round = row.rounds + row.broken;
        let started = Instant::now();
        let played = play(*scenario, *store, seed, round);
        let (at, took) = (began.elapsed().as_secs(), started.elapsed().as_secs());
        match played {
            Ok(report) => {
                let wrong = report.findings.len();
                println!("{at:>5} s  {}, round {round}: {took} s, {:?}, {wrong} wrong", row.name, report.account);
                for line in report.findings.iter().map(ToString::to_string).chain(report.lines.clone()) {
                    println!("         {line}");
                }
                row.add(report);
            }
            Err(_) => {
                println!("{at:>5} s  {}, round {round}: it did not come to its end", row.name);
                row.broken += 1;
            }
        }
    }
    println!("\nseed {seed}, {} s\n\n{}", began.elapsed().as_secs(), table::table(&rows));
    ExitCode::from(u8::from(!rows.iter().all(table::Row::is_well)))
}

/// On a thread of its own, whose panic ends this round only. An error says that it panicked.
fn play(scenario: Scenario, store: Store, seed: u64, round: usize) -> std::thread::Result<Report> {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(scenario.play(store, Length::Long, seed, round))
    })
    .join()
}
