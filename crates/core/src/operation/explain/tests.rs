use bytes::Bytes;

use super::*;
use crate::model::{
    AttemptEnd, EndDetail, EndKind, ProcessInfo, ProcessKind, Progress, TaskType, Timestamp, WorkerId, WorkerLoad,
};

/// 2026-03-12T10:00:00Z
const NOON: u64 = 1_773_309_600_000;

/// So many seconds after (before, if negative) the moment of the explanation.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NOON.saturating_add_signed(seconds * 1_000))
}

fn task(status: Status) -> Task {
    Task {
        id: TaskId::from_parts(0, 1),
        task_type: TaskType::new("resize", 2),
        queue: "images".into(),
        status,
        priority: 5,
        parameters: Bytes::from_static(b"{}"),
        metadata: None,
        trace_id: None,
        result: None,
        attempt: 0,
        failures: 0,
        lost: 0,
        attempts: Vec::new(),
        policy: None,
        progress: None,
        submitted_at: at(-100),
        waiting_since: None,
        run_at: None,
        expires_at: None,
        started_at: None,
        heartbeat_at: None,
        ended_at: None,
        cancel_requested_at: None,
        worker: None,
    }
}

fn waits() -> Task {
    Task { waiting_since: Some(at(-90)), ..task(Status::Submitted) }
}

fn runs() -> Task {
    Task { attempt: 1, started_at: Some(at(-60)), worker: Some(id(1)), ..task(Status::Started) }
}

fn id(n: u8) -> WorkerId {
    WorkerId::from_bytes([n; 8])
}

fn process(n: u8, kind: ProcessKind) -> ProcessInfo {
    ProcessInfo {
        id: id(n),
        kind,
        host: "here".into(),
        pid: 1,
        role: None,
        queues: Vec::new(),
        slots: 0,
        types: Vec::new(),
        version: "1".into(),
        started_at: at(-1_000),
        load: None,
    }
}

/// Takes tasks `resize` from the queue `images`.
fn worker(n: u8) -> ProcessInfo {
    let load = WorkerLoad {
        running: 0,
        free: 2,
        free_by_queue: vec![("images".into(), 2)],
        free_by_type: vec![(TaskType::new("resize", 2), 1)],
        draining: false,
    };
    ProcessInfo {
        queues: vec!["images".into()],
        types: vec![TaskType::new("resize", 2)],
        load: Some(load),
        ..process(n, ProcessKind::Worker)
    }
}

fn with_load(n: u8, change: impl FnOnce(&mut WorkerLoad)) -> ProcessInfo {
    let mut process = worker(n);
    change(process.load.as_mut().expect("a load"));
    process
}

fn scheduler() -> ProcessInfo {
    process(9, ProcessKind::Scheduler)
}

fn around(live: &[ProcessInfo]) -> Surroundings {
    Surroundings { now: at(0), live: live.to_vec(), queue: QueueNow::Open, waiting: Some(3) }
}

fn sentence(task: &Task, live: &[ProcessInfo]) -> String {
    explain(task, &around(live)).to_string()
}

fn reason(task: &Task, live: &[ProcessInfo]) -> Reason {
    explain(task, &around(live)).reason
}

#[test]
fn an_ended_task_tells_how_and_when() {
    let end = |error: &str| AttemptEnd {
        attempt: 3,
        retry_attempt: 2,
        worker: id(1),
        started_at: at(-60),
        ended_at: at(-50),
        detail: EndDetail { kind: EndKind::Failed, error: error.into(), error_type: "Error".into(), backtrace: None },
    };
    let ended = |status| Task { attempt: 3, ended_at: Some(at(-50)), attempts: vec![end("no\ntea")], ..task(status) };
    for (status, words) in [
        (Status::Completed, "It completed at 2026-03-12T09:59:10.000Z in attempt 3."),
        (Status::Failed, "It failed at 2026-03-12T09:59:10.000Z in attempt 3: no tea."),
        (Status::Cancelled, "It was cancelled at 2026-03-12T09:59:10.000Z in attempt 3."),
        (Status::Stalled, "It stalled at 2026-03-12T09:59:10.000Z in attempt 3: no tea."),
        (Status::Dropped, "It was dropped, because no worker knew its type, at 2026-03-12T09:59:10.000Z in attempt 3."),
    ] {
        assert_eq!(sentence(&ended(status), &[]), words);
    }
    let expired = Task { attempt: 0, attempts: Vec::new(), expires_at: Some(at(-55)), ..ended(Status::Cancelled) };
    assert_eq!(sentence(&expired, &[]), "It expired at 2026-03-12T09:59:05.000Z, before it had started.");
    let long = Task { attempts: vec![end(&"é".repeat(5_000))], ..ended(Status::Failed) };
    assert!(sentence(&long, &[]).chars().count() < 400);
}

