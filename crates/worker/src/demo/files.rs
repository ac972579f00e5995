//! The files under a path.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Regular files, by name, and how many entries could not be looked at or are something else.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Files {
    pub(super) paths: Vec<PathBuf>,
    pub(super) skipped: u64,
}

impl Files {
    /// The file itself, or all files of the folder and its folders. Links within a folder are not followed: they may lead
    /// round in circles.
    pub(super) fn under(path: &Path) -> io::Result<Self> {
        let mut files = Self::default();
        let about = fs::metadata(path)?;
        if about.is_dir() {
            files.walk(path)?;
        } else if about.is_file() {
            files.paths.push(path.to_owned());
        } else {
            files.skipped += 1;
        }
        Ok(files)
    }

    fn walk(&mut self, folder: &Path) -> io::Result<()> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder)? {
            match entry {
                Ok(entry) => entries.push(entry),
                Err(_) => self.skipped += 1,
            }
        }
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            match entry.file_type() {
                Ok(kind) if kind.is_file() => self.paths.push(entry.path()),
                Ok(kind) if kind.is_dir() => {
                    if self.walk(&entry.path()).is_err() {
                        self.skipped += 1;
                    }
                }
                Ok(_) | Err(_) => self.skipped += 1,
            }
        }
        Ok(())
    }
}
