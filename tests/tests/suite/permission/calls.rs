//! One request for each operation, and for each kind of request that is an act of its own. Paths and the
//! version in `If-Match` are filled in; a row says the rest, and what an answer is where the caller may.
//!
//! A request should leave the world as it was: the version it names is never the present one, a code is
//! wrong, an id unknown. Where it cannot, its row says what it uses up.

use serde_json::{Value, json};
use twofold_api::routes::When;
use twofold_domain::policy::Role;

/// A request.
pub(super) struct Call {
    pub(super) operation: &'static str,
    /// Which requests of the operation it stands for.
    pub(super) when: When,
    pub(super) query: &'static str,
    /// Nothing is sent where it is null.
    pub(super) body: fn(&Sent) -> Value,
    /// Status and code where the caller may: any of these.
    pub(super) answers: &'static [&'static str],
    /// The same where they may not do it alone: what they get instead of its being done.
    pub(super) not_alone: &'static [&'static str],
    pub(super) uses_up: UsesUp,
}

/// What a request that is granted leaves unusable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UsesUp {
    Nothing,
    /// The person who asks, or their session.
    Caller,
    /// The person it is about.
    Subject,
}

/// What is new in every request.
pub(super) struct Sent {
    /// Never twice the same.
    pub(super) number: usize,
    /// The role that the request names: of the person to make, or to give to one.
    pub(super) role: Role,
}

impl Sent {
    /// Where only the form of a request counts.
    pub(super) const fn nothing() -> Self {
        Self { number: 0, role: Role::EndUser }
    }
}

