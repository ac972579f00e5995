//! The Python package, for interpreters that have none of this version.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use include_dir::{Dir, DirEntry, include_dir};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../python/src");

/// What an interpreter runs first.
pub(super) const BOOT: &str = include_str!("boot.py");

/// The sources by path, as JSON, as `boot.py` reads them.
pub(super) fn sources() -> &'static [u8] {
    static SOURCES: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let mut sources = BTreeMap::new();
        add(&FILES, &mut sources);
        serde_json::to_vec(&sources).unwrap_or_default()
    });
    &SOURCES
}

fn add(folder: &Dir<'static>, into: &mut BTreeMap<String, &'static str>) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(folder) => add(folder, into),
            DirEntry::File(file) => {
                let path = file.path();
                if path.extension().is_some_and(|extension| extension == "py")
                    && let Some(text) = file.contents_utf8()
                {
                    into.insert(path.to_string_lossy().replace('\\', "/"), text);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_host_needs_is_there() {
        let sources: BTreeMap<String, String> = serde_json::from_slice(sources()).unwrap();
        for path in ["jobbers/__init__.py", "jobbers/host/__main__.py", "jobbers/registry.py"] {
            assert!(sources.contains_key(path), "{path}");
        }
    }
}
