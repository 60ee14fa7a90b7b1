//! The second factor of a sign-in.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::device::DeviceError;
use twofold_domain::ids::{SignInId, StreamId};
use twofold_domain::sign_in::{Refused as ProofRefused, trust_offer};
use twofold_domain::user::{Purpose, RecoveryRoute, Refusal, User, UserError};
use twofold_infra::acts::{
    ActError, AskKey, AskKeyAtSignIn, Challenged, DeviceCredential, Offered, Proof, ProveSignIn, Proved,
    TextSignIn, offers,
};
use twofold_infra::desk::Done;
use twofold_infra::verify::webauthn::RelyingParty;

use super::door::{Door, Me, Said, redirect, with_query};
use super::offered::{Prompt, RECOVERY_CODE, called};
use super::refused::Refused;
use super::texted::{not_sent, say, standing};
use super::typed::{KeyAnswer, Typed};
use crate::extract::{Form, Query};
use crate::pages::entry::{Challenge, Key, TextWay};
use crate::pages::frame::{Field, Tone};
use crate::pages::render;

#[derive(Deserialize, Default, Clone)]
pub(super) struct Asked {
    #[serde(default)]
    sign_in: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    stay: String,
    next: Option<String>,
    /// `recovery-code`, or the factor that the reader wants to show.
    #[serde(default)]
    with: String,
}

#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(flatten)]
    asked: Asked,
    #[serde(default)]
    code: Typed,
    #[serde(default)]
    trust: String,
    #[serde(flatten)]
    key: KeyAnswer,
}

/// Asks for a code.
pub(super) async fn show(door: Door, Query(asked): Query<Asked>) -> Result<Response, Refused> {
    let (_, device) = attempt(&door, &asked)?;
    page(&door, &asked, &device, Wrong::default()).await
}

/// What was wrong with what was shown last.
#[derive(Default)]
struct Wrong {
    code: Field,
    key: String,
}

impl Wrong {
    fn with(text: String, by_key: bool) -> Self {
        if by_key {
            Self { code: Field::default(), key: text }
        } else {
            Self { code: Field::wrong(text), key: String::new() }
        }
    }
}

/// Looks at the code that was typed.
pub(super) async fn submit(mut door: Door, Form(shown): Form<Shown>) -> Result<Response, Refused> {
    let asked = shown.asked;
    let (sign_in, device) = attempt(&door, &asked)?;
    let by_key = shown.key.given();
    let Some(proof) = (if by_key { shown.key.proof() } else { shown.code.proof() }) else {
        let key = if by_key { "key-wrong" } else { not_a_code(asked.with == RECOVERY_CODE) };
        let wrong = Wrong::with(door.frame.s(key), by_key);
        return Ok(
            (StatusCode::UNPROCESSABLE_ENTITY, page(&door, &asked, &device, wrong).await?).into_response()
        );
    };
    let recovery = matches!(proof, Proof::Recovery(_));
    let prove = ProveSignIn { device: device.clone(), sign_in, proof, trust: shown.trust == "on" };
    match door.perform(prove).await.map(|done| done.reply) {
        Ok(Proved::Session { grant, trusted_until }) => {
            let there = door.go_on(asked.next.as_deref(), "security");
            let said = if trusted_until.is_some() { Said::Trusted.word() } else { "" };
            let there = if there.contains('?') { there } else { with_query(&there, [("said", said)]) };
            Ok((door.session_cookie(&grant, asked.stay == "on"), redirect(&there)).into_response())
        }
        Ok(Proved::Refused(why)) => {
            let wrong = Wrong::with(refusal_of(&door, why, recovery, by_key), by_key);
            let page = page(&door, &asked, &device, wrong).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(ActError::User(UserError::Locked { until, .. })) => {
            let text = format!("{} {}", door.frame.s("error-locked"), door.wait(until));
            door.frame = door.frame.clone().notice(Tone::Bad, text);
            let seconds = until.map_or(3600, |at| at.since(door.now()).whole_seconds());
            let page = page(&door, &asked, &device, Wrong::default()).await?;
            let wait = [(header::RETRY_AFTER, seconds.to_string())];
            Ok((StatusCode::TOO_MANY_REQUESTS, wait, page).into_response())
        }
        Ok(Proved::NotRecognised)
        | Err(ActError::Device(
            DeviceError::SignInOver | DeviceError::NotRecognised | DeviceError::Unknown,
        )) => Err(over(&door, &asked)),
        Err(error) => Err(door.refuse(error)),
    }
}

/// Sends a code to a number, and asks for it.
pub(super) async fn text(mut door: Door, Form(asked): Form<Asked>) -> Result<Response, Refused> {
    let (sign_in, device) = attempt(&door, &asked)?;
    let factor = asked.with.parse().ok();
    match door.perform(TextSignIn { device: device.clone(), sign_in, factor }).await {
        Ok(_) => {
            let said = ("said", Said::CodeTexted.word());
            Ok(redirect(&with_query(
                &door.path("challenge"),
                asked.pairs(&asked.with).into_iter().chain([said]),
            )))
        }
        Err(ActError::Device(
            DeviceError::SignInOver | DeviceError::NotRecognised | DeviceError::Unknown,
        )) => Err(over(&door, &asked)),
        Err(error) => {
            let (status, words) = not_sent(&door, error).map_err(|error| door.refuse(error))?;
            say(&mut door, words);
            Ok((status, page(&door, &asked, &device, Wrong::default()).await?).into_response())
        }
    }
}

impl Asked {
    /// The same question, asking for something else.
    fn pairs<'a>(&'a self, with: &'a str) -> [(&'static str, &'a str); 5] {
        [
            ("sign_in", &self.sign_in),
            ("why", &self.why),
            ("stay", &self.stay),
            ("next", self.next.as_deref().unwrap_or_default()),
            ("with", with),
        ]
    }

    /// What a form of the page brings back unchanged.
    fn hidden(&self, with: &str) -> Vec<(&'static str, String)> {
        self.pairs(with).map(|(name, value)| (name, value.to_owned())).to_vec()
    }
}

