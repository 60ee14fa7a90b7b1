//! `POST /v1/users/{user}/recovery-grants`: let a locked-out member of the team in once, with a code.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::RecoveryId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::user::GRANT_HOURS;
use twofold_infra::acts::{Consented, GrantRecovery, Granted};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Placed, Repeatably, perform};
use crate::routes::consent::Waiting;
use crate::routes::door::{Session, UserName};
use crate::routes::show::{Instant, Secret};
use crate::routes::usual::Changing;

/// Whom, why, for how long.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewGrant {
    /// In your words: at most 500 characters. It stands in the log, sealed under the person's key.
    reason: String,
    /// How many hours the code is good for: 1 to 24, as it is mailed; to 72 where you are shown it (`show_code`); 24 if
    /// not said.
    #[serde(default = "usual")]
    #[schema(minimum = 1, maximum = 72, example = 24)]
    hours: u8,
    /// Whether you are shown the code, to tell it yourself. Only where the account's governance says so
    /// (`issuers_see_codes`), and never for an owner.
    #[serde(default)]
    show_code: bool,
}

const fn usual() -> u8 {
    GRANT_HOURS
}

/// A grant that holds, or waits for a second owner.
#[derive(Serialize, ToSchema)]
pub(super) struct GrantShown {
    /// The case.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<RecoveryId>,
    /// The code, shown once and only to you, where you asked for it and may see it.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Secret>,
    /// Whether the code was shown to an earlier sending of this request.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    already_shown: bool,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Instant>,
    /// It does not hold yet: a second owner approves it. Answered with 202.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<Waiting>,
}

impl Repeatably for GrantShown {
    fn repeated(self) -> Self {
        let already_shown = self.code.is_some();
        Self { code: None, already_shown, ..self }
    }
}

/// Let a locked-out member of the team in once, with a code.
///
/// The code goes to the person alone, by a one-time link to the address that recovery uses. Beside the password it
/// opens one sign-in, in which the second factor that they lost ends and another one must be bound. Of strictly
/// lower roles only; for an owner it takes a second one. Nobody gives an end user a code: refused, and on record.
#[utoipa::path(post, path = "/v1/users/{user}/recovery-grants", tag = "recovery", operation_id = "grant_recovery",
    security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = NewGrant,
    responses((status = 201, description = "It holds.", body = Placed<GrantShown>),
        (status = 202, description = "Of an owner: it waits for a second one, or its time.",
            body = Placed<GrantShown>), Changing))]
pub(super) async fn grant(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<NewGrant>,
) -> Result<Response, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let user = who.of(&me);
    let act = GrantRecovery {
        credential: session.credential.clone(),
        user,
        reason: body.reason,
        hours: body.hours,
        to_issuer: body.show_code,
        circle: app.circle(me.account).await?,
    };
    let now = app.now_of(me.account);
    perform(&app, &session, &repeat, act, move |came| match came {
        Consented::Done(Granted::Granted { recovery, code, expires_at }) => Answer::created(
            format!("/v1/recovery-cases/{recovery}"),
            GrantShown {
                case: Some(*recovery),
                code: code.clone().map(Secret::from),
                already_shown: false,
                expires_at: Some(Instant(*expires_at)),
                approval: None,
            },
        ),
        Consented::Done(Granted::Refused(why)) => Answer::refused(Problem::recovery_refused(*why, None, now)),
        Consented::Waits(requested) => Answer {
            status: StatusCode::ACCEPTED,
            etag: None,
            location: Some(format!("/v1/approvals/{}", requested.approval)),
            body: Ok(GrantShown {
                case: None,
                code: None,
                already_shown: false,
                expires_at: None,
                approval: Some((*requested).into()),
            }),
        },
    })
    .await
}
