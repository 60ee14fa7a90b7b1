//! What became of messages, and when it is trouble.

use crate::account::{Account, AccountCommand, AccountEvent, SPENT_PEOPLE};
use crate::delivery::{
    BudgetOf, Channel, Ended, MessagePurpose, OUTAGE_AFTER, Posted, Share, SpentBudget, Undelivered,
};
use crate::ids::MessageId;
use crate::policy::Role;
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{TROUBLE_AFTER, User, UserCommand, UserEvent};

fn posted(channel: Channel) -> Posted {
    Posted {
        message: MessageId::from_uuid(uuid::Uuid::from_u128(40)),
        channel,
        purpose: MessagePurpose::Code,
        letter: "first-binding-code".to_owned(),
        attempts: 2,
        queued_at: NOW,
    }
}

fn failed(channel: Channel, why: Undelivered, at: Timestamp) -> UserEvent {
    UserEvent::MessageFailed { posted: posted(channel), why, reply: Some(550), at }
}

fn sent(channel: Channel) -> UserEvent {
    UserEvent::MessageSent { posted: posted(channel), at: NOW }
}

fn record(ended: Ended) -> UserCommand {
    UserCommand::RecordDelivery { posted: posted(Channel::Mail), ended, at: NOW }
}

/// Rules: E7.
#[test]
fn what_became_of_a_message_is_recorded_of_whoever_is_still_a_person() {
    let because = Ended::Failed { why: Undelivered::Refused, reply: Some(550) };
    let deactivated = UserEvent::UserDeactivated { reason: None, at: NOW };
    let pasts = [with_password(Role::EndUser), and(with_password(Role::Agent), [deactivated])];
    for past in pasts {
        given::<User>(past.clone()).when(record(Ended::Sent)).then([sent(Channel::Mail)]);
        let expected = failed(Channel::Mail, Undelivered::Refused, NOW);
        given::<User>(past).when(record(because)).then([expected]);
    }
    let mut closed = era(&[]);
    closed.closed = true;
    let past = with_password(Role::Agent);
    given::<User>(past).under(closed).when(record(Ended::Sent)).then([sent(Channel::Mail)]);
    let erased = and(with_password(Role::Agent), [UserEvent::PersonErased { values: 2, at: NOW }]);
    given::<User>(erased).when(record(Ended::Sent)).then_refused(crate::user::UserError::Erased);
}

/// Rules: E7.
#[test]
fn a_way_is_broken_after_three_failures_in_a_row_and_whole_after_one_success() {
    let (mail, sms) = (Channel::Mail, Channel::Sms);
    let fail = |channel| failed(channel, Undelivered::Unreachable, NOW);
    let spent = || failed(sms, Undelivered::PersonBudget, NOW);
    // what happened | the ways that are broken
    let rows = [
        (vec![], vec![]),
        (vec![fail(sms), fail(sms)], vec![]),
        (vec![fail(sms), fail(sms), fail(sms)], vec![sms]),
        (vec![fail(sms), fail(mail), fail(sms), fail(sms)], vec![sms]),
        (vec![fail(sms), fail(sms), sent(sms), fail(sms)], vec![]),
        (vec![fail(sms), fail(sms), sent(mail), fail(sms)], vec![sms]),
        // Who asks too often is not unreachable.
        (vec![fail(sms), fail(sms), spent(), spent()], vec![]),
    ];
    for (past, broken) in rows {
        let user: User = fold(and(with_password(Role::Agent), past.clone()));
        let ways: Vec<_> = user.unreached().map(|(channel, _)| channel).collect();
        assert_eq!(ways, broken, "{past:?}");
    }
}

