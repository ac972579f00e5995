use clap::Parser;

use super::*;

#[derive(Debug, Parser)]
struct Program {
    #[command(flatten)]
    store: StoreSettings,
}

fn parse(flags: &[&str]) -> Result<StoreSettings, Error> {
    // Only flags: what the environment of the tests says must not matter.
    let command = <Program as clap::CommandFactory>::command().mut_args(|arg| arg.env(None::<&str>));
    let matches = command.try_get_matches_from([&["program"], flags].concat())?;
    Program::from_arg_matches(&matches).map(|program| program.store)
}

fn refusal(flags: &[&str]) -> String {
    let error = parse(flags).expect_err("refused");
    assert_eq!(error.exit_code(), 2);
    error.to_string()
}

fn redis(url: &str) -> StoreUrl {
    StoreUrl::Redis(url.to_owned())
}

#[test]
fn without_settings_the_documented_defaults_hold() {
    let settings = parse(&[]).expect("settings");
    assert_eq!(settings.store_url, redis("redis://localhost:6379"));
    assert_eq!(settings.sql_path, SqlUrl::Sqlite("jobbers.db".into()));
    assert_eq!(settings.key_prefix, "jobbers");
    assert_eq!(settings.task_adapter, TaskAdapter::Msgpack);
    assert!(settings.remarks.is_empty());
}

#[test]
fn the_older_name_of_the_store_is_taken() {
    let settings = parse(&["--redis-url", "redis://older"]).expect("settings");
    assert_eq!(settings.store_url, redis("redis://older"));
    assert!(settings.remarks.is_empty());
}

#[test]
fn of_two_different_stores_the_newer_name_counts_and_this_is_said() {
    let flags = ["--store-url", "redis://me:sesame@newer", "--redis-url", "redis://me:sesame@older"];
    let settings = parse(&flags).expect("settings");
    assert_eq!(settings.store_url, redis("redis://me:sesame@newer"));
    assert_eq!(settings.remarks.len(), 1);
    assert!(settings.remarks[0].starts_with("STORE_URL (redis://***@newer) is used"), "{:?}", settings.remarks);
    assert!(!format!("{settings:?}").contains("sesame"));
}

#[test]
fn the_same_store_twice_is_not_worth_a_word() {
    let settings = parse(&["--store-url", "redis://a", "--redis-url", "redis://a"]).expect("settings");
    assert!(settings.remarks.is_empty());
}

#[test]
fn adapters_have_two_names_and_an_older_setting() {
    for flags in [["--task-adapter", "redis"], ["--task-backend", "msgpack"], ["--task-backend", "redis"]] {
        assert_eq!(parse(&flags).expect("settings").task_adapter, TaskAdapter::Msgpack);
    }
    assert!(refusal(&["--task-adapter", "json"]).contains("TASK_ADAPTER: `json` is not built yet"));
    assert!(refusal(&["--task-backend", "json"]).contains("TASK_BACKEND: `json` is not built yet"));
    assert!(refusal(&["--task-adapter", "xml"]).contains("allowed is msgpack"));
    let both = parse(&["--task-adapter", "msgpack", "--task-backend", "json"]).expect("settings");
    assert!(both.remarks[0].contains("TASK_BACKEND (json) is not"));
}

#[test]
fn a_wrong_value_is_named_without_its_credentials() {
    for (flag, setting, value) in [
        ("--store-url", "STORE_URL", "redis://me:sesame@db:port"),
        ("--redis-url", "REDIS_URL", "http://me:sesame@db"),
        ("--sql-path", "SQL_PATH", "mysql://me:sesame@db"),
    ] {
        let text = refusal(&[flag, value]);
        assert!(text.contains(&format!("error: {setting}: `")), "{text}");
        assert!(text.contains("***@db") && !text.contains("sesame"), "{text}");
    }
    assert!(refusal(&["--key-prefix", "a{b}"]).contains("KEY_PREFIX: `a{b}`"));
}

#[test]
fn the_help_names_every_variable_and_shows_no_value_of_a_url() {
    let command = <Program as clap::CommandFactory>::command();
    for arg in command.get_arguments().filter(|arg| arg.get_id().as_str().contains("ur")) {
        assert!(arg.is_hide_env_values_set(), "{}", arg.get_id());
    }
    let help = command.clone().render_long_help().to_string();
    for variable in ["STORE_URL", "REDIS_URL", "KEY_PREFIX", "SQL_PATH", "TASK_ADAPTER", "TASK_BACKEND"] {
        assert!(help.contains(&format!("[env: {variable}")), "{variable}");
    }
}
