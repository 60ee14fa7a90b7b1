//! Acts that take two: asked for, approved or carried out after their wait, cancelled.

use twofold_domain::account::{
    AccountCommand, AccountError, Approval, ApprovalCommand, ApprovalError, Consent, GovernanceCommand,
    GuardedAct, Identity,
};
use twofold_domain::ids::{AccountId, ApprovalId, DeviceId, StreamId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::sealed::{Reason, Sealed};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{HelpCommand, User, UserCommand, UserError};

use super::census::{census_of, enrolled};
use super::lives::{deactivate, give_role, keeps_an_owner, link_and_tell};
use super::operator::NewOperatorGrant;
use super::owners::owners;
use super::people::erase;
use super::post::{notify, tell};
use super::principal::{Credential, Principal};
use super::recovery::{NewGrant, send_grant};
use super::{ActError, address, words};
use crate::desk::{Act, Desk};
use crate::mail::Letter;
use crate::work::Work;

/// Who has a say in an account, as a read model knows them. It may lag: each owner's own stream is asked before
/// they count.
#[derive(Debug, Clone, Default)]
pub struct Circle {
    /// Who owns the account.
    pub owners: Vec<UserId>,
}

/// A request that was recorded instead of the act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requested {
    /// Its id.
    pub approval: ApprovalId,
    /// From when it may be carried out without a second approval, where there is nobody to give one.
    pub matures_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What an act came to that may take two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consented<T> {
    /// It happened.
    Done(T),
    /// It waits for a second approval, or for its time.
    Waits(Requested),
}

impl<T> Consented<T> {
    /// The same with another value.
    pub fn map<U>(self, to: impl FnOnce(T) -> U) -> Consented<U> {
        match self {
            Self::Done(value) => Consented::Done(to(value)),
            Self::Waits(requested) => Consented::Waits(requested),
        }
    }
}

/// Asks whether an act may happen at once; records a request, and tells whoever may approve it, if it may not.
pub(super) async fn consent(
    work: &mut Work,
    me: &Principal,
    act: GuardedAct,
    reason: Option<&str>,
    circle: &Circle,
) -> Result<Consented<()>, ActError> {
    // Whom it is about is looked at too: a read model may not know them as an owner yet.
    let known: Vec<UserId> = circle.owners.iter().copied().chain(act.subject()).collect();
    let owners = owners(work, &known).await?;
    let (account, at) = (work.account().await?, work.at());
    let consent = account.consent(&act, me.user, &owners, at);
    if consent == Consent::AtOnce {
        return Ok(Consented::Done(()));
    }
    let text = words::reason(reason.unwrap_or_default())?;
    let desk = work.desk().clone();
    let reason = desk.vault().seal(me.account, me.user, &text).await?;
    let approval = desk.mint().id();
    let request = ApprovalCommand::Request {
        approval,
        act: act.clone(),
        by: me.user,
        reason,
        owners: owners.clone(),
        at,
    };
    work.tell_account(AccountCommand::Approval(request)).await?;
    let account = work.account().await?;
    let open = account.open_approval(approval, at);
    let Approval { matures_at, expires_at, .. } =
        *open.ok_or_else(|| ActError::Bug("a request that is not open".to_owned()))?;
    // A whole team is told of what waits by a process manager, which reads this event.
    if matures_at.is_none() {
        let told: Vec<UserId> = owners.iter().filter(|user| *user != me.user).collect();
        tell(work, told, &Letter::ApprovalAsked { act: act.word(), until: expires_at }).await?;
    }
    Ok(Consented::Waits(Requested { approval, matures_at, expires_at }))
}

/// Save how the account keeps its own powers in check. Taking acts out of dual control takes two itself.
pub struct ChangeGovernance {
    /// Who asks.
    pub credential: Credential,
    /// The account's version that they saw.
    pub seen: u64,
    /// What is to hold.
    pub to: twofold_domain::account::Governance,
    /// Why; needed where it takes two.
    pub reason: Option<String>,
    /// Who has a say.
    pub circle: Circle,
}

impl Act for ChangeGovernance {
    /// The account's version.
    type Reply = Consented<u64>;

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        let me = self.credential.principal(work, Deed::ChangeGovernance).await?;
        super::accounts::unmoved(work, self.seen).await?;
        let to = self.to.clone().whole();
        let act = GuardedAct::ChangeGovernance { to: to.clone() };
        let consented = consent(work, &me, act, self.reason.as_deref(), &self.circle).await?;
        let Consented::Done(()) = consented else { return Ok(consented.map(|()| 0)) };
        let command = GovernanceCommand::Change { to, at: work.at() };
        let events = work.tell_account(AccountCommand::Governance(command)).await?;
        Ok(Consented::Done(self.seen + events.len() as u64))
    }
}

