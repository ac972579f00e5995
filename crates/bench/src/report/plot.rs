use anyhow::{Result, anyhow, ensure};
use plotters::prelude::*;

use super::{Spread, grouped};

const SIZE: (u32, u32) = (720, 360);
/// Dark on a light card of its own, so that it can be read whatever the page is like.
const CARD: RGBColor = RGBColor(250, 250, 250);
const INK: RGBColor = RGBColor(40, 40, 40);
const GRID: RGBColor = RGBColor(215, 215, 215);
const LINE: RGBColor = RGBColor(20, 90, 180);

/// One line of figures over an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub title: String,
    /// What is on the axis, with its unit.
    pub x: String,
    pub y: String,
    /// At least two, x from small to large.
    pub points: Vec<(f64, Spread)>,
}

/// An SVG picture: x on a logarithmic scale, y from zero; the medians with their spread.
pub fn draw(line: &Line) -> Result<String> {
    let (first, last) = match line.points.as_slice() {
        [first, .., last] => (first.0, last.0),
        _ => (0.0, 0.0),
    };
    ensure!(0.0 < first && first < last, "a plot needs two places on its axis: {}", line.title);
    let highest = line.points.iter().map(|(_, spread)| spread.largest).fold(0.0, f64::max);
    let mut svg = String::new();
    paint(&mut svg, line, (first, last), highest * 1.15).map_err(|error| anyhow!("drawing {}: {error}", line.title))?;
    Ok(svg)
}

fn paint(
    svg: &mut String,
    line: &Line,
    (first, last): (f64, f64),
    top: f64,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let text = |size: i32| ("sans-serif", size).into_font().color(&INK);
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    let whole = |error: DrawingAreaErrorKind<_>| error.to_string();
    root.fill(&CARD).map_err(whole)?;
    let mut chart = ChartBuilder::on(&root)
        .margin(14)
        .margin_right(36)
        .caption(&line.title, text(18))
        .x_label_area_size(48)
        .y_label_area_size(64)
        .build_cartesian_2d((first..last).log_scale(), 0.0..top)
        .map_err(whole)?;
    chart
        .configure_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .x_desc(&line.x)
        .y_desc(&line.y)
        .x_label_formatter(&|x| grouped(*x, 0))
        .y_label_formatter(&|y| grouped(*y, 0))
        .label_style(text(13))
        .axis_desc_style(text(14))
        .draw()
        .map_err(whole)?;
    let medians = line.points.iter().map(|(x, spread)| (*x, spread.median));
    chart.draw_series(LineSeries::new(medians.clone(), LINE.stroke_width(2))).map_err(whole)?;
    let spreads = line.points.iter().map(|(x, spread)| {
        PathElement::new(vec![(*x, spread.smallest), (*x, spread.largest)], LINE.mix(0.6).stroke_width(1))
    });
    chart.draw_series(spreads).map_err(whole)?;
    chart.draw_series(medians.map(|at| Circle::new(at, 4, LINE.filled()))).map_err(whole)?;
    root.present().map_err(whole)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[f64]) -> Line {
        let points = points.iter().map(|x| (*x, Spread::of([10.0, 12.0]))).collect();
        Line { title: "Cost".into(), x: "waiting tasks".into(), y: "µs a task".into(), points }
    }

    #[test]
    fn a_plot_names_its_axes_and_marks_each_place() {
        let svg = draw(&line(&[1e3, 1e4, 1e5])).expect("three places");
        for text in ["Cost", "waiting tasks", "µs a task", "100,000"] {
            assert!(svg.contains(text), "{text} is missing");
        }
        assert_eq!(svg.matches("<circle").count(), 3);
    }

    #[test]
    fn a_plot_of_one_place_is_refused() {
        assert!(draw(&line(&[1e3])).is_err());
    }
}
