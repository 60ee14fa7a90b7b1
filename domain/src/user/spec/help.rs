//! Help from staff: waits, tickets, exemptions.

use crate::ids::{ExemptionId, TicketId, UserId};
use crate::policy::Role;
use crate::proof::{Era, MailedVerdict, Verdict, Warrant};
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{
    EXEMPT_AT_MOST, Familiarity, Handing, HelpCommand, Objection, Purpose, RESET_WAIT, RESETS_AN_HOUR,
    RecoveryCommand, RecoveryRoute, ResetCause, TICKET_LIFE, User, UserCommand, UserError, UserEvent,
};

const TICKET: TicketId = TicketId::from_uuid(uuid::Uuid::from_u128(800));
const LEAVE: ExemptionId = ExemptionId::from_uuid(uuid::Uuid::from_u128(801));

fn help(command: HelpCommand) -> UserCommand {
    UserCommand::Help(command)
}

fn schedule(at: Timestamp) -> UserCommand {
    let recovery = CASE;
    UserCommand::Recovery(RecoveryCommand::Schedule { recovery, reason: sealed(), rank: Role::Owner, at })
}

fn waits() -> UserEvent {
    reset_waits(NOW + RESET_WAIT)
}

fn customer() -> Vec<UserEvent> {
    enabled_in(0, Role::EndUser)
}

fn at(at: Timestamp) -> Era {
    Era { at, ..Era::default() }
}

fn prove(at: Timestamp) -> UserCommand {
    let (purpose, familiarity) = (Purpose::SignIn(SIGN_IN), Familiarity::Known);
    UserCommand::Prove { verdict: right_code(), purpose, familiarity, at }
}

/// Rules: D4.
#[test]
fn staff_reset_a_customer_only_after_a_wait() {
    let now = UserCommand::Reset { reason: sealed(), compromise: false, at: NOW };
    given::<User>(customer()).when(now.clone()).then_refused(UserError::ResetWaits);
    given::<User>(customer()).when(schedule(NOW)).then([waits()]);
    let twice = UserError::AlreadyWaiting(NOW + RESET_WAIT);
    given::<User>(and(customer(), [waits()])).when(schedule(NOW)).then_refused(twice);
    given::<User>(with_password(Role::EndUser)).when(schedule(NOW)).then_refused(UserError::NotEnabled);
    // A change of role is no way around it.
    let joined = UserEvent::RoleChanged { from: Role::EndUser, to: Role::Agent, at: NOW };
    let moved = and(customer(), [joined]);
    given::<User>(moved.clone()).when(now).then_refused(UserError::ResetWaits);
    // Nor does it let one owner reset another one alone, with a wait in the place of an approval.
    let made = UserEvent::RoleChanged { from: Role::EndUser, to: Role::Owner, at: NOW };
    given::<User>(and(customer(), [made])).when(schedule(NOW)).then_refused(UserError::ResetWaits);
    given::<User>(enabled_in(0, Role::Owner)).when(schedule(NOW)).then_refused(UserError::ResetWaits);
    let later = UserCommand::Reset { reason: sealed(), compromise: false, at: NOW + RESET_WAIT };
    assert!(fold::<User>(moved).decide(&at(NOW + RESET_WAIT), later).is_ok());
}

