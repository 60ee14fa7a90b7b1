//! Events of devices: sign-ins, sessions, trust.

use serde_json::{Value, json};
use twofold_domain::device::{Decision, DeviceEvent, Method, TokenHolder};
use twofold_domain::ids::{DeviceId, SessionId};
use twofold_domain::time::Timestamp;

use super::{Factor, Managing, Mapped, OTHER, Severity, Signing, managing, signing, subject};
use crate::fact::Fact;

fn session(session: SessionId, began: Option<Timestamp>) -> Value {
    let mut said = json!({ "uid": session.to_string() });
    if let Some(began) = began {
        said["created_time"] = began.micros().div_euclid(1_000).into();
    }
    said
}

/// A sign-in by a method. Trust is not a second factor.
fn by(mapped: Mapped, method: Method) -> Mapped {
    match method {
        Method::Password | Method::Trust => mapped.with("is_mfa", false.into()),
        Method::Asserted => mapped
            .with("is_mfa", false.into())
            .with("auth_protocol_id", OTHER.into())
            .with("auth_protocol", "asserted".into()),
        Method::Otp => mapped.second(Factor::Otp),
        Method::SmsCode => mapped.second(Factor::Sms),
        Method::Assertion => mapped.second(Factor::WebAuthn),
        Method::RecoveryCode | Method::RecoveryGrant => mapped.second(Factor::Other),
    }
}

pub(super) fn map(fact: &Fact, device: DeviceId, event: &DeviceEvent) -> Mapped {
    use DeviceEvent as E;
    let who = subject(fact);
    let sign = |activity| signing(activity, &who, fact);
    let this = json!({ "uid": device.to_string(), "type_id": 1 });
    match event {
        E::DeviceRegistered { .. } => managing(Managing::Enroll, &this),
        E::DeviceTokenRotated { .. } => managing(Managing::Update, &this),
        E::DeviceTrusted { .. } => managing(Managing::Enable, &this),
        E::DeviceDistrusted { .. } => managing(Managing::Disable, &this),
        E::SignInStarted { decision, .. } => {
            let word: &'static str = decision.into();
            let started = sign(Signing::Preauth).with("status_detail", word.into());
            match decision {
                Decision::Complete | Decision::Challenge => started,
                Decision::Enrol => started.severe(Severity::Low),
            }
        }
        E::ProofCameLate { over, .. } => {
            let over: &'static str = over.into();
            sign(Signing::Logon).failed(over)
        }
        E::SignInCompleted { method, .. } => by(sign(Signing::Preauth), *method),
        E::SessionStarted { session: id, method, at, .. } => {
            by(sign(Signing::Logon), *method).with("session", session(*id, Some(*at)))
        }
        E::SessionSteppedUp { session: id, method, .. } => {
            by(sign(Signing::Preauth), *method).with("session", session(*id, None))
        }
        E::SessionRenewed { session: id, .. } => sign(Signing::Renewal).with("session", session(*id, None)),
        E::SessionActive { session: id, .. } => sign(Signing::Other).with("session", session(*id, None)),
        E::SessionReauthorised { session: id, means, .. } => sign(Signing::Preauth)
            .with("session", session(*id, None))
            .with("status_detail", means.as_str().into()),
        E::SessionEnded { session: id, cause } => {
            let word: &'static str = cause.into();
            sign(Signing::Logoff).with("session", session(*id, None)).with("status_detail", word.into())
        }
        E::ApiTokenUsed { holder, .. } => {
            let holder = match holder {
                TokenHolder::User(user) => super::user(*user),
                TokenHolder::Client(client) => json!({ "uid": client.to_string(), "type_id": 4 }),
            };
            signing(Signing::Ticket, &holder, fact)
        }
    }
}
