//! Rules of a person's stream: what is single-use is used once, what is wrong is charged, and nothing
//! of an old generation is ever good again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use twofold_domain::ids::{CodeSetId, FactorId, LinkId, MailedCodeId, UserId};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Familiarity, Gate, Purpose, Refusal, ResetCause, UserEvent};

use super::account::Switch;
use super::{Book, Shown};

/// RFC 4226 §7.3, NIST SP 800-63B-4 §3.2.2: two budgets a gate, never above 100 together.
const HARD_CAP: u16 = 50;
/// Wrong tries that one series of mailed codes bears.
const MAILED_TRIES: u8 = 5;

/// Failures in a row on one budget.
#[derive(Debug, Clone, Copy, Default)]
struct Failures {
    consecutive: u16,
    retry_at: Option<Timestamp>,
    locked: bool,
}

#[derive(Debug)]
struct Codes {
    set: CodeSetId,
    count: u8,
    used: BTreeSet<u8>,
}

/// What is known of a person.
#[derive(Default)]
pub(super) struct PersonBook {
    registered: bool,
    erased: bool,
    /// Counts what voids trust, sessions, and attempts.
    pub(super) epoch: u32,
    /// The generation in which they are enrolled.
    pub(super) enrolled: Option<u32>,
    pending: Option<(FactorId, u32)>,
    /// Last accepted step of each factor that is bound.
    factors: BTreeMap<FactorId, u64>,
    /// Every step ever accepted, of whatever factor, for whatever purpose.
    steps: BTreeSet<(FactorId, u64)>,
    codes: Option<Codes>,
    /// Every recovery code ever used.
    used: BTreeSet<(CodeSetId, u8)>,
    links: BTreeMap<LinkId, Timestamp>,
    redeemed: BTreeSet<LinkId>,
    mailed: BTreeMap<MailedCodeId, Timestamp>,
    mailed_accepted: BTreeSet<MailedCodeId>,
    failures: HashMap<(&'static str, Familiarity), Failures>,
}

impl PersonBook {
    fn end_second_factor(&mut self) {
        self.epoch += 1;
        (self.enrolled, self.pending, self.codes) = (None, None, None);
        self.factors.clear();
        self.failures.retain(|(gate, _), _| *gate != FACTOR);
    }
}

const PASSWORD: &str = "password";
const FACTOR: &str = "second factor";

impl Book {
    fn person(&mut self, user: UserId) -> &mut PersonBook {
        self.people.entry(user).or_default()
    }

