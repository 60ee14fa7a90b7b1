//! Acts that take two, as tables.

use std::collections::BTreeSet;

use crate::account::{
    Account, AccountCommand, AccountError, AccountEvent, ApprovalCommand, ApprovalError, Consent, Governance,
    GovernanceCommand, Guarded, GuardedAct, Turn,
};
use crate::ids::{ApprovalId, ExemptionId, UserId};
use crate::owners::Owners;
use crate::policy::Role;
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{User, UserEvent};

const ASKED: ApprovalId = ApprovalId::from_uuid(uuid::Uuid::from_u128(900));

fn person(n: u128) -> UserId {
    UserId::from_uuid(uuid::Uuid::from_u128(n))
}

fn owner(n: u128, more: &[UserEvent]) -> User {
    let mut first = registered(Role::Owner);
    if let UserEvent::UserRegistered { user, .. } = &mut first {
        *user = person(n);
    }
    fold([first, password_set()].into_iter().chain(more.iter().cloned()))
}

/// Owners 1 to `n`.
fn owners(n: u128) -> Owners {
    let people: Vec<User> = (1..=n).map(|n| owner(n, &[])).collect();
    Owners::among(&people)
}

fn governed(dual_control: Option<&[Guarded]>) -> AccountEvent {
    let dual_control = dual_control.map(|acts| acts.iter().copied().collect());
    let after = Governance { dual_control, ..Governance::default() };
    AccountEvent::GovernanceChanged { before: Governance::default(), after, at: NOW }
}

fn acts() -> Vec<GuardedAct> {
    let user = person(7);
    let exemption = ExemptionId::from_uuid(uuid::Uuid::from_u128(901));
    vec![
        GuardedAct::Disable { people: 3 },
        GuardedAct::Suspend,
        GuardedAct::ResetOwner { user, compromise: false },
        GuardedAct::ExemptOwner { user, exemption, until: later(Span::days(1)) },
        GuardedAct::Erase { user },
        GuardedAct::DemoteOwner { user: person(2), to: Role::Agent },
        GuardedAct::DeactivateOwner { user: person(2) },
        GuardedAct::GrantOwner { user },
        GuardedAct::TransferOwnership { from: person(1), to: user },
        GuardedAct::CloseAccount,
        GuardedAct::ChangeGovernance {
            to: Governance { dual_control: Some([].into()), ..Default::default() },
        },
    ]
}

fn asked(act: &GuardedAct, by: u128, matures_at: Option<Timestamp>) -> AccountEvent {
    AccountEvent::ApprovalRequested {
        approval: ASKED,
        act: act.clone(),
        by: person(by),
        reason: sealed(),
        matures_at,
        expires_at: matures_at.unwrap_or(NOW) + Span::days(7),
        at: NOW,
    }
}

fn request(act: &GuardedAct, by: u128, owners: Owners) -> AccountCommand {
    let (act, by, reason) = (act.clone(), person(by), sealed());
    AccountCommand::Approval(ApprovalCommand::Request { approval: ASKED, act, by, reason, owners, at: NOW })
}

fn used(
    by: u128,
    asker: Option<Role>,
    subject: Option<Role>,
    owners: Owners,
    at: Timestamp,
) -> AccountCommand {
    let by = person(by);
    AccountCommand::Approval(ApprovalCommand::Use { approval: ASKED, by, asker, subject, owners, at })
}

/// Rules: D2.
#[test]
fn what_takes_two_follows_from_the_owners_and_from_what_was_chosen() {
    type Row<'a> = (Option<&'a [Guarded]>, u128, Vec<Guarded>);
    use Guarded::{Disable, Erase, HelpOwner, Suspend};
    let all = Guarded::ALL.to_vec();
    // chosen | owners | the acts that take two beside those that always do
    let rows: [Row<'_>; 6] = [
        (None, 1, vec![HelpOwner]),
        (None, 2, all.clone()),
        (Some(&[]), 3, vec![HelpOwner]),
        (Some(&[Disable]), 1, vec![Disable, HelpOwner]),
        (Some(&[Suspend, Erase]), 2, vec![Suspend, Erase, HelpOwner]),
        (Some(&[Disable, Suspend, HelpOwner, Erase]), 1, all),
    ];
    for (chosen, count, takes_two) in rows {
        let account: Account = fold([opened(), governed(chosen)]);
        for act in acts() {
            let expected = match &act {
                GuardedAct::ChangeGovernance { .. } => takes_two != [HelpOwner],
                other => other.chosen_by().is_none_or(|guarded| takes_two.contains(&guarded)),
            };
            let consent = account.consent(&act, person(1), &owners(count), NOW);
            assert_eq!(consent != Consent::AtOnce, expected, "{chosen:?} {count} {act:?}");
            let third = act.subject() == Some(person(2));
            let second = if count > 1 + u128::from(third) {
                Consent::SecondOwner
            } else {
                Consent::Wait(later(Span::hours(72)))
            };
            assert!(!expected || consent == second, "{chosen:?} {count} {act:?}: {consent:?}");
        }
    }
}

