//! Two mailboxes, one person: which of them may do what, by who moved the address and when.

mod staff;
mod thieves;

use uuid::Uuid;

use crate::ids::{LinkId, RecoveryId, UserId};
use crate::policy::Role;
use crate::proof::Era;
use crate::sealed::{Email, Sealed};
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{
    AddressCommand, AddressStanding, Doors, FreezeCommand, Fresh, FrozenBy, LinkPurpose, Mailbox, Objection,
    PeopleCommand, RecoveryRefusal, RecoveryRoute, Thawed, User, UserCommand, UserError, UserEvent, Voucher,
    Word, doors,
};

const CASE: RecoveryId = RecoveryId::from_uuid(Uuid::from_u128(60));
const ADMIN: UserId = UserId::from_uuid(Uuid::from_u128(61));
const OTHER: UserId = UserId::from_uuid(Uuid::from_u128(62));

fn at(at: Timestamp) -> Era {
    Era { at, ..Era::default() }
}

fn hours(n: i64) -> Timestamp {
    later(Span::hours(n))
}

fn address(n: u8) -> Sealed<Email> {
    Sealed::from_bytes(vec![n])
}

fn link(n: u8) -> LinkId {
    LinkId::from_uuid(Uuid::from_u128(900 + u128::from(n)))
}

/// Moved to an address, asked for and confirmed at once.
fn moved(n: u8, by: Option<UserId>, at: Timestamp) -> [UserEvent; 2] {
    let (link, email, expires_at) = (link(n), address(n), at + LinkPurpose::EmailChange.life());
    let (verifier, rank) = (verifier(4), by.map(|_| Role::Admin));
    [
        UserEvent::EmailChangeRequested { link, email: email.clone(), verifier, expires_at, by, rank, at },
        UserEvent::EmailChanged { link, email, by, at },
    ]
}

fn frozen(number: u32, by: FrozenBy, at: Timestamp) -> [UserEvent; 1] {
    [UserEvent::UserFrozen { recovery: CASE, number, by, against: None, reason: None, at }]
}

/// A way back, mailed at an instant.
fn mailed(at: Timestamp) -> [UserEvent; 1] {
    let expires_at = at + LinkPurpose::WayBack.life();
    [UserEvent::LinkIssued { link: LINK, purpose: LinkPurpose::WayBack, verifier: verifier(4), expires_at }]
}

fn waits(at: Timestamp) -> UserCommand {
    let route = RecoveryRoute::Mailbox;
    UserCommand::Freeze(FreezeCommand::Wait { link: LINK, route, wait: Span::hours(72), at })
}

/// A word of somebody who was of the team for a year, with the role of whoever replaced the address, or an owner's.
fn vouch(by: UserId, owner: bool, at: Timestamp) -> UserCommand {
    let peer_since = Some(NOW + Span::days(-365));
    let role = if owner { Role::Owner } else { Role::Admin };
    vouched(Voucher { user: by, role, alone: false, peer_since }, at)
}

fn vouched(by: Voucher, at: Timestamp) -> UserCommand {
    UserCommand::Freeze(FreezeCommand::Vouch { reason: sealed(), by, at })
}

fn word(from: Timestamp, at: Timestamp) -> UserEvent {
    let (route, reason) = (RecoveryRoute::Staff, Some(sealed()));
    UserEvent::ThawAllowed { recovery: CASE, route, reason, from, rank: Some(Role::Admin), at }
}

/// The same of an owner, if it is.
fn ranked(mut word: UserEvent, owner: bool) -> UserEvent {
    if let (UserEvent::ThawAllowed { rank, .. }, true) = (&mut word, owner) {
        *rank = Some(Role::Owner);
    }
    word
}

fn forgets(at: Timestamp) -> UserCommand {
    let purpose = LinkPurpose::PasswordReset;
    UserCommand::IssueLink { link: LINK, purpose, verifier: verifier(4), expires_at: at + purpose.life() }
}

/// The same with a factor that they had long before.
fn long_enabled(role: Role) -> Vec<UserEvent> {
    let mut past = enabled_in(0, role);
    for event in &mut past {
        if let UserEvent::FactorConfirmed { at, .. } = event {
            *at = hours(-200);
        }
    }
    past
}

