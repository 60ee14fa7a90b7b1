//! Letters on their way: which address they go to.
//!
//! A notice goes to a person's address, and for 72 hours after it changed to those before, too: whoever
//! changed it must not be the only one who is told. What is about their mailboxes goes to those of 30 days. What lets
//! somebody in, a code or a link, goes to one address at most: the one that recovery uses.

use twofold_domain::account::ClockKind;
use twofold_domain::ids::{MessageId, StreamId, UserId};
use twofold_domain::sealed::{Email, Sealed};
use twofold_domain::user::{EmailChange, NOT_ME_LIFE, User};
use zeroize::Zeroizing;

use super::ActError;
use crate::mail::{Brand, Language, Letter, Message, Number};
use crate::verify::NotMe;
use crate::work::Work;
use crate::zone::Zone;

/// To whom a letter is written that nobody gets (RFC 2606).
const NOBODY: &str = "nobody@somewhere.example";

/// Tells a person what happened to their account.
pub(crate) async fn notify(work: &mut Work, user: UserId, letter: &Letter) -> Result<(), ActError> {
    let person = work.user(user).await?;
    let Some(who) = person.who() else { return Ok(()) };
    let told = told(work, user, &person, letter).await?;
    for address in told {
        mail_to(work, user, &address, &who.language, letter).await?;
    }
    Ok(())
}

/// The addresses that are told of something, each once, whenever it was sealed.
async fn told(
    work: &Work,
    user: UserId,
    person: &User,
    letter: &Letter,
) -> Result<Vec<Zeroizing<String>>, ActError> {
    let (vault, account, at) = (work.desk().vault().clone(), work.account_id(), work.at());
    let addresses: Vec<_> = if letter.is_about_mailboxes() {
        person.told_of_mailboxes(at).collect()
    } else {
        person.told_at(at).collect()
    };
    let mut told = vec![];
    for address in addresses {
        let address = vault.unseal(account, user, address).await?;
        told.extend(address.filter(|address| !told.contains(address)));
    }
    Ok(told)
}

/// Asks whoever may stop a change of their address that a person asked for, and tells the others.
pub(super) async fn ask_and_tell(
    work: &mut Work,
    user: UserId,
    asked: &Letter,
    other: &Letter,
) -> Result<(), ActError> {
    let person = work.user(user).await?;
    let Some(who) = person.who() else { return Ok(()) };
    let (vault, account, at) = (work.desk().vault().clone(), work.account_id(), work.at());
    let mut stoppers = vec![];
    for address in person.stoppers(at) {
        stoppers.extend(vault.unseal(account, user, address).await?);
    }
    for address in told(work, user, &person, other).await? {
        let letter = if stoppers.contains(&address) { asked } else { other };
        mail_to(work, user, &address, &who.language, letter).await?;
    }
    Ok(())
}

/// What staff asked for comes to nothing: whoever asked is told, and whoever reads the address that was to be theirs.
pub(crate) async fn tell_of_end(work: &mut Work, user: UserId, change: &EmailChange) -> Result<(), ActError> {
    let person = work.user(user).await?;
    let (Some(who), Some(by)) = (person.who(), change.by) else { return Ok(()) };
    let (vault, account) = (work.desk().vault().clone(), work.account_id());
    let name = vault.unseal(account, user, &who.name).await?.unwrap_or_default();
    let letter = Letter::CorrectionEnded { name: name.as_str().to_owned() };
    if let Some(address) = vault.unseal(account, user, &change.email).await? {
        mail_to(work, user, &address, &who.language, &letter).await?;
    }
    tell(work, [by], &letter).await
}

/// Tells every mailbox of a person's but the one that is let in.
pub(super) async fn tell_the_others(work: &mut Work, user: UserId, letter: &Letter) -> Result<(), ActError> {
    let person = work.user(user).await?;
    let Some(who) = person.who() else { return Ok(()) };
    let let_in = match person.recovery_email(work.at()) {
        Some(address) => work.desk().vault().clone().unseal(work.account_id(), user, address).await?,
        None => None,
    };
    let told = told(work, user, &person, letter).await?;
    for address in told.iter().filter(|address| Some(*address) != let_in.as_ref()) {
        mail_to(work, user, address, &who.language, letter).await?;
    }
    Ok(())
}

/// Mails what lets a person in to the address that recovery uses.
pub(super) async fn let_in(work: &mut Work, user: UserId, letter: &Letter) -> Result<(), ActError> {
    let person = work.user(user).await?;
    let (Some(who), Some(address)) = (person.who(), person.recovery_email(work.at())) else { return Ok(()) };
    let (address, language) = (address.clone(), who.language.clone());
    send(work, user, &address, &language, letter).await
}

