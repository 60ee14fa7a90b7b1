//! `POST /v1/accounts/{account}/sign-ins`: show an e-mail address and a password, or, as a program that checked
//! the person itself, say who it is.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::device::{Decision, Why};
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::{FactorId, SignInId, UserId};
use twofold_infra::acts::{Asserted, AtOnce, BeginSignIn, Begun, DeviceCredential, Offered, Offers};
use utoipa::ToSchema;

use super::text::{NotTextedShown, TextShown};
use crate::app::App;
use crate::extract::{Json, Path};
use crate::problem::{Problem, kinds};
use crate::routes::change::{Answer, Placed};
use crate::routes::door::{AccountName, ThisDevice, Visitor};
use crate::routes::reader::Program;
use crate::routes::show::{Granted, Instant, Secret};
use crate::routes::usual::Entering;

/// A first factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSignIn {
    /// `password` if not said; `asserted` under the token of a program that checked the person itself.
    #[serde(default)]
    first_factor: FirstFactor,
    /// Who: required with a password.
    #[schema(example = "ada@example.com")]
    email: Option<Secret>,
    /// Never beside `asserted`.
    password: Option<Secret>,
    /// Instead of `email`, beside `asserted`.
    #[schema(value_type = Option<String>)]
    user: Option<UserId>,
}

/// What opens the sign-in.
#[derive(Deserialize, ToSchema, Clone, Copy, Default)]
#[serde(rename_all = "snake_case")]
pub(super) enum FirstFactor {
    /// The password.
    #[default]
    Password,
    /// A program's word.
    Asserted,
}

impl NewSignIn {
    /// The act that it asks for. What is missing, or too much, is named.
    fn act(self, program: Program, device: Option<DeviceCredential>) -> Result<BeginSignIn, Problem> {
        let fault = |pointer: &str, code: &'static str, words: &str| {
            Problem::new(kinds::INVALID_FIELDS).field(pointer, code, words)
        };
        match self.first_factor {
            FirstFactor::Password => {
                if self.user.is_some() {
                    return Err(fault("/user", "unexpected_field", "a password goes with `email`"));
                }
                let missing = |pointer| fault(pointer, "missing_field", "required");
                let email = self.email.ok_or_else(|| missing("/email"))?;
                let password = self.password.ok_or_else(|| missing("/password"))?.password()?;
                Ok(BeginSignIn::new(email.expose().to_owned(), password, device))
            }
            FirstFactor::Asserted => {
                let token = program.token()?;
                if self.password.is_some() {
                    return Err(fault(
                        "/password",
                        "unexpected_field",
                        "the program checked the person itself",
                    ));
                }
                let whom = match (self.user, self.email) {
                    (Some(user), None) => Asserted::User(user),
                    (None, Some(email)) => Asserted::Email(email.expose().to_owned()),
                    (None, None) => return Err(fault("/user", "missing_field", "send `user` or `email`")),
                    (Some(_), Some(_)) => {
                        return Err(fault(
                            "/email",
                            "unexpected_field",
                            "send either `user` or `email`, not both",
                        ));
                    }
                };
                Ok(BeginSignIn::asserted(token, whom, device))
            }
        }
    }
}

/// What a good first factor leads to. Why, `reasons` says; the log keeps them.
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
    /// What answers it, in the order in which to ask: `otp`, `sms_code`, `assertion` (ask what is to be signed at
    /// `/v1/sign-ins/{sign_in}/challenges`); `recovery_code` last.
    methods: Vec<&'static str>,
    /// The factors that answer it, the preferred one first.
    factors: Vec<Asked>,
    /// What is left to whoever has none of these: `mailbox` or `owner` (ask for a way back in at
    /// `/v1/sign-ins/{sign_in}/recovery`), `grant` (an owner or an admin grants a code).
    recovery_route: &'static str,
    /// The code that was sent along, where a number is asked for first: on its way (`sent`), to be asked for
    /// later (`later`), or not to be had (`not_sent`).
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<SentAlong>,
    /// For how many days this device may be trusted with the answer; absent where it cannot be.
    #[serde(skip_serializing_if = "Option::is_none")]
    trust_days: Option<u32>,
}

