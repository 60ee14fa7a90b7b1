//! Ways back in: whom a code is granted, how often it is good, and what a mailbox opens, and when.

use crate::ids::{LinkId, MailedCodeId, RecoveryId};
use crate::policy::Role;
use crate::proof::{Era, MailedVerdict, Verdict};
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{
    AddressCommand, Familiarity, FreezeCommand, FrozenBy, GIVEN_AN_HOUR, GRANT_HOURS, GRANT_HOURS_AT_MOST,
    Handing, LinkPurpose, MAILED_GRANT_HOURS_AT_MOST, Objection, PeopleCommand, ProofKind, Purpose,
    RESET_WAIT, RecoveryCommand, RecoveryRefusal, RecoveryRoute, Refusal, ResetCause, User, UserCommand,
    UserError, UserEvent,
};
use uuid::Uuid;

const OTHER_CASE: RecoveryId = RecoveryId::from_uuid(Uuid::from_u128(31));
const GRANT_LINK: LinkId = LinkId::from_uuid(Uuid::from_u128(32));
const OTHER_LINK: LinkId = LinkId::from_uuid(Uuid::from_u128(33));
const OTHER_MAIL: MailedCodeId = MailedCodeId::from_uuid(Uuid::from_u128(34));
const FOR_SIGN_IN: Purpose = Purpose::SignIn(SIGN_IN);
const KNOWN: Familiarity = Familiarity::Known;
/// How long a password by mail, and a change of address, leave the mailbox in doubt.
const DOUBT: Span = Span::hours(72);

fn before(at: Timestamp) -> Timestamp {
    Timestamp::from_micros(at.micros() - 1)
}

fn at(at: Timestamp) -> Era {
    Era { at, ..Era::default() }
}

fn recovery(command: RecoveryCommand) -> UserCommand {
    UserCommand::Recovery(command)
}

const BY_LINK: Handing =
    Handing::Link { link: GRANT_LINK, verifier: crate::ids::VerifierId::from_uuid(Uuid::from_u128(35)) };

fn to_issuer() -> Handing {
    Handing::Issuer { verifier: verifier(40) }
}

fn grant(case: RecoveryId, handed: Handing, hours: u8, at: Timestamp) -> UserCommand {
    let (reason, by, approved_by) = (sealed(), ANA, None);
    let (recovery, rank) = (case, Role::Owner);
    let grant = RecoveryCommand::Grant { recovery, handed, reason, by, rank, approved_by, hours, at };
    UserCommand::Recovery(grant)
}

fn granted(case: RecoveryId, handed: Handing, at: Timestamp) -> UserEvent {
    let (reason, by, approved_by, expires_at) = (sealed(), ANA, None, at + Span::hours(GRANT_HOURS.into()));
    let (recovery, rank) = (case, Some(Role::Owner));
    UserEvent::RecoveryGranted { recovery, handed, reason, by, approved_by, expires_at, rank, at }
}

fn revealed() -> UserEvent {
    UserEvent::RecoveryCodeRevealed { recovery: CASE, link: GRANT_LINK, verifier: verifier(41), at: NOW }
}

fn revoked(how: Objection, at: Timestamp) -> UserEvent {
    UserEvent::RecoveryGrantRevoked { recovery: CASE, how, at }
}

fn cancelled(how: Objection, at: Timestamp) -> UserEvent {
    UserEvent::TwoFactorResetCancelled { recovery: Some(CASE), how: Some(how), at }
}

fn refused(route: RecoveryRoute, why: RecoveryRefusal, at: Timestamp) -> UserEvent {
    UserEvent::RecoveryRefused { recovery: CASE, route, why, at }
}

/// What a password that came by mail leaves on record, under a link that was issued before.
fn password_by_mail(purpose: LinkPurpose) -> [UserEvent; 3] {
    [
        UserEvent::LinkIssued {
            link: LINK,
            purpose,
            verifier: verifier(42),
            expires_at: later(Span::hours(1)),
        },
        UserEvent::LinkRedeemed { link: LINK, at: NOW },
        password_set(),
    ]
}

