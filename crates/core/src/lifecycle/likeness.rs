//! Which errors are alike, for grouping dead letters.

use sha2::{Digest, Sha256};

use crate::model::{EndDetail, ErrorFingerprint, ErrorKind};

/// Characters of a message that tell errors apart.
const COMPARED: usize = 200;

/// What an error has in common with others like it: its type, and its message on one line, in which each word with a
/// digit is `#` and each text in double quotes or backticks is `…`.
pub fn kind(end: &EndDetail) -> ErrorKind {
    ErrorKind { error_type: end.error_type.clone(), message: normalised(&end.error) }
}

/// The same for every process and every version of this program.
pub fn fingerprint(kind: &ErrorKind) -> ErrorFingerprint {
    let mut hash = Sha256::new();
    hash.update(kind.error_type.as_bytes());
    hash.update([0]);
    hash.update(kind.message.as_bytes());
    let mut first = ErrorFingerprint::default();
    let length = first.len();
    first.copy_from_slice(&hash.finalize()[..length]);
    first
}

fn normalised(message: &str) -> String {
    // What is compared comes from what is at the front, however long a message is.
    let mut text = without_quoted(message.chars().take(8 * COMPARED));
    text = text.split_whitespace().map(without_varying).collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = text.char_indices().nth(COMPARED) {
        text.truncate(end);
    }
    text
}

/// What stands between two of the same quotation marks becomes `…`; a mark without its pair stays.
fn without_quoted(message: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    let mut open: Option<(char, usize)> = None;
    for character in message {
        text.push(character);
        match open {
            Some((mark, from)) if mark == character => {
                text.truncate(from);
                text.push('…');
                text.push(mark);
                open = None;
            }
            None if matches!(character, '"' | '`') => open = Some((character, text.len())),
            Some(_) | None => {}
        }
    }
    text
}

/// A word, cut where it is neither letter nor digit; each part with a digit becomes `#`.
fn without_varying(word: &str) -> String {
    let mut kept = String::with_capacity(word.len());
    for part in word.split_inclusive(|character: char| !character.is_alphanumeric()) {
        let end = part.trim_end_matches(|character: char| !character.is_alphanumeric());
        let varies = end.contains(|character: char| character.is_ascii_digit());
        kept.push_str(if varies { "#" } else { end });
        kept.push_str(&part[end.len()..]);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EndKind;

    fn end(error: &str) -> EndDetail {
        EndDetail { kind: EndKind::Failed, error: error.into(), error_type: "Timeout".into(), backtrace: None }
    }

    fn message(error: &str) -> String {
        kind(&end(error)).message
    }

    #[test]
    fn what_varies_is_left_out() {
        assert_eq!(message("order 4711 of 10.0.0.17:8080 timed out"), "order # of #.#.#.#:# timed out");
        assert_eq!(message("no file `a b.txt` in \"x 1\""), "no file `…` in \"…\"");
        assert_eq!(message("task 01ARZ3NDEKTSV4RRFFQ69G5FAV\n  is gone"), "task # is gone");
        assert_eq!(message("it isn't \"closed"), "it isn't \"closed");
        assert_eq!(message(""), "");
    }

    #[test]
    fn a_long_message_is_compared_by_its_beginning() {
        let long = message(&"ä ".repeat(100_000));
        assert_eq!(long.chars().count(), COMPARED);
        assert_eq!(long, message(&"ä ".repeat(5_000)));
    }

    #[test]
    fn alike_errors_have_one_fingerprint_and_others_another() {
        let of = |error: &str| fingerprint(&kind(&end(error)));
        assert_eq!(of("order 1 timed out"), of("order 2 timed out"));
        assert_ne!(of("order 1 timed out"), of("order 1 was refused"));
        let other = EndDetail { error_type: "Refused".into(), ..end("order 1 timed out") };
        assert_ne!(of("order 1 timed out"), fingerprint(&kind(&other)));
    }
}