async fn send(
    work: &mut Work,
    user: UserId,
    address: &Sealed<Email>,
    language: &str,
    letter: &Letter,
) -> Result<(), ActError> {
    let vault = work.desk().vault().clone();
    match vault.unseal(work.account_id(), user, address).await? {
        Some(address) => mail_to(work, user, &address, language, letter).await,
        None => Ok(()),
    }
}

/// Mails a letter about a person to an address.
pub(super) async fn mail_to(
    work: &mut Work,
    user: UserId,
    address: &str,
    language: &str,
    letter: &Letter,
) -> Result<(), ActError> {
    let not_me = if letter.may_be_denied() { Some(not_me(work, user, address).await?) } else { None };
    let not_me = not_me.as_ref().map(|link| link.as_str());
    let write = |lang, brand: Brand<'_>| letter.write_with(address, lang, brand, not_me);
    post(work, user, language, letter, write).await.map(|_| ())
}

/// Writes and seals a letter to nobody, as one to somebody is: what it comes to.
pub(super) async fn in_vain(work: &mut Work, nobody: UserId, letter: &Letter) -> Result<Vec<u8>, ActError> {
    let not_me = if letter.may_be_denied() { Some(not_me(work, nobody, NOBODY).await?) } else { None };
    let not_me = not_me.as_ref().map(|link| link.as_str());
    let write = |lang, brand: Brand<'_>| letter.write_with(NOBODY, lang, brand, not_me);
    let message = written(work, "", write).await?;
    let vault = work.desk().vault().clone();
    Ok(vault.sealed(work.account_id(), nobody, letter, &message).await?.sealed)
}

/// The page at which the reader of a mailbox says that it was not them, as of the freezes that this work knows of.
async fn not_me(work: &mut Work, user: UserId, mailbox: &str) -> Result<Zeroizing<String>, ActError> {
    let (desk, account, until) = (work.desk().clone(), work.account_id(), work.at() + NOT_ME_LIFE);
    let freezes = work.user(user).await?.freezes;
    let keys = desk.vault().account_keys(account).await?;
    let mailbox = keys.blind_index(mailbox).bytes();
    let token = NotMe::seal((account, user), freezes, until, &mailbox, keys.tokens());
    Ok(Zeroizing::new(format!("{}/not-me/{}", desk.house().public_url, token.reveal().as_str())))
}

/// Sends a letter as a text message to a number of a person, in their language. The message's id tells what
/// becomes of it.
pub async fn text(
    work: &mut Work,
    user: UserId,
    number: &Number,
    letter: &Letter,
) -> Result<Option<MessageId>, ActError> {
    let person = work.user(user).await?;
    let Some(who) = person.who() else { return Ok(None) };
    let write = |lang, brand: Brand<'_>| letter.text(number, lang, brand);
    post(work, user, &who.language, letter, write).await.map(Some)
}

async fn post(
    work: &mut Work,
    user: UserId,
    language: &str,
    letter: &Letter,
    write: impl Fn(Language, Brand<'_>) -> Message + Send,
) -> Result<MessageId, ActError> {
    let message = written(work, language, write).await?;
    let vault = work.desk().vault().clone();
    vault.send(work, user, letter, &message).await
}

/// A message in the words of its account, in a language.
async fn written(
    work: &mut Work,
    language: &str,
    write: impl Fn(Language, Brand<'_>) -> Message + Send,
) -> Result<Message, ActError> {
    let desk = work.desk().clone();
    let account = work.account().await?;
    let zone = Zone::of(account.settings.time_zone.as_deref());
    let brand = Brand {
        product: &desk.house().product,
        account: account.name(),
        sandbox: account.clock() == ClockKind::Sandbox,
        zone: &zone,
    };
    let language = Language::of_tag(account.settings.language(language));
    Ok(write(language, brand))
}

/// Tells people of something that does not depend on them: their streams are read, and may move on.
pub(super) async fn tell(
    work: &mut Work,
    people: impl IntoIterator<Item = UserId>,
    letter: &Letter,
) -> Result<(), ActError> {
    let log = work.desk().log().clone();
    for user in people {
        let stream = StreamId::user(work.account_id(), user);
        let state = match log.users.last_seen(stream) {
            Some(seen) => seen.state,
            None => log.users.load(stream).await?.state,
        };
        if let Some(who) = state.who().filter(|_| !state.erased && !state.deactivated) {
            send(work, user, &who.email, &who.language, letter).await?;
        }
    }
    Ok(())
}
