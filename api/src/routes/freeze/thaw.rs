//! `POST /v1/thaws/…`: the way back to a sign-in that is frozen.
//!
//! The token comes in the body, not in the path: paths end in the logs of whatever stands between.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use twofold_domain::ids::{AccountId, UserId};
use twofold_infra::acts::{RequestThaw, ShowThaw, Thaw, ThawWait, Thawing, WaitForThaw};
use twofold_infra::context::Context;
use twofold_infra::desk::{Act, Done};
use twofold_infra::verify::token::{Bearer, LinkToken};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Json;
use crate::problem::{Problem, kinds};
use crate::routes::change::{Answer, Placed};
use crate::routes::door::{AccountName, Visitor};
use crate::routes::entry::{Asked as Factor, TextsShown, methods};
use crate::routes::show::{Instant, Secret, Signature, proof};
use crate::routes::usual::Entering;

/// Whose sign-in.
#[derive(Deserialize, ToSchema)]
#[schema(as = ThawRequest)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// `acc_…` or its short name.
    #[schema(value_type = String)]
    account: AccountName,
    /// The address that they sign in with.
    email: Secret,
}

/// It was looked at. Deliberately says no more.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkLookedFor {
    /// Always the same.
    note: &'static str,
}

/// Ask for a link back to a sign-in that is frozen.
///
/// The answer is the same, in the same time, whether anybody has this address and is frozen. The link goes to the
/// address that recovery uses: single use, 24 hours, once a minute and five times an hour at most.
#[utoipa::path(post, path = "/v1/thaws/links", tag = "recovery", operation_id = "ask_for_thaw",
    request_body = Asked,
    responses((status = 202, description = "Looked at.", body = LinkLookedFor), Entering))]
pub(super) async fn ask(
    State(app): State<App>,
    Visitor(context): Visitor,
    Json(body): Json<Asked>,
) -> Result<Response, Problem> {
    let account = body.account.find(&app).await?;
    app.perform(account, context, RequestThaw { email: body.email.expose().to_owned() }).await?;
    let looked = LinkLookedFor { note: "If the sign-in of that address is frozen, a message is on its way." };
    Ok((StatusCode::ACCEPTED, Json(looked)).into_response())
}

/// A link back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Back {
    /// The last segment of the link: `tfl_…`.
    pub(super) token: Secret,
}

fn over() -> Problem {
    Problem::new(kinds::LINK_OVER).detail("this link is no longer valid")
}

pub(super) fn parse(token: &Secret) -> Result<Bearer<LinkToken>, Problem> {
    Bearer::<LinkToken>::parse(token.expose()).map_err(|_| over())
}

/// An account that is not there is a link that was never made.
fn of_link(problem: Problem) -> Problem {
    if problem.kind() == kinds::NOT_FOUND { over() } else { problem }
}

/// Performs what is asked for by a link back, in the account that the link belongs to.
pub(super) async fn by_link<A: Act>(
    app: &App,
    context: Context,
    token: Bearer<LinkToken>,
    act: impl FnOnce(Arc<Bearer<LinkToken>>) -> A,
) -> Result<Done<A::Reply>, Problem> {
    app.perform(token.account(), context, act(token.into())).await.map_err(of_link)
}

/// What a link back takes.
#[derive(Serialize, ToSchema)]
pub(super) struct ThawShown {
    /// When the link ends.
    expires_at: Instant,
    /// The least characters of the password that is chosen by it.
    password_length: u8,
    /// Whether it takes a second factor or a recovery code now.
    takes_factor: bool,
    /// What of theirs is one, in the order in which to ask: `otp`, `sms_code` (have one sent at `/v1/thaws/text`),
    /// `assertion` (ask what is to be signed at `/v1/thaws/challenges`); `recovery_code` last.
    methods: Vec<&'static str>,
    /// The factors that are taken, the preferred one first.
    factors: Vec<Factor>,
    /// Where codes by SMS for it stand.
    #[serde(flatten)]
    texts: TextsShown,
    /// From when it takes none, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    open_from: Option<Instant>,
    /// Whether a wait can take the place of a factor. Otherwise an owner or an admin vouches.
    may_wait: bool,
    /// Whether a password is chosen: not of somebody who signs in through an identity provider only.
    sets_password: bool,
}

/// See what a link back takes. Uses nothing.
#[utoipa::path(post, path = "/v1/thaws/look", tag = "recovery", operation_id = "look_at_thaw",
    request_body = Back,
    responses((status = 200, description = "What it takes.", body = ThawShown), Entering))]
pub(super) async fn look(
    State(app): State<App>,
    Visitor(context): Visitor,
    Json(body): Json<Back>,
) -> Result<Response, Problem> {
    let token = parse(&body.token)?;
    let account = token.account();
    let done = by_link(&app, context, token, |token| ShowThaw { token }).await?;
    let shown = done.reply;
    let texts = TextsShown::of(&app, account, shown.user, shown.texts).await?;
    Ok(Json(ThawShown {
        expires_at: Instant(shown.expires_at),
        password_length: shown.least_password,
        takes_factor: shown.takes_factor,
        methods: methods(&shown.offers),
        factors: shown.offers.factors.into_iter().map(Factor::from).collect(),
        texts,
        open_from: shown.open_from.map(Instant),
        may_wait: shown.may_wait,
        sets_password: shown.sets_password,
    })
    .into_response())
}

