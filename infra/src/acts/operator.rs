//! The installation's operator inside an account: granted by an owner, told to owners, on record each time.

use twofold_domain::account::{
    AccountCommand, AccountEvent, GuardedAct, OperatorAct, OperatorCommand, OperatorGrant, OperatorScope,
    check_operator_grant,
};
use twofold_domain::ids::{AccountId, OperatorGrantId, RecoveryId, StreamId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::time::Timestamp;
use twofold_domain::user::{UserCommand, UserError};

use super::approvals::{Circle, Consented, consent};
use super::owners::owners;
use super::post::{notify, tell};
use super::principal::Credential;
use super::{ActError, words};
use crate::desk::{Act, Desk};
use crate::mail::Letter;
use crate::work::Work;

/// Asks whether the operator may do something now, puts it on record, and tells the owners. Comes before the act
/// itself. Where it lets somebody back in, it is the case of this id.
pub(super) async fn operate(
    work: &mut Work,
    act: OperatorAct,
    subject: Option<UserId>,
    recovery: RecoveryId,
    known_owners: &[UserId],
) -> Result<(), ActError> {
    let (owners, at) = (owners(work, known_owners).await?, work.at());
    let told: Vec<UserId> = owners.iter().collect();
    let command = OperatorCommand::Act { act, subject, recovery, owners, at };
    work.tell_account(AccountCommand::Operator(command)).await?;
    tell(work, told, &Letter::OperatorActed { act: act.word(), at }).await
}

/// Let the operator act inside the account for a while.
pub struct GrantOperator {
    /// Who asks.
    pub credential: Credential,
    /// What for.
    pub scopes: std::collections::BTreeSet<OperatorScope>,
    /// For how many hours.
    pub hours: u8,
    /// Why.
    pub reason: String,
    /// Who has a say.
    pub circle: Circle,
}

/// A grant that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperatorGranted {
    /// Its id.
    pub grant: OperatorGrantId,
    /// When it ends by itself.
    pub until: Timestamp,
}

impl Act for GrantOperator {
    type Reply = Consented<OperatorGranted>;

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        let text = words::reason(&self.reason)?;
        let me = self.credential.principal(work, Deed::GrantOperator).await?;
        // What cannot be is refused before anybody is asked to approve it.
        check_operator_grant(&self.scopes, self.hours)
            .map_err(|why| ActError::from(twofold_domain::account::AccountError::from(why)))?;
        let grant: OperatorGrantId = work.desk().mint().id();
        let act = GuardedAct::GrantOperator { grant, scopes: self.scopes.clone(), hours: self.hours };
        if let Consented::Waits(requested) = consent(work, &me, act, Some(&text), &self.circle).await? {
            return Ok(Consented::Waits(requested));
        }
        let new = NewOperatorGrant { grant, scopes: self.scopes.clone(), hours: self.hours, by: me.user };
        Ok(Consented::Done(new.make(work, &text, &self.circle).await?))
    }
}

/// A grant about to be made.
pub(super) struct NewOperatorGrant {
    pub(super) grant: OperatorGrantId,
    pub(super) scopes: std::collections::BTreeSet<OperatorScope>,
    pub(super) hours: u8,
    pub(super) by: UserId,
}

impl NewOperatorGrant {
    /// Makes it, and tells the owners.
    pub(super) async fn make(
        self,
        work: &mut Work,
        reason: &str,
        circle: &Circle,
    ) -> Result<OperatorGranted, ActError> {
        let Self { grant, scopes, hours, by } = self;
        let at = work.at();
        let reason = work.desk().vault().clone().seal(work.account_id(), by, &words::reason(reason)?).await?;
        let command = OperatorCommand::Grant { grant, scopes, hours, reason, by, at };
        let events = work.tell_account(AccountCommand::Operator(command)).await?;
        let until = events.iter().find_map(|event| match event {
            AccountEvent::OperatorGranted { until, .. } => Some(*until),
            _ => None,
        });
        let until = until.ok_or_else(|| ActError::Bug("a grant without an end".to_owned()))?;
        // Whoever granted it, too: it may not have been them.
        let told: Vec<UserId> = owners(work, &circle.owners).await?.iter().collect();
        tell(work, told, &Letter::OperatorGranted { until }).await?;
        Ok(OperatorGranted { grant, until })
    }
}

/// End a grant to the operator before its time.
pub struct RevokeOperator {
    /// Who asks.
    pub credential: Credential,
    /// Which.
    pub grant: OperatorGrantId,
}

impl Act for RevokeOperator {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let me = self.credential.principal(work, Deed::RevokeOperator).await?;
        let (grant, by, at) = (self.grant, me.user, work.at());
        work.tell_account(AccountCommand::Operator(OperatorCommand::Revoke { grant, by, at })).await?;
        Ok(())
    }
}

/// A grant that is alive, with its reason in clear.
#[derive(Debug, Clone)]
pub struct ShownOperatorGrant {
    /// Its id.
    pub grant: OperatorGrantId,
    /// The grant.
    pub of: OperatorGrant,
    /// Why, while who gave it is still here.
    pub reason: Option<String>,
}

/// The grants that were alive right after an event and at an instant; whether somebody may see them, the caller asks.
pub async fn operator_grants(
    desk: &Desk,
    account: AccountId,
    position: u64,
    at: Timestamp,
) -> Result<Vec<ShownOperatorGrant>, ActError> {
    let state = desk.log().accounts.load_as_of(StreamId::account(account), position).await?.state;
    let mut shown = vec![];
    for (grant, of) in state.operator_grants_at(at) {
        let reason = desk.vault().unseal(account, of.by, &of.reason).await?;
        let reason = reason.map(|text| text.as_str().to_owned());
        shown.push(ShownOperatorGrant { grant, of: of.clone(), reason });
    }
    Ok(shown)
}

/// The operator lifts somebody's locks and waits.
pub struct OperatorUnlock {
    /// Whose.
    pub user: UserId,
    /// Why.
    pub reason: String,
    /// The account's owners, as a read model knows them.
    pub owners: Vec<UserId>,
}

impl Act for OperatorUnlock {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let text = words::reason(&self.reason)?;
        work.queue_for(self.user).await;
        let person = work.user(self.user).await?;
        person.who().filter(|_| !person.erased).ok_or(ActError::UnknownUser)?;
        let case = work.desk().mint().id();
        operate(work, OperatorAct::Unlock, Some(self.user), case, &self.owners).await?;
        let reason = work.desk().vault().clone().seal(work.account_id(), self.user, &text).await?;
        work.tell_user(self.user, UserCommand::Unlock { reason }).await?;
        Ok(())
    }
}

/// The operator prints a report with the names of people.
pub struct OperatorReadsNames {
    /// The account's owners, as a read model knows them.
    pub owners: Vec<UserId>,
}

impl Act for OperatorReadsNames {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let case = work.desk().mint().id();
        operate(work, OperatorAct::ReadNames, None, case, &self.owners).await
    }
}

/// Tells somebody that the operator made them a link.
pub(super) async fn told_of_link(work: &mut Work, user: UserId) -> Result<(), ActError> {
    let person = work.user(user).await?;
    // Whoever never came in has nothing that the link could take.
    if !person.ever_let_in || person.erased {
        return Ok(());
    }
    if person.frozen.is_some() {
        return Err(UserError::Frozen.into());
    }
    notify(work, user, &Letter::OperatorMadeLink).await
}
