//! "This was not me": what a freeze ends, what it shuts, and the way back.

use crate::ids::{RecoveryId, TokenId};
use crate::policy::Role;
use crate::proof::{Era, Verdict};
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{
    AccessCommand, AddressCommand, Familiarity, FreezeCommand, Fresh, FrozenBy, GIVEN_A_DAY, GIVEN_AN_HOUR,
    GIVING_DAY, HelpCommand, LinkPurpose, Objection, PeopleCommand, Purpose, RESET_STAYS_FRESH, RESET_WAIT,
    RecoveryCommand, RecoveryRefusal, RecoveryRoute, ResetCause, Thawed, User, UserCommand, UserError,
    UserEvent, Voucher,
};

const OTHER: RecoveryId = RecoveryId::from_uuid(uuid::Uuid::from_u128(31));
const BACK: Purpose = Purpose::Thaw(CASE);

fn freezes(by: FrozenBy) -> UserCommand {
    let reason = (by == FrozenBy::Staff).then(sealed);
    UserCommand::Freeze(FreezeCommand::Freeze {
        recovery: CASE,
        by,
        against: None,
        reason,
        anew: true,
        at: NOW,
    })
}

fn frozen(number: u32) -> UserEvent {
    UserEvent::UserFrozen {
        recovery: CASE,
        number,
        by: FrozenBy::OwnLink,
        against: None,
        reason: None,
        at: NOW,
    }
}

fn ana() -> Voucher {
    Voucher { user: ANA, role: Role::Owner, alone: false, peer_since: Some(NOW) }
}

fn back_link() -> UserEvent {
    let expires_at = later(LinkPurpose::WayBack.life());
    UserEvent::LinkIssued { link: LINK, purpose: LinkPurpose::WayBack, verifier: verifier(4), expires_at }
}

fn allowed(route: RecoveryRoute, from: Timestamp) -> UserEvent {
    let reason = (route == RecoveryRoute::Staff).then(sealed);
    let rank = (route == RecoveryRoute::Staff).then_some(Role::Owner);
    UserEvent::ThawAllowed { recovery: CASE, route, reason, from, rank, at: NOW }
}

fn thaws(shown: Option<Verdict>, at: Timestamp) -> UserCommand {
    let (link, password, stands_alone, address) = (LINK, verifier(5), true, None);
    UserCommand::Freeze(FreezeCommand::Thaw { link, shown, password, stands_alone, address, at })
}

fn waits(at: Timestamp) -> UserCommand {
    let (link, route, wait) = (LINK, RecoveryRoute::Mailbox, RESET_WAIT);
    UserCommand::Freeze(FreezeCommand::Wait { link, route, wait, at })
}

fn redeemed(at: Timestamp) -> UserEvent {
    UserEvent::LinkRedeemed { link: LINK, at }
}

fn set(at: Timestamp) -> UserEvent {
    UserEvent::PasswordSet { verifier: verifier(5), stands_alone: true, at }
}

fn thawed(how: Thawed, at: Timestamp) -> UserEvent {
    UserEvent::UserThawed { recovery: CASE, how, at }
}

fn at(at: Timestamp) -> Era {
    Era { at, ..Era::default() }
}

/// Rules: C6.
#[test]
fn a_freeze_ends_whatever_a_thief_could_have_begun_or_taken() {
    let token = UserEvent::ApiTokenIssued {
        token: TokenId::from_uuid(uuid::Uuid::from_u128(40)),
        name: sealed(),
        verifier: verifier(6),
        scopes: [].into(),
        expires_at: None,
        at: NOW,
    };
    let issued = UserEvent::LinkIssued {
        link: LINK,
        purpose: LinkPurpose::PasswordReset,
        verifier: verifier(4),
        expires_at: later(Span::hours(1)),
    };
    let past = and(enabled(), [token, issued, reset_waits(later(RESET_WAIT))]);
    let dropped =
        UserEvent::TwoFactorResetCancelled { recovery: Some(CASE), how: Some(Objection::Frozen), at: NOW };
    given::<User>(past.clone()).when(freezes(FrozenBy::OwnLink)).then([dropped, frozen(1)]);
    let before: User = fold(past);
    let after = before.after(&[frozen(1)]);
    assert!(after.epoch > before.epoch, "trust, sessions, and attempts are void");
    assert_eq!((after.links.len(), after.tokens.len(), after.waiting_reset), (0, 0, None));
    assert_eq!(after.enrolled(0), before.enrolled(0), "the second factor stays theirs");
    assert!(!after.may_sign_in() && !after.password_opens() && !after.may_reset_password());
}

