//! Acts that take two: asked for by one, approved by another or ripe, and carried out in the same act.

use std::collections::BTreeSet;

use super::super::{Event, On, Rule, rule};
use crate::account::{AccountEvent, Governance, Guarded, GuardedAct, Identity};
use crate::policy::Role;
use crate::user::{ResetCause, UserEvent};

pub(super) fn rules() -> Vec<Rule> {
    vec![approval_asked(), approval_by_another(), guarded_act_approved()]
}

fn approval_asked() -> Rule {
    rule(
        "approval-asked-in-person",
        "Whoever asks for, gives, or cancels an approval is named as who they are.",
        |on, find| {
            let Event::Account(
                AccountEvent::ApprovalRequested { by: named, .. }
                | AccountEvent::ApprovalCancelled { by: named, .. }
                | AccountEvent::ApprovalUsed { approved_by: Some(named), .. },
            ) = &on.entry.event
            else {
                return;
            };
            find.expect(on.entry.by.person() == Some(*named), || format!("{named} by {:?}", on.entry.by));
        },
    )
}

fn approval_by_another() -> Rule {
    rule(
        "approval-by-another",
        "An approval is given once, before its request ends, by somebody else than who asked and whom it is about; without one the wait must be over.",
        |on, find| {
            let Event::Account(AccountEvent::ApprovalUsed { approval, approved_by, at }) = &on.entry.event
            else {
                return;
            };
            let open = on.scene.account.approvals.get(approval);
            let right = open.is_some_and(|open| {
                let ripe = open.matures_at.is_some_and(|ripe| *at >= ripe);
                *at < open.expires_at
                    && approved_by.map_or(ripe, |by| by != open.by && open.act.subject() != Some(by))
            });
            find.expect(right, || format!("{approval} by {approved_by:?}, open: {}", open.is_some()));
        },
    )
}

/// The acts that take two: as the account chose, or from two owners on all of them; help for an owner always.
fn guards(on: &On<'_>, governance: &Governance) -> BTreeSet<Guarded> {
    let all = if on.scene.account.owners_here > 1 { Guarded::ALL.into() } else { BTreeSet::new() };
    let mut guards = governance.dual_control.clone().unwrap_or(all);
    guards.insert(Guarded::HelpOwner);
    guards
}

/// What an event does that takes two: always, or where the account chose so.
fn guarded(on: &On<'_>) -> Option<(GuardedAct, Option<Guarded>)> {
    let role = |user| on.scene.role(user);
    match &on.entry.event {
        Event::Account(AccountEvent::AccountTwoFactorDisabled { people, .. }) => {
            Some((GuardedAct::Disable { people: *people }, Some(Guarded::Disable)))
        }
        Event::Account(AccountEvent::AccountTwoFactorSuspended { .. }) => {
            Some((GuardedAct::Suspend, Some(Guarded::Suspend)))
        }
        Event::Account(AccountEvent::OperatorGranted { grant, scopes, until, at, .. }) => {
            let hours = u8::try_from(until.since(*at).whole_seconds() / 3_600).unwrap_or(u8::MAX);
            let act = GuardedAct::GrantOperator { grant: *grant, scopes: scopes.clone(), hours };
            Some((act, Some(Guarded::Operator)))
        }
        Event::Account(AccountEvent::AccountClosed { .. }) => Some((GuardedAct::CloseAccount, None)),
        Event::Account(AccountEvent::GovernanceChanged { before, after, .. }) => {
            let fewer = !guards(on, after).is_superset(&guards(on, before));
            fewer.then_some((GuardedAct::ChangeGovernance { to: after.clone() }, None))
        }
        Event::User(user, UserEvent::TwoFactorReset { cause: ResetCause::Staff { compromise, .. }, .. })
            if role(*user) == Role::Owner =>
        {
            let act = GuardedAct::ResetOwner { user: *user, compromise: *compromise };
            Some((act, None))
        }
        Event::User(user, UserEvent::ExemptionGranted { exemption, until, .. })
            if role(*user) == Role::Owner =>
        {
            let act = GuardedAct::ExemptOwner { user: *user, exemption: *exemption, until: *until };
            Some((act, None))
        }
        Event::User(user, UserEvent::RecoveryGranted { recovery, expires_at, at, .. })
            if role(*user) == Role::Owner =>
        {
            let hours = u8::try_from(expires_at.since(*at).whole_seconds() / 3_600).unwrap_or(u8::MAX);
            let act = GuardedAct::GrantOwnerRecovery { user: *user, recovery: *recovery, hours };
            Some((act, None))
        }
        // One's own address is one's own matter.
        Event::User(user, UserEvent::EmailChangeRequested { email, .. })
            if role(*user) == Role::Owner && on.entry.by.person() != Some(*user) =>
        {
            let to = Identity::Email(email.clone());
            Some((GuardedAct::ChangeOwnerIdentity { user: *user, to }, Some(Guarded::HelpOwner)))
        }
        Event::User(user, UserEvent::IdentityProviderLinked { provider, subject, .. })
            if role(*user) == Role::Owner =>
        {
            let to = Identity::Provider { provider: provider.clone(), subject: subject.clone() };
            Some((GuardedAct::ChangeOwnerIdentity { user: *user, to }, Some(Guarded::HelpOwner)))
        }
        Event::User(user, UserEvent::PersonErased { .. }) => {
            let chosen = (role(*user) != Role::Owner).then_some(Guarded::Erase);
            Some((GuardedAct::Erase { user: *user }, chosen))
        }
        Event::User(user, UserEvent::RoleChanged { from: Role::Owner, to, .. }) => {
            Some((GuardedAct::DemoteOwner { user: *user, to: *to }, None))
        }
        Event::User(user, UserEvent::UserDeactivated { .. }) if role(*user) == Role::Owner => {
            Some((GuardedAct::DeactivateOwner { user: *user }, None))
        }
        Event::User(user, UserEvent::RoleChanged { to: Role::Owner, .. }) => {
            Some((GuardedAct::GrantOwner { user: *user }, None))
        }
        _ => None,
    }
}

