//! One's own security: factors, codes, devices, sessions.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::device::{Method, Session};
use twofold_domain::ids::{DeviceId, FactorId, SessionId, StreamId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::sealed::{Sealed, UserAgent};
use twofold_domain::sign_in::{Obstacle, SignedIn, may_enrol, obstacles, trust_holds};
use twofold_domain::user::{Gate, Purpose, RecoveryRoute, User};
use twofold_infra::acts::{
    ActError, CancelReset, DisableOwn, Disabled, EndSession, EndSessions, Proof, RegenerateCodes, Revocation,
    RevokeDevice, TextFor, TextHere,
};
use twofold_infra::verify::password::Password;
use twofold_projections::directory::{self, DeviceRow};

use super::challenge::{not_a_code, refusal_of, session_key};
use super::door::{Door, Me, Said, redirect, with_query};
use super::enrol::recovery_codes;
use super::offered::answers;
use super::person::load;
use super::policy_form::Typed as Asked;
use super::refused::Refused;
use super::texted::{not_sent, own_ways, say};
use super::typed::{KeyAnswer, Typed};
use super::{browser, factors, repair};
use crate::extract::{Form, Path, Query};
use crate::pages::frame::{Field, Section, When};
use crate::pages::{own, render};

/// The whole page.
pub(super) async fn show(mut door: Door, Query(typed): Query<Asked>) -> Result<Response, Refused> {
    let mut me = door.enter(Deed::ReadOwn).await?;
    if me.principal.session.scope == twofold_domain::device::Scope::Enrolment {
        return Ok(door.go("enrol", None));
    }
    door.caught_up(directory::NAME).await?;
    door.frame = door.frame.clone().section(Section::Own);
    let then = door.look_back(&typed, &door.path("security")).await?;
    if door.is_past() {
        me.user = Arc::new(load(&door, me.principal.user).await?);
    }
    let enrolled = me.user.enrolled(door.state.generation);
    let required = me.user.whom().is_some_and(|whom| door.state.requires(whom, door.now()));
    let mut held = Vec::new();
    for (id, factor) in enrolled.into_iter().flat_map(|e| &e.factors) {
        held.push(factors::shown(&door, &me, *id, factor).await?);
    }
    let places = places(&door, &me.user, Some(&me), "security").await?;
    let met = obstacles(&door.state, &me.user, &door.app.desk.offer(), door.now());
    let exempt = me.user.exempt(door.now()).filter(|_| met.contains(&Obstacle::Exemption));
    let can_enrol = may_enrol(&door.state).is_ok() && exempt.is_none();
    let keep = door.offer(true, "security/keep-factor");
    let page = own::Security {
        f: door.frame.clone(),
        waiting: me
            .user
            .waiting_reset
            .map(|waiting| (When::from(waiting.due_at), keep, asked(waiting.route))),
        granted: me.user.running_grant(door.now()).map(|grant| {
            let stop = door.offer(true, "security/recovery/stop");
            (When::from(grant.expires_at), grant.recovery.to_string(), stop)
        }),
        repair: door.offer(!door.is_past() && repair::offered(&door, &me).await?, "security/recovery"),
        required,
        exempt: exempt.map(|exemption| When::from(exemption.until)),
        enrol: door.offer(can_enrol, "enrol"),
        switch_off: door.offer(enrolled.is_some() && !required, "security/switch-off"),
        codes_left: enrolled.and_then(|e| e.codes.as_ref()).map(|codes| u32::from(codes.left())),
        new_codes: door.offer(true, "security/codes"),
        factors: held,
        places,
        then,
    };
    Ok(render(&page))
}

/// The key of who asked for a reset that waits.
const fn asked(route: RecoveryRoute) -> &'static str {
    match route {
        RecoveryRoute::Staff | RecoveryRoute::Grant => "reset-waiting",
        RecoveryRoute::Mailbox
        | RecoveryRoute::TrustedDevice
        | RecoveryRoute::Owner
        | RecoveryRoute::Frozen
        | RecoveryRoute::Operator => "reset-waiting-own",
    }
}

