//! `POST /v1/accounts/{account}/sign-ins`: show an e-mail address and a password.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::device::{Decision, Why};
use twofold_domain::ids::SignInId;
use twofold_infra::acts::{BeginSignIn, Begun};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::routes::change::{Answer, Placed};
use crate::routes::door::{AccountName, ThisDevice, Visitor};
use crate::routes::show::{Granted, Instant, Secret};
use crate::routes::usual::Entering;

/// An e-mail address and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSignIn {
    #[schema(example = "ada@example.com")]
    email: Secret,
    password: Secret,
}

/// What a right password leads to. Why, `reasons` says; the log keeps them.
#[derive(Serialize, ToSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
pub(super) enum SignedIn {
    /// Signed in.
    Complete(Entered),
    /// A factor must be enrolled first; the session is good for nothing else.
    Enrol(Entered),
    /// A second factor is asked for: answer at `/v1/sign-ins/{sign_in}/proofs`.
    Challenge(Challenge),
}

/// A session that began.
#[derive(Serialize, ToSchema)]
pub(super) struct Entered {
    /// The attempt.
    #[schema(value_type = String)]
    sign_in: SignInId,
    /// Why it went this way: `device_trusted`, `optional_not_enrolled`, and so on.
    #[schema(value_type = Vec<String>)]
    reasons: Vec<Why>,
    /// The device's own token, new each time: keep it, and send it as `Twofold-Device` at the next sign-in.
    device_token: Secret,
    /// The session.
    session: Granted,
}

/// A second factor that is asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct Challenge {
    /// The attempt.
    #[schema(value_type = String)]
    sign_in: SignInId,
    /// Why: `new_device`, `trust_ended`, `every_sign_in`, and so on.
    #[schema(value_type = Vec<String>)]
    reasons: Vec<Why>,
    /// The device's own token: the answer must show it as `Twofold-Device`.
    device_token: Secret,
    /// When the attempt ends.
    expires_at: Instant,
    /// What answers it: `otp`, `recovery_code`.
    methods: Vec<&'static str>,
    /// For how many days this device may be trusted with the answer; absent where it cannot be.
    #[serde(skip_serializing_if = "Option::is_none")]
    trust_days: Option<u32>,
}

/// Sign in with e-mail address and password.
///
/// Code `sign_in_refused` is the same, in the same time, for an unknown person, a wrong password, and a lock.
#[utoipa::path(post, path = "/v1/accounts/{account}/sign-ins", tag = "entry",
    params(("account" = String, Path, description = "`acc_…` or its short name."),
        ("Twofold-Device" = Option<String>, Header, description = "The device's own token, if it has one.")),
    request_body = NewSignIn,
    responses((status = 200, description = "The password was right.", body = Placed<SignedIn>), Entering))]
pub(super) async fn sign_in(
    State(app): State<App>,
    Visitor(context): Visitor,
    device: Option<ThisDevice>,
    Path(account): Path<AccountName>,
    Json(body): Json<NewSignIn>,
) -> Result<Response, Problem> {
    let password = body.password.password()?;
    let account = account.find(&app).await?;
    let device = device.map(|ThisDevice(token)| token);
    let act = BeginSignIn::new(body.email.expose().to_owned(), password, device);
    let done = app.perform(account, context, act).await?;
    let shown = match done.reply {
        Begun::Refused => return Err(Problem::sign_in_refused()),
        Begun::Challenge { sign_in, reasons, device_token, expires_at, trust, recovery } => {
            let methods = if recovery { vec!["otp", "recovery_code"] } else { vec!["otp"] };
            SignedIn::Challenge(Challenge {
                sign_in,
                reasons,
                device_token: device_token.into(),
                expires_at: expires_at.into(),
                methods,
                trust_days: trust.map(|span| (span.whole_seconds() / 86_400) as u32),
            })
        }
        Begun::Session { sign_in, decision, reasons, device_token, grant } => {
            let entered =
                Entered { sign_in, reasons, device_token: device_token.into(), session: grant.into() };
            match decision {
                Decision::Enrol => SignedIn::Enrol(entered),
                Decision::Complete | Decision::Challenge => SignedIn::Complete(entered),
            }
        }
    };
    Ok(Answer::ok(shown).at(done.position))
}
