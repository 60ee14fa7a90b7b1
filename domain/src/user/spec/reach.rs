//! How many different people one member of staff helps.

use crate::ids::UserId;
use crate::policy::Role;
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{
    ASKING_SPAN, Help, HelpCommand, NoHelp, REACH_DAY, REACH_HOUR, Reach, User, UserCommand, UserError,
    UserEvent,
};

fn somebody(n: usize) -> UserId {
    UserId::from_uuid(uuid::Uuid::from_u128(1_000 + n as u128))
}

fn charged(n: usize, at: Timestamp) -> UserEvent {
    UserEvent::HelpCharged { help: Help::Freeze, subject: somebody(n), at }
}

fn charge(help: Help, n: usize, at: Timestamp) -> UserCommand {
    UserCommand::Help(HelpCommand::Charge { help, subject: somebody(n), at })
}

/// Staff of a role who helped `people` different ones at each of these instants.
fn busy(role: Role, people: usize, times: &[Timestamp]) -> Vec<UserEvent> {
    let helped = times.iter().flat_map(|at| (0..people).map(|n| charged(n, *at)));
    and(with_password(role), helped)
}

/// Rules: C4, C6, D4.
#[test]
fn one_member_of_staff_helps_so_many_different_people_an_hour() {
    let (still, over) = (NOW + REACH_HOUR - Span::seconds(1), NOW + REACH_HOUR);
    for role in [Role::Agent, Role::Admin, Role::Owner] {
        let most = Reach::of(role).hour;
        // how many were helped | who is next | when | until when not
        let rows = [
            (0, 0, NOW, None),
            (most - 1, most - 1, NOW, None),
            (most, most, NOW, Some(over)),
            (most, most, still, Some(over)),
            (most, most, over, None),
        ];
        for (people, next, at, until) in rows {
            let table = given::<User>(busy(role, people, &[NOW])).when(charge(Help::Freeze, next, at));
            match until {
                None => table.then([charged(next, at)]),
                Some(until) => table.then_refused(UserError::OutOfReach(until)),
            }
        }
        // Whoever was helped within the hour is no further person, whatever it is by, and counts from then on.
        let full = || busy(role, most, &[NOW]);
        let again = UserEvent::HelpCharged { help: Help::Vouch, subject: somebody(0), at: still };
        given::<User>(full()).when(charge(Help::Vouch, 0, still)).then([again]);
        // After it they are charged anew, and those of the last hour make room.
        given::<User>(full()).when(charge(Help::Freeze, 0, over)).then([charged(0, over)]);
    }
}

/// Rules: C4.
#[test]
fn no_more_different_people_are_helped_about_the_end_of_an_hour_than_within_one() {
    let (late, next) = (NOW + Span::minutes(57), NOW + Span::minutes(61));
    for role in [Role::Agent, Role::Owner] {
        let most = Reach::of(role).hour;
        let both = || busy(role, most, &[NOW, late]);
        let refused = UserError::OutOfReach(late + REACH_HOUR);
        given::<User>(both()).when(charge(Help::Freeze, most, next)).then_refused(refused);
        given::<User>(both()).when(charge(Help::Freeze, 0, next)).then([charged(0, next)]);
    }
}

/// Rules: C4.
#[test]
fn one_member_of_staff_helps_so_many_different_people_a_day() {
    for role in [Role::Agent, Role::Admin, Role::Owner] {
        let Reach { hour, day } = Reach::of(role);
        let hours = day.div_ceil(hour);
        let at = |n: usize| NOW + Span::hours(2 * i64::try_from(n).unwrap_or_default());
        let past = || {
            let helped = (0..hours).flat_map(|round| {
                (round * hour..((round + 1) * hour).min(day)).map(move |n| charged(n, at(round)))
            });
            and(with_password(role), helped)
        };
        let (late, over) = (at(hours), NOW + REACH_DAY);
        given::<User>(past()).when(charge(Help::Reset, day, late)).then_refused(UserError::OutOfReach(over));
        // Somebody whom they helped that day already is one of them.
        let again = UserEvent::HelpCharged { help: Help::Reset, subject: somebody(3), at: late };
        given::<User>(past()).when(charge(Help::Reset, 3, late)).then([again]);
        given::<User>(past()).when(charge(Help::Freeze, day, over)).then([charged(day, over)]);
    }
}

/// Rules: C4.
#[test]
fn the_bound_is_of_help_that_takes_a_factor_or_opens_a_way_and_of_others_only() {
    let full = || busy(Role::Agent, Reach::of(Role::Agent).hour, &[NOW]);
    let over = UserError::OutOfReach(NOW + REACH_HOUR);
    for help in Help::ALL {
        let bounded = matches!(
            help,
            Help::Exemption
                | Help::Ticket
                | Help::Grant
                | Help::Reset
                | Help::Unlock
                | Help::Vouch
                | Help::Freeze
                | Help::Return
                | Help::Stop
        );
        let table = given::<User>(full()).when(charge(help, 500, NOW));
        if bounded { table.then_refused(over.clone()) } else { table.then_nothing() }
    }
    // Owners and admins end the ways back of as many as it takes.
    let chief = busy(Role::Admin, Reach::of(Role::Admin).hour, &[NOW]);
    given::<User>(chief).when(charge(Help::Stop, 500, NOW)).then_nothing();
    // An owner lifts a lock of their own.
    let own = HelpCommand::Charge { help: Help::Unlock, subject: ANA, at: NOW };
    given::<User>(full()).when(UserCommand::Help(own)).then_nothing();
    // A change of role takes no charge away.
    let promoted = UserEvent::RoleChanged { from: Role::Agent, to: Role::Auditor, at: NOW };
    given::<User>(and(full(), [promoted])).when(charge(Help::Freeze, 500, NOW)).then_refused(over);
}

/// Rules: C4.
#[test]
fn help_beyond_the_bound_is_refused_on_the_record_once_an_hour() {
    let decline = |help, at| UserCommand::Help(HelpCommand::Decline { help, by: somebody(1), at });
    let refused = |help, at| UserEvent::HelpRefused { help, by: Some(somebody(1)), why: NoHelp::Spent, at };
    let once = || and(enabled_in(0, Role::EndUser), [refused(Help::Freeze, NOW)]);
    let (still, over) = (NOW + ASKING_SPAN - Span::seconds(1), NOW + ASKING_SPAN);
    given::<User>(enabled()).when(decline(Help::Freeze, NOW)).then([refused(Help::Freeze, NOW)]);
    given::<User>(once()).when(decline(Help::Freeze, still)).then_nothing();
    given::<User>(once()).when(decline(Help::Freeze, over)).then([refused(Help::Freeze, over)]);
    given::<User>(once()).when(decline(Help::Reset, NOW)).then([refused(Help::Reset, NOW)]);
    let away = [UserEvent::UserDeactivated { reason: None, at: NOW }];
    given::<User>(and(enabled(), away)).when(decline(Help::Freeze, NOW)).then([refused(Help::Freeze, NOW)]);
}
