//! Binding a factor, first of all an authenticator app: its name, the picture, two codes, and recovery codes that are shown once.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::device::Scope;
use twofold_domain::factor::{FactorKind, same_name};
use twofold_domain::ids::FactorId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::user::{Gate, Pending, Refusal, UserError};
use twofold_infra::acts::{
    ActError, Beside, Binding, ConfirmFactor, Confirmation, EnrolmentStarted, MailCode, ShowEnrolment,
    ShowKey, ShownFirst, StartEnrolment, StartKey, factor_names,
};
use twofold_infra::verify::EnrolmentTicket;
use twofold_infra::verify::code::{MailedCode, NotACode, OtpCode};

use super::challenge::{keys_are_offered, refusal_of};
use super::door::{Door, Me, Said};
use super::enrol_phone;
use super::refused::Refused;
use super::typed::{KeyAnswer, Typed};
use crate::extract::{Form, Query};
use crate::pages::entry::{Enrol, EnrolKey, EnrolStart, Key, Mailed, PhoneStart, RecoveryCodes};
use crate::pages::frame::{Field, Tone, When};
use crate::pages::own::TokenConfirm;
use crate::pages::{qr, render};

#[derive(Deserialize)]
pub(super) struct Asked {
    /// Whether the reader wants to begin anew.
    #[serde(default)]
    anew: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    #[serde(default)]
    name: String,
    /// `webauthn`; an authenticator app where nothing is said.
    #[serde(default)]
    kind: String,
}

#[derive(Deserialize)]
pub(super) struct Codes {
    factor: FactorId,
    #[serde(default)]
    code: Typed,
    #[serde(default)]
    mailed_code: Typed,
    #[serde(flatten)]
    key: KeyAnswer,
}

/// The binding under way, or the beginning of one.
pub(super) async fn show(mut door: Door, Query(asked): Query<Asked>) -> Result<Response, Refused> {
    let me = enter(&mut door).await?;
    if let Some(factor) = pending(&door, &me).filter(|_| asked.anew.is_empty()) {
        return under_way(&door, &me, factor, Field::default(), Field::default()).await;
    }
    let name = free_name(&door, &me, "enrol-name-example").await?;
    Ok(beginning(&door, &me, Field::of(name)))
}

/// Begins.
pub(super) async fn start(mut door: Door, Form(named): Form<Named>) -> Result<Response, Refused> {
    let me = enter(&mut door).await?;
    let (credential, name) = (me.credential.clone(), named.name.clone());
    let begun = if named.kind == "webauthn" {
        door.perform(StartKey { credential, name }).await.map(drop)
    } else {
        door.perform(StartEnrolment { credential, name, binding: Binding::App }).await.map(drop)
    };
    match begun {
        Ok(()) => Ok(door.go("enrol", None)),
        Err(ActError::Field { .. }) => {
            let field = Field { value: named.name, error: door.frame.s("name-wrong") };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, beginning(&door, &me, field)).into_response())
        }
        Err(ActError::Taken(_)) => {
            let field = Field { value: named.name, error: door.frame.s("factor-name-taken") };
            Ok((StatusCode::CONFLICT, beginning(&door, &me, field)).into_response())
        }
        Err(ActError::User(UserError::MailedTriesSpent(at))) => {
            let text = format!("{} {}", door.frame.s("mailed-tries-spent"), door.wait(Some(at)));
            door.frame = door.frame.clone().notice(Tone::Bad, text);
            let page = beginning(&door, &me, Field::of(named.name));
            Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response())
        }
        Err(ActError::User(why @ (UserError::TicketNeeded | UserError::CompromiseFresh(_)))) => {
            let key = if why == UserError::TicketNeeded { "ticket-needed" } else { "compromise-fresh" };
            door.frame = door.frame.clone().notice(Tone::Warn, door.frame.s(key));
            let page = beginning(&door, &me, Field::of(named.name));
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(error) => Err(door.refuse(error)),
    }
}

