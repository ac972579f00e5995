use std::fmt;

use super::number::grouped;

/// Median, smallest and largest of several runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    pub median: f64,
    pub smallest: f64,
    pub largest: f64,
}

impl Spread {
    /// Of at least one figure; of none it is `NaN`, so that a gap shows.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        let at = |index: usize| figures.get(index).copied().unwrap_or(f64::NAN);
        let last = figures.len().saturating_sub(1);
        Self { median: f64::midpoint(at(last / 2), at(last.div_ceil(2))), smallest: at(0), largest: at(last) }
    }

    /// Of the ratios of figures that belong together because they were measured side by side.
    pub fn of_ratios(figures: &[f64], to: &[f64]) -> Self {
        Self::of(figures.iter().zip(to).map(|(figure, to)| figure / to))
    }

    /// In other units.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { median: self.median * factor, smallest: self.smallest * factor, largest: self.largest * factor }
    }
}

/// `48,123 (47,001 – 49,950)`, with as many decimals as the precision says.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |figure| grouped(figure, f.precision().unwrap_or(0));
        write!(f, "{} ({} – {})", text(self.median), text(self.smallest), text(self.largest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_has_the_median_and_both_ends() {
        let spread = Spread::of([3.0, 1.0, 2.0]);
        assert_eq!(format!("{spread:.1}"), "2.0 (1.0 – 3.0)");
    }

    #[test]
    fn the_median_of_an_even_number_of_figures_is_between_the_middle_two() {
        assert_eq!(Spread::of([4.0, 1.0, 2.0, 3.0]).median, 2.5);
    }

    #[test]
    fn the_spread_of_nothing_is_no_number() {
        assert!(Spread::of([]).median.is_nan());
    }

    #[test]
    fn ratios_are_taken_run_by_run() {
        let ratios = Spread::of_ratios(&[10.0, 30.0, 20.0], &[100.0, 100.0, 50.0]);
        assert_eq!(ratios, Spread { median: 0.3, smallest: 0.1, largest: 0.4 });
    }
}
