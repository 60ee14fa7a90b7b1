//! Forgotten passwords, invitations sent again, changes of address, and where recovery goes meanwhile.

use uuid::Uuid;

use crate::ids::LinkId;
use crate::policy::Role;
use crate::proof::Era;
use crate::sealed::{Email, Sealed};
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{
    AddressCommand, Fresh, LinkPurpose, Objection, PeopleCommand, RESET_STAYS_FRESH, User, UserCommand,
    UserError, UserEvent,
};

const OTHER_LINK: LinkId = LinkId::from_uuid(Uuid::from_u128(78));

fn issue(purpose: LinkPurpose, at: Timestamp) -> UserCommand {
    let expires_at = at + purpose.life();
    UserCommand::IssueLink { link: LINK, purpose, verifier: verifier(4), expires_at }
}

fn issued(purpose: LinkPurpose, at: Timestamp) -> UserEvent {
    let expires_at = at + purpose.life();
    UserEvent::LinkIssued { link: LINK, purpose, verifier: verifier(4), expires_at }
}

fn address(n: u8) -> Sealed<Email> {
    Sealed::from_bytes(vec![n])
}

fn request(n: u8, at: Timestamp) -> UserCommand {
    let asked =
        AddressCommand::Request { link: LINK, email: address(n), verifier: verifier(4), by: None, at };
    UserCommand::People(PeopleCommand::Address(asked))
}

fn requested(n: u8, at: Timestamp) -> UserEvent {
    let expires_at = at + Span::hours(24);
    UserEvent::EmailChangeRequested {
        link: LINK,
        email: address(n),
        verifier: verifier(4),
        expires_at,
        by: None,
        rank: None,
        at,
    }
}

fn confirm(at: Timestamp) -> UserCommand {
    UserCommand::People(PeopleCommand::Address(AddressCommand::Confirm { link: LINK, email: address(9), at }))
}

fn changed(n: u8, at: Timestamp) -> UserEvent {
    UserEvent::EmailChanged { link: LINK, email: address(n), by: None, at }
}

/// Rules: H3, D7.
#[test]
fn whoever_is_moved_twice_in_a_row_is_told_at_each_address_and_found_by_the_first() {
    let hours = |n: i64| later(Span::hours(n));
    let UserEvent::UserRegistered { email: first, .. } = registered(Role::Admin) else { unreachable!() };
    let user: User = fold(and(enabled(), [changed(2, NOW), changed(3, hours(48))]));
    let told = |user: &User, at| user.told_at(at).cloned().collect::<Vec<_>>();
    assert_eq!(told(&user, hours(71)), [address(3), first.clone(), address(2)]);
    assert_eq!(
        user.recovery_email(hours(71)),
        Some(&first),
        "the second may be a thief's, and the first change too"
    );
    assert_eq!(told(&user, hours(72)), [address(3), address(2)]);
    assert_eq!(told(&user, hours(120)), [address(3)]);
    // Of what is about their mailboxes each is told for 30 days.
    let of_mailboxes = |days| user.told_of_mailboxes(later(Span::days(days))).cloned().collect::<Vec<_>>();
    assert_eq!(of_mailboxes(29), [address(3), first.clone(), address(2)]);
    assert_eq!(of_mailboxes(31), [address(3), address(2)]);
    assert_eq!(of_mailboxes(32), [address(3)]);
    // However often.
    let often: Vec<UserEvent> = (2..40).map(|n| changed(n, hours(i64::from(n) / 20))).collect();
    let often: User = fold(and(enabled(), often));
    assert_eq!(told(&often, hours(3)).len(), 11, "no more than that");
    assert_eq!(
        often.recovery_email(hours(3)),
        Some(&first),
        "and the oldest is none of those that are left out"
    );
}

/// Rules: H4, C7.
#[test]
fn another_role_ends_a_link_that_the_operator_made() {
    let past = and(enabled(), [issued(LinkPurpose::SetUp, NOW)]);
    let redeem = UserCommand::RedeemLink {
        link: LINK,
        password: verifier(5),
        stands_alone: true,
        address: None,
        at: NOW,
    };
    assert!(fold::<User>(past.clone()).decide(&Era::default(), redeem.clone()).is_ok());
    let (from, to) = (Role::Admin, Role::EndUser);
    let demoted = and(past, [UserEvent::RoleChanged { from, to, at: NOW }]);
    given::<User>(demoted).when(redeem).then_refused(UserError::LinkOver);
}

