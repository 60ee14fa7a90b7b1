//! What thieves tried: with two moves in a row, with staff before or after them, from long ago, and by bringing somebody
//! along.

use super::*;

/// The reader of the address that the change to address `n` left says no.
fn no(number: u32, n: u8, at: Timestamp) -> [UserEvent; 1] {
    let (by, against) = (FrozenBy::FormerLink, Some(link(n)));
    [UserEvent::UserFrozen { recovery: CASE, number, by, against, reason: None, at }]
}

/// They come back with the factor, and have that address again.
fn back(email: Sealed<Email>, at: Timestamp) -> [UserEvent; 4] {
    let (verifier, by) = (verifier(5), None);
    [
        UserEvent::LinkRedeemed { link: LINK, at },
        UserEvent::EmailChanged { link: LINK, email, by, at },
        UserEvent::PasswordSet { verifier, stands_alone: true, at },
        UserEvent::UserThawed { recovery: CASE, how: Thawed::Factor, at },
    ]
}

fn told(user: &User, at: Timestamp) -> Vec<Sealed<Email>> {
    user.told_of_mailboxes(at).cloned().collect()
}

/// Rules: C6, H3.
#[test]
fn the_first_mailbox_of_several_moves_says_no_to_all_of_them() {
    let twice = and(and(enabled_in(0, Role::EndUser), moved(2, None, NOW)), moved(3, None, hours(73)));
    let user: User = fold(twice.clone());
    // left | against: the first move by which one of theirs was left
    let rows = [
        (vec![link(2)], Some(link(2))),
        (vec![link(3)], Some(link(3))),
        (vec![link(3), link(2)], Some(link(2))),
    ];
    for (left, against) in rows {
        assert_eq!(user.denier(&left, false, hours(83)), Ok((FrozenBy::FormerLink, against)), "{left:?}");
        assert_eq!(
            user.denier(&left, true, hours(83)),
            Ok((FrozenBy::OwnLink, None)),
            "whoever has the address objects to no change"
        );
    }
    let late = |left| user.denier(&[left], false, later(Span::days(30)));
    assert_eq!(late(link(2)), Err(UserError::LinkOver), "for 30 days");
    assert_eq!(late(link(3)), Ok((FrozenBy::FormerLink, Some(link(3)))));
    let user: User = fold(and(twice.clone(), no(1, 2, hours(83))));
    for t in [83, 500, 5_000] {
        assert_eq!(user.recovery_email(hours(t)), Some(&first()), "{t}: as long as the freeze lasts");
        assert_eq!(told(&user, hours(t)), [address(3), first(), address(2)], "{t}");
    }
    // Whoever says no at the second move only gets no more than that back; and it forgets nobody.
    let user: User = fold(and(twice.clone(), no(1, 3, hours(83))));
    assert_eq!((user.recovery_email(hours(83)), told(&user, hours(83)).len()), (Some(&address(2)), 3));
    // Back, the address is theirs, and those that came after it are nobody's.
    let user: User = fold(and(and(twice, no(1, 2, hours(83))), back(address(9), hours(84))));
    assert_eq!(
        (user.recovery_email(hours(84)), told(&user, hours(84))),
        (Some(&address(9)), vec![address(9)])
    );
}

/// Rules: C6, H3.
#[test]
fn a_move_after_staff_replaced_the_address_gives_the_newer_mailbox_nothing() {
    // Rightfully, or back from a thief's of long ago.
    let corrected = and(and(enabled(), moved(2, None, hours(-80))), moved(3, Some(ADMIN), NOW));
    for past in [and(enabled(), moved(3, Some(ADMIN), NOW)), corrected] {
        let past = and(past, moved(4, None, hours(1)));
        for freeze in
            [no(1, 4, hours(2)), frozen(1, FrozenBy::OwnLink, hours(2)), frozen(1, FrozenBy::Staff, hours(2))]
        {
            let user: User = fold(and(past.clone(), freeze));
            assert_eq!(user.standing(hours(2)), AddressStanding::Replaced);
            assert_eq!(user.recovery_email(hours(2)), Some(&address(3)), "the one that staff put there");
            assert_eq!(user.address_before(hours(2)), Some(&address(3)));
            assert!(!user.mailbox_waits(hours(2)));
        }
        let open: User = fold(past);
        assert_eq!(
            (open.recovery_email(hours(71)), open.recovery_email(hours(72))),
            (None, Some(&address(3)))
        );
        assert_eq!(open.recovery_email(hours(73)), Some(&address(4)));
    }
}