/// Rules: C6.
#[test]
fn a_second_freeze_belongs_to_the_case_and_moves_the_number_on() {
    let twice = UserEvent::UserFrozen {
        recovery: CASE,
        number: 2,
        by: FrozenBy::Staff,
        against: None,
        reason: Some(sealed()),
        at: NOW,
    };
    let (by, reason, anew) = (FrozenBy::Staff, Some(sealed()), true);
    let again = FreezeCommand::Freeze { recovery: OTHER, by, against: None, reason, anew, at: NOW };
    let past = and(enabled(), [frozen(1), allowed(RecoveryRoute::Mailbox, later(RESET_WAIT))]);
    given::<User>(past.clone()).when(UserCommand::Freeze(again)).then([twice.clone()]);
    let user: User = fold(and(past, [twice]));
    assert_eq!((user.freezes, user.way_back(NOW)), (2, None), "the wait ended with it");
    let after = and(enabled(), [frozen(1), thawed(Thawed::Factor, NOW)]);
    assert_eq!(fold::<User>(after).freezes, 1, "the way back does not bring old links to life");
}

/// Rules: C6.
#[test]
fn while_frozen_every_door_is_shut() {
    let familiarity = Familiarity::Known;
    let (link, password, stands_alone) = (LINK, verifier(5), true);
    let expires_at = later(Span::hours(1));
    let rows = [
        UserCommand::AnswerPassword { matched: true, familiarity, at: NOW },
        UserCommand::Prove { verdict: right_code(), purpose: Purpose::SignIn(SIGN_IN), familiarity, at: NOW },
        UserCommand::Prove { verdict: right_code(), purpose: Purpose::StepUp(SESSION), familiarity, at: NOW },
        UserCommand::DisableOwn {
            verdict: right_code(),
            session: SESSION,
            required: false,
            familiarity,
            at: NOW,
        },
        UserCommand::IssueLink {
            link,
            purpose: LinkPurpose::PasswordReset,
            verifier: verifier(4),
            expires_at,
        },
        UserCommand::IssueLink { link, purpose: LinkPurpose::SetUp, verifier: verifier(4), expires_at },
        UserCommand::RedeemLink { link, password, stands_alone, address: None, at: NOW },
        start_binding(TABLET, NOW),
        UserCommand::RegenerateCodes { codes: NEW_CODES },
        UserCommand::RemoveFactor { factor: PHONE, required: false },
        UserCommand::Recovery(RecoveryCommand::Schedule {
            recovery: OTHER,
            reason: sealed(),
            rank: Role::Owner,
            at: NOW,
        }),
        UserCommand::Recovery(RecoveryCommand::Request {
            recovery: OTHER,
            route: RecoveryRoute::Mailbox,
            mailed: NEW_MAIL,
            at: NOW,
        }),
        UserCommand::Help(HelpCommand::IssueTicket {
            ticket: crate::ids::TicketId::from_uuid(uuid::Uuid::from_u128(41)),
            verifier: verifier(7),
            reason: sealed(),
            at: NOW,
        }),
        UserCommand::Access(AccessCommand::RevokeToken {
            token: TokenId::from_uuid(uuid::Uuid::from_u128(40)),
            at: NOW,
        }),
        UserCommand::People(PeopleCommand::Address(AddressCommand::Request {
            link,
            email: sealed(),
            verifier: verifier(4),
            by: None,
            at: NOW,
        })),
    ];
    let past = and(enabled(), [frozen(1)]);
    for command in rows {
        given::<User>(past.clone()).when(command).then_refused(UserError::Frozen);
    }
    // What others say about them goes on, and an erasure does.
    given::<User>(past.clone()).when(reset(false)).then([reset_in_case(false)]);
    let renamed = UserCommand::People(PeopleCommand::Rename(sealed()));
    given::<User>(past.clone()).when(renamed).then([UserEvent::UserRenamed { name: sealed() }]);
    let erased = UserEvent::PersonErased { values: 3, at: NOW };
    given::<User>(past).when(UserCommand::Erase { at: NOW }).then([erased]);
}

