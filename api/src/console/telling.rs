//! An event's particulars in words. What happened is one sentence for each type of event
//! (`event-OtpAccepted`); what varies from one to the next follows in lines of its own.

use serde::de::DeserializeOwned;
use twofold_domain::account::{AccountEvent, Governance, GuardedAct, OperatorAct, OperatorScope};
use twofold_domain::device::DeviceEvent;
use twofold_domain::policy::AudiencePolicy;
use twofold_domain::sealed::{Reason, Sealed};
use twofold_domain::time::Timestamp;
use twofold_domain::upcast;
use twofold_domain::user::{
    FrozenBy, Handing, LinkPurpose, Objection, Purpose, RecoveryRoute, ResetCause, Thawed, UserEvent,
};
use twofold_infra::mail;
use twofold_infra::zone::Zone;
use twofold_projections::audit::Entry;

use super::policy_form::audience_words;
use crate::pages::frame::{Frame, When};

/// What an event says beyond its name.
#[derive(Default)]
pub(super) struct Told {
    /// A line each.
    pub(super) particulars: Vec<String>,
    /// Why, in the words of who did it; sealed.
    pub(super) reason: Option<Sealed<Reason>>,
    /// Of a reset: the generation of the account-wide disable that it follows from.
    pub(super) reset_by: Option<u32>,
}

/// The key of the sentence for a type of event.
pub(super) fn key(event_type: &str) -> String {
    format!("event-{event_type}")
}

/// The particulars of an event; none of one that this program cannot read.
pub(super) fn tell(f: &Frame, entry: &Entry) -> Told {
    match &*entry.row.stream {
        "account" => read(entry).map(|event| account(f, event)),
        "user" => read(entry).map(|event| user(f, event)),
        "device" => read(entry).map(|event| device(f, &event)),
        _ => None,
    }
    .unwrap_or_default()
}

/// The event in the shape of today.
pub(super) fn read<E: DeserializeOwned>(entry: &Entry) -> Option<E> {
    let payload = serde_json::from_str(&entry.payload).ok()?;
    let today = upcast::to_today(&entry.row.event_type, &entry.event_version, payload)?;
    serde_json::from_value(today).ok()
}

impl Told {
    fn lines(particulars: impl IntoIterator<Item = String>) -> Self {
        Self { particulars: particulars.into_iter().collect(), ..Self::default() }
    }

    fn because(mut self, reason: Option<Sealed<Reason>>) -> Self {
        self.reason = reason;
        self
    }
}

/// The words of one of the domain's values.
fn value(f: &Frame, name: &'static str) -> String {
    f.s(&format!("value-{}", name.replace('_', "-")))
}

fn until(f: &Frame, at: Timestamp) -> String {
    f.v("told-until", When::from(at).plain)
}

