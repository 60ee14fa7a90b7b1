//! Another role or other groups: said before they are given, where somebody would have to enrol there or is not asked
//! any more.

use axum::response::Response;
use twofold_domain::account::Place;
use twofold_domain::ids::UserId;
use twofold_domain::reading::{Matter, Question};
use twofold_domain::user::User;

use super::door::{Door, Me};
use super::names;
use super::policy_form::Typed;
use super::previewed::words_of;
use super::refused::Refused;
use crate::pages::account::Confirm;
use crate::pages::frame::Field;
use crate::pages::render;

/// The field that says that the reader saw what it does.
const SEEN: &str = "seen";

/// The page that asks, unless the reader saw it already, or there is nothing to say. What they may not do at all, the
/// act refuses.
pub(super) async fn asks(
    door: &Door,
    me: &Me,
    (user, person): (UserId, &User),
    to: &Place,
    typed: &Typed,
) -> Result<Option<Response>, Refused> {
    let refused = door.state.may_move(person, to, me.principal.role).is_err();
    let effects = door.state.foresee_move(person, to, door.now());
    let effects: Vec<String> = effects.iter().map(|effect| door.frame.n(words_of(effect), 1u64)).collect();
    if typed.contains_key(SEEN) || refused || effects.is_empty() {
        return Ok(None);
    }
    if user != me.principal.user {
        door.shows(me, Question::of(Matter::Preview).about(user)).await?;
    }
    let here = door.path(&format!("people/{user}"));
    let mut hidden: Vec<(String, String)> = typed.clone().into_iter().collect();
    hidden.push((SEEN.to_owned(), "yes".to_owned()));
    let called = names::of_user(door, person).await?.or_erased(door, user).await?;
    Ok(Some(render(&Confirm {
        title: "confirm-place-title",
        subject: called.shown(door),
        effects,
        findings: None,
        hidden,
        action: here.clone(),
        version: door.version,
        reason_asked: false,
        reason_needed: false,
        reason: Field::default(),
        button: "save",
        compromise: false,
        danger: false,
        cancel: here,
        f: door.frame.clone(),
    })))
}
