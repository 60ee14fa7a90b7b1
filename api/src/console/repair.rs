//! A new handset, on a device that is still trusted: the password, a mailed code, and a wait begins, which its person
//! can end as well as anybody concerned.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::ids::{RecoveryId, StreamId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::sign_in::{Pleaded, SignedIn};
use twofold_domain::user::{Gate, UserError};
use twofold_infra::acts::{ActError, AskedBack, Circle, ConfirmWayBack, RequestWayBack, StopRecovery, Way};
use twofold_infra::verify::code::MailedCode;
use twofold_infra::verify::password::Password;

use super::door::{Door, Me, Said};
use super::refused::Refused;
use super::typed::Typed;
use crate::extract::Form;
use crate::pages::frame::{Field, Section, Tone};
use crate::pages::recovery::Repair;
use crate::pages::render;

/// What was sent: the password asks for a code by mail, a code shows it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sent {
    #[serde(default)]
    step: String,
    #[serde(default)]
    password: Typed,
    #[serde(default)]
    code: Typed,
}

/// Where somebody stands.
enum Step {
    Password(Field),
    Mailed(Field),
}

/// Whether this way is open in somebody's session.
pub(super) async fn offered(door: &Door, me: &Me) -> Result<bool, Refused> {
    let stream = StreamId::device(door.account, me.principal.device);
    let device = door.app.desk.log().devices.load(stream).await.map_err(ActError::from)?.state;
    let signed_in = SignedIn::recall(&door.state, &me.user, &device, me.principal.session_id, door.now());
    Ok(signed_in.is_ok_and(|signed_in| signed_in.offers_recovery().is_ok()))
}

/// Says what comes next; asks for the mailed code where one is open.
pub(super) async fn show(mut door: Door) -> Result<Response, Refused> {
    let me = enter(&mut door).await?;
    if !offered(&door, &me).await? {
        return Err(door.explain(StatusCode::CONFLICT, "error-not-trusted"));
    }
    Ok(page(&door, Step::Password(Field::default())))
}

/// Has a code mailed, or looks at the one that was typed.
pub(super) async fn submit(mut door: Door, Form(sent): Form<Sent>) -> Result<Response, Refused> {
    let me = enter(&mut door).await?;
    let way = Way::Session { credential: me.credential.clone() };
    let refused = |step: Step| Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&door, step)).into_response());
    let wrong = |key: &str| Field::wrong(door.frame.s(key));
    let done = if sent.step == "code" {
        let Ok(code) = MailedCode::parse(sent.code.text()) else {
            return refused(Step::Mailed(wrong("lost-code-malformed")));
        };
        let circle = door.app.circle(door.account).await?;
        door.perform(ConfirmWayBack { way, code: code.into(), circle }).await
    } else {
        let Ok(password) = Password::parse(sent.password.text()) else {
            return refused(Step::Password(wrong("password-wrong")));
        };
        let circle = Circle::default();
        door.perform(RequestWayBack { way, password: Some(password), circle }).await
    };
    match done.map(|done| done.reply) {
        Ok(AskedBack { came_to, .. }) => match came_to {
            Pleaded::Mailed => Ok(page(&door, Step::Mailed(Field::default()))),
            Pleaded::Waits(_) => Ok(door.go("security", Some(Said::RepairWaits))),
            Pleaded::Refused(why) if why.gate == Gate::Password => {
                let wait = why.retry_at.map_or_else(String::new, |at| door.wait(Some(at)));
                let text = format!("{} {wait}", door.frame.s("password-wrong"));
                refused(Step::Password(Field::wrong(text.trim())))
            }
            Pleaded::Refused(_) => refused(Step::Mailed(wrong("lost-code-wrong"))),
            Pleaded::Doubted(_, until) => {
                let text = format!("{} {}", door.frame.s("lost-doubted"), door.wait(Some(until)));
                door.frame = door.frame.clone().notice(Tone::Bad, text);
                Ok((StatusCode::CONFLICT, page(&door, Step::Password(Field::default()))).into_response())
            }
        },
        // The code of a moment ago serves as well.
        Err(ActError::User(UserError::MailedJustNow(_))) => Ok(page(&door, Step::Mailed(Field::default()))),
        Err(ActError::User(UserError::AlreadyWaiting(_))) => Ok(door.go("security", None)),
        Err(ActError::User(UserError::NothingRequested)) => Ok(door.go("security/recovery", None)),
        Err(ActError::User(UserError::NotTrusted)) => {
            Err(door.explain(StatusCode::CONFLICT, "error-not-trusted"))
        }
        Err(error) => Err(door.refuse(error)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    case: RecoveryId,
}

/// Ends the grant that somebody else made for the reader, or the reset that waits.
pub(super) async fn stop(mut door: Door, Form(which): Form<Which>) -> Result<Response, Refused> {
    door.back = door.path("security");
    let me = door.enter(Deed::EndOwn).await?;
    let act = StopRecovery { credential: me.credential, user: me.principal.user, recovery: which.case };
    match door.perform(act).await {
        Ok(_) => Ok(door.go("security", Some(Said::RecoveryStopped))),
        // It is over already.
        Err(ActError::User(UserError::NothingWaits)) => Ok(door.go("security", Some(Said::Unchanged))),
        Err(error) => Err(door.refuse(error)),
    }
}

async fn enter(door: &mut Door) -> Result<Me, Refused> {
    door.back = door.path("security/recovery");
    let me = door.enter(Deed::RecoverOwn).await?;
    door.frame = door.frame.clone().section(Section::Own);
    Ok(me)
}

fn page(door: &Door, step: Step) -> Response {
    let (mailed, password, code) = match step {
        Step::Password(password) => (false, password, Field::default()),
        Step::Mailed(code) => (true, Field::default(), code),
    };
    let mut f = door.frame.clone();
    f.path = door.path("security/recovery");
    render(&Repair {
        wait: door.frame.n("hours", door.state.governance.repair_wait().whole_seconds() / 3_600),
        f,
        action: door.path("security/recovery"),
        back: door.path("security"),
        mailed,
        password,
        code,
    })
}