/// Rules: H2.
#[test]
fn a_forgotten_password_is_mailed_once_a_minute_and_five_times_an_hour() {
    let reset = LinkPurpose::PasswordReset;
    let minute = |n: i64| later(Span::minutes(n));
    given::<User>(enabled()).when(issue(reset, NOW)).then([issued(reset, NOW)]);
    let once = and(enabled(), [issued(reset, NOW)]);
    let soon = later(Span::seconds(59));
    given::<User>(once.clone()).when(issue(reset, soon)).then_refused(UserError::MailedJustNow(minute(1)));
    given::<User>(once).when(issue(reset, minute(1))).then([issued(reset, minute(1))]);
    let five = and(enabled(), [0, 1, 2, 3, 4].map(|n| issued(reset, minute(n))));
    given::<User>(five.clone())
        .when(issue(reset, minute(5)))
        .then_refused(UserError::MailedJustNow(minute(60)));
    given::<User>(five.clone()).when(issue(reset, minute(60))).then([issued(reset, minute(60))]);
    // Using one does not buy five more.
    let used = and(five, [UserEvent::LinkRedeemed { link: LINK, at: minute(5) }, password_set()]);
    given::<User>(used).when(issue(reset, minute(6))).then_refused(UserError::MailedJustNow(minute(60)));
}

/// Rules: H2.
#[test]
fn a_mailed_reset_sets_the_password_and_touches_no_factor() {
    let reset = LinkPurpose::PasswordReset;
    let past = and(enabled(), [issued(reset, NOW)]);
    let redeem = UserCommand::RedeemLink {
        link: LINK,
        password: verifier(5),
        stands_alone: true,
        address: None,
        at: NOW,
    };
    let events = [
        UserEvent::LinkRedeemed { link: LINK, at: NOW },
        UserEvent::PasswordSet { verifier: verifier(5), stands_alone: true, at: NOW },
    ];
    given::<User>(past.clone()).when(redeem).then(events.clone());
    let before: User = fold(past);
    let after = before.after(&events);
    assert_eq!(after.enrolled(0), before.enrolled(0));
    assert_eq!(after.epoch, before.epoch + 1, "sessions and trust end");
    // Who has no password, or may not sign in, has none to forget.
    let guest = vec![registered(Role::Agent)];
    given::<User>(guest).when(issue(reset, NOW)).then_refused(UserError::NoPassword);
}

/// Rules: H1.
#[test]
fn an_invitation_is_sent_again_once_a_minute() {
    let invitation = LinkPurpose::Invitation;
    let past = vec![registered(Role::Agent), issued(invitation, NOW)];
    let again = later(Span::minutes(1));
    given::<User>(past.clone()).when(issue(invitation, NOW)).then_refused(UserError::MailedJustNow(again));
    given::<User>(past.clone()).when(issue(invitation, again)).then([issued(invitation, again)]);
    assert_eq!(fold::<User>(past.clone()).welcome(), Some(invitation));
    assert_eq!(fold::<User>(and(past, [password_set()])).welcome(), None);
}

/// Rules: H3.
#[test]
fn a_new_address_is_theirs_once_its_link_was_used_and_the_old_one_serves_recovery_for_72_hours() {
    given::<User>(enabled()).when(request(7, NOW)).then([requested(7, NOW)]);
    let asked = and(enabled(), [requested(7, NOW)]);
    given::<User>(asked.clone())
        .when(request(8, NOW))
        .then_refused(UserError::MailedJustNow(later(Span::minutes(1))));
    let at = later(Span::hours(23));
    given::<User>(asked.clone()).when(confirm(at)).then([changed(9, at)]);
    given::<User>(asked.clone()).when(confirm(later(Span::hours(24)))).then_refused(UserError::LinkOver);
    let set =
        UserCommand::RedeemLink { link: LINK, password: verifier(5), stands_alone: true, address: None, at };
    given::<User>(asked.clone()).when(set).then_refused(UserError::LinkOver);
    // A new password, or another request, ends it.
    given::<User>(and(asked.clone(), [password_set()])).when(confirm(at)).then_refused(UserError::LinkOver);
    let other = LinkId::from_uuid(Uuid::from_u128(77));
    let newer = UserEvent::EmailChangeRequested {
        link: other,
        email: address(8),
        verifier: verifier(4),
        expires_at: later(Span::days(2)),
        by: None,
        rank: None,
        at: NOW,
    };
    given::<User>(and(asked.clone(), [newer])).when(confirm(at)).then_refused(UserError::LinkOver);

    let old = sealed();
    let user: User = fold(and(asked, [changed(9, NOW)]));
    let rows = [
        (NOW, &old),
        (later(Span::hours(72)) - Span::seconds(1), &old),
        (later(Span::hours(72)), &address(9)),
    ];
    for (at, expected) in rows {
        assert_eq!(user.recovery_email(at), Some(expected), "{at}");
    }
    // Of two changes in a row the first address serves.
    let again = user.after(&[changed(10, later(Span::hours(1)))]);
    assert_eq!(again.recovery_email(later(Span::hours(2))), Some(&old));
}

