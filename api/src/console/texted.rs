//! A code by SMS, as the pages speak of it: where it goes, what became of it, and why there is none.

use axum::http::StatusCode;
use twofold_domain::delivery::Undelivered;
use twofold_domain::factor::FactorKind;
use twofold_domain::time::Timestamp;
use twofold_domain::user::{User, UserError};
use twofold_infra::acts::{ActError, NotTexted, masked_number};
use twofold_projections::messages::{self, Standing};

use super::door::{Door, Me};
use super::refused::Refused;
use crate::pages::entry::TextWay;
use crate::pages::frame::Tone;

/// Why none was sent, in words, and the status that says so; the error itself where it is another.
pub(super) fn not_sent(door: &Door, error: ActError) -> Result<(StatusCode, String), ActError> {
    match error {
        ActError::User(error @ (UserError::TextedJustNow(at) | UserError::TextsOpen(at))) => {
            let why = if matches!(error, UserError::TextsOpen(_)) { "texts-open" } else { "texted-just-now" };
            let text = format!("{} {}", door.frame.s(why), door.wait(Some(at)));
            Ok((StatusCode::TOO_MANY_REQUESTS, text))
        }
        ActError::User(UserError::Locked { until, .. }) => {
            let text = format!("{} {}", door.frame.s("error-locked"), door.wait(until));
            Ok((StatusCode::TOO_MANY_REQUESTS, text))
        }
        ActError::NotTexted(not) => {
            let status =
                if not.until.is_some() { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::CONFLICT };
            Ok((status, none(door, &not)))
        }
        other => Err(other),
    }
}

/// Why no code is sent, and what to do instead.
fn none(door: &Door, not: &NotTexted) -> String {
    let why = door.frame.v("texts-none", reason(door, not.why));
    let instead = if not.instead.is_empty() { "texts-ask" } else { "texts-instead" };
    format!("{why} {}", door.frame.s(instead))
}

fn reason(door: &Door, why: Undelivered) -> String {
    door.frame.s(&format!("value-{}", why.name().replace('_', "-")))
}

/// Says it above the page.
pub(super) fn say(door: &mut Door, text: String) {
    door.frame = door.frame.clone().notice(Tone::Warn, text);
}

/// What became of the last code that was sent to somebody.
pub(super) async fn standing(door: &Door, user: &User) -> Result<(String, bool), Refused> {
    let Some(who) = user.who() else { return Ok((String::new(), false)) };
    let last = messages::last_text(door.app.store(), door.account, who.user).await.map_err(ActError::from)?;
    let (text, bad) = match last {
        None => (String::new(), false),
        Some(Standing::Queued) => (door.frame.s("texts-queued"), false),
        Some(Standing::Sent) => (door.frame.s("texts-sent"), false),
        Some(Standing::Failed(why)) => (door.frame.v("texts-failed", reason(door, why)), true),
    };
    let often = user.unreached().any(|(channel, _)| channel == twofold_domain::delivery::Channel::Sms);
    Ok(if often { (format!("{text} {}", door.frame.s("texts-often")), true) } else { (text, bad) })
}

/// The number to which a signed-in person can have a code sent, where they have one.
pub(super) async fn own_way(
    door: &Door,
    me: &Me,
    action: String,
    hidden: Vec<(&'static str, String)>,
    sent: Option<Timestamp>,
) -> Result<Option<TextWay>, Refused> {
    let Some(enrolled) = me.user.enrolled(door.state.generation) else { return Ok(None) };
    let policy = door.state.policy(me.principal.role.audience(), door.now());
    let asked = enrolled.asked(policy).into_iter().find(|(_, factor)| factor.kind() == FactorKind::Sms);
    let Some((factor, _)) = asked else { return Ok(None) };
    let (desk, person) = (&door.app.desk, me.principal.user);
    let number = masked_number(desk, door.account, person, &me.user, factor).await?.unwrap_or_default();
    let (state, bad) = if sent.is_some() { standing(door, &me.user).await? } else { (String::new(), false) };
    Ok(Some(TextWay { number, send: action, hidden, sent: sent.is_some(), state, bad }))
}
