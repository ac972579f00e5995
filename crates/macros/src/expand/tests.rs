use quote::quote;

use super::*;

fn errors(options: TokenStream) -> Vec<String> {
    messages(
        options,
        quote!(
            async fn report(task: TaskContext) -> Result<(), Problem> {
                Ok(())
            }
        ),
    )
}

fn messages(options: TokenStream, function: TokenStream) -> Vec<String> {
    match task(options, function) {
        Ok(_) => Vec::new(),
        Err(error) => error.into_iter().map(|error| error.to_string()).collect(),
    }
}

fn expanded(options: TokenStream) -> String {
    let function = quote!(
        async fn report(task: TaskContext) -> Result<(), Problem> {
            Ok(())
        }
    );
    task(options, function).unwrap().to_string().replace(' ', "")
}

#[test]
fn every_option_is_taken() {
    let wrong = errors(quote! {
        name = "reports.make", version = 1, queue = "reports", max_retries = 3, retry_delay = 0.5,
        backoff = "exponential_jitter", backoff_factor = 1.5, retry_jitter = 0.25, max_retry_delay = 300, timeout = 120,
        dead_letter = "save", max_heartbeat_interval = 300, max_concurrent = 2, max_concurrent_total = 10,
        on_shutdown = "resubmit", cancel_grace = 0, max_lost = 5, redact("password", "token"),
        expected_errors(reqwest::Error, std::io::Error),
    });
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn options_become_the_policy() {
    let code = expanded(quote!(version = 7, retry_delay = 0.5, max_concurrent = "none", redact("password")));
    assert!(code.contains(r#"TaskType::new("report",7u32)"#), "{code}");
    assert!(code.contains("retry_delay:::core::option::Option::Some(::core::time::Duration::new(0u64,500000000u32))"));
    assert!(code.contains("max_concurrent:::core::option::Option::None"));
    assert!(code.contains(r#"redact:::std::vec![::std::string::String::from("password")]"#));
    assert!(code.contains("structreport;") && code.contains("asyncfncall(task:TaskContext)"));
    assert!(code.contains("Definition::asynchronous("));
}

#[test]
fn expected_errors_are_types_or_any() {
    assert!(expanded(quote!(version = 1, expected_errors(any))).contains("ExpectedErrors::any()"));
    let code = expanded(quote!(version = 1, expected_errors(std::io::Error, Own<u8>)));
    assert!(code.contains("ExpectedErrors::none().with::<std::io::Error>().with::<Own<u8>>()"), "{code}");
    assert_eq!(errors(quote!(version = 1, expected_errors(any, Own))), ["`any` stands alone: expected_errors(any)"]);
    for wrong in [quote!(expected_errors), quote!(expected_errors()), quote!(expected_errors = "any")] {
        let found = errors(quote!(version = 1, #wrong));
        assert_eq!(found, ["`expected_errors` is written `expected_errors(Type, …)` or `expected_errors(any)`"]);
    }
}

#[test]
fn a_version_is_required() {
    assert_eq!(errors(quote!()), ["a task needs a `version`, such as #[task(version = 1)]"]);
}

#[test]
fn an_unknown_option_is_named_with_those_that_there_are() {
    let found = errors(quote!(version = 1, retries = 3));
    assert!(found[0].starts_with("`retries` is not an option of a task; there are name, version, queue"), "{found:?}");
}

#[test]
fn options_of_later_versions_are_not_built_yet() {
    for option in ["retention", "singleton", "max_run_time", "cron"] {
        let ident = format_ident!("{option}");
        assert_eq!(errors(quote!(version = 1, #ident = 5)), [format!("`{option}` is not built yet")]);
    }
}

#[test]
fn a_wrong_value_says_what_is_allowed() {
    let cases = [
        (quote!(max_retries = -1), "`max_retries` is a whole number from 0"),
        (quote!(max_retries = "3"), "`max_retries` is a whole number from 0"),
        (quote!(max_lost = 0), "`max_lost` is a whole number from 1"),
        (quote!(timeout = 0), "`timeout` is seconds above 0"),
        (quote!(retry_delay = -0.5), "`retry_delay` is seconds from 0"),
        (quote!(retry_delay), "`retry_delay` is written `retry_delay = …`"),
        (quote!(max_concurrent = 0), "`max_concurrent` is a whole number from 1, or \"none\" for unlimited"),
        (
            quote!(backoff = "fast"),
            "`backoff` is one of \"constant\", \"linear\", \"exponential\", \"exponential_jitter\"",
        ),
        (quote!(dead_letter = true), "`dead_letter` is one of \"save\", \"none\""),
        (quote!(on_shutdown = "die"), "`on_shutdown` is one of \"stop\", \"resubmit\", \"continue\""),
        (quote!(queue = "a b"), "`queue` is 1 to 64 characters of A-Z a-z 0-9 _ . : -"),
        (quote!(redact(password)), "`redact` is written `redact(\"field\", …)`"),
        (quote!(backoff_factor = "2"), "`backoff_factor` is a number from 0"),
    ];
    for (option, message) in cases {
        assert_eq!(errors(quote!(version = 1, #option)), [message]);
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let found = errors(quote!(max_retries = -1, timeout = 0, max_retries = 2));
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.contains(&"`max_retries` is given twice".to_owned()));
}

#[test]
fn an_error_points_at_the_value() {
    let options: TokenStream = "version = 1, timeout = \"soon\"".parse().unwrap();
    let error = Options::parse(options).err().unwrap();
    assert_eq!(error.span().start().column, 23);
}

#[test]
fn functions_that_cannot_be_tasks_are_refused() {
    let cases = [
        (
            quote!(
                fn f<T>() -> Result<(), E> {}
            ),
            "a task cannot be generic: a worker could not name it",
        ),
        (
            quote!(
                unsafe fn f() -> Result<(), E> {}
            ),
            "a task cannot be unsafe",
        ),
        (
            quote!(
                fn f() {}
            ),
            "a task returns `Result<T, E>`: what is not an error is its result, as JSON",
        ),
        (
            quote!(
                fn f(a: A, b: A, c: A, d: A, e: A, f: A, g: A, h: A, i: A) -> Result<(), E> {}
            ),
            "a task takes at most 8 arguments; put parameters into one struct",
        ),
        (
            quote!(
                fn f(&self) -> Result<(), E> {}
            ),
            "a task is a free function; shared state comes in as `Data<T>`",
        ),
    ];
    for (function, message) in cases {
        assert_eq!(messages(quote!(version = 1), function), [message]);
    }
}

#[test]
fn a_plain_function_is_a_blocking_handler() {
    let code = task(
        quote!(version = 1),
        quote!(
            pub fn f() -> Result<(), E> {
                Ok(())
            }
        ),
    )
    .unwrap()
    .to_string();
    assert!(code.contains("Definition :: blocking"), "{code}");
    assert!(code.contains("pub fn call"), "{code}");
}
