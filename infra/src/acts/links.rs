//! One-time links: how an owner or an invited person sets the first password.

use std::sync::Arc;

use twofold_domain::account::OperatorAct;
use twofold_domain::ids::{AccountId, LinkId, RecoveryId, UserId, VerifierId};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Link, LinkPurpose, Registered, User, UserCommand, UserError};
use zeroize::Zeroizing;

use super::ActError;
use super::former;
use super::operator::{operate, told_of_link};
use super::post::{mail_to, notify};
use crate::desk::{Act, Desk};
use crate::mail::Letter;
use crate::vault::kind;
use crate::verify::password::{Password, PasswordHash};
use crate::verify::token::{Bearer, LinkToken};
use crate::verify::{PasswordContext, check_password, is_long};
use crate::work::Work;

/// A link that was made, to be shown or mailed once.
#[derive(Clone)]
pub struct IssuedLink {
    /// Whom it is for.
    pub user: UserId,
    /// The whole address.
    pub url: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Makes a link, records it, and keeps its verifier.
pub(super) async fn issue(
    work: &mut Work,
    user: UserId,
    purpose: LinkPurpose,
) -> Result<IssuedLink, ActError> {
    let link = work.desk().mint().id();
    issue_as(work, user, purpose, link).await
}

/// The same, under an id that is known already.
async fn issue_as(
    work: &mut Work,
    user: UserId,
    purpose: LinkPurpose,
    link: LinkId,
) -> Result<IssuedLink, ActError> {
    let desk = work.desk().clone();
    let verifier: VerifierId = desk.mint().id();
    let token = Bearer::<LinkToken>::mint(desk.mint(), work.account_id(), user, link);
    let expires_at = work.at() + purpose.life();
    work.tell_user(user, UserCommand::IssueLink { link, purpose, verifier, expires_at }).await?;
    let keys = desk.vault().account_keys(work.account_id()).await?;
    desk.vault().keep(work, user, verifier, kind::TOKEN, &token.verifier(keys.tokens())).await?;
    let page = match purpose {
        LinkPurpose::WayBack => "thaw",
        LinkPurpose::EmailObjection => "email",
        _ => "setup",
    };
    Ok(IssuedLink { user, url: url(&desk, page, &token), expires_at })
}

/// The whole address of a link that opens a page.
pub(super) fn url(desk: &Desk, page: &str, token: &Bearer<LinkToken>) -> String {
    format!("{}/{page}/{}", desk.house().public_url, token.reveal().as_str())
}

/// Sends an invitation to a user's address.
pub(super) async fn invite(work: &mut Work, user: UserId, address: &str) -> Result<(), ActError> {
    let language = work.user(user).await?.who().map(|who| who.language.clone()).unwrap_or_default();
    let link = issue(work, user, LinkPurpose::Invitation).await?;
    let letter = Letter::Invitation { link: Zeroizing::new(link.url), lasts: LinkPurpose::Invitation.life() };
    mail_to(work, user, address, &language, &letter).await
}

/// The operator makes a set-up link for a member of the team: by a grant of an owner, unless no owner ever came in.
/// Recorded in the account's own log.
pub struct AdminLink {
    /// For whom.
    pub user: UserId,
    /// The account's owners, as a read model knows them.
    pub owners: Vec<UserId>,
}

impl Act for AdminLink {
    type Reply = IssuedLink;

    async fn run(&self, work: &mut Work) -> Result<IssuedLink, ActError> {
        work.user(self.user).await?.who().ok_or(ActError::UnknownUser)?;
        let link: LinkId = work.desk().mint().id();
        let case = RecoveryId::from_uuid(link.uuid());
        operate(work, OperatorAct::Link, Some(self.user), case, &self.owners).await?;
        told_of_link(work, self.user).await?;
        let link = issue_as(work, self.user, LinkPurpose::SetUp, link).await?;
        let until = work.account().await?.operator_link_until(self.user, work.at());
        let expires_at = until.map_or(link.expires_at, |until| until.min(link.expires_at));
        Ok(IssuedLink { expires_at, ..link })
    }
}

/// A link that is open, and the person it is for.
pub(super) struct OpenLink {
    pub(super) user: Arc<User>,
    pub(super) who: Registered,
    pub(super) link: Link,
}

/// The person and the link behind a token, if it is right and the link still open. One answer for
/// every way in which it is not.
pub(super) async fn open(work: &mut Work, token: &Bearer<LinkToken>) -> Result<OpenLink, ActError> {
    let over = || ActError::User(UserError::LinkOver);
    let user = work.user(token.holder()).await?;
    if work.account().await?.closed {
        return Err(over());
    }
    let who = user.who().cloned().ok_or_else(over)?;
    let era = work.account().await?.era(work.at());
    let link = *user.open_link(token.id(), &era, work.at()).ok_or_else(over)?;
    let vault = work.desk().vault().clone();
    let keys = vault.account_keys(work.account_id()).await?;
    let stored = vault.secret(work.account_id(), link.verifier, kind::TOKEN).await?;
    let right = stored.is_some_and(|tag| token.matches(keys.tokens(), &tag));
    if right { Ok(OpenLink { user, who, link }) } else { Err(over()) }
}

/// What a link opens, for whoever holds it. Consumes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownLink {
    /// Whom it is for.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The least characters of a password that is chosen by it, as using it would say.
    pub least_password: u8,
}