/// Rules: D2.
#[test]
fn nobody_makes_themself_the_only_owner_by_locking_the_other_out() {
    let account: Account = fold([opened()]);
    let gone = UserEvent::UserDeactivated { reason: None, at: NOW };
    let left = Owners::among([&owner(1, &[]), &owner(2, &[gone])]);
    let consent = account.consent(&GuardedAct::Disable { people: 1 }, person(1), &left, NOW);
    assert_eq!(consent, Consent::Wait(later(Span::hours(72))), "two are owners still: it waits");
    // A locked-out owner is helped, after a wait, though there is nobody but them to approve it.
    let reset = GuardedAct::ResetOwner { user: person(2), compromise: false };
    assert_eq!(account.consent(&reset, person(1), &owners(2), NOW), Consent::Wait(later(Span::hours(72))));
    assert_eq!(account.consent(&reset, person(1), &owners(3), NOW), Consent::SecondOwner);
}

/// Rules: D2, H4.
#[test]
fn no_owner_helps_unmakes_or_erases_an_owner_alone() {
    // Whatever was chosen for dual control, and however many own the account.
    for chosen in [None, Some(&[] as &[Guarded])] {
        let account: Account = fold([opened(), governed(chosen)]);
        let until = later(Span::days(1));
        let exemption = ExemptionId::from_uuid(uuid::Uuid::from_u128(901));
        let recovery = CASE;
        for (n, count) in [(1, 1), (1, 2), (2, 2), (2, 3)] {
            let user = person(n);
            let acts = [
                GuardedAct::ResetOwner { user, compromise: true },
                GuardedAct::ExemptOwner { user, exemption, until },
                GuardedAct::GrantOwnerRecovery { user, recovery, hours: 24 },
                GuardedAct::Erase { user },
                GuardedAct::DemoteOwner { user, to: Role::Admin },
                GuardedAct::DeactivateOwner { user },
            ];
            for act in acts {
                let consent = account.consent(&act, person(1), &owners(count), NOW);
                assert_ne!(consent, Consent::AtOnce, "{chosen:?} {act:?} of {count}");
            }
        }
        // Of somebody else an erasure is what was chosen for it.
        let erase = GuardedAct::Erase { user: person(7) };
        let of_two = account.consent(&erase, person(1), &owners(2), NOW);
        assert_eq!(of_two == Consent::AtOnce, chosen.is_some());
    }
    // An owner is demoted to what is below one, and only while they are one.
    let demote = |to| GuardedAct::DemoteOwner { user: person(2), to };
    assert_eq!(demote(Role::Owner).deed(Some(Role::Owner)), None);
    assert_eq!(demote(Role::Agent).deed(Some(Role::Admin)), None);
    assert_eq!(GuardedAct::DeactivateOwner { user: person(2) }.deed(Some(Role::Admin)), None);
}

/// Rules: D2.
#[test]
fn a_request_waits_for_a_second_owner_or_for_its_time_and_ends() {
    let act = GuardedAct::CloseAccount;
    let due = later(Span::hours(72));
    given::<Account>([opened()]).when(request(&act, 1, owners(2))).then([asked(&act, 1, None)]);
    given::<Account>([opened()]).when(request(&act, 1, owners(1))).then([asked(&act, 1, Some(due))]);
    let twice = AccountError::from(ApprovalError::AlreadyRequested(ASKED));
    given::<Account>([opened(), asked(&act, 1, None)]).when(request(&act, 2, owners(2))).then_refused(twice);
    let needless = AccountError::from(ApprovalError::NotNeeded);
    given::<Account>([opened()]).when(request(&GuardedAct::Suspend, 1, owners(1))).then_refused(needless);
}

