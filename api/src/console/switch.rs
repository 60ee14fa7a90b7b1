//! The account-wide switch: what each throw of it does, and the throw.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::account::{AccountError, Consent, Gist, Guarded};
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{ActError, Consented, Switch, SwitchAccount};

use super::close::{consent, takes};
use super::door::{Door, Me, Said, redirect, with_query};
use super::previewed;
use super::refused::Refused;
use crate::extract::{Form, Path};
use crate::pages::account::Confirm;
use crate::pages::frame::{Field, Section, Tone};
use crate::pages::render;
use crate::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decided {
    version: u64,
    #[serde(default)]
    confirmation: String,
    #[serde(default)]
    reason: String,
}

/// A throw of the switch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Throw {
    Disable,
    Suspend,
    Resume,
    Enable,
}

impl Throw {
    fn of(word: &str) -> Option<Self> {
        match word {
            "disable" => Some(Self::Disable),
            "suspend" => Some(Self::Suspend),
            "resume" => Some(Self::Resume),
            "enable" => Some(Self::Enable),
            _ => None,
        }
    }

    const fn switch(self) -> Switch {
        match self {
            Self::Disable => Switch::Disable,
            Self::Suspend => Switch::Suspend,
            Self::Resume => Switch::Resume,
            Self::Enable => Switch::Enable,
        }
    }

    /// The act that may take two.
    const fn guarded(self) -> Option<Gist> {
        match self {
            Self::Disable => Some(Gist::of(Guarded::Disable)),
            Self::Suspend => Some(Gist::of(Guarded::Suspend)),
            Self::Resume | Self::Enable => None,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Enable => "enable",
        }
    }
}

/// Says what it does, and to how many.
pub(super) async fn ask(
    mut door: Door,
    Path((_, word)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let throw = Throw::of(&word).ok_or_else(Problem::not_found)?;
    let me = door.enter(Deed::SwitchAccount).await?;
    confirm(&door, &me, throw, Field::default()).await
}

/// Throws it.
pub(super) async fn decide(
    mut door: Door,
    Path((_, word)): Path<(String, String)>,
    Form(decided): Form<Decided>,
) -> Result<Response, Refused> {
    let throw = Throw::of(&word).ok_or_else(Problem::not_found)?;
    door.back = door.path(&format!("policy/switch/{word}"));
    let me = door.enter(Deed::SwitchAccount).await?;
    let switch = throw.switch();
    let reason = Some(decided.reason.clone()).filter(|reason| !reason.trim().is_empty());
    let statement = previewed::statement(&decided.confirmation);
    let circle = door.app.circle(door.account).await?;
    let credential = me.credential.clone();
    let act = SwitchAccount { credential, seen: decided.version, switch, reason, statement, circle };
    match door.perform(act).await {
        Ok(done) if matches!(done.reply, Consented::Waits(_)) => Ok(door.go("approvals", Some(Said::Waits))),
        Ok(_) if throw == Throw::Disable => {
            // The session rested on a second factor that is no more.
            let policy = door.path("policy");
            let pairs = [("said", Said::Disabled.word()), ("next", policy.as_str())];
            let there = redirect(&with_query(&door.path("sign-in"), pairs));
            Ok((door.cookies().end_session(), there).into_response())
        }
        Ok(_) => Ok(door.go(
            "policy",
            Some(match throw {
                Throw::Disable | Throw::Suspend => Said::Suspended,
                Throw::Resume => Said::Resumed,
                Throw::Enable => Said::Enabled,
            }),
        )),
        Err(ActError::Outdated { .. } | ActError::Account(AccountError::Unconfirmed(_))) => {
            let text = door.frame.s("changed-meanwhile");
            door.frame = door.frame.clone().notice(Tone::Warn, text);
            Ok((StatusCode::CONFLICT, confirm(&door, &me, throw, Field::of(decided.reason)).await?)
                .into_response())
        }
        Err(ActError::Field { .. }) => {
            let reason = Field { value: decided.reason, error: door.frame.s("reason-wrong") };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, confirm(&door, &me, throw, reason).await?).into_response())
        }
        Err(error) => Err(door.refuse(error)),
    }
}

async fn confirm(door: &Door, me: &Me, throw: Throw, reason: Field) -> Result<Response, Refused> {
    let change = throw.switch().change();
    // Where it cannot be thrown there is nothing to preview; the throw will say so.
    let findings = match door.state.foresee(&change, me.principal.role, &door.app.desk.offer(), door.now()) {
        Ok(_) => Some(previewed::findings(door, me, &change).await?),
        Err(_) => None,
    };
    let (title, button, effects): (_, _, &[&str]) = match throw {
        Throw::Disable => (
            "confirm-disable-title",
            "confirm-disable",
            &[
                "effect-disable-factors",
                "effect-disable-sessions",
                "effect-disable-again",
                "effect-disable-instead",
            ],
        ),
        Throw::Suspend => ("confirm-suspend-title", "confirm-suspend", &["effect-suspend"]),
        Throw::Resume => {
            ("confirm-resume-title", "confirm-resume", &["effect-resume", "effect-resume-sessions"])
        }
        Throw::Enable => ("confirm-enable-title", "confirm-enable", &["effect-enable"]),
    };
    let mut effects: Vec<String> = effects.iter().map(|key| door.frame.s(key)).collect();
    // Whoever only asks for it learns that before they do.
    let asks = match throw.guarded() {
        Some(act) if consent(door, me, act).await? != Consent::AtOnce => {
            effects.push(takes(door, me, act).await?);
            true
        }
        _ => false,
    };
    Ok(render(&Confirm {
        f: door.frame.clone().section(Section::Policy),
        title,
        subject: String::new(),
        effects,
        findings,
        hidden: vec![],
        action: door.path(&format!("policy/switch/{}", throw.word())),
        version: door.version,
        reason_asked: true,
        reason_needed: asks,
        reason,
        button: if asks { "confirm-ask" } else { button },
        compromise: false,
        danger: throw == Throw::Disable,
        cancel: door.path("policy"),
    }))
}