/// A reset by staff while the sign-in is frozen is a step of that case.
fn reset_in_case(compromise: bool) -> UserEvent {
    let cause = ResetCause::Staff { reason: sealed(), compromise, recovery: Some(CASE) };
    UserEvent::TwoFactorReset { cause, effective_at: NOW }
}

fn reset(compromise: bool) -> UserCommand {
    UserCommand::Reset { reason: sealed(), compromise, at: NOW }
}

/// Rules: C6.
#[test]
fn the_way_back_takes_the_link_and_a_factor_or_a_recovery_code() {
    let past = and(enabled(), [frozen(1), back_link()]);
    let familiarity = Familiarity::Stranger;
    let otp = UserEvent::OtpAccepted { factor: PHONE, step: STEP, purpose: BACK, familiarity, at: NOW };
    let back = |proof| [proof, redeemed(NOW), set(NOW), thawed(Thawed::Factor, NOW)];
    given::<User>(past.clone()).when(thaws(Some(right_code()), NOW)).then(back(otp));
    let code =
        UserEvent::RecoveryCodeUsed { set: SET, index: 4, left: 9, purpose: BACK, familiarity, at: NOW };
    given::<User>(past.clone()).when(thaws(Some(Verdict::Recovery { index: 4 }), NOW)).then(back(code));
    given::<User>(past.clone()).when(thaws(None, NOW)).then_refused(UserError::ProofNeeded);
    let over = later(LinkPurpose::WayBack.life());
    let late = thaws(Some(right_code()), over);
    given::<User>(past.clone()).under(at(over)).when(late).then_refused(UserError::LinkOver);
    // Without the link the code is nothing, and a link of before the next freeze is dead.
    let bare = and(enabled(), [frozen(1)]);
    given::<User>(bare).when(thaws(Some(right_code()), NOW)).then_refused(UserError::LinkOver);
    let again = and(past.clone(), [frozen(2)]);
    given::<User>(again).when(thaws(Some(right_code()), NOW)).then_refused(UserError::LinkOver);
    // A wrong one is charged, and leaves the link as it was.
    let wrong: Vec<UserEvent> =
        fold::<User>(past.clone()).decide(&Era::default(), thaws(Some(WRONG), NOW)).unwrap_or_default();
    assert!(
        matches!(wrong[..], [UserEvent::ProofRejected { purpose: BACK, consecutive: 1, .. }]),
        "{wrong:?}"
    );
    let user: User = fold(and(past, wrong));
    assert!(user.frozen.is_some() && user.links.contains_key(&LINK));
}

/// Rules: C6.
#[test]
fn staffs_word_is_enough_for_the_team_and_begins_a_wait_for_a_customer() {
    let vouch = UserCommand::Freeze(FreezeCommand::Vouch { reason: sealed(), by: ana(), at: NOW });
    let team = and(enabled(), [frozen(1)]);
    given::<User>(team.clone()).when(vouch.clone()).then([allowed(RecoveryRoute::Staff, NOW)]);
    let customer = and(enabled_in(0, Role::EndUser), [frozen(1)]);
    let due = later(RESET_WAIT);
    given::<User>(customer.clone()).when(vouch.clone()).then([allowed(RecoveryRoute::Staff, due)]);
    let waiting = and(customer, [allowed(RecoveryRoute::Staff, due)]);
    given::<User>(waiting).when(vouch.clone()).then_refused(UserError::AlreadyWaiting(due));
    given::<User>(enabled()).when(vouch).then_refused(UserError::NotFrozen);
    // The word lets nobody in: the link, and a new password, still do.
    let word = and(team, [allowed(RecoveryRoute::Staff, NOW), back_link()]);
    assert!(!fold::<User>(word.clone()).may_sign_in());
    let back = [redeemed(NOW), set(NOW), thawed(Thawed::Allowed, NOW)];
    given::<User>(word.clone()).when(thaws(None, NOW)).then(back.clone());
    let user: User = fold(and(word, back));
    assert!(user.may_sign_in() && user.enrolled(0).is_some(), "the second factor is as it was");
    let doubt = user.doubt(NOW).map(|(why, _)| why);
    assert_eq!(doubt, Some(RecoveryRefusal::PasswordMailed), "a mailbox set that password");
}

