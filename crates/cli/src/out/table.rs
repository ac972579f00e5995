use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, CellAlignment, Color, ColumnConstraint, ContentArrangement, Row};

use super::{Look, Tint};

/// Between columns.
const GAP: u16 = 2;

/// Nothing that is shown has it: so cells are cut anywhere, not only between words.
const NO_DELIMITER: char = '\u{1}';

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// Never cut.
    Whole(&'static str),
    /// Cut where the terminal is too narrow.
    Cut(&'static str),
    /// Never cut, at the right.
    Number(&'static str),
}

/// What stands in a row and a column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cell {
    text: String,
    tint: Tint,
}

impl Cell {
    #[expect(clippy::needless_pass_by_value, reason = "numbers and texts are passed alike")]
    pub(crate) fn tinted(text: impl ToString, tint: Tint) -> Self {
        let text = one_line(&text.to_string());
        let tint = if text.is_empty() { Tint::Plain } else { tint };
        Self { text, tint }
    }
}

impl<T: ToString> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::tinted(text, Tint::Plain)
    }
}

/// Rows under titles; one line each, as wide as the terminal at the most.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    titles: bool,
}

impl Table {
    pub(crate) fn new(columns: impl Into<Vec<Column>>) -> Self {
        Self { columns: columns.into(), rows: Vec::new(), titles: true }
    }

    /// Without the line of titles: it goes on under another table.
    pub(crate) const fn without_titles(mut self) -> Self {
        self.titles = false;
        self
    }

    pub(crate) fn row(&mut self, cells: impl Into<Vec<Cell>>) {
        self.rows.push(cells.into());
    }

    pub(crate) fn render(self, look: &Look) -> String {
        let mut table = comfy_table::Table::new();
        table.load_preset(NOTHING).set_truncation_indicator("…").set_delimiter(NO_DELIMITER);
        if look.colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        match look.width {
            Some(width) => table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        if self.titles {
            let title = |column: &Column| Cell::tinted(column.title(), Tint::Title).into();
            let mut titles = Row::from(self.columns.iter().map(title).collect::<Vec<comfy_table::Cell>>());
            titles.max_height(1);
            table.set_header(titles);
        }
        for cells in self.rows {
            let mut row = Row::from(cells.into_iter().map(Into::into).collect::<Vec<comfy_table::Cell>>());
            row.max_height(1);
            table.add_row(row);
        }
        let last = self.columns.len().saturating_sub(1);
        for (index, (column, shown)) in self.columns.iter().zip(table.column_iter_mut()).enumerate() {
            shown.set_padding((0, if index == last { 0 } else { GAP }));
            match column {
                Column::Whole(_) => {
                    shown.set_constraint(ColumnConstraint::ContentWidth);
                }
                Column::Number(_) => {
                    shown.set_constraint(ColumnConstraint::ContentWidth);
                    shown.set_cell_alignment(CellAlignment::Right);
                }
                Column::Cut(_) => {}
            }
        }
        let mut text = String::new();
        for line in table.lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

impl Column {
    const fn title(&self) -> &'static str {
        match self {
            Self::Whole(title) | Self::Cut(title) | Self::Number(title) => title,
        }
    }
}

impl From<Cell> for comfy_table::Cell {
    fn from(Cell { text, tint }: Cell) -> Self {
        let cell = Self::new_owned(text);
        match tint {
            Tint::Plain => cell,
            Tint::Title => cell.add_attribute(Attribute::Bold),
            Tint::Faint => cell.add_attribute(Attribute::Dim),
            Tint::Good => cell.fg(Color::DarkGreen),
            Tint::Bad => cell.fg(Color::DarkRed),
            Tint::Busy => cell.fg(Color::DarkCyan),
            Tint::Waiting => cell.fg(Color::DarkYellow),
        }
    }
}

/// A text on one line.
pub(crate) fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    visible(&line)
}

/// A text that came from outside, without what would steer the terminal.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Look = Look { width: None, height: None, colour: false, now: None };

    fn table() -> Table {
        let mut table = Table::new([Column::Whole("ID"), Column::Number("N"), Column::Cut("ERROR")]);
        table.row([Cell::from("01JBKR2E5F3G4H5J6K7X8M9N0P"), Cell::from(7), "short".into()]);
        let long = "it fails\nfor a reason that does not fit on any line of this width";
        table.row([Cell::from("01JBKR2E5F3G4H5J6K7X8M9N0Q"), Cell::from(1234), Cell::tinted(long, Tint::Bad)]);
        table
    }

    #[test]
    fn a_table_is_as_wide_as_its_cells_where_there_is_no_terminal() {
        insta::assert_snapshot!(table().render(&PLAIN));
    }

    #[test]
    fn long_cells_are_cut_to_the_terminal() {
        let text = table().render(&Look { width: Some(50), ..PLAIN });
        assert!(text.lines().all(|line| line.chars().count() <= 50), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn ids_are_whole_on_any_terminal() {
        let text = table().render(&Look { width: Some(20), ..PLAIN });
        assert!(text.contains("01JBKR2E5F3G4H5J6K7X8M9N0P"), "{text}");
    }

    #[test]
    fn colours_are_there_only_if_they_are_wanted() {
        assert!(!table().render(&PLAIN).contains('\u{1b}'));
        assert!(table().render(&Look { colour: true, ..PLAIN }).contains("\u{1b}["));
    }

    #[test]
    fn a_text_from_outside_cannot_steer_the_terminal() {
        assert_eq!(one_line("a\u{1b}[31mred\r\n b\tc"), "a\u{fffd}[31mred b c");
        assert_eq!(visible("a\n\u{7}b"), "a\n\u{fffd}b");
    }
}
