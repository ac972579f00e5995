use std::process::Output;

use jobbers_core::model::Status;
use jobbers_worker::{ModuleError, PythonModule, PythonSettings, TaskModule, WorkerSettings};

use super::Module;
use crate::place::{Place, last_error, settings};
use crate::process::command;

async fn refused(text: &str) -> String {
    let module = Module::new(text);
    let error = TaskModule::from(module.module()).start(&settings()).await.unwrap_err();
    assert!(matches!(error, ModuleError::Import(_)), "{error:?}");
    error.to_string()
}

#[tokio::test]
async fn a_module_that_cannot_be_imported_is_told_with_its_traceback() {
    let missing = refused("import no_such_module\n").await;
    for part in ["cannot be imported: ModuleNotFoundError", "no_such_module", "tasks.py\", line 6"] {
        assert!(missing.contains(part), "{part:?} is not in: {missing}");
    }
    let twice = "@register_task(name='a', version=1)\nasync def a(): pass\n";
    let duplicate = refused(&format!("{twice}{twice}")).await;
    assert!(duplicate.contains("'a'") && duplicate.contains("version 1"), "{duplicate}");
    let none = refused("").await;
    assert!(none.contains("registers no task"), "{none}");
    let exits = refused("os._exit(3)\n").await;
    assert!(exits.contains("exit code 3"), "{exits}");
}

#[tokio::test]
async fn an_interpreter_that_is_not_there_is_named() {
    let module = Module::new("");
    let python = PythonSettings { python: "/no/such/python".to_owned(), ..PythonSettings::default() };
    let settings = WorkerSettings { python, ..settings() };
    let error = TaskModule::from(module.module()).start(&settings).await.unwrap_err().to_string();
    assert!(error.contains("`/no/such/python` (PYTHON)"), "{error}");
}

#[test]
fn a_wrong_module_ends_the_worker_with_2() {
    let Output { status, stderr, .. } = command(None).arg("no.such.module").output().unwrap();
    let error = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(2), "{error}");
    assert!(error.contains("`no.such.module` cannot be imported: ModuleNotFoundError"), "{error}");
}

#[test]
fn the_types_of_a_module_of_the_working_directory_are_printed() {
    let module = Module::new("@register_task(name='a', version=3)\nasync def a(n: int, *, text: str = ''): print(n)\n");
    let folder = module.path("");
    let Output { status, stdout, stderr } =
        command(None).args(["tasks", "--types"]).current_dir(folder).output().unwrap();
    assert_eq!(status.code(), Some(0), "{}", String::from_utf8_lossy(&stderr));
    let types: serde_json::Value = serde_json::from_slice(&stdout).unwrap();
    assert_eq!((&types[0]["name"], &types[0]["version"]), (&"a".into(), &3.into()));
    assert_eq!(types[0]["parameters_schema"]["properties"]["n"]["type"], "integer");
}

#[tokio::test]
async fn a_module_written_for_the_original_runs_unchanged() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../python/tests/support/tasks/original.py");
    let module = || PythonModule { name: file.to_owned(), guard: Some(env!("CARGO_BIN_EXE_jobbers_worker").into()) };
    let report = Place::run(module(), "generate_report", r#"{"report_id":42}"#).await;
    assert_eq!(report.result.as_deref(), Some(&br#"{"url":"/reports/42.pdf"}"#[..]), "{report:?}");
    let email = Place::run(module(), "send_email", r#"{"to":"me"}"#).await;
    assert_eq!(email.result.as_deref(), Some(&br#"{"status":"sent","to":"me"}"#[..]));
}

#[tokio::test]
async fn exceptions_carry_type_message_and_traceback() {
    let module = Module::new(
        r#"
def inner():
    raise KeyError("the key")

@register_task(name="raises", version=1)
async def raises():
    inner()

@register_task(name="odd", version=1, expected_exceptions=(Exception,))
async def odd():
    return {"a": [1, {2, 3}]}
"#,
    );
    let task = Place::run(module.module(), "raises", "{}").await;
    assert_eq!(last_error(&task), ("'the key'", "KeyError"));
    let trace = task.attempts[0].detail.backtrace.as_deref().unwrap();
    assert!(trace.contains("in inner") && trace.contains("raise KeyError(\"the key\")"), "{trace}");
    let odd = Place::run(module.module(), "odd", "{}").await;
    assert_eq!((odd.status, odd.failures), (Status::Failed, 1));
    let (error, error_type) = last_error(&odd);
    assert!(error.contains("result.a[1]") && error_type == "InvalidResult", "{error} {error_type}");
}
