//! The HTTP API of a town, without a socket.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tokio::sync::Notify;
use tower::ServiceExt as _;
use twofold_api::app::{App, Parts};
use twofold_api::console;
use twofold_api::health::Health;
use twofold_api::routes;
use twofold_api::server;
use twofold_api::site::Site;
use twofold_infra::desk::Desk;
use twofold_infra::keys::OperatorToken;
use twofold_projections::projector::Projector;

use crate::town::Town;

/// A served town, with its projector at work.
pub struct Doors {
    /// The operator's token of the installation.
    pub operator: String,
    /// The projector.
    pub projector: Projector,
    router: Router,
    stop: Arc<Notify>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, if it is JSON.
    pub body: Value,
}

impl Answer {
    /// The status and, of a refusal, its code: `412 precondition_failed`.
    pub fn gist(&self) -> String {
        match self.body["code"].as_str() {
            Some(code) if !self.status.is_success() => format!("{} {code}", self.status.as_str()),
            _ => self.status.as_str().to_owned(),
        }
    }
}

impl Doors {
    /// Opens them on the first instance.
    pub async fn open(town: &Town) -> Result<Self> {
        Self::open_at(town, town.here()).await
    }

    /// Opens them on any instance.
    pub async fn open_at(town: &Town, desk: &Desk) -> Result<Self> {
        let desk = desk.clone();
        let projector = Projector::install(desk.store().clone(), twofold_projections::all()).await?;
        let stop = Arc::new(Notify::new());
        let (running, stopped) = (projector.clone(), Arc::clone(&stop));
        tokio::spawn(async move { running.run(stopped.notified()).await });
        let file = town.master_key_file().with_file_name("operator.token");
        let token = OperatorToken::open(&file, desk.mint())?;
        let operator = std::fs::read_to_string(file)?.trim().to_owned();
        let app = App::from(Parts { desk, operator: token, projector: projector.clone() });
        let site = Site::new("https://twofold.lilliput.example".parse()?);
        let console = console::routes(app.clone(), true);
        let router = server::app(routes::router(app), console, Health::default(), site)?;
        Ok(Self { operator, projector, router, stop })
    }

    /// Sends a request and reads the answer as it is, with what stands before it.
    pub async fn take(&self, request: Request<Body>) -> Result<(StatusCode, HeaderMap, Bytes)> {
        let (parts, body) = self.router.clone().oneshot(request).await?.into_parts();
        Ok((parts.status, parts.headers, body.collect().await?.to_bytes()))
    }

    /// Sends a request; the answer's body is still to be read.
    pub async fn respond(&self, request: Request<Body>) -> Result<Response> {
        Ok(self.router.clone().oneshot(request).await?)
    }

    /// Sends a request and reads the answer as text.
    pub async fn read(&self, request: Request<Body>) -> Result<(StatusCode, String)> {
        let (parts, body) = self.router.clone().oneshot(request).await?.into_parts();
        let bytes = body.collect().await?.to_bytes();
        Ok((parts.status, String::from_utf8(bytes.to_vec())?))
    }

    /// Sends a request.
    pub async fn ask(&self, request: Request<Body>) -> Result<Answer> {
        let (parts, body) = self.router.clone().oneshot(request).await?.into_parts();
        // What goes on for ever has begun well, and that is all there is to know.
        let endless = parts.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let bytes = if endless { Bytes::new() } else { body.collect().await?.to_bytes() };
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }
}

impl Doors {
    /// Serves the same on a port of this machine, for clients of other makers, as long as the process lives.
    pub async fn serve(&self) -> Result<SocketAddr> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let (address, router) = (listener.local_addr()?, self.router.clone());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Ok(address)
    }
}

impl Drop for Doors {
    fn drop(&mut self) {
        self.stop.notify_one();
    }
}
