//! Forgotten passwords, invitations sent again, changes of address, and where recovery goes meanwhile.

use uuid::Uuid;

use crate::ids::LinkId;
use crate::policy::Role;
use crate::sealed::{Email, Sealed};
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{
    AddressCommand, LinkPurpose, PeopleCommand, RESET_STAYS_FRESH, User, UserCommand, UserError, UserEvent,
};

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
    let asked = AddressCommand::Request { link: LINK, email: address(n), verifier: verifier(4), at };
    UserCommand::People(PeopleCommand::Address(asked))
}

fn requested(n: u8, at: Timestamp) -> UserEvent {
    let expires_at = at + Span::hours(24);
    UserEvent::EmailChangeRequested { link: LINK, email: address(n), verifier: verifier(4), expires_at, at }
}

fn confirm(at: Timestamp) -> UserCommand {
    UserCommand::People(PeopleCommand::Address(AddressCommand::Confirm { link: LINK, email: address(9), at }))
}

fn changed(n: u8, at: Timestamp) -> UserEvent {
    UserEvent::EmailChanged { link: LINK, email: address(n), at }
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
    let redeem = UserCommand::RedeemLink { link: LINK, password: verifier(5), stands_alone: true, at: NOW };
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
    let set = UserCommand::RedeemLink { link: LINK, password: verifier(5), stands_alone: true, at };
    given::<User>(asked.clone()).when(set).then_refused(UserError::LinkOver);
    // A new password, or another request, ends it.
    given::<User>(and(asked.clone(), [password_set()])).when(confirm(at)).then_refused(UserError::LinkOver);
    let other = LinkId::from_uuid(Uuid::from_u128(77));
    let newer = UserEvent::EmailChangeRequested {
        link: other,
        email: address(8),
        verifier: verifier(4),
        expires_at: later(Span::days(2)),
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
    let refused = UserError::MailboxTooFresh(until);
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
