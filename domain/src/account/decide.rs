//! What an account may do next.

use super::approval::{ApprovalCommand, ApprovalError};
use super::clients::ClientCommand;
use super::events::{AccountEvent, ClockKind};
use super::foreign::ForeignCommand;
use super::governance::GovernanceCommand;
use super::groups::GroupCommand;
use super::impact::{Effect, Impact, Moved, Unconfirmed};
use super::looks::looks;
use super::operator::{OperatorCommand, OperatorError};
use super::policy::{PolicyCommand, PolicyError};
use super::settings::{SettingsCommand, SettingsError};
use super::state::Account;
use crate::access::TokenRefused;
use crate::delivery::{Channel, SpentBudget, TROUBLE_AGAIN, Undelivered};
use crate::factor::token::TokenFile;
use crate::ids::{AccountId, ImportId, UserId};
use crate::policy::OutOfRange;
use crate::sealed::{Reason, Sealed};
use crate::time::{Span, Timestamp};
use crate::written::misleads;

/// The people whom an account-wide disable resets: a count and a digest over their sorted ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Census {
    /// How many.
    pub people: u64,
    /// SHA-256 over their sorted ids (text form, one a line), hexadecimal.
    pub digest: String,
}

/// Sign-ins that were refused and charge nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedSignIns {
    /// At addresses that nobody has.
    pub unknown: u32,
    /// At people whose budget is spent for now.
    pub locked: u32,
    /// When the first was refused.
    pub from: Timestamp,
    /// When the last was.
    pub to: Timestamp,
}

impl RefusedSignIns {
    /// These and more.
    #[must_use]
    pub fn and(self, more: Self) -> Self {
        Self {
            unknown: self.unknown.saturating_add(more.unknown),
            locked: self.locked.saturating_add(more.locked),
            from: self.from.min(more.from),
            to: self.to.max(more.to),
        }
    }
}

/// A command to an account.
#[derive(Debug, Clone)]
pub enum AccountCommand {
    /// Begin the account's log.
    Open {
        /// Pre-minted id.
        account: AccountId,
        /// For addresses; 2–40 of `a-z 0-9 -`.
        slug: String,
        /// For people; 1–80 characters.
        name: String,
        /// Random origin of the log.
        log_origin: String,
        /// Kind of clock.
        clock: ClockKind,
        /// Now.
        at: Timestamp,
    },
    /// Set a sandbox's own clock, forwards.
    SetClock {
        /// What it shows from now on.
        to: Timestamp,
        /// Now, in the account's time.
        at: Timestamp,
        /// What the server's clock shows.
        real: Timestamp,
    },
    /// Something about what the account demands.
    Policy {
        /// What.
        command: PolicyCommand,
        /// Now.
        at: Timestamp,
    },
    /// Switch two-factor authentication off for everyone, and reset everyone.
    Disable {
        /// Whom it concerns, and what was confirmed. Whom it resets, `actual` knows better.
        impact: Impact,
        /// The people whom it resets.
        actual: Census,
        /// Why.
        reason: Option<Sealed<Reason>>,
        /// Now.
        at: Timestamp,
    },
    /// The same with a second owner's approval, or after its wait: of at most as many people as were named
    /// when it was asked for.
    DisableApproved {
        /// How many were named.
        at_most: u64,
        /// The census as it is now.
        actual: Census,
        /// Why.
        reason: Option<Sealed<Reason>>,
        /// Now.
        at: Timestamp,
    },
    /// Suspend with a second owner's approval, or after its wait.
    SuspendApproved {
        /// Why.
        reason: Option<Sealed<Reason>>,
        /// Now.
        at: Timestamp,
    },
    /// Switch it on again.
    Enable {
        /// Whom it concerns, and what was confirmed.
        impact: Impact,
        /// Now.
        at: Timestamp,
    },
    /// Stop requirement and challenges, keep enrolments.
    Suspend {
        /// Whom it concerns, and what was confirmed.
        impact: Impact,
        /// Why.
        reason: Option<Sealed<Reason>>,
        /// Now.
        at: Timestamp,
    },
    /// Restore exactly what was.
    Resume {
        /// Whom it concerns, and what was confirmed.
        impact: Impact,
        /// Now.
        at: Timestamp,
    },
    /// How the account keeps its own powers in check.
    Governance(GovernanceCommand),
    /// How the account shows itself.
    Settings(SettingsCommand),
    /// Acts that take two.
    Approval(ApprovalCommand),
    /// Close it for good.
    Close {
        /// Now.
        at: Timestamp,
    },
    /// State that every announced person's stream carries the reset.
    CompleteFanOut {
        /// The generation that the disable opened.
        generation: u32,
        /// Whom the fan-out reached.
        reached: Census,
    },
    /// Something about the programs that use the API in their own name.
    Clients(ClientCommand),
    /// About a group of people.
    Group(GroupCommand),
    /// About passwords of other systems.
    Foreign(ForeignCommand),
    /// Record how many sign-ins were refused that charge nobody.
    RecordRefusedSignIns(RefusedSignIns),
    /// Bring hardware tokens into the stock.
    ImportTokens {
        /// Pre-minted id.
        import: ImportId,
        /// How many.
        count: u32,
        /// The form in which they came.
        format: TokenFile,
        /// Now.
        at: Timestamp,
    },
    /// Tell owners and admins that messages to somebody fail again and again. Nothing happens where they
    /// were told of that way within a day.
    RaiseDeliveryTrouble {
        /// The way.
        channel: Channel,
        /// To whom.
        user: UserId,
        /// How often in a row.
        failures: u16,
        /// Why, the last time.
        why: Undelivered,
        /// Now.
        at: Timestamp,
    },
    /// Tell owners and admins that messages by one way fail, whoever they are to. Nothing happens where they were told
    /// of that way within a day.
    RaiseOutage {
        /// The way.
        channel: Channel,
        /// How many in a row.
        failures: u16,
        /// Why, the last time.
        why: Undelivered,
        /// Now.
        at: Timestamp,
    },
    /// Record that a budget is spent. Once until it begins anew.
    RecordSpent {
        /// Which.
        budget: SpentBudget,
        /// Now.
        at: Timestamp,
    },
    /// About the installation's operator.
    Operator(OperatorCommand),
}

