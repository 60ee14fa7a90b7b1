//! Given, when, then: the tables of the rules, and the people, codes, and instants in them.

use std::fmt::Debug;

use cqrs_es::Aggregate;
use cqrs_es::test::TestFramework;
use uuid::Uuid;

use crate::account::{AccountEvent, ClockKind};
use crate::device::Origin;
use crate::factor::otp::OtpParameters;
use crate::factor::sms::NewSmsCode;
use crate::factor::{FactorDetail, FirstUse, totp};
use crate::ids::{
    AccountId, CodeSetId, DeviceId, FactorId, LinkId, MailedCodeId, RecoveryId, SessionId, SignInId,
    SmsCodeId, UserId, VerifierId,
};
use crate::policy::{Audience, AudiencePolicy, Role};
use crate::proof::{Era, Verdict};
use crate::sealed::{Kind, Sealed};
use crate::time::{Span, Timestamp};
use crate::user::{
    Familiarity, NewCodes, NewFactor, NewMailedCode, ProofKind, Purpose, RecoveryRoute, ResetCause,
    UserCommand, UserEvent,
};

/// What went before, on one stream.
pub(crate) struct Given<A: Aggregate> {
    past: Vec<A::Event>,
    services: A::Services,
}

/// What a command came to.
pub(crate) struct Came<A: Aggregate> {
    story: String,
    result: Result<Vec<A::Event>, A::Error>,
}

pub(crate) fn given<A>(past: impl IntoIterator<Item = A::Event>) -> Given<A>
where
    A: Aggregate,
    A::Services: Default,
{
    Given { past: past.into_iter().collect(), services: A::Services::default() }
}

impl<A> Given<A>
where
    A: Aggregate,
    A::Event: Debug + PartialEq,
    A::Error: PartialEq,
    A::Command: Debug,
{
    pub(crate) fn under(self, services: A::Services) -> Self {
        Self { services, ..self }
    }

    pub(crate) fn when(self, command: A::Command) -> Came<A> {
        let past: Vec<String> = self.past.iter().map(|e| format!("\n    {e:?}")).collect();
        let past = past.concat();
        let story = format!(
            "given {}when {command:?}",
            if past.is_empty() { "nothing, ".into() } else { past + "\n" }
        );
        let result = TestFramework::<A>::with(self.services).given(self.past).when(command).inspect_result();
        Came { story, result }
    }
}

impl<A> Came<A>
where
    A: Aggregate,
    A::Event: Debug + PartialEq,
    A::Error: PartialEq,
{
    /// Exactly these events are recorded.
    #[track_caller]
    pub(crate) fn then(self, expected: impl IntoIterator<Item = A::Event>) {
        let expected: Vec<A::Event> = expected.into_iter().collect();
        match self.result {
            Ok(events) if events == expected => {}
            Ok(events) => panic!("{}\nshould record {expected:#?}\nbut records {events:#?}", self.story),
            Err(refusal) => {
                panic!("{}\nshould record {expected:#?}\nbut is refused: {refusal}", self.story)
            }
        }
    }

    /// Nothing is recorded, and it is not refused either.
    #[track_caller]
    pub(crate) fn then_nothing(self) {
        self.then([]);
    }

    /// Refused, and nothing recorded.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "rows read better without a reference")]
    pub(crate) fn then_refused(self, expected: A::Error) {
        match self.result {
            Err(refusal) if refusal == expected => {}
            Err(refusal) => {
                panic!("{}\nshould be refused with “{expected}”\nbut is refused with “{refusal}”", self.story)
            }
            Ok(events) => {
                panic!("{}\nshould be refused with “{expected}”\nbut records {events:#?}", self.story)
            }
        }
    }
}

/// The state that a past amounts to.
pub(crate) fn fold<A: Aggregate>(past: impl IntoIterator<Item = A::Event>) -> A {
    let mut state = A::default();
    past.into_iter().for_each(|event| state.apply(event));
    state
}

const fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub(crate) const ACME: AccountId = AccountId::from_uuid(id(1));
pub(crate) const ANA: UserId = UserId::from_uuid(id(2));
pub(crate) const PHONE: FactorId = FactorId::from_uuid(id(3));
pub(crate) const TABLET: FactorId = FactorId::from_uuid(id(4));
pub(crate) const LAPTOP: DeviceId = DeviceId::from_uuid(id(5));
pub(crate) const LINK: LinkId = LinkId::from_uuid(id(6));
pub(crate) const SET: CodeSetId = CodeSetId::from_uuid(id(7));
pub(crate) const SIGN_IN: SignInId = SignInId::from_uuid(id(8));
pub(crate) const CASE: RecoveryId = RecoveryId::from_uuid(id(30));
pub(crate) const SESSION: SessionId = SessionId::from_uuid(id(9));
pub(crate) const MAIL: MailedCodeId = MailedCodeId::from_uuid(id(10));

/// Eight in the morning, 1 June 2026, UTC.
pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_780_300_800_000_000);
/// The OTP step of that instant.
pub(crate) const STEP: u64 = 59_343_360;

pub(crate) fn verifier(n: u128) -> VerifierId {
    VerifierId::from_uuid(id(100 + n))
}

pub(crate) fn sealed<K: Kind>() -> Sealed<K> {
    Sealed::from_bytes(vec![1, 2, 3])
}

pub(crate) fn later(span: Span) -> Timestamp {
    NOW + span
}

pub(crate) const NOWHERE: Origin = Origin { ip: None, user_agent: None };

pub(crate) fn opened() -> AccountEvent {
    AccountEvent::AccountOpened {
        account: ACME,
        slug: "acme".into(),
        name: "Acme".into(),
        log_origin: "log.example/1".into(),
        signing_key: None,
        clock: ClockKind::Real,
        at: NOW,
    }
}

pub(crate) fn required(audience: Audience, since: Timestamp) -> AccountEvent {
    policy(audience, |p| p.required = true, Some(since))
}

pub(crate) fn policy(
    audience: Audience,
    change: impl FnOnce(&mut AudiencePolicy),
    required_since: Option<Timestamp>,
) -> AccountEvent {
    let before = AudiencePolicy::of_new(audience);
    let mut after = before.clone();
    change(&mut after);
    AccountEvent::PolicyChanged { audience, version: 1, before, after, required_since, at: NOW }
}

pub(crate) fn account_disabled(generation: u32, at: Timestamp) -> AccountEvent {
    AccountEvent::AccountTwoFactorDisabled { generation, people: 1, digest: "d".into(), reason: None, at }
}

pub(crate) fn account_enabled(generation: u32, at: Timestamp) -> AccountEvent {
    AccountEvent::AccountTwoFactorEnabled { generation, at }
}

pub(crate) fn suspended(suspension: u32, at: Timestamp) -> AccountEvent {
    AccountEvent::AccountTwoFactorSuspended { suspension, reason: None, at }
}

pub(crate) fn resumed(suspension: u32, at: Timestamp) -> AccountEvent {
    AccountEvent::AccountTwoFactorResumed { suspension, at }
}

/// The era after these account-wide disables.
/// A reset that staff asked for, and its case.
pub(crate) fn reset_waits(due_at: Timestamp) -> UserEvent {
    let (recovery, route, reason) = (Some(CASE), RecoveryRoute::Staff, Some(sealed()));
    let rank = Some(Role::Owner);
    UserEvent::TwoFactorResetScheduled { recovery, route, reason, due_at, rank, at: NOW }
}

pub(crate) fn era(disables: &[(u32, Timestamp)]) -> Era {
    let generation = disables.last().map_or(0, |d| d.0);
    Era { generation, disables: disables.to_vec(), ..Era::default() }
}

pub(crate) fn registered(role: Role) -> UserEvent {
    UserEvent::UserRegistered {
        account: ACME,
        user: ANA,
        role,
        name: sealed(),
        email: sealed(),
        language: "en".into(),
        at: NOW,
    }
}

pub(crate) fn password_set() -> UserEvent {
    UserEvent::PasswordSet { verifier: verifier(1), stands_alone: true, at: NOW }
}