/// Rules: C6, C9.
#[test]
fn a_wait_that_anybody_concerned_can_stop_takes_the_place_of_a_factor() {
    let past = and(enabled_in(0, Role::EndUser), [frozen(1), back_link()]);
    let due = later(RESET_WAIT);
    given::<User>(past.clone()).when(waits(NOW)).then([allowed(RecoveryRoute::Mailbox, due)]);
    let waiting = and(past.clone(), [allowed(RecoveryRoute::Mailbox, due)]);
    given::<User>(waiting.clone()).when(waits(NOW)).then_refused(UserError::AlreadyWaiting(due));
    given::<User>(waiting.clone()).when(thaws(None, NOW)).then_refused(UserError::ProofNeeded);
    let how = Objection::Staff;
    let stop = UserCommand::Recovery(RecoveryCommand::Stop { recovery: None, how, at: NOW });
    let stopped = UserEvent::ThawStopped { recovery: CASE, how, at: NOW };
    given::<User>(waiting.clone()).when(stop).then([stopped.clone()]);
    assert_eq!(fold::<User>(and(waiting.clone(), [stopped])).way_back(NOW), None);
    // Once it is over the link, asked for anew, does.
    let expires_at = due + LinkPurpose::WayBack.life();
    let (link, purpose) = (LINK, LinkPurpose::WayBack);
    let anew = UserEvent::LinkIssued { link, purpose, verifier: verifier(4), expires_at };
    let back = [redeemed(due), set(due), thawed(Thawed::Allowed, due)];
    given::<User>(and(waiting.clone(), [anew.clone()]))
        .under(at(due))
        .when(thaws(None, due))
        .then(back.clone());
    let user: User = fold(and(and(waiting, [anew]), back));
    let doubted = Some((RecoveryRefusal::PasswordMailed, due + RESET_STAYS_FRESH));
    assert_eq!(user.doubt(due), doubted, "from now on, and not from when it was asked for");
    // Whoever got the password by mail a moment ago does not begin one.
    let mut mailed: User = fold(past);
    mailed.password_mailed = Some((LinkPurpose::WayBack, NOW));
    let (route, why) = (RecoveryRoute::Mailbox, RecoveryRefusal::PasswordMailed);
    let refused = UserEvent::RecoveryRefused { recovery: CASE, route, why, at: NOW };
    assert_eq!(mailed.decide(&Era::default(), waits(NOW)), Ok(vec![refused.clone()]));
    // Asked again within the hour it is on record.
    let mailed = mailed.after(&[refused]);
    assert_eq!(mailed.decide(&Era::default(), waits(NOW)), Ok(vec![]));
}

/// Rules: C6, P5.
#[test]
fn what_a_mailbox_alone_set_stands_in_doubt_from_the_thaw_on_whoever_gave_their_word_and_when() {
    let hours = |n: i64| later(Span::hours(n));
    let word = and(enabled(), [frozen(1), allowed(RecoveryRoute::Staff, NOW), reset_by_staff(false)]);
    let anew = |at| UserEvent::LinkIssued {
        link: LINK,
        purpose: LinkPurpose::WayBack,
        verifier: verifier(4),
        expires_at: at + LinkPurpose::WayBack.life(),
    };
    // A word given three days ago is over; whoever has the mailbox now finds none.
    let late = and(word.clone(), [anew(hours(72))]);
    given::<User>(late.clone())
        .under(at(hours(72)))
        .when(thaws(None, hours(72)))
        .then_refused(UserError::ProofNeeded);
    let again = FreezeCommand::Vouch { reason: sealed(), by: ana(), at: hours(72) };
    let given_again = UserEvent::ThawAllowed {
        rank: Some(Role::Owner),
        recovery: CASE,
        route: RecoveryRoute::Staff,
        reason: Some(sealed()),
        from: hours(72),
        at: hours(72),
    };
    given::<User>(late).under(at(hours(72))).when(UserCommand::Freeze(again)).then([given_again]);
    // Before, it brings them back, and binds nothing for as long as a forgotten password does not.
    let back = [redeemed(hours(71)), set(hours(71)), thawed(Thawed::Allowed, hours(71))];
    let open = and(word, [anew(hours(71))]);
    given::<User>(open.clone()).under(at(hours(71))).when(thaws(None, hours(71))).then(back.clone());
    let user: User = fold(and(open, back));
    let until = hours(71) + RESET_STAYS_FRESH;
    let last = Timestamp::from_micros(until.micros() - 1);
    assert_eq!(
        user.decide(&at(last), start_binding(TABLET, last)),
        Err(UserError::MailboxTooFresh { after: Fresh::WayBack, until })
    );
    assert!(user.decide(&at(until), start_binding(TABLET, until)).is_ok());
}

