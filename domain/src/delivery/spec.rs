//! The rules of messages, as tables.

use strum::IntoEnumIterator as _;

use super::*;
use crate::table::{NOW, later};
use crate::time::{Span, Timestamp};

/// Rules: E7.
#[test]
fn each_wait_is_twice_the_one_before_up_to_half_an_hour() {
    let far = later(Span::days(3));
    // attempts | jitter, in thousandths | seconds until the next
    let rows = [
        (1, 0, 10),
        (2, 0, 20),
        (3, 0, 40),
        (8, 0, 1_280),
        (9, 0, 1_800),
        (60_000, 0, 1_800),
        (3, 500, 35),
        (3, 1_000, 30),
        (3, u16::MAX, 30),
    ];
    for (attempts, jitter, seconds) in rows {
        let next = after_failure(MessagePurpose::Notice, attempts, jitter, far, NOW);
        assert_eq!(next, Next::Again(later(Span::seconds(seconds))), "{attempts} {jitter}");
    }
}

/// Rules: E7.
#[test]
fn nothing_is_tried_once_what_it_brings_is_over() {
    let (soon, later_on) = (later(Span::seconds(10)), later(Span::seconds(11)));
    // purpose | worth sending until | what follows
    let rows = [
        (MessagePurpose::Code, soon, Next::Over(Undelivered::Expired)),
        (MessagePurpose::Link, soon, Next::Over(Undelivered::Expired)),
        (MessagePurpose::OpenLink, soon, Next::Over(Undelivered::Expired)),
        (MessagePurpose::Notice, soon, Next::Over(Undelivered::Unreachable)),
        (MessagePurpose::Code, later_on, Next::Again(soon)),
        (MessagePurpose::Notice, later_on, Next::Again(soon)),
    ];
    for (purpose, until, next) in rows {
        assert_eq!(after_failure(purpose, 1, 0, until, NOW), next, "{purpose:?}");
    }
}

/// Rules: E7.
#[test]
fn no_budget_silences_a_notice() {
    assert_eq!(MessagePurpose::Notice.share(), None);
}

/// Rules: E7.
#[test]
fn what_anybody_may_ask_for_spends_a_budget_of_its_own() {
    // purpose | the part of a budget | of ten for a person, and of nine for an account
    let rows = [
        (MessagePurpose::Code, Share::Own, 10, 9),
        (MessagePurpose::Link, Share::Own, 10, 9),
        (MessagePurpose::OpenLink, Share::Anybody, 5, 5),
        (MessagePurpose::Invitation, Share::Invited, 10, 9),
    ];
    let most = Allowance { person: 10, account: 9, country: 1 };
    for (purpose, share, person, account) in rows {
        assert_eq!(purpose.share(), Some(share), "{purpose:?}");
        assert_eq!(most.of_share(BudgetOf::Person(crate::table::ANA), share), person);
        assert_eq!(most.of_share(BudgetOf::Account, share), account);
    }
}

/// Rules: E7.
#[test]
fn a_budget_is_counted_by_the_day() {
    let midnight = Timestamp::from_micros(1_780_272_000_000_000);
    assert_eq!(day_of(midnight), day_of(midnight + Span::hours(23)));
    assert_eq!(day_of(midnight) + 1, day_of(midnight + Span::days(1)));
    assert_eq!(day_of(midnight) - 1, day_of(midnight - Span::seconds(1)));
}

#[test]
fn stable_words_are_read_back() {
    use MessagePurpose::{Code, Invitation, Link, Notice, OpenLink};
    for channel in Channel::iter() {
        assert_eq!(Channel::of_name(channel.name()), Some(channel));
    }
    for purpose in [Code, Link, OpenLink, Invitation, Notice] {
        assert_eq!(MessagePurpose::of_name(purpose.name()), Some(purpose));
    }
    assert_eq!((Channel::of_name("pigeon"), MessagePurpose::of_name("")), (None, None));
}