#[test]
fn a_task_on_a_live_worker_runs_until_its_end_is_asked_for() {
    let words = "It runs on worker 0101010101010101 for 60 s in attempt 1";
    assert_eq!(sentence(&runs(), &[worker(1)]), format!("{words}."));
    let progress = |message: Option<&str>| Some(Progress { percent: 40.4, message: message.map(str::to_owned) });
    let beats = Task { heartbeat_at: Some(at(-7)), progress: progress(None), ..runs() };
    assert_eq!(sentence(&beats, &[worker(1)]), format!("{words}; its last heartbeat came 7 s ago; it is at 40 %."));
    let says = Task { progress: progress(Some("page 4")), ..runs() };
    assert_eq!(sentence(&says, &[worker(1)]), format!("{words}; it is at 40 %: page 4."));
    let stopping = Task { cancel_requested_at: Some(at(-5)), ..runs() };
    assert_eq!(
        sentence(&stopping, &[worker(1)]),
        "It still runs on worker 0101010101010101 for 60 s: its end was asked for at 2026-03-12T09:59:55.000Z, and \
         its worker was told."
    );
}

#[test]
fn a_worker_that_drains_is_alive() {
    assert!(matches!(reason(&runs(), &[with_load(1, |load| load.draining = true)]), Reason::Running { .. }));
}

#[test]
fn a_task_of_a_dead_worker_waits_for_a_scheduler() {
    let lost = "The worker that has it (0101010101010101) is not alive: a scheduler will";
    assert_eq!(
        sentence(&runs(), &[worker(2), scheduler()]),
        format!("{lost} let it wait again once its lease is over.")
    );
    assert_eq!(
        sentence(&runs(), &[worker(2)]),
        format!("{lost} let it wait again once its lease is over, but no scheduler is alive.")
    );
    let stopping = Task { cancel_requested_at: Some(at(-5)), ..runs() };
    assert_eq!(
        sentence(&stopping, &[scheduler()]),
        format!("{lost} cancel it, as was asked for, once its lease is over.")
    );
    let namesake = process(1, ProcessKind::Scheduler);
    assert!(matches!(reason(&runs(), &[namesake]), Reason::WorkerLost { .. }));
}

#[test]
fn a_scheduled_task_tells_when_and_why_and_who_is_missing() {
    let later = |seconds| Task { run_at: Some(at(seconds)), ..task(Status::Scheduled) };
    let retry = |seconds| Task { attempt: 2, failures: 2, ..later(seconds) };
    let time = "2026-03-12T10:05:00.000Z";
    assert_eq!(sentence(&later(300), &[scheduler()]), format!("It is scheduled for {time}, in 5 min."));
    assert_eq!(
        sentence(&later(300), &[worker(1)]),
        format!("It is scheduled for {time}, in 5 min, but no scheduler is alive.")
    );
    assert_eq!(sentence(&retry(300), &[scheduler()]), format!("It is tried again at {time}, in 5 min (retry 2)."));

    let overdue = "It has been due for 5 s (since 2026-03-12T09:59:55.000Z) and waits for a scheduler to move it into \
                   its queue";
    assert_eq!(sentence(&later(-5), &[scheduler()]), format!("{overdue}."));
    assert_eq!(sentence(&retry(-5), &[worker(1)]), format!("{overdue}, but no scheduler is alive."));
    let of_role = ProcessInfo { role: Some("mails".into()), ..scheduler() };
    assert_eq!(
        sentence(&later(-5), std::slice::from_ref(&of_role)),
        format!("{overdue}; those that are alive look after the queues of role mails only.")
    );
    assert_eq!(sentence(&later(-5), &[of_role, scheduler()]), format!("{overdue}."));
    assert!(matches!(reason(&later(0), &[scheduler()]), Reason::Overdue { .. }), "it is due now");
}

#[test]
fn a_task_that_has_never_started_expires() {
    let expired = |task: Task| Task { expires_at: Some(at(0)), ..task };
    let words = "It expired at 2026-03-12T10:00:00.000Z, before it had started: no worker starts it any more, and a \
                 scheduler will cancel it";
    assert_eq!(sentence(&expired(waits()), &[worker(1), scheduler()]), format!("{words}."));
    assert_eq!(sentence(&expired(waits()), &[worker(1)]), format!("{words}, but no scheduler is alive."));
    let scheduled = Task { run_at: Some(at(-5)), ..task(Status::Scheduled) };
    assert!(matches!(reason(&expired(scheduled), &[]), Reason::Expired { .. }));
    let retried = Task { attempt: 1, ..waits() };
    assert!(matches!(reason(&expired(retried), &[worker(1)]), Reason::Waiting { .. }));
    let in_time = Task { expires_at: Some(at(1)), ..waits() };
    assert!(matches!(reason(&in_time, &[worker(1)]), Reason::Waiting { .. }));
}

