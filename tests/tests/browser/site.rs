//! A server in this process, over a town of its own.

use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use twofold_api::app::{App, Parts};
use twofold_api::health::Health;
use twofold_api::server::{self, Stop};
use twofold_api::site::Site;
use twofold_api::{console, routes};
use twofold_infra::keys::OperatorToken;
use twofold_projections::projector::Projector;
use twofold_projections::reset_fanout::ResetFanOut;
use twofold_tests::postgres::TestDb;
use twofold_tests::town::Town;

/// A town that is served.
pub(crate) struct Served {
    /// The town.
    pub(crate) town: Arc<Town>,
    /// Where it is served.
    pub(crate) origin: String,
    /// The same without a connection.
    pub(crate) router: Router,
    /// Its projector.
    pub(crate) projector: Projector,
    stop: Stop,
}

impl Served {
    /// Serves a new town.
    pub(crate) async fn start() -> Result<Self> {
        let listener = server::bind(([127, 0, 0, 1], 0).into()).await?;
        let origin = format!("http://localhost:{}", listener.local_addr()?.port());
        // A security key is bound to where its page says that it is.
        let town = Town::found_as(TestDb::sqlite()?, &origin).await?;
        let desk = town.here().clone();
        let projector = Projector::install(desk.store().clone(), twofold_projections::all()).await?;
        let (running, fan_out) = (projector.clone(), ResetFanOut::new(desk.clone(), projector.clone()));
        tokio::spawn(async move { running.run(std::future::pending()).await });
        tokio::spawn(async move { fan_out.run(std::future::pending()).await });
        let operator =
            OperatorToken::open(&town.master_key_file().with_file_name("operator.token"), desk.mint())?;
        let app = App::from(Parts { desk, operator, projector: projector.clone() });
        let mut site = Site::new(origin.parse()?);
        site.demo = true;
        let console = console::routes(app.clone(), true);
        let router = server::app(routes::router(app), console, Health::default(), site)?;
        let stop = Stop::default();
        let (served, until) = (router.clone(), stop.clone());
        tokio::spawn(async move { server::serve(listener, served, &until).await });
        Ok(Self { town, origin, router, projector, stop })
    }

    /// An address of the site.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.push();
        self.stop.push();
    }
}
