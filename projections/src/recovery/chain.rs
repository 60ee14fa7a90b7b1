//! The events of a case, as the log has them.

use serde::de::DeserializeOwned;
use twofold_domain::account::AccountEvent;
use twofold_domain::ids::{AccountId, ApprovalId, RecoveryId};
use twofold_domain::upcast;
use twofold_domain::user::{Purpose, UserEvent};
use twofold_infra::store::{StoreError, Views};

use super::{CaseRow, case_of};
use crate::audit::{self, Entry, Filter, Page};

/// What is said of a request for an owner's recovery.
const ASKED: [&str; 3] = ["ApprovalRequested", "ApprovalUsed", "ApprovalCancelled"];
/// What begins, moves, and ends a case.
const CHAIN: [&str; 14] = [
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
];
/// What was sent and shown for the way back to a frozen sign-in.
const BACK: [&str; 6] = [
    "SmsCodeIssued",
    "ProofRejected",
    "OtpAccepted",
    "SmsCodeAccepted",
    "AssertionAccepted",
    "RecoveryCodeUsed",
];
/// The most events of one type that are looked at for one case: each stands in it once, or a few times; and while a
/// sign-in is frozen nothing is shown but for the way back.
const CHAIN_LOOKS: u32 = 100;

/// The events of a case as the log has them, the first one first.
pub async fn chain(views: &Views, account: AccountId, case: &CaseRow) -> Result<Vec<Entry>, StoreError> {
    let mut found = vec![];
    let back = if case.frozen_at.is_some() { &BACK[..] } else { &[] };
    for event_type in CHAIN.iter().chain(back) {
        let filter = Filter {
            event_type: Some((*event_type).to_owned()),
            subject: Some(case.user_id),
            ..Filter::default()
        };
        let after = Page::After(case.asked_seq.saturating_sub(1));
        let entries = audit::page(views, account, &filter, after, CHAIN_LOOKS).await?;
        found.extend(entries.into_iter().filter(|entry| belongs(entry, case.recovery_id)));
    }
    if let Some(approval) = case.approval_id {
        for event_type in ASKED {
            let filter = Filter { event_type: Some(event_type.to_owned()), ..Filter::default() };
            let after = Page::After(case.asked_seq.saturating_sub(1));
            let entries = audit::page(views, account, &filter, after, CHAIN_LOOKS).await?;
            found.extend(entries.into_iter().filter(|entry| is_of(entry, approval)));
        }
    }
    found.sort_by_key(|entry| entry.row.account_seq);
    Ok(found)
}

/// Whether an entry is of this request.
fn is_of(entry: &Entry, approval: ApprovalId) -> bool {
    let event: Option<AccountEvent> = decoded(entry);
    event.is_some_and(|event| match event {
        AccountEvent::ApprovalRequested { approval: of, .. }
        | AccountEvent::ApprovalUsed { approval: of, .. }
        | AccountEvent::ApprovalCancelled { approval: of, .. } => of == approval,
        _ => false,
    })
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

fn belongs(entry: &Entry, recovery: RecoveryId) -> bool {
    let of = |event: &UserEvent| match event {
        UserEvent::SmsCodeIssued { purpose, .. }
        | UserEvent::ProofRejected { purpose, .. }
        | UserEvent::OtpAccepted { purpose, .. }
        | UserEvent::SmsCodeAccepted { purpose, .. }
        | UserEvent::AssertionAccepted { purpose, .. }
        | UserEvent::RecoveryCodeUsed { purpose, .. } => *purpose == Purpose::Thaw(recovery),
        other => case_of(other) == Some(recovery),
    };
    step(entry).as_ref().is_some_and(of)
}
