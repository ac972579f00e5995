//! A scenario that nobody lists would never run.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

macro_rules! names {
    ($($topic:ident { $($scenario:ident,)* })*) => {
        [$($(concat!(stringify!($topic), "::", stringify!($scenario)),)*)*]
    };
    ($given:tt; $($topics:tt)*) => { names! { $($topics)* } };
}

#[test]
fn every_scenario_is_listed() {
    let listed: BTreeSet<String> =
        jobbers_conformance::each_scenario! { [names] all }.iter().map(|name| (*name).to_owned()).collect();
    let mut written = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scenario");
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let topic = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for line in fs::read_to_string(&path).unwrap().lines() {
            if let Some(rest) = line.strip_prefix("pub async fn ")
                && let Some((name, _)) = rest.split_once('(')
            {
                written.insert(format!("{topic}::{name}"));
            }
        }
    }
    assert_eq!(listed, written);
}
