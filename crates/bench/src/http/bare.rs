//! The bare endpoint that stands for the limit: parses the JSON, makes one Redis push, answers.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use redis::aio::MultiplexedConnection;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::net::TcpListener;

#[derive(Debug, Deserialize)]
struct New {
    name: String,
    version: u32,
    parameters: Box<RawValue>,
}

#[derive(Debug, Serialize)]
struct Pushed {
    name: String,
    version: u32,
    length: usize,
}

#[derive(Debug, Serialize)]
struct AllPushed {
    length: usize,
}

/// Why a push failed does not matter: whoever measures ends there.
type Answer<T> = Result<(StatusCode, Json<T>), StatusCode>;

/// Serves on this port of loopback, for good.
pub(crate) async fn serve(redis: &str, port: u16) -> Result<()> {
    let connection = redis::Client::open(redis)?.get_multiplexed_async_connection().await?;
    let router = Router::new().route("/tasks", post(one)).route("/tasks/batch", post(many)).with_state(connection);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = TcpListener::bind(address).await?.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

async fn one(State(connection): State<MultiplexedConnection>, Json(new): Json<New>) -> Answer<Pushed> {
    let length = push(connection, &[&new]).await?;
    Ok((StatusCode::CREATED, Json(Pushed { name: new.name, version: new.version, length })))
}

async fn many(State(connection): State<MultiplexedConnection>, Json(all): Json<Vec<New>>) -> Answer<AllPushed> {
    let length = push(connection, &all.iter().collect::<Vec<_>>()).await?;
    Ok((StatusCode::CREATED, Json(AllPushed { length })))
}

async fn push(mut connection: MultiplexedConnection, all: &[&New]) -> Result<usize, StatusCode> {
    let mut command = redis::cmd("RPUSH");
    command.arg("bare:tasks");
    for new in all {
        command.arg(new.parameters.get());
    }
    command.query_async(&mut connection).await.map_err(|_| StatusCode::BAD_GATEWAY)
}