/// Rules: C9, H3.
#[test]
fn staff_who_replace_an_address_end_what_was_begun_at_the_one_before() {
    let issue = |purpose: LinkPurpose| {
        let expires_at = NOW + purpose.life();
        UserEvent::LinkIssued { link: LINK, purpose, verifier: verifier(4), expires_at }
    };
    let redeem = || UserCommand::RedeemLink {
        link: LINK,
        password: verifier(6),
        stands_alone: true,
        address: None,
        at: hours(0),
    };
    let stolen = and(enabled(), moved(2, None, hours(-100)));
    for purpose in [LinkPurpose::PasswordReset, LinkPurpose::Verification, LinkPurpose::Invitation] {
        let open = and(stolen.clone(), [issue(purpose)]);
        assert!(fold::<User>(open.clone()).decide(&at(NOW), redeem()).is_ok(), "{purpose:?}");
        given::<User>(and(open, moved(3, Some(ADMIN), NOW)))
            .under(at(NOW))
            .when(redeem())
            .then_refused(UserError::LinkOver);
    }
    // Sessions and trust, too; a move of the person's own ends none.
    let before: User = fold(stolen.clone());
    for (by, epochs) in [(Some(ADMIN), 1), (None, 0)] {
        let after: User = fold(and(stolen.clone(), moved(3, by, NOW)));
        assert_eq!(after.epoch, before.epoch + epochs, "{by:?}");
    }
    // What was granted is revoked, and a reset that waits is cancelled, by the change itself.
    let handed = crate::user::Handing::Link { link: LINK, verifier: verifier(4) };
    let (recovery, reason, by, expires_at) = (CASE, sealed(), OTHER, hours(24));
    let granted = UserEvent::RecoveryGranted {
        rank: None,
        recovery,
        handed,
        reason,
        by,
        approved_by: None,
        expires_at,
        at: NOW,
    };
    let [asked, changed] = moved(3, Some(ADMIN), NOW);
    let confirm = AddressCommand::Confirm { link: link(3), email: address(3), at: NOW };
    let revoked = UserEvent::RecoveryGrantRevoked { recovery: CASE, how: Objection::Address, at: NOW };
    given::<User>(and(stolen, [granted, asked]))
        .under(at(NOW))
        .when(UserCommand::People(PeopleCommand::Address(confirm)))
        .then([changed, revoked]);
}

/// Rules: H3, C6.
#[test]
fn an_address_that_somebody_came_in_with_counts_also_when_they_were_away() {
    let (verifier, scheme) = (verifier(1), "bcrypt".to_owned());
    let claimed = [registered(Role::Agent), UserEvent::PasswordClaimed { verifier, scheme, at: NOW }];
    let away = [UserEvent::UserDeactivated { reason: None, at: NOW }, UserEvent::UserReactivated { at: NOW }];
    for past in [claimed.to_vec(), and(claimed.to_vec(), away)] {
        let user: User = fold(and(past, moved(3, Some(ADMIN), NOW)));
        assert_eq!(user.recovery_email(hours(1)), None, "it rests");
        assert_eq!(told(&user, hours(1)), [address(3), first()], "and the one before hears of it");
        assert_eq!(user.denier(&[link(3)], false, hours(1)), Ok((FrozenBy::FormerLink, Some(link(3)))));
    }
    // One by which nobody ever came in was mistyped.
    let user: User = fold(and(vec![registered(Role::Agent)], moved(3, Some(ADMIN), NOW)));
    assert_eq!((user.recovery_email(NOW), told(&user, NOW)), (Some(&address(3)), vec![address(3)]));
}