/// Rules: D4.
#[test]
fn a_shown_factor_or_their_own_word_cancels_the_wait() {
    let waiting = and(customer(), [waits()]);
    let cancelled = |how| {
        let (recovery, how) = (Some(CASE), Some(how));
        UserEvent::TwoFactorResetCancelled { recovery, how, at: NOW }
    };
    given::<User>(waiting.clone())
        .when(prove(NOW))
        .then([accepted(STEP, Purpose::SignIn(SIGN_IN)), cancelled(Objection::Factor)]);
    let code = UserCommand::Prove {
        verdict: Verdict::Recovery { index: 4 },
        purpose: Purpose::SignIn(SIGN_IN),
        familiarity: Familiarity::Known,
        at: NOW,
    };
    given::<User>(waiting.clone())
        .when(code)
        .then([code_used(4, 9, Purpose::SignIn(SIGN_IN)), cancelled(Objection::Factor)]);
    let how = Objection::Person;
    let object = UserCommand::Recovery(RecoveryCommand::Stop { recovery: None, how, at: NOW });
    given::<User>(waiting.clone()).when(object.clone()).then([cancelled(how)]);
    given::<User>(customer()).when(object).then_refused(UserError::NothingWaits);
    // A wrong code says nothing.
    let wrong = UserCommand::Prove {
        verdict: WRONG,
        purpose: Purpose::SignIn(SIGN_IN),
        familiarity: Familiarity::Known,
        at: NOW,
    };
    let events = fold::<User>(waiting).decide(&at(NOW), wrong).unwrap_or_default();
    assert!(!events.iter().any(|e| matches!(e, UserEvent::TwoFactorResetCancelled { .. })), "{events:?}");
}

fn granted(link: bool) -> UserEvent {
    let verifier = verifier(60);
    UserEvent::RecoveryGranted {
        rank: Some(Role::Owner),
        recovery: CASE,
        handed: if link { Handing::Link { link: LINK, verifier } } else { Handing::Issuer { verifier } },
        reason: sealed(),
        by: ANA,
        approved_by: None,
        expires_at: later(Span::days(1)),
        at: NOW,
    }
}

/// Rules: C3, C5.
#[test]
fn a_case_can_be_stopped_while_it_holds_and_a_granted_code_answers_once_somebody_has_it() {
    let (team, over) = (enabled_in(0, Role::Agent), later(Span::days(1)));
    let stop =
        |at| UserCommand::Recovery(RecoveryCommand::Stop { recovery: Some(CASE), how: Objection::Staff, at });
    for (case, events, now, stops, answers) in [
        ("nothing", team.clone(), NOW, false, true),
        ("waits", and(customer(), [waits()]), NOW, true, true),
        ("due", and(customer(), [waits()]), NOW + RESET_WAIT, false, true),
        ("granted by a link", and(team.clone(), [granted(true)]), NOW, true, true),
        ("granted, and seen", and(team.clone(), [granted(false)]), NOW, true, true),
        ("granted, and over", and(team.clone(), [granted(false)]), over, false, true),
    ] {
        let user = fold::<User>(events);
        assert_eq!(user.can_stop(CASE, now), stops, "{case}");
        assert_eq!(user.decide(&at(now), stop(now)).is_ok(), stops, "{case}: as the decision says");
        assert_eq!(user.takes_recovery_code(0, now), answers, "{case}");
    }
    // Somebody whose own codes are of another generation has the granted one alone.
    for (handed_by_link, now, answers) in [(true, NOW, false), (false, NOW, true), (false, over, false)] {
        let user = fold::<User>(and(enabled_in(0, Role::Agent), [granted(handed_by_link)]));
        assert_eq!(user.takes_recovery_code(1, now), answers, "{handed_by_link} at {now}");
    }
}

/// Rules: C3, C4, C9.
#[test]
fn whoever_has_nothing_left_has_the_way_of_their_role() {
    for role in Role::ALL {
        let way = match role {
            Role::EndUser => RecoveryRoute::Mailbox,
            Role::Owner => RecoveryRoute::Owner,
            Role::Admin | Role::Agent | Role::Auditor => RecoveryRoute::Grant,
        };
        assert_eq!(RecoveryRoute::without_a_device(role), way, "{}", role.name());
    }
}