/// The devices of somebody that are still known, and the sessions in them that are good right now; what can be done
/// with them stands under `base`.
pub(super) async fn places(
    door: &Door,
    person: &User,
    me: Option<&Me>,
    base: &str,
) -> Result<own::Places, Refused> {
    let now = door.now();
    let user = person.who().ok_or(ActError::UnknownUser)?.user;
    let rows = devices(door, user).await?;
    // Which of them asks now, the past does not know.
    let me = me.filter(|_| !door.is_past());
    let (mut devices, mut sessions) = (Vec::new(), Vec::new());
    for row in rows {
        let stream = StreamId::device(door.account, row.device_id);
        let kept = &door.app.desk.log().devices;
        let device = match door.then {
            Some(then) => kept.load_as_of(stream, then.position()).await,
            None => kept.load(stream).await,
        };
        let device = device.map_err(ActError::from)?.state;
        let name = called(door, &row).await?;
        for (&id, session) in &device.sessions {
            if SignedIn::recall(&door.state, person, &device, id, now).is_ok() {
                sessions.push(own::Session {
                    device: name.clone(),
                    this: me.is_some_and(|me| id == me.principal.session_id),
                    by: by(session),
                    since: session.started_at.into(),
                    ends: session.ends_at.into(),
                    field: session_field(id),
                    end: door.offer(true, &format!("{base}/devices/{}/sessions/{id}/end", row.device_id)),
                });
            }
        }
        // A forgotten device is a stranger again.
        if device.token.is_none() {
            continue;
        }
        let trust = device.trust.filter(|trust| trust_holds(&door.state, person, trust, now));
        devices.push(own::Device {
            name,
            this: me.is_some_and(|me| row.device_id == me.principal.device),
            trusted_until: trust.map(|trust| trust.until.into()),
            last_seen: row.last_seen_at.into(),
            revoke: door.offer(trust.is_some(), &format!("{base}/devices/{}/distrust", row.device_id)),
            lost: door.offer(true, &format!("{base}/devices/{}/lost", row.device_id)),
        });
    }
    devices.sort_by_key(|device| !device.this);
    sessions.sort_by(|a, b| (!a.this, &b.since.exact).cmp(&(!b.this, &a.since.exact)));
    let (any, others) = (!sessions.is_empty(), me.is_some() && sessions.len() > 1);
    Ok(own::Places {
        devices,
        end_chosen: door.offer(any, &format!("{base}/sessions/end-chosen")),
        end_others: door.offer(others, &format!("{base}/sessions/end-others")),
        end_all: door.offer(any, &format!("{base}/sessions/end-all")),
        sessions,
    })
}

/// Somebody's devices, as of the page.
pub(super) async fn devices(door: &Door, user: UserId) -> Result<Vec<DeviceRow>, Refused> {
    let store = door.app.store();
    let rows = match door.then {
        Some(then) => directory::devices_as_of(store, door.account, user, then.position()).await,
        None => directory::devices(store.views(), door.account, user).await,
    };
    Ok(rows.map_err(ActError::from)?)
}

pub(super) fn session_field(id: SessionId) -> String {
    format!("session_{id}")
}

/// What a device is called: browser and system.
pub(super) async fn called(door: &Door, row: &DeviceRow) -> Result<String, Refused> {
    let unknown = || door.frame.s("unknown-browser");
    let Some(sealed) = row.user_agent.clone() else { return Ok(unknown()) };
    let sealed = Sealed::<UserAgent>::from_bytes(sealed);
    let agent = door.app.desk.vault().unseal(door.account, row.user_id, &sealed).await?;
    Ok(agent.and_then(|agent| browser::words(&agent)).unwrap_or_else(unknown))
}

/// The key of how a session was opened.
fn by(session: &Session) -> &'static str {
    match session.method {
        Method::Asserted => "by-program",
        Method::Password => "by-password",
        Method::Trust => "by-trust",
        Method::Otp => "by-code",
        Method::RecoveryCode => "by-recovery-code",
        Method::RecoveryGrant => "by-recovery-grant",
        Method::SmsCode => "by-sms",
        Method::Assertion => "by-key",
    }
}

