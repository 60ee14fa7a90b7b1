//! What a right password leads to, and how good a device's trust is.

use super::signed_in::session_end;
use crate::account::{Account, Switch};
use crate::device::{Decision, Device, FirstFactor, Method, TokenVerdict, Trust, Why};
use crate::policy::{Role, Whom};
use crate::time::{Span, Timestamp};
use crate::user::{Familiarity, User};

/// What a right password leads to, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// What is asked.
    pub decision: Decision,
    /// Why, in the order in which it was found.
    pub reasons: Vec<Why>,
}

/// Whether somebody has factors, but none of a kind that the policy allows, where it requires one. They show
/// what they have, and then bind another one before anything else: the factor that policy gave up is still
/// more than the password alone.
pub(super) fn left_without(account: &Account, user: &User, role: Role, at: Timestamp) -> bool {
    let policy = account.policy(role.audience(), at);
    let whom = Whom { role, groups: &user.groups, trail: &user.trail };
    let none_counts = user.enrolled(account.generation).is_some_and(|enrolled| !enrolled.works(policy));
    none_counts && account.demands_enrolment(whom, at)
}

/// Decides what a good first factor leads to on a device that was recognised, or is new.
pub(super) fn course(account: &Account, user: &User, device: &Device, role: Role, at: Timestamp) -> Course {
    let whom = Whom { role, groups: &user.groups, trail: &user.trail };
    let asks = |decision, reasons: &[Why]| Course { decision, reasons: reasons.to_vec() };
    match account.switch {
        Switch::Suspended { .. } => return asks(Decision::Complete, &[Why::AccountSuspended]),
        Switch::Off { .. } => return asks(Decision::Complete, &[Why::AccountDisabled]),
        Switch::On => {}
    }
    // An exemption spares the factor; it does not lift the lock of whoever guessed too often at it.
    if user.exempt(at).is_some() && !user.factor_locked(at_the_factor(device)) {
        return asks(Decision::Complete, &[Why::Exempted]);
    }
    let policy = account.policy(role.audience(), at);
    if user.enrolled(account.generation).is_none() {
        return if !policy.requires(whom) {
            asks(Decision::Complete, &[Why::OptionalNotEnrolled])
        } else if user.through_provider_only() {
            asks(Decision::Complete, &[Why::ProviderOnly])
        } else if account.demands_enrolment(whom, at) {
            asks(Decision::Enrol, &[Why::RequiredNotEnrolled])
        } else {
            asks(Decision::Complete, &[Why::InGrace])
        };
    }
    if left_without(account, user, role, at) {
        return asks(Decision::Challenge, &[Why::Enrolled, Why::KindNotAllowed]);
    }
    if policy.trust().is_none() {
        return asks(Decision::Challenge, &[Why::Enrolled, Why::EverySignIn]);
    }
    if !device.completed_before {
        return asks(Decision::Challenge, &[Why::Enrolled, Why::NewDevice]);
    }
    match &device.trust {
        Some(trust)
            if trust_holds(account, user, trust, at)
                && !ended_with_session(account, role, device, trust, at) =>
        {
            asks(Decision::Complete, &[Why::Enrolled, Why::DeviceTrusted])
        }
        _ if device.trusted_before => asks(Decision::Challenge, &[Why::Enrolled, Why::TrustEnded]),
        _ => asks(Decision::Challenge, &[Why::Enrolled, Why::NotTrusted]),
    }
}

impl Course {
    /// The course of a sign-in whose challenge was answered.
    pub(super) const CHALLENGED: Self = Self { decision: Decision::Challenge, reasons: vec![] };
    /// The course of one that was answered with the code of a grant: another factor is bound, and nothing
    /// else done before.
    pub(super) const LET_IN: Self = Self { decision: Decision::Enrol, reasons: vec![] };
    /// The most reasons that one sign-in records.
    pub const MAX_REASONS: usize = 4;

    /// The course that a first factor takes: where a device's trust does not count in it, a code is asked
    /// for in its place.
    pub(super) fn of(self, first: FirstFactor) -> Self {
        if self.reasons.contains(&Why::DeviceTrusted) && !trust_counts(first) {
            return Self { decision: Decision::Challenge, reasons: vec![Why::Enrolled, Why::Asserted] };
        }
        self
    }

