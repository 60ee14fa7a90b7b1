//! Putting the floor together, listening, and stopping.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;

use crate::health::{self, Health};
use crate::site::Site;
use crate::{layers, openapi, pages, telemetry};

/// After the first signal, requests in flight get this long.
const GRACE: Duration = Duration::from_secs(30);

/// Everything served, in its shell: the API's routes, the console's, and the floor's own.
pub fn app(api: OpenApiRouter, console: Router, health: Health, site: Site) -> anyhow::Result<Router> {
    let site = Arc::new(site);
    let (api, document) = openapi::router().merge(health::routes(health)).merge(api).split_for_parts();
    let routes = api
        .merge(openapi::serve(&document)?)
        .merge(telemetry::routes(telemetry::figures()?))
        .merge(pages::routes())
        .merge(layers::on(layers::Surface::Page, console));
    Ok(layers::shell(routes, &site))
}

/// The OpenAPI document of these routes and the floor's own.
pub fn document(api: OpenApiRouter) -> utoipa::openapi::OpenApi {
    openapi::router().merge(health::routes(Health::default())).merge(api).into_openapi()
}

/// How far a stop has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Serving,
    Finishing,
    Stopped,
}

/// Tells everyone who asks that the server is stopping. The first signal ends new connections and
/// long-lived streams and lets requests finish; the second cuts what is left.
#[derive(Debug, Clone)]
pub struct Stop(watch::Sender<Stage>);

impl Default for Stop {
    fn default() -> Self {
        Self(watch::Sender::new(Stage::Serving))
    }
}

impl Stop {
    /// One more push: from serving to finishing to stopped.
    pub fn push(&self) {
        self.0.send_modify(|stage| {
            *stage = if *stage == Stage::Serving { Stage::Finishing } else { Stage::Stopped };
        });
    }

    async fn at(&self, stage: Stage) {
        let mut stages = self.0.subscribe();
        // The sender lives as long as `self`.
        let _ = stages.wait_for(|now| *now >= stage).await;
    }

    /// Ends when the server begins to stop; event streams end with it.
    pub async fn begun(&self) {
        self.at(Stage::Finishing).await;
    }

    /// Pushes at each SIGTERM or SIGINT.
    pub async fn on_signals(self) -> io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("asked to stop");
            self.push();
        }
    }
}

/// Why the server cannot listen, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {why}")]
pub struct CannotListen {
    /// The address that was asked for.
    pub address: SocketAddr,
    why: &'static str,
    /// What to do.
    pub fix: String,
    #[source]
    source: io::Error,
}

/// Opens the listening socket.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, CannotListen> {
    TcpListener::bind(address).await.map_err(|source| {
        let (why, fix) = match source.kind() {
            io::ErrorKind::AddrInUse => (
                "something else listens there",
                format!(
                    "stop it, or choose another port: --listen {}:{}",
                    address.ip(),
                    address.port().wrapping_add(1)
                ),
            ),
            io::ErrorKind::PermissionDenied => (
                "ports below 1024 are reserved",
                format!("choose a higher port: --listen {}:8420", address.ip()),
            ),
            io::ErrorKind::AddrNotAvailable => (
                "this machine has no such address",
                format!("use one that it has, or --listen 127.0.0.1:{}", address.port()),
            ),
            _ => ("the system refused", source.to_string()),
        };
        CannotListen { address, why, fix, source }
    })
}

/// Serves until stopped. Ends when the last request in flight has ended, or when pushed twice, or when the
/// grace is over.
pub async fn serve(listener: TcpListener, app: Router, stop: &Stop) -> io::Result<()> {
    let (soft, hard) = (stop.clone(), stop.clone());
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move { soft.begun().await });
    let cut = async {
        hard.begun().await;
        tokio::select! {
            () = hard.at(Stage::Stopped) => {}
            () = tokio::time::sleep(GRACE) => {}
        }
    };
    tokio::select! {
        ended = serving => ended,
        () = cut => {
            tracing::warn!("stopped with requests in flight");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::task::JoinHandle;

    use super::*;

    const WORK: Duration = Duration::from_millis(300);

    /// A server whose one route takes its time, and a request that has reached it.
    async fn in_flight() -> (Stop, JoinHandle<io::Result<()>>, TcpStream) {
        let (reached, mut seen) = tokio::sync::mpsc::channel(1);
        let slow = get(async move || {
            let _ = reached.send(()).await;
            tokio::time::sleep(WORK).await;
            "done"
        });
        let listener = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Stop::default();
        let server = {
            let stop = stop.clone();
            tokio::spawn(async move { serve(listener, Router::new().route("/", slow), &stop).await })
        };
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        seen.recv().await.unwrap();
        (stop, server, stream)
    }

    async fn answer(mut stream: TcpStream) -> String {
        let mut text = String::new();
        let _ = stream.read_to_string(&mut text).await;
        text
    }

    #[tokio::test]
    async fn the_first_push_lets_requests_finish() {
        let (stop, server, stream) = in_flight().await;
        stop.push();
        assert!(answer(stream).await.ends_with("done"));
        server.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn the_second_push_does_not_wait() {
        let (stop, server, _stream) = in_flight().await;
        stop.push();
        stop.push();
        tokio::time::timeout(WORK / 2, server).await.unwrap().unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_taken_port_is_named_with_a_way_out() {
        let first = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let error = bind(first.local_addr().unwrap()).await.unwrap_err();
        assert!(error.to_string().contains("something else listens there"), "{error}");
        assert!(error.fix.contains("--listen 127.0.0.1:"), "{}", error.fix);
    }
}
