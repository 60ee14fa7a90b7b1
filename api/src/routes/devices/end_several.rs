//! `POST /v1/users/{user}/sessions/end`: end several sessions, all, or all but this one.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::{AccountId, SessionId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::user::Help;
use twofold_infra::acts::EndSessions;
use twofold_projections::directory::{self, SessionRow};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::{Missing, Problem};
use crate::routes::change::{Answer, Change, Placed, Repeatably, perform};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// Which sessions end.
#[derive(Deserialize, ToSchema)]
#[schema(as = SessionsToEnd)]
#[serde(deny_unknown_fields, tag = "which", rename_all = "snake_case")]
pub(super) enum Which {
    /// Every one.
    All,
    /// Every one but that which asks.
    Others,
    /// These.
    These {
        /// `ses_…`, of this person. One that is over already is passed over.
        #[schema(value_type = Vec<String>)]
        sessions: BTreeSet<SessionId>,
    },
}

/// What ended.
#[derive(Serialize, ToSchema)]
#[schema(as = SessionsEnded)]
pub(super) struct Ended {
    /// The sessions that ended with this request, dead at their next one.
    #[schema(value_type = Vec<String>)]
    ended: Vec<SessionId>,
}

impl Repeatably for Ended {
    fn repeated(self) -> Self {
        self
    }
}

/// End several sessions at once: all, all but the one that asks, or those that are named.
///
/// Dead at their next request. One's own, or those of somebody whom one's role may help. A session of somebody else
/// among those named refuses the whole.
#[utoipa::path(post, path = "/v1/users/{user}/sessions/end", tag = "devices", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`."),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = Which,
    responses((status = 200, description = "Ended.", body = Placed<Ended>), Changing))]
pub(super) async fn end_several(
    State(app): State<App>,
    session: Session,
    Path(user): Path<UserName>,
    Change { body, repeat }: Change<Which>,
) -> Result<Response, Problem> {
    let (me, user) = session.may_help(&app, user, |_| Deed::EndOwn, Help::Sessions).await?;
    app.caught_up(directory::NAME, me.account, app.position(me.account).await?).await?;
    let rows = directory::sessions(app.store().views(), me.account, user).await?;
    let found: Vec<SessionRow> = match body {
        Which::All => rows,
        Which::Others => rows.into_iter().filter(|row| row.session_id != me.session_id).collect(),
        Which::These { sessions } => named(&app, me.account, user, sessions).await?,
    };
    let sessions = found.into_iter().map(|row| (row.device_id, row.session_id)).collect();
    let act = EndSessions { credential: session.credential.clone(), user, sessions };
    perform(&app, &session, &repeat, act, |ended| Answer::ok(Ended { ended: ended.clone() })).await
}

/// Sessions by id, each of this person.
async fn named(
    app: &App,
    account: AccountId,
    user: UserId,
    sessions: BTreeSet<SessionId>,
) -> Result<Vec<SessionRow>, Problem> {
    let mut found = Vec::with_capacity(sessions.len());
    for session in sessions {
        let row = directory::session(app.store().views(), account, session).await?;
        found.push(row.filter(|row| row.user_id == user).ok_or_else(|| Problem::missing(Missing::Device))?);
    }
    Ok(found)
}