/// Mails another code.
pub(super) async fn mail(mut door: Door) -> Result<Response, Refused> {
    let me = enter(&mut door).await?;
    let (why, until) = match door.perform(MailCode { credential: me.credential.clone(), factor: None }).await
    {
        Ok(_) => return Ok(door.go("enrol", Some(Said::CodeMailed))),
        Err(ActError::User(UserError::MailedJustNow(at) | UserError::MailedTriesSpent(at))) => {
            ("mailed-just-now", at)
        }
        Err(ActError::User(UserError::MailsOpen(at))) => ("mails-open", at),
        Err(ActError::User(UserError::NoPending | UserError::NoCodeNeeded)) => {
            return Ok(door.go("enrol", None));
        }
        Err(error) => return Err(door.refuse(error)),
    };
    let Some(factor) = pending(&door, &me) else { return Ok(door.go("enrol", None)) };
    let text = format!("{} {}", door.frame.s(why), door.wait(Some(until)));
    door.frame = door.frame.clone().notice(Tone::Warn, text);
    let page = under_way(&door, &me, factor, Field::default(), Field::default()).await?;
    Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response())
}

/// Proves the binding.
pub(super) async fn confirm(mut door: Door, Form(codes): Form<Codes>) -> Result<Response, Refused> {
    let me = enter(&mut door).await?;
    let first = me.user.first_binding(door.state.generation);
    let by_key = codes.key.given();
    let otp = if by_key {
        codes.key.made()
    } else {
        OtpCode::parse(codes.code.text()).ok().map(|otp| ShownFirst::Otp(Arc::new(otp)))
    };
    let mailed = beside(codes.mailed_code.text());
    let field =
        |wrong: bool, key: &str| if wrong { Field::wrong(door.frame.s(key)) } else { Field::default() };
    let (shown, mailed) = match (otp, mailed) {
        (Some(shown), Ok(mailed)) => (shown, Some(mailed)),
        (Some(shown), Err(_)) if !first => (shown, None),
        (shown, mailed) => {
            let binds = me.user.pending_of(me.principal.session_id).map(Pending::kind);
            let code = field(
                shown.is_none(),
                match binds {
                    _ if by_key => "key-wrong",
                    Some(FactorKind::Webauthn) => "key-not-shown",
                    _ => "code-malformed",
                },
            );
            let mailed = field(first && mailed.is_err(), "mailed-code-malformed");
            return wrong(&door, &me, codes.factor, code, mailed).await;
        }
    };
    let confirm = ConfirmFactor {
        credential: me.credential.clone(),
        factor: codes.factor,
        shown,
        warrant: mailed.filter(|_| first),
    };
    let confirmed = match door.perform(confirm).await.map(|done| (done.reply, done.at)) {
        Ok((Confirmation::Confirmed(confirmed), at)) => (confirmed, at),
        Ok((Confirmation::Refused(why), _)) => {
            let (mut code, mut mailed) = (Field::default(), Field::default());
            if why.gate == Gate::MailedCode {
                let expired = why.refusal == Refusal::Expired;
                mailed = Field::wrong(door.frame.s(if expired {
                    "mailed-code-expired"
                } else {
                    "mailed-code-wrong"
                }));
            } else {
                code = Field::wrong(refusal_of(&door, why, false, by_key));
            }
            if why.gate == Gate::Ticket {
                (code, mailed) = (Field::default(), Field::wrong(door.frame.s("ticket-wrong")));
            }
            return wrong(&door, &me, codes.factor, code, mailed).await;
        }
        Err(ActError::User(UserError::TicketNeeded | UserError::TicketOver)) => {
            let mailed = Field::wrong(door.frame.s("ticket-over"));
            return wrong(&door, &me, codes.factor, Field::default(), mailed).await;
        }
        Err(ActError::User(UserError::MailedCodeNeeded)) => {
            let mailed = Field::wrong(door.frame.s("mailed-code-malformed"));
            return wrong(&door, &me, codes.factor, Field::default(), mailed).await;
        }
        Err(ActError::User(UserError::MailedTriesSpent(at))) => {
            let mailed =
                Field::wrong(format!("{} {}", door.frame.s("mailed-tries-spent"), door.wait(Some(at))));
            return wrong(&door, &me, codes.factor, Field::default(), mailed).await;
        }
        Err(ActError::User(UserError::NoPending)) => return Ok(door.go("enrol", None)),
        Err(error) => return Err(door.refuse(error)),
    };
    let (confirmed, at) = confirmed;
    let cookie = door.session_cookie(&confirmed.grant, door.stays);
    if confirmed.recovery_codes.is_empty() {
        return Ok((cookie, door.go("security", Some(Said::Enrolled))).into_response());
    }
    Ok((cookie, recovery_codes(&door, &confirmed.recovery_codes, at.into())).into_response())
}