/// Rules: D4.
#[test]
fn a_wait_that_is_over_holds_by_time_alone_and_is_written_before_anything_else() {
    let user: User = fold(and(customer(), [waits()]));
    let due = NOW + RESET_WAIT;
    let before = Timestamp::from_micros(due.micros() - 1);
    assert!(user.enrolled_at(0, before).is_some() && user.enrolled_at(0, due).is_none());
    assert_eq!((user.epoch_at(before), user.epoch_at(due)), (2, 3));
    let reset = UserEvent::TwoFactorReset {
        cause: ResetCause::AfterWait { recovery: CASE, scheduled_at: NOW },
        effective_at: due,
    };
    let lost = UserEvent::DeviceReportedLost { device: LAPTOP };
    let report = UserCommand::ReportLost { device: LAPTOP };
    assert_eq!(user.decide(&at(before), report.clone()), Ok(vec![lost.clone()]));
    assert_eq!(user.decide(&at(due), report), Ok(vec![reset.clone(), lost]));
    assert_eq!(user.decide(&at(due), UserCommand::ReachReset), Ok(vec![reset]));
    assert_eq!(user.decide(&at(due), prove(due)), Err(UserError::NotEnabled));
    // A disable announced them by what their stream said, so its reset is the one that is written.
    let disabled = Era { at: due, ..era(&[(1, due)]) };
    assert_eq!(user.decide(&disabled, UserCommand::ReachReset), Ok(vec![reset_by_disable(1, due)]));
}

/// Rules: D4.
#[test]
fn an_agent_asks_for_so_many_resets_an_hour() {
    let ask = |at| help(HelpCommand::AskForReset { subject: ANA, at });
    let asked = |at| UserEvent::StaffResetAsked { subject: ANA, at };
    let busy = |times: usize| and(with_password(Role::Agent), (0..times).map(|_| asked(NOW)));
    given::<User>(busy(RESETS_AN_HOUR - 1)).when(ask(NOW)).then([asked(NOW)]);
    let next = later(Span::hours(1));
    given::<User>(busy(RESETS_AN_HOUR)).when(ask(NOW)).then_refused(UserError::ResetsSpent(next));
    given::<User>(busy(RESETS_AN_HOUR)).when(ask(next)).then([asked(next)]);
    given::<User>(with_password(Role::Admin)).when(ask(NOW)).then_nothing();
}

fn issue(at: Timestamp) -> UserCommand {
    help(HelpCommand::IssueTicket { ticket: TICKET, verifier: verifier(70), reason: sealed(), at })
}

fn issued() -> UserEvent {
    UserEvent::EnrolmentTicketIssued {
        ticket: TICKET,
        verifier: verifier(70),
        reason: sealed(),
        expires_at: NOW + TICKET_LIFE,
        at: NOW,
    }
}

fn rejected(tries_left: u8) -> UserEvent {
    UserEvent::EnrolmentTicketRejected { ticket: TICKET, tries_left, at: NOW }
}

fn confirm(warrant: Option<Warrant>, verdict: Verdict, at: Timestamp) -> UserCommand {
    let familiarity = Familiarity::Known;
    UserCommand::ConfirmFactor { factor: PHONE, verdict, warrant, codes: NEW_CODES, familiarity, at }
}

const RIGHT: Option<Warrant> = Some(Warrant::Ticket { matched: true });
const NOT_IT: Option<Warrant> = Some(Warrant::Ticket { matched: false });

/// Rules: P5.
#[test]
fn a_ticket_is_for_a_member_of_the_team_without_a_second_factor() {
    given::<User>(with_password(Role::Agent)).when(issue(NOW)).then([issued()]);
    given::<User>(with_password(Role::EndUser)).when(issue(NOW)).then_refused(UserError::TicketForTeamOnly);
    given::<User>(enabled()).when(issue(NOW)).then_refused(UserError::AlreadyEnabled);
}