/// Makes new recovery codes and shows them once.
pub(super) async fn new_codes(mut door: Door) -> Result<Response, Refused> {
    let me = door.enter(Deed::ChangeOwnFactors).await?;
    let done = door.perform(RegenerateCodes { credential: me.credential }).await;
    let done = done.map_err(|error| door.refuse(error))?;
    Ok(recovery_codes(&door, &done.reply, When::from(done.at)))
}

/// Takes a device's trust back.
pub(super) async fn distrust(
    door: Door,
    Path((_, device)): Path<(String, DeviceId)>,
) -> Result<Response, Refused> {
    revoke(door, device, Revocation::Distrust, Said::Distrusted).await
}

/// Reports a device lost.
pub(super) async fn lost(
    door: Door,
    Path((_, device)): Path<(String, DeviceId)>,
) -> Result<Response, Refused> {
    revoke(door, device, Revocation::Lost, Said::Lost).await
}

async fn revoke(
    mut door: Door,
    device: DeviceId,
    revocation: Revocation,
    said: Said,
) -> Result<Response, Refused> {
    let me = door.enter(Deed::EndOwn).await?;
    let done = door.perform(RevokeDevice { credential: me.credential, device, revocation }).await;
    done.map_err(|error| door.refuse(error))?;
    if revocation == Revocation::Lost && device == me.principal.device {
        // Their own: its session ended with it.
        return Ok((door.cookies().end_session(), door.go("sign-in", Some(said))).into_response());
    }
    Ok(door.go("security", Some(said)))
}

/// Ends one session.
pub(super) async fn end(
    mut door: Door,
    Path((_, device, session)): Path<(String, DeviceId, SessionId)>,
) -> Result<Response, Refused> {
    let me = door.enter(Deed::EndOwn).await?;
    let done = door.perform(EndSession { credential: me.credential, device, session }).await;
    done.map_err(|error| door.refuse(error))?;
    if session == me.principal.session_id {
        return Ok((door.cookies().end_session(), door.go("sign-in", Some(Said::SignedOut))).into_response());
    }
    Ok(door.go("security", Some(Said::Ended)))
}

/// Ends every session but this one.
pub(super) async fn end_others(mut door: Door) -> Result<Response, Refused> {
    let me = door.enter(Deed::EndOwn).await?;
    let mine = me.principal.session_id;
    end_several(&door, &me, me.principal.user, |session| session != mine).await?;
    Ok(door.go("security", Some(Said::OthersEnded)))
}

/// Ends every session, this one too.
pub(super) async fn end_all(mut door: Door) -> Result<Response, Refused> {
    let me = door.enter(Deed::EndOwn).await?;
    end_several(&door, &me, me.principal.user, |_| true).await?;
    Ok((door.cookies().end_session(), door.go("sign-in", Some(Said::SignedOut))).into_response())
}

/// Ends the sessions that were ticked.
pub(super) async fn end_chosen(
    mut door: Door,
    Form(ticked): Form<BTreeMap<String, String>>,
) -> Result<Response, Refused> {
    let me = door.enter(Deed::EndOwn).await?;
    let chosen = |session| ticked.contains_key(&session_field(session));
    end_several(&door, &me, me.principal.user, chosen).await?;
    if chosen(me.principal.session_id) {
        return Ok((door.cookies().end_session(), door.go("sign-in", Some(Said::SignedOut))).into_response());
    }
    Ok(door.go("security", Some(Said::SeveralEnded)))
}

/// Ends those sessions of somebody that are among these.
pub(super) async fn end_several(
    door: &Door,
    me: &Me,
    user: UserId,
    among: impl Fn(SessionId) -> bool,
) -> Result<(), Refused> {
    door.caught_up(directory::NAME).await?;
    let rows = directory::sessions(door.app.store().views(), door.account, user).await;
    let rows = rows.map_err(ActError::from)?.into_iter().filter(|row| among(row.session_id));
    let sessions = rows.map(|row| (row.device_id, row.session_id)).collect();
    let act = EndSessions { credential: me.credential.clone(), user, sessions };
    door.perform(act).await.map_err(|error| door.refuse(error))?;
    Ok(())
}

