//! What takes the place of a host that has ended.

use jobbers_conformance::server::{Signal, signal};
use jobbers_core::model::{EndKind, Status, Task};

use super::Module;
use crate::place::{Place, last_error, settings};

fn result(task: &Task) -> &str {
    std::str::from_utf8(task.result.as_deref().unwrap_or_default()).unwrap()
}

#[tokio::test]
async fn a_module_that_has_changed_runs_each_task_by_its_own_handler() {
    let module = Module::new(
        r#"
def named(name):
    @register_task(name=name, version=1)
    async def answer():
        return name

@register_task(name="change", version=1)
async def change():
    (HERE / "changed").touch()
    return os.getpid()

for name in ["b"] if (HERE / "changed").exists() else ["a", "b"]:
    named(name)
"#,
    );
    let place = Place::sqlite().await;
    let worker = place.work(module.module(), settings());
    let change = place.ended(place.submit("change", "{}").await).await;
    signal(result(&change).parse().unwrap(), Signal::Kill);
    assert_eq!(result(&place.ended(place.submit("b", "{}").await).await), "\"b\"");
    // The worker has said that it can run this one.
    let a = place.ended(place.submit("a", "{}").await).await;
    assert_eq!((a.status, last_error(&a).1), (Status::Failed, "NotRegistered"), "{a:?}");
    worker.stop().await;
}

#[tokio::test]
async fn what_shares_a_host_with_a_task_that_does_not_stop_is_handed_back() {
    let module = Module::new(
        r#"
@register_task(name="blocks", version=1, cancel_grace=0.1)
async def blocks():
    time.sleep(3600)

@register_task(name="innocent", version=1)
async def innocent():
    task = get_current_task()
    task.heartbeat()
    if task.attempt == 1:
        await asyncio.Event().wait()
"#,
    );
    let place = Place::sqlite().await;
    let worker = place.work(module.module(), settings());
    let innocent = place.submit("innocent", "{}").await;
    place.until(innocent, |task| task.heartbeat_at.is_some()).await;
    let blocks = place.submit("blocks", "{}").await;
    place.until(blocks, |task| task.status == Status::Started).await;
    place.stores.tasks.cancel(blocks).await.unwrap();
    assert_eq!(place.ended(blocks).await.status, Status::Cancelled);
    let innocent = place.ended(innocent).await;
    assert_eq!((innocent.status, innocent.attempt, innocent.lost), (Status::Completed, 2, 0), "{innocent:?}");
    assert_eq!(innocent.attempts[0].detail.kind, EndKind::HandedBack);
    worker.stop().await;
}