/// Whether what was approved is what is done: the same act on the same person; a disable at most as large.
fn covers(approved: &GuardedAct, done: &GuardedAct) -> bool {
    match (approved, done) {
        (GuardedAct::Disable { people: most }, GuardedAct::Disable { people }) => people <= most,
        (GuardedAct::TransferOwnership { to, .. }, GuardedAct::GrantOwner { user }) => to == user,
        (GuardedAct::TransferOwnership { from, .. }, GuardedAct::DemoteOwner { user, .. }) => from == user,
        // What is sealed is sealed anew for its event.
        (
            GuardedAct::ChangeOwnerIdentity { user: of, to: agreed },
            GuardedAct::ChangeOwnerIdentity { user, to },
        ) => of == user && std::mem::discriminant(agreed) == std::mem::discriminant(to),
        (approved, done) => approved == done,
    }
}

fn guarded_act_approved() -> Rule {
    rule(
        "guarded-act-approved",
        "Making, unmaking, helping, or erasing an owner, closing the account, taking acts out of dual control, and what the account chose for it are done in the act that uses their approval.",
        |on, find| {
            let Some((done, choice)) = guarded(on) else { return };
            let chosen = |choice: Guarded| guards(on, &on.scene.account.governance).contains(&choice);
            if choice.is_none_or(chosen) {
                let approved = on.scene.act.approved.iter().any(|approved| covers(approved, &done));
                find.expect(approved, || format!("{done:?}"));
            }
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{AGENT, History, OWNER, case};
    use crate::time::Span;
    /// An account with one owner, where closing it waits for three days.
    fn asked(h: &mut History) {
        h.town();
        h.ask(GuardedAct::CloseAccount, Some(Span::days(3)));
    }
    vec![
        case("approval-asked-in-person", asked, |h| {
            let (approval, at) = (h.approval(), h.now());
            h.staff(OWNER, AccountEvent::ApprovalCancelled { approval, by: AGENT, at });
        }),
        case("approval-by-another", asked, |h| {
            let (approval, at) = (h.approval(), h.now());
            h.staff(OWNER, AccountEvent::ApprovalUsed { approval, approved_by: Some(OWNER), at });
        }),
        case(
            "guarded-act-approved",
            |h| {
                h.town();
                h.close_account();
                h.until("ApprovalRequested");
            },
            |h| {
                let at = h.now();
                h.staff(OWNER, AccountEvent::AccountClosed { at });
            },
        ),
    ]
}