fn account(f: &Frame, event: AccountEvent) -> Told {
    match event {
        AccountEvent::PolicyChanged { audience, before, after, .. } => {
            Told::lines(std::iter::once(f.s(audience_words(audience).1)).chain(changes(f, &before, &after)))
        }
        AccountEvent::AccountTwoFactorDisabled { people, reason, .. } => {
            Told::lines([f.n("told-people", people)]).because(reason)
        }
        AccountEvent::AccountTwoFactorSuspended { reason, .. } => Told::default().because(reason),
        AccountEvent::ResetFanOutCompleted { people, .. } => Told::lines([f.n("told-people", people)]),
        AccountEvent::SignInsRefused { unknown, locked, from, to } => Told::lines([
            f.n("told-refused-unknown", u64::from(unknown)),
            f.n("told-refused-locked", u64::from(locked)),
            format!("{} – {}", When::from(from).plain, When::from(to).plain),
        ]),
        AccountEvent::DeliveryTroubleRaised { channel, user, failures, why, .. } => Told::lines([
            value(f, channel.name()),
            user.to_string(),
            value(f, why.name()),
            f.n("told-in-a-row", failures),
        ]),
        AccountEvent::OperatorActed { act, .. } => Told::lines([match OperatorAct::of_word(&act) {
            Some(act) => value(f, act.word()),
            None => act,
        }]),
        AccountEvent::OperatorGranted { scopes, reason, until: end, .. } => {
            Told::lines(scopes.into_iter().map(|scope| operator_scope(f, scope)).chain([until(f, end)]))
                .because(Some(reason))
        }
        AccountEvent::PolicyScheduled { audience, begins_at, .. } => {
            Told::lines([f.s(audience_words(audience).1), When::from(begins_at).plain])
        }
        AccountEvent::GovernanceChanged { before, after, .. } => Told::lines(governance(f, &before, &after)),
        AccountEvent::OwnerFloorChanged { audience, .. } => Told::lines([f.s(audience_words(audience).1)]),
        AccountEvent::ProfileChosen { profile, .. } => Told::lines(profile),
        AccountEvent::AccountSettingsChanged { after, .. } => Told::lines([after.name]),
        AccountEvent::AccountOpened { name, .. }
        | AccountEvent::GroupCreated { name, .. }
        | AccountEvent::GroupRenamed { name, .. }
        | AccountEvent::ClientRegistered { name, .. } => Told::lines([name]),
        AccountEvent::ClientTokenIssued { scopes, .. } => {
            Told::lines(scopes.into_iter().map(|scope| value(f, scope.into())))
        }
        AccountEvent::ApprovalRequested { act, matures_at, expires_at, reason, .. } => {
            let matures = matures_at.map(|at| f.v("told-matures", When::from(at).plain));
            let lines = std::iter::once(value(f, guarded(&act))).chain(matures);
            Told::lines(lines.chain([until(f, expires_at)])).because(Some(reason))
        }
        AccountEvent::HardwareTokensImported { count, format, .. } => {
            Told::lines([f.n("told-tokens", count), value(f, format.into())])
        }
        AccountEvent::SandboxClockSet { to, .. } => Told::lines([When::from(to).plain]),
        AccountEvent::AccountTwoFactorEnabled { .. }
        | AccountEvent::AccountTwoFactorResumed { .. }
        | AccountEvent::PolicyScheduleCancelled { .. }
        | AccountEvent::GroupDeleted { .. }
        | AccountEvent::ClientRemoved { .. }
        | AccountEvent::ClientTokenRevoked { .. }
        | AccountEvent::ApprovalUsed { .. }
        | AccountEvent::ApprovalCancelled { .. }
        | AccountEvent::OperatorGrantRevoked { .. }
        | AccountEvent::AccountClosed { .. } => Told::default(),
    }
}

/// What an act that takes two does, in words.
pub(super) fn of_act(f: &Frame, act: &GuardedAct) -> String {
    value(f, guarded(act))
}

const fn guarded(act: &GuardedAct) -> &'static str {
    match act {
        GuardedAct::Disable { .. } => "disable_account",
        GuardedAct::Suspend => "suspend_account",
        GuardedAct::ResetOwner { .. } => "reset_owner",
        GuardedAct::ExemptOwner { .. } => "exempt_owner",
        GuardedAct::GrantOwnerRecovery { .. } => "grant_owner_recovery",
        GuardedAct::Erase { .. } => "erase_person",
        GuardedAct::GrantOwner { .. } => "grant_owner",
        GuardedAct::TransferOwnership { .. } => "transfer_ownership",
        GuardedAct::GrantOperator { .. } => "grant_operator",
        GuardedAct::CloseAccount => "close_account",
        GuardedAct::ChangeGovernance { .. } => "change_governance",
    }
}

/// What a change of the governance changed.
pub(super) fn governance(f: &Frame, before: &Governance, after: &Governance) -> Vec<String> {
    let yes = |yes: bool| f.s(if yes { "yes" } else { "no" });
    let guards = |governance: &Governance| match &governance.dual_control {
        None => f.s("governance-default"),
        Some(acts) if acts.is_empty() => f.s("governance-now-none"),
        Some(acts) => {
            let words = acts.iter().map(|act| f.s(&super::governance::key(*act)));
            words.collect::<Vec<_>>().join(", ")
        }
    };
    let settings = [
        ("governance-switch", yes(before.admins_may_switch), yes(after.admins_may_switch)),
        ("governance-dual", guards(before), guards(after)),
        ("governance-waive", yes(before.team_may_waive_both), yes(after.team_may_waive_both)),
    ];
    let changed = settings.into_iter().filter(|(_, before, after)| before != after);
    changed.map(|(key, before, after)| format!("{}: {before} → {after}", f.s(key))).collect()
}

