//! A person's API tokens.

use std::collections::BTreeSet;

use twofold_domain::access::NewToken;
use twofold_domain::account::TokenScope;
use twofold_domain::ids::{TokenId, VerifierId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::{AccessCommand, UserCommand, UserError};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::post::notify;
use super::principal::Credential;
use super::{ActError, words};
use crate::desk::Act;
use crate::mail::Letter;
use crate::vault::kind;
use crate::verify::token::{ApiToken, Bearer};
use crate::work::Work;

/// A token as somebody wishes for it.
#[derive(Debug, Clone)]
pub struct TokenWish {
    /// What it may be used for.
    pub scopes: BTreeSet<TokenScope>,
    /// How many days it lasts.
    pub days: u32,
}

/// A token that was issued, shown once.
#[derive(Clone)]
pub struct IssuedToken {
    /// Which.
    pub token: TokenId,
    /// In clear.
    pub secret: Zeroizing<String>,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl TokenWish {
    /// Mints the token for a holder and keeps its verifier; the command that records it is the caller's.
    pub(super) async fn mint(
        &self,
        work: &mut Work,
        holder: Uuid,
    ) -> Result<(NewToken, IssuedToken), ActError> {
        let desk = work.desk().clone();
        let (token, verifier): (TokenId, VerifierId) = (desk.mint().id(), desk.mint().id());
        let bearer = Bearer::<ApiToken>::mint(desk.mint(), work.account_id(), holder, token);
        let keys = desk.vault().account_keys(work.account_id()).await?;
        let tag = bearer.verifier(keys.tokens());
        desk.vault().keep_for(work, holder, verifier, kind::TOKEN, &tag).await?;
        let new = NewToken { token, verifier, scopes: self.scopes.clone(), days: self.days };
        let expires_at = work.at() + Span::days(self.days.into());
        Ok((new, IssuedToken { token, secret: bearer.reveal(), expires_at }))
    }
}

/// Issue a token for oneself.
pub struct IssueOwnToken {
    /// Who asks.
    pub credential: Credential,
    /// What they call it.
    pub name: String,
    /// What it is to be.
    pub wish: TokenWish,
}

impl Act for IssueOwnToken {
    type Reply = IssuedToken;

    async fn run(&self, work: &mut Work) -> Result<IssuedToken, ActError> {
        let me = self.credential.principal(work, Deed::ManageOwnTokens).await?;
        let name = words::name("name", &self.name)?;
        let (new, issued) = self.wish.mint(work, me.user.uuid()).await?;
        let sealed = work.desk().vault().clone().seal(me.account, me.user, &name).await?;
        let command = AccessCommand::IssueToken { new, name: sealed, at: work.at() };
        work.tell_user(me.user, UserCommand::Access(command)).await?;
        notify(work, me.user, &Letter::ApiTokenIssued { name, days: self.wish.days }).await?;
        Ok(issued)
    }
}

/// End one of one's own tokens.
pub struct RevokeOwnToken {
    /// Who asks.
    pub credential: Credential,
    /// Which.
    pub token: TokenId,
}

impl Act for RevokeOwnToken {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let me = self.credential.principal(work, Deed::ManageOwnTokens).await?;
        if !work.user(me.user).await?.tokens.contains_key(&self.token) {
            return Err(UserError::NoToken.into());
        }
        let command = AccessCommand::RevokeToken { token: self.token, at: work.at() };
        work.tell_user(me.user, UserCommand::Access(command)).await?;
        Ok(())
    }
}