/// A factor that answers a challenge.
#[derive(Serialize, ToSchema)]
#[schema(as = SecondFactorAsked)]
pub(in crate::routes) struct Asked {
    /// Which.
    #[schema(value_type = String)]
    id: FactorId,
    /// `totp`, `token`, `sms`, `webauthn`.
    #[schema(value_type = String)]
    kind: FactorKind,
    /// What its owner calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The last two digits of its number, where it has one: `••56`.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
}

impl From<Offered> for Asked {
    fn from(Offered { factor, kind, name, number }: Offered) -> Self {
        Self { id: factor, kind, name, number }
    }
}

/// What became of the code that goes out with a challenge.
#[derive(Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum SentAlong {
    /// It is on its way; what becomes of it, `GET /v1/sign-ins/{sign_in}` says.
    Sent(TextShown),
    /// One was sent a moment ago for something else.
    Later {
        /// From when on one can be asked for.
        resend_at: Instant,
    },
    /// None can be sent.
    NotSent(NotTextedShown),
}

impl From<AtOnce> for SentAlong {
    fn from(text: AtOnce) -> Self {
        match text {
            AtOnce::Sent(text) => Self::Sent(text.into()),
            AtOnce::Later(at) => Self::Later { resend_at: at.into() },
            AtOnce::Not(not) => Self::NotSent(not.into()),
        }
    }
}

/// What answers a challenge, each once, in the order in which its factors are asked for.
pub(in crate::routes) fn methods(offers: &Offers) -> Vec<&'static str> {
    let mut methods = vec![];
    for offered in &offers.factors {
        let method = match offered.kind {
            FactorKind::Totp | FactorKind::Token => "otp",
            FactorKind::Sms => "sms_code",
            FactorKind::Webauthn => "assertion",
        };
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    methods.extend(offers.recovery_code.then_some("recovery_code"));
    methods
}

/// Sign in.
///
/// With e-mail address and password: code `sign_in_refused` is the same, in the same time, for an unknown person,
/// a wrong password, and a lock.
///
/// With `first_factor: asserted`, under the token of a program with the scope `assert_sign_in`, for a person whose
/// first factor the program checked itself: the same course, but a device's trust counts only with the scope
/// `assert_trust`. Codes `not_vouched` (403: an owner, or the policy), `insufficient_scope`, `locked`; 404 where
/// there is no such person.
#[utoipa::path(post, path = "/v1/accounts/{account}/sign-ins", tag = "entry", security((), ("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."),
        ("Twofold-Device" = Option<String>, Header, description = "The device's own token, if it has one.")),
    request_body = NewSignIn,
    responses((status = 200, description = "The first factor was good.", body = Placed<SignedIn>), Entering))]
pub(super) async fn sign_in(
    State(app): State<App>,
    Visitor(context): Visitor,
    device: Option<ThisDevice>,
    program: Program,
    Path(account): Path<AccountName>,
    Json(body): Json<NewSignIn>,
) -> Result<Response, Problem> {
    let act = body.act(program, device.map(|ThisDevice(token)| token))?;
    let account = account.find(&app).await?;
    let done = app.perform(account, context, act).await?;
    let shown = match done.reply {
        Begun::Refused => return Err(Problem::sign_in_refused()),
        Begun::Challenge { sign_in, reasons, device_token, expires_at, trust, offers, text } => {
            SignedIn::Challenge(Challenge {
                sign_in,
                reasons,
                device_token: device_token.into(),
                expires_at: expires_at.into(),
                methods: methods(&offers),
                recovery_route: offers.lost.into(),
                factors: offers.factors.into_iter().map(Asked::from).collect(),
                text: text.map(SentAlong::from),
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
