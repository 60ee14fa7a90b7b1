//! Is it alive, and can it serve? `/livez` and `/readyz`.
//!
//! The answers are open to everyone, so they hold fixed words and figures only; causes go to the log.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::future::{BoxFuture, join_all};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::Json;

/// A check that takes longer counts as failed.
const PATIENCE: Duration = Duration::from_secs(2);

/// Something without which this server cannot serve: the database, projections that keep up, the clock.
pub trait Check: Send + Sync + 'static {
    /// Its stable name: `database`, `projections`, `clock`.
    fn name(&self) -> &'static str;

    /// Looks once.
    fn check(&self) -> BoxFuture<'_, Finding>;
}

/// What a check found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Finding {
    /// Is it well?
    pub ok: bool,
    /// A few fixed words or figures: `lag 3 events`. Never an error text of a library.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Finding {
    /// All is well.
    pub const fn well() -> Self {
        Self { ok: true, detail: None }
    }

    /// It is not. The cause goes to the log, `detail` to everyone.
    pub fn failed(detail: &'static str, cause: impl std::fmt::Display) -> Self {
        tracing::warn!(detail, %cause, "a readiness check failed");
        Self { ok: false, detail: Some(detail.to_owned()) }
    }

    /// Adds words or figures for everyone.
    #[must_use]
    pub fn with(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// All checks of this server.
#[derive(Clone, Default)]
pub struct Health(Arc<[Arc<dyn Check>]>);

impl Health {
    /// These checks.
    pub fn new(checks: impl IntoIterator<Item = Arc<dyn Check>>) -> Self {
        Self(checks.into_iter().collect())
    }

    async fn report(&self) -> Readiness {
        let checks = join_all(self.0.iter().map(async |check| {
            let found = tokio::time::timeout(PATIENCE, check.check()).await;
            let finding = found.unwrap_or_else(|_| Finding::failed("no answer in time", "timeout"));
            Checked { name: check.name(), finding }
        }))
        .await;
        Readiness { ready: checks.iter().all(|check| check.finding.ok), checks }
    }
}

/// Whether this server can serve, check by check.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// All checks are well.
    pub ready: bool,
    /// Each check.
    pub checks: Vec<Checked>,
}

/// One check and what it found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checked {
    /// Its stable name.
    pub name: &'static str,
    #[serde(flatten)]
    finding: Finding,
}

/// The routes of this module.
pub fn routes(health: Health) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(livez)).routes(routes!(readyz)).with_state(health)
}

/// Is the process alive?
#[utoipa::path(get, path = "/livez", tag = "operation",
    responses((status = 200, description = "Alive.", body = str, content_type = "text/plain")))]
async fn livez() -> &'static str {
    "alive\n"
}

/// Can it serve at this moment?
#[utoipa::path(get, path = "/readyz", tag = "operation", responses(
    (status = 200, description = "Every check is well.", body = Readiness),
    (status = 503, description = "At least one is not.", body = Readiness)))]
async fn readyz(State(health): State<Health>) -> Response {
    let report = health.report().await;
    if report.ready {
        return Json(report).into_response();
    }
    let wait = [(header::RETRY_AFTER, HeaderValue::from_static("2"))];
    (StatusCode::SERVICE_UNAVAILABLE, wait, Json(report)).into_response()
}
