use jobbers_core::model::{Period, Queue, RateLimit, Role};

use super::Heard;
use super::database::{Database, at};

super::on_both_databases! {
    a_new_database_has_an_unlimited_default_queue_in_the_default_role,
    a_queue_is_created_once_and_read_as_it_was_given,
    a_put_creates_or_changes_and_says_which,
    a_queue_stays_paused_over_a_put_that_does_not_say,
    limits_written_by_hand_are_read_as_promised,
    a_rate_limit_that_cannot_be_is_ignored,
    pausing_tells_whether_there_is_such_a_queue,
    queues_are_listed_by_name,
    the_first_installation_is_kept,
}

/// A queue with a value in each column, so that none is confused with another.
fn full(name: &str) -> Queue {
    let rate = RateLimit { numerator: 3, denominator: 4, period: Period::Minute };
    Queue {
        name: name.to_owned(),
        max_concurrent: Some(1),
        max_concurrent_total: Some(2),
        rate: Some(rate),
        paused: true,
    }
}

async fn a_new_database_has_an_unlimited_default_queue_in_the_default_role(database: Database) {
    let routing = database.opened().await;
    let default = Queue { name: "default".to_owned(), ..Queue::default() };
    assert_eq!(routing.queues().await.unwrap(), std::slice::from_ref(&default));
    assert_eq!(routing.queue("default").await.unwrap(), Some(default));
    let role = Role { name: "default".to_owned(), queues: vec!["default".to_owned()] };
    assert_eq!(routing.roles().await.unwrap(), [role]);
    assert_eq!(routing.removals().await.unwrap(), []);
    assert_eq!(routing.installation().await.unwrap(), None);
    assert_eq!(routing.version().await.unwrap(), 1);
    routing.ping().await.unwrap();
}

async fn a_queue_is_created_once_and_read_as_it_was_given(database: Database) {
    let routing = database.opened().await;
    assert!(routing.create_queue(&full("mail"), at(1)).await.unwrap());
    assert_eq!(routing.queue("mail").await.unwrap(), Some(full("mail")));
    let other = Queue { max_concurrent: Some(9), ..full("mail") };
    assert!(!routing.create_queue(&other, at(2)).await.unwrap());
    assert_eq!(routing.queue("mail").await.unwrap(), Some(full("mail")), "the second one changed nothing");
    let none = Queue { name: "free".to_owned(), ..Queue::default() };
    assert!(routing.create_queue(&none, at(3)).await.unwrap());
    assert_eq!(routing.queue("free").await.unwrap(), Some(none));
    let largest = RateLimit { numerator: u32::MAX, denominator: u32::MAX, period: Period::Day };
    let largest = Queue {
        max_concurrent: Some(u32::MAX),
        max_concurrent_total: Some(u32::MAX),
        rate: Some(largest),
        ..full("huge")
    };
    assert!(routing.create_queue(&largest, at(4)).await.unwrap());
    assert_eq!(routing.queue("huge").await.unwrap(), Some(largest));
    assert_eq!(routing.queue("Mail").await.unwrap(), None, "names are exact");
}

async fn a_put_creates_or_changes_and_says_which(database: Database) {
    let routing = database.opened().await;
    let put = routing.put_queue(&full("mail"), Some(true), at(1)).await.unwrap();
    assert_eq!(put, (full("mail"), true));
    let changed = Queue { max_concurrent: None, max_concurrent_total: Some(5), rate: None, ..full("mail") };
    assert_eq!(routing.put_queue(&changed, None, at(2)).await.unwrap(), (changed.clone(), false));
    assert_eq!(routing.queue("mail").await.unwrap(), Some(changed));
    assert_eq!(routing.queues().await.unwrap().len(), 2);
}

async fn a_queue_stays_paused_over_a_put_that_does_not_say(database: Database) {
    let routing = database.opened().await;
    for (said, paused) in
        [(None, false), (Some(true), true), (None, true), (Some(false), false), (None, false), (Some(true), true)]
    {
        // What the queue itself says does not count.
        let queue = Queue { paused: !paused, ..full("mail") };
        let (answered, _) = routing.put_queue(&queue, said, at(1)).await.unwrap();
        assert_eq!(answered.paused, paused, "{said:?}");
        assert_eq!(routing.queue("mail").await.unwrap().unwrap().paused, paused, "{said:?}");
    }
}

