//! A code by SMS, as the pages speak of it: where it goes, what became of it, and why there is none.

use axum::http::StatusCode;
use twofold_domain::delivery::Undelivered;
use twofold_domain::user::{Purpose, User, UserError};
use twofold_infra::acts::{ActError, NotTexted, offers};
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

/// The numbers to which a signed-in person can have a code sent.
pub(super) async fn own_ways(
    door: &Door,
    me: &Me,
    action: &str,
    hidden: &[(&'static str, String)],
    purpose: Purpose,
) -> Result<Vec<TextWay>, Refused> {
    let found = offers(&door.app.desk, &door.state, &me.user, door.now()).await?;
    let mut ways = vec![];
    for offered in found.factors {
        let Some(number) = offered.number else { continue };
        let sent = me.user.sms_codes(purpose).any(|code| code.factor == offered.factor);
        let (state, bad) = if sent { standing(door, &me.user).await? } else { (String::new(), false) };
        let factor = ("factor", offered.factor.to_string());
        let hidden = hidden.iter().cloned().chain([factor]).collect();
        ways.push(TextWay { number, send: action.to_owned(), hidden, sent, state, bad });
    }
    Ok(ways)
}