/// Rules: C6.
#[test]
fn whoever_does_not_get_their_address_back_leaves_none_to_whoever_took_it() {
    let t = hours(3);
    let stolen = and(and(enabled(), moved(2, None, NOW)), no(1, 2, hours(2)));
    let [redeemed, _, set, thawed] = back(first(), t);
    let past = and(and(stolen, mailed(hours(2))), [redeemed, set, thawed]);
    let user: User = fold(past.clone());
    // Somebody else has theirs by now: what they have is the thief's, and stays nobody's.
    for later in [t, hours(100), hours(10_000)] {
        assert_eq!(
            (user.recovery_email(later), user.address_before(later)),
            (Some(&first()), Some(&first()))
        );
        assert_eq!(
            told(&user, later),
            [first()],
            "the thief's is not told, so that it freezes nothing any more"
        );
    }
    let frozen: User = fold(and(past.clone(), frozen(2, FrozenBy::OwnLink, hours(200))));
    assert_eq!(frozen.recovery_email(hours(200)), Some(&first()));
    // Until they, in a session, or staff name another one.
    let own: User = fold(and(past.clone(), moved(3, None, hours(200))));
    assert_eq!(
        (own.recovery_email(hours(271)), own.recovery_email(hours(272))),
        (Some(&first()), Some(&address(3)))
    );
    assert_eq!(told(&own, hours(201)), [address(3), first()]);
    let staffs: User = fold(and(past, moved(3, Some(ADMIN), hours(200))));
    assert_eq!(
        (staffs.recovery_email(hours(271)), staffs.recovery_email(hours(272))),
        (None, Some(&address(3)))
    );
    assert_eq!(told(&staffs, hours(201)), [address(3), first()]);
}

/// Rules: C6, H3.
#[test]
fn a_word_against_a_dispute_is_of_somebody_who_was_there_before() {
    let t = hours(100);
    let customer = and(enabled_in(0, Role::EndUser), moved(3, Some(ADMIN), NOW));
    let disputed = and(customer, no(1, 3, hours(1)));
    let puppet = |peer_since| Voucher { user: OTHER, role: Role::Admin, alone: false, peer_since };
    let before = NOW + Span::seconds(-1);
    // Somebody who was brought along, who has a smaller role than whoever replaced it, and who was there before.
    for (by, good) in [
        (puppet(Some(hours(1))), false),
        (puppet(Some(NOW)), false),
        (puppet(None), false),
        (puppet(Some(before)), true),
    ] {
        let came = fold::<User>(disputed.clone()).decide(&at(t), vouched(by, t));
        assert_eq!(came.err(), (!good).then_some(UserError::AddressDisputed), "{by:?}");
    }
    let same = Voucher { user: ADMIN, role: Role::Admin, alone: false, peer_since: Some(before) };
    given::<User>(disputed.clone())
        .under(at(t))
        .when(vouched(same, t))
        .then_refused(UserError::AddressDisputed);
    // The one before hears of words and waits as long as it has a say, however long ago it froze.
    let user: User = fold(and(disputed, [word(hours(172), t)]));
    assert_eq!(told(&user, t), [address(3), first()]);
    assert_eq!(user.told_at(t).count(), 2, "of everything, while it is frozen");
    // Since when somebody has at least a role, if they have it now, and which they had then.
    let role = |from, to, at| UserEvent::RoleChanged { from, to, at };
    let risen: User = fold(vec![registered(Role::Agent), role(Role::Agent, Role::Admin, hours(5))]);
    assert_eq!((risen.role_since(Role::Agent), risen.role_since(Role::Admin)), (Some(NOW), Some(hours(5))));
    assert_eq!((risen.role_at(hours(4)), risen.role_at(hours(5))), (Some(Role::Agent), Some(Role::Admin)));
    assert_eq!(risen.role_since(Role::Owner), None);
}