    pub(super) fn user_event(&mut self, user: UserId, event: &UserEvent) {
        let generation = self.account.generation;
        let person = self.person(user);
        let registering = matches!(event, UserEvent::UserRegistered { .. });
        let (known, erased) = (std::mem::replace(&mut person.registered, true), person.erased);
        let behind = person.enrolled.is_some_and(|enrolled| enrolled < generation);
        self.expect(known != registering, "a person is registered once, before anything else", String::new);
        self.expect(!erased, "nothing is recorded about somebody erased", || format!("{event:?}"));
        let resets = matches!(event, UserEvent::TwoFactorReset { .. });
        self.expect(!behind || resets, "the reset of a disable stands before anything newer", || {
            format!("{event:?}")
        });
        match event {
            UserEvent::UserRegistered { .. }
            | UserEvent::TwoFactorResetScheduled { .. }
            | UserEvent::TwoFactorResetCancelled { .. }
            | UserEvent::ExemptionGranted { .. }
            | UserEvent::ExemptionEnded { .. }
            | UserEvent::EnrolmentTicketIssued { .. }
            | UserEvent::EnrolmentTicketRejected { .. }
            | UserEvent::EnrolmentTicketUsed { .. }
            | UserEvent::PasswordRehashed { .. }
            | UserEvent::EmailChangeRequested { .. }
            | UserEvent::EmailChanged { .. }
            | UserEvent::UserRenamed { .. }
            | UserEvent::LanguageChanged { .. }
            | UserEvent::GroupsChanged { .. }
            | UserEvent::IdentityProviderLinked { .. }
            | UserEvent::ApiTokenIssued { .. }
            | UserEvent::ApiTokenRevoked { .. }
            | UserEvent::PasswordAccessUsed { .. }
            | UserEvent::EmailVerified { .. }
            | UserEvent::RecoveryCodesLow { .. }
            | UserEvent::DeviceReportedLost { .. } => {}
            UserEvent::RoleChanged { .. }
            | UserEvent::UserDeactivated { .. }
            | UserEvent::UserReactivated { .. }
            | UserEvent::IdentityProviderUnlinked { .. }
            | UserEvent::PasswordClaimed { .. } => self.person(user).epoch += 1,
            UserEvent::FactorClaimed { factor, generation, .. } => {
                let person = self.person(user);
                person.factors.insert(*factor, 0);
                person.enrolled = Some(*generation);
            }
            UserEvent::LinkIssued { link, expires_at, .. } => {
                self.person(user).links.insert(*link, *expires_at);
            }
            UserEvent::LinkRedeemed { link, at } => self.link_redeemed(user, *link, *at),
            UserEvent::PasswordSet { .. } => {
                let person = self.person(user);
                person.epoch += 1;
                person.failures.retain(|(gate, _), _| *gate != PASSWORD);
            }
            UserEvent::PasswordAccepted { familiarity } => self.forgive(user, PASSWORD, *familiarity),
            UserEvent::PasswordRejected { familiarity, consecutive, retry_at, at } => {
                self.charged(user, (PASSWORD, *familiarity), *consecutive, *retry_at, *at);
            }
            UserEvent::ProofRejected { familiarity, consecutive, retry_at, at, .. } => {
                self.charged(user, (FACTOR, *familiarity), *consecutive, *retry_at, *at);
            }
            UserEvent::LockedOut { gate, familiarity, .. } => match gate {
                Gate::Password => self.lock(user, PASSWORD, *familiarity),
                Gate::SecondFactor => self.lock(user, FACTOR, *familiarity),
                Gate::MailedCode => {}
            },
            UserEvent::Unlocked { .. } => self.person(user).failures.clear(),
            UserEvent::MailedCodeIssued { code, expires_at, .. } => {
                self.person(user).mailed.insert(*code, *expires_at);
            }
            UserEvent::MailedCodeAccepted { code } => {
                let person = self.person(user);
                let (open, first) = (person.mailed.contains_key(code), person.mailed_accepted.insert(*code));
                self.expect(open && first, "a mailed code is accepted once", || code.to_string());
            }
            UserEvent::MailedCodeRejected { tries_left, refusal, .. } => {
                // A code that was right but late is no guess.
                let charged = *tries_left < MAILED_TRIES || *refusal == Refusal::Expired;
                self.expect(charged, "a wrong mailed code is charged", || format!("{tries_left} tries left"));
            }
            UserEvent::FactorEnrolmentStarted { factor, generation: of, .. } => {
                self.expect(*of == generation, "a binding begins in the generation in force", || {
                    of.to_string()
                });
                self.person(user).pending = Some((*factor, *of));
            }
            UserEvent::FactorConfirmed { factor, step, .. } => self.factor_confirmed(user, *factor, *step),
            UserEvent::TwoFactorEnabled { generation: of, .. } => {
                let off = self.account.switch == Switch::Off;
                self.expect(*of == generation && !off, "people enrol in the generation in force", || {
                    format!("{of} in {generation}, off: {off}")
                });
                let person = self.person(user);
                person.epoch += 1;
                person.enrolled = Some(*of);
            }
            UserEvent::RecoveryCodesGenerated { set, count, .. }
            | UserEvent::RecoveryCodesRegenerated { set, count, .. } => {
                let codes = Codes { set: *set, count: *count, used: BTreeSet::new() };
                self.person(user).codes = Some(codes);
            }
            UserEvent::OtpAccepted { factor, step, purpose, familiarity, at } => {
                self.otp_accepted(user, *factor, *step);
                self.looked_at(user, (FACTOR, *familiarity), *at);
                self.forgive(user, FACTOR, *familiarity);
                self.proved(user, *purpose);
            }
            UserEvent::RecoveryCodeUsed { set, index, left, purpose, familiarity, at } => {
                self.recovery_code_used(user, *set, *index, *left);
                self.looked_at(user, (FACTOR, *familiarity), *at);
                self.forgive(user, FACTOR, *familiarity);
                self.proved(user, *purpose);
            }
            UserEvent::RecoveryCodesExhausted { set } => {
                let codes = self.person(user).codes.as_ref();
                let spent = codes.is_some_and(|c| c.set == *set && c.used.len() == usize::from(c.count));
                self.expect(spent, "codes are exhausted when all are used", || set.to_string());
            }
            UserEvent::FactorRemoved { factor } => {
                let factors = &mut self.person(user).factors;
                let (bound, left) = (factors.remove(factor).is_some(), factors.len());
                self.expect(bound && left > 0, "the last factor is not removed but switched off", || {
                    format!("{factor}: {left} left")
                });
            }
            UserEvent::TwoFactorDisabled { .. } => self.person(user).end_second_factor(),
            UserEvent::TwoFactorReset { cause, effective_at } => {
                if let ResetCause::AccountDisabled { generation } = cause {
                    self.reached(user, *generation, *effective_at);
                }
                self.person(user).end_second_factor();
            }
            UserEvent::PersonErased { .. } => {
                let person = self.person(user);
                person.end_second_factor();
                person.erased = true;
            }
        }
    }

    fn link_redeemed(&mut self, user: UserId, link: LinkId, at: Timestamp) {
        let person = self.person(user);
        let (expires_at, first) = (person.links.get(&link).copied(), person.redeemed.insert(link));
        self.expect(first, "a link is redeemed once", || link.to_string());
        self.expect(expires_at.is_some_and(|end| at < end), "a link is redeemed before it ends", || {
            format!("{link} at {at}, ends {expires_at:?}")
        });
    }

