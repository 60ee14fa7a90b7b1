//! `GET /v1/me`: whose session this is, and what it is good for; and both as they were.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::sign_in::{STEP_UP_LIFE, SignedIn};
use utoipa::ToSchema;

use crate::app::App;
use crate::as_of::Viewed;
use crate::problem::{Missing, Problem};
use crate::routes::as_of::AsOf;
use crate::routes::door::Session;
use crate::routes::show::{ClientShown, Instant, SessionShown, open};
use crate::routes::usual::Reading;

/// Whose session this is.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    /// The person.
    #[schema(value_type = String)]
    user: UserId,
    /// Their role.
    #[schema(value_type = String)]
    role: Role,
    /// Their name.
    name: Option<String>,
    /// Their address.
    email: Option<String>,
    /// The language of messages to them.
    language: String,
    /// Their account.
    account: MyAccount,
    /// The session that asks; absent as of when it was not good yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<SessionShown>,
    /// Whether an app must ask for its PIN or biometrics when it is opened.
    reauthorise_on_open: bool,
    /// Until when the session may do something sensitive; absent where a step-up is needed first.
    #[serde(skip_serializing_if = "Option::is_none")]
    stepped_up_until: Option<Instant>,
}

/// The account of a session.
#[derive(Serialize, ToSchema)]
struct MyAccount {
    #[schema(value_type = String)]
    id: AccountId,
    slug: String,
    name: String,
}

/// Who I am.
///
/// As of an event with the name, role and language of then. A session that did not exist yet is not shown.
#[utoipa::path(get, path = "/v1/me", tag = "entry", security(("bearer" = [])),
    responses((status = 200, description = "The person behind the session.", body = Viewed<Me>), Reading))]
pub(super) async fn me(State(app): State<App>, session: Session, asked: AsOf) -> Result<Response, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let seen = asked.stand(&app, me.account, &[]).await?;
    let (account, person) = (seen.account(&app).await?.state, seen.user(&app, me.user).await?.state);
    let device = seen.device(&app, me.device).await?.state;
    let session = SignedIn::recall(&account, &person, &device, me.session_id, seen.instant()).ok();
    let session = session.as_ref().map(SignedIn::session);
    let proved = session.and_then(|s| s.proved_at.filter(|_| s.assurance() == 2)).map(|at| at + STEP_UP_LIFE);
    let who = person.who().ok_or_else(|| Problem::missing(Missing::Person))?;
    let shown = Me {
        user: me.user,
        role: who.role,
        name: open(&app, me.account, me.user, &who.name).await?,
        email: open(&app, me.account, me.user, &who.email).await?,
        language: who.language.clone(),
        account: MyAccount {
            id: me.account,
            slug: account.slug().to_owned(),
            name: account.name().to_owned(),
        },
        session: session.map(|s| SessionShown {
            id: me.session_id,
            device: me.device,
            current: Some(true),
            scope: s.scope,
            method: s.method.into(),
            assurance: s.assurance(),
            started_at: s.started_at.into(),
            proved_at: s.proved_at.map(Instant),
            active_at: s.active_at.into(),
            reauthorised_at: s.reauthorised_at.map(Instant),
            ends_at: s.ends_at.into(),
            client: ClientShown::of(&account, s.client),
        }),
        reauthorise_on_open: account.policy(who.role.audience(), seen.instant()).reauthorise_on_open,
        stepped_up_until: proved.filter(|until| *until > seen.instant()).map(Instant),
    };
    Ok(seen.shows(shown).into_response())
}
