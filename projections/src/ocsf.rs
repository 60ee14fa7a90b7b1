//! Events in the words of the Open Cybersecurity Schema Framework 1.8.0 (<https://schema.ocsf.io/1.8.0>), for
//! whoever gathers the logs of many systems.
//!
//! The mapping is a pure function of an event and of [`MAPPING`], its version: the same event has the same record
//! whenever it is exported. Records are pseudonymous; what the log holds sealed stays sealed. Each type of event is
//! placed by hand (`account`, `person`, `device`), without a catch-all: a new one does not compile before it is.
//!
//! | what happens | class |
//! |---|---|
//! | passwords, proofs, sign-ins, sessions | Authentication (3002) |
//! | people, their passwords and second factors, resets, locks | Account Change (3001) |
//! | policy, the switch, devices, programs, approvals, reads; what belongs to a person: names, addresses, links, tokens, cases | Entity Management (3004) |
//! | roles and tokens | User Access Management (3005) |
//! | groups | Group Management (3006) |
//! | messages, counts of refused sign-ins | Base Event (0) |
//!
//! What the schema has no number for is 99 (Other) and named by the attribute beside it, as the schema demands: an
//! activity by the event's name.

mod account;
mod device;
mod person;
#[cfg(test)]
mod spec;

use serde_json::{Map, Value, json};
use twofold_domain::ids::{ReportJobId, UserId};
use twofold_domain::reading::{Matter, Reader, ReadingEvent};

use crate::audit::Change;
use crate::fact::{Event, Fact};

/// The version of the schema.
pub const SCHEMA: &str = "1.8.0";
/// The version of this mapping; counts up when an event is mapped otherwise.
pub const MAPPING: u32 = 3;

/// The classes that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Base = 0,
    AccountChange = 3001,
    Authentication = 3002,
    EntityManagement = 3004,
    UserAccess = 3005,
    GroupManagement = 3006,
}

/// `severity_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Severity {
    Informational = 1,
    Low = 2,
    Medium = 3,
    High = 4,
}

/// The schema's number for what it has none for.
const OTHER: u8 = 99;

/// Activities of Authentication.
#[derive(Debug, Clone, Copy)]
enum Signing {
    Logon = 1,
    Logoff = 2,
    Ticket = 3,
    Renewal = 5,
    Preauth = 6,
    Other = 99,
}

/// Activities of Account Change.
#[derive(Debug, Clone, Copy)]
enum Changing {
    Create = 1,
    Enable = 2,
    PasswordChange = 3,
    PasswordReset = 4,
    Disable = 5,
    Delete = 6,
    AttachPolicy = 7,
    DetachPolicy = 8,
    Lock = 9,
    FactorEnable = 10,
    FactorDisable = 11,
    Unlock = 12,
    Other = 99,
}

/// Activities of Entity Management.
#[derive(Debug, Clone, Copy)]
enum Managing {
    Create = 1,
    Read = 2,
    Update = 3,
    Delete = 4,
    Move = 5,
    Enroll = 6,
    Unenroll = 7,
    Enable = 8,
    Disable = 9,
    Activate = 10,
    Suspend = 12,
    Resume = 13,
    Other = 99,
}

/// `factor_type_id`, and whether it is TOTP or HOTP.
#[derive(Debug, Clone, Copy)]
enum Factor {
    Sms = 1,
    HardwareToken = 6,
    Otp = 7,
    Mail = 8,
    WebAuthn = 10,
    Other = 99,
}

/// What an event becomes, before what every record has is put around it.
struct Mapped {
    class: Class,
    activity: u8,
    severity: Severity,
    failed: bool,
    fields: Map<String, Value>,
}

impl Mapped {
    fn new(class: Class, activity: u8, fields: Value) -> Self {
        let fields = if let Value::Object(fields) = fields { fields } else { Map::new() };
        Self { class, activity, severity: Severity::Informational, failed: false, fields }
    }