/// What a change of the policy changed.
pub(super) fn changes(f: &Frame, before: &AudiencePolicy, after: &AudiencePolicy) -> Vec<String> {
    let required = |policy: &AudiencePolicy| {
        f.s(if policy.required { "in-force-required" } else { "in-force-optional" })
    };
    let mut lines = Vec::new();
    if before.required != after.required {
        lines.push(format!("{} → {}", required(before), required(after)));
    }
    lines.extend(super::policy_form::differences(f, before, after));
    lines
}

fn user(f: &Frame, event: UserEvent) -> Told {
    match event {
        UserEvent::UserRegistered { role, .. } => Told::lines([f.role(role.name())]),
        UserEvent::LinkIssued { purpose, expires_at, .. } => {
            let purpose = match purpose {
                LinkPurpose::Invitation => "invitation",
                LinkPurpose::SetUp => "set_up",
                LinkPurpose::PasswordReset => "password_reset",
                LinkPurpose::EmailChange => "email_change",
                LinkPurpose::Verification => "verification",
                LinkPurpose::Recovery => "recovery",
                LinkPurpose::WayBack => "way_back",
            };
            Told::lines([value(f, purpose), until(f, expires_at)])
        }
        UserEvent::PasswordRejected { consecutive, retry_at, .. } => {
            Told::lines(failures(f, consecutive, retry_at))
        }
        UserEvent::MailedCodeIssued { expires_at, .. }
        | UserEvent::EmailChangeRequested { expires_at, .. } => Told::lines([until(f, expires_at)]),
        UserEvent::MailedCodeRejected { refusal, tries_left, .. } => {
            Told::lines([value(f, refusal.name()), f.n("told-tries-left", tries_left)])
        }
        UserEvent::RecoveryCodesGenerated { count, .. }
        | UserEvent::RecoveryCodesRegenerated { count, .. } => Told::lines([f.n("codes-left", count)]),
        UserEvent::OtpAccepted { purpose, .. }
        | UserEvent::SmsCodeAccepted { purpose, .. }
        | UserEvent::AssertionAccepted { purpose, .. }
        | UserEvent::RecoveryGrantUsed { purpose, .. } => Told::lines([value(f, what_for(purpose))]),
        UserEvent::SmsCodeIssued { purpose, expires_at, .. } => {
            Told::lines([value(f, what_for(purpose)), until(f, expires_at)])
        }
        UserEvent::FactorDriftFound { drift, .. } => Told::lines([f.v("told-drift", format!("{drift:+}"))]),
        UserEvent::FactorEnrolmentStarted { detail, .. } | UserEvent::FactorClaimed { detail, .. } => {
            Told::lines([value(f, detail.kind().name())])
        }
        UserEvent::RecoveryCodeUsed { left, purpose, .. } => {
            Told::lines([value(f, what_for(purpose)), f.n("codes-left", left)])
        }
        UserEvent::RecoveryCodesLow { left } => Told::lines([f.n("codes-left", left)]),
        UserEvent::ProofRejected { kind, refusal, purpose, consecutive, retry_at, .. } => Told::lines(
            [value(f, kind.into()), value(f, refusal.name()), value(f, what_for(purpose))]
                .into_iter()
                .chain(failures(f, consecutive, retry_at)),
        ),
        UserEvent::LockedOut { gate, .. } => Told::lines([value(f, gate.into())]),
        UserEvent::Unlocked { reason } => Told::default().because(Some(reason)),
        UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { generation }, .. } => {
            Told { reset_by: Some(generation), ..Told::lines([f.s("told-by-disable")]) }
        }
        UserEvent::TwoFactorReset { cause: ResetCause::Staff { reason, .. }, .. } => {
            Told::lines([f.s("told-by-staff")]).because(Some(reason))
        }
        UserEvent::TwoFactorReset {
            cause: ResetCause::StaffAfterWait { .. } | ResetCause::AfterWait { .. },
            ..
        } => Told::lines([f.s("told-after-wait")]),
        UserEvent::TwoFactorReset { cause: ResetCause::Granted { .. }, .. } => {
            Told::lines([f.s("told-granted")])
        }
        UserEvent::StaffResetAsked { subject, .. } => Told::lines([subject.to_string()]),
        UserEvent::TwoFactorResetScheduled { route, reason, due_at, .. } => {
            Told::lines([value(f, way(route)), f.v("told-matures", When::from(due_at).plain)]).because(reason)
        }
        UserEvent::TwoFactorResetCancelled { how, .. } => Told::lines(how.map(|how| value(f, objected(how)))),
        UserEvent::RecoveryRequested { route, .. } => Told::lines([value(f, way(route))]),
        UserEvent::RecoveryRefused { route, why, .. } => {
            Told::lines([value(f, way(route)), value(f, why.into())])
        }
        UserEvent::RecoveryGranted { handed, reason, expires_at, .. } => {
            let handed = match handed {
                Handing::Link { .. } => "told-handed-link",
                Handing::Issuer { .. } => "told-handed-issuer",
            };
            Told::lines([f.s(handed), until(f, expires_at)]).because(Some(reason))
        }
        UserEvent::RecoveryGrantRevoked { how, .. } => Told::lines([value(f, objected(how))]),
        UserEvent::ExemptionGranted { reason, until: end, .. } => {
            Told::lines([until(f, end)]).because(Some(reason))
        }
        UserEvent::EnrolmentTicketIssued { reason, expires_at, .. } => {
            Told::lines([until(f, expires_at)]).because(Some(reason))
        }
        UserEvent::EnrolmentTicketRejected { tries_left, .. } => {
            Told::lines([f.n("told-tries-left", tries_left)])
        }
        UserEvent::PasswordClaimed { scheme, .. } => Told::lines([scheme]),
        UserEvent::RoleChanged { from, to, .. } => {
            Told::lines([format!("{} → {}", f.role(from.name()), f.role(to.name()))])
        }
        UserEvent::UserDeactivated { reason, .. } => Told::default().because(reason),
        UserEvent::IdentityProviderLinked { provider, .. }
        | UserEvent::IdentityProviderUnlinked { provider, .. } => Told::lines([provider]),
        UserEvent::ApiTokenIssued { scopes, .. } => {
            Told::lines(scopes.into_iter().map(|scope| value(f, scope.into())))
        }
        UserEvent::PasswordAccessUsed { outcome, .. } => Told::lines([value(f, outcome.into())]),
        UserEvent::MessageSent { posted, .. } => {
            Told::lines([value(f, posted.channel.name()), f.v("told-letter", letter_name(f, &posted.letter))])
        }
        UserEvent::MessageFailed { posted, why, reply, .. } => {
            let reply = reply.map(|reply| f.n("told-reply", reply));
            let lines = [
                value(f, posted.channel.name()),
                f.v("told-letter", letter_name(f, &posted.letter)),
                value(f, why.name()),
                f.n("told-attempts", posted.attempts),
            ];
            Told::lines(lines.into_iter().chain(reply))
        }
        UserEvent::UserFrozen { by, reason, .. } => Told::lines([value(f, frozen_by(by))]).because(reason),
        UserEvent::ThawAllowed { route, reason, from, .. } => {
            Told::lines([value(f, way(route)), f.v("told-thaw-from", When::from(from).plain)]).because(reason)
        }
        UserEvent::ThawStopped { how, .. } => Told::lines([value(f, objected(how))]),
        UserEvent::UserThawed { how, .. } => Told::lines([value(
            f,
            match how {
                Thawed::Factor => "thawed_factor",
                Thawed::Allowed => "thawed_allowed",
            },
        )]),
        UserEvent::PersonErased { values, .. } => Told::lines([f.n("told-values", values)]),
        UserEvent::RecoveryCodeRevealed { .. }
        | UserEvent::RecoveryCompleted { .. }
        | UserEvent::ExemptionEnded { .. }
        | UserEvent::EnrolmentTicketUsed { .. }
        | UserEvent::PasswordRehashed { .. }
        | UserEvent::EmailChanged { .. }
        | UserEvent::UserRenamed { .. }
        | UserEvent::LanguageChanged { .. }
        | UserEvent::GroupsChanged { .. }
        | UserEvent::UserReactivated { .. }
        | UserEvent::ApiTokenRevoked { .. }
        | UserEvent::LinkRedeemed { .. }
        | UserEvent::EmailVerified { .. }
        | UserEvent::PasswordSet { .. }
        | UserEvent::PasswordAccepted { .. }
        | UserEvent::MailedCodeAccepted { .. }
        | UserEvent::FactorConfirmed { .. }
        | UserEvent::FactorRenamed { .. }
        | UserEvent::FactorPreferred { .. }
        | UserEvent::TokenAssigned { .. }
        | UserEvent::TokenWithdrawn { .. }
        | UserEvent::TwoFactorEnabled { .. }
        | UserEvent::RecoveryCodesExhausted { .. }
        | UserEvent::PasswordChangeDemanded { .. }
        | UserEvent::FactorRemoved { .. }
        | UserEvent::TwoFactorDisabled { .. }
        | UserEvent::DeviceReportedLost { .. } => Told::default(),
    }
}

