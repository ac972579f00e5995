use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, stdin};

use jobbers_client::{BatchItem, BatchResult, BatchStatus, Client, MOST_IN_BATCH};
use serde_json::json;

use crate::failure::Failure;
use crate::out::{self, Bar};

/// Bytes of submissions that are sent at a time.
const MOST_BYTES: usize = 4 << 20;

/// Submits the lines of a file, or of standard input for `-`, piece by piece. Lines that are refused are told, the
/// others are stored; one that was refused makes it a failure.
pub(super) async fn submit(client: &Client, file: &str, json: bool) -> Result<(), Failure> {
    let (lines, bytes): (Box<dyn BufRead>, Option<u64>) = if file == "-" {
        (Box::new(stdin().lock()), None)
    } else {
        let opened = File::open(file).map_err(|error| Failure::Usage(format!("--batch: {file}: {error}")))?;
        // Of a pipe nobody knows the length.
        let bytes = opened.metadata().ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
        (Box::new(BufReader::new(opened)), bytes)
    };
    let mut batch = Batch {
        client,
        json,
        bar: bytes.map_or_else(|| Bar::new("submitting", None), |bytes| Bar::of_bytes("submitting", bytes)),
        in_bytes: bytes.is_some(),
        piece: Piece::default(),
        counts: BTreeMap::new(),
        refused: 0,
    };
    for (number, line) in (1..).zip(lines.split(b'\n')) {
        let line = line.map_err(|error| Failure::Failed(format!("{}: {error}", name(file))))?;
        batch.line(number, &line).await?;
    }
    batch.send().await?;
    batch.finish()
}

fn name(file: &str) -> &str {
    if file == "-" { "standard input" } else { file }
}

/// Lines that are sent together.
#[derive(Debug, Default)]
struct Piece {
    numbers: Vec<u64>,
    items: Vec<BatchItem>,
    /// Of the submissions.
    bytes: usize,
    /// Of the lines.
    read: usize,
}

struct Batch<'a> {
    client: &'a Client,
    json: bool,
    bar: Bar,
    /// Whether the bar counts bytes, not lines.
    in_bytes: bool,
    piece: Piece,
    counts: BTreeMap<&'static str, u64>,
    refused: u64,
}

impl Batch<'_> {
    async fn line(&mut self, number: u64, line: &[u8]) -> Result<(), Failure> {
        self.piece.read += line.len() + 1;
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        let text = std::str::from_utf8(line).map_err(|_| "it is not UTF-8".to_owned());
        let item = text.and_then(|text| BatchItem::from_json(text).map_err(|error| error.to_string()));
        match item {
            Ok(item) => {
                self.piece.bytes += item.size();
                self.piece.numbers.push(number);
                self.piece.items.push(item);
            }
            Err(detail) => {
                let result = BatchResult { id: None, status: BatchStatus::Invalid, detail: Some(detail) };
                self.tell(number, &result)?;
            }
        }
        if self.piece.items.len() >= MOST_IN_BATCH || self.piece.bytes >= MOST_BYTES {
            self.send().await
        } else {
            Ok(())
        }
    }

    async fn send(&mut self) -> Result<(), Failure> {
        let piece = std::mem::take(&mut self.piece);
        if !piece.items.is_empty() {
            let results = self.client.submit_batch(&piece.items).await?;
            for (number, result) in piece.numbers.iter().zip(&results) {
                self.tell(*number, result)?;
            }
        }
        self.bar.advance(if self.in_bytes { piece.read } else { piece.items.len() });
        Ok(())
    }

    /// As JSON each line's result; for people only what was refused.
    fn tell(&mut self, number: u64, result: &BatchResult) -> Result<(), Failure> {
        *self.counts.entry(words(&result.status)).or_default() += 1;
        let detail = result.detail.as_deref().unwrap_or_default();
        if !result.status.is_stored() {
            self.refused += 1;
        }
        if self.json {
            let mut line = json!({"line": number, "status": words(&result.status)});
            if let Some(id) = &result.id {
                line["id"] = id.as_str().into();
            }
            if let Some(detail) = &result.detail {
                line["detail"] = detail.as_str().into();
            }
            return self.bar.hidden(|| out::print_line(line));
        }
        if !result.status.is_stored() {
            self.bar.remark(&format!("line {number}: {}: {}", words(&result.status), out::visible(detail)));
        }
        Ok(())
    }

    fn finish(self) -> Result<(), Failure> {
        drop(self.bar);
        if !self.json {
            let counts: Vec<String> = self.counts.iter().map(|(status, count)| format!("{count} {status}")).collect();
            let counts = if counts.is_empty() { "there is nothing to submit".to_owned() } else { counts.join(", ") };
            out::print_line(counts)?;
        }
        if self.refused == 0 { Ok(()) } else { Err(Failure::Silent(1)) }
    }
}

const fn words(status: &BatchStatus) -> &'static str {
    match status {
        BatchStatus::Submitted => "submitted",
        BatchStatus::Scheduled => "scheduled",
        BatchStatus::Exists => "exists",
        BatchStatus::Conflict => "conflict",
        BatchStatus::Invalid => "invalid",
        BatchStatus::Other(_) => "stored otherwise",
    }
}