fn given_when(past: &[UserEvent], t: Timestamp, command: UserCommand, expected: Vec<UserEvent>) {
    assert_eq!(fold::<User>(past.to_vec()).decide(&at(t), command), Ok(expected));
}

fn first() -> Sealed<Email> {
    let UserEvent::UserRegistered { email, .. } = registered(Role::Agent) else { unreachable!() };
    email
}

/// Rules: H3, C4, C6, C9.
#[test]
fn no_mailbox_alone_is_let_in_while_two_could_be_right_and_always_one_gets_a_way_back() {
    use AddressStanding::{Disputed, InCorrection, Replaced, Theirs};
    let none = Doors { letters: false, back: false, waits: false, word: Word::Never };
    let back = |word| Doors { back: true, word, ..none };
    let rows = [
        (Theirs, Doors { letters: true, back: true, waits: true, word: Word::AtOnce }),
        (Replaced, back(Word::Rested)),
        (Disputed, back(Word::Another)),
        (InCorrection, none),
    ];
    for (standing, anchor) in rows {
        assert_eq!(doors(standing, Mailbox::Anchor), anchor, "{standing:?}");
        assert_eq!(doors(standing, Mailbox::Another), none, "{standing:?}: whoever came later, or is wrong");
    }
    // Of several, only one gets a way back, so that neither ends the other's; and staff can always open one.
    for (standing, anchor) in rows {
        assert!(anchor.back && anchor.word != Word::Never || standing == InCorrection, "{standing:?}");
    }
}

/// Rules: H3, C4, C6.
#[test]
fn an_address_that_staff_replaced_gets_nothing_any_more_and_the_new_one_waits_its_time() {
    let stolen = and(long_enabled(Role::Admin), moved(2, None, hours(-74)));
    let user: User = fold(and(stolen.clone(), moved(3, Some(ADMIN), NOW)));
    for (at, expected) in [(NOW, None), (hours(71), None), (hours(72), Some(address(3)))] {
        assert_eq!(user.recovery_email(at).cloned(), expected, "{at}");
    }
    assert_eq!(user.told_at(NOW).cloned().collect::<Vec<_>>(), [address(3), address(2)]);
    let rested = UserError::MailboxTooFresh { after: Fresh::AddressReplaced, until: hours(72) };
    assert_eq!(user.decide(&at(hours(71)), forgets(hours(71))), Err(rested));
    assert!(user.decide(&at(hours(72)), forgets(hours(72))).is_ok());
    // Whoever says no at the address before freezes it, and gets no way back.
    for by in [FrozenBy::FormerLink, FrozenBy::OwnLink, FrozenBy::Staff] {
        let shut: User = fold(and(and(stolen.clone(), moved(3, Some(ADMIN), NOW)), frozen(1, by, hours(1))));
        assert_eq!(shut.recovery_email(hours(1)), Some(&address(3)), "{by:?}");
    }
    // So it is with one that staff put right while the person's own change is fresh: whoever they say is wrong gets
    // nothing, and is told.
    let soon: User = fold(and(and(enabled(), moved(2, None, hours(-1))), moved(3, Some(ADMIN), NOW)));
    assert_eq!((soon.recovery_email(NOW), soon.recovery_email(hours(72))), (None, Some(&address(3))));
    assert_eq!(soon.told_at(NOW).cloned().collect::<Vec<_>>(), [address(3), first(), address(2)]);
}