/// Rules: D2.
#[test]
fn who_approves_is_another_owner_who_is_still_there_and_whoever_asked_may_still() {
    let reset = GuardedAct::ResetOwner { user: person(3), compromise: false };
    let (asker, subject) = (Some(Role::Owner), Some(Role::Owner));
    let refusal = |why: ApprovalError| Err(AccountError::from(why));
    let yes = |by| Ok(vec![AccountEvent::ApprovalUsed { approval: ASKED, approved_by: by, at: NOW }]);
    let end = later(Span::days(7));
    // by | asker's role | subject's role | at | what comes of it
    let rows = [
        (2, asker, subject, NOW, yes(Some(person(2)))),
        (1, asker, subject, NOW, refusal(ApprovalError::OwnRequest)),
        (3, asker, subject, NOW, refusal(ApprovalError::OwnMatter)),
        (9, asker, subject, NOW, refusal(ApprovalError::NotAnOwner)),
        (2, Some(Role::Admin), subject, NOW, refusal(ApprovalError::Overtaken)),
        (2, None, subject, NOW, refusal(ApprovalError::Overtaken)),
        (2, asker, Some(Role::Admin), NOW, refusal(ApprovalError::Overtaken)),
        (2, asker, None, NOW, refusal(ApprovalError::Overtaken)),
        (2, asker, subject, end, refusal(ApprovalError::Over)),
    ];
    let account: Account = fold([opened(), asked(&reset, 1, None)]);
    for (by, asker, subject, at, expected) in rows {
        let came = account.decide(used(by, asker, subject, owners(3), at));
        assert_eq!(came, expected, "{by} {asker:?} {subject:?}");
    }
    let over: Account = fold([
        opened(),
        asked(&reset, 1, None),
        AccountEvent::ApprovalUsed { approval: ASKED, approved_by: None, at: NOW },
    ]);
    assert_eq!(over.decide(used(2, asker, subject, owners(3), NOW)), refusal(ApprovalError::Over), "once");
}

/// Rules: D2.
#[test]
fn a_wait_is_carried_out_by_who_asked_from_its_instant_on_unless_it_was_cancelled() {
    let due = later(Span::hours(72));
    let before = Timestamp::from_micros(due.micros() - 1);
    let act = GuardedAct::CloseAccount;
    let account: Account = fold([opened(), asked(&act, 1, Some(due))]);
    let carry = |at| account.decide(used(1, Some(Role::Owner), None, owners(1), at));
    assert_eq!(carry(before), Err(ApprovalError::NotYet(due).into()));
    let done = AccountEvent::ApprovalUsed { approval: ASKED, approved_by: None, at: due };
    assert_eq!(carry(due), Ok(vec![done]));
    assert_eq!(carry(due + Span::days(7)), Err(ApprovalError::Over.into()), "it ends as well");
    let cancel =
        |at| AccountCommand::Approval(ApprovalCommand::Cancel { approval: ASKED, by: person(5), at });
    let cancelled = AccountEvent::ApprovalCancelled { approval: ASKED, by: person(5), at: NOW };
    assert_eq!(account.decide(cancel(NOW)), Ok(vec![cancelled.clone()]));
    let gone: Account = fold([opened(), asked(&act, 1, Some(due)), cancelled]);
    assert_eq!(
        gone.decide(used(1, Some(Role::Owner), None, owners(1), due)),
        Err(ApprovalError::Over.into())
    );
}

