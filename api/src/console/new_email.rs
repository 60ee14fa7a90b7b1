//! The links of a change of address, the one to the new address and the one to the address before: shown by GET,
//! used by POST.

use axum::response::Response;
use twofold_domain::user::LinkPurpose;
use twofold_infra::acts::{ActError, ConfirmEmail, KeepEmail};

use super::door::Said;
use super::refused::Refused;
use super::set_up::Link;
use crate::pages::entry::ConfirmAddress;
use crate::pages::render;

/// What these links are for.
const MOVES_OR_KEEPS: [LinkPurpose; 2] = [LinkPurpose::EmailChange, LinkPurpose::EmailObjection];

/// Says whose address it becomes, or stays. Uses nothing.
pub(super) async fn show(link: Link) -> Result<Response, Refused> {
    let shown = link.look(&MOVES_OR_KEEPS).await?;
    Ok(render(&ConfirmAddress {
        f: link.door.frame.clone(),
        action: format!("/email/{}", link.text),
        name: shown.name.clone(),
        email: shown.email.clone(),
        expires: shown.expires_at.into(),
        keeps: shown.purpose == LinkPurpose::EmailObjection,
    }))
}

/// Makes it theirs, or keeps the one they have.
pub(super) async fn submit(link: Link) -> Result<Response, Refused> {
    if link.look(&MOVES_OR_KEEPS).await?.purpose == LinkPurpose::EmailObjection {
        let kept = link.door.perform(KeepEmail { token: link.token.clone() }).await;
        kept.map_err(|error| link.over(error))?;
        return Ok(link.door.go("sign-in", Some(Said::EmailKept)));
    }
    match link.door.perform(ConfirmEmail { token: link.token.clone() }).await {
        Ok(_) => Ok(link.door.go("sign-in", Some(Said::EmailChanged))),
        Err(ActError::Taken(_)) => Ok(link.door.go("sign-in", Some(Said::EmailTaken))),
        Err(error) => Err(link.over(error)),
    }
}