/// Rules: E7.
#[test]
fn owners_and_admins_are_told_once_a_day_for_each_way() {
    let raise = |channel, at| AccountCommand::RaiseDeliveryTrouble {
        channel,
        user: ANA,
        failures: TROUBLE_AFTER,
        why: Undelivered::Refused,
        at,
    };
    let raised = |channel, at| AccountEvent::DeliveryTroubleRaised {
        channel,
        user: ANA,
        failures: TROUBLE_AFTER,
        why: Undelivered::Refused,
        at,
    };
    let told = vec![opened(), raised(Channel::Mail, NOW)];
    let day = later(Span::days(1));
    let before = day - Span::seconds(1);
    given::<Account>([opened()]).when(raise(Channel::Mail, NOW)).then([raised(Channel::Mail, NOW)]);
    given::<Account>(told.clone()).when(raise(Channel::Mail, before)).then_nothing();
    given::<Account>(told.clone()).when(raise(Channel::Sms, before)).then([raised(Channel::Sms, before)]);
    given::<Account>(told).when(raise(Channel::Mail, day)).then([raised(Channel::Mail, day)]);
}

/// Rules: E7.
#[test]
fn an_outage_is_told_once_a_day_for_each_way() {
    let (failures, why) = (OUTAGE_AFTER, Undelivered::Refused);
    let raise = |channel, at| AccountCommand::RaiseOutage { channel, failures, why, at };
    let raised = |channel, at| AccountEvent::OutageRaised { channel, failures, why, at };
    let told = vec![opened(), raised(Channel::Sms, NOW)];
    let (day, before) = (later(Span::days(1)), later(Span::days(1)) - Span::seconds(1));
    given::<Account>([opened()]).when(raise(Channel::Sms, NOW)).then([raised(Channel::Sms, NOW)]);
    given::<Account>(told.clone()).when(raise(Channel::Sms, before)).then_nothing();
    given::<Account>(told.clone()).when(raise(Channel::Mail, before)).then([raised(Channel::Mail, before)]);
    given::<Account>(told).when(raise(Channel::Sms, day)).then([raised(Channel::Sms, day)]);
}

/// Rules: E7.
#[test]
fn a_budget_that_is_spent_is_on_record_once_a_day_and_of_people_the_first_is_written_of() {
    let until = later(Span::hours(5));
    let of = |whose, share| SpentBudget { channel: Channel::Sms, whose, share, until };
    let person =
        |n| of(BudgetOf::Person(crate::ids::UserId::from_uuid(uuid::Uuid::from_u128(n))), Share::Anybody);
    let (account, strangers) = (of(BudgetOf::Account, Share::Own), of(BudgetOf::Account, Share::Anybody));
    let record = |budget, at| AccountCommand::RecordSpent { budget, at };
    let spent = |budget, at| AccountEvent::BudgetSpent { budget, at };
    let past = vec![opened(), spent(account, NOW), spent(person(1), NOW)];
    let on_time = later(Span::hours(1));
    given::<Account>(past.clone()).when(record(account, on_time)).then_nothing();
    given::<Account>(past.clone()).when(record(strangers, on_time)).then([spent(strangers, on_time)]);
    given::<Account>(past.clone()).when(record(person(1), on_time)).then_nothing();
    given::<Account>(past.clone()).when(record(person(2), on_time)).then([spent(person(2), on_time)]);
    let tomorrow = SpentBudget { until: until + Span::days(1), ..account };
    given::<Account>(past.clone()).when(record(account, until)).then_nothing();
    given::<Account>(past.clone()).when(record(tomorrow, until)).then([spent(tomorrow, until)]);
    let many = (0..SPENT_PEOPLE as u128).map(|n| spent(person(n + 1), NOW));
    let full = and(vec![opened()], many);
    given::<Account>(full.clone()).when(record(person(9_999), on_time)).then_nothing();
    given::<Account>(full).when(record(account, on_time)).then([spent(account, on_time)]);

    let state: Account = fold(and(past, [spent(person(2), NOW)]));
    let written = [account, person(1), person(2)].map(|budget| state.writes_of_spent(&budget, on_time));
    assert_eq!(written, [true, true, false]);
}
