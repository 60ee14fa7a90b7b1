//! `twofold openapi`: the document that the server also answers at `/openapi.json`.

use clap::Args;

use utoipa_axum::router::OpenApiRouter;

use super::{Context, Failure};
use crate::{routes, server};

/// No arguments of its own.
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) fn run(context: &Context, _: Arguments) -> Result<(), Failure> {
    let document = server::document(OpenApiRouter::with_openapi(routes::described().into_openapi()));
    let text = document.to_pretty_json().map_err(anyhow::Error::from)?;
    context.output.bytes(format!("{text}\n").as_bytes())
}
