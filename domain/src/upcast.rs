//! Old events, read as today's. Pure JSON to JSON: one function per event type and version step,
//! each with a frozen stored line as its test (`domain/samples/`).
//!
//! To change an event: add a step here from its present version, add a sample of the new version,
//! and keep every older sample. Its version today follows from the table. Stored events are never
//! rewritten.

use serde_json::{Value, json};

/// The version of an event that never changed.
const FIRST: &str = "1";

/// One change of one event type.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// The event's type, which is unique across aggregates.
    pub event_type: &'static str,
    /// The version it reads.
    pub from: &'static str,
    /// The version it makes.
    pub to: &'static str,
    /// The payload, one version on.
    pub upcast: fn(Value) -> Value,
}

/// Every change so far, oldest first.
pub const STEPS: &[Step] = &[
    Step { event_type: "PolicyChanged", from: "1", to: "2", upcast: policy_2 },
    Step { event_type: "SignInStarted", from: "1", to: "2", upcast: sign_in_2 },
    Step { event_type: "SessionStarted", from: "1", to: "2", upcast: session_2 },
    Step { event_type: "TwoFactorResetScheduled", from: "1", to: "2", upcast: reset_scheduled_2 },
    Step { event_type: "TwoFactorResetCancelled", from: "1", to: "2", upcast: reset_cancelled_2 },
    Step { event_type: "GovernanceChanged", from: "1", to: "2", upcast: governance_2 },
    Step { event_type: "ApprovalRequested", from: "1", to: "2", upcast: approval_2 },
    Step { event_type: "FactorEnrolmentStarted", from: "1", to: "2", upcast: enrolment_2 },
    Step { event_type: "FactorConfirmed", from: "1", to: "2", upcast: confirmed_2 },
    Step { event_type: "FactorClaimed", from: "1", to: "2", upcast: claimed_2 },
    Step { event_type: "OperatorActed", from: "1", to: "2", upcast: operator_2 },
    Step { event_type: "HelpRefused", from: "1", to: "2", upcast: help_refused_2 },
    Step { event_type: "SignInCompleted", from: "1", to: "2", upcast: completed_2 },
    Step { event_type: "SessionStarted", from: "2", to: "3", upcast: session_3 },
    Step { event_type: "EmailChangeRequested", from: "1", to: "2", upcast: email_change_2 },
    Step { event_type: "EmailChangeRequested", from: "2", to: "3", upcast: email_change_3 },
    Step { event_type: "GroupsChanged", from: "1", to: "2", upcast: groups_2 },
    Step { event_type: "EmailChanged", from: "1", to: "2", upcast: email_changed_2 },
    Step { event_type: "UserFrozen", from: "1", to: "2", upcast: frozen_2 },
    Step { event_type: "TwoFactorResetScheduled", from: "2", to: "3", upcast: reset_scheduled_3 },
    Step { event_type: "RecoveryGranted", from: "1", to: "2", upcast: granted_2 },
    Step { event_type: "ThawAllowed", from: "1", to: "2", upcast: thaw_allowed_2 },
    Step { event_type: "OperatorActed", from: "2", to: "3", upcast: operator_3 },
    Step { event_type: "TwoFactorReset", from: "1", to: "2", upcast: reset_2 },
    Step { event_type: "SignInStarted", from: "2", to: "3", upcast: sign_in_3 },
];

/// A policy said less: what it did not say was as a new account has it today. Nothing was scheduled yet,
/// so that the instant of the save, which it did not say either, decides nothing.
fn policy_2(mut payload: Value) -> Value {
    let event = &mut payload["PolicyChanged"];
    let asserted = event["audience"] == "end_users";
    event["at"] = json!(0);
    for policy in ["before", "after"] {
        let policy = &mut event[policy];
        policy["required_of"] = json!({ "roles": [], "groups": [] });
        policy["trust_ends_with_session"] = json!(false);
        policy["allowed_kinds"] = json!([]);
        policy["password_length"] = json!(8);
        policy["password_length_alone"] = json!(15);
        policy["failure_limit"] = json!(50);
        policy["password_api"] = json!("allowed");
        policy["asserted_sign_in"] = json!(asserted);
        policy["reauthorise_on_open"] = json!(false);
    }
    payload
}

/// Only a password opened a sign-in.
fn sign_in_2(mut payload: Value) -> Value {
    payload["SignInStarted"]["first_factor"] = json!("password");
    payload
}

/// It did not say by which token a program vouched.
fn sign_in_3(mut payload: Value) -> Value {
    if let Some(asserted) = payload["SignInStarted"]["first_factor"].get_mut("asserted") {
        asserted["token"] = Value::Null;
    }
    payload
}

