use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::counting::Counting;
use super::files::Files;
use crate::{Params, TaskContext, TaskError, task};

/// What to count: one of the two.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Source {
    Path {
        /// A text file, or a folder of text files, where the worker runs.
        path: PathBuf,
    },
    Text {
        /// The text itself.
        text: String,
    },
}

/// What was counted.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct WordCount {
    /// Text files that were counted.
    files: u64,
    /// Files that are no text or could not be read.
    skipped: u64,
    lines: u64,
    words: u64,
    bytes: u64,
    /// The ten most frequent words.
    most_frequent: Vec<Frequency>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Frequency {
    word: String,
    count: u64,
}

/// Counts lines, words and bytes of a text, a file or a folder of text files, and finds the ten most frequent words.
#[task(version = 1, max_concurrent = "none")]
pub fn word_count(Params(source): Params<Source>, task: TaskContext) -> Result<WordCount, TaskError> {
    let go_on = || {
        task.heartbeat();
        !task.is_cancelled()
    };
    match source {
        Source::Text { text } => {
            let counting = Counting::of(text.as_bytes(), go_on).map_err(TaskError::fatal)?;
            Ok(result(counting.is_some().into(), counting.is_none().into(), counting.unwrap_or_default()))
        }
        Source::Path { path } => count_files(&path, &task, go_on),
    }
}

fn count_files(path: &Path, task: &TaskContext, go_on: impl Fn() -> bool) -> Result<WordCount, TaskError> {
    let failed = |error: io::Error| TaskError::fatal(format!("{}: {error}", path.display()));
    let Files { paths, mut skipped } = Files::under(path).map_err(failed)?;
    let mut all = Counting::default();
    let mut files = 0;
    for (done, file) in paths.iter().enumerate() {
        task.progress(100.0 * done as f64 / paths.len() as f64, format!("{done} of {} files", paths.len()));
        match File::open(file).and_then(|text| Counting::of(text, &go_on)) {
            Ok(Some(counting)) => {
                files += 1;
                all.add(counting);
            }
            Ok(None) => skipped += 1,
            Err(error) if task.is_cancelled() => return Err(failed(error)),
            Err(error) if file == path => return Err(failed(error)),
            Err(_) => skipped += 1,
        }
    }
    task.progress(100.0, format!("{} files", paths.len()));
    Ok(result(files, skipped, all))
}

fn result(files: u64, skipped: u64, counting: Counting) -> WordCount {
    let Counting { lines, words, bytes, .. } = counting;
    let most_frequent = counting.most_frequent(10).into_iter().map(|(word, count)| Frequency { word, count }).collect();
    WordCount { files, skipped, lines, words, bytes, most_frequent }
}
