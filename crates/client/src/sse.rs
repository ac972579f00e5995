//! Server-sent events, as they come over the wire.

use std::collections::VecDeque;

/// Largest event that is read; a task with its parameters and its result is smaller.
const MOST_BYTES: usize = 16 << 20;

/// An event, and what it says about how to go on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Frame {
    /// `message` if it names none.
    pub(super) event: String,
    pub(super) data: String,
    /// Of the last event that had one.
    pub(super) id: Option<String>,
}

/// What is larger than any event of a manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLarge;

/// Puts events together from the bytes of a stream.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// The begin of a line whose end has not come.
    line: Vec<u8>,
    /// The last byte was a carriage return: a line feed behind it belongs to it.
    after_return: bool,
    event: String,
    data: String,
    id: Option<String>,
    ready: VecDeque<Frame>,
}

impl Frames {
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), TooLarge> {
        for byte in bytes {
            match byte {
                b'\n' if self.after_return => self.after_return = false,
                b'\n' | b'\r' => {
                    self.after_return = *byte == b'\r';
                    let line = std::mem::take(&mut self.line);
                    self.line(&String::from_utf8_lossy(&line));
                }
                byte => {
                    self.after_return = false;
                    self.line.push(*byte);
                }
            }
            if self.line.len() + self.data.len() > MOST_BYTES {
                return Err(TooLarge);
            }
        }
        Ok(())
    }

    /// The next whole event.
    pub(super) fn pop(&mut self) -> Option<Frame> {
        self.ready.pop_front()
    }

    fn line(&mut self, line: &str) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" if line.is_empty() => self.end(),
            "event" => value.clone_into(&mut self.event),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            // A comment, or nothing that matters here.
            _ => {}
        }
    }

    fn end(&mut self) {
        let (event, mut data) = (std::mem::take(&mut self.event), std::mem::take(&mut self.data));
        if data.pop().is_some() {
            let event = if event.is_empty() { "message".to_owned() } else { event };
            self.ready.push_back(Frame { event, data, id: self.id.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&str]) -> Vec<Frame> {
        let mut frames = Frames::default();
        for piece in pieces {
            frames.push(piece.as_bytes()).expect("small");
        }
        std::iter::from_fn(|| frames.pop()).collect()
    }

    fn frame(event: &str, data: &str, id: Option<&str>) -> Frame {
        Frame { event: event.to_owned(), data: data.to_owned(), id: id.map(str::to_owned) }
    }

    #[test]
    fn events_are_put_together_however_they_come() {
        let text = ": hello\n\nid: 7\nevent: task\ndata: {\"a\":\ndata: 1}\n\ndata:x\n\nevent: nothing\n\ndata: half";
        let frames = [frame("task", "{\"a\":\n1}", Some("7")), frame("message", "x", Some("7"))];
        assert_eq!(read(&[text]), frames);
        let bytes: Vec<String> = text.chars().map(String::from).collect();
        assert_eq!(read(&bytes.iter().map(String::as_str).collect::<Vec<_>>()), frames);
        assert_eq!(read(&[&text.replace('\n', "\r\n")]), frames);
        assert_eq!(read(&[&text.replace('\n', "\r")]), frames);
    }

    #[test]
    fn an_event_without_end_is_given_up() {
        let mut frames = Frames::default();
        let piece = vec![b'x'; 1 << 20];
        assert!((0..17).any(|_| frames.push(&piece) == Err(TooLarge)));
    }
}