/// Rules: C4, H2, H3, H4.
#[test]
fn a_password_set_by_a_link_to_an_address_before_gives_that_back_and_leaves_nothing_to_the_other() {
    let stolen = and(enabled(), moved(2, None, NOW));
    let away = [UserEvent::UserDeactivated { reason: None, at: hours(1) }];
    let back = [UserEvent::UserReactivated { at: hours(1) }];
    let returned = and(and(stolen.clone(), away), back);
    let invited =
        and(and(vec![registered(Role::Agent)], [UserEvent::EmailVerified { at: NOW }]), moved(2, None, NOW));
    // A forgotten password that was asked for before the thief moved the address goes to the one before, too.
    let asked_before = |purpose: LinkPurpose| {
        let expires_at = NOW + purpose.life();
        let asked = UserEvent::LinkIssued { link: LINK, purpose, verifier: verifier(4), expires_at };
        and(and(enabled(), [asked]), moved(2, None, hours(0)))
    };
    let issued = |past: Vec<UserEvent>, purpose: LinkPurpose, at: Timestamp| {
        let expires_at = at + purpose.life();
        and(past, [UserEvent::LinkIssued { link: LINK, purpose, verifier: verifier(4), expires_at }])
    };
    let rows = [
        ("a forgotten password", issued(stolen, LinkPurpose::PasswordReset, hours(71)), hours(71)),
        ("let in again", issued(returned.clone(), LinkPurpose::Verification, hours(1)), hours(1)),
        ("days later", issued(returned, LinkPurpose::Verification, hours(71)), hours(150)),
        ("invited anew", issued(invited, LinkPurpose::Invitation, hours(70)), hours(100)),
        ("asked for before the move", asked_before(LinkPurpose::PasswordReset), NOW + Span::minutes(30)),
    ];
    for (what, past, t) in rows {
        let user: User = fold(past);
        assert_eq!(user.gives_back(LINK), Some(&first()), "{what}");
        let redeem = |address| UserCommand::RedeemLink {
            link: LINK,
            password: verifier(6),
            stands_alone: true,
            address,
            at: t,
        };
        let events = user.decide(&at(t), redeem(Some(address(9)))).unwrap();
        let changed = UserEvent::EmailChanged { link: LINK, email: address(9), by: None, at: t };
        assert_eq!(events[1], changed, "{what}");
        let back = user.after(&events);
        assert_eq!(back.who().map(|who| &who.email), Some(&address(9)), "{what}");
        for later in [t, t + Span::hours(73), t + Span::days(29)] {
            assert_eq!(
                back.recovery_email(later),
                Some(&address(9)),
                "{what}: the other one is none of theirs"
            );
            assert_eq!(back.told_of_mailboxes(later).count(), 1, "{what}");
        }
        assert!(back.epoch > user.epoch, "{what}: sessions end");
        // Somebody else has it by now: the one that they have stays no address of theirs all the same.
        let without = user.after(&user.decide(&at(t), redeem(None)).unwrap());
        assert_eq!(without.recovery_email(t + Span::hours(80)), Some(&first()), "{what}");
        assert_eq!(without.told_of_mailboxes(t).cloned().collect::<Vec<_>>(), [first()], "{what}");
    }
}

/// Rules: H3.
#[test]
fn a_change_just_before_the_first_one_has_rested_rests_as_long_itself() {
    let user: User = fold(and(and(enabled(), moved(2, None, NOW)), moved(3, None, hours(71))));
    let rows = [(71, sealed()), (72, address(2)), (142, address(2)), (143, address(3))];
    for (at, expected) in rows {
        assert_eq!(user.recovery_email(hours(at)), Some(&expected), "{at}");
    }
    assert_eq!(user.doubt(hours(142)).map(|(_, until)| until), Some(hours(143)));
}