/// Ask for an act that always takes two: making an owner, handing ownership over, closing the account.
pub struct RequestAct {
    /// Who asks.
    pub credential: Credential,
    /// What for.
    pub act: GuardedAct,
    /// Why.
    pub reason: String,
    /// Who has a say.
    pub circle: Circle,
}

impl Act for RequestAct {
    type Reply = Requested;

    async fn run(&self, work: &mut Work) -> Result<Requested, ActError> {
        let me = match self.act.subject() {
            Some(user) => {
                let to_owner = |from| Deed::change_role(from, Role::Owner);
                let (me, who) = self.credential.principal_upon(work, user, to_owner).await?;
                self.act.deed(Some(who.role)).ok_or(UserError::SameRole)?;
                me
            }
            None => self.credential.principal(work, Deed::CloseAccount).await?,
        };
        match consent(work, &me, self.act.clone(), Some(&self.reason), &self.circle).await? {
            Consented::Waits(requested) => Ok(requested),
            Consented::Done(()) => Err(AccountError::from(ApprovalError::NotNeeded).into()),
        }
    }
}

/// The role of somebody who is still here.
async fn role_of(work: &mut Work, user: UserId) -> Result<Option<Role>, ActError> {
    Ok(role_of_subject(&*work.user(user).await?))
}

fn role_of_subject(subject: &User) -> Option<Role> {
    subject.role().filter(|_| !subject.erased)
}

fn role_of_asker(asker: &User) -> Option<Role> {
    asker.role().filter(|_| asker.may_sign_in())
}

/// A request that is open, and whether it could be used.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its id.
    pub approval: ApprovalId,
    /// The request.
    pub open: Approval,
    /// Its reason in clear, while who gave it is still here.
    pub reason: Option<String>,
    /// What an owner would come in by, in clear.
    pub identity: Option<String>,
    /// Whether who asked may still do it, and it can still be done.
    pub stands: bool,
}

/// The acts that waited for a second approval, or for their time, right after an event and at an instant; whether
/// somebody may see them, the caller asks.
pub async fn waiting(
    desk: &Desk,
    account: AccountId,
    position: u64,
    at: Timestamp,
) -> Result<Vec<Shown>, ActError> {
    let state = desk.log().accounts.load_as_of(StreamId::account(account), position).await?.state;
    let user = async |user| {
        let loaded = desk.log().users.load_as_of(StreamId::user(account, user), position).await?;
        Ok::<_, ActError>(loaded.state)
    };
    let mut shown = vec![];
    for (&approval, open) in state.approvals.iter().filter(|(_, open)| at < open.expires_at) {
        let asker = role_of_asker(&*user(open.by).await?);
        let subject = match open.act.subject() {
            Some(subject) => role_of_subject(&*user(subject).await?),
            None => None,
        };
        let reason = desk.vault().unseal(account, open.by, &open.reason).await?;
        let identity = match &open.act {
            GuardedAct::ChangeOwnerIdentity { user, to } => in_clear(desk, account, *user, to).await?,
            _ => None,
        };
        shown.push(Shown {
            approval,
            reason: reason.map(|text| text.as_str().to_owned()),
            identity,
            stands: state.stands(open, asker, subject),
            open: open.clone(),
        });
    }
    Ok(shown)
}