pub(super) const fn way(route: RecoveryRoute) -> &'static str {
    match route {
        RecoveryRoute::Grant => "way_grant",
        RecoveryRoute::Staff => "way_staff",
        RecoveryRoute::Mailbox => "way_mailbox",
        RecoveryRoute::TrustedDevice => "way_trusted_device",
        RecoveryRoute::Owner => "way_owner",
        RecoveryRoute::Frozen => "way_frozen",
    }
}

pub(super) const fn objected(how: Objection) -> &'static str {
    match how {
        Objection::Factor => "objected_factor",
        Objection::Person => "objected_person",
        Objection::Staff => "objected_staff",
        Objection::Password => "objected_password",
        Objection::Address => "objected_address",
        Objection::Replaced => "objected_replaced",
        Objection::Frozen => "objected_frozen",
    }
}

const fn frozen_by(by: FrozenBy) -> &'static str {
    match by {
        FrozenBy::OwnLink => "frozen_own_link",
        FrozenBy::Person => "frozen_self",
        FrozenBy::Staff => "frozen_staff",
    }
}

/// What the operator is let do, in words.
pub(super) fn operator_scope(f: &Frame, scope: OperatorScope) -> String {
    f.s(match scope {
        OperatorScope::Link => "operator-scope-link",
        OperatorScope::Unlock => "operator-scope-unlock",
        OperatorScope::Read => "operator-scope-read",
        OperatorScope::Import => "operator-scope-import",
    })
}

