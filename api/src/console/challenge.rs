//! The second factor of a sign-in.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::device::DeviceError;
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::{FactorId, SignInId, StreamId, UserId};
use twofold_domain::sign_in::{Refused as ProofRefused, trust_offer};
use twofold_domain::user::{Purpose, Refusal, User, UserError};
use twofold_infra::acts::{
    ActError, AskKey, AskKeyAtSignIn, Challenged, DeviceCredential, Proof, ProveSignIn, Proved, TextSignIn,
    masked_number,
};
use twofold_infra::desk::Done;
use twofold_infra::verify::webauthn::RelyingParty;

use super::door::{Door, Me, Said, redirect, with_query};
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
    /// `recovery-code`, `sms`, `app`, or `key`, where the reader wants to show one of these.
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

/// Sends a code to a number, and asks for it.
pub(super) async fn text(mut door: Door, Form(asked): Form<Asked>) -> Result<Response, Refused> {
    let (sign_in, device) = attempt(&door, &asked)?;
    let asked = Asked { with: "sms".to_owned(), ..asked };
    match door.perform(TextSignIn { device: device.clone(), sign_in, factor: None }).await {
        Ok(_) => Ok(redirect(&with_query(&here(&door, &asked, "sms"), [("said", Said::CodeTexted.word())]))),
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

/// The same page, asking for something else.
fn here(door: &Door, asked: &Asked, with: &str) -> String {
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
    let policy = user.role().map(|role| door.state.policy(role.audience(), now));
    let enrolled = user.enrolled(door.state.generation);
    let factors = policy.zip(enrolled).map(|(policy, e)| e.asked(policy)).unwrap_or_default();
    let of = |kind: FactorKind| factors.iter().find(|(_, factor)| factor.kind() == kind).map(|(id, _)| *id);
    let number = of(FactorKind::Sms);
    let holds_key = of(FactorKind::Webauthn).is_some() && keys_are_offered(door);
    let makes_codes = of(FactorKind::Totp).or(of(FactorKind::Token)).is_some();
    let first = factors.first().map(|(_, factor)| factor.kind());
    let by_key = asked.with == "key";
    let by_text = match asked.with.as_str() {
        "sms" => true,
        "" => first == Some(FactorKind::Sms) || !(makes_codes || holds_key),
        _ => false,
    };
    let text = match number.filter(|_| by_text) {
        Some(factor) => Some(way(door, asked, &user, owner.user, factor).await?),
        None => None,
    };
    let key = if recovery || text.is_some() || !holds_key {
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
    let codes = enrolled.and_then(|e| e.codes.as_ref()).is_some_and(|codes| codes.left() > 0);
    // A key is asked beside the field for codes, so that its own link stands only where that field does not.
    let others = [
        ("app", "use-app", makes_codes && (recovery || by_key || text.is_some())),
        ("key", "use-key", holds_key && (recovery || text.is_some())),
        ("sms", "use-text", number.is_some() && text.is_none()),
        ("recovery-code", "use-recovery-code", codes && !recovery),
    ];
    let others = others.into_iter().filter(|(.., offered)| *offered);
    let others = others.map(|(with, key, _)| (here(door, asked, with), key)).collect();
    let mut f = door.frame.clone();
    f.path = here(door, asked, &asked.with);
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
        text,
        // A reader whose key cannot be asked here is not left without a field.
        app: key.is_none() || (makes_codes && !by_key),
        key,
        others,
        code: wrong.code,
        lost: with_query(&door.path("lost"), [("sign_in", asked.sign_in.as_str())]),
        trust_days: trust.map(|span| (span.whole_seconds() / 86_400) as u32),
    }))
}

/// The number that answers it, and what became of the code that was sent there.
async fn way(
    door: &Door,
    asked: &Asked,
    user: &User,
    person: UserId,
    factor: FactorId,
) -> Result<TextWay, Refused> {
    let number = masked_number(&door.app.desk, door.account, person, user, factor).await?;
    let sent =
        asked.sign_in.parse().ok().is_some_and(|id| user.sms_codes(Purpose::SignIn(id)).next().is_some());
    let (state, bad) = if sent { standing(door, user).await? } else { (String::new(), false) };
    Ok(TextWay {
        number: number.unwrap_or_default(),
        send: door.path("challenge/text"),
        hidden: vec![
            ("sign_in", asked.sign_in.clone()),
            ("why", asked.why.clone()),
            ("stay", asked.stay.clone()),
            ("next", asked.next.clone().unwrap_or_default()),
        ],
        sent,
        state,
        bad,
    })
}
