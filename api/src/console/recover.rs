//! The link of a recovery grant: shown by GET; used by POST, which shows its code once.

use axum::response::Response;
use twofold_domain::user::LinkPurpose;
use twofold_infra::acts::{RevealGrant, ShownLink};

use super::refused::Refused;
use super::set_up::Link;
use crate::pages::entry::Recover;
use crate::pages::render;

/// Says whose way back in it is. Uses nothing.
pub(super) async fn show(link: Link) -> Result<Response, Refused> {
    let shown = link.look(&[LinkPurpose::Recovery]).await?;
    Ok(page(&link, &shown, String::new()))
}

/// Shows the code.
pub(super) async fn submit(link: Link) -> Result<Response, Refused> {
    let shown = link.look(&[LinkPurpose::Recovery]).await?;
    let revealed = link.door.perform(RevealGrant { token: link.token.clone() }).await;
    let revealed = revealed.map_err(|error| link.over(error))?.reply;
    Ok(page(&link, &shown, revealed.code.as_str().to_owned()))
}

fn page(link: &Link, shown: &ShownLink, code: String) -> Response {
    render(&Recover {
        f: link.door.frame.clone(),
        action: format!("/recover/{}", link.text),
        name: shown.name.clone(),
        email: shown.email.clone(),
        expires: shown.expires_at.into(),
        code,
        sign_in: link.door.path("sign-in"),
    })
}
