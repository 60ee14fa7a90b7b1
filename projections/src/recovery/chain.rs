//! The events of a case, as the log has them.

use std::collections::HashSet;

use serde::de::DeserializeOwned;
use twofold_domain::account::AccountEvent;
use twofold_domain::ids::{AccountId, FactorId, MailedCodeId, RecoveryId};
use twofold_domain::upcast;
use twofold_domain::user::{Purpose, UserEvent};
use twofold_infra::store::{StoreError, Views};

use super::{CaseRow, case_of, of_link};
use crate::audit::{self, Entry};

/// What is said of a request for an owner's recovery, and of the operator.
const ACCOUNT: [&str; 4] = ["ApprovalRequested", "ApprovalUsed", "ApprovalCancelled", "OperatorActed"];
/// What begins, moves, and ends a case, and what comes with that in the same act.
const PERSON: [&str; 29] = [
    "RecoveryRequested",
    "RecoveryRefused",
    "RecoveryGranted",
    "RecoveryCodeRevealed",
    "RecoveryGrantUsed",
    "RecoveryGrantRevoked",
    "RecoveryCompleted",
    "TwoFactorResetScheduled",
    "TwoFactorResetCancelled",
    "TwoFactorReset",
    "UserFrozen",
    "ThawAllowed",
    "ThawStopped",
    "UserThawed",
    "LinkIssued",
    "LinkRedeemed",
    "PasswordSet",
    "Unlocked",
    "MailedCodeIssued",
    "MailedCodeAccepted",
    "MailedCodeRejected",
    "FactorEnrolmentStarted",
    "FactorConfirmed",
    // What was sent and shown for the way back to a frozen sign-in.
    "SmsCodeIssued",
    "ProofRejected",
    "OtpAccepted",
    "SmsCodeAccepted",
    "AssertionAccepted",
    "RecoveryCodeUsed",
];
/// The most events that are looked at for one case: a case has a few dozen.
const LOOKED_AT: u32 = 2_000;
/// How far behind the last event of a case that is over the rest of its act may stand.
const AN_ACT: u64 = 32;

/// The events of a case as the log has them up to an event, the first one first.
pub async fn chain(
    views: &Views,
    account: AccountId,
    case: &CaseRow,
    position: u64,
) -> Result<Vec<Entry>, StoreError> {
    let over = case.completed_at.or(case.stopped_at).is_some()
        || case.frozen_at.is_some_and(|frozen| case.reset_at.is_none() && case.thawed_at >= Some(frozen));
    let last = if over { position.min(case.last_seq + AN_ACT) } else { position };
    let looked =
        audit::about(views, account, case.user_id, (&PERSON, &ACCOUNT), case.asked_seq..=last, LOOKED_AT);
    let looked: Vec<Told> = looked.await?.into_iter().map(Told::of).collect();
    let acts: HashSet<_> = looked.iter().filter(|told| told.moves(case)).filter_map(Told::act).collect();
    let with = |told: &Told| told.act().is_some_and(|act| acts.contains(&act));
    let came_along: Vec<&UserEvent> =
        looked.iter().filter(|told| with(told)).filter_map(|told| told.user.as_ref()).collect();
    let codes: HashSet<MailedCodeId> = came_along.iter().filter_map(|event| mailed(event)).collect();
    let factors: HashSet<FactorId> = came_along.iter().filter_map(|event| bound(event)).collect();
    let belongs = |told: &Told| {
        told.moves(case)
            || told.user.as_ref().is_some_and(|event| {
                mailed(event).is_some_and(|code| codes.contains(&code))
                    || bound(event).is_some_and(|factor| factors.contains(&factor))
                    || (with(told) && comes_along(event))
            })
    };
    let belonging: Vec<bool> = looked.iter().map(belongs).collect();
    let found = looked.into_iter().zip(belonging).filter(|(_, belongs)| *belongs);
    Ok(found.map(|(told, _)| told.entry).collect())
}

/// An entry, and what it says.
struct Told {
    entry: Entry,
    user: Option<UserEvent>,
}

impl Told {
    fn of(entry: Entry) -> Self {
        Self { user: step(&entry), entry }
    }

    /// The act that it is of: what one append wrote has one request and one instant.
    fn act(&self) -> Option<(Box<str>, i64)> {
        let row = &self.entry.row;
        Some((row.correlation.clone()?, row.recorded_at.micros()))
    }

    /// Whether it begins, moves, or ends a case.
    fn moves(&self, case: &CaseRow) -> bool {
        match &self.user {
            Some(event) => is_of(event, case.recovery_id),
            None => decoded(&self.entry).is_some_and(|event: AccountEvent| match event {
                AccountEvent::ApprovalRequested { approval: of, .. }
                | AccountEvent::ApprovalUsed { approval: of, .. }
                | AccountEvent::ApprovalCancelled { approval: of, .. } => case.approval_id == Some(of),
                AccountEvent::OperatorActed { recovery, .. } => recovery == Some(case.recovery_id),
                _ => false,
            }),
        }
    }
}

/// The event of an entry of a chain.
pub fn step(entry: &Entry) -> Option<UserEvent> {
    decoded(entry)
}

fn decoded<E: DeserializeOwned>(entry: &Entry) -> Option<E> {
    let payload = serde_json::from_str(&entry.payload).ok();
    let today = payload.and_then(|p| upcast::to_today(&entry.row.event_type, &entry.event_version, p));
    today.and_then(|today| serde_json::from_value(today).ok())
}

fn is_of(event: &UserEvent, recovery: RecoveryId) -> bool {
    match event {
        UserEvent::SmsCodeIssued { purpose, .. }
        | UserEvent::ProofRejected { purpose, .. }
        | UserEvent::OtpAccepted { purpose, .. }
        | UserEvent::SmsCodeAccepted { purpose, .. }
        | UserEvent::AssertionAccepted { purpose, .. }
        | UserEvent::RecoveryCodeUsed { purpose, .. } => *purpose == Purpose::Thaw(recovery),
        UserEvent::LinkIssued { link, .. } | UserEvent::LinkRedeemed { link, .. } => {
            of_link(*link) == recovery
        }
        other => case_of(other) == Some(recovery),
    }
}

/// What is a step of a case where it comes in one act with another: the new password, the lifted locks.
const fn comes_along(event: &UserEvent) -> bool {
    matches!(event, UserEvent::PasswordSet { .. } | UserEvent::Unlocked { .. })
}

const fn mailed(event: &UserEvent) -> Option<MailedCodeId> {
    match event {
        UserEvent::MailedCodeIssued { code, .. }
        | UserEvent::MailedCodeAccepted { code, .. }
        | UserEvent::MailedCodeRejected { code, .. } => Some(*code),
        _ => None,
    }
}

/// The factor that the person bound at the end of it.
const fn bound(event: &UserEvent) -> Option<FactorId> {
    match event {
        UserEvent::FactorEnrolmentStarted { factor, .. } | UserEvent::FactorConfirmed { factor, .. } => {
            Some(*factor)
        }
        _ => None,
    }
}
