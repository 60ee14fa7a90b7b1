//! The second factor of a sign-in.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::device::DeviceError;
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::{SignInId, StreamId};
use twofold_domain::sign_in::{Refused as ProofRefused, trust_offer};
use twofold_domain::user::{Refusal, UserError};
use twofold_infra::acts::{
    ActError, AskKey, AskKeyAtSignIn, Challenged, DeviceCredential, Proof, ProveSignIn, Proved,
};
use twofold_infra::desk::Done;

use super::door::{Door, Me, Said, redirect, with_query};
use super::refused::Refused;
use super::typed::{KeyAnswer, Typed};
use crate::extract::{Form, Query};
use crate::pages::entry::{Challenge, Key};
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
    /// `recovery-code`, where the reader wants to type one.
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
        let key = if by_key { "key-wrong" } else { not_a_code(asked.with == "recovery-code") };
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

/// A challenge as the page shows it.
fn key(asked: Result<Done<Challenged>, ActError>, wrong: String) -> Result<Option<Key>, ActError> {
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
    let recovery = asked.with == "recovery-code";
    let asks = user.role().map(|role| door.state.policy(role.audience(), now));
    let held = user.enrolled(door.state.generation).zip(asks).map(|(held, policy)| held.asked(policy));
    let kinds: Vec<FactorKind> = held.into_iter().flatten().map(|(_, factor)| factor.kind()).collect();
    let key = if recovery || !kinds.contains(&FactorKind::Webauthn) {
        None
    } else {
        let ask = AskKeyAtSignIn { device: shown.clone(), sign_in: attempt.0 };
        match key(door.perform(ask).await, wrong.key) {
            Ok(key) => key,
            Err(ActError::Device(_)) => return Err(over(door, asked)),
            Err(error) => return Err(door.refuse(error)),
        }
    };
    let trust = user.role().and_then(|role| trust_offer(&door.state, role, door.now()));
    let why = ["new-device", "trust-ended", "not-trusted", "every-sign-in", "kind-not-allowed"];
    let why = why.into_iter().find(|word| *word == asked.why);
    let other = if recovery { "" } else { "recovery-code" };
    let here = |with: &str| {
        with_query(
            &door.path("challenge"),
            [
                ("sign_in", asked.sign_in.as_str()),
                ("why", &asked.why),
                ("stay", &asked.stay),
                ("next", asked.next.as_deref().unwrap_or_default()),
                ("with", with),
            ],
        )
    };
    let mut f = door.frame.clone();
    f.path = here(&asked.with);
    Ok(render(&Challenge {
        why: why.map_or_else(String::new, |word| f.s(&format!("why-{word}"))),
        f,
        action: door.path("challenge"),
        hidden: vec![
            ("sign_in", asked.sign_in.clone()),
            ("why", asked.why.clone()),
            ("stay", asked.stay.clone()),
            ("next", asked.next.clone().unwrap_or_default()),
            ("with", asked.with.clone()),
        ],
        recovery,
        app: key.is_none() || kinds.iter().any(|kind| *kind != FactorKind::Webauthn),
        key,
        other: here(other),
        code: wrong.code,
        lost: with_query(&door.path("lost"), [("sign_in", asked.sign_in.as_str())]),
        trust_days: trust.map(|span| (span.whole_seconds() / 86_400) as u32),
    }))
}
