//! Codes by SMS for a challenge: how it stands, and another one.
//!
//! `GET /v1/sign-ins/{sign_in}`, `POST /v1/sign-ins/{sign_in}/resend`.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::{AccountId, FactorId, SignInId, UserId};
use twofold_infra::acts::{NotTexted, ShowChallenge, TextSignIn, Texted, Texts};
use twofold_projections::messages::{self, Standing};
use utoipa::ToSchema;

use super::sign_in::{Asked, methods};
use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::routes::as_of::now;
use crate::routes::change::{Answer, Placed};
use crate::routes::door::{ThisDevice, Visitor, of_device};
use crate::routes::show::Instant;
use crate::routes::usual::Entering;

/// A code on its way to a number.
#[derive(Serialize, ToSchema)]
pub(in crate::routes) struct TextShown {
    /// The factor.
    #[schema(value_type = String)]
    factor: FactorId,
    /// The last two digits of its number: `••56`.
    number: String,
    /// When it was asked for.
    sent_at: Instant,
    /// When it ends. Codes sent before stay good until their own end.
    expires_at: Instant,
    /// From when on another one can be asked for.
    resend_at: Instant,
}

impl From<Texted> for TextShown {
    fn from(text: Texted) -> Self {
        Self {
            factor: text.factor,
            number: text.number,
            sent_at: text.sent_at.into(),
            expires_at: text.expires_at.into(),
            resend_at: text.resend_at.into(),
        }
    }
}

/// Why no code is sent.
#[derive(Serialize, ToSchema)]
pub(in crate::routes) struct NotTextedShown {
    /// `no_transport`, `person_budget`, `account_budget`, `country_budget`.
    why: &'static str,
    /// When the budget that is spent begins anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<Instant>,
    /// What else answers.
    instead: Vec<&'static str>,
}

impl From<NotTexted> for NotTextedShown {
    fn from(not: NotTexted) -> Self {
        Self { why: not.why.name(), retry_at: not.until.map(Instant::from), instead: not.instead }
    }
}

/// What became of a message.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Outcome {
    /// `queued`, `sent`, or `failed`.
    state: &'static str,
    /// Why it failed: `refused`, `unreachable`, `not_secure`, `expired`, `bad_address`, `no_transport`, `person_budget`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
}

impl From<Standing> for Outcome {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Queued => Self { state: "queued", why: None },
            Standing::Sent => Self { state: "sent", why: None },
            Standing::Failed(why) => Self { state: "failed", why: Some(why.name()) },
        }
    }
}

/// An open challenge.
#[derive(Serialize, ToSchema)]
pub(super) struct ChallengeShown {
    /// When the attempt ends.
    expires_at: Instant,
    /// What answers it, in the order in which to ask; `recovery_code` last.
    methods: Vec<&'static str>,
    /// The factors that answer it, the preferred one first.
    factors: Vec<Asked>,
    /// What is left to whoever has none of these: `mailbox` or `owner` (ask for a way back in at
    /// `/v1/sign-ins/{sign_in}/recovery`), `grant` (an owner or an admin grants a code).
    recovery_route: &'static str,
    /// Where codes by SMS for it stand.
    #[serde(flatten)]
    texts: TextsShown,
}

/// Where codes by SMS stand that answer it.
#[derive(Serialize, ToSchema)]
pub(in crate::routes) struct TextsShown {
    /// The last code that was sent for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<TextShown>,
    /// What became of the last code that was sent to you by SMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<Outcome>,
    /// From when on a code can be asked for, where there is a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    resend_at: Option<Instant>,
    /// Why no code is sent by SMS at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_texted: Option<NotTextedShown>,
    /// How often in a row text messages to you failed, where that is often: choose another method.
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<u16>,
}

impl TextsShown {
    /// Those of somebody, with what became of the last one.
    pub(in crate::routes) async fn of(
        app: &App,
        account: AccountId,
        user: UserId,
        texts: Texts,
    ) -> Result<Self, Problem> {
        let delivery = match texts.text {
            Some(_) => messages::last_text(app.store(), account, user).await?.map(Outcome::from),
            None => None,
        };
        Ok(Self {
            text: texts.text.map(TextShown::from),
            delivery,
            resend_at: texts.resend_at.map(Instant::from),
            not_texted: texts.not_texted.map(NotTextedShown::from),
            failures: texts.failing.map(|(failures, _)| failures),
        })
    }
}

/// How a challenge stands: what answers it, and what became of the code by SMS.
#[utoipa::path(get, path = "/v1/sign-ins/{sign_in}", tag = "entry",
    params(("sign_in" = String, Path, description = "`sin_…`"),
        ("Twofold-Device" = String, Header, description = "The device token of the challenge.")),
    responses((status = 200, description = "It is open.", body = Viewed<ChallengeShown>), Entering))]
pub(super) async fn challenge(
    State(app): State<App>,
    Visitor(context): Visitor,
    ThisDevice(device): ThisDevice,
    Path(sign_in): Path<SignInId>,
) -> Result<Viewed<ChallengeShown>, Problem> {
    let (account, user) = (device.account(), device.holder());
    let act = ShowChallenge { device, sign_in };
    let open = app.perform(account, context, act).await.map_err(of_device)?.reply;
    let seen = now(&app, account, &[]).await?;
    Ok(seen.shows(ChallengeShown {
        expires_at: open.expires_at.into(),
        methods: methods(&open.offers),
        recovery_route: open.offers.lost.into(),
        factors: open.offers.factors.into_iter().map(Asked::from).collect(),
        texts: TextsShown::of(&app, account, user, open.texts).await?,
    }))
}

/// To which number.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Resend {
    /// The factor; the first number that is asked for if not said.
    #[schema(value_type = Option<String>)]
    factor: Option<FactorId>,
}

/// Send a code by SMS, to answer a challenge with.
///
/// It is good for this sign-in only, once, for ten minutes; codes sent before stay good until their own end, and
/// asking again buys no further tries. Codes `text_later` (429 with `Retry-After`: at most one a minute, and
/// three that are still good; none pushes out another), `not_texted` (409, or 429 where a budget is spent): `why` says why, `instead` what else answers.
#[utoipa::path(post, path = "/v1/sign-ins/{sign_in}/resend", tag = "entry",
    params(("sign_in" = String, Path, description = "`sin_…`"),
        ("Twofold-Device" = String, Header, description = "The device token of the challenge.")),
    request_body = Resend,
    responses((status = 200, description = "On its way.", body = Placed<TextShown>), Entering))]
pub(super) async fn resend(
    State(app): State<App>,
    Visitor(context): Visitor,
    ThisDevice(device): ThisDevice,
    Path(sign_in): Path<SignInId>,
    Json(body): Json<Resend>,
) -> Result<Response, Problem> {
    let account = device.account();
    let act = TextSignIn { device, sign_in, factor: body.factor };
    let done = app.perform(account, context, act).await.map_err(of_device)?;
    Ok(Answer::ok(TextShown::from(done.reply)).at(done.position))
}
