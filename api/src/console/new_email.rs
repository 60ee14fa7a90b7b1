//! The link that was mailed to a new address: shown by GET, used by POST.

use axum::response::Response;
use twofold_domain::user::LinkPurpose;
use twofold_infra::acts::{ActError, ConfirmEmail};

use super::door::Said;
use super::refused::Refused;
use super::set_up::Link;
use crate::pages::entry::ConfirmAddress;
use crate::pages::render;

/// Says whose address it becomes. Uses nothing.
pub(super) async fn show(link: Link) -> Result<Response, Refused> {
    let shown = link.look(&[LinkPurpose::EmailChange]).await?;
    Ok(render(&ConfirmAddress {
        f: link.door.frame.clone(),
        action: format!("/email/{}", link.text),
        name: shown.name.clone(),
        email: shown.email.clone(),
        expires: shown.expires_at.into(),
    }))
}

/// Makes it theirs.
pub(super) async fn submit(link: Link) -> Result<Response, Refused> {
    match link.door.perform(ConfirmEmail { token: link.token.clone() }).await {
        Ok(_) => Ok(link.door.go("sign-in", Some(Said::EmailChanged))),
        Err(ActError::Taken(_)) => Ok(link.door.go("sign-in", Some(Said::EmailTaken))),
        Err(error) => Err(link.over(error)),
    }
}