/// What somebody would come in by, unless they were erased.
async fn in_clear(
    desk: &Desk,
    account: AccountId,
    user: UserId,
    to: &Identity,
) -> Result<Option<String>, ActError> {
    let vault = desk.vault();
    Ok(match to {
        Identity::Email(email) => vault.unseal(account, user, email).await?.map(|e| e.as_str().to_owned()),
        Identity::Provider { provider, subject } => {
            let subject = vault.unseal(account, user, subject).await?;
            subject.map(|subject| format!("{provider}: {}", subject.as_str()))
        }
    })
}

/// The roles of who asked, if they may still sign in, and of whom it is about.
async fn parties(work: &mut Work, open: &Approval) -> Result<(Option<Role>, Option<Role>), ActError> {
    let asker = role_of_asker(&*work.user(open.by).await?);
    let subject = match open.act.subject() {
        Some(user) => role_of(work, user).await?,
        None => None,
    };
    Ok((asker, subject))
}

/// Approve an act that waits, as a second owner; or carry out one's own, whose wait is over.
pub struct UseApproval {
    /// Who.
    pub credential: Credential,
    /// Which.
    pub approval: ApprovalId,
    /// Whether it is somebody else's, and is approved; otherwise one's own is carried out.
    pub approves: bool,
    /// Who has a say.
    pub circle: Circle,
    /// Devices of the person whom it is about, as the directory knows them.
    pub devices: Vec<DeviceId>,
}

impl Act for UseApproval {
    /// What was done.
    type Reply = GuardedAct;

    async fn run(&self, work: &mut Work) -> Result<GuardedAct, ActError> {
        let me = self.credential.principal(work, Deed::Approve).await?;
        let (account, at) = (work.account().await?, work.at());
        let open = account.open_approval(self.approval, at).ok_or(ActError::UnknownApproval)?.clone();
        let refused = |why: ApprovalError| ActError::from(AccountError::from(why));
        if self.approves && open.by == me.user {
            return Err(refused(ApprovalError::OwnRequest));
        }
        if !self.approves && open.by != me.user {
            return Err(refused(ApprovalError::NotYours));
        }
        let owners = owners(work, &self.circle.owners).await?;
        let (asker, subject) = parties(work, &open).await?;
        let told: Vec<UserId> = owners.iter().filter(|user| *user != me.user).collect();
        let command =
            ApprovalCommand::Use { approval: self.approval, by: me.user, asker, subject, owners, at };
        work.tell_account(AccountCommand::Approval(command)).await?;
        self.carry_out(work, &open, me.user).await?;
        tell(work, told, &Letter::ApprovalUsed { act: open.act.word() }).await?;
        Ok(open.act)
    }
}