async fn limits_written_by_hand_are_read_as_promised(database: Database) {
    let routing = database.opened().await;
    database
        .execute(
            "INSERT INTO queues (name) VALUES ('omitted');
             INSERT INTO queues (name, max_concurrent, max_concurrent_total) VALUES
             ('null', NULL, NULL), ('zero', 0, 0), ('one', 1, 2), ('huge', 9000000000, 9000000000)",
        )
        .await;
    for (name, each, total) in [
        ("omitted", Some(10), None),
        ("null", None, None),
        ("zero", None, None),
        ("one", Some(1), Some(2)),
        ("huge", Some(u32::MAX), Some(u32::MAX)),
    ] {
        let queue = routing.queue(name).await.unwrap().unwrap();
        assert_eq!((queue.max_concurrent, queue.max_concurrent_total, queue.rate), (each, total, None), "{name}");
    }
}

async fn a_rate_limit_that_cannot_be_is_ignored(database: Database) {
    let routing = database.opened().await;
    database
        .execute(
            "INSERT INTO queues (name, rate_numerator, rate_denominator, rate_period) VALUES
             ('week', 1, 1, 'week'), ('upper', 1, 1, 'Hour'), ('no-period', 1, 1, NULL), ('no-numerator', NULL, 1, 'hour'),
             ('no-denominator', 1, NULL, 'hour'), ('closed', 0, 1, 'day'), ('huge', 9000000000, 9000000000, 'second')",
        )
        .await;
    let rate = |numerator, denominator, period| Some(RateLimit { numerator, denominator, period });
    for (name, expected) in [
        ("week", None),
        ("upper", None),
        ("no-period", None),
        ("no-numerator", None),
        ("no-denominator", None),
        ("closed", rate(0, 1, Period::Day)),
        ("huge", rate(u32::MAX, u32::MAX, Period::Second)),
    ] {
        let heard = Heard::listen();
        assert_eq!(routing.queue(name).await.unwrap().unwrap().rate, expected, "{name}");
        let warnings = heard.lines(&["WARN", name, "the rate limit of this queue is ignored"]);
        assert_eq!(warnings, usize::from(["week", "upper"].contains(&name)), "{name}");
    }
}

async fn pausing_tells_whether_there_is_such_a_queue(database: Database) {
    let routing = database.opened().await;
    let free = Queue { paused: false, ..full("mail") };
    routing.create_queue(&free, at(1)).await.unwrap();
    assert!(!routing.set_paused("none", true).await.unwrap());
    for paused in [true, true, false] {
        assert!(routing.set_paused("mail", paused).await.unwrap());
        assert_eq!(routing.queue("mail").await.unwrap(), Some(Queue { paused, ..free.clone() }));
    }
    assert!(!routing.queue("default").await.unwrap().unwrap().paused, "another queue is left alone");
}

async fn queues_are_listed_by_name(database: Database) {
    let routing = database.opened().await;
    // By bytes, whatever the language of the database.
    for name in ["b", "a.b", "B", "a:b", "10", "a", "9", "a_b", "a-b"] {
        routing.create_queue(&Queue { name: name.to_owned(), ..Queue::default() }, at(1)).await.unwrap();
    }
    let names: Vec<String> = routing.queues().await.unwrap().into_iter().map(|queue| queue.name).collect();
    assert_eq!(names, ["10", "9", "B", "a", "a-b", "a.b", "a:b", "a_b", "b", "default"]);
}

async fn the_first_installation_is_kept(database: Database) {
    let routing = database.opened().await;
    assert_eq!(routing.belong("first").await.unwrap(), "first");
    assert_eq!(routing.belong("second").await.unwrap(), "first");
    assert_eq!(database.opened().await.installation().await.unwrap(), Some("first".to_owned()));
}
