//! The OpenAPI document, generated from the routes, and its reference page, served from this binary alone.

use axum::Router;
use axum::http::header;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::layers::{Surface, on};
use crate::problem::{FieldError, ProblemDocument};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Twofold",
        description = "Two-factor authentication with an auditable history.\n\n\
            Ids are TypeIDs (`usr_…`). Refusals are problem documents (RFC 9457): branch on `code`. \
            Lists go on with `cursor`. A write answers the position of its event; reads accept it as `min_position`. \
            A request that nobody at the keyboard made says `Twofold-Background: 1` and keeps no session alive.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags((name = "operation", description = "For those who run the server.")),
    components(schemas(ProblemDocument<'static>, FieldError)),
    modifiers(&Schemes)
)]
struct Base;

struct Schemes;

impl utoipa::Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
            "`tfs_…` of a session, or, where the operation's `x-twofold-permission` names a scope, `tfa_…` of a \
             person's program or of a program in its own name. A token has no assurance level: what asks a person \
             for a second factor refuses it with 403 `needs_person`.",
        ));
        let basic = HttpBuilder::new().scheme(HttpAuthScheme::Basic).description(Some(
            "E-mail address and password, where something is only read, as long as the policy lets them; the \
             account is the path's, or that of `Twofold-Account`. Refused with 403 `password_access_off`.",
        ));
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
        components.add_security_scheme("password", SecurityScheme::Http(basic.build()));
    }
}

/// An empty set of API routes under the document's head.
pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::with_openapi(Base::openapi())
}

/// `/openapi.json` and `/docs`.
pub fn serve(document: &utoipa::openapi::OpenApi) -> Result<Router, serde_json::Error> {
    let json: axum::body::Bytes = document.to_pretty_json()?.into();
    let document = Router::new()
        .route("/openapi.json", get(async move || ([(header::CONTENT_TYPE, "application/json")], json)));
    let config = Config::new(["/openapi.json"]).validator_url("none").deep_linking(true);
    let reference: Router = SwaggerUi::new("/docs").config(config).into();
    Ok(on(Surface::Reference, reference).merge(document))
}