/// Show what a link opens, without using it.
pub struct ShowLink {
    /// The link's token.
    pub token: Arc<Bearer<LinkToken>>,
}

impl Act for ShowLink {
    type Reply = ShownLink;

    async fn run(&self, work: &mut Work) -> Result<ShownLink, ActError> {
        let OpenLink { user: person, who, link } = open(work, &self.token).await?;
        let (vault, account, user) = (work.desk().vault().clone(), work.account_id(), who.user);
        let name = vault.unseal(account, user, &who.name).await?.unwrap_or_default();
        // A link that moves an address shows where to.
        let moved = person.waiting_change(self.token.id(), work.at()).map(|change| &change.email);
        // One that was mailed to an address before gives that back.
        let theirs = moved.or_else(|| person.gives_back(self.token.id())).unwrap_or(&who.email);
        let email = vault.unseal(account, user, theirs).await?.unwrap_or_default();
        let (name, email) = (name.as_str().to_owned(), email.as_str().to_owned());
        let least_password = work.account().await?.least_password(&person, work.at());
        let (purpose, expires_at) = (link.purpose, link.expires_at);
        Ok(ShownLink { user, name, email, purpose, expires_at, least_password })
    }
}

/// Whether a password is the one that somebody has now. It takes as long where they have none.
pub(super) async fn is_password(
    desk: &Desk,
    account: AccountId,
    user: &User,
    password: &Password,
) -> Result<bool, ActError> {
    let stored = match user.password {
        Some(known) => desk.vault().secret(account, known.verifier, kind::PASSWORD).await?,
        None => None,
    };
    let hash = stored.as_deref().and_then(|bytes| PasswordHash::from_bytes(bytes));
    Ok(desk.passwords().verify(password.clone(), hash).await?)
}

/// Use a link to set a password.
pub struct RedeemLink {
    /// The link's token.
    pub token: Arc<Bearer<LinkToken>>,
    /// The password that was chosen.
    pub password: Password,
}

impl RedeemLink {
    /// The account that the link belongs to.
    pub fn account(&self) -> AccountId {
        self.token.account()
    }
}

impl Act for RedeemLink {
    type Reply = UserId;

    async fn run(&self, work: &mut Work) -> Result<UserId, ActError> {
        let (user_id, link) = (self.token.holder(), self.token.id());
        let OpenLink { user, who, .. } = open(work, &self.token).await?;
        let desk = work.desk().clone();
        let account = work.account().await?;
        let (email, address) = former::given_back(work, &who, user.gives_back(link)).await?;
        let given_back = address.is_some();
        let context =
            PasswordContext { product: &desk.house().product, account: account.name(), email: &email };
        check_password(&self.password, account.least_password(&user, work.at()), &context)
            .map_err(|flaw| ActError::Field { field: "password", why: flaw.to_string() })?;
        if user.password_change_demanded
            && is_password(&desk, work.account_id(), &user, &self.password).await?
        {
            let why = "is the one that somebody else knows; choose another".to_owned();
            return Err(ActError::Field { field: "password", why });
        }
        let hash = desk.passwords().hash(self.password.clone()).await?;
        let verifier: VerifierId = desk.mint().id();
        desk.vault().keep(work, user_id, verifier, kind::PASSWORD, hash.bytes()).await?;
        let alone = account.policy(who.role.audience(), work.at()).password_length_alone;
        let command = UserCommand::RedeemLink {
            link,
            password: verifier,
            stands_alone: is_long(&self.password, alone),
            address,
            at: work.at(),
        };
        work.tell_user(user_id, command).await?;
        former::moved(work, user_id, &user).await?;
        if given_back {
            // The mailbox that it was moved to is none of theirs any more: it hears of that, and of nothing else.
            let left = desk.vault().unseal(work.account_id(), user_id, &who.email).await?;
            let left = left.filter(|left| left.as_str() != email.as_str());
            for address in left.iter().map(|left| left.as_str()).chain([email.as_str()]) {
                mail_to(work, user_id, address, &who.language, &Letter::EmailGivenBack).await?;
            }
        } else if user.password.is_some() {
            notify(work, user_id, &Letter::PasswordChanged).await?;
        }
        Ok(user_id)
    }
}
