use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;

async fn count(url: &str) -> i64 {
    let mut connection = PgConnection::connect(url).await.expect("a connection");
    sqlx::query_scalar("SELECT count(*) FROM kept").fetch_one(&mut connection).await.expect("a count")
}

fn lives(pid: u32) -> bool {
    Command::new("sh").args(["-c", "kill -0 $0 2>/dev/null", &pid.to_string()]).status().expect("a shell").success()
}

#[tokio::test]
async fn it_keeps_its_port_and_what_was_committed_over_a_crash() {
    let mut server = PostgresServer::start();
    let (first, second) = (server.create_database().await, server.create_database().await);
    assert_ne!(first, second);
    server.execute("test_0", "CREATE TABLE kept (id INTEGER); INSERT INTO kept VALUES (1), (2)").await;
    server.execute("test_1", "CREATE TABLE kept (id INTEGER)").await;
    let port = server.port();
    server.kill();
    assert_eq!(server.pid(), None);
    server.start_again();
    assert_eq!((server.port(), count(&first).await, count(&second).await), (port, 2, 0));
}

#[test]
fn it_ends_with_a_test_that_panics() {
    let mut pid = 0;
    let mut folder = PathBuf::new();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let server = PostgresServer::start();
        pid = server.pid().expect("it runs");
        folder = server.folder.path().to_owned();
        assert!(lives(pid) && folder.is_dir());
        panic!("as a test that fails");
    }));
    assert!(panicked.is_err());
    assert!(!lives(pid), "the server has ended");
    assert!(!folder.exists(), "its folder is gone");
}