/// Rules: P5.
#[test]
fn a_first_binding_and_any_after_a_reset_takes_more_than_the_password() {
    let binding_after = |past: Vec<UserEvent>| and(past, [binding(PHONE, 0, NOW)]);
    let mail = Some(Warrant::Mailed(MailedVerdict::Match(MAIL)));
    let compromised = || and(enabled(), [reset_by_staff(true)]);
    // what went before | what is shown beside a right code | why it binds nothing
    let rows: Vec<(Vec<UserEvent>, Option<Warrant>, UserError)> = vec![
        (with_password(Role::Agent), None, UserError::MailedCodeNeeded),
        (with_password(Role::Agent), RIGHT, UserError::TicketOver),
        (and(with_password(Role::Agent), [mailed(NOW)]), None, UserError::MailedCodeNeeded),
        (and(enabled(), [reset_by_staff(false)]), None, UserError::MailedCodeNeeded),
        (and(enabled(), [UserEvent::TwoFactorDisabled { at: NOW }]), None, UserError::MailedCodeNeeded),
        // A code that was mailed before the reset is void with it.
        (and(enabled(), [mailed(NOW), reset_by_staff(false)]), mail, UserError::MailedCodeNeeded),
        (compromised(), None, UserError::TicketNeeded),
        (and(compromised(), [mailed(NOW)]), mail, UserError::TicketNeeded),
        (compromised(), RIGHT, UserError::TicketOver),
        // A ticket of before the reset, one that is void, and one for another role are as none.
        (and(with_password(Role::Agent), [issued(), reset_by_staff(false)]), RIGHT, UserError::TicketOver),
        (and(compromised(), [issued(), rejected(0)]), RIGHT, UserError::TicketOver),
        (
            and(
                with_password(Role::Agent),
                [issued(), UserEvent::RoleChanged { from: Role::Agent, to: Role::Admin, at: NOW }],
            ),
            RIGHT,
            UserError::TicketOver,
        ),
    ];
    for (past, shown, why) in rows {
        given::<User>(binding_after(past)).when(confirm(shown, right_code(), NOW)).then_refused(why);
    }
    let late = confirm(RIGHT, right_code(), NOW + TICKET_LIFE);
    given::<User>(binding_after(and(compromised(), [issued()])))
        .when(late)
        .then_refused(UserError::TicketOver);
}

/// Rules: C4.
#[test]
fn whoever_left_the_team_after_a_compromise_binds_after_the_wait_of_customers() {
    let moved = |from, to, at| UserEvent::RoleChanged { from, to, at };
    let demoted = || moved(Role::Agent, Role::EndUser, NOW);
    let compromised = || and(enabled(), [reset_by_staff(true)]);
    let left = || and(compromised(), [demoted()]);
    let over = NOW + RESET_WAIT;
    let still = Timestamp::from_micros(over.micros() - 1);
    let waits = || UserError::CompromiseFresh(over);
    // what went before | when | what a binding by a mailed code meets
    let rows: Vec<(Vec<UserEvent>, Timestamp, Option<UserError>)> = vec![
        (left(), NOW, Some(waits())),
        (left(), still, Some(waits())),
        (left(), over, None),
        // Back in the team it takes a ticket again, however long they were away.
        (and(left(), [moved(Role::EndUser, Role::Agent, over)]), over, Some(UserError::TicketNeeded)),
        // Another while as a customer is another wait.
        (
            and(left(), [moved(Role::EndUser, Role::Agent, still), moved(Role::Agent, Role::EndUser, over)]),
            over,
            Some(UserError::CompromiseFresh(over + RESET_WAIT)),
        ),
        (and(enabled(), [reset_by_staff(false), demoted()]), NOW, None),
    ];
    for (past, at, met) in rows {
        let user: User = fold(past);
        assert_eq!(user.may_begin_binding(&Era::default(), at).err(), met, "{at}");
        assert_eq!(user.ticket_owed(), met == Some(UserError::TicketNeeded));
    }
    let mail = Some(Warrant::Mailed(MailedVerdict::Match(MAIL)));
    let binding = and(left(), [mailed(still), binding(PHONE, 0, still)]);
    given::<User>(binding).when(confirm(mail, right_code(), still)).then_refused(waits());
}

/// Rules: P5.
#[test]
fn a_ticket_binds_once_and_five_wrong_tries_void_it() {
    let past = and(enabled(), [reset_by_staff(true), issued(), binding(PHONE, 0, NOW)]);
    given::<User>(past.clone()).when(confirm(RIGHT, right_code(), NOW)).then([
        UserEvent::EnrolmentTicketUsed { ticket: TICKET, at: NOW },
        confirmed(PHONE, STEP),
        UserEvent::TwoFactorEnabled { generation: 0, at: NOW },
        codes_made(),
    ]);
    let mut past = past;
    for left in (0..5).rev() {
        given::<User>(past.clone()).when(confirm(NOT_IT, right_code(), NOW)).then([rejected(left)]);
        past.push(rejected(left));
    }
    given::<User>(past).when(confirm(RIGHT, right_code(), NOW)).then_refused(UserError::TicketOver);
    let bound: User = fold(and(
        enabled(),
        [
            reset_by_staff(true),
            issued(),
            binding(PHONE, 0, NOW),
            UserEvent::EnrolmentTicketUsed { ticket: TICKET, at: NOW },
            confirmed(PHONE, STEP),
            UserEvent::TwoFactorEnabled { generation: 0, at: NOW },
        ],
    ));
    assert!(!bound.needs_ticket && bound.ticket.is_none(), "and what the compromise asked for is met");
}

