//! What a number is told of itself, and what every number of a person is told beside their address.

use twofold_domain::factor::Held;
use twofold_domain::ids::UserId;
use twofold_domain::sealed::{PhoneNumber, Sealed};
use twofold_domain::user::User;

use super::clear;
use crate::acts::ActError;
use crate::acts::post::{notify, text};
use crate::acts::principal::Principal;
use crate::mail::{Letter, Number};
use crate::work::Work;

/// Tells somebody by mail, and by SMS at every number that they had before, that codes go to another one too.
pub(in crate::acts) async fn number_added(
    work: &mut Work,
    me: &Principal,
    before: &User,
    number: &Sealed<PhoneNumber>,
) -> Result<(), ActError> {
    let desk = work.desk().clone();
    let Some(new) = clear(&desk, me.account, me.user, number).await? else { return Ok(()) };
    let letter = Letter::NumberAdded { ending: new.ending().to_owned() };
    notify(work, me.user, &letter).await?;
    for old in numbers(work, me.user, before).await? {
        if old != new {
            text(work, me.user, &old, &letter).await?;
        }
    }
    Ok(())
}

/// Tells somebody by mail, and the number itself by SMS, that no more codes go to it.
pub(in crate::acts) async fn number_removed(
    work: &mut Work,
    me: &Principal,
    number: &Sealed<PhoneNumber>,
) -> Result<(), ActError> {
    let desk = work.desk().clone();
    let Some(old) = clear(&desk, me.account, me.user, number).await? else { return Ok(()) };
    let letter = Letter::NumberRemoved { ending: old.ending().to_owned() };
    notify(work, me.user, &letter).await?;
    text(work, me.user, &old, &letter).await.map(drop)
}

/// Tells somebody by every way that there is, by mail and by SMS at each of their numbers, of what whoever has the
/// mailbox must not be the only one to read.
pub(in crate::acts) async fn everywhere(
    work: &mut Work,
    user: UserId,
    letter: &Letter,
) -> Result<(), ActError> {
    notify(work, user, letter).await?;
    by_sms(work, user, letter).await
}

/// Tells somebody by SMS, at each of their numbers.
pub(in crate::acts) async fn by_sms(work: &mut Work, user: UserId, letter: &Letter) -> Result<(), ActError> {
    let person = work.user(user).await?;
    for number in numbers(work, user, &person).await? {
        text(work, user, &number, letter).await?;
    }
    Ok(())
}

/// The numbers to which codes of somebody go.
async fn numbers(work: &mut Work, user: UserId, person: &User) -> Result<Vec<Number>, ActError> {
    let (desk, account) = (work.desk().clone(), work.account().await?);
    let mut found = vec![];
    for factor in person.enrolled(account.generation).into_iter().flat_map(|e| e.factors.values()) {
        if let Held::Sms(held) = &factor.held {
            found.extend(clear(&desk, work.account_id(), user, &held.number).await?);
        }
    }
    Ok(found)
}