/// What stands in the field beside the app's code: the mailed one, or an administrator's ticket.
fn beside(typed: &str) -> Result<Beside, NotACode> {
    match MailedCode::parse(typed) {
        Ok(code) => Ok(Beside::Mailed(Arc::new(code))),
        Err(_) => EnrolmentTicket::parse(typed).map(|ticket| Beside::Ticket(Arc::new(ticket))),
    }
}

/// The codes are kept; on to one's own page.
pub(super) async fn kept(door: Door) -> Response {
    door.go("security", Some(Said::CodesKept))
}

/// The page of new recovery codes. Leaving it loses them, so nothing on it leads away but its own button.
pub(super) fn recovery_codes(door: &Door, codes: &[zeroize::Zeroizing<String>], made: When) -> Response {
    let mut f = door.frame.clone();
    f.path = String::new();
    f.person = None;
    render(&RecoveryCodes {
        f,
        action: door.path("enrol/kept"),
        codes: codes.iter().map(|code| code.as_str().to_owned()).collect(),
        made,
    })
}

/// A first factor takes a good session; a further one a fresh proof.
pub(super) async fn enter(door: &mut Door) -> Result<Me, Refused> {
    door.back = door.path("enrol");
    let me = door.enter(Deed::EnrolOwn).await?;
    let first = me.user.first_binding(door.state.generation);
    let me = if first { me } else { door.enter(Deed::ChangeOwnFactors).await? };
    // One thing at a time: no menu, and for whoever must enrol nothing else is possible before.
    if let Some(person) = &mut door.frame.person {
        person.sees.clear();
    }
    Ok(me)
}

/// The binding that this session began.
pub(super) fn pending(door: &Door, me: &Me) -> Option<FactorId> {
    let theirs = me.user.pending_of(me.principal.session_id);
    theirs.filter(|p| p.generation == door.state.generation).map(|p| p.factor)
}

/// A usual name, with a number where another of their factors has it already.
pub(super) async fn free_name(door: &Door, me: &Me, key: &str) -> Result<String, Refused> {
    let usual = door.frame.s(key);
    let names =
        factor_names(&door.app.desk, door.account, me.principal.user, &me.user, door.state.generation).await;
    let names = names.map_err(|error| door.refuse(error))?;
    let free = |name: &String| !names.iter().any(|(_, other)| same_name(name, other));
    // There are fewer factors than numbers tried.
    let numbered = (2..100).map(|n| format!("{usual} {n}"));
    Ok(std::iter::once(usual.clone()).chain(numbered).find(free).unwrap_or(usual))
}

fn beginning(door: &Door, me: &Me, name: Field) -> Response {
    beginning_with(door, me, name, Field::default())
}

/// The beginning, with what was typed as a number.
pub(super) fn beginning_with(door: &Door, me: &Me, name: Field, number: Field) -> Response {
    let policy = door.state.policy(me.principal.role.audience(), door.now());
    let texts = door.app.desk.texts().is_some();
    let phone = policy
        .allows(FactorKind::Sms)
        .then(|| PhoneStart { action: if texts { door.path("enrol/phone") } else { String::new() }, number });
    let bound_to = me.principal.session.scope == Scope::Enrolment;
    let required = bound_to && door.state.requires_of(&me.user, door.now());
    render(&EnrolStart {
        f: door.frame.clone(),
        action: door.path("enrol"),
        required,
        mailed_to: mailed_to(door, me),
        called: name,
        app: policy.allows(FactorKind::Totp),
        key: keys_are_offered(door) && policy.allows(FactorKind::Webauthn),
        token: if policy.allows(FactorKind::Token) { door.path("enrol/token") } else { String::new() },
        phone,
        cancel: otherwise(door, me),
    })
}

/// To which address a code is mailed as a first binding begins, masked; empty where none is.
pub(super) fn mailed_to(door: &Door, me: &Me) -> String {
    let mailed = me.user.first_binding(door.state.generation) && !me.user.ticket_owed();
    if mailed { mask(&me.email) } else { String::new() }
}

/// Where one goes who does not want to; nowhere where they must.
pub(super) fn otherwise(door: &Door, me: &Me) -> String {
    if me.principal.session.scope == Scope::Enrolment { String::new() } else { door.path("security") }
}

