//! `POST /v1/users/me/factors`: begin to bind an authenticator app, a security key, or a passkey.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::ids::FactorId;
use twofold_infra::acts::{StartEnrolment, StartKey};
use utoipa::ToSchema;

use super::shown::Started;
use crate::app::App;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Placed, perform};
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// A factor to bind.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewFactor {
    /// What you call it: at most 100 characters.
    #[schema(example = "My phone")]
    name: String,
    /// `totp` if not said, or `webauthn`.
    #[serde(default)]
    kind: Bindable,
}

/// What can be bound here.
#[derive(Deserialize, ToSchema, Clone, Copy, Default)]
#[serde(rename_all = "snake_case")]
pub(super) enum Bindable {
    /// An authenticator app.
    #[default]
    Totp,
    /// A security key or passkey.
    Webauthn,
}

/// Where a factor is read.
fn place(factor: FactorId) -> String {
    format!("/v1/users/me/factors/{factor}")
}

/// Begin to bind an authenticator app, a security key, or a passkey.
///
/// For a key, hand `public_key` to `navigator.credentials.create()` and confirm with what it makes; code
/// `keys_not_offered` where the installation is reached by an IP address.
///
/// A first factor takes a code that is mailed along; a further one takes a session that was stepped up. A
/// binding under way is replaced. Codes `enrolment_closed`, `ticket_needed`, `too_many_factors`.
#[utoipa::path(post, path = "/v1/users/me/factors", tag = "factors", security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat shows no secret again.")),
    request_body = NewFactor,
    responses((status = 201, description = "Scan it, or make a credential; then confirm it.", body = Placed<Started>), Changing))]
pub(super) async fn start(
    State(app): State<App>,
    session: Session,
    Change { body, repeat }: Change<NewFactor>,
) -> Result<Response, Problem> {
    let (credential, name) = (session.credential.clone(), body.name);
    match body.kind {
        Bindable::Totp => {
            perform(&app, &session, &repeat, StartEnrolment { credential, name }, |started| {
                Answer::created(place(started.factor), Started::from(started))
            })
            .await
        }
        Bindable::Webauthn => {
            perform(&app, &session, &repeat, StartKey { credential, name }, |started| {
                Answer::created(place(started.factor), Started::from(started))
            })
            .await
        }
    }
}
