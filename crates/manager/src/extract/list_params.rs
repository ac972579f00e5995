//! The parameters of lists, for their descriptions; `list_query.rs` reads them.

#![expect(dead_code, reason = "these are only described")]

use utoipa::IntoParams;

use crate::openapi::schemas::{Id, ProcessId, StatusName, Time};

/// Of every list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct CommonParams {
    /// Only tasks of this queue.
    #[param(pattern = "^[A-Za-z0-9_.:-]{1,64}$")]
    queue: Option<String>,
    /// Only tasks of this name.
    #[param(pattern = "^[A-Za-z0-9_.:-]{1,64}$")]
    name: Option<String>,
    /// The same as `name`.
    #[param(pattern = "^[A-Za-z0-9_.:-]{1,64}$")]
    task_name: Option<String>,
    /// Only tasks of this version.
    #[param(maximum = 4_294_967_295_u32)]
    version: Option<u32>,
    /// The same as `version`.
    #[param(maximum = 4_294_967_295_u32)]
    task_version: Option<u32>,
    /// Not before this time, of what the list is ordered by.
    #[param(value_type = Option<Time>)]
    since: Option<String>,
    /// Before this time, of what the list is ordered by.
    #[param(value_type = Option<Time>)]
    until: Option<String>,
    /// Tasks at the most.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before, of the same list.
    cursor: Option<String>,
}

/// Of `GET /tasks`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct OwnOfAll {
    /// Only tasks of this status.
    #[param(value_type = Option<StatusName>)]
    status: Option<String>,
    /// Only tasks that this worker has; with `status=started`.
    #[param(value_type = Option<ProcessId>)]
    worker: Option<String>,
}

/// Of `GET /active-tasks`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct OwnOfActive {
    /// Only tasks that this worker has.
    #[param(value_type = Option<ProcessId>)]
    worker: Option<String>,
}

/// Of lists that older clients page by offset.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct OwnOfOlder {
    /// Begin at this task.
    #[param(value_type = Option<Id>)]
    start: Option<String>,
    /// Leave out so many tasks first.
    #[param(minimum = 0, maximum = 10_000)]
    offset: Option<u32>,
    /// How the tasks of the page are sorted: `submitted_at` or `task_id`.
    #[param(pattern = "^(submitted_at|task_id)$")]
    order_by: Option<String>,
}

macro_rules! with_common {
    ($($name:ident: $($own:ident)?;)+) => {$(
        pub(crate) struct $name;

        impl IntoParams for $name {
            fn into_params(
                place: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
            ) -> Vec<utoipa::openapi::path::Parameter> {
                let own: Vec<Vec<utoipa::openapi::path::Parameter>> = vec![$($own::into_params(&place))?];
                own.into_iter().flatten().chain(CommonParams::into_params(&place)).collect()
            }
        }
    )+};
}

with_common! {
    AllParams: OwnOfAll;
    ActiveParams: OwnOfActive;
    OlderParams: OwnOfOlder;
    DeadParams:;
}