/// Registered, with a proved address and a password. Epoch 1.
pub(crate) fn with_password(role: Role) -> Vec<UserEvent> {
    vec![registered(role), UserEvent::EmailVerified { at: NOW }, password_set()]
}

pub(crate) fn app() -> FactorDetail {
    FactorDetail::Totp(totp::Begun { seed: verifier(2), parameters: OtpParameters::APP })
}

pub(crate) fn binding(factor: FactorId, generation: u32, at: Timestamp) -> UserEvent {
    UserEvent::FactorEnrolmentStarted {
        factor,
        detail: app(),
        name: sealed(),
        generation,
        session: SESSION,
        at,
    }
}

pub(crate) fn new_factor(factor: FactorId) -> NewFactor {
    NewFactor { factor, detail: app(), name: sealed(), session: SESSION }
}

pub(crate) const NEW_MAIL: NewMailedCode =
    NewMailedCode { code: MAIL, verifier: VerifierId::from_uuid(id(110)) };
pub(crate) const TEXT: SmsCodeId = SmsCodeId::from_uuid(id(11));
pub(crate) const NEW_TEXT: NewSmsCode = NewSmsCode { code: TEXT, verifier: VerifierId::from_uuid(id(112)) };
pub(crate) const NEW_CODES: NewCodes =
    NewCodes { set: SET, count: 10, verifier: VerifierId::from_uuid(id(111)) };

pub(crate) fn mailed(at: Timestamp) -> UserEvent {
    let NewMailedCode { code, verifier } = NEW_MAIL;
    UserEvent::MailedCodeIssued { code, verifier, expires_at: at + Span::minutes(10), at }
}

pub(crate) fn confirmed(factor: FactorId, step: u64) -> UserEvent {
    UserEvent::FactorConfirmed { factor, first: FirstUse::Step(step), at: NOW }
}

pub(crate) fn codes_made() -> UserEvent {
    let NewCodes { set, count, verifier } = NEW_CODES;
    UserEvent::RecoveryCodesGenerated { set, count, verifier }
}

/// A user with a phone and ten recovery codes, bound in a generation at `STEP - 1`. Epoch 2.
pub(crate) fn enabled_in(generation: u32, role: Role) -> Vec<UserEvent> {
    let mut past = with_password(role);
    past.extend([
        binding(PHONE, generation, NOW),
        confirmed(PHONE, STEP - 1),
        UserEvent::TwoFactorEnabled { generation, at: NOW },
        codes_made(),
    ]);
    past
}

pub(crate) fn enabled() -> Vec<UserEvent> {
    enabled_in(0, Role::Admin)
}

pub(crate) fn right_code() -> Verdict {
    Verdict::Otp { factor: PHONE, step: STEP, drift: 0 }
}

pub(crate) const WRONG: Verdict = Verdict::Mismatch(ProofKind::Otp);

pub(crate) fn accepted(step: u64, purpose: Purpose) -> UserEvent {
    let familiarity = Familiarity::Known;
    UserEvent::OtpAccepted { factor: PHONE, step, purpose, familiarity, at: NOW }
}

pub(crate) fn code_used(index: u8, left: u8, purpose: Purpose) -> UserEvent {
    let familiarity = Familiarity::Known;
    UserEvent::RecoveryCodeUsed { set: SET, index, left, purpose, familiarity, at: NOW }
}

pub(crate) fn reset_by_disable(generation: u32, effective_at: Timestamp) -> UserEvent {
    UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { generation }, effective_at }
}

pub(crate) fn reset_by_staff(compromise: bool) -> UserEvent {
    UserEvent::TwoFactorReset {
        cause: ResetCause::Staff { reason: sealed(), compromise, recovery: None },
        effective_at: NOW,
    }
}

/// `past`, and then `more`.
pub(crate) fn and<E>(mut past: Vec<E>, more: impl IntoIterator<Item = E>) -> Vec<E> {
    past.extend(more);
    past
}

pub(crate) fn start_binding(factor: FactorId, at: Timestamp) -> UserCommand {
    let (factor, familiarity) = (new_factor(factor), Familiarity::Known);
    UserCommand::StartEnrolment { factor, mailed: NEW_MAIL, texted: NEW_TEXT, familiarity, at }
}
