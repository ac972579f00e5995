//! What can go wrong on a route, as groups of kinds of problems: `responses(…, Problems::<(OfBody, OfTask)>)`.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use axum::http::StatusCode;
use serde_json::json;
use utoipa::IntoResponses;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use crate::problem::Kind;

/// Kinds of problems that come together.
pub(crate) trait Group {
    fn kinds() -> Vec<Kind>;
}

macro_rules! groups {
    ($($(#[$doc:meta])* $name:ident: $($kind:ident),+;)+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl Group for $name {
            fn kinds() -> Vec<Kind> {
                vec![$(Kind::$kind),+]
            }
        }
    )+};
}

groups! {
    /// Of every route but health.
    Everywhere: NotAuthenticated, NotAllowed, ForeignOrigin, Starting, Bug, Busy;
    /// Of what is the same for everybody.
    OpenPage: ForeignOrigin, Bug, Busy;
    /// Of a file of the page.
    PartOfPage: NoSuchRoute;
    /// Of health.
    Waiting: Starting, Busy;
    /// Of a route that asks the stores.
    Stores: StoreAway, Bug;
    /// Of a route that takes JSON.
    JsonIn: NotJson, BrokenRequest, TooSlow, TooLarge, NotJsonType, WrongFields, NotBuiltYet, Busy;
    /// Of a route that minds a header.
    Header: WrongHeader;
    /// Of a route whose answers go on at a cursor.
    Paging: WrongCursor;
    /// Of a route that is about chosen tasks.
    Choosing: MalformedId, NothingSelected, WrongCursor, StoreFull;
    /// Of a route that is about tasks by their ids alone.
    AnyIds: MalformedId, StoreFull;
    /// Of a route that stores several tasks.
    StoreBatch: StoreFull;
    /// Of a route with the id of a worker in its path.
    OneWorker: MalformedWorkerId, NoSuchWorker, WrongState;
    /// Of a route with parameters in its query.
    Query: WrongQuery;
    /// Of a route with the id of a task in its path.
    OneTask: MalformedId, NoSuchTask;
    /// Of a route that changes a task.
    Change: WrongState, StoreFull;
    /// Of a route with a name in its path that need not exist.
    Naming: MalformedName;
    /// Of a route with the name of a queue in its path.
    OfQueue: MalformedName, NoSuchQueue;
    /// Of a route with the name of a role in its path.
    OfRole: MalformedName, NoSuchRole;
    /// Of a route that creates something with a name.
    NewName: NameTaken;
    /// Of a route that names queues of a role.
    RoleOfQueues: UnknownQueue;
    /// Of a route that deletes a queue.
    NotEmpty: QueueNotEmpty;
    /// Of a route that lets tasks wait again.
    Again: QueueGone;
    /// Of a route that submits a task.
    Submitting: MalformedId, UnknownTaskType, UnknownQueue, OtherContent, StoreFull;
}

/// Of a route with no problems of its own.
pub(crate) struct Nothing;

impl Group for Nothing {
    fn kinds() -> Vec<Kind> {
        Vec::new()
    }
}

impl<A: Group, B: Group> Group for (A, B) {
    fn kinds() -> Vec<Kind> {
        [A::kinds(), B::kinds()].concat()
    }
}

impl<A: Group, B: Group, C: Group> Group for (A, B, C) {
    fn kinds() -> Vec<Kind> {
        [A::kinds(), B::kinds(), C::kinds()].concat()
    }
}

impl<A: Group, B: Group, C: Group, D: Group> Group for (A, B, C, D) {
    fn kinds() -> Vec<Kind> {
        [A::kinds(), B::kinds(), C::kinds(), D::kinds()].concat()
    }
}

/// The problems of these groups, and those of every route, as responses.
pub(crate) struct Problems<G>(PhantomData<G>);

impl<G: Group> IntoResponses for Problems<G> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        responses(&[G::kinds(), Everywhere::kinds()].concat())
    }
}

/// The problems of these groups as the only ones: of a route that everybody may ask at any time.
pub(crate) struct OnlyProblems<G>(PhantomData<G>);

impl<G: Group> IntoResponses for OnlyProblems<G> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        responses(&G::kinds())
    }
}

/// One response a status, with an example of each kind.
fn responses(kinds: &[Kind]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<StatusCode, BTreeMap<&str, Kind>> = BTreeMap::new();
    for kind in kinds {
        by_status.entry(kind.status()).or_default().insert(kind.slug(), *kind);
    }
    by_status
        .into_iter()
        .map(|(status, kinds)| (status.as_str().to_owned(), RefOr::T(response(status, kinds.into_values()))))
        .collect()
}

fn response(status: StatusCode, kinds: impl Iterator<Item = Kind>) -> Response {
    let kinds: Vec<Kind> = kinds.collect();
    let titles: Vec<&str> = kinds.iter().map(|kind| kind.title()).collect();
    let examples = kinds.iter().map(|kind| {
        let value = json!({
            "type": kind.uri(), "title": kind.title(), "status": status.as_u16(),
            "detail": "a sentence that says what is wrong, and what is allowed",
        });
        (kind.slug(), ExampleBuilder::new().summary(kind.title()).value(Some(value)).build())
    });
    let content =
        ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).examples_from_iter(examples).build();
    let builder = ResponseBuilder::new().description(titles.join(" · ")).content("application/problem+json", content);
    match status {
        StatusCode::SERVICE_UNAVAILABLE => {
            let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
            let header =
                HeaderBuilder::new().schema(Some(seconds)).description(Some("seconds until it may be tried again"));
            builder.header("Retry-After", header.build()).build()
        }
        StatusCode::UNAUTHORIZED => {
            let header = HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String)));
            builder.header("WWW-Authenticate", header.description(Some("how to authenticate")).build()).build()
        }
        _ => builder.build(),
    }
}