/// A wait that began.
#[derive(Serialize, ToSchema)]
pub(super) struct ThawWaits {
    /// From when a link back takes no second factor.
    opens_at: Instant,
}

/// Ask for the wait that takes the place of a second factor.
///
/// For end users 72 hours; for an owner the same, beside other owners seven days. Everybody concerned is told, and
/// the link in that notice, staff, or for an owner any owner or admin stops it. Members of the team are vouched for
/// (`ask_your_team`). Code `recovery_refused` within 72 hours of a password reset by mail or a change of address.
#[utoipa::path(post, path = "/v1/thaws/wait", tag = "recovery", operation_id = "wait_for_thaw",
    request_body = Back,
    responses((status = 202, description = "The wait began.", body = Placed<ThawWaits>), Entering))]
pub(super) async fn wait(
    State(app): State<App>,
    Visitor(context): Visitor,
    Json(body): Json<Back>,
) -> Result<Response, Problem> {
    let token = parse(&body.token)?;
    let account = token.account();
    let circle = app.circle(account).await.map_err(of_link)?;
    let done = by_link(&app, context, token, |token| WaitForThaw { token, circle }).await?;
    match done.reply {
        ThawWait::Waits(from) => {
            let body = Ok(ThawWaits { opens_at: Instant(from) });
            let answer = Answer { status: StatusCode::ACCEPTED, etag: None, location: None, body };
            Ok(answer.at(done.position))
        }
        ThawWait::Doubted(why, until) => Err(Problem::recovery_refused(why, until, app.now_of(account))),
    }
}

/// A link back, what is shown beside it, and the password that was chosen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Thawed {
    /// The last segment of the link: `tfl_…`.
    token: Secret,
    /// The code of the authenticator app or hardware token: 6 to 8 digits; spaces and hyphens are passed over. A token
    /// that counts presses and went out of step is found again by two codes in a row, one behind the other in this field.
    otp: Option<Secret>,
    /// Or a code that was sent by SMS for this.
    sms_code: Option<Secret>,
    /// Or a recovery code.
    recovery_code: Option<Secret>,
    /// Or what a security key or passkey answered to a challenge that was made for this.
    assertion: Option<Signature>,
    /// At least 8 characters; 15 where it stands alone. Another one than before. None of somebody who signs in through an
    /// identity provider only (`sets_password` is false): no way back makes them a password.
    password: Option<Secret>,
}

/// A sign-in that works again.
#[derive(Serialize, ToSchema)]
pub(super) struct ThawedShown {
    /// The account.
    #[schema(value_type = String)]
    account: AccountId,
    /// The person.
    #[schema(value_type = String)]
    user: UserId,
    /// The address that they sign in with. Where it had been changed just before the freeze, it is the one from
    /// before again.
    email: String,
}

/// Come back to a sign-in that is frozen.
///
/// The link, and a second factor or a recovery code; or the link alone, once staff vouched or a wait is over
/// (`proof_needed` before). A wrong one is charged. The new password ends the freeze; signing in comes next, with the
/// second factor as before. Whoever signs in through an identity provider only comes back to that, without a password.
#[utoipa::path(post, path = "/v1/thaws", tag = "recovery", operation_id = "thaw", request_body = Thawed,
    responses((status = 200, description = "The sign-in works again.", body = Placed<ThawedShown>), Entering))]
pub(super) async fn thaw(
    State(app): State<App>,
    Visitor(context): Visitor,
    Json(body): Json<Thawed>,
) -> Result<Response, Problem> {
    let token = parse(&body.token)?;
    let account = token.account();
    let password = body.password.as_ref().map(Secret::password).transpose()?;
    let (otp, sms_code) = (body.otp.as_ref(), body.sms_code.as_ref());
    let typed = match (otp, sms_code, body.recovery_code.as_ref(), body.assertion.as_ref()) {
        (None, None, None, None) => None,
        (otp, sms_code, recovery_code, assertion) => Some(proof(otp, sms_code, recovery_code, assertion)?),
    };
    let (shown, pointer) = typed.map_or((None, "/otp"), |typed| (Some(typed.proof), typed.pointer));
    let act = |token| Thaw { token, proof: shown, password };
    let done = by_link(&app, context, token, act).await?;
    match done.reply {
        Thawing::Refused(why) => {
            Err(Problem::of_refusal(kinds::PROOF_REJECTED_HERE, why, pointer, app.now_of(account)))
        }
        Thawing::Back { user, email } => {
            Ok(Answer::ok(ThawedShown { account, user, email }).at(done.position))
        }
    }
}