    /// The method of a sign-in that needed no second factor.
    pub(super) fn unasked_method(&self, first: FirstFactor) -> Method {
        match first {
            _ if self.reasons.contains(&Why::DeviceTrusted) => Method::Trust,
            FirstFactor::Password => Method::Password,
            FirstFactor::Asserted { .. } => Method::Asserted,
        }
    }
}

/// What a browser's claim to be a device is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognition {
    /// It is that device, of that user.
    Recognised,
    /// It is not, or shows nothing: it signs in as a new device.
    Foreign,
    /// It shows a token that was replaced longer ago than its grace, or more than once: somebody copied
    /// it. Forsake the device; the browser signs in as a new one.
    Replayed,
}

/// Whether a browser is the device that it claims to be. A predecessor of a rotated token is good
/// for a minute: two tabs, or a lost response.
pub fn recognise(user: &User, device: &Device, token: TokenVerdict, at: Timestamp) -> Recognition {
    let theirs = user.who().is_some_and(|who| {
        device.owner.is_some_and(|owner| owner.user == who.user && owner.account == who.account)
    });
    match (device.token, token) {
        (Some(_), TokenVerdict::Current) if theirs => Recognition::Recognised,
        (Some(known), TokenVerdict::Previous(which)) if theirs && known.serves(which, at) => {
            Recognition::Recognised
        }
        (Some(_), TokenVerdict::Previous(_) | TokenVerdict::Older) if theirs => Recognition::Replayed,
        _ => Recognition::Foreign,
    }
}

/// Which budget a wrong password on a recognised device charges.
pub(super) fn at_the_password(device: &Device) -> Familiarity {
    if device.completed_before { Familiarity::Known } else { Familiarity::Stranger }
}

/// Which budget a wrong second factor charges. Whoever has only the password makes no device known.
pub fn at_the_factor(device: &Device) -> Familiarity {
    if device.proved_before { Familiarity::Known } else { Familiarity::Stranger }
}

/// Whether trust still holds: until its granted end, or the end that today's policy allows if that
/// is earlier; never across a generation or a credential epoch.
pub fn trust_holds(account: &Account, user: &User, trust: &Trust, at: Timestamp) -> bool {
    user.role().is_some_and(|role| trusted(account, role, user.epoch_at(at), trust, at))
}

/// The same, of somebody of whom no more is known than their role and credential epoch.
pub fn trusted(account: &Account, role: Role, epoch: u32, trust: &Trust, at: Timestamp) -> bool {
    account.switch == Switch::On && trust_kept(account, role, epoch, trust, at)
}

/// Whether trust is good, or will be when a suspension is over that asks nobody meanwhile.
pub fn trust_kept(account: &Account, role: Role, epoch: u32, trust: &Trust, at: Timestamp) -> bool {
    !matches!(account.switch, Switch::Off { .. })
        && trust.generation == account.generation
        && trust.epoch == epoch
        && at < trust.until
        && trust_offer(account, role, at).is_some_and(|allowed| at < trust.granted_at + allowed)
}

/// Whether trust in a device ended with a session on it that ran out of time, where policy wants that. A
/// session that somebody ended leaves trust as it is.
pub(super) fn ended_with_session(
    account: &Account,
    role: Role,
    device: &Device,
    trust: &Trust,
    at: Timestamp,
) -> bool {
    let policy = account.policy(role.audience(), at);
    policy.trust_ends_with_session
        && device.sessions.values().any(|session| {
            let over = session_end(account, role, session, at);
            trust.granted_at < over && over <= at
        })
}

/// Whether a device's trust counts in a sign-in that was opened so, and can be earned in it.
pub fn trust_counts(first: FirstFactor) -> bool {
    match first {
        FirstFactor::Password => true,
        FirstFactor::Asserted { trust, .. } => trust,
    }
}

/// For how long a device may be trusted now, if at all. Offered with a challenge, and granted with
/// its proof.
pub fn trust_offer(account: &Account, role: Role, at: Timestamp) -> Option<Span> {
    account.policy(role.audience(), at).trust()
}