/// Rules: D5.
#[test]
fn an_exemption_has_an_end_and_can_end_before() {
    let exempt = |until| help(HelpCommand::Exempt { exemption: LEAVE, reason: sealed(), until, at: NOW });
    let granted = |until| UserEvent::ExemptionGranted { exemption: LEAVE, reason: sealed(), until, at: NOW };
    let longest = NOW + EXEMPT_AT_MOST;
    given::<User>(enabled()).when(exempt(longest)).then([granted(longest)]);
    for until in [NOW, Timestamp::from_micros(longest.micros() + 1)] {
        given::<User>(enabled()).when(exempt(until)).then_refused(UserError::ExemptionSpan(7));
    }
    let end = |at| help(HelpCommand::EndExemption { exemption: LEAVE, at });
    let past = and(enabled(), [granted(later(Span::days(1)))]);
    let ended = UserEvent::ExemptionEnded { exemption: LEAVE, at: NOW };
    given::<User>(past.clone()).when(end(NOW)).then([ended]);
    given::<User>(past).when(end(later(Span::days(1)))).then_refused(UserError::NoExemption);
    given::<User>(enabled()).when(end(NOW)).then_refused(UserError::NoExemption);
}

/// Rules: C4, D5.
#[test]
fn help_that_a_role_may_not_give_is_refused_on_the_record() {
    use crate::user::{Help, NoHelp};
    let other = UserId::from_uuid(uuid::Uuid::from_u128(79));
    let joined = |role| {
        let from = Role::EndUser;
        and(enabled_in(0, Role::EndUser), [UserEvent::RoleChanged { from, to: role, at: NOW }])
    };
    let of = |role| enabled_in(0, role);
    let (still, over) = (NOW + RESET_WAIT - Span::seconds(1), NOW + RESET_WAIT);
    let (customer, outranked) = (Some(NoHelp::Customer), Some(NoHelp::Outranked));
    // who is helped | with what | by whom | when | why not
    let rows = [
        (of(Role::EndUser), Help::Exemption, Role::Admin, NOW, customer),
        (of(Role::EndUser), Help::Exemption, Role::Owner, NOW, None),
        (of(Role::EndUser), Help::Ticket, Role::Owner, NOW, customer),
        (of(Role::EndUser), Help::Grant, Role::Owner, NOW, customer),
        (of(Role::Agent), Help::Exemption, Role::Admin, NOW, None),
        (of(Role::Agent), Help::Exemption, Role::Agent, NOW, outranked),
        (of(Role::Owner), Help::Exemption, Role::Admin, NOW, outranked),
        (of(Role::Owner), Help::Grant, Role::Admin, NOW, outranked),
        (of(Role::Admin), Help::Ticket, Role::Admin, NOW, outranked),
        (of(Role::Owner), Help::Exemption, Role::Owner, NOW, None),
        // A change of role is no way around the wait.
        (joined(Role::Agent), Help::Exemption, Role::Admin, still, customer),
        (joined(Role::Agent), Help::Exemption, Role::Admin, over, None),
        (joined(Role::Agent), Help::Exemption, Role::Owner, still, None),
        (joined(Role::Agent), Help::Ticket, Role::Owner, still, customer),
        (joined(Role::Agent), Help::Grant, Role::Admin, still, customer),
        (joined(Role::Agent), Help::Grant, Role::Admin, over, None),
    ];
    for (past, what, role, at, expected) in rows {
        let refused = expected.map(|why| UserEvent::HelpRefused { help: what, by: Some(other), why, at });
        given::<User>(past).when(help(HelpCommand::Try { help: what, by: other, role, at })).then(refused);
    }
    // Nobody lets themself in; their own locks an owner may lift.
    for (what, own) in [
        (Help::Exemption, Some(NoHelp::Own)),
        (Help::Ticket, Some(NoHelp::Own)),
        (Help::Grant, Some(NoHelp::Own)),
        (Help::Unlock, None),
    ] {
        let refused = own.map(|why| UserEvent::HelpRefused { help: what, by: Some(ANA), why, at: NOW });
        let own = HelpCommand::Try { help: what, by: ANA, role: Role::Owner, at: NOW };
        given::<User>(of(Role::Owner)).when(help(own)).then(refused);
    }
}

