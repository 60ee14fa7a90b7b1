//! Figures to `/metrics`, and what a panic leaves in the log. Neither holds a secret, a code, or personal data.

use std::sync::OnceLock;
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Where a request's time goes: from a cached page to the time limit.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// A panic leaves its place in the log, and nothing else.
pub fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        // The message of a panic may quote values; its place does not.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
}

/// The figures of this process; the first call starts counting.
pub fn figures() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();
    HANDLE
        .get_or_init(|| start_counting().map_err(|error| error.to_string()))
        .clone()
        .map_err(anyhow::Error::msg)
}

fn start_counting() -> Result<PrometheusHandle, BuildError> {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .build_recorder();
    let handle = recorder.handle();
    // Somebody who embeds this program may count in their own way already; then these stay empty.
    let _ = metrics::set_global_recorder(recorder);
    Ok(handle)
}

/// Folds what was counted since into the figures, so that they do not grow while nobody asks.
pub async fn upkeep(figures: PrometheusHandle) {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        figures.run_upkeep();
    }
}

/// `/metrics`, in the text format of Prometheus.
pub fn routes(figures: PrometheusHandle) -> axum::Router {
    async fn metrics(State(figures): State<PrometheusHandle>) -> Response {
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], figures.render())
            .into_response()
    }
    axum::Router::new().route("/metrics", get(metrics)).with_state(figures)
}