/// Rules: C6, C4, C9.
#[test]
fn the_mailbox_that_staff_chose_comes_back_with_a_factor_or_by_a_word_that_rested() {
    let customer = || and(enabled_in(0, Role::EndUser), moved(3, Some(ADMIN), NOW));
    let shut = |by| and(and(customer(), frozen(1, by, hours(1))), mailed(hours(1)));
    let (route, why, t) = (RecoveryRoute::Mailbox, RecoveryRefusal::AddressChanged, hours(1));
    let refused = UserEvent::RecoveryRefused { recovery: CASE, route, why, at: t };
    for by in [FrozenBy::Staff, FrozenBy::FormerLink] {
        given::<User>(shut(by)).under(at(t)).when(waits(t)).then([refused.clone()]);
    }
    let until = |past: Vec<UserEvent>| fold::<User>(past).mailbox_doubt(t).map(|(_, until)| until);
    assert_eq!(until(shut(FrozenBy::Staff)), Some(Some(hours(72))));
    assert_eq!(until(shut(FrozenBy::FormerLink)), Some(None), "a person decides, not time");
    // One of the team is let in by a word, when the change has rested; of a dispute, by another's or an owner's.
    let agent = |by| and(and(enabled(), moved(3, Some(ADMIN), NOW)), frozen(1, by, t));
    given::<User>(agent(FrozenBy::Staff))
        .under(at(t))
        .when(vouch(ADMIN, false, t))
        .then([word(hours(72), t)]);
    let disputed = agent(FrozenBy::FormerLink);
    given::<User>(disputed.clone())
        .under(at(t))
        .when(vouch(ADMIN, false, t))
        .then_refused(UserError::AddressDisputed);
    for owner in [false, true] {
        given_when(&disputed, t, vouch(OTHER, owner, t), vec![ranked(word(hours(72), t), owner)]);
    }
    // Not by whoever replaced it, an owner neither; a sole owner, beside whom nobody could, waits once more.
    for (alone, late) in [(false, t), (false, hours(300)), (true, t), (true, hours(300))] {
        let by = Voucher { user: ADMIN, role: Role::Owner, alone, peer_since: Some(hours(-1_000)) };
        let came = fold::<User>(disputed.clone()).decide(&at(late), vouched(by, late));
        let own = ranked(word(late + Span::hours(72), late), true);
        assert_eq!(came, if alone { Ok(vec![own]) } else { Err(UserError::AddressDisputed) }, "{late}");
    }
    // Neither time, nor another freeze, nor the same person once more settles it; somebody else does.
    let late = hours(300);
    let again = and(disputed.clone(), frozen(2, FrozenBy::Staff, hours(2)));
    let once_more = and(disputed.clone(), moved(4, Some(ADMIN), hours(2)));
    for past in [disputed.clone(), again, once_more] {
        let refused = UserError::AddressDisputed;
        given::<User>(past).under(at(late)).when(vouch(ADMIN, false, late)).then_refused(refused);
    }
    let settled = and(disputed, moved(4, Some(OTHER), hours(2)));
    given::<User>(settled).under(at(late)).when(vouch(ADMIN, false, late)).then([word(late, late)]);
    // Nobody vouches for an owner: they wait, once it has rested.
    let owners = and(enabled_in(0, Role::Owner), moved(3, Some(ADMIN), NOW));
    let owners: User = fold(and(owners, frozen(1, FrozenBy::FormerLink, t)));
    assert!(!owners.mailbox_waits(hours(71)) && owners.mailbox_waits(hours(72)));
    // An objection that comes when the change has rested is one, too.
    let long_after = and(and(customer(), frozen(1, FrozenBy::FormerLink, hours(100))), mailed(hours(100)));
    assert!(!fold::<User>(long_after).mailbox_waits(hours(100)));
}

/// Rules: C6, H3.
#[test]
fn the_address_before_gets_the_way_back_when_it_says_no_however_late() {
    let stolen = and(enabled_in(0, Role::EndUser), moved(2, None, NOW));
    let t = hours(100);
    let back = and(and(stolen.clone(), frozen(1, FrozenBy::FormerLink, t)), mailed(t));
    let user: User = fold(back);
    assert_eq!(user.recovery_email(hours(500)), Some(&sealed()), "however long it takes");
    assert!(user.mailbox_waits(t) && user.told_at(hours(500)).count() == 2, "and both are told");
    // A freeze from the address they have, or by staff, says nothing of a change that is not fresh any more.
    for by in [FrozenBy::OwnLink, FrozenBy::Staff] {
        let user: User = fold(and(stolen.clone(), frozen(1, by, t)));
        assert_eq!(user.recovery_email(t), Some(&address(2)), "{by:?}");
    }
}