/// Rules: C3, C4.
#[test]
fn whatever_an_admin_may_not_do_to_an_owner_is_help_refused_on_the_record() {
    use crate::permission::{Act, Need, need};
    use crate::user::{Help, NoHelp};
    let other = UserId::from_uuid(uuid::Uuid::from_u128(79));
    for what in Help::ALL {
        let past = enabled_in(0, Role::Owner);
        let tried = help(HelpCommand::Try { help: what, by: other, role: Role::Admin, at: NOW });
        let refused = UserEvent::HelpRefused { help: what, by: Some(other), why: NoHelp::Outranked, at: NOW };
        // Whoever is told of a wait may end it; that only ever keeps things as they are.
        let refused = (what != Help::Stop).then_some(refused);
        given::<User>(past).when(tried).then(refused);
    }
    // Of what the table knows upon somebody, everything is help but this.
    let helps =
        |act: &Act| Help::ALL.iter().any(|help| Role::ALL.iter().any(|role| help.deed(*role) == *act));
    let upon: Vec<Act> = Act::all()
        .into_iter()
        .filter(|act| need(Role::Owner, *act) != Need::Never && !helps(act))
        .filter(|act| format!("{act:?}").contains(['(', '{']))
        .collect();
    let other = |act: &Act| {
        matches!(act, Act::Register(_) | Act::ChangeRole { .. } | Act::ReadDevices(_) | Act::Erase(_))
    };
    assert!(upon.iter().all(other), "{upon:?}");
}

/// Rules: C3, C4.
#[test]
fn help_that_is_refused_again_and_again_is_recorded_once_an_hour() {
    use crate::user::{ASKING_SPAN, Help, NoHelp};
    let [bob, eve] = [79, 80].map(|n| UserId::from_uuid(uuid::Uuid::from_u128(n)));
    let ask = |what, by, at| help(HelpCommand::Try { help: what, by, role: Role::Admin, at });
    let refused =
        |what, by, at| UserEvent::HelpRefused { help: what, by: Some(by), why: NoHelp::Outranked, at };
    let once = || and(enabled_in(0, Role::Owner), [refused(Help::Reset, bob, NOW)]);
    let (still, over) = (NOW + ASKING_SPAN - Span::seconds(1), NOW + ASKING_SPAN);
    let rows = [
        ("the same again", Help::Reset, bob, still, None),
        ("an hour later", Help::Reset, bob, over, Some(refused(Help::Reset, bob, over))),
        ("something else", Help::Unlock, bob, NOW, Some(refused(Help::Unlock, bob, NOW))),
        ("somebody else", Help::Reset, eve, NOW, Some(refused(Help::Reset, eve, NOW))),
    ];
    for (case, what, by, at, expected) in rows {
        let events = fold::<User>(once()).decide(&Era::default(), ask(what, by, at));
        assert_eq!(events, Ok(expected.into_iter().collect()), "{case}");
    }
    // Whatever they are, it is refused on the record; of somebody erased nothing is recorded any more.
    let away = [UserEvent::UserDeactivated { reason: None, at: NOW }];
    let gone = [UserEvent::PersonErased { values: 0, at: NOW }];
    let reset = refused(Help::Reset, bob, NOW);
    given::<User>(and(enabled_in(0, Role::Owner), away)).when(ask(Help::Reset, bob, NOW)).then([reset]);
    given::<User>(and(enabled_in(0, Role::Owner), gone))
        .when(ask(Help::Reset, bob, NOW))
        .then_refused(UserError::Erased);
    // However many ask, a handful is remembered.
    let mut owner: User = fold(enabled_in(0, Role::Owner));
    for n in 0..200 {
        owner.evolve(&refused(Help::Reset, UserId::from_uuid(uuid::Uuid::from_u128(1_000 + n)), NOW));
    }
    assert_eq!(owner.asked_in_vain.len(), 64);
}

