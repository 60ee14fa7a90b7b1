//! A set-up or invitation link: shown by GET, used by POST.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::user::{LinkPurpose, UserError};
use twofold_infra::acts::{ActError, BeginSignIn, RedeemLink, ShowLink, ShownLink};
use twofold_infra::verify::password::Password;
use twofold_infra::verify::token::{Bearer, LinkToken};

use super::door::{Door, Said, path_value};
use super::refused::Refused;
use super::sign_in;
use super::typed::Typed;
use crate::app::App;
use crate::extract::Form;
use crate::pages::entry::SetUp;
use crate::pages::frame::{Field, Frame};
use crate::pages::render;
use crate::problem::Problem;

/// What a link is for that sets a password.
const SETS: [LinkPurpose; 4] =
    [LinkPurpose::Invitation, LinkPurpose::SetUp, LinkPurpose::PasswordReset, LinkPurpose::Verification];

/// A link, and the door of the account that it belongs to.
pub(super) struct Link {
    pub(super) door: Door,
    pub(super) token: Arc<Bearer<LinkToken>>,
    pub(super) text: String,
}

impl FromRequestParts<App> for Link {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let text = path_value(parts, app, "token").await?;
        let token = Bearer::<LinkToken>::parse(&text).map_err(|_| Problem::not_found())?;
        let door = Door::open(parts, app, token.account()).await?;
        Ok(Self { door, token: Arc::new(token), text })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chosen {
    #[serde(default)]
    password: Typed,
    /// For the browser's password manager; whose link it is, the link says.
    #[serde(default, rename = "username")]
    _username: String,
}

/// Says whose access is set up, where, and until when. Uses nothing.
pub(super) async fn show(link: Link) -> Result<Response, Refused> {
    let shown = link.look(&SETS).await?;
    Ok(link.page(&shown, Field::default()))
}

/// Sets the password, and, where it is the first one, signs in with it and goes on to the second factor.
pub(super) async fn submit(link: Link, Form(chosen): Form<Chosen>) -> Result<Response, Refused> {
    let shown = link.look(&SETS).await?;
    let door = &link.door;
    let refused = |words: String| {
        let page = link.page(&shown, Field::wrong(words));
        (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
    };
    let least = shown.least_password;
    let Ok(password) = Password::parse(chosen.password.text()) else {
        return Ok(refused(unfit_words(&door.frame, chosen.password.text(), least, None)));
    };
    let redeem = RedeemLink { token: link.token.clone(), password: password.clone() };
    match door.perform(redeem).await {
        Ok(_) => {}
        Err(ActError::Field { why, .. }) => {
            return Ok(refused(unfit_words(&door.frame, chosen.password.text(), least, Some(&why))));
        }
        Err(error) => return Err(link.over(error)),
    }
    // Whoever reads somebody's mail is not them yet: they sign in, with their second factor.
    if shown.purpose == LinkPurpose::PasswordReset {
        return Ok(door.go("sign-in", Some(Said::PasswordSet)));
    }
    let sign_in = BeginSignIn::new(shown.email, password, door.device.clone());
    let led = door.perform(sign_in).await.map_err(|error| door.refuse(error))?.reply;
    Ok(sign_in::lead_on(door, led, false, None, "enrol"))
}

/// What is wrong with a password that was chosen, of which at least so many characters are asked.
pub(super) fn unfit_words(f: &Frame, chosen: &str, least: u8, why: Option<&str>) -> String {
    match why {
        Some(why) if why.contains("somebody else") => f.s("thaw-same"),
        Some(_) if chosen.chars().count() >= usize::from(least) => f.n("password-obvious", least),
        _ => f.n("password-too-short", least),
    }
}

impl Link {
    /// What it opens, if it is for one of these.
    pub(super) async fn look(&self, purposes: &[LinkPurpose]) -> Result<ShownLink, Refused> {
        let shown = self.door.perform(ShowLink { token: self.token.clone() }).await;
        let shown = shown.map_err(|error| self.over(error))?.reply;
        if purposes.contains(&shown.purpose) { Ok(shown) } else { Err(self.over(UserError::LinkOver.into())) }
    }

    pub(super) fn over(&self, error: ActError) -> Refused {
        match error {
            ActError::User(
                UserError::LinkOver | UserError::Unknown | UserError::Erased | UserError::Deactivated,
            ) => self.door.explain(StatusCode::GONE, "error-link"),
            other => self.door.refuse(other),
        }
    }

    fn page(&self, shown: &ShownLink, password: Field) -> Response {
        render(&SetUp {
            f: self.door.frame.clone(),
            action: format!("/setup/{}", self.text),
            name: shown.name.clone(),
            email: shown.email.clone(),
            expires: shown.expires_at.into(),
            shortest: shown.least_password.into(),
            again: shown.purpose == LinkPurpose::PasswordReset,
            password,
        })
    }
}
