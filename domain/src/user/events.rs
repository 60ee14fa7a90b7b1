//! Everything that can happen to a user. Names are storage and never change; no secret, hash of a
//! secret, or personal value in clear is ever in one.

use std::collections::BTreeSet;

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use super::values::{
    Familiarity, FrozenBy, Gate, Handing, Help, LinkPurpose, NoHelp, Objection, PasswordAccess, ProofKind,
    Purpose, RecoveryRefusal, RecoveryRoute, Refusal, ResetCause, Thawed,
};
use crate::account::TokenScope;
use crate::delivery::{Posted, Undelivered};
use crate::factor::{FactorDetail, FirstUse, token};
use crate::ids::{
    AccountId, ChallengeId, CodeSetId, DeviceId, ExemptionId, FactorId, GroupId, LinkId, MailedCodeId,
    RecoveryId, SessionId, SmsCodeId, StockTokenId, TicketId, TokenId, UserId, VerifierId,
};
use crate::policy::Role;
use crate::sealed::{Email, FactorName, PersonName, ProviderSubject, Reason, Sealed, TokenName, UserAgent};
use crate::time::Timestamp;
use crate::upcast;

/// An event of a user's stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
pub enum UserEvent {
    /// The person became a user of the account.
    UserRegistered {
        /// The account.
        account: AccountId,
        /// The user.
        user: UserId,
        /// Their role.
        role: Role,
        /// Their name.
        name: Sealed<PersonName>,
        /// Their address.
        email: Sealed<Email>,
        /// The language of messages to them: `en`, `es`, `ko`.
        language: String,
        /// When.
        at: Timestamp,
    },
    /// A one-time link was made for them.
    LinkIssued {
        /// The link.
        link: LinkId,
        /// What it is for.
        purpose: LinkPurpose,
        /// Where its verifier is.
        verifier: VerifierId,
        /// When it ends.
        expires_at: Timestamp,
    },
    /// The link was used.
    LinkRedeemed {
        /// The link.
        link: LinkId,
        /// When.
        at: Timestamp,
    },
    /// The address is proved to be theirs.
    EmailVerified {
        /// When.
        at: Timestamp,
    },
    /// A password was set. Opens a new credential epoch: trust and sessions of the old one end.
    PasswordSet {
        /// Where its verifier is.
        verifier: VerifierId,
        /// Whether it is long enough to stand alone (15 characters, NIST SP 800-63B-4 §3.1.1.2).
        stands_alone: bool,
        /// When.
        at: Timestamp,
    },
    /// The right password ended a series of failures.
    PasswordAccepted {
        /// The budget that it restores.
        familiarity: Familiarity,
    },
    /// A wrong password was tried.
    PasswordRejected {
        /// The budget that it charges.
        familiarity: Familiarity,
        /// Failures in a row on that budget, this one included.
        consecutive: u16,
        /// When the next try is looked at, where there is a wait.
        retry_at: Option<Timestamp>,
        /// When.
        at: Timestamp,
    },
    /// A code was mailed to the verified address, to confirm a first binding.
    MailedCodeIssued {
        /// The code.
        code: MailedCodeId,
        /// Where its verifier is.
        verifier: VerifierId,
        /// When it ends.
        expires_at: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// The mailed code was right.
    MailedCodeAccepted {
        /// The code.
        code: MailedCodeId,
    },
    /// The mailed code was wrong or over.
    MailedCodeRejected {
        /// The code.
        code: MailedCodeId,
        /// Why.
        refusal: Refusal,
        /// Tries left for this code.
        tries_left: u8,
    },
    /// A factor is being bound; it protects nothing yet.
    FactorEnrolmentStarted {
        /// The factor.
        factor: FactorId,
        /// What it is.
        detail: FactorDetail,
        /// What its owner calls it.
        name: Sealed<FactorName>,
        /// The enrolment generation it belongs to.
        generation: u32,
        /// The session that binds it; no other ever sees its seed.
        session: SessionId,
        /// When.
        at: Timestamp,
    },
    /// A right proof made the factor active, and is spent.
    FactorConfirmed {
        /// The factor.
        factor: FactorId,
        /// What it was confirmed with.
        first: FirstUse,
        /// When.
        at: Timestamp,
    },
    /// The user has a second factor from now on.
    TwoFactorEnabled {
        /// The enrolment generation.
        generation: u32,
        /// When.
        at: Timestamp,
    },
    /// The first set of recovery codes was made.
    RecoveryCodesGenerated {
        /// The set.
        set: CodeSetId,
        /// How many.
        count: u8,
        /// Where their verifiers are.
        verifier: VerifierId,
    },
    /// A new set replaced the old one, which died at once.
    RecoveryCodesRegenerated {
        /// The new set.
        set: CodeSetId,
        /// How many.
        count: u8,
        /// Where their verifiers are.
        verifier: VerifierId,
    },
    /// An OTP was accepted. Its step, and every earlier one, is spent for every purpose.
    OtpAccepted {
        /// The factor.
        factor: FactorId,
        /// The time step, or the counter of a token that has one.
        step: u64,
        /// What for.
        purpose: Purpose,
        /// On what kind of device.
        familiarity: Familiarity,
        /// When.
        at: Timestamp,
    },
    /// An accepted OTP showed that the factor's clock goes otherwise than was known (RFC 6238 §6).
    FactorDriftFound {
        /// The factor.
        factor: FactorId,
        /// How many steps its clock is ahead; negative where it is behind.
        drift: i8,
    },
    /// A code was sent by SMS to the number of a factor.
    SmsCodeIssued {
        /// The factor.
        factor: FactorId,
        /// The code.
        code: SmsCodeId,
        /// Where its verifier is.
        verifier: VerifierId,
        /// What it is good for.
        purpose: Purpose,
        /// On what kind of device it was asked for.
        familiarity: Familiarity,
        /// When it ends.
        expires_at: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// A code by SMS was accepted; neither it nor another one that was sent for the same is again.
    SmsCodeAccepted {
        /// The factor.
        factor: FactorId,
        /// The code.
        code: SmsCodeId,
        /// What for.
        purpose: Purpose,
        /// On what kind of device.
        familiarity: Familiarity,
        /// When.
        at: Timestamp,
    },
    /// An assertion of a security key or passkey was accepted. Its challenge is spent for every purpose.
    AssertionAccepted {
        /// The factor.
        factor: FactorId,
        /// The challenge.
        challenge: ChallengeId,
        /// The signature counter; 0 from one that has none.
        sign_count: u32,
        /// Whether the authenticator knew its person by PIN or biometrics.
        user_verified: bool,
        /// What for.
        purpose: Purpose,
        /// On what kind of device.
        familiarity: Familiarity,
        /// When.
        at: Timestamp,
    },
    /// The factor has another name.
    FactorRenamed {
        /// The factor.
        factor: FactorId,
        /// What its owner calls it.
        name: Sealed<FactorName>,
    },
    /// The factor is asked for first from now on.
    FactorPreferred {
        /// The factor.
        factor: FactorId,
    },
    /// Staff handed them a token of the account's stock. It protects nothing before their own first code.
    TokenAssigned {
        /// The token.
        token: StockTokenId,
        /// What it is.
        detail: token::Begun,
        /// When.
        at: Timestamp,
    },
    /// Staff took back a token that they had handed them and that was not bound yet.
    TokenWithdrawn {
        /// The token.
        token: StockTokenId,
        /// When.
        at: Timestamp,
    },
    /// A recovery code was accepted; it never is again.
    RecoveryCodeUsed {
        /// The set.
        set: CodeSetId,
        /// Which of the set, by its public index.
        index: u8,
        /// How many are left.
        left: u8,
        /// What for.
        purpose: Purpose,
        /// On what kind of device.
        familiarity: Familiarity,
        /// When.
        at: Timestamp,
    },
    /// Few recovery codes are left.
    RecoveryCodesLow {
        /// How many.
        left: u8,
    },
    /// No recovery code is left.
    RecoveryCodesExhausted {
        /// The set.
        set: CodeSetId,
    },
    /// A second-factor proof was refused. Charged before any verdict is revealed.
    ProofRejected {
        /// What it claimed to be.
        kind: ProofKind,
        /// Why it was refused.
        refusal: Refusal,
        /// The factor it matched, where it matched one.
        factor: Option<FactorId>,
        /// What for.
        purpose: Purpose,
        /// The budget that it charges.
        familiarity: Familiarity,
        /// Failures in a row on that budget, this one included.
        consecutive: u16,
        /// When the next try is looked at, where there is a wait.
        retry_at: Option<Timestamp>,
        /// When.
        at: Timestamp,
    },
    /// Too many second factors in a row were wrong behind the right password: somebody else knows it. It
    /// opens nothing any more, and what it opened ends, until another one is set.
    PasswordChangeDemanded {
        /// When.
        at: Timestamp,
    },
    /// The hard cap was reached: nothing is looked at until an audited unlock.
    LockedOut {
        /// Which gate.
        gate: Gate,
        /// Which budget.
        familiarity: Familiarity,
        /// When.
        at: Timestamp,
    },
    /// Staff lifted every lock and wait.
    Unlocked {
        /// Why.
        reason: Sealed<Reason>,
    },
    /// One of several factors was removed by its owner. Opens a new credential epoch: trust and other
    /// sessions, which it may have earned, end.
    FactorRemoved {
        /// The factor.
        factor: FactorId,
    },
    /// The user switched off their own second factor.
    TwoFactorDisabled {
        /// When.
        at: Timestamp,
    },
    /// The user's second factor was reset: factors, codes, trust, and what depended on them ended.
    TwoFactorReset {
        /// What did it.
        cause: ResetCause,
        /// From when it holds: for an account-wide disable, the instant of that event.
        effective_at: Timestamp,
    },
    /// A reset that takes a wait first was asked for. Any use of the factor, and the person's word, cancels it.
    TwoFactorResetScheduled {
        /// The case; none before such waits were cases.
        recovery: Option<RecoveryId>,
        /// By which way.
        route: RecoveryRoute,
        /// Why, where staff asked.
        reason: Option<Sealed<Reason>>,
        /// From when it holds.
        due_at: Timestamp,
        /// The role that whoever of staff gave it had; nobody's where they did not, and of old ones.
        rank: Option<Role>,
        /// When it was asked for.
        at: Timestamp,
    },
    /// The wait ended without a reset.
    TwoFactorResetCancelled {
        /// The case; none before such waits were cases.
        recovery: Option<RecoveryId>,
        /// Why; not known of old ones.
        how: Option<Objection>,
        /// When.
        at: Timestamp,
    },
    /// The person asked for a way back in without their second factor; a code goes to the address that
    /// recovery uses.
    RecoveryRequested {
        /// The case.
        recovery: RecoveryId,
        /// By which way.
        route: RecoveryRoute,
        /// When.
        at: Timestamp,
    },
    /// A way back in was asked for that is not to be had.
    RecoveryRefused {
        /// The case, which ends here.
        recovery: RecoveryId,
        /// By which way.
        route: RecoveryRoute,
        /// Why.
        why: RecoveryRefusal,
        /// When.
        at: Timestamp,
    },
    /// An owner or an admin lets a locked-out member of the team in, once, with a code.
    RecoveryGranted {
        /// The case.
        recovery: RecoveryId,
        /// Into whose hands the code comes.
        handed: Handing,
        /// Why.
        reason: Sealed<Reason>,
        /// Who asked for it.
        by: UserId,
        /// The second person, where it took one.
        approved_by: Option<UserId>,
        /// When it ends, used or not.
        expires_at: Timestamp,
        /// The role that whoever of staff gave it had; nobody's where they did not, and of old ones.
        rank: Option<Role>,
        /// When.
        at: Timestamp,
    },
    /// The grant's link was used, and the code shown, once.
    RecoveryCodeRevealed {
        /// The case.
        recovery: RecoveryId,
        /// The link.
        link: LinkId,
        /// Where the code's verifier is.
        verifier: VerifierId,
        /// When.
        at: Timestamp,
    },
    /// The grant's code was accepted beside the password; it never is again.
    RecoveryGrantUsed {
        /// The case.
        recovery: RecoveryId,
        /// What for.
        purpose: Purpose,
        /// On what kind of device.
        familiarity: Familiarity,
        /// When.
        at: Timestamp,
    },
    /// The grant ended without being used.
    RecoveryGrantRevoked {
        /// The case.
        recovery: RecoveryId,
        /// Why.
        how: Objection,
        /// When.
        at: Timestamp,
    },
    /// The person has a second factor again: the case is closed.
    RecoveryCompleted {
        /// The case.
        recovery: RecoveryId,
        /// When.
        at: Timestamp,
    },
    /// Somebody said that it was not the person: every door of theirs is shut until they are back. Opens a new
    /// credential epoch; links, tickets, exemptions, tokens, and what waits or was granted fall with it.
    UserFrozen {
        /// The case; a freeze while one holds keeps its.
        recovery: RecoveryId,
        /// How many freezes of theirs there were, this one included. Links in older notices name less.
        number: u32,
        /// Who said so.
        by: FrozenBy,
        /// The change of address that its reader objects to, named by the link that confirmed it. Old ones do not tell
        /// which of several.
        against: Option<LinkId>,
        /// Why, where staff did.
        reason: Option<Sealed<Reason>>,
        /// When.
        at: Timestamp,
    },
    /// From an instant on the link back takes no second factor: staff gave their word, or a wait began. Nobody of a lower
    /// role than who gave it closes it.
    ThawAllowed {
        /// The case.
        recovery: RecoveryId,
        /// By which way.
        route: RecoveryRoute,
        /// Why, where staff did.
        reason: Option<Sealed<Reason>>,
        /// From when.
        from: Timestamp,
        /// The role that whoever of staff gave it had; nobody's where they did not, and of old ones.
        rank: Option<Role>,
        /// When.
        at: Timestamp,
    },
    /// That way was closed again, by somebody who objected. A freeze closes it, too.
    ThawStopped {
        /// The case.
        recovery: RecoveryId,
        /// Why.
        how: Objection,
        /// When.
        at: Timestamp,
    },
    /// The person is back, with a new password.
    UserThawed {
        /// The case, which ends here.
        recovery: RecoveryId,
        /// With what beside the link.
        how: Thawed,
        /// When.
        at: Timestamp,
    },
    /// This person, a member of staff, asked for a reset of somebody else that takes a wait. In their own
    /// stream, because an agent may ask only so often.
    StaffResetAsked {
        /// Whose.
        subject: UserId,
        /// When.
        at: Timestamp,
    },
    /// This person, a member of staff, helps somebody else so that a factor goes, or that lets somebody back in. In
    /// their own stream, because one of them helps only so many; each time, the same person too.
    HelpCharged {
        /// What they began with.
        help: Help,
        /// Whom.
        subject: UserId,
        /// When.
        at: Timestamp,
    },
    /// For a limited time the person is not asked for a second factor.
    ExemptionGranted {
        /// The exemption; a newer one takes the place of an older one.
        exemption: ExemptionId,
        /// Why.
        reason: Sealed<Reason>,
        /// When it ends by itself.
        until: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// An exemption was ended before its time; sessions that rest on it end with it.
    ExemptionEnded {
        /// The exemption.
        exemption: ExemptionId,
        /// When.
        at: Timestamp,
    },
    /// An administrator issued a ticket that, with the password, binds a first factor.
    EnrolmentTicketIssued {
        /// The ticket; a newer one takes the place of an older one.
        ticket: TicketId,
        /// Where its verifier is.
        verifier: VerifierId,
        /// Why.
        reason: Sealed<Reason>,
        /// When it ends.
        expires_at: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// What was shown as the ticket is not it. After a few of these the ticket is void.
    EnrolmentTicketRejected {
        /// The ticket that was open.
        ticket: TicketId,
        /// Tries left.
        tries_left: u8,
        /// When.
        at: Timestamp,
    },
    /// The ticket bound a factor, and is spent.
    EnrolmentTicketUsed {
        /// The ticket.
        ticket: TicketId,
        /// When.
        at: Timestamp,
    },
    /// A factor came with the person from another system. It is good, but claimed: until its first accepted
    /// code nobody has shown that the person holds it.
    FactorClaimed {
        /// The factor.
        factor: FactorId,
        /// What it is.
        detail: FactorDetail,
        /// What its owner calls it.
        name: Sealed<FactorName>,
        /// The enrolment generation it belongs to.
        generation: u32,
        /// When.
        at: Timestamp,
    },
    /// A password hash came with the person from another system.
    PasswordClaimed {
        /// Where its verifier is.
        verifier: VerifierId,
        /// The scheme of the hash: `argon2id`, `bcrypt`, …
        scheme: String,
        /// When.
        at: Timestamp,
    },
    /// A claimed password was shown and was right; it is kept under today's scheme from now on.
    PasswordRehashed {
        /// Where its verifier is.
        verifier: VerifierId,
        /// Whether it is long enough to stand alone.
        stands_alone: bool,
        /// When.
        at: Timestamp,
    },
    /// The person, or staff, asked to change the address. The new one must be confirmed by its link.
    EmailChangeRequested {
        /// The link that was mailed to the new address.
        link: LinkId,
        /// The new address.
        email: Sealed<Email>,
        /// Where the link's verifier is.
        verifier: VerifierId,
        /// When the link ends.
        expires_at: Timestamp,
        /// Who of staff asked; nobody where the person did. Old ones name them only as the actor.
        by: Option<UserId>,
        /// The role that whoever of staff asked had; nobody's where the person did, and of old ones.
        rank: Option<Role>,
        /// When.
        at: Timestamp,
    },
    /// The new address was confirmed and is theirs. For 72 hours recovery goes to the old one, or nowhere where staff
    /// asked for the change: then it opens a new credential epoch, and what was mailed to the old one ends. Or an old one
    /// is theirs again, by a link that was mailed there.
    EmailChanged {
        /// The link that confirmed it, or gave it back.
        link: LinkId,
        /// The new address.
        email: Sealed<Email>,
        /// Who of staff asked for it; nobody where the person did. Old ones name them only as they were asked for, and
        /// ended no session.
        by: Option<UserId>,
        /// When.
        at: Timestamp,
    },
    /// Staff asked for help for the person that nobody of their role gives, that nobody gives a customer, or
    /// themself; or when they had helped as many others as one may. Recorded once an hour of one kind of help by one
    /// person.
    HelpRefused {
        /// What they asked for.
        help: Help,
        /// Who asked; old ones name them only as the actor.
        by: Option<UserId>,
        /// Why not.
        why: NoHelp,
        /// When.
        at: Timestamp,
    },
    /// A change of address came to nothing: somebody said so who may, or it was staff's and something else ended it. One
    /// that the person asked for ends with a new credential epoch, and the report of a lost device, without this.
    EmailChangeCancelled {
        /// The link that would have confirmed it.
        link: LinkId,
        /// Who said so.
        how: Objection,
        /// When.
        at: Timestamp,
    },
    /// The person has another name.
    UserRenamed {
        /// Their name.
        name: Sealed<PersonName>,
    },
    /// Messages to the person are in another language.
    LanguageChanged {
        /// `en`, `es`, `ko`.
        language: String,
    },
    /// The person's role changed. Opens a new credential epoch: trust and sessions end.
    RoleChanged {
        /// The role until now.
        from: Role,
        /// The role from now on.
        to: Role,
        /// When.
        at: Timestamp,
    },
    /// The person is in other groups.
    GroupsChanged {
        /// All of them, from now on.
        groups: BTreeSet<GroupId>,
        /// When; the epoch where it was not said yet.
        at: Timestamp,
    },
    /// The person may not sign in any more; their password, sessions, tokens, and links ended.
    UserDeactivated {
        /// Why, where it was said.
        reason: Option<Sealed<Reason>>,
        /// When.
        at: Timestamp,
    },
    /// The person may sign in again, once their address is proved anew and a password set. Trust is void.
    UserReactivated {
        /// When.
        at: Timestamp,
    },
    /// The person can sign in through an identity provider.
    IdentityProviderLinked {
        /// `google`, `saml`, `jwt`, …
        provider: String,
        /// Who they are there.
        subject: Sealed<ProviderSubject>,
        /// When.
        at: Timestamp,
    },
    /// The person cannot sign in through it any more; sessions end.
    IdentityProviderUnlinked {
        /// Which.
        provider: String,
        /// When.
        at: Timestamp,
    },
    /// The person got an API token, shown once.
    ApiTokenIssued {
        /// The token.
        token: TokenId,
        /// What they call it.
        name: Sealed<TokenName>,
        /// Where its verifier is.
        verifier: VerifierId,
        /// What it may be used for, within their role.
        scopes: BTreeSet<TokenScope>,
        /// When it ends, if ever.
        expires_at: Option<Timestamp>,
        /// When.
        at: Timestamp,
    },
    /// One of the person's API tokens ended.
    ApiTokenRevoked {
        /// The token.
        token: TokenId,
        /// When.
        at: Timestamp,
    },
    /// The person's password was shown to the API by HTTP Basic. Recorded once a day and outcome.
    PasswordAccessUsed {
        /// What became of it.
        outcome: PasswordAccess,
        /// The program that showed it.
        user_agent: Option<Sealed<UserAgent>>,
        /// When.
        at: Timestamp,
    },
    /// A device was reported lost by its user or by staff; the device's own stream ends its trust.
    DeviceReportedLost {
        /// The device.
        device: DeviceId,
    },
    /// A message to the person went out: the next system took it over.
    MessageSent {
        /// Which.
        posted: Posted,
        /// When.
        at: Timestamp,
    },
    /// A message to the person did not go out, and is not tried any more.
    MessageFailed {
        /// Which.
        posted: Posted,
        /// Why.
        why: Undelivered,
        /// What the next system answered last, where it answered: an SMTP reply or an HTTP status.
        reply: Option<u16>,
        /// When it was given up.
        at: Timestamp,
    },
    /// The person was erased: their key is destroyed, every personal value is unreadable for good.
    PersonErased {
        /// Sealed values of this person that became unreadable, as counted from their stream.
        values: u32,
        /// When.
        at: Timestamp,
    },
}

impl DomainEvent for UserEvent {
    fn event_type(&self) -> String {
        let name: &'static str = self.into();
        name.to_owned()
    }

    fn event_version(&self) -> String {
        upcast::version_today(self.into()).to_owned()
    }
}
