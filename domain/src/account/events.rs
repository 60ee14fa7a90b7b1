//! Everything that can happen to an account. Names are storage and never change.

use std::collections::BTreeSet;

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use super::operator::OperatorScope;
use super::terms::{Governance, GuardedAct, Settings, TokenScope};
use crate::delivery::{Channel, SpentBudget, Undelivered};
use crate::factor::token::TokenFile;
use crate::ids::{
    AccountId, ApprovalId, ClientId, GroupId, ImportId, OperatorGrantId, RecoveryId, ScheduleId, TokenId,
    UserId, VerifierId,
};
use crate::policy::{Audience, AudiencePolicy};
use crate::sealed::{Reason, Sealed};
use crate::time::Timestamp;
use crate::upcast;

/// Which clock an account lives by. Fixed in its first event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// The server's clock.
    Real,
    /// A clock of its own that its owners set; such an account can never be taken for a real one.
    Sandbox,
}

/// An event of the account's own stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
pub enum AccountEvent {
    /// The account's first event: binds its name, the origin of its log, and its kind of clock.
    AccountOpened {
        /// The account itself.
        account: AccountId,
        /// Unique, in addresses: `acme`.
        slug: String,
        /// As prompts and messages show it.
        name: String,
        /// The random origin of its transparency log.
        log_origin: String,
        /// Ed25519 key that signs its checkpoints (base64); none until the log is published.
        signing_key: Option<String>,
        /// Its kind of clock.
        clock: ClockKind,
        /// When.
        at: Timestamp,
    },
    /// One audience's policy was saved. One save is one event.
    PolicyChanged {
        /// Whom it concerns.
        audience: Audience,
        /// The policy's new version; counts both audiences.
        version: u32,
        /// What held before.
        before: AudiencePolicy,
        /// What holds from now on.
        after: AudiencePolicy,
        /// When the requirement began, where one holds now.
        required_since: Option<Timestamp>,
        /// When it was saved; 0 in events of version 1, which did not say.
        at: Timestamp,
    },
    /// Two-factor authentication was switched off for the whole account: every enrolment of an
    /// older generation is reset from this event on, whatever the fan-out has reached.
    AccountTwoFactorDisabled {
        /// The enrolment generation that begins here.
        generation: u32,
        /// How many enrolled people it resets.
        people: u64,
        /// SHA-256 over their sorted ids (text form, one a line), hexadecimal.
        digest: String,
        /// Why, in the words of who did it.
        reason: Option<Sealed<Reason>>,
        /// When.
        at: Timestamp,
    },
    /// Switched on again; everyone starts from scratch.
    AccountTwoFactorEnabled {
        /// The generation in which people enrol.
        generation: u32,
        /// When.
        at: Timestamp,
    },
    /// Requirement and challenges stop for a while; enrolments stay.
    AccountTwoFactorSuspended {
        /// Counts suspensions; sessions opened without a second factor carry it.
        suspension: u32,
        /// Why.
        reason: Option<Sealed<Reason>>,
        /// When.
        at: Timestamp,
    },
    /// Exactly what was before the suspension holds again.
    AccountTwoFactorResumed {
        /// The suspension that ended.
        suspension: u32,
        /// When.
        at: Timestamp,
    },
    /// The fan-out of a disable reached exactly the people it announced.
    ResetFanOutCompleted {
        /// The generation that the disable opened.
        generation: u32,
        /// How many people's streams carry their own reset.
        people: u64,
        /// The same digest as the disable's.
        digest: String,
    },
    /// A policy was scheduled: from its date it holds, without a further event.
    PolicyScheduled {
        /// The schedule; at most one per audience is open.
        schedule: ScheduleId,
        /// Whom it concerns.
        audience: Audience,
        /// The policy's version from then on.
        version: u32,
        /// What will hold.
        after: AudiencePolicy,
        /// From when.
        begins_at: Timestamp,
        /// When it was scheduled.
        at: Timestamp,
    },
    /// A scheduled policy was withdrawn before it began.
    PolicyScheduleCancelled {
        /// The schedule.
        schedule: ScheduleId,
        /// When.
        at: Timestamp,
    },
    /// The owner set how loose a policy an admin may save for an audience.
    OwnerFloorChanged {
        /// Whom it concerns.
        audience: Audience,
        /// The loosest policy until now; none is no floor.
        before: Option<AudiencePolicy>,
        /// The loosest from now on.
        after: Option<AudiencePolicy>,
        /// When.
        at: Timestamp,
    },
    /// The account holds itself to a named set of rules, or to none.
    ProfileChosen {
        /// Its name: `nist-aal2`, `pci-dss-4`, `seed`.
        profile: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// How the account keeps its own powers in check changed.
    GovernanceChanged {
        /// What held before.
        before: Governance,
        /// What holds from now on.
        after: Governance,
        /// When.
        at: Timestamp,
    },
    /// How the account shows itself changed.
    AccountSettingsChanged {
        /// What held before.
        before: Settings,
        /// What holds from now on.
        after: Settings,
        /// When.
        at: Timestamp,
    },
    /// A group of people was made.
    GroupCreated {
        /// The group.
        group: GroupId,
        /// Its name; not a personal value.
        name: String,
        /// When.
        at: Timestamp,
    },
    /// A group got another name.
    GroupRenamed {
        /// The group.
        group: GroupId,
        /// Its name from now on.
        name: String,
    },
    /// A group is no more; nobody is in it from now on.
    GroupDeleted {
        /// The group.
        group: GroupId,
    },
    /// A program may use the API in its own name. Its tokens follow.
    ClientRegistered {
        /// The program.
        client: ClientId,
        /// Its name; not a personal value.
        name: String,
        /// When.
        at: Timestamp,
    },
    /// A program may not any more; its tokens ended.
    ClientRemoved {
        /// The program.
        client: ClientId,
        /// When.
        at: Timestamp,
    },
    /// A program got a token, shown once.
    ClientTokenIssued {
        /// The program.
        client: ClientId,
        /// The token.
        token: TokenId,
        /// Where its verifier is.
        verifier: VerifierId,
        /// What it may be used for.
        scopes: BTreeSet<TokenScope>,
        /// When it ends, if ever.
        expires_at: Option<Timestamp>,
        /// When.
        at: Timestamp,
    },
    /// A program's token ended.
    ClientTokenRevoked {
        /// The program.
        client: ClientId,
        /// The token.
        token: TokenId,
        /// When.
        at: Timestamp,
    },
    /// Hardware tokens came into the account's stock. Their seeds are kept apart; nobody holds them yet.
    HardwareTokensImported {
        /// The import.
        import: ImportId,
        /// How many.
        count: u32,
        /// The form of the file.
        format: TokenFile,
        /// When.
        at: Timestamp,
    },
    /// An act waits for a second approval, or, where there is nobody to give one, for its time.
    ApprovalRequested {
        /// The request.
        approval: ApprovalId,
        /// What is to be done.
        act: GuardedAct,
        /// Who asks.
        by: UserId,
        /// Why; sealed under the key of who asks.
        reason: Sealed<Reason>,
        /// From when it may be carried out without a second approval; `None`: never.
        matures_at: Option<Timestamp>,
        /// When the request ends.
        expires_at: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// The act was approved by a second person, or its time had come; it is carried out in the same append.
    ApprovalUsed {
        /// The request.
        approval: ApprovalId,
        /// Who approved; `None` where the wait was over.
        approved_by: Option<UserId>,
        /// When.
        at: Timestamp,
    },
    /// The request was withdrawn or refused.
    ApprovalCancelled {
        /// The request.
        approval: ApprovalId,
        /// Who cancelled it.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// The account's own clock was set. Only in a sandbox.
    SandboxClockSet {
        /// What it shows from now on.
        to: Timestamp,
        /// What the server's clock showed then.
        real: Timestamp,
    },
    /// The account is closed: nobody signs in, nothing is changed any more.
    AccountClosed {
        /// When.
        at: Timestamp,
    },
    /// Sign-ins were refused that charge nobody: counted for a while, and recorded together.
    SignInsRefused {
        /// At addresses that nobody has.
        unknown: u32,
        /// At people whose budget is spent for now.
        locked: u32,
        /// When the first was refused.
        from: Timestamp,
        /// When the last was.
        to: Timestamp,
    },
    /// People came with passwords of another system: from here on every refused password takes the work of a
    /// comparison with these, too.
    ForeignPasswordsArrived {
        /// The scheme of their hashes: `bcrypt`, …
        scheme: String,
        /// What a comparison costs, as a hash of that scheme and its figures which no password matches.
        cost: String,
        /// When.
        at: Timestamp,
    },
    /// Nobody has a password of that scheme any more, and its work is done no longer.
    ForeignPasswordsGone {
        /// The scheme.
        scheme: String,
        /// When.
        at: Timestamp,
    },
    /// Messages to somebody failed again and again: owners and admins are told, once a day for each way.
    DeliveryTroubleRaised {
        /// The way.
        channel: Channel,
        /// To whom.
        user: UserId,
        /// How often in a row.
        failures: u16,
        /// Why, the last time.
        why: Undelivered,
        /// When.
        at: Timestamp,
    },
    /// Messages by one way failed again and again, to several people: owners and admins are told, once a day for each
    /// way.
    OutageRaised {
        /// The way.
        channel: Channel,
        /// How many in a row.
        failures: u16,
        /// Why, the last time.
        why: Undelivered,
        /// When.
        at: Timestamp,
    },
    /// A day's budget of messages is spent: owners and admins are told.
    BudgetSpent {
        /// Which.
        budget: SpentBudget,
        /// When.
        at: Timestamp,
    },
    /// An owner lets the installation's operator act inside this account for a while.
    OperatorGranted {
        /// The grant.
        grant: OperatorGrantId,
        /// What for.
        scopes: BTreeSet<OperatorScope>,
        /// Why; sealed under the key of who grants it.
        reason: Sealed<Reason>,
        /// Who grants it.
        by: UserId,
        /// When it ends by itself.
        until: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// The grant was ended before its time.
    OperatorGrantRevoked {
        /// The grant.
        grant: OperatorGrantId,
        /// Who ended it.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// The installation's operator acted inside this account from the command line.
    OperatorActed {
        /// What was done, as a stable word: `admin_link`.
        act: String,
        /// To whom.
        subject: Option<UserId>,
        /// By which grant; none for the first link of an account that nobody could grant anything in yet, and in
        /// events of version 1.
        grant: Option<OperatorGrantId>,
        /// The recovery case that it is, where it lets somebody back in under a grant: of a link it has the link's own
        /// uuid. None in events before version 3.
        recovery: Option<RecoveryId>,
        /// When.
        at: Timestamp,
    },
}

impl DomainEvent for AccountEvent {
    fn event_type(&self) -> String {
        let name: &'static str = self.into();
        name.to_owned()
    }

    fn event_version(&self) -> String {
        upcast::version_today(self.into()).to_owned()
    }
}
