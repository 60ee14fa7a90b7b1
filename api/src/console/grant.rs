//! Letting a locked-out member of the team in once, with a code. Says first what it does; whether it is granted, the
//! act says, and who sees the code.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::account::{Gist, Guarded};
use twofold_domain::ids::UserId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::user::{GRANT_HOURS, GRANT_HOURS_AT_MOST, MAILED_GRANT_HOURS_AT_MOST, UserError};
use twofold_infra::acts::{ActError, Consented, GrantRecovery, Granted};

use super::close::takes;
use super::door::{Door, Me, Said};
use super::refused::Refused;
use super::{names, person};
use crate::extract::{Form, Path};
use crate::pages::account::Tick;
use crate::pages::frame::{Field, When};
use crate::pages::{Frame, recovery, render};

/// Hours for which a code can be good; the longest is the domain's.
const SPANS: [u8; 6] = [1, 4, 8, 24, 48, 72];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decided {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    hours: u8,
    /// Whether who grants it is shown the code.
    #[serde(default)]
    show_code: String,
}

impl Decided {
    const fn proposed() -> Self {
        Self { reason: String::new(), hours: GRANT_HOURS, show_code: String::new() }
    }
}

/// Who grants it, and to whom.
struct Subject {
    me: Me,
    user: UserId,
    role: Role,
    called: String,
    /// Whether a second factor is required of them.
    required: bool,
}

/// Says what it does.
pub(super) async fn ask(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
) -> Result<Response, Refused> {
    let subject = Subject::enter(&mut door, user).await?;
    // Who would only be refused is told so now, and not after they wrote why.
    door.enter(Deed::GrantRecovery(subject.role)).await?;
    subject.page(&door, &Decided::proposed(), "").await
}

/// Grants it.
pub(super) async fn decide(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Form(decided): Form<Decided>,
) -> Result<Response, Refused> {
    let subject = Subject::enter(&mut door, user).await?;
    let act = GrantRecovery {
        credential: subject.me.credential.clone(),
        user,
        reason: decided.reason.clone(),
        hours: decided.hours,
        to_issuer: decided.show_code == "on",
        circle: door.app.circle(door.account).await?,
    };
    let back = |said| Ok(door.go(&format!("people/{user}"), Some(said)));
    match door.perform(act).await.map(|done| done.reply) {
        Ok(Consented::Waits(_)) => back(Said::Waits),
        Ok(Consented::Done(Granted::Refused(_))) => back(Said::GrantRefused),
        Ok(Consented::Done(Granted::Granted { code: None, .. })) => back(Said::Granted),
        Ok(Consented::Done(Granted::Granted { code: Some(code), expires_at, .. })) => {
            Ok(render(&recovery::Granted {
                // There is no way back to a page that is shown once.
                f: Frame { path: String::new(), ..door.frame.clone() },
                subject: subject.called,
                code: code.as_str().to_owned(),
                expires: When::from(expires_at),
                back: door.path(&format!("people/{user}")),
            }))
        }
        Err(ActError::Field { .. }) => {
            let page = subject.page(&door, &decided, &door.frame.s("reason-wrong")).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(ActError::User(UserError::NotEnabled)) => {
            Err(door.explain(StatusCode::CONFLICT, "error-not-enabled"))
        }
        Err(ActError::User(UserError::GrantSpan(_))) => {
            Err(door.explain(StatusCode::UNPROCESSABLE_ENTITY, "error-grant-span"))
        }
        Err(ActError::User(UserError::IssuerMayNotSee)) => {
            Err(door.explain(StatusCode::CONFLICT, "error-issuer-may-not-see"))
        }
        Err(error) => Err(door.refuse(error)),
    }
}

impl Subject {
    async fn enter(door: &mut Door, user: UserId) -> Result<Self, Refused> {
        let (me, found) = person::enter(door, user).await?;
        door.back = door.path(&format!("people/{user}/grant"));
        let role = found.role().ok_or(ActError::UnknownUser)?;
        let called = names::of_user(door, &found).await?.shown(door);
        let required = door.state.requires_of(&found, door.now());
        Ok(Self { me, user, role, called, required })
    }

    async fn page(&self, door: &Door, decided: &Decided, wrong: &str) -> Result<Response, Refused> {
        let f = &door.frame;
        let sees = door.state.shows_granted_codes(self.role);
        let ends = if self.required { "effect-grant-ends" } else { "effect-grant-ends-optional" };
        let keys = ["effect-grant", "effect-grant-link", ends, "effect-told"];
        let mut effects: Vec<String> = keys.into_iter().map(|key| f.s(key)).collect();
        if self.role == Role::Owner {
            effects.push(takes(door, &self.me, Gist::of(Guarded::HelpOwner).about(self.user)).await?);
        }
        let words = |hours: u8| match hours {
            ..24 => f.n("hours", hours),
            _ => f.n("days", hours / 24),
        };
        let most = if sees { GRANT_HOURS_AT_MOST } else { MAILED_GRANT_HOURS_AT_MOST };
        let spans = SPANS.into_iter().filter(|hours| *hours <= most);
        Ok(render(&recovery::Grant {
            f: f.clone(),
            subject: self.called.clone(),
            effects,
            action: door.path(&format!("people/{}/grant", self.user)),
            cancel: door.path(&format!("people/{}", self.user)),
            spans: spans.map(|hours| (hours, words(hours), hours == decided.hours)).collect(),
            show: sees.then(|| Tick {
                name: "show_code".to_owned(),
                label: f.s("grant-show"),
                hint: f.s("grant-show-hint"),
                on: decided.show_code == "on",
            }),
            reason: Field { value: decided.reason.clone(), error: wrong.to_owned() },
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_proposed_can_be_chosen() {
        assert!(SPANS.contains(&GRANT_HOURS) && GRANT_HOURS <= MAILED_GRANT_HOURS_AT_MOST);
        assert!(SPANS.contains(&GRANT_HOURS_AT_MOST) && SPANS.contains(&MAILED_GRANT_HOURS_AT_MOST));
    }
}