/// The same page, asking for something else.
fn here(door: &Door, asked: &Asked, with: &str) -> String {
    with_query(&door.path("challenge"), asked.pairs(with))
}

/// What was wrong with a code, and how long to wait where there is a wait.
pub(super) fn refusal(door: &Door, why: ProofRefused, recovery: bool) -> String {
    let key = match (why.refusal, recovery) {
        (Refusal::Wrong, false) => "code-wrong",
        (Refusal::Wrong | Refusal::Expired, true) => "recovery-code-wrong",
        (Refusal::Replayed, false) => "code-used",
        (Refusal::Replayed, true) => "recovery-code-used",
        (Refusal::Expired, false) => "code-expired",
        (Refusal::CounterBack, _) => "key-copied",
        (Refusal::NotAllowed, _) => "kind-not-allowed",
    };
    let what = door.frame.s(key);
    match why.retry_at {
        Some(_) => format!("{what} {}", door.wait(why.retry_at)),
        None => what,
    }
}

/// The same of what was typed, or of what a key answered.
pub(super) fn refusal_of(door: &Door, why: ProofRefused, recovery: bool, by_key: bool) -> String {
    let key = match why.refusal {
        Refusal::Wrong if by_key => "key-wrong",
        Refusal::Replayed | Refusal::Expired if by_key => "key-over",
        Refusal::Wrong
        | Refusal::Replayed
        | Refusal::Expired
        | Refusal::CounterBack
        | Refusal::NotAllowed => return refusal(door, why, recovery),
    };
    let what = door.frame.s(key);
    if why.retry_at.is_some() { format!("{what} {}", door.wait(why.retry_at)) } else { what }
}

/// What a key is to sign in this session, where its person has one that counts.
pub(super) async fn session_key(
    door: &Door,
    me: &Me,
    disable: bool,
    wrong: String,
) -> Result<Option<Key>, Refused> {
    key(door.perform(AskKey { credential: me.credential.clone(), disable }).await, wrong)
        .map_err(|error| door.refuse(error))
}

/// Whether this installation has a name that a key can be bound to.
pub(super) fn keys_are_offered(door: &Door) -> bool {
    RelyingParty::of(&door.app.desk.house().public_url, "").is_ok()
}

