use std::fmt::Write as _;

/// A table of figures; the first column names the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it shows, in one line.
    pub caption: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(caption: impl Into<String>, head: &[&str]) -> Self {
        Self { caption: caption.into(), head: head.iter().map(ToString::to_string).collect(), rows: Vec::new() }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// As Markdown: names to the left, figures to the right.
    pub fn markdown(&self) -> String {
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let marks: Vec<String> =
            (0..self.head.len()).map(|column| if column == 0 { "---".into() } else { "---:".into() }).collect();
        let mut text = String::new();
        if !self.caption.is_empty() {
            let _ = write!(text, "{}\n\n", self.caption);
        }
        text += &line(&self.head);
        text += &line(&marks);
        text.extend(self.rows.iter().map(|row| line(row)));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_to_the_left_and_figures_to_the_right() {
        let mut table = Table::new("Tasks per second.", &["store", "rate"]);
        table.row(["Redis".to_owned(), "48,123".to_owned()]);
        let expected = "Tasks per second.\n\n| store | rate |\n| --- | ---: |\n| Redis | 48,123 |\n";
        assert_eq!(table.markdown(), expected);
    }

    #[test]
    fn a_bar_in_a_cell_does_not_end_it() {
        let mut table = Table::new("", &["a|b"]);
        table.row(["c|d".to_owned()]);
        assert_eq!(table.markdown(), "| a\\|b |\n| --- |\n| c\\|d |\n");
    }
}
