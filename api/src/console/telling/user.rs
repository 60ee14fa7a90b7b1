//! What is told of a person's events.

use twofold_domain::time::Timestamp;
use twofold_domain::user::{
    FrozenBy, Handing, LinkPurpose, Objection, Purpose, RecoveryRoute, ResetCause, Thawed, UserEvent,
};
use twofold_infra::mail;
use twofold_infra::zone::Zone;

use super::{Told, until, value};
use crate::pages::frame::{Frame, When};

pub(super) fn user(f: &Frame, event: UserEvent) -> Told {
    match event {
        UserEvent::UserRegistered { role, .. } => Told::lines([f.role(role.name())]),
        UserEvent::LinkIssued { purpose, expires_at, .. } => {
            let purpose = match purpose {
                LinkPurpose::Invitation => "invitation",
                LinkPurpose::SetUp => "set_up",
                LinkPurpose::PasswordReset => "password_reset",
                LinkPurpose::EmailChange => "email_change",
                LinkPurpose::EmailObjection => "email_objection",
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
        UserEvent::HelpCharged { help, subject, .. } => {
            let help: &'static str = help.into();
            Told::lines([f.s(&format!("value-help-{}", help.replace('_', "-"))), subject.to_string()])
        }
        UserEvent::TwoFactorResetScheduled { route, reason, due_at, .. } => {
            Told::lines([value(f, way(route)), f.v("told-matures", When::from(due_at).plain)]).because(reason)
        }
        UserEvent::TwoFactorResetCancelled { how, .. } => Told::lines(how.map(|how| value(f, objected(how)))),
        UserEvent::RecoveryRequested { route, .. } => Told::lines([value(f, way(route))]),
        UserEvent::HelpRefused { help, why, .. } => {
            let help: &'static str = help.into();
            Told::lines([f.s(&format!("value-help-{}", help.replace('_', "-"))), value(f, why.into())])
        }
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
        UserEvent::EmailChangeCancelled { how, .. } | UserEvent::RecoveryGrantRevoked { how, .. } => {
            Told::lines([value(f, objected(how))])
        }
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
        UserEvent::UserThawed { how, .. } => Told::lines([value(f, thawed(how))]),
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

pub(in crate::console) const fn way(route: RecoveryRoute) -> &'static str {
    match route {
        RecoveryRoute::Grant => "way_grant",
        RecoveryRoute::Staff => "way_staff",
        RecoveryRoute::Mailbox => "way_mailbox",
        RecoveryRoute::TrustedDevice => "way_trusted_device",
        RecoveryRoute::Owner => "way_owner",
        RecoveryRoute::Frozen => "way_frozen",
        RecoveryRoute::Operator => "way_operator",
    }
}

pub(in crate::console) const fn objected(how: Objection) -> &'static str {
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

pub(in crate::console) const fn frozen_by(by: FrozenBy) -> &'static str {
    match by {
        FrozenBy::OwnLink => "frozen_own_link",
        FrozenBy::FormerLink => "frozen_former_link",
        FrozenBy::Person => "frozen_self",
        FrozenBy::Staff => "frozen_staff",
    }
}

pub(in crate::console) const fn thawed(how: Thawed) -> &'static str {
    match how {
        Thawed::Factor => "thawed_factor",
        Thawed::Allowed => "thawed_allowed",
    }
}

/// What a message is called: the subject that its mail has, or the stable name of its words.
pub(in crate::console) fn letter_name(f: &Frame, letter: &str) -> String {
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
        Purpose::Disable | Purpose::DisableIn(_) => "disable",
        Purpose::Thaw(_) => "thaw",
    }
}