/// Why an account refuses a command. Nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// It is open already.
    #[error("the account is already open")]
    AlreadyOpen,
    /// There is no such account.
    #[error("there is no such account")]
    Unknown,
    /// The short name is not usable.
    #[error(
        "a short name has 2 to 40 characters of a-z, 0-9 and -, and begins and ends with a letter or digit"
    )]
    BadSlug,
    /// A sandbox is called otherwise, or something else like a sandbox.
    #[error("the short name of a sandbox begins with `sandbox-`, and that of no other account does")]
    SandboxSlug,
    /// Its clock is everybody's.
    #[error("only a sandbox has a clock that can be set")]
    NotASandbox,
    /// Time does not run backwards, in a sandbox neither.
    #[error("a sandbox's clock is set forwards only")]
    ClockBackwards,
    /// Too far ahead of the server's clock.
    #[error("a sandbox's clock is at most ten years ahead of the server's")]
    ClockTooFar,
    /// The name is not usable.
    #[error("a name has 1 to 80 characters, something to see among them, and no control characters")]
    BadName,
    /// A setting is not usable.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A policy figure is out of its bounds.
    #[error(transparent)]
    Policy(#[from] OutOfRange),
    /// Two-factor authentication is off already.
    #[error("two-factor authentication is already disabled for this account")]
    AlreadyDisabled,
    /// It is on already.
    #[error("two-factor authentication is already enabled for this account")]
    AlreadyEnabled,
    /// It is suspended already.
    #[error("two-factor authentication is already suspended for this account")]
    AlreadySuspended,
    /// It is not suspended.
    #[error("two-factor authentication is not suspended for this account")]
    NotSuspended,
    /// A policy is not one that may be saved.
    #[error(transparent)]
    Demand(#[from] PolicyError),
    /// It concerns people, and was not confirmed for them.
    #[error(transparent)]
    Unconfirmed(#[from] Unconfirmed),
    /// An act that takes two is not as it should be.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// The fan-out reached other people than announced.
    #[error("the reset reached {reached} people, but {announced} were announced")]
    FanOutMismatch {
        /// Announced.
        announced: u64,
        /// Reached.
        reached: u64,
    },
    /// There is no such program.
    #[error("there is no such program")]
    NoClient,
    /// The program has no such token.
    #[error("there is no such token")]
    NoClientToken,
    /// The name of a program is not usable.
    #[error("a program's name has 1 to 80 characters and no control characters")]
    BadClientName,
    /// Another program has that name.
    #[error("another program has this name")]
    ClientNameTaken,
    /// As many programs as an account may have.
    #[error("an account has at most {0} programs")]
    TooManyClients(usize),
    /// A program's token is not issued.
    #[error(transparent)]
    Token(#[from] TokenRefused),
    /// It is closed for good.
    #[error("this account is closed")]
    Closed,
    /// There is no such group.
    #[error("there is no such group of people")]
    NoGroup,
    /// A group has that name.
    #[error("another group has this name")]
    GroupNameTaken,
    /// A policy names the group.
    #[error("a policy requires two-factor authentication of this group, or will; change the policy first")]
    GroupInUse,
    /// As many groups as an account may have.
    #[error("an account has at most {0} groups of people")]
    TooManyGroups(usize),
    /// The operator is not let act, or a grant to them is not as it should be.
    #[error(transparent)]
    Operator(#[from] OperatorError),
    /// There is no open fan-out of that generation.
    #[error("no reset of generation {0} is under way")]
    NoFanOut(u32),
}

/// Longest name of an account, in characters.
const MAX_NAME: usize = 80;
/// Longest short name; a DNS label could hold it.
const MAX_SLUG: usize = 40;
/// How short names of sandboxes begin, so that none is taken for a real account.
const SANDBOX_SLUG: &str = "sandbox-";
/// How far a sandbox's clock may be ahead of the server's.
pub const MAX_AHEAD: Span = Span::days(3_652);

impl Account {
    /// Decides a command: the events to record, or why not.
    pub fn decide(&self, command: AccountCommand) -> Result<Vec<AccountEvent>, AccountError> {
        if let AccountCommand::Open { account, slug, name, log_origin, clock, at } = command {
            if self.id().is_some() {
                return Err(AccountError::AlreadyOpen);
            }
            check_slug(&slug)?;
            if slug.starts_with(SANDBOX_SLUG) != (clock == ClockKind::Sandbox) {
                return Err(AccountError::SandboxSlug);
            }
            check_name(&name)?;
            return Ok(vec![AccountEvent::AccountOpened {
                account,
                slug,
                name,
                log_origin,
                signing_key: None,
                clock,
                at,
            }]);
        }
        if self.id().is_none() {
            return Err(AccountError::Unknown);
        }
        // What was announced is still proved.
        let goes_on = matches!(
            command,
            AccountCommand::CompleteFanOut { .. }
                | AccountCommand::RaiseDeliveryTrouble { .. }
                | AccountCommand::RaiseOutage { .. }
                | AccountCommand::RecordSpent { .. }
                | AccountCommand::RecordRefusedSignIns(_)
        );
        if self.closed && !goes_on {
            return Err(AccountError::Closed);
        }
        match command {
            AccountCommand::Open { .. } => Err(AccountError::AlreadyOpen),
            AccountCommand::SetClock { to, at, real } => self.set_clock(to, at, real),
            AccountCommand::Governance(command) => Ok(self.govern(command)),
            AccountCommand::Settings(command) => self.show_as(command),
            AccountCommand::Approval(command) => Ok(self.approve(command)?),
            AccountCommand::Close { at } => Ok(vec![AccountEvent::AccountClosed { at }]),
            AccountCommand::Policy { command, at } => self.decide_policy(command, at),
            AccountCommand::Disable { mut impact, actual, reason, at } => {
                impact.counts.insert(Effect::Reset, actual.people);
                let events = self.switch_off(actual, reason, at)?;
                self.confirmed(&events, &impact, at)?;
                Ok(events)
            }
            AccountCommand::DisableApproved { at_most: most, actual, reason, at } => {
                let (effect, now) = (Effect::Reset, actual.people);
                if now > most {
                    return Err(Unconfirmed::from(Moved::People { effect, most, now }).into());
                }
                self.switch_off(actual, reason, at)
            }
            AccountCommand::Enable { impact, at } => {
                let events = self.enable(at)?;
                self.confirmed(&events, &impact, at)?;
                Ok(events)
            }
            AccountCommand::Suspend { impact, reason, at } => {
                let events = self.suspend(reason, at)?;
                self.confirmed(&events, &impact, at)?;
                Ok(events)
            }
            AccountCommand::SuspendApproved { reason, at } => self.suspend(reason, at),
            AccountCommand::Resume { impact, at } => {
                let events = self.resume(at)?;
                self.confirmed(&events, &impact, at)?;
                Ok(events)
            }
            AccountCommand::Clients(command) => self.manage(command),
            AccountCommand::CompleteFanOut { generation, reached } => self.complete(generation, reached),
            AccountCommand::Group(command) => self.group(command),
            AccountCommand::Foreign(command) => Ok(self.foreign(command)),
            AccountCommand::RecordRefusedSignIns(RefusedSignIns { unknown, locked, from, to }) => {
                let any = unknown > 0 || locked > 0;
                let counted = AccountEvent::SignInsRefused { unknown, locked, from, to };
                Ok(any.then_some(counted).into_iter().collect())
            }
            AccountCommand::ImportTokens { import, count, format, at } => {
                Ok(vec![AccountEvent::HardwareTokensImported { import, count, format, at }])
            }
            AccountCommand::RaiseDeliveryTrouble { channel, user, failures, why, at } => {
                let told = self.trouble_told.get(&channel).is_some_and(|last| at < *last + TROUBLE_AGAIN);
                let raised = AccountEvent::DeliveryTroubleRaised { channel, user, failures, why, at };
                Ok((!told).then_some(raised).into_iter().collect())
            }
            AccountCommand::RaiseOutage { channel, failures, why, at } => {
                let told = self.outage_told.get(&channel).is_some_and(|last| at < *last + TROUBLE_AGAIN);
                let raised = AccountEvent::OutageRaised { channel, failures, why, at };
                Ok((!told).then_some(raised).into_iter().collect())
            }
            AccountCommand::RecordSpent { budget, at } => {
                let new = at < budget.until && self.is_news(&budget, at);
                Ok(new.then_some(AccountEvent::BudgetSpent { budget, at }).into_iter().collect())
            }
            AccountCommand::Operator(command) => Ok(self.operate(command)?),
        }
    }

    fn complete(&self, generation: u32, reached: Census) -> Result<Vec<AccountEvent>, AccountError> {
        let announced = self
            .fan_outs
            .iter()
            .find(|f| f.generation == generation)
            .ok_or(AccountError::NoFanOut(generation))?;
        if announced.people != reached.people || announced.digest != reached.digest {
            return Err(AccountError::FanOutMismatch {
                announced: announced.people,
                reached: reached.people,
            });
        }
        Ok(vec![AccountEvent::ResetFanOutCompleted {
            generation,
            people: reached.people,
            digest: reached.digest,
        }])
    }
}

impl Account {
    fn set_clock(
        &self,
        to: Timestamp,
        at: Timestamp,
        real: Timestamp,
    ) -> Result<Vec<AccountEvent>, AccountError> {
        if self.clock() != ClockKind::Sandbox {
            return Err(AccountError::NotASandbox);
        }
        if to <= at {
            return Err(AccountError::ClockBackwards);
        }
        if to > real + MAX_AHEAD {
            return Err(AccountError::ClockTooFar);
        }
        Ok(vec![AccountEvent::SandboxClockSet { to, real }])
    }
}

fn check_slug(slug: &str) -> Result<(), AccountError> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = slug.as_bytes();
    let good = (2..=MAX_SLUG).contains(&bytes.len())
        && bytes.iter().all(|&b| allowed(b) || b == b'-')
        && bytes.first().copied().is_some_and(allowed)
        && bytes.last().copied().is_some_and(allowed);
    if good { Ok(()) } else { Err(AccountError::BadSlug) }
}

pub(super) fn check_name(name: &str) -> Result<(), AccountError> {
    let good = !looks(name).is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(misleads);
    if good { Ok(()) } else { Err(AccountError::BadName) }
}