/// Rules: P5.
#[test]
fn the_mailbox_that_reset_the_password_does_not_replace_a_factor_within_72_hours() {
    let used = [
        issued(LinkPurpose::PasswordReset, NOW),
        UserEvent::LinkRedeemed { link: LINK, at: NOW },
        password_set(),
    ];
    let start = |at| start_binding(PHONE, at);
    let until = NOW + RESET_STAYS_FRESH;
    let refused = UserError::MailboxTooFresh { after: Fresh::PasswordReset, until };
    let before = and(and(enabled(), [reset_by_staff(false)]), used.clone());
    given::<User>(before.clone()).when(start(NOW)).then_refused(refused.clone());
    given::<User>(before.clone()).when(start(until - Span::seconds(1))).then_refused(refused);
    given::<User>(before).when(start(until)).then([mailed(until), binding(PHONE, 0, until)]);
    // Whoever never had a factor takes none from anybody; a further one takes a proof.
    let first = and(with_password(Role::Agent), used.clone());
    given::<User>(first).when(start(NOW)).then([mailed(NOW), binding(PHONE, 0, NOW)]);
    let further = start_binding(TABLET, NOW);
    given::<User>(and(enabled(), used)).when(further).then([binding(TABLET, 0, NOW)]);
}

fn about(command: AddressCommand) -> UserCommand {
    UserCommand::People(PeopleCommand::Address(command))
}

fn cancelled(how: Objection, at: Timestamp) -> UserEvent {
    UserEvent::EmailChangeCancelled { link: LINK, how, at }
}

/// Rules: H3, D7.
#[test]
fn a_change_of_address_falls_with_everything_that_a_session_falls_with() {
    let at = later(Span::hours(1));
    let asked = and(enabled(), [requested(7, NOW)]);
    let ends: [Vec<UserEvent>; 11] = [
        vec![reset_by_staff(true)],
        vec![reset_by_staff(false)],
        vec![UserEvent::RoleChanged { from: Role::Admin, to: Role::Agent, at: NOW }],
        vec![UserEvent::FactorRemoved { factor: TABLET }],
        vec![UserEvent::TwoFactorDisabled { at: NOW }],
        vec![password_set()],
        vec![UserEvent::PasswordChangeDemanded { at: NOW }],
        vec![UserEvent::IdentityProviderUnlinked { provider: "google".into(), at: NOW }],
        vec![UserEvent::UserDeactivated { reason: None, at: NOW }, UserEvent::UserReactivated { at: NOW }],
        vec![UserEvent::DeviceReportedLost { device: LAPTOP }],
        vec![cancelled(Objection::Staff, NOW)],
    ];
    for end in ends {
        given::<User>(and(asked.clone(), end)).when(confirm(at)).then_refused(UserError::LinkOver);
    }
    // A disable for the account, and a reset that fell due, end it before they are written down.
    given::<User>(asked.clone()).under(era(&[(1, NOW)])).when(confirm(at)).then_refused(UserError::LinkOver);
    let due: User = fold(and(asked.clone(), [reset_waits(at)]));
    assert_eq!(due.waiting_change(LINK, at), None);
    // What ends nobody's session does not.
    let signed_in = and(asked, [accepted(STEP, crate::user::Purpose::StepUp(SESSION))]);
    given::<User>(signed_in).when(confirm(at)).then([changed(9, at)]);
}

