//! `POST /v1/operator-grants`: let the installation's operator act inside the account for a while.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::account::OperatorScope;
use twofold_domain::ids::OperatorGrantId;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{Consented, GrantOperator};
use utoipa::ToSchema;

use crate::app::App;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Placed, Repeatably, perform};
use crate::routes::consent::Waiting;
use crate::routes::door::Session;
use crate::routes::show::Instant;
use crate::routes::usual::Changing;

/// What for, for how long, why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOperatorGrant {
    /// Of `link` (a set-up link for a member of the team), `unlock` (lift somebody's locks), `read` (print reports
    /// with the names of people), `import` (bring hardware tokens into the stock).
    #[schema(value_type = Vec<String>)]
    scopes: BTreeSet<OperatorScope>,
    /// For how many hours.
    #[schema(minimum = 1, maximum = 72, example = 4)]
    hours: u8,
    /// In your words: at most 500 characters. It stands in the log, sealed under your key.
    reason: String,
}

/// A grant that holds, or waits for a second owner.
#[derive(Serialize, Clone, Copy, ToSchema)]
pub(super) struct OperatorGrantMade {
    /// Its id.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<OperatorGrantId>,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Instant>,
    /// It does not hold yet: a second owner approves it, or its time comes. Answered with 202.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<Waiting>,
}

impl Repeatably for OperatorGrantMade {
    fn repeated(self) -> Self {
        self
    }
}

/// Let the operator of the installation act inside this account for a while.
///
/// Owners only; with two of them it takes both, unless the account's governance says otherwise. It ends by itself,
/// and each use is told to the owners.
#[utoipa::path(post, path = "/v1/operator-grants", tag = "accounts", operation_id = "grant_operator",
    security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = NewOperatorGrant,
    responses((status = 201, description = "It holds.", body = Placed<OperatorGrantMade>),
        (status = 202, description = "It waits for a second owner, or its time.",
            body = Placed<OperatorGrantMade>), Changing))]
pub(super) async fn grant(
    State(app): State<App>,
    session: Session,
    Change { body, repeat }: Change<NewOperatorGrant>,
) -> Result<Response, Problem> {
    let me = session.may(&app, Deed::GrantOperator).await?;
    let NewOperatorGrant { scopes, hours, reason } = body;
    let circle = app.circle(me.account).await?;
    let act = GrantOperator { credential: session.credential.clone(), scopes, hours, reason, circle };
    perform(&app, &session, &repeat, act, |came| match came {
        Consented::Done(granted) => Answer::created(
            "/v1/operator-grants".to_owned(),
            OperatorGrantMade {
                id: Some(granted.grant),
                until: Some(Instant(granted.until)),
                approval: None,
            },
        ),
        Consented::Waits(requested) => Answer {
            status: axum::http::StatusCode::ACCEPTED,
            etag: None,
            location: Some(format!("/v1/approvals/{}", requested.approval)),
            body: Ok(OperatorGrantMade { id: None, until: None, approval: Some((*requested).into()) }),
        },
    })
    .await
}
