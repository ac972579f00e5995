//! Errors as bounded text: they are stored with the task.

use std::error::Error;

/// Longest text of an error, in bytes.
const LONGEST: usize = 8 * 1024;

/// An error with its sources, as one line of thought.
pub fn error_text(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    for source in chain(error).skip(1) {
        let source = source.to_string();
        // Some errors print their source, although they should not.
        if !text.contains(&source) {
            text.push_str(": ");
            text.push_str(&source);
        }
        if text.len() > LONGEST {
            break;
        }
    }
    shortened(text, LONGEST)
}

/// An error and its sources.
pub(crate) fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The text, cut after `limit` bytes with a word about what is missing.
pub fn shortened(mut text: String, limit: usize) -> String {
    if text.len() > limit {
        let kept = text.floor_char_boundary(limit);
        let missing = text.len() - kept;
        text.truncate(kept);
        text.push_str(&format!("… ({missing} bytes more)"));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot save")]
    struct Save(#[source] io::Error);

    #[derive(Debug, thiserror::Error)]
    #[error("cannot save: {0}")]
    struct Talkative(#[source] io::Error);

    #[test]
    fn sources_are_told_once() {
        assert_eq!(error_text(&Save(io::Error::other("disk full"))), "cannot save: disk full");
        assert_eq!(error_text(&Talkative(io::Error::other("disk full"))), "cannot save: disk full");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let text = shortened("ä".repeat(10), 5);
        assert_eq!(text, "ää… (16 bytes more)");
        let error = error_text(&Save(io::Error::other("x".repeat(100_000))));
        assert!(error.len() < LONGEST + 40 && error.ends_with(" bytes more)"));
    }
}
