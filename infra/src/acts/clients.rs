//! Programs that use the API in their own name, and their tokens.

use twofold_domain::account::{AccountCommand, ClientCommand};
use twofold_domain::ids::{ClientId, TokenId};
use twofold_domain::permission::Act as Deed;

use super::ActError;
use super::principal::Credential;
use super::tokens::{IssuedToken, TokenWish};
use crate::desk::Act;
use crate::work::Work;

/// Register a program.
pub struct RegisterClient {
    /// Who asks.
    pub credential: Credential,
    /// Its name.
    pub name: String,
}

impl Act for RegisterClient {
    type Reply = ClientId;

    async fn run(&self, work: &mut Work) -> Result<ClientId, ActError> {
        self.credential.principal(work, Deed::ManageClients).await?;
        let client = work.desk().mint().id();
        tell(work, ClientCommand::Register { client, name: self.name.clone(), at: work.at() }).await?;
        Ok(client)
    }
}

/// Remove a program: its tokens end, and the sessions that it vouched for.
pub struct RemoveClient {
    /// Who asks.
    pub credential: Credential,
    /// Which.
    pub client: ClientId,
}

impl Act for RemoveClient {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        self.credential.principal(work, Deed::ManageClients).await?;
        tell(work, ClientCommand::Remove { client: self.client, at: work.at() }).await?;
        Ok(())
    }
}

/// Issue a token to a program.
pub struct IssueClientToken {
    /// Who asks.
    pub credential: Credential,
    /// To which.
    pub client: ClientId,
    /// What it is to be.
    pub wish: TokenWish,
}

impl Act for IssueClientToken {
    type Reply = IssuedToken;

    async fn run(&self, work: &mut Work) -> Result<IssuedToken, ActError> {
        self.credential.principal(work, Deed::ManageClients).await?;
        let (new, issued) = self.wish.mint(work, self.client.uuid()).await?;
        tell(work, ClientCommand::IssueToken { client: self.client, new, at: work.at() }).await?;
        Ok(issued)
    }
}

/// End a program's token. Sessions that it opened go on; removing the program ends them.
pub struct RevokeClientToken {
    /// Who asks.
    pub credential: Credential,
    /// Whose.
    pub client: ClientId,
    /// Which.
    pub token: TokenId,
}

impl Act for RevokeClientToken {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        self.credential.principal(work, Deed::ManageClients).await?;
        let (client, token, at) = (self.client, self.token, work.at());
        tell(work, ClientCommand::RevokeToken { client, token, at }).await?;
        Ok(())
    }
}

async fn tell(work: &mut Work, command: ClientCommand) -> Result<(), ActError> {
    work.tell_account(AccountCommand::Clients(command)).await?;
    Ok(())
}
