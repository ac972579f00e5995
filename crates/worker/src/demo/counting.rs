//! Lines, words and bytes of a stream of text.

use std::collections::HashMap;
use std::io::{self, Read};

/// Longest piece of text without white space; more of it is no text.
const LONGEST_WORD: usize = 64 * 1024;
const CHUNK: usize = 64 * 1024;

/// What was counted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Counting {
    /// A last line without an end counts as well.
    pub(super) lines: u64,
    /// Separated by white space.
    pub(super) words: u64,
    pub(super) bytes: u64,
    /// In small letters, without the punctuation around them.
    frequencies: HashMap<String, u64>,
}

impl Counting {
    /// Counts all that can be read; none if it is no text (UTF-8 without zero bytes). `go_on` is asked now and then.
    pub(super) fn of(mut text: impl Read, mut go_on: impl FnMut() -> bool) -> io::Result<Option<Self>> {
        let mut counting = Self::default();
        let mut buffer = vec![0; CHUNK];
        // What follows the last white space: it may go on in the next chunk.
        let mut rest: Vec<u8> = Vec::new();
        let mut last = b'\n';
        while go_on() {
            let length = match text.read(&mut buffer) {
                Ok(0) => {
                    counting.lines += u64::from(last != b'\n');
                    return Ok(counting.words(&rest).then_some(counting));
                }
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let chunk = &buffer[..length];
            if chunk.contains(&0) {
                return Ok(None);
            }
            last = chunk[length - 1];
            counting.bytes += length as u64;
            counting.lines += chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
            rest.extend_from_slice(chunk);
            if let Some(space) = rest.iter().rposition(u8::is_ascii_whitespace) {
                let after = rest.split_off(space + 1);
                let whole = std::mem::replace(&mut rest, after);
                if !counting.words(&whole) {
                    return Ok(None);
                }
            }
            if rest.len() > LONGEST_WORD {
                return Ok(None);
            }
        }
        Err(io::Error::new(io::ErrorKind::Interrupted, "stopped before everything was counted"))
    }

    pub(super) fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.words += other.words;
        self.bytes += other.bytes;
        for (word, count) in other.frequencies {
            *self.frequencies.entry(word).or_default() += count;
        }
    }

    /// The most frequent words; the same count in alphabetical order.
    pub(super) fn most_frequent(self, most: usize) -> Vec<(String, u64)> {
        let mut words: Vec<(String, u64)> = self.frequencies.into_iter().collect();
        words.sort_unstable_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| a.cmp(b)));
        words.truncate(most);
        words
    }

    /// False if it is no text.
    fn words(&mut self, text: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(text) else { return false };
        for word in text.split_whitespace() {
            self.words += 1;
            let word = word.trim_matches(|character: char| !character.is_alphanumeric()).to_lowercase();
            if !word.is_empty() {
                *self.frequencies.entry(word).or_default() += 1;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, as a slow disk might.
    struct Slowly<'a>(&'a [u8]);

    impl Read for Slowly<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.0.len().min(1);
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    #[test]
    fn lines_words_and_bytes_are_counted_however_the_text_comes() {
        let text = "One two, two\nthree – »Zwölf«\n\nend";
        let counting = Counting::of(text.as_bytes(), || true).unwrap().unwrap();
        assert_eq!((counting.lines, counting.words, counting.bytes), (4, 7, text.len() as u64));
        assert_eq!(Counting::of(Slowly(text.as_bytes()), || true).unwrap(), Some(counting.clone()));
        let words = counting.most_frequent(3);
        assert_eq!(words, [("two".to_owned(), 2), ("end".to_owned(), 1), ("one".to_owned(), 1)]);
    }

    #[test]
    fn nothing_has_no_lines() {
        assert_eq!(Counting::of(&b""[..], || true).unwrap(), Some(Counting::default()));
    }

    #[test]
    fn what_is_no_text_is_not_counted() {
        assert_eq!(Counting::of(&b"a\0b"[..], || true).unwrap(), None);
        assert_eq!(Counting::of(&b"caf\xe9 "[..], || true).unwrap(), None);
        assert_eq!(Counting::of(&vec![b'x'; 300_000][..], || true).unwrap(), None);
    }

    #[test]
    fn counting_stops_when_it_is_told_to() {
        assert!(Counting::of(&b"a b"[..], || false).is_err());
    }
}