#[test]
fn a_paused_queue_is_the_reason_whoever_is_alive() {
    let paused = Surroundings { queue: QueueNow::Paused, ..around(&[worker(1)]) };
    let words = "It waits for 90 s, one of 3 tasks of its type: queue `images` is paused.";
    assert_eq!(explain(&waits(), &paused).to_string(), words);
}

#[test]
fn a_queue_that_nobody_consumes_says_so() {
    let words = "It waits for 90 s, one of 3 tasks of its type: no live worker takes tasks from queue `images`";
    assert_eq!(sentence(&waits(), &[scheduler()]), format!("{words}; no worker is alive at all."));
    let elsewhere = ProcessInfo { queues: vec!["mails".into()], ..worker(1) };
    let draining = with_load(2, |load| load.draining = true);
    assert_eq!(
        sentence(&waits(), std::slice::from_ref(&draining)),
        format!("{words}; the only one that is alive takes none or drains.")
    );
    assert_eq!(
        sentence(&waits(), &[elsewhere, draining]),
        format!("{words}; the 2 that are alive take none or drain.")
    );
    let missing = Surroundings { queue: QueueNow::Missing, ..around(&[]) };
    assert_eq!(explain(&waits(), &missing).to_string(), format!("{words}, which does not exist any more."));
    // Workers learn of it a little later.
    let missing = Surroundings { queue: QueueNow::Missing, ..around(&[worker(1)]) };
    assert!(matches!(explain(&waits(), &missing).reason, Reason::Waiting { .. }));
}

#[test]
fn a_type_that_nobody_knows_is_dropped_where_a_scheduler_is_alive() {
    let other = ProcessInfo { types: vec![TaskType::new("resize", 1)], ..worker(1) };
    let words = "It waits for 90 s, one of 3 tasks of its type: 1 live worker takes tasks from queue `images`, but none \
                 knows resize version 2; ";
    let dropped = "a scheduler drops it once it has waited so for its UNKNOWN_TASK_GRACE (60 s unless set otherwise; \
                   `never` keeps it).";
    assert_eq!(sentence(&waits(), &[other.clone(), scheduler()]), format!("{words}{dropped}"));
    let stays = "it stays, because no scheduler is alive that would drop it.";
    assert_eq!(sentence(&waits(), std::slice::from_ref(&other)), format!("{words}{stays}"));
    // One that knows the type but takes from elsewhere is of no help.
    let elsewhere = ProcessInfo { queues: vec!["mails".into()], ..worker(2) };
    assert!(matches!(reason(&waits(), &[other.clone(), elsewhere.clone()]), Reason::UnknownType { consumers: 1, .. }));
    let stays = "it stays, because a live worker knows it that takes no tasks from this queue.";
    assert_eq!(sentence(&waits(), &[other, elsewhere, scheduler()]), format!("{words}{stays}"));
}

#[test]
fn a_task_that_could_run_waits_for_its_turn_or_for_a_slot() {
    let words = "It waits for 90 s, one of 3 tasks of its type";
    assert_eq!(
        sentence(&waits(), &[worker(1), worker(2)]),
        format!("{words} and will start soon: 2 live workers could run it, 2 with a free slot.")
    );
    let full = with_load(1, |load| load.free_by_type[0].1 = 0);
    assert_eq!(
        sentence(&waits(), std::slice::from_ref(&full)),
        format!("{words}: 1 live worker could run it, with no free slot for it when last heard of.")
    );
    for busy in [
        with_load(2, |load| load.free = 0),
        with_load(2, |load| load.free_by_queue[0].1 = 0),
        with_load(2, |load| load.free_by_type[0].1 = 0),
    ] {
        let Reason::Waiting { workers, with_free_slot, waits } = reason(&waits(), &[busy, full.clone()]) else {
            panic!("it waits")
        };
        assert_eq!((workers, with_free_slot), (2, 0));
        assert_eq!(waits, Waits { since: Some(at(-90)), like_it: Some(3) });
    }
    let alone = Surroundings { waiting: Some(1), ..around(&[worker(1)]) };
    let words = "It waits for 90 s and will start soon: 1 live worker could run it, 1 with a free slot.";
    assert_eq!(explain(&waits(), &alone).to_string(), words);
}
