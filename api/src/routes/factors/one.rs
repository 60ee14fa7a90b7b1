//! `GET /v1/users/me/factors/{factor}`: one of one's own factors; its secret while it is being bound.

use axum::extract::State;
use serde::Serialize;
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::FactorId;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{ShowEnrolment, ShowKey};
use utoipa::ToSchema;

use super::list::own;
use super::shown::{FactorShown, Started};
use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::Path;
use crate::problem::{Missing, Problem};
use crate::routes::as_of::AsOf;
use crate::routes::door::Session;
use crate::routes::usual::Reading;

/// A factor: while it is being bound with its secret, then without.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Factor {
    /// Being bound, read by the session that began it.
    Pending(Started),
    /// Any other.
    Plain(FactorShown),
}

/// One of my factors.
///
/// The session that began its binding sees the secret until it is confirmed; nobody else ever does, and of the
/// past nobody.
#[utoipa::path(get, path = "/v1/users/me/factors/{factor}", tag = "factors", security(("bearer" = [])),
    params(("factor" = String, Path, description = "`fac_…`")),
    responses((status = 200, description = "The factor.", body = Viewed<Factor>), Reading))]
pub(super) async fn one(
    State(app): State<App>,
    session: Session,
    Path(factor): Path<FactorId>,
    asked: AsOf,
) -> Result<Viewed<Factor>, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let at = asked.stand(&app, me.account, &[]).await?;
    let found = own(&app, &at, me.user).await?.into_iter().find(|f| f.id == factor);
    let found = found.ok_or_else(|| Problem::missing(Missing::Factor))?;
    if found.state == "pending" && !at.is_past() {
        let (account, context) = (session.credential.account(), session.context.clone());
        let credential = session.credential.clone();
        // Another session sees that there is a binding, not its secret.
        let started = match found.kind {
            FactorKind::Webauthn => {
                let shown = app.desk.perform(account, context, ShowKey { credential, factor }).await;
                shown.map(|done| Started::from(&done.reply))
            }
            FactorKind::Totp | FactorKind::Token | FactorKind::Sms => {
                let shown = app.desk.perform(account, context, ShowEnrolment { credential, factor }).await;
                shown.map(|done| Started::from(&done.reply))
            }
        };
        if let Ok(started) = started {
            return Ok(at.shows(Factor::Pending(started)));
        }
    }
    Ok(at.shows(Factor::Plain(found)))
}
