//! What became of messages, and when it is trouble.

use crate::account::{Account, AccountCommand, AccountEvent};
use crate::delivery::{Channel, Ended, MessagePurpose, Posted, Undelivered};
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
