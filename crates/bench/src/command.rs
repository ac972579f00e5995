use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::{Parser, Subcommand};

use crate::bench::{Bench, progress};
use crate::http;
use crate::report::{Machine, Section, replace};
use crate::workload::Workload;

/// Where plots are, as seen from the document.
const PLOTS: &str = "plots";

/// Measures Jobbers beside the limit of the machine, on stores of its own. Results go to standard output as Markdown, and what it
/// is at to standard error
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct Command {
    #[command(subcommand)]
    part: Option<Part>,

    /// What to measure, with commas between; all but w5, which takes long, unless this is said
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WORKLOADS")]
    only: Vec<Workload>,

    /// Tasks that are drained, submitted or kept (w1, w2, w4, w6)
    #[arg(long, default_value_t = 50_000, value_name = "NUMBER", value_parser = at_least_100)]
    tasks: usize,

    /// Tasks whose latency is measured (w3)
    #[arg(long, default_value_t = 2_000, value_name = "NUMBER", value_parser = at_least_100)]
    latencies: usize,

    /// Times that each workload is run; what is compared is run in turns
    #[arg(long, default_value_t = 3, value_name = "NUMBER", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    runs: usize,

    /// The most waiting tasks that the cost of a task is measured with (w5): less for a quick try, at some 300 bytes of memory each
    #[arg(long, default_value_t = 5_000_000, value_name = "NUMBER", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1_000..))]
    scale_max: usize,

    /// Also write the results into the document, between their markers, and the plots beside it
    #[arg(long)]
    write: bool,

    /// The document
    #[arg(long, default_value = "docs/performance.md", value_name = "PATH")]
    document: PathBuf,

    /// The worker's program; by default the one beside this
    #[arg(long, value_name = "PATH")]
    worker: Option<PathBuf>,

    /// The manager's program; by default the one beside this
    #[arg(long, value_name = "PATH")]
    manager: Option<PathBuf>,
}

/// What runs as a process of its own, so that its CPU time can be told.
#[derive(Debug, Subcommand)]
enum Part {
    /// The bare endpoint
    #[command(hide = true)]
    BareEndpoint {
        #[arg(long)]
        redis: String,
        #[arg(long)]
        port: u16,
    },
}

fn at_least_100(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number >= 100);
    number.ok_or_else(|| "a whole number from 100 is needed".to_owned())
}

impl Command {
    /// Measures everything that was asked for. What is measured is written at once, so that an error later on costs only the rest.
    pub async fn run(self) -> Result<()> {
        if let Some(Part::BareEndpoint { redis, port }) = &self.part {
            return http::serve(redis, *port).await;
        }
        let machine = Machine::here()?.to_string();
        if self.write {
            ensure!(self.document.exists(), "{} is missing: there is nothing to write into", self.document.display());
        }
        let bench = self.bench()?;
        let workloads = if self.only.is_empty() { &Workload::USUAL[..] } else { &self.only };
        for workload in workloads {
            let section = workload.measure(&bench).await.with_context(|| format!("measuring {workload:?}"))?;
            println!("{}", section.markdown(&machine, PLOTS));
            if self.write {
                write(&self.document, &section, &machine)?;
                progress(&format!("written into {}", self.document.display()));
            }
        }
        Ok(())
    }

    fn bench(&self) -> Result<Bench> {
        let this = std::env::current_exe()?;
        let program = |given: &Option<PathBuf>, name| given.clone().unwrap_or_else(|| this.with_file_name(name));
        let (worker, manager) = (program(&self.worker, "jobbers_worker"), program(&self.manager, "jobbers_manager"));
        ensure!(
            worker.exists(),
            "{} is missing: build it with `cargo build --release -p jobbers-worker`",
            worker.display()
        );
        let Self { tasks, latencies, runs, scale_max, .. } = *self;
        Ok(Bench { tasks, latencies, runs, worker, manager, scale_max })
    }
}

fn write(document: &Path, section: &Section, machine: &str) -> Result<()> {
    let text = std::fs::read_to_string(document).with_context(|| format!("reading {}", document.display()))?;
    let text = replace(&text, section.name, &section.markdown(machine, PLOTS))
        .with_context(|| format!("{} has no place for {}", document.display(), section.name))?;
    let folder = document.with_file_name(PLOTS);
    for plot in &section.plots {
        std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let path = folder.join(format!("{}.svg", plot.name));
        std::fs::write(&path, &plot.svg).with_context(|| format!("writing {}", path.display()))?;
    }
    std::fs::write(document, text).with_context(|| format!("writing {}", document.display()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::report::{Plot, Table};

    #[test]
    fn the_flags_make_sense() {
        Command::command().debug_assert();
        let command = Command::try_parse_from(["jobbers_bench", "--only", "w1,w3"]).expect("two workloads");
        assert_eq!(command.only, [Workload::W1, Workload::W3]);
        for wrong in [["--only", "w9"], ["--tasks", "0"], ["--runs", "0"], ["--scale-max", "10"]] {
            assert!(Command::try_parse_from(["jobbers_bench"].iter().chain(&wrong)).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn figures_go_between_the_markers_and_plots_beside_the_document() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let document = folder.path().join("performance.md");
        std::fs::write(&document, "By hand.\n<!-- begin w5 -->\n<!-- end w5 -->\n").expect("written");
        let plot = Plot { name: "scale-queues".into(), alternative: "A line".into(), svg: "<svg/>".into() };
        let section =
            Section { name: "w5", work: "W5".into(), tables: vec![Table::new("", &["a"])], plots: vec![plot] };
        write(&document, &section, "A machine").expect("written");
        let text = std::fs::read_to_string(&document).expect("read");
        assert!(text.starts_with("By hand.\n<!-- begin w5 -->\n\n*A machine. W5*"), "{text}");
        let svg = std::fs::read_to_string(folder.path().join("plots/scale-queues.svg")).expect("read");
        assert_eq!(svg, "<svg/>");
    }

    #[test]
    fn the_document_has_a_place_for_every_workload() {
        let text = include_str!("../../../docs/performance.md");
        for name in ["w1", "w2", "http", "w3", "w4", "w5", "w6"] {
            assert!(replace(text, name, "").is_ok(), "{name}");
        }
    }
}
