//! `POST /v1/users`: register a person and invite them.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::UserId;
use twofold_domain::policy::Role;
use twofold_infra::acts::{NewPerson, RegisterUser};
use utoipa::ToSchema;

use crate::app::App;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Placed, Repeatably, perform};
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// Somebody to register.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUser {
    /// At most 100 characters.
    name: String,
    /// Unique within the account; the invitation goes there.
    #[schema(example = "grace@example.com")]
    email: String,
    /// `admin`, `agent`, `auditor`, `end_user`. An owner is made of somebody who is here, by two.
    #[schema(value_type = String, example = "agent")]
    role: Role,
    /// `en`, `es`, or `ko`; the first that the account offers if not said.
    language: Option<String>,
}

/// Somebody who was registered.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonRegistered)]
pub(super) struct Registered {
    /// The person.
    #[schema(value_type = String)]
    user: UserId,
}

impl Repeatably for Registered {
    fn repeated(self) -> Self {
        self
    }
}

/// Register a person and invite them by mail.
///
/// Owners register anybody but owners (see `make-owner`), admins nobody of their own role or above. Code `taken` where the address is in use.
#[utoipa::path(post, path = "/v1/users", tag = "people", security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = NewUser,
    responses((status = 201, description = "Registered, and invited.", body = Placed<Registered>), Changing))]
pub(super) async fn register(
    State(app): State<App>,
    session: Session,
    Change { body, repeat }: Change<NewUser>,
) -> Result<Response, Problem> {
    let person = NewPerson {
        user: app.desk.mint().id(),
        role: body.role,
        name: body.name,
        email: body.email,
        language: body.language,
    };
    let act = RegisterUser { credential: session.credential.clone(), person };
    perform(&app, &session, &repeat, act, |registered| {
        Answer::created(format!("/v1/users/{}", registered.user), Registered { user: registered.user })
    })
    .await
}