/// Rules: C6, C9.
#[test]
fn staff_put_the_address_of_somebody_frozen_right_and_nobody_else_does() {
    let stolen = and(enabled(), moved(2, None, hours(-100)));
    let shut = and(stolen, frozen(1, FrozenBy::Staff, NOW));
    let ask = |by: Option<UserId>| {
        let (verifier, t) = (verifier(4), hours(1));
        let by = by.map(|by| (by, Role::Admin));
        let ask = AddressCommand::Request { link: link(3), email: address(3), verifier, by, at: t };
        UserCommand::People(PeopleCommand::Address(ask))
    };
    let user: User = fold(shut.clone());
    assert_eq!(user.decide(&at(hours(1)), ask(None)), Err(UserError::Frozen));
    assert!(user.decide(&at(hours(1)), ask(Some(ADMIN))).is_ok());
    // What was given to the reader of the wrong one is over: the link, and the word.
    let [asked, changed] = moved(3, Some(ADMIN), hours(1));
    let given_before = and(and(and(shut, mailed(NOW)), [word(NOW, NOW)]), [asked]);
    let confirm = AddressCommand::Confirm { link: link(3), email: address(3), at: hours(1) };
    let stopped = UserEvent::ThawStopped { recovery: CASE, how: Objection::Replaced, at: hours(1) };
    given::<User>(given_before.clone())
        .under(at(hours(1)))
        .when(UserCommand::People(PeopleCommand::Address(confirm)))
        .then([stopped.clone(), changed.clone()]);
    let right: User = fold(and(given_before, [stopped, changed]));
    assert_eq!(right.recovery_email(hours(1)), Some(&address(3)));
    assert!(!right.links.contains_key(&LINK) && right.way_back(hours(1)).is_none());
    let owed = UserCommand::IssueLink {
        link: LINK,
        purpose: LinkPurpose::WayBack,
        verifier: verifier(5),
        expires_at: hours(1) + LinkPurpose::WayBack.life(),
    };
    assert!(right.decide(&at(hours(1)), owed).is_ok(), "the link to the right one is owed at once");
    // Back with a factor, the wrong one does not find them.
    let thawed = UserEvent::UserThawed { recovery: CASE, how: Thawed::Factor, at: hours(2) };
    let back = right.after(&[thawed]);
    assert_eq!((back.recovery_email(hours(2)), back.recovery_email(hours(73))), (None, Some(&address(3))));
    assert_ne!(first(), address(3));
}

