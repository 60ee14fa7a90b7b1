//! `failures`: what was refused, and whom it locked out.

use twofold_domain::account::AccountEvent;
use twofold_domain::device::DeviceEvent;
use twofold_domain::permission::Act;
use twofold_domain::user::UserEvent;

use super::ask::FROM;
use super::cell::{Cell, Kind, Row, column};
use super::events::row_each;
use super::{Asked, Pages, Report};
use crate::audit;
use crate::fact::{Event, Fact};

/// The report.
pub const REPORT: Report = Report {
    name: "failures",
    meaning: "Failures and lock-outs: every password, code, ticket, way back, and help of staff that was refused, every \
              lock-out and its end, in the order of the log. A code for a sign-in that was over is not looked at; it \
              stands here once a minute of one device, and help that one member of staff asks for in vain again and \
              again once an hour. Guesses at addresses that nobody has, and at people who were locked \
              out already, charge nobody; they are counted, and stand here as one row for what was gathered.",
    definition: 3,
    reads: Act::ReadAudit,
    from: &[audit::NAME],
    rows: "failures",
    parameters: &[FROM],
    columns: &[
        column("at", Kind::Instant, "When it was recorded."),
        column("event", Kind::Event, "By which event."),
        column("what", Kind::Word, "The event's name: `ProofRejected`, `LockedOut`, and so on."),
        column("user", Kind::Person, "Whom it concerns; nobody where it charges nobody."),
        column("by", Kind::Actor, "Who did it."),
        column(
            "kind",
            Kind::Word,
            "What was shown: `otp`, `recovery_code`, `sms_code`, `assertion`; what is locked; or which help was asked for: \
             `reset`, `exemption`, `unlock`, and so on.",
        ),
        column(
            "why",
            Kind::Word,
            "Why it was refused: `wrong`, `replayed`, `expired`, and so on; of help `customer`, `outranked`, `own`.",
        ),
        column("in_a_row", Kind::Number, "Failures in a row by then."),
        column("wait_until", Kind::Instant, "Until when nothing is looked at."),
        column("unknown", Kind::Number, "Refused at addresses that nobody has."),
        column("locked", Kind::Number, "Refused at people who were locked out."),
    ],
    pages,
};

/// The events, in the order in which their totals are listed.
pub(super) const NAMES: &[&str] = &[
    "PasswordRejected",
    "ProofRejected",
    "MailedCodeRejected",
    "EnrolmentTicketRejected",
    "RecoveryRefused",
    "HelpRefused",
    "ProofCameLate",
    "PasswordChangeDemanded",
    "LockedOut",
    "Unlocked",
    "SignInsRefused",
];

#[expect(clippy::needless_pass_by_value, reason = "the shape of every report's rows")]
fn pages(asked: Asked) -> Pages {
    row_each(&asked, NAMES, row)
}

fn row(fact: &Fact) -> Option<Row> {
    let empty = || [Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty];
    let [mut kind, mut why, mut in_a_row, mut wait, mut unknown, mut locked] = empty();
    match &fact.event {
        Event::User(_, UserEvent::PasswordRejected { consecutive, retry_at, .. }) => {
            (kind, why) = (Cell::word("password"), Cell::word("wrong"));
            (in_a_row, wait) = ((*consecutive).into(), (*retry_at).into());
        }
        Event::User(_, UserEvent::ProofRejected { kind: shown, refusal, consecutive, retry_at, .. }) => {
            (kind, why) = (Cell::word(*shown), Cell::word(refusal.name()));
            (in_a_row, wait) = ((*consecutive).into(), (*retry_at).into());
        }
        Event::User(_, UserEvent::MailedCodeRejected { refusal, .. }) => {
            (kind, why) = (Cell::word("mailed_code"), Cell::word(refusal.name()));
        }
        Event::User(_, UserEvent::EnrolmentTicketRejected { .. }) => {
            (kind, why) = (Cell::word("ticket"), Cell::word("wrong"));
        }
        Event::User(_, UserEvent::RecoveryRefused { why: refusal, .. }) => {
            (kind, why) = (Cell::word("recovery"), Cell::word(*refusal));
        }
        Event::User(_, UserEvent::HelpRefused { help, why: refusal, .. }) => {
            (kind, why) = (Cell::word(*help), Cell::word(*refusal));
        }
        Event::Device(_, DeviceEvent::ProofCameLate { over, .. }) => why = Cell::word(*over),
        Event::User(_, UserEvent::LockedOut { gate, .. }) => kind = Cell::word(*gate),
        Event::User(_, UserEvent::PasswordChangeDemanded { .. } | UserEvent::Unlocked { .. }) => {}
        Event::Account(AccountEvent::SignInsRefused { unknown: nobody, locked: out, .. }) => {
            (unknown, locked) = ((*nobody).into(), (*out).into());
        }
        _ => return None,
    }
    Some(vec![
        fact.at.into(),
        Cell::Event(fact.seq),
        Cell::word(fact.event.name()),
        fact.subject.into(),
        fact.meta.actor.clone().into(),
        kind,
        why,
        in_a_row,
        wait,
        unknown,
        locked,
    ])
}
