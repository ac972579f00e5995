use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::model::{
    AttemptEnd, EndDetail, EndKind, Period, ProcessInfo, ProcessKind, Progress, Queue, RateLimit, Status, Task,
    TaskType, Timestamp, WorkerId, WorkerLoad,
};
use crate::store::{Ahead, Allowance, Standing};

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
    Surroundings {
        now: at(0),
        live: live.to_vec(),
        queue: QueueNow::There(queue()),
        roles: Some(vec!["painters".into()]),
        of_type: TypeLimits { max_concurrent: Some(4), max_concurrent_total: None },
        waiting: Some(3),
        standing: None,
        starts_per_second: 2.0,
    }
}

fn queue() -> Queue {
    Queue { name: "images".into(), max_concurrent: Some(2), ..Queue::default() }
}

/// Behind so many of its type.
fn behind(ahead: u64) -> Standing {
    Standing {
        ahead: Ahead::Exactly(ahead),
        of_better_priority: 0,
        types_in_turn: 1,
        running_in_queue: 0,
        running_of_type: 0,
        allowance: None,
    }
}

/// One live worker, limits over all workers, and what counts against them.
fn limited(queue: Queue, standing: Standing) -> Surroundings {
    Surroundings { queue: QueueNow::There(queue), standing: Some(standing), ..around(&[worker(1)]) }
}

fn words(around: &Surroundings) -> String {
    explain(&waits(), around).to_string()
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
    let paused = limited(Queue { paused: true, ..queue() }, behind(2));
    assert_eq!(words(&paused), "It waits for 90 s, behind 2 tasks of its type: queue `images` is paused.");
    let unread = Surroundings { queue: QueueNow::Unread, ..paused };
    assert!(matches!(explain(&waits(), &unread).reason, Reason::Waiting { .. }), "nothing is said against it");
}

