//! The lifecycle as a table for people: `docs/lifecycle.md` carries this text, and a test compares them.

use std::fmt::Write as _;

use super::{Event, step};
use crate::model::Status;

/// The transition table in Markdown: a row an event, a column a status, the status that follows; `–` where it is refused.
pub fn markdown() -> String {
    let mut text = String::from("| event |");
    for status in Status::ALL {
        let _ = write!(text, " {status} |");
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(Status::ALL.len()));
    text.push('\n');
    for event in Event::ALL {
        let _ = write!(text, "| {event} |");
        for status in Status::ALL {
            match step(status, event) {
                Ok(next) => {
                    let _ = write!(text, " {next} |");
                }
                Err(_) => text.push_str(" – |"),
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_as_agreed() {
        insta::assert_snapshot!(super::markdown());
    }

    #[test]
    fn the_lifecycle_page_carries_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/lifecycle.md");
        let page = std::fs::read_to_string(path).expect("docs/lifecycle.md");
        assert!(
            page.contains(&super::markdown()),
            "docs/lifecycle.md differs from the code; it should contain:\n{}",
            super::markdown()
        );
    }
}
