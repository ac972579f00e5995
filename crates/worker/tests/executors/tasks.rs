use std::time::Duration;

use jobbers_worker::manifest::Manifest;
use jobbers_worker::{Params, PythonModule, TaskContext, TaskModule, Tasks, task};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, Sample};

pub fn sample(kind: Kind) -> Sample {
    let folder = tempfile::tempdir().unwrap();
    let guard = Some(env!("CARGO_BIN_EXE_jobbers_worker").into());
    let module: TaskModule = match kind {
        Kind::Native => native().into(),
        Kind::Command => {
            let file = folder.path().join("tasks.toml");
            std::fs::write(&file, COMMANDS).unwrap();
            Manifest { guard, ..Manifest::read(&file).unwrap() }.into()
        }
        Kind::Python => {
            let file = folder.path().join("tasks.py");
            std::fs::write(&file, PYTHON).unwrap();
            PythonModule { name: file.to_str().unwrap().to_owned(), guard }.into()
        }
    };
    Sample { module, _folder: folder }
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Number {
    n: i64,
}

#[derive(Debug, thiserror::Error)]
#[error("no line")]
struct NoLine;

#[task(version = 1)]
async fn echo(Params(number): Params<Number>) -> Result<Number, String> {
    Ok(number)
}

#[task(version = 1)]
async fn fails() -> Result<(), NoLine> {
    Err(NoLine)
}

#[task(version = 1, max_retries = 1, expected_errors(NoLine))]
async fn flaky() -> Result<(), NoLine> {
    Err(NoLine)
}

#[task(version = 1, max_retries = 0, timeout = 0.3)]
async fn slow() -> Result<(), String> {
    std::future::pending().await
}

#[task(version = 1)]
async fn waits() -> Result<(), String> {
    std::future::pending().await
}

#[task(version = 1)]
async fn tells(task: TaskContext) -> Result<(), String> {
    task.heartbeat();
    task.progress(40.0, "page 4 of 10");
    std::future::pending().await
}

#[task(version = 1, on_shutdown = "resubmit")]
async fn again() -> Result<(), String> {
    std::future::pending().await
}

#[task(version = 1, on_shutdown = "continue")]
async fn lasts() -> Result<u8, String> {
    tokio::time::sleep(Duration::from_millis(700)).await;
    Ok(7)
}

#[task(version = 1)]
async fn large() -> Result<String, String> {
    Ok("x".repeat(2_000_000))
}

#[task(version = 1, dead_letter = "save", queue = "letters")]
async fn saved() -> Result<(), NoLine> {
    Err(NoLine)
}

#[task(version = 1, max_concurrent = 2)]
async fn two() -> Result<(), String> {
    std::future::pending().await
}

fn native() -> Tasks {
    Tasks::new()
        .register(echo)
        .register(fails)
        .register(flaky)
        .register(slow)
        .register(waits)
        .register(tells)
        .register(again)
        .register(lasts)
        .register(large)
        .register(saved)
        .register(two)
}

const COMMANDS: &str = r#"
[[task]]
name = "echo"
version = 1
command = ["cat"]
parameters_schema = { type = "object", required = ["n"], properties = { n = { type = "integer" } } }
[[task]]
name = "fails"
version = 1
command = ["sh", "-c", "echo no line >&2; exit 3"]
[[task]]
name = "flaky"
version = 1
command = ["sh", "-c", "echo no line >&2; exit 3"]
max_retries = 1
retry_exit_codes = [3]
[[task]]
name = "slow"
version = 1
command = ["sleep", "3600"]
max_retries = 0
timeout = 0.3
[[task]]
name = "waits"
version = 1
command = ["sleep", "3600"]
[[task]]
name = "tells"
version = 1
command = ["sh", "-c", "echo heartbeat >&3; echo progress 40 page 4 of 10 >&3; sleep 3600"]
[[task]]
name = "again"
version = 1
command = ["sleep", "3600"]
on_shutdown = "resubmit"
[[task]]
name = "lasts"
version = 1
command = ["sh", "-c", "sleep 0.7; echo 7"]
on_shutdown = "continue"
[[task]]
name = "large"
version = 1
command = ["sh", "-c", "head -c 2000000 /dev/zero | tr '\\0' x"]
[[task]]
name = "saved"
version = 1
command = ["sh", "-c", "echo no line >&2; exit 3"]
dead_letter = "save"
queue = "letters"
[[task]]
name = "two"
version = 1
command = ["sleep", "3600"]
max_concurrent = 2
"#;

const PYTHON: &str = r#"
import asyncio

from jobbers.context import get_current_task
from jobbers.models.task_config import DeadLetterPolicy
from jobbers.models.task_shutdown_policy import TaskShutdownPolicy
from jobbers.registry import register_task


class NoLine(ConnectionError):
    pass


@register_task(name="echo", version=1)
async def echo(n: int) -> dict:
    return {"n": n}


@register_task(name="fails", version=1)
async def fails():
    raise NoLine("no line")


@register_task(name="flaky", version=1, max_retries=1, expected_exceptions=(OSError,))
async def flaky():
    raise NoLine("no line")


@register_task(name="slow", version=1, max_retries=0, timeout=0.3)
async def slow():
    await asyncio.sleep(3600)


@register_task(name="waits", version=1)
async def waits():
    await asyncio.sleep(3600)


@register_task(name="tells", version=1)
async def tells():
    task = get_current_task()
    await task.heartbeat()
    task.progress(40, "page 4 of 10")
    await asyncio.sleep(3600)


@register_task(name="again", version=1, on_shutdown=TaskShutdownPolicy.RESUBMIT)
async def again():
    await asyncio.sleep(3600)


@register_task(name="lasts", version=1, on_shutdown=TaskShutdownPolicy.CONTINUE)
async def lasts():
    await asyncio.sleep(0.7)
    return 7


@register_task(name="large", version=1)
async def large():
    return "x" * 2_000_000


@register_task(name="saved", version=1, dead_letter_policy=DeadLetterPolicy.SAVE, queue="letters")
async def saved():
    raise NoLine("no line")


@register_task(name="two", version=1, max_concurrent=2)
async def two():
    await asyncio.sleep(3600)
"#;
