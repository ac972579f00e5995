use std::path::PathBuf;

use crate::fault::{Bed, Chance, Length, Report};
use crate::{Installation, Store};

/// The clocks of programs are an hour fast, and an hour slow. Times are those of the store: what is due is due when it
/// should be, leases last as long as they should.
pub(super) async fn play(store: Store, length: Length, chance: Chance) -> Report {
    let mut bed = Bed::new(Installation::on(store), length, chance, 1).await;
    let library = library().display().to_string();
    let [fast, slow] = ["+1h", "-1h"].map(|by| {
        // Only the clock on the wall is wrong: the monotonic one, by which programs wait, is set by nobody.
        [("LD_PRELOAD", library.as_str()), ("FAKETIME", by), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")]
    });
    bed.start_worker(&fast);
    bed.start_worker(&slow);
    bed.schedulers.clear();
    bed.start_scheduler(&slow);
    bed.start_scheduler(&fast);
    bed.replace_manager_with(&fast).await;
    let plans = bed.plans(80, 300, 0.6);
    let seconds = bed.times(3, 8) as f64;
    let submissions = bed.submit(plans, seconds);
    bed.pause(seconds / 2.0 - 0.2, seconds / 2.0 + 0.2).await;
    bed.replace_manager_with(&slow).await;
    bed.pause(seconds / 2.0, seconds / 2.0 + 0.2).await;
    let clocks: Vec<i64> = bed.journal.read().iter().map(|line| line.clock / 1000).collect();
    let apart = clocks.iter().max().zip(clocks.iter().min()).map_or(0, |(last, first)| last - first);
    if apart < 7000 {
        bed.client.is_surprised("clocks", &format!("the clocks are only {apart} s apart"));
    }
    bed.settle(submissions).await
}

/// The library that gives a program another time.
fn library() -> PathBuf {
    let places = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    let places = places.chain(["/usr/lib".into(), "/usr/local/lib".into()]);
    let mut files = places.map(|place| place.join("faketime/libfaketime.so.1"));
    files.find(|file| file.is_file()).expect("libfaketime is missing: scripts/setup installs it")
}
