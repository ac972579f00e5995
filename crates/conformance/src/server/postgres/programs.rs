use std::path::{Path, PathBuf};

/// Where Debian and its like keep each version, out of everyone's PATH.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The file of a program of PostgreSQL: of the newest version in Debian's place, else from PATH.
pub(super) fn file(name: &str) -> PathBuf {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(VERSIONS)
        .into_iter()
        .flatten()
        .filter_map(|version| {
            let folder = version.ok()?.path();
            let number = folder.file_name()?.to_str()?.parse().ok()?;
            Some((number, folder.join("bin")))
        })
        .filter(|(_, bin)| has_all(bin))
        .collect();
    versions.sort();
    let newest = versions.pop().map(|(_, bin)| bin);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = newest.or_else(|| std::env::split_paths(&path).find(|folder| has_all(folder)));
    let folder = found.unwrap_or_else(|| {
        panic!("neither PATH nor {VERSIONS}/VERSION/bin has initdb and postgres: is PostgreSQL installed?")
    });
    folder.join(name)
}

/// Programs of one version belong together.
fn has_all(folder: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|name| folder.join(name).is_file())
}
