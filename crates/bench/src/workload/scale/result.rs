use anyhow::Result;

use super::asked::Asked;
use super::axis::Axis;
use super::steady::{Cost, WORK};
use crate::report::{Line, Plot, Section, Spread, Table, draw, grouped, runs};

/// What was measured at one place of an axis, a figure a run.
#[derive(Debug)]
pub(super) struct Measured {
    pub at: usize,
    pub costs: Vec<Cost>,
    /// Only along the number of waiting tasks.
    pub asked: Vec<Asked>,
}

/// W5: what a task costs as the store grows.
#[derive(Debug)]
pub(in crate::workload) struct Scale {
    pub(super) runs: usize,
    pub(super) axes: Vec<(Axis, Vec<Measured>)>,
}

impl Measured {
    fn spread(&self, of: fn(&Cost) -> f64) -> Spread {
        Spread::of(self.costs.iter().map(of))
    }
}

/// Percent that the dearest place costs more than the cheapest one, by their medians.
fn rise(measured: &[Measured], of: fn(&Cost) -> f64) -> f64 {
    let medians = || measured.iter().map(|measured| measured.spread(of).median);
    let (cheapest, dearest) = (medians().fold(f64::INFINITY, f64::min), medians().fold(0.0, f64::max));
    (dearest / cheapest - 1.0) * 100.0
}

impl Scale {
    pub(in crate::workload) fn section(&self) -> Result<Section> {
        let mut tables = vec![self.summary()];
        tables.extend(self.axes.iter().map(|(axis, measured)| costs(*axis, measured)));
        let asked = self.axes.iter().filter(|(axis, _)| *axis == Axis::Waiting);
        tables.extend(asked.map(|(_, measured)| questions(measured)));
        let mut plots = Vec::new();
        // A quick try may leave an axis with a single place.
        for (axis, measured) in self.axes.iter().filter(|(_, measured)| measured.len() > 1) {
            plots.push(plot(*axis, measured)?);
        }
        let work = format!(
            "W5: {} tasks submitted, claimed and ended at each place, {}",
            grouped(WORK as f64, 0),
            runs(self.runs)
        );
        Ok(Section { name: "w5", work, tables, plots })
    }

    fn summary(&self) -> Table {
        let caption = "How much more the dearest place of an axis costs than the cheapest, by the medians:";
        let mut table = Table::new(caption, &["axis", "from – to", "time in scripts, %", "target", "Redis CPU, %"]);
        for (axis, measured) in &self.axes {
            let at = |measured: Option<&Measured>| measured.map_or(f64::NAN, |measured| measured.at as f64);
            table.row([
                axis.title().to_owned(),
                format!("{} – {}", grouped(at(measured.first()), 0), grouped(at(measured.last()), 0)),
                grouped(rise(measured, Cost::scripts), 0),
                format!("≤ {} %", axis.target()),
                grouped(rise(measured, |cost| cost.cpu), 0),
            ]);
        }
        table
    }
}

fn costs(axis: Axis, measured: &[Measured]) -> Table {
    let head = [
        axis.title(),
        "time in scripts, µs a task",
        "of it to submit",
        "of it to claim and end",
        "Redis CPU in all, µs a task",
    ];
    let mut table = Table::new(format!("By {}:", axis.title()), &head);
    for measured in measured {
        table.row([
            grouped(measured.at as f64, 0),
            format!("{:.1}", measured.spread(Cost::scripts)),
            format!("{:.1}", measured.spread(|cost| cost.submit)),
            format!("{:.1}", measured.spread(|cost| cost.turn)),
            format!("{:.1}", measured.spread(|cost| cost.cpu)),
        ]);
    }
    table
}

fn questions(measured: &[Measured]) -> Table {
    let head = [
        "waiting tasks",
        "list, µs",
        "entries examined",
        "list of waiting ones, µs",
        "entries examined",
        "queue statistics, µs",
        "explain, µs",
    ];
    let mut table = Table::new("What questions cost (Redis CPU a call):", &head);
    for Measured { at, asked, .. } in measured {
        let time = |figure: fn(&Asked) -> f64| Spread::of(asked.iter().map(figure)).to_string();
        let most = |figure: fn(&Asked) -> usize| asked.iter().map(figure).max().unwrap_or_default().to_string();
        table.row([
            grouped(*at as f64, 0),
            time(|asked| asked.list),
            most(|asked| asked.list_examined),
            time(|asked| asked.list_waiting),
            most(|asked| asked.list_waiting_examined),
            time(|asked| asked.statistics),
            time(|asked| asked.explain),
        ]);
    }
    table
}

fn plot(axis: Axis, measured: &[Measured]) -> Result<Plot> {
    let line = Line {
        title: format!("Cost of a task by {}", axis.title()),
        x: format!("{} (logarithmic)", axis.title()),
        y: "time in scripts, µs a task".to_owned(),
        points: measured.iter().map(|measured| (measured.at as f64, measured.spread(Cost::scripts))).collect(),
    };
    let alternative =
        format!("A line: microseconds of Redis a task, by {}; its figures are in the table", axis.title());
    Ok(Plot { name: format!("scale-{}", axis.name()), alternative, svg: draw(&line)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(at: usize, scripts: f64) -> Measured {
        let asked = Asked {
            list: 90.0,
            list_examined: 50,
            list_waiting: 80.0,
            list_waiting_examined: 51,
            statistics: 70.0,
            explain: 60.0,
        };
        Measured {
            at,
            costs: vec![Cost { submit: 4.0, turn: scripts - 4.0, cpu: scripts * 2.0 }; 3],
            asked: vec![asked; 3],
        }
    }

    #[test]
    fn an_axis_is_judged_by_its_dearest_and_its_cheapest_place() {
        let places = [measured(1_000, 11.0), measured(10_000, 10.0), measured(100_000, 12.5)];
        assert!((rise(&places, Cost::scripts) - 25.0).abs() < 1e-9);
        let scale = Scale { runs: 3, axes: vec![(Axis::Waiting, places.into())] };
        let section = scale.section().expect("a plot");
        assert_eq!(section.tables[0].rows[0], ["waiting tasks", "1,000 – 100,000", "25", "≤ 20 %", "25"]);
        assert_eq!(section.tables[1].rows[2][..2], ["100,000", "12.5 (12.5 – 12.5)"]);
        assert_eq!(section.tables[2].rows[0][1..3], ["90 (90 – 90)", "50"]);
        assert_eq!(section.plots[0].name, "scale-waiting");
    }

    #[test]
    fn an_axis_with_one_place_has_no_plot() {
        let scale = Scale { runs: 3, axes: vec![(Axis::Waiting, vec![measured(1_000, 10.0)])] };
        assert!(scale.section().expect("no plot to draw").plots.is_empty());
    }
}