/// A request without a body.
const fn bare(operation: &'static str, answers: &'static [&'static str]) -> Call {
    Call {
        operation,
        when: When::Always,
        query: "",
        body: |_| Value::Null,
        answers,
        not_alone: &[],
        uses_up: UsesUp::Nothing,
    }
}

/// A request with a body.
const fn with(operation: &'static str, body: fn(&Sent) -> Value, answers: &'static [&'static str]) -> Call {
    Call { body, ..bare(operation, answers) }
}

impl Call {
    const fn when(self, when: When) -> Self {
        Self { when, ..self }
    }

    const fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    const fn not_alone(self, not_alone: &'static [&'static str]) -> Self {
        Self { not_alone, ..self }
    }

    const fn uses_up(self, uses_up: UsesUp) -> Self {
        Self { uses_up, ..self }
    }
}

const OK: &[&str] = &["200"];
const STALE: &[&str] = &["412 precondition_failed"];
const REASON: fn(&Sent) -> Value = |_| json!({ "reason": "the matrix asks" });
const WRONG_PROOF: fn(&Sent) -> Value = |_| json!({ "otp": "000000" });

/// Every request.
pub(super) fn calls() -> Vec<Call> {
    [
        accounts(),
        operator(),
        approvals(),
        entry(),
        recovery(),
        freeze(),
        people(),
        factors(),
        devices(),
        evidence(),
        programs(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn accounts() -> Vec<Call> {
    vec![
        with(
            "accounts.open",
            |sent| {
                let owner = json!({ "name": "Ada", "email": "ada@blefuscu.example" });
                let slug = format!("blefuscu-{}", sent.number);
                json!({ "slug": slug, "name": slug, "owner": owner })
            },
            &["201"],
        ),
        bare("accounts.overview", OK),
        bare("accounts.read", OK),
        with(
            "accounts.save",
            |_| {
                json!({ "team": { "required": false, "grace_days": 0, "trust_days": 30,
                    "stay_signed_in_days": 14, "idle_minutes": 480, "lifetime_hours": 336 } })
            },
            STALE,
        ),
        bare("accounts.show", OK),
        with(
            "accounts.govern",
            |_| json!({ "admins_may_switch": false, "dual_control": null, "team_may_waive_both": false }),
            STALE,
        ),
        bare("accounts.settings", OK),
        with("accounts.show_as", |_| json!({ "name": "Lilliput", "logo": null }), STALE),
        with("accounts.preview", |_| json!({ "change": { "kind": "disable" } }), OK),
        with("accounts.people", |_| json!({ "change": { "kind": "disable" }, "effect": "reset" }), OK),
        with("accounts.what_if", |_| json!({ "team": { "trust_days": 0 } }), OK),
        with(
            "accounts.schedule",
            |_| json!({ "audience": "team", "policy": {}, "begins_at": "2100-01-01" }),
            STALE,
        ),
        bare("accounts.withdraw", &["404 not_found"]),
        bare("accounts.forecast", OK).query("at=2100-01-01"),
        with("accounts.set_clock", |_| json!({ "now": "2100-01-01T00:00:00Z" }), &["409 not_a_sandbox"]),
        with("accounts.set", |_| json!({ "team": { "trust_days": 30 } }), STALE),
        with("accounts.choose", |_| json!({ "profile": null }), OK),
        bare("accounts.report", OK).query("profile=seed"),
        with("accounts.disable", REASON, STALE),
        with("accounts.suspend", REASON, STALE),
        bare("accounts.resume", STALE),
        bare("accounts.enable", STALE),
    ]
}

fn operator() -> Vec<Call> {
    vec![
        bare("accounts.operator_grants", OK),
        with(
            "accounts.grant_operator",
            |_| json!({ "scopes": [], "hours": 1, "reason": "the matrix asks" }),
            &["422 invalid_fields"],
        ),
        bare("accounts.revoke_operator", &["404 not_found"]),
    ]
}

fn freeze() -> Vec<Call> {
    vec![
        with("recovery.not_me", |_| json!({ "token": "tfn_nothing" }), &["410 link_over"]),
        with("recovery.freeze_own", |_| json!({}), OK).uses_up(UsesUp::Caller),
        with("recovery.freeze", REASON, OK).uses_up(UsesUp::Subject),
        with("recovery.unfreeze", REASON, &["409 not_frozen"]),
        with(
            "recovery.ask_for_thaw",
            |_| json!({ "account": "blefuscu-by-night", "email": "nobody@blefuscu.example" }),
            &["404 not_found"],
        ),
        with("recovery.look_at_thaw", |_| json!({ "token": "tfl_nothing" }), &["410 link_over"]),
        with("recovery.text_for_thaw", |_| json!({ "token": "tfl_nothing" }), &["410 link_over"]),
        with("recovery.challenge_for_thaw", |_| json!({ "token": "tfl_nothing" }), &["410 link_over"]),
        with("recovery.wait_for_thaw", |_| json!({ "token": "tfl_nothing" }), &["410 link_over"]),
        with(
            "recovery.thaw",
            |_| json!({ "token": "tfl_nothing", "password": "a password nobody sets" }),
            &["410 link_over"],
        ),
    ]
}

fn approvals() -> Vec<Call> {
    vec![
        bare("approvals.list", OK),
        bare("approvals.one", &["404 not_found"]),
        bare("approvals.approve", &["404 not_found"]),
        bare("approvals.carry_out", &["404 not_found"]),
        bare("approvals.cancel", &["404 not_found"]),
        // Somebody else may have asked for the same before; an owner is one already.
        with("approvals.make_owner", REASON, &[]).not_alone(&[
            "202",
            "409 already_requested",
            "409 same_role",
        ]),
        with("approvals.transfer", REASON, &[]).not_alone(&["202", "409 already_requested", "409 same_role"]),
        with("approvals.close", REASON, &[]).not_alone(&["202", "409 already_requested"]),
    ]
}

fn entry() -> Vec<Call> {
    vec![
        with(
            "entry.set_up",
            |_| json!({ "token": "tfl_nothing", "password": "a password nobody sets" }),
            &["410 link_over"],
        ),
        with("entry.confirm_email", |_| json!({ "token": "tfl_nothing" }), &["410 link_over"]),
        with("entry.object_to_email", |_| json!({ "token": "tfl_nothing" }), &["410 link_over"]),
        with(
            "entry.forgotten",
            |_| json!({ "account": "blefuscu-by-night", "email": "nobody@blefuscu.example" }),
            &["404 not_found"],
        ),
        with(
            "entry.sign_in",
            |sent| {
                let email = format!("nobody{}@lilliput.example", sent.number);
                json!({ "email": email, "password": "a password nobody has" })
            },
            &["401 sign_in_refused"],
        ),
        bare("entry.at_sign_in", &["401 device_not_recognised"]),
        bare("entry.at_step_up", &["409 no_key", "409 not_enrolled"]),
        with("entry.prove", WRONG_PROOF, &["401 device_not_recognised"]),
        bare("entry.challenge", &["401 device_not_recognised"]),
        with("entry.resend", |_| json!({}), &["401 device_not_recognised"]),
        bare("entry.sign_out", &["204"]).uses_up(UsesUp::Caller),
        with("entry.step_up", WRONG_PROOF, &["422 proof_rejected", "409 not_enrolled", "429 locked"]),
        with("entry.text", |_| json!({}), &["409 not_by_text", "409 not_enrolled", "429 locked"]),
        bare("entry.me", OK),
        with("entry.reauthorised", |_| json!({ "means": "pin" }), &["204"]),
    ]
}

fn people() -> Vec<Call> {
    vec![
        bare("people.list", OK),
        with(
            "people.register",
            |sent| {
                let email = format!("new{}@lilliput.example", sent.number);
                json!({ "name": "Newcomer", "email": email, "role": sent.role })
            },
            &["201"],
        ),
        bare("people.one", OK).when(When::Own),
        bare("people.one", OK).when(When::Another),
        bare("people.enrolment", OK).when(When::Own),
        bare("people.enrolment", OK).when(When::Another),
        with("people.reset", REASON, STALE).not_alone(STALE),
        with("people.unlock", REASON, OK),
        bare("people.object", &["409 nothing_waits"]),
        with(
            "people.exempt",
            |_| json!({ "reason": "the matrix asks", "until": "2020-01-01T00:00:00Z" }),
            &["422 invalid_fields"],
        )
        .not_alone(&["422 invalid_fields"]),
        bare("people.end", &["404 not_found"]).not_alone(&["404 not_found"]),
        with("people.issue", REASON, &["201", "409 already_enrolled"]),
        with("people.erase", REASON, &[]).not_alone(&["200", "202"]).uses_up(UsesUp::Subject),
        with("people.edit", |_| json!({ "language": "en" }), OK).when(When::Own),
        with("people.edit", |_| json!({ "language": "en" }), OK).when(When::Another),
        with("people.change_email", |_| json!({ "email": "no address" }), &["422 invalid_fields"])
            .when(When::Own),
        with("people.change_email", |_| json!({ "email": "no address" }), &["422 invalid_fields"])
            .not_alone(&["422 invalid_fields"])
            .when(When::Another),
        bare("people.keep_email", &["409 no_change_waits"]).when(When::Own),
        bare("people.keep_email", &["409 no_change_waits"]).when(When::Another),
        bare("people.invite_again", &["409 not_waiting"]),
        with("people.deactivate", |_| json!({ "reason": "" }), &["422 invalid_fields"])
            .not_alone(&["422 invalid_fields"]),
        bare("people.reactivate", &["409 not_deactivated"]).not_alone(&["409 not_deactivated"]),
        with("people.preview_move", |sent| json!({ "role": sent.role }), OK),
        with(
            "people.change_role",
            |sent| json!({ "role": sent.role, "reason": "the story needs it" }),
            &["200", "409 same_role", "409 last_owner"],
        )
        .not_alone(&["202", "409 takes_two", "409 same_role", "409 last_owner"])
        .uses_up(UsesUp::Subject),
        with("people.link", |_| json!({ "provider": "No", "subject": "x" }), &["422 invalid_fields"])
            .not_alone(&["422 invalid_fields"]),
        bare("people.unlink", &["404 not_found"]),
        bare("people.import_people", &["415 unsupported_media_type"]),
        bare("people.groups", OK),
        with("people.create_group", |_| json!({ "name": "" }), &["422 invalid_fields"]),
        with("people.rename_group", |_| json!({ "name": "Nobody" }), &["404 not_found"]),
        bare("people.delete_group", &["404 not_found"]),
    ]
}

fn factors() -> Vec<Call> {
    vec![
        bare("factors.list", OK),
        with("factors.start", |_| json!({ "name": "Phone" }), &["201"]).when(When::FirstFactor),
        with("factors.start", |_| json!({ "name": "Tablet" }), &["201"]).when(When::FurtherFactor),
        bare("factors.one", &["404 not_found"]),
        bare("factors.remove", &["404 not_found"]),
        with("factors.confirm", WRONG_PROOF, &["409 no_enrolment"]).when(When::FirstFactor),
        with("factors.confirm", WRONG_PROOF, &["409 no_enrolment"]).when(When::FurtherFactor),
        bare("factors.mail_code", &["409 no_enrolment", "429 mail_later"]).when(When::FirstFactor),
        bare("factors.mail_code", &["409 no_enrolment", "409 no_code_needed"]).when(When::FurtherFactor),
        bare("factors.resend", &["409 no_enrolment"]).when(When::FirstFactor),
        bare("factors.resend", &["409 no_enrolment"]).when(When::FurtherFactor),
        with("factors.edit", |_| json!({}), &["200", "404 not_found"]),
        with(
            "factors.import_tokens",
            |_| json!({ "format": "csv", "file": "no token" }),
            &["422 invalid_fields"],
        ),
        bare("factors.stock", OK),
        bare("factors.spare", OK),
        with("factors.assign_token", |_| json!({ "serial": "nothing" }), &["404 not_found"]),
        with(
            "factors.withdraw_token",
            |_| json!({ "token": "stk_00000000000000000000000000" }),
            &["404 not_found"],
        ),
        bare("factors.codes", OK),
        bare("factors.regenerate", OK),
        bare("factors.disable_challenge", &["409 no_key", "409 not_enrolled"]),
        with(
            "factors.disable",
            |_| json!({ "password": "not their password", "otp": "000000" }),
            &["422 proof_rejected", "409 not_enrolled", "429 locked"],
        ),
    ]
}

fn devices() -> Vec<Call> {
    vec![
        bare("devices.list", OK).when(When::Own),
        bare("devices.list", OK).when(When::Another),
        bare("devices.distrust", &["204"]).when(When::Own),
        bare("devices.distrust", &["204"]).when(When::Another),
        bare("devices.lost", OK).when(When::Own).uses_up(UsesUp::Caller),
        bare("devices.lost", OK).when(When::Another).uses_up(UsesUp::Subject),
        bare("messages.messages", OK).when(When::Own),
        bare("messages.messages", OK).when(When::Another),
        bare("messages.delivery", OK),
        bare("devices.sessions", OK).when(When::Own),
        bare("devices.sessions", OK).when(When::Another),
        bare("devices.sign_ins", OK).when(When::Own),
        bare("devices.sign_ins", OK).when(When::Another),
        bare("devices.why", &["404 not_found"]).when(When::Own),
        bare("devices.why", &["404 not_found"]).when(When::Another),
        with("devices.end_several", |_| json!({ "which": "these", "sessions": [] }), OK).when(When::Own),
        with("devices.end_several", |_| json!({ "which": "these", "sessions": [] }), OK).when(When::Another),
        bare("devices.end", &["204"]).when(When::Own).uses_up(UsesUp::Caller),
        bare("devices.end", &["204"]).when(When::Another).uses_up(UsesUp::Subject),
    ]
}

fn evidence() -> Vec<Call> {
    vec![
        bare("reports.catalogue", OK),
        bare("reports.named", OK).when(When::Page),
        bare("reports.named", OK).when(When::File).query("format=csv"),
        with(
            "reports.order",
            |_| json!({ "report": "no-such-report", "format": "csv" }),
            &["422 invalid_fields"],
        ),
        bare("reports.files", OK).when(When::Own),
        bare("reports.files", OK).when(When::Everybody).query("whose=everyone"),
        bare("reports.file_state", &["404 not_found"]),
        bare("reports.take", &["404 not_found"]),
        bare("reports.cancel", &["404 not_found"]),
        bare("events.events", OK),
        bare("events.event", OK),
        bare("events.record", OK),
        bare("events.export", OK).when(When::File).query("format=jsonl"),
        bare("events.stream", OK),
    ]
}

fn programs() -> Vec<Call> {
    vec![
        bare("programs.own_tokens", OK),
        with(
            "programs.issue_own",
            |_| json!({ "name": "nightly", "scopes": ["read_people"] }),
            &["201", "409 too_many"],
        ),
        bare("programs.revoke_own", &["404 not_found"]),
        bare("programs.clients", OK),
        with(
            "programs.register_client",
            |sent| json!({ "name": format!("Program {}", sent.number) }),
            &["201", "409 too_many"],
        ),
        bare("programs.remove_client", &["404 not_found"]),
        with("programs.issue_client_token", |_| json!({ "scopes": ["read_people"] }), &["404 not_found"]),
        bare("programs.revoke_client_token", &["404 not_found"]),
        bare("programs.integrations", OK),
    ]
}

fn recovery() -> Vec<Call> {
    const CASE: fn(&Sent) -> Value = |_| json!({ "case": "rec_01kabcdefghjkmnpqrstvwxyz0" });
    vec![
        bare("recovery.recovery_cases", OK),
        bare("recovery.recovery_case", &["404 not_found"]),
        with(
            "recovery.grant_recovery",
            |_| json!({ "reason": "the matrix asks", "hours": 0 }),
            &["422 invalid_fields"],
        )
        .not_alone(&["422 invalid_fields"]),
        with("recovery.stop_recovery", CASE, &["409 nothing_waits"]).when(When::Own),
        with("recovery.stop_recovery", CASE, &["409 nothing_waits"]).when(When::Another),
        with("recovery.redeem_recovery", |_| json!({ "token": "tfl_nothing" }), &["410 link_over"]),
        with("recovery.request_recovery", |_| json!({}), &["401 device_not_recognised"]),
        with(
            "recovery.confirm_recovery",
            |_| json!({ "mailed_code": "0000 0000" }),
            &["401 device_not_recognised"],
        ),
        with(
            "recovery.request_own_recovery",
            |_| json!({ "password": "the wrong one, of course" }),
            &["409 not_trusted", "422 proof_rejected"],
        ),
        with(
            "recovery.confirm_own_recovery",
            |_| json!({ "mailed_code": "0000 0000" }),
            &["409 not_trusted", "409 nothing_requested"],
        ),
    ]
}