/// Rules: C6, D7, H4.
#[test]
fn another_role_ends_the_word_for_a_way_back_and_what_staff_made() {
    let to = Role::EndUser;
    let change = UserCommand::People(PeopleCommand::ChangeRole { to, at: NOW });
    let changed = UserEvent::RoleChanged { from: Role::Admin, to, at: NOW };
    let (recovery, how) = (CASE, Objection::Replaced);
    let stopped = UserEvent::ThawStopped { recovery, how, at: NOW };
    let past = and(enabled(), [frozen(1), allowed(RecoveryRoute::Staff, NOW), back_link()]);
    given::<User>(past.clone()).when(change.clone()).then([stopped.clone(), changed.clone()]);
    let ended = and(past, [stopped, changed.clone()]);
    given::<User>(ended.clone()).when(thaws(None, NOW)).then_refused(UserError::ProofNeeded);
    // A customer waits, also for the word of staff.
    let vouch = UserCommand::Freeze(FreezeCommand::Vouch { reason: sealed(), by: ana(), at: NOW });
    given::<User>(ended).when(vouch).then([allowed(RecoveryRoute::Staff, later(RESET_WAIT))]);
    // Without a word there is none to end.
    given::<User>(and(enabled(), [frozen(1)])).when(change).then([changed]);
}

/// Rules: C6, C4.
#[test]
fn staff_freeze_and_vouch_for_one_person_so_often_and_an_agent_ends_no_wait() {
    let staffs = |number| UserEvent::UserFrozen {
        recovery: CASE,
        number,
        by: FrozenBy::Staff,
        against: None,
        reason: Some(sealed()),
        at: NOW,
    };
    let freeze = |by: FrozenBy, anew, at| {
        let reason = (by == FrozenBy::Staff).then(sealed);
        UserCommand::Freeze(FreezeCommand::Freeze { recovery: CASE, by, against: None, reason, anew, at })
    };
    // An agent freezes who is not frozen; whoever asked for the wait keeps it.
    let customer = || enabled_in(0, Role::EndUser);
    given::<User>(customer()).when(freeze(FrozenBy::Staff, false, NOW)).then([staffs(1)]);
    let due = later(RESET_WAIT);
    let waiting = and(customer(), [frozen(1), allowed(RecoveryRoute::Mailbox, due)]);
    given::<User>(waiting.clone())
        .when(freeze(FrozenBy::Staff, false, NOW))
        .then_refused(UserError::AlreadyFrozen);
    given::<User>(waiting).when(freeze(FrozenBy::Staff, true, NOW)).then([staffs(2)]);
    // Five an hour, whoever of the staff it is; the person themself is never kept from it.
    let often: u32 = GIVEN_AN_HOUR as u32;
    let hour = later(Span::hours(1));
    let spent = and(customer(), (1..=often).map(staffs));
    given::<User>(spent.clone())
        .when(freeze(FrozenBy::Staff, true, NOW))
        .then_refused(UserError::HelpSpent(hour));
    given::<User>(spent.clone()).when(freeze(FrozenBy::OwnLink, true, NOW)).then([frozen(often + 1)]);
    assert!(fold::<User>(spent).decide(&at(hour), freeze(FrozenBy::Staff, true, hour)).is_ok());
    let words = (1..=often).flat_map(|n| [frozen(n), allowed(RecoveryRoute::Staff, due)]);
    let vouched = and(and(customer(), words), [frozen(often + 1)]);
    let vouch = UserCommand::Freeze(FreezeCommand::Vouch { reason: sealed(), by: ana(), at: NOW });
    given::<User>(vouched).when(vouch).then_refused(UserError::HelpSpent(hour));
}

