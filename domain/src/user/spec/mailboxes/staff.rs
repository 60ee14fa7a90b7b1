//! What staff ask for stands; what leads back from what they were fooled into; and what is kept for its person.

use super::*;
use crate::proof::Verdict;

/// Rules: C6, H3, H4.
#[test]
fn what_staff_asked_for_stands_through_all_that_staff_do_and_no_session_or_link_stops_it() {
    let [asked, _] = moved(3, Some(ADMIN), hours(1));
    let stolen = and(enabled(), moved(2, None, hours(-100)));
    let waiting = and(stolen.clone(), [asked]);
    let t = hours(2);
    let put = |command| UserCommand::People(PeopleCommand::Address(command));
    let confirm = put(AddressCommand::Confirm { link: link(3), email: address(3), at: t });
    let stands = |past: &[UserEvent], what: &str| {
        let user: User = fold(past.to_vec());
        assert!(
            user.decide(&at(t), confirm.clone()).is_ok_and(|events| events.contains(&changed_at(t))),
            "{what}"
        );
    };
    // Sessions, factors, roles, access, another password, a lost device; and staff's own freeze.
    let reset = crate::user::ResetCause::Staff { reason: sealed(), compromise: true, recovery: None };
    let device = crate::ids::DeviceId::from_uuid(Uuid::from_u128(1));
    for (what, event) in [
        ("reset", UserEvent::TwoFactorReset { cause: reset, effective_at: t }),
        ("role", UserEvent::RoleChanged { from: Role::Admin, to: Role::Agent, at: t }),
        ("deactivated", UserEvent::UserDeactivated { reason: None, at: t }),
        ("password", UserEvent::PasswordSet { verifier: verifier(6), stands_alone: true, at: t }),
        ("lost", UserEvent::DeviceReportedLost { device }),
        ("frozen", frozen(1, FrozenBy::Staff, t)[0].clone()),
    ] {
        stands(&and(waiting.clone(), [event]), what);
    }
    let away = and(waiting.clone(), [UserEvent::UserDeactivated { reason: None, at: t }]);
    let back = and(away.clone(), [UserEvent::UserReactivated { at: t }]);
    stands(&back, "deactivated and back");
    // It is asked for, and cancelled by staff, of somebody deactivated, too; by nobody else.
    let shut = and(stolen, [UserEvent::UserDeactivated { reason: None, at: hours(1) }]);
    let ask = |by| {
        put(AddressCommand::Request { link: link(4), email: address(4), verifier: verifier(4), by, at: t })
    };
    assert!(fold::<User>(shut.clone()).decide(&at(t), ask(Some((ADMIN, Role::Admin)))).is_ok());
    assert_eq!(fold::<User>(shut).decide(&at(t), ask(None)), Err(UserError::Deactivated));
    // Whoever sits in a session, or reads the mailbox that they have, does not stop it.
    let user: User = fold(waiting.clone());
    let until = hours(25);
    assert_eq!(user.decide(&at(t), ask(None)), Err(UserError::InCorrection(until)));
    let cancel = |how| put(AddressCommand::Cancel { how, at: t });
    assert_eq!(user.decide(&at(t), cancel(Objection::Person)), Err(UserError::NoChangeWaits));
    assert!(
        user.decide(&at(t), cancel(Objection::Staff)).is_ok()
            && fold::<User>(away).decide(&at(t), cancel(Objection::Staff)).is_ok()
    );
    for how in [Objection::Person, Objection::Staff] {
        given_when(&waiting, t, put(AddressCommand::SessionsEnded { how, at: t }), vec![]);
    }
    let (purpose, expires_at) = (LinkPurpose::EmailObjection, t + LinkPurpose::EmailObjection.life());
    let stop = UserCommand::IssueLink { link: LINK, purpose, verifier: verifier(4), expires_at };
    assert_eq!(user.decide(&at(t), stop), Err(UserError::LinkOver));
    // "Not me" ends it, on record, of somebody who was not frozen.
    let (recovery, by, against, reason) = (CASE, FrozenBy::OwnLink, None, None);
    let no = UserCommand::Freeze(FreezeCommand::Freeze { recovery, by, against, reason, anew: true, at: t });
    let ended = UserEvent::EmailChangeCancelled { link: link(3), how: Objection::Frozen, at: t };
    given_when(&waiting, t, no, vec![ended, frozen(1, FrozenBy::OwnLink, t)[0].clone()]);
}

fn changed_at(at: Timestamp) -> UserEvent {
    UserEvent::EmailChanged { link: link(3), email: address(3), by: Some(ADMIN), at }
}

/// Rules: C6, H3.
#[test]
fn of_a_persons_own_change_the_mailbox_that_staff_said_is_wrong_is_told_and_stops_nothing() {
    let user: User = fold(and(and(enabled(), moved(2, None, hours(-100))), moved(3, Some(ADMIN), NOW)));
    let told: Vec<_> = user.told_at(hours(1)).cloned().collect();
    assert_eq!(
        (told, user.stoppers(hours(1)).cloned().collect::<Vec<_>>()),
        (vec![address(3), address(2)], vec![address(3)])
    );
    let user: User = fold(and(enabled(), moved(2, None, NOW)));
    assert_eq!(user.stoppers(hours(1)).cloned().collect::<Vec<_>>(), [address(2), first()]);
}

