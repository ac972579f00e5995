use super::Table;

/// What one workload has to say: one block of the document.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Of the block's markers.
    pub name: &'static str,
    /// What was done, in one line, with its numbers.
    pub work: String,
    pub tables: Vec<Table>,
    pub plots: Vec<Plot>,
}

/// A drawing beside the document.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// Of its file.
    pub name: String,
    /// What it shows, for those who do not see it.
    pub alternative: String,
    pub svg: String,
}

impl Section {
    /// As Markdown; `folder` is where the plots are, as seen from the document.
    pub fn markdown(&self, measured_on: &str, folder: &str) -> String {
        let mut parts = vec![format!("*{measured_on}. {}*\n", self.work)];
        parts.extend(self.tables.iter().map(Table::markdown));
        let image = |plot: &Plot| format!("![{}]({folder}/{}.svg)\n", plot.alternative, plot.name);
        parts.extend(self.plots.iter().map(image));
        parts.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_says_where_and_how_before_it_shows_figures_and_plots() {
        let plot = Plot { name: "scale-queues".into(), alternative: "Cost by queues".into(), svg: String::new() };
        let tables = vec![Table::new("", &["a"])];
        let section = Section { name: "w5", work: "3 runs.".into(), tables, plots: vec![plot] };
        let expected = "*A machine. 3 runs.*\n\n| a |\n| --- |\n\n![Cost by queues](plots/scale-queues.svg)\n";
        assert_eq!(section.markdown("A machine", "plots"), expected);
    }
}