fn address_changed() -> UserEvent {
    UserEvent::EmailChanged { link: OTHER_LINK, email: sealed(), by: None, at: NOW }
}

fn agent() -> Vec<UserEvent> {
    enabled_in(0, Role::Agent)
}

fn customer() -> Vec<UserEvent> {
    enabled_in(0, Role::EndUser)
}

/// Rules: C3, C4.
#[test]
fn a_code_is_granted_to_the_team_for_a_time_and_never_to_a_customer_nor_by_a_detour() {
    type Row =
        (&'static str, Vec<UserEvent>, Handing, u8, Timestamp, bool, Result<Vec<UserEvent>, UserError>);
    let day = GRANT_HOURS;
    let joined = UserEvent::RoleChanged { from: Role::EndUser, to: Role::Agent, at: NOW };
    let mailed = |purpose| and(agent(), password_by_mail(purpose));
    let no = |why, at| Ok(vec![refused(RecoveryRoute::Grant, why, at)]);
    let yes = |handed, at| Ok(vec![granted(CASE, handed, at)]);
    let over = NOW + DOUBT;
    let long = UserError::GrantSpan(MAILED_GRANT_HOURS_AT_MOST);
    let longer = UserError::GrantSpan(GRANT_HOURS_AT_MOST);
    let replacing = vec![revoked(Objection::Replaced, NOW), granted(CASE, BY_LINK, NOW)];
    // story | what went before | into whose hands | hours | when | issuers may see codes | what it comes to
    let rows: Vec<Row> = vec![
        ("by link", agent(), BY_LINK, day, NOW, false, yes(BY_LINK, NOW)),
        ("no time", agent(), BY_LINK, 0, NOW, false, Err(long.clone())),
        ("too long by mail", agent(), BY_LINK, MAILED_GRANT_HOURS_AT_MOST + 1, NOW, false, Err(long)),
        ("too long", agent(), to_issuer(), GRANT_HOURS_AT_MOST + 1, NOW, true, Err(longer)),
        ("to the issuer", agent(), to_issuer(), day, NOW, false, Err(UserError::IssuerMayNotSee)),
        ("where governance lets them", agent(), to_issuer(), day, NOW, true, yes(to_issuer(), NOW)),
        ("nothing is lost", with_password(Role::Agent), BY_LINK, day, NOW, false, Err(UserError::NotEnabled)),
        ("once more", and(agent(), [granted(CASE, BY_LINK, NOW)]), BY_LINK, day, NOW, false, Ok(replacing)),
        ("a customer", customer(), BY_LINK, day, NOW, true, no(RecoveryRefusal::EndUser, NOW)),
        (
            "a customer, to the issuer",
            customer(),
            to_issuer(),
            day,
            NOW,
            true,
            no(RecoveryRefusal::EndUser, NOW),
        ),
        (
            "a customer who was moved into the team",
            and(customer(), [joined.clone()]),
            BY_LINK,
            day,
            before(NOW + RESET_WAIT),
            true,
            no(RecoveryRefusal::EndUser, before(NOW + RESET_WAIT)),
        ),
        (
            "a member of the team who was a customer",
            and(customer(), [joined]),
            BY_LINK,
            day,
            NOW + RESET_WAIT,
            false,
            yes(BY_LINK, NOW + RESET_WAIT),
        ),
        (
            "a password by mail",
            mailed(LinkPurpose::PasswordReset),
            BY_LINK,
            day,
            before(over),
            false,
            no(RecoveryRefusal::PasswordMailed, before(over)),
        ),
        (
            "three days later",
            mailed(LinkPurpose::PasswordReset),
            BY_LINK,
            day,
            over,
            false,
            yes(BY_LINK, over),
        ),
        (
            "the link of somebody who came back",
            mailed(LinkPurpose::Verification),
            BY_LINK,
            day,
            NOW,
            false,
            no(RecoveryRefusal::PasswordMailed, NOW),
        ),
        (
            "the invitation of somebody who came with a factor",
            mailed(LinkPurpose::Invitation),
            BY_LINK,
            day,
            NOW,
            false,
            no(RecoveryRefusal::PasswordMailed, NOW),
        ),
        ("the operator's link", mailed(LinkPurpose::SetUp), BY_LINK, day, NOW, false, yes(BY_LINK, NOW)),
        // The link goes to the address before.
        ("a new address", and(agent(), [address_changed()]), BY_LINK, day, NOW, false, yes(BY_LINK, NOW)),
    ];
    for (story, past, handed, hours, when, issuers_see_codes, expected) in rows {
        let era = Era { issuers_see_codes, ..at(when) };
        assert_eq!(fold::<User>(past).decide(&era, grant(CASE, handed, hours, when)), expected, "{story}");
    }
}

/// Rules: C3.
#[test]
fn the_link_of_a_grant_shows_its_code_once_and_until_it_ends() {
    let reveal = |link, at| recovery(RecoveryCommand::Reveal { link, verifier: verifier(41), at });
    let held = || and(agent(), [granted(CASE, BY_LINK, NOW)]);
    let end = later(Span::hours(GRANT_HOURS.into()));
    let shown = UserEvent::RecoveryCodeRevealed {
        recovery: CASE,
        link: GRANT_LINK,
        verifier: verifier(41),
        at: before(end),
    };
    given::<User>(held()).when(reveal(GRANT_LINK, before(end))).then([shown]);
    let moved = UserEvent::RoleChanged { from: Role::Agent, to: Role::Admin, at: NOW };
    let over: Vec<(Vec<UserEvent>, LinkId, Timestamp)> = vec![
        (held(), GRANT_LINK, end),
        (held(), OTHER_LINK, NOW),
        (agent(), GRANT_LINK, NOW),
        (and(held(), [revealed()]), GRANT_LINK, NOW),
        (and(held(), [revoked(Objection::Staff, NOW)]), GRANT_LINK, NOW),
        (and(held(), [granted(OTHER_CASE, to_issuer(), NOW)]), GRANT_LINK, NOW),
        (and(held(), [moved]), GRANT_LINK, NOW),
        (and(held(), [UserEvent::TwoFactorDisabled { at: NOW }]), GRANT_LINK, NOW),
    ];
    for (past, link, at) in over {
        given::<User>(past).when(reveal(link, at)).then_refused(UserError::LinkOver);
    }
}

/// Rules: C3, P1.
#[test]
fn the_code_of_a_grant_lets_in_once_and_takes_the_lost_factor_with_it() {
    let prove = |recovery, purpose, at| UserCommand::Prove {
        verdict: Verdict::Grant { recovery },
        purpose,
        familiarity: KNOWN,
        at,
    };
    let used =
        |at| UserEvent::RecoveryGrantUsed { recovery: CASE, purpose: FOR_SIGN_IN, familiarity: KNOWN, at };
    let reset =
        |at| UserEvent::TwoFactorReset { cause: ResetCause::Granted { recovery: CASE }, effective_at: at };
    let rejected = |refusal, purpose, at| UserEvent::ProofRejected {
        kind: ProofKind::RecoveryGrant,
        refusal,
        factor: None,
        purpose,
        familiarity: KNOWN,
        consecutive: 1,
        retry_at: None,
        at,
    };
    let open = || and(agent(), [granted(CASE, BY_LINK, NOW), revealed()]);
    let seen = || and(agent(), [granted(CASE, to_issuer(), NOW)]);
    let end = later(Span::hours(GRANT_HOURS.into()));
    let anew = || {
        and(
            and(open(), [used(NOW), reset(NOW), binding(TABLET, 0, NOW), confirmed(TABLET, STEP)]),
            [UserEvent::TwoFactorEnabled { generation: 0, at: NOW }, codes_made()],
        )
    };
    let no = |refusal, at| vec![rejected(refusal, FOR_SIGN_IN, at)];
    let waiting = || and(open(), [reset_waits(NOW + RESET_WAIT)]);
    let by_mail = || and(seen(), password_by_mail(LinkPurpose::PasswordReset));
    // story | what went before | whose code | for what | when | what it comes to
    for (story, past, case, purpose, when, then) in [
        ("good", open(), CASE, FOR_SIGN_IN, NOW, vec![used(NOW), reset(NOW)]),
        ("told by the issuer", seen(), CASE, FOR_SIGN_IN, NOW, vec![used(NOW), reset(NOW)]),
        (
            "a reset waits",
            waiting(),
            CASE,
            FOR_SIGN_IN,
            NOW,
            vec![used(NOW), cancelled(Objection::Replaced, NOW), reset(NOW)],
        ),
        (
            "at the last moment",
            open(),
            CASE,
            FOR_SIGN_IN,
            before(end),
            vec![used(before(end)), reset(before(end))],
        ),
        ("too late", open(), CASE, FOR_SIGN_IN, end, no(Refusal::Expired, end)),
        ("another case's", open(), OTHER_CASE, FOR_SIGN_IN, NOW, no(Refusal::Expired, NOW)),
        ("again", anew(), CASE, FOR_SIGN_IN, NOW, no(Refusal::Replayed, NOW)),
        (
            "again, for something else",
            anew(),
            CASE,
            Purpose::DisableIn(SESSION),
            NOW,
            vec![rejected(Refusal::Replayed, Purpose::DisableIn(SESSION), NOW)],
        ),
        (
            "to raise a session",
            open(),
            CASE,
            Purpose::StepUp(SESSION),
            NOW,
            vec![rejected(Refusal::Wrong, Purpose::StepUp(SESSION), NOW)],
        ),
        (
            "to switch off",
            open(),
            CASE,
            Purpose::DisableIn(SESSION),
            NOW,
            vec![rejected(Refusal::Wrong, Purpose::DisableIn(SESSION), NOW)],
        ),
        ("a password by mail since", by_mail(), CASE, FOR_SIGN_IN, NOW, no(Refusal::Expired, NOW)),
    ] {
        println!("{story}");
        given::<User>(past).under(at(when)).when(prove(case, purpose, when)).then(then);
    }
    // Nothing of before works in the session that it opened, and the case stays open until the next factor.
    let person: User = fold(and(open(), [used(NOW), reset(NOW)]));
    assert!(person.enrolled(0).is_none() && person.first_binding(0) && person.recovering == Some(CASE));
}

/// Rules: C3, C4.
#[test]
fn a_grant_and_a_wait_give_way_to_whoever_holds_the_factor_objects_or_moves_what_they_rest_on() {
    let past =
        || and(and(agent(), [granted(CASE, BY_LINK, NOW), revealed()]), [reset_waits(NOW + RESET_WAIT)]);
    let stop =
        |recovery: Option<RecoveryId>, how| self::recovery(RecoveryCommand::Stop { recovery, how, at: NOW });
    let both = |how| vec![cancelled(how, NOW), revoked(how, NOW)];
    let prove =
        UserCommand::Prove { verdict: right_code(), purpose: FOR_SIGN_IN, familiarity: KNOWN, at: NOW };
    let (person, staff) = (Objection::Person, Objection::Staff);
    given::<User>(past()).when(prove).then(and(vec![accepted(STEP, FOR_SIGN_IN)], both(Objection::Factor)));
    given::<User>(past()).when(stop(None, person)).then(both(person));
    given::<User>(past()).when(stop(Some(CASE), staff)).then(both(staff));
    given::<User>(past()).when(stop(Some(OTHER_CASE), staff)).then_refused(UserError::NothingWaits);
    given::<User>(agent()).when(stop(None, person)).then_refused(UserError::NothingWaits);
    // A grant that has ended by itself is nothing to object to.
    let end = later(Span::hours(GRANT_HOURS.into()));
    let late = recovery(RecoveryCommand::Stop { recovery: None, how: person, at: end });
    given::<User>(and(agent(), [granted(CASE, BY_LINK, NOW)]))
        .when(late)
        .then_refused(UserError::NothingWaits);
    // Nor does anything end it once more.
    let (by, reason) = (FrozenBy::OwnLink, None);
    let freeze =
        FreezeCommand::Freeze { recovery: OTHER_CASE, by, against: None, reason: None, anew: false, at: end };
    given::<User>(and(agent(), [granted(CASE, BY_LINK, NOW)])).when(UserCommand::Freeze(freeze)).then(vec![
        UserEvent::UserFrozen { recovery: OTHER_CASE, number: 1, by, against: None, reason, at: end },
    ]);

    // A password by mail ends both, one that the person changed themselves only the grant; an address the wait.
    let link = |purpose| UserEvent::LinkIssued {
        link: LINK,
        purpose,
        verifier: verifier(42),
        expires_at: later(Span::hours(1)),
    };
    let (password, address) = (verifier(43), None);
    let redeem = UserCommand::RedeemLink { link: LINK, password, stands_alone: true, address, at: NOW };
    let redeemed = UserEvent::LinkRedeemed { link: LINK, at: NOW };
    let set = UserEvent::PasswordSet { verifier: verifier(43), stands_alone: true, at: NOW };
    given::<User>(and(past(), [link(LinkPurpose::PasswordReset)]))
        .when(redeem.clone())
        .then(and(and(vec![redeemed.clone()], both(Objection::Password)), [set.clone()]));
    given::<User>(and(past(), [link(LinkPurpose::SetUp)])).when(redeem).then([
        redeemed,
        revoked(Objection::Password, NOW),
        set,
    ]);
    let request = UserEvent::EmailChangeRequested {
        link: OTHER_LINK,
        email: sealed(),
        verifier: verifier(44),
        expires_at: later(Span::hours(1)),
        by: None,
        rank: None,
        at: NOW,
    };
    let confirm = AddressCommand::Confirm { link: OTHER_LINK, email: sealed(), at: NOW };
    given::<User>(and(past(), [request]))
        .when(UserCommand::People(PeopleCommand::Address(confirm)))
        .then([address_changed(), cancelled(Objection::Address, NOW)]);
}

fn request(case: RecoveryId, route: RecoveryRoute, at: Timestamp) -> UserCommand {
    recovery(RecoveryCommand::Request { recovery: case, route, mailed: NEW_MAIL, at })
}

fn requested(case: RecoveryId, route: RecoveryRoute, at: Timestamp) -> UserEvent {
    UserEvent::RecoveryRequested { recovery: case, route, at }
}

/// Rules: C4, C5.
#[test]
fn a_way_back_in_that_is_refused_again_within_the_hour_is_on_record_once() {
    use RecoveryRoute::{Mailbox, TrustedDevice};
    let why = RecoveryRefusal::PasswordMailed;
    let doubted = || and(customer(), password_by_mail(LinkPurpose::PasswordReset));
    let once = || and(doubted(), [refused(Mailbox, why, NOW)]);
    let (soon, hour) = (before(later(Span::hours(1))), later(Span::hours(1)));
    let right = MailedVerdict::Match(MAIL);
    let pleaded = || {
        let asked = and(customer(), [requested(CASE, Mailbox, NOW), mailed(NOW)]);
        and(asked, password_by_mail(LinkPurpose::PasswordReset))
    };
    let confirm = recovery(RecoveryCommand::Confirm {
        route: Mailbox,
        wait: RESET_WAIT,
        shown: right,
        familiarity: KNOWN,
        at: NOW,
    });
    let rows = [
        ("the first time", doubted(), request(CASE, Mailbox, NOW), vec![refused(Mailbox, why, NOW)]),
        ("again", once(), request(CASE, Mailbox, soon), vec![]),
        (
            "by another way",
            once(),
            request(CASE, TrustedDevice, soon),
            vec![refused(TrustedDevice, why, soon)],
        ),
        ("an hour later", once(), request(CASE, Mailbox, hour), vec![refused(Mailbox, why, hour)]),
        ("a case that it ends", pleaded(), confirm.clone(), vec![refused(Mailbox, why, NOW)]),
        ("which ended before", and(pleaded(), [refused(Mailbox, why, NOW)]), confirm, vec![]),
    ];
    for (case, past, command, expected) in rows {
        let user: User = fold(past);
        assert_eq!(user.decide(&Era::default(), command), Ok(expected), "{case}");
    }
}

/// Rules: C4, C5, C8, C9.
#[test]
fn a_way_back_in_is_asked_for_by_mail_and_never_while_the_mailbox_is_in_doubt() {
    use RecoveryRoute::{Mailbox, Owner, TrustedDevice};
    type Row = (&'static str, Vec<UserEvent>, RecoveryRoute, Timestamp, Result<Vec<UserEvent>, UserError>);
    let asked = |route, at| Ok(vec![requested(CASE, route, at), mailed(at)]);
    let pleaded = |route| and(customer(), [requested(OTHER_CASE, route, NOW), mailed(NOW)]);
    let mailed_password = || and(customer(), password_by_mail(LinkPurpose::PasswordReset));
    let (soon, over) = (later(Span::minutes(2)), NOW + DOUBT);
    let no = |why, at| Ok(vec![refused(Mailbox, why, at)]);
    let rows: Vec<Row> = vec![
        ("at the door", customer(), Mailbox, NOW, asked(Mailbox, NOW)),
        ("on a trusted device", agent(), TrustedDevice, NOW, asked(TrustedDevice, NOW)),
        ("an owner", enabled_in(0, Role::Owner), Owner, NOW, asked(Owner, NOW)),
        ("nothing is lost", with_password(Role::EndUser), Mailbox, NOW, Err(UserError::NotEnabled)),
        ("again, for the sake of another mail", pleaded(Mailbox), Mailbox, soon, Ok(vec![mailed(soon)])),
        ("again, by another way", pleaded(TrustedDevice), Mailbox, soon, asked(Mailbox, soon)),
        (
            "again at once",
            pleaded(Mailbox),
            Mailbox,
            NOW,
            Err(UserError::MailedJustNow(later(Span::minutes(1)))),
        ),
        (
            "it waits already: neither sooner nor later",
            and(customer(), [reset_waits(NOW + RESET_WAIT)]),
            Mailbox,
            soon,
            Err(UserError::AlreadyWaiting(NOW + RESET_WAIT)),
        ),
        (
            "a password by mail",
            mailed_password(),
            Mailbox,
            before(over),
            no(RecoveryRefusal::PasswordMailed, before(over)),
        ),
        ("three days later", mailed_password(), Mailbox, over, asked(Mailbox, over)),
        (
            "somebody who came back by mail",
            and(customer(), password_by_mail(LinkPurpose::Verification)),
            Mailbox,
            NOW,
            no(RecoveryRefusal::PasswordMailed, NOW),
        ),
        (
            "a new address",
            and(customer(), [address_changed()]),
            Mailbox,
            before(over),
            no(RecoveryRefusal::AddressChanged, before(over)),
        ),
        (
            "a new address, three days later",
            and(customer(), [address_changed()]),
            Mailbox,
            over,
            asked(Mailbox, over),
        ),
    ];
    for (story, past, route, when, expected) in rows {
        assert_eq!(fold::<User>(past).decide(&at(when), request(CASE, route, when)), expected, "{story}");
    }
}

/// Rules: C4, C5, C8, C9.
#[test]
fn the_wait_begins_with_the_mailed_code_and_is_the_same_case() {
    type Row = (&'static str, Vec<UserEvent>, MailedVerdict, Timestamp, Result<Vec<UserEvent>, UserError>);
    let wait = Span::hours(24);
    let route = RecoveryRoute::TrustedDevice;
    let confirm =
        |shown, at| recovery(RecoveryCommand::Confirm { route, wait, shown, familiarity: KNOWN, at });
    let right = MailedVerdict::Match(MAIL);
    let pleaded = || and(agent(), [requested(CASE, route, NOW), mailed(NOW)]);
    let accepted = UserEvent::MailedCodeAccepted { code: MAIL };
    let scheduled = |at| UserEvent::TwoFactorResetScheduled {
        rank: None,
        recovery: Some(CASE),
        route,
        reason: None,
        due_at: at + wait,
        at,
    };
    let rejected = |refusal, tries_left| UserEvent::MailedCodeRejected { code: MAIL, refusal, tries_left };
    let guess = |left| rejected(Refusal::Wrong, left);
    let end = later(Span::minutes(10));
    let spent = || and(pleaded(), (0..5).rev().map(guess));
    let tries_return = UserError::MailedTriesSpent(end + Span::hours(1));
    let doubted = |why| Ok(vec![refused(route, why, NOW)]);
    let over = |past: Vec<UserEvent>, wait: Span| and(past, [reset_waits(NOW + wait)]);
    let rows: Vec<Row> = vec![
        ("right", pleaded(), right, NOW, Ok(vec![accepted.clone(), scheduled(NOW)])),
        ("at the last moment", pleaded(), right, before(end), Ok(vec![accepted, scheduled(before(end))])),
        ("wrong", pleaded(), MailedVerdict::Mismatch, NOW, Ok(vec![guess(4)])),
        ("of another series", pleaded(), MailedVerdict::Match(OTHER_MAIL), NOW, Ok(vec![guess(4)])),
        ("too late", pleaded(), right, end, Err(UserError::NothingRequested)),
        ("nobody asked", agent(), right, NOW, Err(UserError::NothingRequested)),
        ("after five guesses", spent(), right, NOW, Err(tries_return)),
        ("again", over(pleaded(), wait), right, NOW, Err(UserError::AlreadyWaiting(NOW + wait))),
        (
            "the password came by mail since",
            and(pleaded(), password_by_mail(LinkPurpose::PasswordReset)),
            right,
            NOW,
            doubted(RecoveryRefusal::PasswordMailed),
        ),
        (
            "the address moved since",
            and(pleaded(), [address_changed()]),
            right,
            NOW,
            doubted(RecoveryRefusal::AddressChanged),
        ),
        (
            "the factor went otherwise",
            and(pleaded(), [UserEvent::TwoFactorDisabled { at: NOW }]),
            right,
            NOW,
            Err(UserError::NotEnabled),
        ),
    ];
    for (story, past, shown, when, expected) in rows {
        assert_eq!(fold::<User>(past).decide(&at(when), confirm(shown, when)), expected, "{story}");
    }
}

/// Rules: C5.
#[test]
fn a_case_goes_from_the_request_to_the_next_factor() {
    let route = RecoveryRoute::Mailbox;
    let (recovery, due) = (Some(CASE), NOW + RESET_WAIT);
    let (reason, rank) = (None, None);
    let scheduled =
        UserEvent::TwoFactorResetScheduled { recovery, route, reason, due_at: due, rank, at: NOW };
    let cause = ResetCause::AfterWait { recovery: CASE, scheduled_at: NOW };
    let reset = UserEvent::TwoFactorReset { cause, effective_at: due };
    let past = and(customer(), [requested(CASE, route, NOW), scheduled]);
    let user: User = fold(past.clone());
    assert_eq!(user.decide(&at(due), UserCommand::ReachReset), Ok(vec![reset.clone()]));
    let binding_begun = and(and(past, [reset, mailed(due)]), [binding(TABLET, 0, due)]);
    let confirm = UserCommand::ConfirmFactor {
        factor: TABLET,
        verdict: Verdict::Otp { factor: TABLET, step: STEP, drift: 0 },
        warrant: Some(crate::proof::Warrant::Mailed(MailedVerdict::Match(MAIL))),
        codes: NEW_CODES,
        familiarity: KNOWN,
        at: due,
    };
    let events = fold::<User>(binding_begun).decide(&at(due), confirm).unwrap_or_default();
    let completed = UserEvent::RecoveryCompleted { recovery: CASE, at: due };
    assert_eq!(events.last(), Some(&completed), "{events:?}");
}

/// Rules: C3.
#[test]
fn one_person_is_granted_five_codes_an_hour_at_most() {
    let past = and(enabled(), (0..GIVEN_AN_HOUR).map(|_| granted(CASE, BY_LINK, NOW)));
    let hour = later(Span::hours(1));
    given::<User>(past.clone())
        .when(grant(CASE, BY_LINK, GRANT_HOURS, NOW))
        .then_refused(UserError::HelpSpent(hour));
    let user: User = fold(past);
    assert!(
        user.decide(&Era { at: hour, ..Era::default() }, grant(CASE, BY_LINK, GRANT_HOURS, hour)).is_ok()
    );
}
