//! Resets: one person's by staff, everybody's by an account-wide disable.

use crate::policy::Role;
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{Familiarity, LinkPurpose, Purpose, User, UserCommand, UserError, UserEvent};

fn reset() -> UserCommand {
    UserCommand::Reset { reason: sealed(), compromise: false, at: NOW }
}

/// Rules: D4.
#[test]
fn staff_reset_one_user_for_a_reason() {
    given::<User>(enabled()).when(reset()).then([reset_by_staff(false)]);
    // Recorded of somebody without a factor as well: their sessions end all the same.
    given::<User>(with_password(Role::Agent)).when(reset()).then([reset_by_staff(false)]);

    let before: User = fold(enabled());
    let after = before.after(&[reset_by_staff(false)]);
    assert_eq!(after.enrolled(0), None);
    assert_eq!(after.epoch, before.epoch + 1);
    assert_eq!(after.password, before.password, "the password is another matter");
}

/// Rules: D3.
#[test]
fn after_an_account_wide_disable_nothing_old_works_before_the_fan_out_came_by() {
    let now = era(&[(1, NOW)]);
    let familiarity = Familiarity::Known;
    let rows = [
        UserCommand::Prove { verdict: right_code(), purpose: Purpose::SignIn(SIGN_IN), familiarity, at: NOW },
        UserCommand::DisableOwn {
            verdict: right_code(),
            session: SESSION,
            required: false,
            familiarity,
            at: NOW,
        },
        UserCommand::RegenerateCodes { codes: NEW_CODES },
        UserCommand::RemoveFactor { factor: PHONE, required: false },
    ];
    for command in rows {
        given::<User>(enabled()).under(now.clone()).when(command).then_refused(UserError::NotEnabled);
    }
}

/// Rules: D1.
#[test]
fn the_reset_stands_before_anything_else_that_the_user_does() {
    let at = later(Span::hours(1));
    let owed = reset_by_disable(1, at);
    let now = era(&[(1, at)]);
    let rows: Vec<(UserCommand, Vec<UserEvent>)> = vec![
        (UserCommand::ReachReset, vec![]),
        (reset(), vec![reset_by_staff(false)]),
        (start_binding(TABLET, at), vec![mailed(at), binding(TABLET, 1, at)]),
        (UserCommand::AnswerPassword { matched: true, familiarity: Familiarity::Known, at }, vec![]),
        (
            UserCommand::IssueLink {
                link: LINK,
                purpose: LinkPurpose::SetUp,
                verifier: verifier(3),
                expires_at: at,
            },
            vec![UserEvent::LinkIssued {
                link: LINK,
                purpose: LinkPurpose::SetUp,
                verifier: verifier(3),
                expires_at: at,
            }],
        ),
        (UserCommand::Unlock { reason: sealed() }, vec![UserEvent::Unlocked { reason: sealed() }]),
        (UserCommand::ReportLost { device: LAPTOP }, vec![UserEvent::DeviceReportedLost { device: LAPTOP }]),
        (UserCommand::Erase { at }, vec![UserEvent::PersonErased { values: 3, at }]),
    ];
    for (command, then) in rows {
        let expected = and(vec![owed.clone()], then);
        given::<User>(enabled()).under(now.clone()).when(command).then(expected);
    }
}

/// Rules: D1.
#[test]
fn the_first_disable_after_an_enrolment_resets_it_however_many_follow() {
    type Disable = (u32, Timestamp);
    let [first, second, third] = [1, 2, 3].map(|hours| later(Span::hours(hours)));
    let all = [(1, first), (2, second), (3, third)];
    // generation of the enrolment | disables still open | the reset that is owed
    let rows: [(u32, &[Disable], Option<Disable>); 7] = [
        (0, &all, Some((1, first))),
        (1, &all, Some((2, second))),
        (2, &all, Some((3, third))),
        (3, &all, None),
        (1, &all[1..], Some((2, second))),
        (2, &all[2..], Some((3, third))),
        (3, &all[2..], None),
    ];
    for (generation, open, owed) in rows {
        let expected = owed.map(|(generation, at)| reset_by_disable(generation, at));
        given::<User>(enabled_in(generation, Role::Agent))
            .under(era(open))
            .when(UserCommand::ReachReset)
            .then(expected);
    }
}

/// Rules: D1.
#[test]
fn the_fan_out_resets_once_and_never_touches_a_newer_generation() {
    let now = era(&[(1, NOW)]);
    let reach = UserCommand::ReachReset;
    let once = and(enabled(), [reset_by_disable(1, NOW)]);
    given::<User>(once.clone()).under(now.clone()).when(reach.clone()).then_nothing();
    let again = and(
        once,
        [
            binding(TABLET, 1, NOW),
            confirmed(TABLET, STEP),
            UserEvent::TwoFactorEnabled { generation: 1, at: NOW },
            codes_made(),
        ],
    );
    given::<User>(again.clone()).under(now.clone()).when(reach.clone()).then_nothing();
    assert!(fold::<User>(again).enrolled(1).is_some_and(|e| e.factors.len() == 1));
    // Nobody without a factor is reset.
    given::<User>(with_password(Role::Agent)).under(now.clone()).when(reach.clone()).then_nothing();
    given::<User>(and(with_password(Role::Agent), [binding(PHONE, 0, NOW)]))
        .under(now)
        .when(reach)
        .then_nothing();
}

/// Rules: D3.
#[test]
fn a_factor_of_an_old_generation_never_mixes_with_a_new_binding() {
    // Even a log that lacks the reset in between folds to the new generation alone.
    let odd = and(enabled(), [binding(TABLET, 1, NOW), confirmed(TABLET, STEP)]);
    let user: User = fold(odd);
    let factors = user.enrolled(1).map(|e| e.factors.keys().copied().collect::<Vec<_>>());
    assert_eq!(factors, Some(vec![TABLET]));
}