/// There were no exemptions, and no program vouched for anybody.
fn session_2(mut payload: Value) -> Value {
    payload["SessionStarted"]["exemption"] = Value::Null;
    payload["SessionStarted"]["client"] = Value::Null;
    payload
}

/// Only staff asked for one, and it was no case.
fn reset_scheduled_2(mut payload: Value) -> Value {
    let event = &mut payload["TwoFactorResetScheduled"];
    event["recovery"] = Value::Null;
    event["route"] = json!("staff");
    payload
}

/// It did not say why.
fn reset_cancelled_2(mut payload: Value) -> Value {
    let event = &mut payload["TwoFactorResetCancelled"];
    event["recovery"] = Value::Null;
    event["how"] = Value::Null;
    payload
}

/// There were no codes to be seen, and no wait to be set.
fn governance_2(mut payload: Value) -> Value {
    for governance in ["before", "after"] {
        say_of_recovery(&mut payload["GovernanceChanged"][governance]);
    }
    payload
}

/// There were authenticator apps only.
fn app(event: &mut Value) {
    let (seed, parameters) = (event["verifier"].take(), event["parameters"].take());
    event["detail"] = json!({ "totp": { "seed": seed, "parameters": parameters } });
    if let Some(fields) = event.as_object_mut() {
        fields.retain(|field, _| !matches!(field.as_str(), "kind" | "parameters" | "verifier"));
    }
}

fn enrolment_2(mut payload: Value) -> Value {
    app(&mut payload["FactorEnrolmentStarted"]);
    payload
}

fn claimed_2(mut payload: Value) -> Value {
    app(&mut payload["FactorClaimed"]);
    payload
}

/// Every factor was confirmed with a time step.
fn confirmed_2(mut payload: Value) -> Value {
    let event = &mut payload["FactorConfirmed"];
    let step = event["step"].take();
    event["first"] = json!({ "step": step });
    if let Some(fields) = event.as_object_mut() {
        fields.remove("step");
    }
    payload
}

/// Owners granted the operator nothing yet.
fn operator_2(mut payload: Value) -> Value {
    payload["OperatorActed"]["grant"] = Value::Null;
    payload
}

/// What the operator did was no case.
fn operator_3(mut payload: Value) -> Value {
    payload["OperatorActed"]["recovery"] = Value::Null;
    payload
}

/// A reset by staff was in no case, whether the sign-in was frozen or not.
fn reset_2(mut payload: Value) -> Value {
    if let Some(staff) = payload["TwoFactorReset"]["cause"].get_mut("staff") {
        staff["recovery"] = Value::Null;
    }
    payload
}

/// Who asked was the actor, and nothing else.
fn help_refused_2(mut payload: Value) -> Value {
    payload["HelpRefused"]["by"] = Value::Null;
    payload
}

/// It said `password` also where a program vouched, which only the sign-in's beginning tells.
fn completed_2(payload: Value) -> Value {
    payload
}

/// It said `password` also where a program vouched, and nothing more was shown.
fn session_3(mut payload: Value) -> Value {
    let event = &mut payload["SessionStarted"];
    if !event["client"].is_null() && event["method"] == "password" {
        event["method"] = json!("asserted");
    }
    payload
}

/// Who asked was the actor, and nothing else.
fn email_change_2(mut payload: Value) -> Value {
    payload["EmailChangeRequested"]["by"] = Value::Null;
    payload
}

/// The role of whoever of staff asked was not said.
fn email_change_3(mut payload: Value) -> Value {
    payload["EmailChangeRequested"]["rank"] = Value::Null;
    payload
}

/// Who of staff asked for it was said only when it was asked for; and it ended no session.
fn email_changed_2(mut payload: Value) -> Value {
    payload["EmailChanged"]["by"] = Value::Null;
    payload
}

/// The role of whoever of staff asked was not said: nobody is too low to stop it.
fn reset_scheduled_3(mut payload: Value) -> Value {
    payload["TwoFactorResetScheduled"]["rank"] = Value::Null;
    payload
}

/// The role of whoever granted it was not said.
fn granted_2(mut payload: Value) -> Value {
    payload["RecoveryGranted"]["rank"] = Value::Null;
    payload
}

/// The role of whoever gave their word was not said.
fn thaw_allowed_2(mut payload: Value) -> Value {
    payload["ThawAllowed"]["rank"] = Value::Null;
    payload
}

