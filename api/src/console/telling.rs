//! An event's particulars in words. What happened is one sentence for each type of event
//! (`event-OtpAccepted`); what varies from one to the next follows in lines of its own.

mod account;
mod changed;
mod reading;
mod user;

use serde::de::DeserializeOwned;
use twofold_domain::delivery::{BudgetOf, Share, SpentBudget};
use twofold_domain::device::DeviceEvent;
use twofold_domain::sealed::{Reason, Sealed};
use twofold_domain::time::Timestamp;
use twofold_domain::upcast;
use twofold_projections::audit::Entry;

pub(super) use account::{changes, governance, of_act, operator_scope};
pub(super) use changed::changed;
pub(super) use user::{frozen_by, letter_name, objected, thawed, way};

use crate::pages::frame::{Frame, When};

/// What an event says beyond its name.
#[derive(Default)]
pub(crate) struct Told {
    /// A line each.
    pub(crate) particulars: Vec<String>,
    /// Why, in the words of who did it; sealed.
    pub(crate) reason: Option<Sealed<Reason>>,
    /// Of a reset: the generation of the account-wide disable that it follows from.
    pub(crate) reset_by: Option<u32>,
}

/// The key of the sentence for a type of event.
pub(crate) fn key(event_type: &str) -> String {
    format!("event-{event_type}")
}

/// The particulars of an event; none of one that this program cannot read.
pub(crate) fn tell(f: &Frame, entry: &Entry) -> Told {
    match &*entry.row.stream {
        "account" => read(entry).map(|event| account::account(f, event)),
        "user" => read(entry).map(|event| user::user(f, event)),
        "device" => read(entry).map(|event| device(f, &event)),
        "reading" => read(entry).map(|event| reading::tell(f, &event)),
        _ => None,
    }
    .unwrap_or_default()
}

/// The event in the shape of today.
pub(crate) fn read<E: DeserializeOwned>(entry: &Entry) -> Option<E> {
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

/// Which budget of the day it is.
pub(super) fn spent_budget(f: &Frame, budget: &SpentBudget) -> String {
    let part = match budget.share {
        Share::Own => "",
        Share::Anybody => "-anybody",
        Share::Invited => "-invited",
    };
    match budget.whose {
        BudgetOf::Country(code) => f.v("delivery-spent-country", code),
        whose @ (BudgetOf::Person(_) | BudgetOf::Account) => {
            f.s(&format!("delivery-spent-{}{part}", whose.word()))
        }
    }
}

fn until(f: &Frame, at: Timestamp) -> String {
    f.v("told-until", When::from(at).plain)
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
        DeviceEvent::ProofCameLate { over, .. } => Told::lines([value(f, over.into())]),
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
    use crate::pages::Language;

    #[test]
    fn every_event_has_words_in_every_language() {
        for language in Language::ALL {
            for name in twofold_projections::fact::event_types() {
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
            "provider-only",
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
            "not-secure",
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