#[test]
fn a_queue_that_nobody_consumes_says_why() {
    let begin = "It waits for 90 s, one of 3 tasks of its type: no live worker takes tasks from queue `images`";
    assert_eq!(sentence(&waits(), &[scheduler()]), format!("{begin}; nobody runs role `painters`."));
    let of_role = |role: &str, process| ProcessInfo { role: Some(role.into()), ..process };
    let elsewhere = ProcessInfo { queues: vec!["mails".into()], ..of_role("writers", worker(1)) };
    let draining = of_role("painters", with_load(2, |load| load.draining = true));
    assert_eq!(
        sentence(&waits(), &[draining.clone(), elsewhere.clone()]),
        format!("{begin}; the live workers of role `painters` drain, or have not taken it on yet.")
    );
    let reason = reason(&waits(), &[draining, elsewhere.clone()]);
    let Reason::NoConsumer { role_workers: 1, other_workers: 1, .. } = reason else { panic!("{reason:?}") };
    let with_roles = |roles: Option<&[&str]>, live: &[ProcessInfo]| {
        let roles = roles.map(|roles| roles.iter().map(ToString::to_string).collect());
        words(&Surroundings { roles, ..around(live) })
    };
    assert_eq!(
        with_roles(Some(&["a", "b", "c"]), std::slice::from_ref(&elsewhere)),
        format!("{begin}; nobody runs role `a`, `b` or `c`.")
    );
    assert_eq!(with_roles(Some(&[]), std::slice::from_ref(&elsewhere)), format!("{begin}, which no role has."));
    assert_eq!(with_roles(None, &[elsewhere]), format!("{begin}; those that are alive (1) take none or drain."));
    assert_eq!(with_roles(None, &[]), format!("{begin}; no worker is alive at all."));

    let missing = Surroundings { queue: QueueNow::Missing, ..around(&[]) };
    assert_eq!(words(&missing), format!("{begin}, which does not exist any more."));
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
fn a_task_that_could_run_waits_for_its_turn() {
    let begin = "It waits for 90 s, one of 3 tasks of its type for its turn";
    assert_eq!(
        sentence(&waits(), &[worker(1), worker(2)]),
        format!("{begin}: 2 live workers could run it, 2 with a free slot.")
    );
    let first = limited(queue(), behind(0));
    assert_eq!(
        words(&first),
        "It waits for 90 s, as the first of its type and priority for its turn: 1 live worker could run it, 1 with a \
         free slot; it will start in about 1 s."
    );
    // Three types take turns, and 40 tasks go first anyway.
    let standing = Standing { ahead: Ahead::About(12_000), of_better_priority: 40, types_in_turn: 3, ..behind(0) };
    let Reason::Waiting { waits: Waits { ahead_in_queue, .. }, estimated_start, .. } =
        explain(&waits(), &limited(queue(), standing)).reason
    else {
        panic!("it waits")
    };
    assert_eq!((ahead_in_queue, estimated_start), (Some(36_040), Some(at(0).after(Duration::from_millis(18_020_500)))));
    assert!(words(&limited(queue(), standing)).contains("behind about 12000 tasks of its type"));
    let idle = Surroundings { starts_per_second: 0.0, ..limited(queue(), standing) };
    assert!(words(&idle).ends_with("1 with a free slot."), "nothing starts, so nothing is promised");
}

#[test]
fn a_worker_without_room_for_it_says_which_room() {
    let words = |live: &[ProcessInfo]| words(&Surroundings { standing: Some(behind(1)), ..around(live) });
    let begin = "It waits for 90 s, behind 1 task of its type: ";
    let end = "it will start in about 1 s.";
    let of = |change: fn(&mut WorkerLoad)| {
        with_load(1, |load| {
            load.running = 2;
            change(load);
        })
    };
    let by_type = of(|load| load.free_by_type[0].1 = 0);
    let by_queue = of(|load| load.free_by_queue[0].1 = 0);
    let by_slots = of(|load| load.free = 0);
    assert_eq!(
        words(std::slice::from_ref(&by_type)),
        format!(
            "{begin}each live worker that could run it runs resize version 2 4 times at once at the most, and 2 run now; {end}"
        )
    );
    assert_eq!(
        words(std::slice::from_ref(&by_queue)),
        format!("{begin}each live worker runs 2 tasks of queue `images` at once at the most, and 2 run now; {end}")
    );
    let none = format!("{begin}the live workers that could run it have no free slot, and ");
    assert_eq!(words(std::slice::from_ref(&by_slots)), format!("{none}2 run now; {end}"));
    assert_eq!(words(&[by_type.clone(), by_queue]), format!("{none}4 run now; {end}"), "each for another reason");
    assert!(words(&[by_type, worker(2)]).contains("2 live workers could run it, 1 with a free slot"));
}

#[test]
fn a_limit_over_all_workers_goes_before_what_each_allows_itself() {
    let total = Queue { max_concurrent_total: Some(8), ..queue() };
    let full = limited(total.clone(), Standing { running_in_queue: 8, ..behind(0) });
    let Explanation { mut reason, .. } = explain(&waits(), &full);
    let Reason::Full { limit: Limit::QueueTotal, most: Some(8), running: 8, held_by, .. } = &mut reason else {
        panic!("{reason:?}")
    };
    held_by.extend((1..=4).map(|n| TaskId::from_parts(0, n)));
    let explanation = Explanation { reason, ..explain(&waits(), &full) };
    assert_eq!(
        explanation.to_string(),
        "It waits for 90 s, as the first of its type and priority: queue `images` runs 8 tasks at once at the most, and \
         8 run now (00000000000000000000000001, 00000000000000000000000002, 00000000000000000000000003, …); it will \
         start in about 1 s."
    );
    let room = limited(total, Standing { running_in_queue: 7, running_of_type: 7, ..behind(0) });
    assert!(matches!(explain(&waits(), &room).reason, Reason::Waiting { .. }));
    let of_type = TypeLimits { max_concurrent_total: Some(1), ..TypeLimits::default() };
    let full = Surroundings { of_type, ..room };
    assert!(
        words(&full).contains("resize version 2 runs 1 time at once at the most, and 7 run now"),
        "{}",
        words(&full)
    );
}

#[test]
fn a_rate_limit_tells_when_the_next_one_may_start() {
    let rate = |numerator| Some(RateLimit { numerator, denominator: 1, period: Period::Minute });
    let used_up = |next| Some(Allowance { left: 0, next });
    let limited_by = |numerator, ahead, allowance| {
        limited(Queue { rate: rate(numerator), ..queue() }, Standing { allowance, ..behind(ahead) })
    };
    let begin = "queue `images` may start 30 per minute, and the next at 2026-03-12T10:00:04.000Z, in 4 s";
    assert_eq!(
        words(&limited_by(30, 0, used_up(Some(at(4))))),
        format!("It waits for 90 s, as the first of its type and priority: {begin}.")
    );
    // One in two seconds behind the next one.
    assert_eq!(
        words(&limited_by(30, 10, used_up(Some(at(4))))),
        format!("It waits for 90 s, behind 10 tasks of its type: {begin}; it will start in about 24 s.")
    );
    let never = words(&limited_by(0, 10, used_up(None)));
    assert!(never.ends_with("queue `images` may start 0 per minute."), "{never}");
    let open = limited_by(30, 10, Some(Allowance { left: 1, next: None }));
    assert!(matches!(explain(&waits(), &open).reason, Reason::Waiting { .. }));
}