/// Rules: H3.
#[test]
fn whoever_has_the_address_or_answers_for_its_person_stops_a_change_of_it() {
    let at = later(Span::hours(1));
    let objection = LinkPurpose::EmailObjection;
    let issue = |at| {
        let expires_at = at + objection.life();
        UserCommand::IssueLink { link: OTHER_LINK, purpose: objection, verifier: verifier(5), expires_at }
    };
    let (verifier, expires_at) = (verifier(5), NOW + objection.life());
    let told = UserEvent::LinkIssued { link: OTHER_LINK, purpose: objection, verifier, expires_at };
    let asked = and(enabled(), [requested(7, NOW)]);
    given::<User>(asked.clone()).when(issue(NOW)).then([told.clone()]);
    given::<User>(enabled()).when(issue(NOW)).then_refused(UserError::LinkOver);
    let waits = and(asked, [told]);
    let object = |link, at| about(AddressCommand::Object { link, at });
    given::<User>(waits.clone()).when(object(OTHER_LINK, at)).then([cancelled(Objection::Person, at)]);
    given::<User>(waits.clone()).when(object(LINK, at)).then_refused(UserError::LinkOver);
    let over = later(Span::hours(24));
    given::<User>(waits.clone()).when(object(OTHER_LINK, over)).then_refused(UserError::LinkOver);
    let gone = and(waits.clone(), [changed(9, NOW)]);
    given::<User>(gone).when(object(OTHER_LINK, at)).then_refused(UserError::LinkOver);
    // It sets no password.
    let set = UserCommand::RedeemLink {
        link: OTHER_LINK,
        password: verifier,
        stands_alone: true,
        address: None,
        at,
    };
    given::<User>(waits.clone()).when(set).then_refused(UserError::LinkOver);

    for how in [Objection::Person, Objection::Staff] {
        let cancel = || about(AddressCommand::Cancel { how, at });
        given::<User>(waits.clone()).when(cancel()).then([cancelled(how, at)]);
        given::<User>(enabled()).when(cancel()).then_refused(UserError::NoChangeWaits);
        let ended = || about(AddressCommand::SessionsEnded { how, at });
        given::<User>(waits.clone()).when(ended()).then([cancelled(how, at)]);
        given::<User>(enabled()).when(ended()).then_nothing();
    }
}

/// Rules: H1, H3.
#[test]
fn an_invitation_ends_with_the_address_that_it_was_mailed_to() {
    let invited = vec![registered(Role::Agent), issued(LinkPurpose::Invitation, NOW)];
    let at = later(Span::hours(1));
    let asked = UserEvent::EmailChangeRequested {
        link: OTHER_LINK,
        email: address(7),
        verifier: verifier(5),
        expires_at: later(Span::hours(24)),
        by: None,
        rank: None,
        at: NOW,
    };
    let moved = UserEvent::EmailChanged { link: OTHER_LINK, email: address(7), by: None, at: NOW };
    let redeem = || UserCommand::RedeemLink {
        link: LINK,
        password: verifier(6),
        stands_alone: true,
        address: None,
        at,
    };
    // Mistyped, it is dead as soon as another address is asked for.
    given::<User>(and(invited.clone(), [asked.clone()])).when(redeem()).then_refused(UserError::LinkOver);
    let right = and(invited.clone(), [asked.clone(), moved.clone()]);
    given::<User>(right.clone()).when(redeem()).then_refused(UserError::LinkOver);
    // Nobody is shut out: they are invited again, where recovery finds them, which is the right address at once.
    let user: User = fold(right);
    assert_eq!(user.welcome(), Some(LinkPurpose::Invitation));
    assert_eq!(user.recovery_email(at), Some(&address(7)));
    assert_eq!(user.told_of_mailboxes(at).count(), 1);
    // An address that was proved once serves for 72 hours, also of somebody who was away.
    let away = [UserEvent::UserDeactivated { reason: None, at: NOW }, UserEvent::UserReactivated { at: NOW }];
    let back = and(and(enabled(), away), [issued(LinkPurpose::Verification, NOW), asked, moved]);
    given::<User>(back.clone()).when(redeem()).then_refused(UserError::LinkOver);
    assert_eq!(fold::<User>(back).recovery_email(at), Some(&sealed()));
}