/// Of several changes in a row it did not tell which one its reader objected to.
fn frozen_2(mut payload: Value) -> Value {
    payload["UserFrozen"]["against"] = Value::Null;
    payload
}

/// It did not say when. Whoever asks takes it for as long ago as can be: since their last move before it.
fn groups_2(mut payload: Value) -> Value {
    payload["GroupsChanged"]["at"] = json!(0);
    payload
}

/// The same of governance that waited for its approval.
fn approval_2(mut payload: Value) -> Value {
    let act = &mut payload["ApprovalRequested"]["act"];
    if act.get("change_governance").is_some() {
        say_of_recovery(&mut act["change_governance"]["to"]);
    }
    payload
}

fn say_of_recovery(governance: &mut Value) {
    governance["issuers_see_codes"] = json!(false);
    governance["repair_wait_hours"] = json!(24);
}

/// The version in which an event type is written today.
pub fn version_today(event_type: &str) -> &'static str {
    version_in(STEPS, event_type)
}

/// A stored payload as today's code reads it; `None` for a version that leads nowhere, such as one
/// that a newer program wrote.
pub fn to_today(event_type: &str, version: &str, payload: Value) -> Option<Value> {
    through(STEPS, event_type, version, payload)
}

fn version_in(steps: &[Step], event_type: &str) -> &'static str {
    steps.iter().rev().find(|step| step.event_type == event_type).map_or(FIRST, |step| step.to)
}

/// The steps stand oldest first, so one pass climbs from any version.
fn through(steps: &[Step], event_type: &str, version: &str, payload: Value) -> Option<Value> {
    let climb = |(at, payload), step: &Step| {
        let applies = step.event_type == event_type && step.from == at;
        if applies { (step.to, (step.upcast)(payload)) } else { (at, payload) }
    };
    let (reached, payload) = steps.iter().fold((version, payload), climb);
    (reached == version_in(steps, event_type)).then_some(payload)
}

#[cfg(test)]
mod spec {
    use super::*;

    /// An event that grew a field, and then had one renamed.
    const LAMP: [Step; 3] = [
        Step { event_type: "LampLit", from: "1", to: "2", upcast: with_colour },
        Step { event_type: "BellRung", from: "1", to: "2", upcast: |_| Value::Null },
        Step { event_type: "LampLit", from: "2", to: "3", upcast: watts_to_power },
    ];

    fn with_colour(mut payload: Value) -> Value {
        payload["LampLit"]["colour"] = json!("white");
        payload
    }

    fn watts_to_power(mut payload: Value) -> Value {
        let watts = payload["LampLit"]["watts"].take();
        payload["LampLit"] = json!({ "colour": payload["LampLit"]["colour"], "power": watts });
        payload
    }

    #[test]
    fn every_old_version_climbs_to_todays() {
        let today = json!({ "LampLit": { "colour": "white", "power": 40 } });
        let stored = [
            ("1", r#"{"LampLit":{"watts":40}}"#),
            ("2", r#"{"LampLit":{"colour":"white","watts":40}}"#),
            ("3", r#"{"LampLit":{"colour":"white","power":40}}"#),
        ];
        for (version, line) in stored {
            let payload = serde_json::from_str(line).unwrap_or_default();
            let climbed = through(&LAMP, "LampLit", version, payload);
            assert_eq!(climbed.as_ref(), Some(&today), "from version {version}");
        }
    }

    #[test]
    fn an_event_is_written_in_its_newest_version() {
        assert_eq!(version_in(&LAMP, "LampLit"), "3");
        assert_eq!(version_in(&LAMP, "BellRung"), "2");
        assert_eq!(version_in(&LAMP, "DoorOpened"), "1");
    }

    #[test]
    fn what_never_changed_is_left_alone() {
        let payload = json!({ "DoorOpened": { "by": "usr_1" } });
        assert_eq!(through(&LAMP, "DoorOpened", "1", payload.clone()), Some(payload.clone()));
        assert_eq!(to_today("OtpAccepted", "1", payload.clone()), Some(payload));
    }

    #[test]
    fn a_version_of_a_newer_program_is_not_guessed_at() {
        assert_eq!(through(&LAMP, "LampLit", "4", json!({})), None);
        assert_eq!(to_today("OtpAccepted", "2", json!({})), None);
    }

    #[test]
    fn each_step_begins_where_the_one_before_ended() {
        for steps in [STEPS, &LAMP] {
            for (n, step) in steps.iter().enumerate() {
                assert_eq!(step.from, version_in(&steps[..n], step.event_type), "{step:?}");
                assert_ne!(step.from, step.to);
            }
        }
    }
}