    fn factor_confirmed(&mut self, user: UserId, factor: FactorId, step: u64) {
        let generation = self.account.generation;
        let person = self.person(user);
        let pending = person.pending.take();
        let fresh = person.steps.insert((factor, step));
        person.factors.insert(factor, step);
        let right = pending == Some((factor, generation));
        self.expect(right, "a factor is confirmed in the generation it began in", || {
            format!("{factor}, pending {pending:?} in {generation}")
        });
        self.expect(fresh, "an OTP step is accepted once", || format!("{factor} step {step}"));
        self.proofs.insert(Shown::Own(user), self.place.act);
    }

    fn otp_accepted(&mut self, user: UserId, factor: FactorId, step: u64) {
        let generation = self.account.generation;
        let person = self.person(user);
        let enrolled = person.enrolled;
        let last = person.factors.insert(factor, step);
        let fresh = person.steps.insert((factor, step));
        self.expect(fresh, "an OTP step is accepted once", || format!("{factor} step {step}"));
        self.expect(
            last.is_some_and(|last| step > last),
            "a step is only accepted above the last one",
            || format!("{factor} step {step}, last {last:?}"),
        );
        self.expect(enrolled == Some(generation), "no factor of an older generation is accepted", || {
            format!("{factor} of generation {enrolled:?} in {generation}")
        });
    }

    fn recovery_code_used(&mut self, user: UserId, set: CodeSetId, index: u8, left: u8) {
        let generation = self.account.generation;
        let person = self.person(user);
        let (enrolled, first) = (person.enrolled, person.used.insert((set, index)));
        let codes = person.codes.as_mut().filter(|c| c.set == set && index < c.count);
        let counted = codes.map(|c| {
            c.used.insert(index);
            c.count - c.used.len() as u8
        });
        self.expect(first, "a recovery code is used once", || format!("{set} {index}"));
        self.expect(counted == Some(left), "a recovery code is of the set in force, and counted", || {
            format!("{set} {index}: {left} left, counted {counted:?}")
        });
        self.expect(
            enrolled == Some(generation),
            "no recovery code of an older generation is accepted",
            || format!("{set} of generation {enrolled:?} in {generation}"),
        );
    }

    fn proved(&mut self, user: UserId, purpose: Purpose) {
        let shown = match purpose {
            Purpose::SignIn(sign_in) => Shown::SignIn(sign_in),
            Purpose::StepUp(session) => Shown::StepUp(session),
            Purpose::Confirm(_) | Purpose::Disable => Shown::Own(user),
        };
        let before = self.proofs.insert(shown, self.place.act);
        let again = matches!(shown, Shown::SignIn(_)) && before.is_some();
        self.expect(!again, "one attempt is proved once", || format!("{shown:?}"));
    }

    /// A reset is written into a stream once, and never into a newer generation.
    fn reached(&mut self, user: UserId, generation: u32, effective_at: Timestamp) {
        let announced = self.account.disables.get(&generation);
        let right = announced.is_some_and(|(people, at)| people.contains(&user) && *at == effective_at);
        self.expect(right, "a reset reaches whom its disable announced, as of then", || {
            format!("{user}, generation {generation}, {effective_at}")
        });
        let enrolled = self.person(user).enrolled;
        self.expect(
            enrolled.is_some_and(|e| e < generation),
            "a reset never touches a newer generation",
            || format!("{user} is enrolled in {enrolled:?}, reset for {generation}"),
        );
        let first = self.account.reached.entry(generation).or_default().insert(user);
        self.expect(first, "a reset is written once", || format!("{user}, generation {generation}"));
    }

    /// A proof was weighed: only while its budget was open.
    fn looked_at(&mut self, user: UserId, budget: (&'static str, Familiarity), at: Timestamp) {
        let failures = self.person(user).failures.get(&budget).copied().unwrap_or_default();
        let open = !failures.locked && failures.retry_at.is_none_or(|until| at >= until);
        self.expect(open, "nothing is looked at while its budget is closed", || {
            format!("{budget:?} at {at}: {failures:?}")
        });
    }

    fn charged(
        &mut self,
        user: UserId,
        budget: (&'static str, Familiarity),
        consecutive: u16,
        retry_at: Option<Timestamp>,
        at: Timestamp,
    ) {
        self.looked_at(user, budget, at);
        let failures = self.person(user).failures.entry(budget).or_default();
        failures.consecutive += 1;
        failures.retry_at = retry_at;
        let counted = failures.consecutive;
        self.expect(consecutive == counted, "every failure is charged once", || {
            format!("{budget:?}: {consecutive}, counted {counted}")
        });
        self.expect(counted <= HARD_CAP, "no budget is exceeded", || format!("{budget:?}: {counted}"));
    }

    fn forgive(&mut self, user: UserId, gate: &'static str, familiarity: Familiarity) {
        self.person(user).failures.remove(&(gate, familiarity));
    }

    fn lock(&mut self, user: UserId, gate: &'static str, familiarity: Familiarity) {
        let failures = self.person(user).failures.entry((gate, familiarity)).or_default();
        failures.locked = true;
        let counted = failures.consecutive;
        self.expect(counted == HARD_CAP, "a lock comes at the hard cap", || counted.to_string());
    }
}