/// Rules: C6.
#[test]
fn an_agent_stops_no_way_back_from_a_freeze() {
    use crate::user::{FrozenBy, Help, NoHelp};
    let other = UserId::from_uuid(uuid::Uuid::from_u128(79));
    let recovery = crate::ids::RecoveryId::from_uuid(uuid::Uuid::from_u128(90));
    let (number, by, reason, at) = (1, FrozenBy::Staff, None, NOW);
    let frozen = UserEvent::UserFrozen { recovery, number, by, against: None, reason, at };
    // who | frozen | refused
    let rows = [
        (Role::Agent, true, true),
        (Role::Agent, false, false),
        (Role::Admin, true, false),
        (Role::Owner, true, false),
    ];
    for (role, is_frozen, refused) in rows {
        let past = and(enabled_in(0, Role::EndUser), is_frozen.then(|| frozen.clone()));
        let tried = help(HelpCommand::Try { help: Help::Stop, by: other, role, at: NOW });
        let why = NoHelp::Outranked;
        let on_record = UserEvent::HelpRefused { help: Help::Stop, by: Some(other), why, at: NOW };
        given::<User>(past).when(tried).then(refused.then_some(on_record));
    }
}

/// Rules: C3, C4, C6.
#[test]
fn a_lower_role_stops_no_word_of_a_higher_one() {
    use crate::user::{Help, NoHelp};
    let other = UserId::from_uuid(uuid::Uuid::from_u128(79));
    let (recovery, reason, at) =
        (crate::ids::RecoveryId::from_uuid(uuid::Uuid::from_u128(90)), Some(sealed()), NOW);
    let by = crate::user::FrozenBy::Staff;
    let frozen = UserEvent::UserFrozen { recovery, number: 1, by, against: None, reason: None, at };
    let (route, due_at) = (crate::user::RecoveryRoute::Staff, later(RESET_WAIT));
    let scheduled = |rank| {
        let recovery = Some(recovery);
        UserEvent::TwoFactorResetScheduled { recovery, route, reason: reason.clone(), due_at, rank, at }
    };
    let word =
        |rank| UserEvent::ThawAllowed { recovery, route, reason: reason.clone(), from: due_at, rank, at };
    // who | whose word it is | stops it
    let rows = [
        (Role::Owner, Some(Role::Owner), true),
        (Role::Owner, Some(Role::Agent), true),
        (Role::Admin, Some(Role::Owner), false),
        (Role::Admin, Some(Role::Admin), true),
        (Role::Admin, Some(Role::Agent), true),
        (Role::Admin, None, true),
        (Role::Agent, Some(Role::Owner), false),
        (Role::Agent, Some(Role::Admin), false),
        (Role::Agent, Some(Role::Agent), true),
        (Role::Agent, None, true),
    ];
    for (role, rank, stops) in rows {
        let waits = and(enabled_in(0, Role::EndUser), [scheduled(rank)]);
        let back = and(enabled_in(0, Role::EndUser), [frozen.clone(), word(rank)]);
        let pasts = [Some(waits), (role != Role::Agent).then_some(back)];
        for past in pasts.into_iter().flatten() {
            let tried = help(HelpCommand::Try { help: Help::Stop, by: other, role, at });
            let why = NoHelp::Outranked;
            let on_record = UserEvent::HelpRefused { help: Help::Stop, by: Some(other), why, at };
            given::<User>(past).when(tried).then((!stops).then_some(on_record));
        }
    }
}
