//! `POST /v1/users/{user}/exemptions`, `DELETE …/{exemption}`: in without a second factor for a while.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::ExemptionId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::user::Help;
use twofold_infra::acts::{Consented, EndExemption, Exempt, Exempted};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Placed, Repeatably, no_content, perform};
use crate::routes::consent::Waiting;
use crate::routes::door::{Session, UserName};
use crate::routes::show::Instant;
use crate::routes::usual::Changing;

/// Whom, why, until when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewExemption {
    /// In your words: at most 500 characters. It stands in the log, sealed under the person's key.
    reason: String,
    /// When it ends by itself: within seven days.
    until: Instant,
}

/// An exemption that holds, or waits for a second owner.
#[derive(Serialize, Clone, Copy, ToSchema)]
pub(super) struct ExemptionShown {
    /// Its id.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<ExemptionId>,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Instant>,
    /// It does not hold yet: a second owner approves it. Answered with 202.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<Waiting>,
}

impl Repeatably for ExemptionShown {
    fn repeated(self) -> Self {
        self
    }
}

/// Let somebody in without a second factor for a while.
///
/// Signing in takes the password only, at assurance level 1, and the session ends with the exemption. In it
/// nobody binds or changes a factor. It lifts no lock. End users, and whoever was one within 72 hours, are exempted by
/// owners only, and nobody exempts themself; what a role may not is refused, and on record. A newer exemption takes the place of an older one.
#[utoipa::path(post, path = "/v1/users/{user}/exemptions", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = NewExemption,
    responses((status = 201, description = "It holds.", body = Placed<ExemptionShown>),
        (status = 202, description = "Of an owner: it waits for a second one, or its time.",
            body = Placed<ExemptionShown>), Changing))]
pub(super) async fn exempt(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<NewExemption>,
) -> Result<Response, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let user = who.of(&me);
    let act = Exempt {
        credential: session.credential.clone(),
        user,
        reason: body.reason,
        until: body.until.0,
        circle: app.circle(me.account).await?,
    };
    perform(&app, &session, &repeat, act, move |came| match came {
        Consented::Done(Exempted { exemption, until }) => Answer::created(
            format!("/v1/users/{user}/exemptions/{exemption}"),
            ExemptionShown { id: Some(*exemption), until: Some(Instant(*until)), approval: None },
        ),
        Consented::Waits(requested) => Answer {
            status: StatusCode::ACCEPTED,
            etag: None,
            location: Some(format!("/v1/approvals/{}", requested.approval)),
            body: Ok(ExemptionShown { id: None, until: None, approval: Some((*requested).into()) }),
        },
    })
    .await
}

/// End an exemption before its time.
///
/// Sessions that rest on it end at their next request.
#[utoipa::path(delete, path = "/v1/users/{user}/exemptions/{exemption}", tag = "people",
    security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("exemption" = String, Path, description = "`exm_…`")),
    responses((status = 204, description = "It is over."), Changing))]
pub(super) async fn end(
    State(app): State<App>,
    session: Session,
    Path((who, exemption)): Path<(UserName, ExemptionId)>,
) -> Result<Response, Problem> {
    let (me, user) = session.may_help(&app, who, Deed::Exempt, Help::Exemption).await?;
    let act = EndExemption { credential: session.credential.clone(), user, exemption };
    Ok(no_content(&app.perform(me.account, session.context, act).await?))
}
