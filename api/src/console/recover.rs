//! The link of a recovery grant: shown by GET; used by POST, which shows its code once.

use axum::response::Response;
use twofold_domain::ids::StreamId;
use twofold_domain::user::LinkPurpose;
use twofold_infra::acts::{ActError, RevealGrant, ShownLink};

use super::refused::Refused;
use super::set_up::Link;
use crate::pages::entry::Recover;
use crate::pages::render;

/// Says whose way back in it is. Uses nothing.
pub(super) async fn show(link: Link) -> Result<Response, Refused> {
    let shown = link.look(&[LinkPurpose::Recovery]).await?;
    page(&link, &shown, String::new()).await
}

/// Shows the code.
pub(super) async fn submit(link: Link) -> Result<Response, Refused> {
    let shown = link.look(&[LinkPurpose::Recovery]).await?;
    let revealed = link.door.perform(RevealGrant { token: link.token.clone() }).await;
    let revealed = revealed.map_err(|error| link.over(error))?.reply;
    page(&link, &shown, revealed.code.as_str().to_owned()).await
}

async fn page(link: &Link, shown: &ShownLink, code: String) -> Result<Response, Refused> {
    let door = &link.door;
    let stream = StreamId::user(door.account, shown.user);
    let user = door.app.desk.log().users.load(stream).await.map_err(ActError::from)?.state;
    Ok(render(&Recover {
        required: door.state.requires_of(&user, door.now()),
        f: link.door.frame.clone(),
        action: format!("/recover/{}", link.text),
        name: shown.name.clone(),
        email: shown.email.clone(),
        expires: shown.expires_at.into(),
        code,
        sign_in: link.door.path("sign-in"),
    }))
}