/// Rules: C6, H3.
#[test]
fn while_staff_correct_the_address_of_somebody_frozen_no_way_back_goes_to_the_wrong_one() {
    let stolen = and(enabled(), moved(2, None, hours(-100)));
    let shut = and(and(stolen, frozen(1, FrozenBy::Staff, NOW)), mailed(NOW));
    let correcting = |n: u8, by, at: Timestamp| {
        let (verifier, at) = (verifier(4), at);
        let by = Some((by, Role::Admin));
        let ask = AddressCommand::Request { link: link(n), email: address(n), verifier, by, at };
        UserCommand::People(PeopleCommand::Address(ask))
    };
    let owed = |at: Timestamp| {
        let (purpose, verifier) = (LinkPurpose::WayBack, verifier(5));
        UserCommand::IssueLink { link: link(9), purpose, verifier, expires_at: at + purpose.life() }
    };
    let [asked, changed] = moved(3, Some(ADMIN), hours(1));
    // A word that was given before is over as soon as staff say that the address is wrong.
    let how = Objection::Replaced;
    let stopped = UserEvent::ThawStopped { recovery: CASE, how, at: hours(1) };
    given::<User>(and(shut.clone(), [word(NOW, NOW)]))
        .under(at(hours(1)))
        .when(correcting(3, ADMIN, hours(1)))
        .then([stopped, asked.clone()]);
    let waiting = and(shut.clone(), [asked.clone()]);
    let until = hours(25);
    let waits_till = UserError::InCorrection(until);
    for (t, by, owner) in [(hours(1), OTHER, false), (hours(24), ADMIN, true)] {
        given::<User>(waiting.clone())
            .under(at(t))
            .when(vouch(by, owner, t))
            .then_refused(waits_till.clone());
        given::<User>(waiting.clone()).under(at(t)).when(owed(t)).then_refused(waits_till.clone());
        given::<User>(waiting.clone()).under(at(t)).when(waits(t)).then_refused(UserError::LinkOver);
    }
    let user: User = fold(waiting.clone());
    assert_eq!((user.recovery_email(hours(1)), user.mailbox_waits(hours(1))), (None, false));
    assert_eq!(user.coming_back(LINK, hours(1)), Err(UserError::LinkOver), "with a factor neither");
    assert_eq!(user.told_at(hours(1)).cloned().collect::<Vec<_>>(), [address(2), first()]);
    // The reader of the wrong one does not end it, nor does what staff do about the rest of the person.
    let t = hours(2);
    let reset = crate::user::ResetCause::Staff { reason: sealed(), compromise: false, recovery: None };
    let device = crate::ids::DeviceId::from_uuid(Uuid::from_u128(1));
    for event in [
        frozen(2, FrozenBy::OwnLink, t)[0].clone(),
        UserEvent::TwoFactorReset { cause: reset, effective_at: t },
        UserEvent::DeviceReportedLost { device },
    ] {
        let user: User = fold(and(waiting.clone(), [event.clone()]));
        assert_eq!(user.decide(&at(t), vouch(ADMIN, true, t)), Err(waits_till.clone()), "{event:?}");
        let confirm = AddressCommand::Confirm { link: link(3), email: address(3), at: t };
        let confirm = UserCommand::People(PeopleCommand::Address(confirm));
        assert!(user.decide(&at(t), confirm).is_ok(), "{event:?}");
    }
    let ended = AddressCommand::SessionsEnded { how: Objection::Staff, at: t };
    given::<User>(waiting.clone())
        .under(at(t))
        .when(UserCommand::People(PeopleCommand::Address(ended)))
        .then([]);
    // An owner's takes two: what was asked for of an agent changes no owner's.
    let give = |to| UserCommand::People(PeopleCommand::ChangeRole { to, at: t });
    let became = |to| UserEvent::RoleChanged { from: Role::Admin, to, at: t };
    let ended = UserEvent::EmailChangeCancelled { link: link(3), how, at: t };
    given_when(&waiting, t, give(Role::Owner), vec![ended, became(Role::Owner)]);
    given_when(&waiting, t, give(Role::Agent), vec![became(Role::Agent)]);
    assert_eq!(fold::<User>(and(waiting.clone(), [became(Role::Owner)])).correction(t), None);
    assert!(fold::<User>(and(waiting.clone(), [became(Role::Agent)])).correction(t).is_some());
    // No deadlock: another one is named, or none, or it ends by itself, or it is confirmed.
    let (late, how) = (hours(25), Objection::Staff);
    let cancelled = UserEvent::EmailChangeCancelled { link: link(3), how, at: t };
    given::<User>(and(waiting.clone(), [cancelled]))
        .under(at(t))
        .when(vouch(ADMIN, false, t))
        .then([word(t, t)]);
    given::<User>(waiting.clone()).under(at(late)).when(vouch(ADMIN, false, late)).then([word(late, late)]);
    let [again, _] = moved(4, Some(OTHER), t);
    let gave_way = UserEvent::EmailChangeCancelled { link: link(3), how: Objection::Replaced, at: t };
    given_when(&waiting, t, correcting(4, OTHER, t), vec![gave_way, again.clone()]);
    let own = [asked.clone(), again].map(|mut again| {
        let UserEvent::EmailChangeRequested { by, .. } = &mut again else { unreachable!() };
        *by = Some(ADMIN);
        again
    });
    given_when(&waiting, t, correcting(4, ADMIN, t), vec![own[1].clone()]);
    let right: User = fold(and(waiting, [changed]));
    assert_eq!(right.recovery_email(hours(1)), Some(&address(3)));
    assert!(right.decide(&at(hours(1)), owed(hours(1))).is_ok());
    // One that was asked for before "not me" is what it answers, and ends.
    let answered = and(and(enabled(), [asked]), frozen(1, FrozenBy::FormerLink, t));
    assert_eq!(fold::<User>(answered).correction(t), None);
}