async fn wrong(
    door: &Door,
    me: &Me,
    factor: FactorId,
    code: Field,
    mailed: Field,
) -> Result<Response, Refused> {
    let page = under_way(door, me, factor, code, mailed).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

pub(super) async fn under_way(
    door: &Door,
    me: &Me,
    factor: FactorId,
    code: Field,
    mailed: Field,
) -> Result<Response, Refused> {
    let kind = me.user.pending_of(me.principal.session_id).map(Pending::kind);
    if kind == Some(FactorKind::Webauthn) {
        return key_under_way(door, me, factor, code, mailed).await;
    }
    let show = ShowEnrolment { credential: me.credential.clone(), factor };
    let started: EnrolmentStarted = match door.perform(show).await {
        Ok(done) => done.reply,
        Err(ActError::User(UserError::NoPending)) => return Err(door.go("enrol", None).into()),
        Err(error) => return Err(door.refuse(error)),
    };
    let mailed = besides(door, me, started.mailed_code_needed, started.ticket_needed, mailed);
    if started.kind == FactorKind::Sms {
        return enrol_phone::under_way(door, me, &started, code, mailed).await;
    }
    let (mut f, action) = (door.frame.clone(), door.path("enrol/confirm"));
    f.path = door.path("enrol");
    let required = me.principal.session.scope == Scope::Enrolment;
    let (factor, anew) = (factor.to_string(), door.path("enrol?anew=yes"));
    let cancel = otherwise(door, me);
    // A token has its seed already: there is nothing to scan.
    if started.kind == FactorKind::Token {
        return Ok(render(&TokenConfirm { f, action, required, factor, anew, cancel, code, mailed }));
    }
    let seed = started.app.as_ref();
    let picture = seed.and_then(|app| qr::svg(&app.uri, &door.frame.s("qr-label")));
    Ok(render(&Enrol {
        f,
        action,
        required,
        factor,
        qr: picture.unwrap_or_default(),
        key: seed.map(|app| groups(&app.key)).unwrap_or_default(),
        otpauth: seed.map_or_else(String::new, |app| app.uri.as_str().to_owned()),
        anew,
        cancel,
        code,
        mailed,
    }))
}

/// The same of a security key or passkey.
async fn key_under_way(
    door: &Door,
    me: &Me,
    factor: FactorId,
    wrong: Field,
    mailed: Field,
) -> Result<Response, Refused> {
    let started = match door.perform(ShowKey { credential: me.credential.clone(), factor }).await {
        Ok(done) => done.reply,
        Err(ActError::User(UserError::NoPending)) => return Err(door.go("enrol", None).into()),
        Err(error) => return Err(door.refuse(error)),
    };
    let mut f = door.frame.clone();
    f.path = door.path("enrol");
    Ok(render(&EnrolKey {
        f,
        action: door.path("enrol/confirm"),
        required: me.principal.session.scope == Scope::Enrolment,
        factor: factor.to_string(),
        anew: door.path("enrol?anew=yes"),
        cancel: otherwise(door, me),
        key: Key {
            way: "create",
            options: started.options.to_string(),
            state: String::new(),
            wrong: wrong.error,
        },
        mailed: besides(door, me, started.mailed_code_needed, started.ticket_needed, mailed),
    }))
}

/// What a first binding takes beside the factor itself.
fn besides(door: &Door, me: &Me, mailed: bool, ticket_needed: bool, code: Field) -> Option<Mailed> {
    let expires = me.user.mailed_codes().last().map(|open| open.expires_at.into());
    let ticket = me.user.open_ticket(door.now()).is_some();
    (mailed || ticket_needed).then(|| Mailed {
        to: if ticket_needed { String::new() } else { mask(&me.email) },
        expires: expires.filter(|_| !ticket_needed),
        code,
        mode: if ticket { "text" } else { "numeric" },
        again: if ticket_needed { String::new() } else { door.path("enrol/mail") },
    })
}

/// A key in groups of four, for typing.
fn groups(key: &str) -> Vec<String> {
    let symbols: Vec<char> = key.chars().filter(|c| !c.is_whitespace()).collect();
    symbols.chunks(4).map(|group| group.iter().collect()).collect()
}

/// An address that its owner recognises and nobody else learns.
fn mask(email: &str) -> String {
    let Some((local, domain)) = email.rsplit_once('@') else { return "••".to_owned() };
    let first: String = local.chars().take(1).collect();
    format!("{first}••@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_grouped_and_an_address_masked() {
        assert_eq!(groups("JBSW Y3DPEHPK3"), ["JBSW", "Y3DP", "EHPK", "3"]);
        assert_eq!(mask("ada@example.org"), "a••@example.org");
        assert_eq!(mask("é@example.org"), "é••@example.org");
        assert_eq!(mask("nothing"), "••");
    }
}