/// Rules: C6, H3.
#[test]
fn whoever_objected_before_fooled_staff_replaced_the_address_hears_of_it_and_disputes_it() {
    let stolen = and(and(enabled(), moved(2, None, NOW)), no(1, 2, hours(80)));
    let fooled = and(stolen, moved(3, Some(ADMIN), hours(81)));
    let user: User = fold(fooled.clone());
    assert_eq!(told(&user, hours(82)), [address(3), first(), address(2)]);
    assert_eq!(
        user.denier(&[link(2)], false, hours(82)),
        Ok((FrozenBy::FormerLink, Some(link(3)))),
        "it is staff's change that they dispute"
    );
    let user: User = fold(and(fooled, no(2, 3, hours(82))));
    let t = hours(200);
    assert_eq!((user.standing(t), user.disputed()), (AddressStanding::Disputed, Some((ADMIN, hours(81)))));
    assert_eq!(user.decide(&at(t), vouch(ADMIN, false, t)), Err(UserError::AddressDisputed));
    assert_eq!(told(&user, t).len(), 3);
}

/// Rules: C6, C9.
#[test]
fn a_no_of_a_mailbox_that_staff_said_is_wrong_opens_nothing_and_ends_no_correction() {
    let t = hours(2);
    let stolen = and(and(long_enabled(Role::Admin), moved(2, None, NOW)), no(1, 2, hours(1)));
    let [asked, changed] = moved(3, Some(ADMIN), hours(1));
    let waiting = and(stolen, [asked]);
    // While the correction waits, and once it is done: with whoever has the wrong one saying no over and over.
    let mut nagged = waiting.clone();
    for n in 2..12 {
        nagged = and(nagged, frozen(n, FrozenBy::OwnLink, t));
    }
    let confirm = AddressCommand::Confirm { link: link(3), email: address(3), at: t };
    given::<User>(nagged)
        .under(at(t))
        .when(UserCommand::People(PeopleCommand::Address(confirm)))
        .then([UserEvent::EmailChanged { link: link(3), email: address(3), by: Some(ADMIN), at: t }]);
    let right = and(and(waiting, [changed]), no(2, 3, t));
    let user: User = fold(right.clone());
    assert_eq!((user.standing(t), user.recovery_email(t)), (AddressStanding::Disputed, Some(&address(3))));
    // It has no say any more 30 days after, and what it disputed is settled as soon as they are back.
    let month = later(Span::days(31));
    let denied = user.denier(&[link(3)], false, month);
    assert_eq!((denied, told(&user, month)), (Err(UserError::LinkOver), vec![address(3)]));
    assert_eq!(user.standing(month), AddressStanding::Disputed);
    // But of the next one that staff name it hears: it could be its person's, and staff fooled twice.
    let again = user.after(&moved(4, Some(OTHER), month));
    let theirs = [address(4), address(2), address(3)];
    assert!(theirs.iter().all(|address| told(&again, month).contains(address)), "{:?}", told(&again, month));
    let thawed = UserEvent::UserThawed { recovery: CASE, how: Thawed::Factor, at: t };
    assert_eq!(user.after(&[thawed]).standing(hours(80)), AddressStanding::Theirs);
}

/// Rules: C6, H1.
#[test]
fn whoever_is_deactivated_says_no_before_they_are_let_in_again() {
    let stolen = and(enabled(), moved(2, None, NOW));
    let away = and(stolen, [UserEvent::UserDeactivated { reason: None, at: hours(1) }]);
    let freeze = |by, against| {
        let (recovery, reason, anew, at) = (CASE, None, true, hours(2));
        UserCommand::Freeze(FreezeCommand::Freeze { recovery, by, against, reason, anew, at })
    };
    given::<User>(away.clone())
        .under(at(hours(2)))
        .when(freeze(FrozenBy::FormerLink, Some(link(2))))
        .then(no(1, 2, hours(2)));
    for by in [FrozenBy::Staff, FrozenBy::Person] {
        given::<User>(away.clone()).when(freeze(by, None)).then_refused(UserError::Deactivated);
    }
    let back = and(and(away, no(1, 2, hours(2))), [UserEvent::UserReactivated { at: hours(100) }]);
    let user: User = fold(back);
    assert_eq!((user.welcome().is_some(), user.recovery_email(hours(100))), (true, Some(&first())));
    let invite = UserCommand::IssueLink {
        link: LINK,
        purpose: LinkPurpose::Verification,
        verifier: verifier(4),
        expires_at: hours(100) + LinkPurpose::Verification.life(),
    };
    assert_eq!(
        user.decide(&at(hours(100)), invite),
        Err(UserError::Frozen),
        "they come back by the way of that"
    );
}