    fn severe(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    fn failed(self, why: &str) -> Self {
        Self { severity: Severity::Low, failed: true, ..self }.with("status_detail", why.into())
    }

    fn with(mut self, field: &str, value: Value) -> Self {
        self.fields.insert(field.to_owned(), value);
        self
    }

    fn factor(self, factor: Factor) -> Self {
        let mut said = json!({ "factor_type_id": factor as u8 });
        if matches!(factor, Factor::Otp) {
            said["is_totp"] = true.into();
        }
        if matches!(factor, Factor::Other) {
            said["factor_type"] = "Recovery Code".into();
        }
        self.with("auth_factors", json!([said]))
    }

    /// A second factor was shown.
    fn second(self, factor: Factor) -> Self {
        self.factor(factor).with("is_mfa", true.into())
    }
}

fn base() -> Mapped {
    Mapped::new(Class::Base, OTHER, json!({}))
}

/// A sign-in, or a part of one, of somebody.
fn signing(activity: Signing, user: &Value, fact: &Fact) -> Mapped {
    let service = json!({ "name": "Twofold", "uid": fact.account.to_string() });
    Mapped::new(Class::Authentication, activity as u8, json!({ "user": user, "service": service }))
}

fn changing(activity: Changing, user: &Value) -> Mapped {
    Mapped::new(Class::AccountChange, activity as u8, json!({ "user": user }))
}

fn managing(activity: Managing, entity: &Value) -> Mapped {
    Mapped::new(Class::EntityManagement, activity as u8, json!({ "entity": entity }))
}

fn granting(granted: bool, user: &Value, privileges: &[&str]) -> Mapped {
    let activity = if granted { 1 } else { 2 };
    Mapped::new(Class::UserAccess, activity, json!({ "user": user, "privileges": privileges }))
}

/// A person, by their pseudonym.
fn user(user: UserId) -> Value {
    json!({ "uid": user.to_string(), "type_id": 1 })
}

/// The person whom an event is about.
fn subject(fact: &Fact) -> Value {
    fact.subject.map_or_else(|| json!({ "name": "unknown", "type_id": 0 }), user)
}

/// Something that is managed and is none of the schema's kinds.
fn thing(kind: &str, uid: &impl ToString) -> Value {
    json!({ "uid": uid.to_string(), "type": kind, "type_id": OTHER })
}

/// The same where it belongs to a person.
fn thing_of(kind: &str, uid: &dyn ToString, user: &Value) -> Value {
    json!({ "uid": uid.to_string(), "type": kind, "type_id": OTHER, "user": user })
}

/// The account itself.
fn organization(fact: &Fact) -> Value {
    json!({ "uid": fact.account.to_string(), "type_id": 4 })
}

/// One of its policies.
fn policy(name: &str) -> Value {
    json!({ "name": name, "type_id": 5 })
}

fn reading(event: &ReadingEvent) -> Mapped {
    let file = |job: &ReportJobId| json!({ "uid": job.to_string(), "type": "report", "type_id": OTHER });
    let (reader, question, severity) = match event {
        ReadingEvent::DataRead { reader, question, .. } => (reader, question, Severity::Informational),
        ReadingEvent::DataExported { reader, question, .. } => (reader, question, Severity::Low),
        ReadingEvent::ReportOrdered { job, .. } => return managing(Managing::Create, &file(job)),
        ReadingEvent::ReportPrepared { job, .. } => return managing(Managing::Update, &file(job)),
        ReadingEvent::ReportGivenUp { job, why, .. } => {
            return managing(Managing::Update, &file(job))
                .severe(Severity::Low)
                .with("comment", <&str>::from(*why).into());
        }
        ReadingEvent::ReportWithdrawn { job, why, .. } => {
            return managing(Managing::Delete, &file(job)).with("comment", <&str>::from(*why).into());
        }
    };
    let entity = match (question.subject, &question.matter) {
        (Some(user), _) => json!({ "uid": user.to_string(), "type_id": 2 }),
        (None, Matter::Report(name) | Matter::EventReport(name)) => {
            json!({ "name": name, "type": "report", "type_id": OTHER })
        }
        (None, matter) => {
            let name: &'static str = matter.into();
            json!({ "name": name, "type": "list", "type_id": OTHER })
        }
    };
    let by = match reader {
        Reader::User(_) => "session or token",
        Reader::PasswordOf(_) => "password",
        Reader::Client(_) => "program",
        Reader::Operator => "operator",
    };
    managing(Managing::Read, &entity).severe(severity).with("comment", by.into())
}

/// Who acted, as far as the log says so.
fn actor(actor: &str) -> Option<Value> {
    Some(match actor {
        "anonymous" => return None,
        "operator" => json!({ "user": { "name": "operator", "type_id": 2 } }),
        _ if actor.starts_with("usr_") => json!({ "user": { "uid": actor, "type_id": 1 } }),
        _ if actor.starts_with("cli_") => json!({ "app_uid": actor, "user": { "uid": actor, "type_id": 4 } }),
        _ => json!({ "app_name": actor, "user": { "name": actor, "type_id": 3 } }),
    })
}

/// An event as a record of the schema, with what it changed: of something managed it stands in `entity` and
/// `entity_result`, and of every event, before and after, in `unmapped.changes`.
pub fn record(fact: &Fact, changes: &[Change]) -> Value {
    let mapped = match &fact.event {
        Event::Account(event) => account::map(fact, event),
        Event::User(user, event) => person::map(fact, *user, event),
        Event::Device(device, event) => device::map(fact, *device, event),
        Event::Reading(event) => reading(event),
    };
    let Mapped { class, activity, severity, failed, mut fields } = mapped;
    if class == Class::EntityManagement && !changes.is_empty() {
        put_before_and_after(&mut fields, changes);
    }
    let mut unmapped = payload(&fact.event);
    if let (Value::Object(said), false) = (&mut unmapped, changes.is_empty()) {
        said.insert("changes".to_owned(), json!(changes));
    }
    let class_uid = class as u32;
    let mut metadata = json!({
        "version": SCHEMA,
        "product": { "name": "Twofold", "vendor_name": "Twofold" },
        "uid": format!("{}/{}", fact.account, fact.seq),
        "event_code": fact.event.name(),
        "log_name": "twofold",
        "log_version": format!("mapping {MAPPING}"),
        "sequence": fact.seq,
        "tenant_uid": fact.account.to_string(),
    });
    if let Some(correlation) = &fact.meta.correlation {
        metadata["correlation_uid"] = (**correlation).into();
    }
    let milliseconds = fact.at.micros().div_euclid(1_000);
    for (field, value) in [
        ("class_uid", json!(class_uid)),
        ("category_uid", json!(class_uid / 1_000)),
        ("type_uid", json!(class_uid * 100 + u32::from(activity))),
        ("activity_id", json!(activity)),
        ("severity_id", json!(severity as u8)),
        ("status_id", json!(if failed { 2 } else { 1 })),
        ("time", json!(milliseconds)),
        ("message", json!(fact.event.name())),
        ("metadata", metadata),
        ("unmapped", unmapped),
    ] {
        fields.insert(field.to_owned(), value);
    }
    if activity == OTHER {
        fields.insert("activity_name".to_owned(), fact.event.name().into());
    }
    if class != Class::Base
        && let Some(actor) = fact.meta.actor.as_deref().and_then(actor)
    {
        fields.insert("actor".to_owned(), actor);
    }
    Value::Object(fields)
}

/// The entity as it was and as it is from then on, as far as it changed.
fn put_before_and_after(fields: &mut Map<String, Value>, changes: &[Change]) {
    let side = |of: fn(&Change) -> &Value| -> Value {
        changes.iter().map(|change| (change.what.clone(), of(change).clone())).collect::<Map<_, _>>().into()
    };
    let mut result = fields.get("entity").cloned().unwrap_or_default();
    result["data"] = side(|change| &change.after);
    fields["entity"]["data"] = side(|change| &change.before);
    fields.insert("entity_result".to_owned(), result);
}

/// What the event says, as the log holds it in today's shape.
fn payload(event: &Event) -> Value {
    let whole = match event {
        Event::Account(event) => serde_json::to_value(event),
        Event::User(_, event) => serde_json::to_value(event),
        Event::Device(_, event) => serde_json::to_value(event),
        Event::Reading(event) => serde_json::to_value(event),
    };
    match whole {
        Ok(Value::Object(outer)) => outer.into_iter().next().map_or(Value::Null, |(_, inner)| inner),
        _ => Value::Null,
    }
}