/// What a message is called: the subject that its mail has, or the stable name of its words.
pub(super) fn letter_name(f: &Frame, letter: &str) -> String {
    let account = f.account.as_ref().map_or("", |account| &account.name);
    let brand = mail::Brand { product: &f.product, account, sandbox: false, zone: &Zone::UTC };
    let subject = mail::subject(letter, mail::Language::of_tag(f.language.tag()), brand);
    subject.unwrap_or_else(|| letter.to_owned())
}

fn failures(f: &Frame, consecutive: u16, retry_at: Option<Timestamp>) -> impl Iterator<Item = String> {
    let wait = retry_at.map(|at| f.v("told-wait", When::from(at).plain));
    std::iter::once(f.n("told-in-a-row", consecutive)).chain(wait)
}

const fn what_for(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::SignIn(_) => "sign_in",
        Purpose::StepUp(_) => "step_up",
        Purpose::Confirm(_) => "confirm",
        Purpose::Disable => "disable",
        Purpose::Thaw(_) => "thaw",
    }
}

fn device(f: &Frame, event: &DeviceEvent) -> Told {
    match *event {
        DeviceEvent::SignInStarted { decision, ref reasons, .. } => {
            let reasons = reasons.iter().map(|why| value(f, why.into()));
            Told::lines(std::iter::once(value(f, decision.into())).chain(reasons))
        }
        DeviceEvent::SignInCompleted { method, .. } | DeviceEvent::SessionSteppedUp { method, .. } => {
            Told::lines([value(f, method.into())])
        }
        DeviceEvent::SessionStarted { scope, method, ends_at, .. } => {
            Told::lines([value(f, scope.into()), value(f, method.into()), until(f, ends_at)])
        }
        DeviceEvent::SessionEnded { cause, .. } => Told::lines([value(f, cause.into())]),
        DeviceEvent::DeviceTrusted { until: end, .. } => Told::lines([until(f, end)]),
        DeviceEvent::DeviceDistrusted { cause } => Told::lines([value(f, cause.into())]),
        DeviceEvent::SessionReauthorised { ref means, .. } => Told::lines([means.clone()]),
        DeviceEvent::DeviceRegistered { .. }
        | DeviceEvent::SessionRenewed { .. }
        | DeviceEvent::ApiTokenUsed { .. }
        | DeviceEvent::SessionActive { .. }
        | DeviceEvent::DeviceTokenRotated { .. } => Told::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::log::types;
    use crate::pages::Language;

    #[test]
    fn every_event_has_words_in_every_language() {
        for language in Language::ALL {
            for name in types() {
                assert_ne!(language.say(&key(name)), key(name), "{name} in {}", language.tag());
            }
        }
    }

    #[test]
    fn every_value_has_words_in_every_language() {
        let values = [
            "complete",
            "challenge",
            "enrol",
            "enrolled",
            "new-device",
            "device-trusted",
            "trust-ended",
            "not-trusted",
            "every-sign-in",
            "required-not-enrolled",
            "in-grace",
            "optional-not-enrolled",
            "account-suspended",
            "account-disabled",
            "password",
            "trust",
            "otp",
            "recovery-code",
            "full",
            "enrolment",
            "signed-out",
            "ended-by-user",
            "ended-by-staff",
            "device-lost",
            "token-replayed",
            "displaced",
            "person-erased",
            "revoked-by-user",
            "revoked-by-staff",
            "wrong",
            "replayed",
            "expired",
            "second-factor",
            "mailed-code",
            "invitation",
            "set-up",
            "sign-in",
            "step-up",
            "confirm",
            "disable",
            "exempted",
            "asserted",
            "kind-not-allowed",
            "totp",
            "token",
            "sms",
            "webauthn",
            "sms-code",
            "assertion",
            "counter-back",
            "not-allowed",
            "csv",
            "pskc",
            "password-reset",
            "email-change",
            "verification",
            "recovery",
            "recovery-grant",
            "way-grant",
            "way-staff",
            "way-mailbox",
            "way-trusted-device",
            "way-owner",
            "end-user",
            "password-mailed",
            "address-changed",
            "objected-factor",
            "objected-person",
            "objected-staff",
            "objected-password",
            "objected-address",
            "objected-replaced",
            "grant-owner-recovery",
            "allowed",
            "warned",
            "refused",
            "disable-account",
            "suspend-account",
            "reset-owner",
            "exempt-owner",
            "erase-person",
            "grant-owner",
            "transfer-ownership",
            "close-account",
            "read-account",
            "read-people",
            "read-status",
            "read-audit",
            "export",
            "manage-end-users",
            "assert-sign-in",
            "assert-trust",
            "mail",
            "sms",
            "unreachable",
            "bad-address",
            "no-transport",
            "person-budget",
            "account-budget",
            "country-budget",
            "unreadable",
        ];
        for language in Language::ALL {
            for name in values {
                let key = format!("value-{name}");
                assert_ne!(language.say(&key), key, "{}", language.tag());
            }
        }
    }
}