/// Rules: D2.
#[test]
fn governance_is_one_event_a_save_and_weakening_it_takes_what_it_takes_away() {
    let to = Governance { admins_may_switch: true, ..Governance::default() };
    let change = |to: Governance| AccountCommand::Governance(GovernanceCommand::Change { to, at: NOW });
    let changed =
        AccountEvent::GovernanceChanged { before: Governance::default(), after: to.clone(), at: NOW };
    given::<Account>([opened()]).when(change(to)).then([changed]);
    given::<Account>([opened()]).when(change(Governance::default())).then_nothing();
    let sets: [Option<BTreeSet<Guarded>>; 4] =
        [None, Some([].into()), Some([Guarded::Disable].into()), Some(Guarded::ALL.into())];
    for before in &sets {
        for after in &sets {
            let held = Governance { dual_control: before.clone(), ..Governance::default() };
            let to = Governance { dual_control: after.clone(), ..Governance::default() };
            let changed = AccountEvent::GovernanceChanged {
                before: Governance::default(),
                after: held.clone(),
                at: NOW,
            };
            let account: Account = fold([opened(), changed]);
            for count in [1, 2] {
                let owners = owners(count);
                let less = !to.guards(&owners).is_superset(&held.guards(&owners));
                let act = GuardedAct::ChangeGovernance { to: to.clone() };
                let consent = account.consent(&act, person(1), &owners, NOW);
                assert_eq!(consent != Consent::AtOnce, less, "{before:?} to {after:?}, {count} owners");
            }
        }
    }
}

/// Rules: D2.
#[test]
fn what_is_saved_of_dual_control_says_what_always_takes_two() {
    let saved = |chosen: Option<&[Guarded]>| {
        let dual_control = chosen.map(|acts| acts.iter().copied().collect());
        Governance { dual_control, ..Governance::default() }.whole().dual_control
    };
    assert_eq!(Guarded::always().collect::<Vec<_>>(), [Guarded::HelpOwner]);
    assert_eq!(saved(None), None);
    assert_eq!(saved(Some(&[])), Some([Guarded::HelpOwner].into()));
    assert_eq!(saved(Some(&[Guarded::Erase])), Some([Guarded::Erase, Guarded::HelpOwner].into()));
}

/// Rules: D1, P9.
#[test]
fn an_approved_disable_resets_at_most_as_many_as_were_named() {
    use crate::account::{Census, Effect, Moved};
    let command = |at_most, people| AccountCommand::DisableApproved {
        at_most,
        actual: Census { people, digest: "d".into() },
        reason: None,
        at: NOW,
    };
    for (at_most, people) in [(5, 5), (5, 0)] {
        assert!(fold::<Account>([opened()]).decide(command(at_most, people)).is_ok());
    }
    given::<Account>([opened()]).when(command(5, 6)).then_refused(AccountError::Unconfirmed(
        Moved::People { effect: Effect::Reset, most: 5, now: 6 }.into(),
    ));
}

#[test]
fn a_closed_account_changes_nothing_any_more() {
    use crate::account::Impact;

    let closed = [opened(), account_disabled(1, NOW), AccountEvent::AccountClosed { at: NOW }];
    given::<Account>(closed.clone())
        .when(AccountCommand::Enable { impact: Impact::default(), at: NOW })
        .then_refused(AccountError::Closed);
    let account: Account = fold(closed);
    let era = account.era(NOW);
    let link = crate::user::UserCommand::ReportLost { device: LAPTOP };
    given::<User>(enabled()).under(era.clone()).when(link).then_refused(crate::user::UserError::Unknown);
    // What was announced before is still written down and proved.
    let reach = crate::user::UserCommand::ReachReset;
    given::<User>(enabled()).under(era).when(reach).then([reset_by_disable(1, NOW)]);
}

/// Rules: D2.
#[test]
fn a_request_waits_for_another_owner_or_when_it_is_due_for_whoever_asked() {
    let (due, act) = (later(Span::hours(72)), GuardedAct::GrantOwner { user: person(7) });
    let over = due + Span::days(7);
    // asked by 1, and due or not | who looks | as what | when | what is theirs to do
    let rows = [
        (None, 1, Role::Owner, NOW, None),
        (None, 2, Role::Owner, NOW, Some(Turn::Approve)),
        (None, 2, Role::Admin, NOW, None),
        (None, 7, Role::Owner, NOW, None),
        (Some(due), 1, Role::Owner, NOW, None),
        (Some(due), 1, Role::Owner, due, Some(Turn::CarryOut)),
        (Some(due), 1, Role::Owner, over, None),
        (Some(due), 2, Role::Owner, NOW, Some(Turn::Approve)),
    ];
    for (matures, who, role, at, expected) in rows {
        let account: Account = fold([opened(), asked(&act, 1, matures)]);
        let open = account.approvals.get(&ASKED).expect("it was asked for");
        assert_eq!(account.turn(open, person(who), role, at), expected, "{matures:?} {who} {role:?} {at}");
    }
}