impl UseApproval {
    /// The act itself, decided on what holds now.
    async fn carry_out(&self, work: &mut Work, open: &Approval, me: UserId) -> Result<(), ActError> {
        let at = work.at();
        match &open.act {
            GuardedAct::Disable { people } => {
                let generation = work.account().await?.generation;
                let (enrolled, seq) = enrolled(work.desk(), work.account_id(), generation).await?;
                work.extras().roster_read = Some(seq);
                let actual = census_of(enrolled);
                // The reason stands in the request, under the key of who gave it.
                let command = AccountCommand::DisableApproved { at_most: *people, actual, reason: None, at };
                work.tell_account(command).await?;
            }
            GuardedAct::Suspend => {
                work.tell_account(AccountCommand::SuspendApproved { reason: None, at }).await?;
            }
            GuardedAct::GrantOperator { grant, scopes, hours } => {
                let (vault, account) = (work.desk().vault().clone(), work.account_id());
                let text = vault.unseal(account, open.by, &open.reason).await?;
                let text = text.ok_or(ActError::UnknownApproval)?;
                let (grant, scopes, hours, by) = (*grant, scopes.clone(), *hours, open.by);
                NewOperatorGrant { grant, scopes, hours, by }.make(work, text.as_str(), &self.circle).await?;
            }
            GuardedAct::CloseAccount => {
                work.tell_account(AccountCommand::Close { at }).await?;
            }
            GuardedAct::ChangeGovernance { to } => {
                let command = GovernanceCommand::Change { to: to.clone(), at };
                work.tell_account(AccountCommand::Governance(command)).await?;
            }
            GuardedAct::ResetOwner { user, compromise } => {
                let reason = self.reason_for(work, open, *user).await?;
                let command = UserCommand::Reset { reason, compromise: *compromise, at };
                work.tell_user(*user, command).await?;
                notify(work, *user, &Letter::TwoFactorReset).await?;
            }
            GuardedAct::ExemptOwner { user, exemption, until } => {
                let reason = self.reason_for(work, open, *user).await?;
                let (exemption, until) = (*exemption, *until);
                let command = HelpCommand::Exempt { exemption, reason, until, at };
                work.tell_user(*user, UserCommand::Help(command)).await?;
                notify(work, *user, &Letter::Exempted { until }).await?;
            }
            GuardedAct::GrantOwnerRecovery { user, recovery, hours } => {
                let reason = self.reason_for(work, open, *user).await?;
                // Whoever waited alone approved nothing.
                let approved_by = Some(me).filter(|me| *me != open.by);
                let grant = NewGrant {
                    recovery: *recovery,
                    by: open.by,
                    rank: Role::Owner,
                    approved_by,
                    hours: *hours,
                };
                send_grant(work, *user, grant, reason).await?;
            }
            GuardedAct::ChangeOwnerIdentity { user, to } => {
                let (vault, account) = (work.desk().vault().clone(), work.account_id());
                match to {
                    Identity::Email(address) => {
                        let address = vault.unseal(account, *user, address).await?;
                        address::ask(
                            work,
                            *user,
                            &address.ok_or(ActError::UnknownUser)?,
                            Some((open.by, Role::Owner)),
                        )
                        .await?;
                    }
                    Identity::Provider { provider, subject } => {
                        let subject = vault.unseal(account, *user, subject).await?;
                        let subject = subject.ok_or(ActError::UnknownUser)?;
                        link_and_tell(work, *user, provider, &subject).await?;
                    }
                }
            }
            GuardedAct::Erase { user } => {
                erase(work, *user, &self.devices, &self.circle).await?;
            }
            GuardedAct::DemoteOwner { user, to } => {
                keeps_an_owner(work, *user, Role::Owner, &self.circle.owners).await?;
                give_role(work, *user, *to).await?;
            }
            GuardedAct::DeactivateOwner { user } => {
                keeps_an_owner(work, *user, Role::Owner, &self.circle.owners).await?;
                let reason = self.reason_for(work, open, *user).await?;
                deactivate(work, *user, Some(reason)).await?;
            }
            GuardedAct::GrantOwner { user } => give_role(work, *user, Role::Owner).await?,
            GuardedAct::TransferOwnership { from, to } => {
                // Whoever is to own it must be able to come in.
                if !work.user(*to).await?.may_sign_in() {
                    keeps_an_owner(work, *from, Role::Owner, &self.circle.owners).await?;
                }
                give_role(work, *to, Role::Owner).await?;
                give_role(work, *from, Role::Admin).await?;
            }
        }
        Ok(())
    }

    /// What was said when it was asked for, under the key of the person whom it is about.
    async fn reason_for(
        &self,
        work: &mut Work,
        open: &Approval,
        subject: UserId,
    ) -> Result<Sealed<Reason>, ActError> {
        let (vault, account) = (work.desk().vault().clone(), work.account_id());
        let text = vault.unseal(account, open.by, &open.reason).await?;
        let text = text.ok_or(ActError::UnknownApproval)?;
        vault.seal(account, subject, &text).await
    }
}

/// Withdraw an act that waits, or refuse it.
pub struct CancelApproval {
    /// Who.
    pub credential: Credential,
    /// Which.
    pub approval: ApprovalId,
}

impl Act for CancelApproval {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let me = self.credential.principal(work, Deed::CancelApproval).await?;
        let account = work.account().await?;
        let open = account.open_approval(self.approval, work.at()).ok_or(ActError::UnknownApproval)?;
        let command = ApprovalCommand::Cancel { approval: self.approval, by: me.user, at: work.at() };
        work.tell_account(AccountCommand::Approval(command)).await?;
        if open.by == me.user {
            return Ok(());
        }
        tell(work, [open.by], &Letter::ApprovalCancelled { act: open.act.word() }).await
    }
}