/// A challenge as the page shows it.
pub(super) fn key(asked: Result<Done<Challenged>, ActError>, wrong: String) -> Result<Option<Key>, ActError> {
    match asked {
        Ok(Done { reply: Challenged { options, state, .. }, .. }) => {
            Ok(Some(Key { way: "get", options: options.to_string(), state, wrong }))
        }
        Err(ActError::User(UserError::NotEnabled) | ActError::NoKey | ActError::NoName(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What to say of a text that no code looks like.
pub(super) const fn not_a_code(recovery: bool) -> &'static str {
    if recovery { "recovery-code-malformed" } else { "code-malformed" }
}

/// The attempt that is answered, and the device that it was opened on.
fn attempt(door: &Door, asked: &Asked) -> Result<(SignInId, DeviceCredential), Refused> {
    match (asked.sign_in.parse(), &door.device) {
        (Ok(sign_in), Some(device)) => Ok((sign_in, device.clone())),
        _ => Err(over(door, asked)),
    }
}

/// The attempt is over: the password again.
fn over(door: &Door, asked: &Asked) -> Refused {
    let next = asked.next.as_deref().unwrap_or_default();
    let pairs = [("said", Said::SignInOver.word()), ("next", next)];
    redirect(&with_query(&door.path("sign-in"), pairs)).into()
}

async fn page(
    door: &Door,
    asked: &Asked,
    shown: &DeviceCredential,
    wrong: Wrong,
) -> Result<Response, Refused> {
    let stream = StreamId::device(door.account, shown.id());
    let device = door.app.desk.log().devices.load(stream).await.map_err(ActError::from)?.state;
    let open = asked.sign_in.parse().ok().and_then(|id: SignInId| Some((id, device.attempts.get(&id)?)));
    let now = door.now();
    let owner = device.owner.filter(|owner| owner.user == shown.holder());
    let (Some(attempt), Some(owner)) = (open.filter(|(_, attempt)| now < attempt.expires_at), owner) else {
        return Err(over(door, asked));
    };
    let stream = StreamId::user(door.account, owner.user);
    let user = door.app.desk.log().users.load(stream).await.map_err(ActError::from)?.state;
    let offers = offers(&door.app.desk, &door.state, &user, now).await.map_err(|error| door.refuse(error))?;
    let prompt = Prompt::of(&offers, &asked.with, keys_are_offered(door));
    let text = match prompt.texts() {
        Some(number) => Some(way(door, asked, &user, number).await?),
        None => None,
    };
    let key = if prompt.asks_key() {
        let ask = AskKeyAtSignIn { device: shown.clone(), sign_in: attempt.0 };
        match key(door.perform(ask).await, wrong.key) {
            Ok(key) => key,
            Err(ActError::Device(_)) => return Err(over(door, asked)),
            Err(error) => return Err(door.refuse(error)),
        }
    } else {
        None
    };
    let trust = user.role().and_then(|role| trust_offer(&door.state, role, door.now()));
    let why = ["new-device", "trust-ended", "not-trusted", "every-sign-in", "kind-not-allowed"];
    let why = why.into_iter().find(|word| *word == asked.why);
    let mut others: Vec<(String, String)> = prompt
        .others()
        .map(|offered| {
            let with = offered.factor.to_string();
            (here(door, asked, &with), door.frame.v("use-factor", called(&door.frame, offered)))
        })
        .collect();
    if offers.recovery_code && !prompt.recovery_code() {
        others.push((here(door, asked, RECOVERY_CODE), door.frame.s("use-recovery-code")));
    }
    let mut f = door.frame.clone();
    f.path = here(door, asked, &asked.with);
    Ok(render(&Challenge {
        why: why.map_or_else(String::new, |word| f.s(&format!("why-{word}"))),
        f,
        action: door.path("challenge"),
        hidden: asked.hidden(&asked.with),
        recovery: prompt.recovery_code(),
        text,
        codes: prompt.codes(&door.frame, key.is_some()),
        key_names: prompt.key_names(&door.frame),
        key,
        others,
        code: wrong.code,
        lost: match offers.lost {
            RecoveryRoute::Mailbox | RecoveryRoute::Owner => {
                with_query(&door.path("lost"), [("sign_in", asked.sign_in.as_str())])
            }
            RecoveryRoute::Grant
            | RecoveryRoute::Staff
            | RecoveryRoute::TrustedDevice
            | RecoveryRoute::Frozen
            | RecoveryRoute::Operator => String::new(),
        },
        trust_days: trust.map(|span| (span.whole_seconds() / 86_400) as u32),
    }))
}

/// The number that answers it, and what became of the code that was sent there.
async fn way(door: &Door, asked: &Asked, user: &User, number: &Offered) -> Result<TextWay, Refused> {
    let open = asked.sign_in.parse().ok();
    let sent =
        open.is_some_and(|id| user.sms_codes(Purpose::SignIn(id)).any(|code| code.factor == number.factor));
    let (state, bad) = if sent { standing(door, user).await? } else { (String::new(), false) };
    Ok(TextWay {
        number: number.number.clone().unwrap_or_default(),
        send: door.path("challenge/text"),
        hidden: asked.hidden(&number.factor.to_string()),
        sent,
        state,
        bad,
    })
}
