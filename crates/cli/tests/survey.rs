use crate::harness::Dev;

#[test]
fn queues_are_counted() {
    let dev = Dev::start();
    let id = dev.submit(&["noop"]);
    dev.until(&id, "completed");
    dev.submit(&["noop", "--delay", "1h"]);
    let stats = dev.jobbers(&["stats"]).expect(0).out;
    assert!(stats.lines().any(|line| line.starts_with("default ")), "{stats}");
    dev.jobbers(&["stats", "--json"]).expect(0).json();
}