/// Rules: C6, E7.
#[test]
fn one_person_is_frozen_and_vouched_for_ten_times_a_day_at_most() {
    let customer = || enabled_in(0, Role::EndUser);
    let due = later(RESET_WAIT);
    let freeze = |at| {
        let (recovery, by, reason, anew) = (CASE, FrozenBy::Staff, Some(sealed()), true);
        UserCommand::Freeze(FreezeCommand::Freeze { recovery, by, against: None, reason, anew, at })
    };
    let vouch = |at| UserCommand::Freeze(FreezeCommand::Vouch { reason: sealed(), by: ana(), at });
    let nth = |n: u32| later(Span::hours(2 * i64::from(n)));
    let staffs = |n: u32| {
        let (recovery, by, reason) = (CASE, FrozenBy::Staff, Some(sealed()));
        UserEvent::UserFrozen { recovery, number: n, by, against: None, reason, at: nth(n) }
    };
    let word = |n: u32| {
        let (recovery, route, reason, from) = (CASE, RecoveryRoute::Staff, Some(sealed()), due);
        UserEvent::ThawAllowed { rank: None, recovery, route, reason, from, at: nth(n) }
    };
    let (most, full) = (GIVEN_A_DAY as u32, NOW + GIVING_DAY);
    // given, every other hour | asked again, hours after the first | refused until
    let rows = [(most - 1, 20, None), (most, 20, Some(full)), (most, 23, Some(full)), (most, 24, None)];
    for (many, hours, until) in rows {
        let at = later(Span::hours(hours));
        let froze: User = fold(and(customer(), (0..many).map(staffs)));
        let words = (0..many).flat_map(|n| [frozen(n), word(n)]);
        let vouched: User = fold(and(and(customer(), words), [frozen(many)]));
        for (user, command) in [(froze, freeze(at)), (vouched, vouch(at))] {
            let refused = user.decide(&self::at(at), command).err();
            assert_eq!(refused, until.map(UserError::HelpSpent), "{many} times, {hours} hours on");
        }
    }
}

/// Rules: C6, H3.
#[test]
fn a_freeze_keeps_the_address_from_before_a_fresh_change_until_they_are_back() {
    let moved = |at| UserEvent::EmailChanged { link: LINK, email: sealed(), by: None, at };
    let old = registered(Role::Admin);
    let UserEvent::UserRegistered { email: theirs, .. } = &old else { unreachable!() };
    let past = and(enabled(), [moved(NOW), frozen(1)]);
    let user: User = fold(past.clone());
    let year = later(Span::days(365));
    assert_eq!(user.recovery_email(year), Some(theirs), "however long it takes");
    let back = and(past.clone(), [back_link()]);
    let address = Some(theirs.clone());
    let (link, shown, password, stands_alone) = (LINK, Some(right_code()), verifier(5), true);
    let thaw =
        UserCommand::Freeze(FreezeCommand::Thaw { link, shown, password, stands_alone, address, at: NOW });
    let familiarity = Familiarity::Stranger;
    let otp = UserEvent::OtpAccepted { factor: PHONE, step: STEP, purpose: BACK, familiarity, at: NOW };
    let restored = [otp, redeemed(NOW), moved(NOW), set(NOW), thawed(Thawed::Factor, NOW)];
    given::<User>(back.clone()).when(thaw).then(restored.clone());
    let user: User = fold(and(back, restored));
    let told: Vec<_> = user.told_of_mailboxes(NOW).collect();
    assert_eq!(told, [&sealed()], "the address that was put in its place is told nothing more");
    // One that changed long ago is theirs.
    let long_ago = and(enabled(), [moved(NOW + Span::hours(-73)), frozen(1)]);
    assert_eq!(fold::<User>(long_ago).address_before(NOW), None);
}