#[derive(Deserialize)]
pub(super) struct Off {
    #[serde(default)]
    password: Typed,
    #[serde(default)]
    code: Typed,
    #[serde(flatten)]
    key: KeyAnswer,
}

/// Asks for password and code before the second factor is switched off.
pub(super) async fn ask_to_switch_off(mut door: Door) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadOwn).await?;
    if me.user.enrolled(door.state.generation).is_none() {
        return Ok(door.go("security", None));
    }
    off_page(&door, &me, Field::default(), Field::default(), String::new()).await
}

/// Switches one's own second factor off.
pub(super) async fn switch_off(mut door: Door, Form(off): Form<Off>) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadOwn).await?;
    let by_key = off.key.given();
    let wrong = async |door: &Door, password: Field, proof: String| {
        let (code, key) = match proof {
            text if text.is_empty() => (Field::default(), String::new()),
            text if by_key => (Field::default(), text),
            text => (Field::wrong(text), String::new()),
        };
        let page = off_page(door, &me, password, code, key).await?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let Ok(password) = Password::parse(off.password.text()) else {
        return wrong(&door, Field::wrong(door.frame.s("password-wrong")), String::new()).await;
    };
    let Some(proof) = (if by_key { off.key.proof() } else { off.code.proof() }) else {
        let key = if by_key { "key-wrong" } else { not_a_code(false) };
        return wrong(&door, Field::default(), door.frame.s(key)).await;
    };
    let recovery = matches!(proof, Proof::Recovery(_));
    let act = DisableOwn { credential: me.credential.clone(), password, proof };
    match door.perform(act).await.map_err(|error| door.refuse(error))?.reply {
        Disabled::Refused(why) if why.gate == Gate::Password => {
            let wait = why.retry_at.map_or_else(String::new, |at| door.wait(Some(at)));
            let text = format!("{} {wait}", door.frame.s("password-wrong"));
            wrong(&door, Field::wrong(text.trim()), String::new()).await
        }
        Disabled::Refused(why) => {
            wrong(&door, Field::default(), refusal_of(&door, why, recovery, by_key)).await
        }
        Disabled::Off(grant) => {
            let there = with_query(&door.path("security"), [("said", Said::SwitchedOff.word())]);
            Ok((door.session_cookie(&grant, door.stays), redirect(&there)).into_response())
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Number {
    factor: Option<FactorId>,
}

/// Sends a code to one of their numbers.
pub(super) async fn text(mut door: Door, Form(number): Form<Number>) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadOwn).await?;
    let act =
        TextHere { credential: me.credential.clone(), factor: number.factor, purpose: TextFor::Disable };
    match door.perform(act).await {
        Ok(_) => Ok(door.go("security/switch-off", Some(Said::CodeTexted))),
        Err(error) => {
            let (status, words) = not_sent(&door, error).map_err(|error| door.refuse(error))?;
            say(&mut door, words);
            let page = off_page(&door, &me, Field::default(), Field::default(), String::new()).await?;
            Ok((status, page).into_response())
        }
    }
}

async fn off_page(
    door: &Door,
    me: &Me,
    password: Field,
    code: Field,
    wrong_key: String,
) -> Result<Response, Refused> {
    // Where it is required nothing is asked for: the act says so.
    let key = session_key(door, me, true, wrong_key).await?;
    let purpose = Purpose::DisableIn(me.principal.session_id);
    let texts = own_ways(door, me, &door.path("security/switch-off/text"), &[], purpose).await?;
    Ok(render(&own::SwitchOff {
        texts,
        answers: answers(door, me).await?,
        f: door.frame.clone().section(Section::Own),
        action: door.path("security/switch-off"),
        cancel: door.path("security"),
        password,
        code,
        key,
    }))
}

/// Objects to the reset that waits.
pub(super) async fn keep_factor(mut door: Door) -> Result<Response, Refused> {
    door.back = door.path("security");
    let me = door.enter(Deed::EndOwn).await?;
    match door.perform(CancelReset { credential: me.credential }).await {
        Ok(_) => Ok(door.go("security", Some(Said::FactorKept))),
        Err(error) => Err(door.refuse(error)),
    }
}