/// Rules: C6, H3.
#[test]
fn while_the_address_is_disputed_a_factor_leads_back_that_was_there_long_before_and_none_else() {
    let t = hours(3);
    let disputed = |past: Vec<UserEvent>| {
        let fooled = and(and(past, moved(2, None, NOW)), moved(3, Some(ADMIN), hours(1)));
        and(
            fooled,
            [UserEvent::UserFrozen {
                recovery: CASE,
                number: 1,
                by: FrozenBy::FormerLink,
                against: Some(link(3)),
                reason: None,
                at: hours(2),
            }],
        )
    };
    let thaw = |shown| {
        let (password, stands_alone, address) = (verifier(6), true, None);
        UserCommand::Freeze(FreezeCommand::Thaw {
            link: LINK,
            shown: Some(shown),
            password,
            stands_alone,
            address,
            at: t,
        })
    };
    let (thiefs, theirs) = (disputed(enabled()), disputed(long_enabled(Role::Admin)));
    assert_eq!(fold::<User>(thiefs.clone()).recovery_email(t), None, "no link for what cannot be shown");
    assert_eq!(fold::<User>(theirs.clone()).recovery_email(t), Some(&address(3)));
    let by_word = and(thiefs.clone(), [word(hours(73), t)]);
    assert_eq!(fold::<User>(by_word).recovery_email(t), Some(&address(3)), "once somebody gave their word");
    let refused = Err(UserError::AddressDisputed);
    for (past, shown, good) in [
        (&thiefs, right_code(), false),
        (&thiefs, Verdict::Recovery { index: 1 }, false),
        (&theirs, Verdict::Recovery { index: 1 }, false),
        (&theirs, right_code(), true),
    ] {
        let user: User = fold(and(past.clone(), mailed(t)));
        let came = user.decide(&at(t), thaw(shown));
        assert_eq!(came.is_ok(), good, "{came:?}");
        assert!(good || came == refused);
    }
    // Nor where the one before said no to what was before staff's change, and to that not yet.
    let objected = UserEvent::UserFrozen {
        recovery: CASE,
        number: 1,
        by: FrozenBy::FormerLink,
        against: Some(link(2)),
        reason: None,
        at: hours(1),
    };
    let once = and(and(enabled(), moved(2, None, NOW)), [objected]);
    let once = and(once, moved(3, Some(ADMIN), hours(2)));
    assert_eq!(fold::<User>(once.clone()).standing(t), AddressStanding::Replaced);
    assert_eq!(fold::<User>(and(once, mailed(t))).decide(&at(t), thaw(right_code())), refused);
    // A wrong one is charged as ever.
    assert!(fold::<User>(and(thiefs, mailed(t))).decide(&at(t), thaw(WRONG)).is_ok());
}

/// Rules: C6, H1, H3.
#[test]
fn an_address_that_can_be_given_back_is_kept_for_its_person() {
    let moved_away = and(enabled(), moved(2, None, NOW));
    let kept =
        |past: &[UserEvent], t: Timestamp| fold::<User>(past.to_vec()).kept(t).cloned().collect::<Vec<_>>();
    assert_eq!(kept(&moved_away, hours(71)), [first()]);
    assert!(kept(&moved_away, hours(72)).is_empty());
    let shut = and(moved_away.clone(), frozen(1, FrozenBy::Staff, hours(1)));
    assert_eq!(kept(&shut, hours(1_000)), [first()], "as long as the freeze lasts");
    let (purpose, t) = (LinkPurpose::Verification, hours(70));
    let expires_at = t + purpose.life();
    let invited = UserEvent::LinkIssued { link: LINK, purpose, verifier: verifier(4), expires_at };
    assert_eq!(
        kept(&and(moved_away.clone(), [invited.clone()]), hours(200)),
        [first()],
        "as long as a link lies there"
    );
    assert!(kept(&and(moved_away.clone(), [invited]), expires_at).is_empty());
    // Not one that staff said is wrong.
    assert!(kept(&and(moved_away, moved(3, Some(ADMIN), hours(1))), hours(2)).is_empty());
}

/// Rules: C6, P2.
#[test]
fn no_way_back_makes_a_password_for_whoever_signs_in_through_a_provider_only() {
    let linked =
        UserEvent::IdentityProviderLinked { provider: "google".to_owned(), subject: sealed(), at: NOW };
    let only = vec![registered(Role::EndUser), UserEvent::EmailVerified { at: NOW }, linked.clone()];
    let both = and(enabled_in(0, Role::EndUser), [linked]);
    let t = hours(80);
    for (past, sets) in [(only, false), (both, true)] {
        let shut = and(past, frozen(1, FrozenBy::Staff, NOW));
        let open = and(and(shut, [word(t, NOW)]), mailed(t));
        let user: User = fold(open);
        assert_eq!(user.way_back_sets_password(), sets);
        let (password, stands_alone) = (verifier(6), true);
        let thaw =
            FreezeCommand::Thaw { link: LINK, shown: None, password, stands_alone, address: None, at: t };
        let events = user.decide(&at(t), UserCommand::Freeze(thaw)).unwrap();
        assert_eq!(events.iter().any(|event| matches!(event, UserEvent::PasswordSet { .. })), sets);
        let back = user.after(&events);
        assert_eq!((back.frozen.is_none(), back.password.is_some(), back.may_sign_in()), (true, sets, true));
    }
}
