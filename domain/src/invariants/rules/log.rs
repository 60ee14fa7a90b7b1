//! The record itself: numbers, instants, ids.

use std::collections::{HashMap, HashSet, VecDeque};

use super::super::{Rule, rule};
use crate::time::Timestamp;

/// How many ids are remembered. A repeated append repeats them close by.
const IDS: usize = 65_536;

pub(super) fn rules() -> Vec<Rule> {
    vec![account_numbered(), time_forward(), stream_numbered(), event_id_own(), instant_not_ahead()]
}

fn account_numbered() -> Rule {
    let mut last = 0;
    rule("account-numbered", "An account's events are numbered from 1 without gaps.", move |on, find| {
        let before = std::mem::replace(&mut last, on.entry.seq);
        find.expect(on.entry.seq == before + 1, || format!("follows event {before}"));
    })
}

fn time_forward() -> Rule {
    let mut last = Timestamp::default();
    rule("time-forward", "Time never runs backwards within an account.", move |on, find| {
        let before = std::mem::replace(&mut last, on.entry.recorded_at);
        find.expect(on.entry.recorded_at >= before, || format!("{} after {before}", on.entry.recorded_at));
    })
}

fn stream_numbered() -> Rule {
    let mut heads = HashMap::new();
    rule("stream-numbered", "Every stream's events are numbered from 1 without gaps.", move |on, find| {
        let before = heads.insert((on.entry.event.kind(), on.entry.stream), on.entry.sequence).unwrap_or(0);
        find.expect(on.entry.sequence == before + 1, || {
            format!("{} of stream {} follows {before}", on.entry.sequence, on.entry.stream)
        });
    })
}

fn event_id_own() -> Rule {
    let (mut known, mut order) = (HashSet::new(), VecDeque::new());
    rule(
        "event-id-own",
        "An event's id is its own: no two among any 65,536 events in a row share one.",
        move |on, find| {
            let fresh = known.insert(on.entry.id);
            if fresh {
                order.push_back(on.entry.id);
            }
            if order.len() > IDS
                && let Some(oldest) = order.pop_front()
            {
                known.remove(&oldest);
            }
            find.expect(fresh, || on.entry.id.to_string());
        },
    )
}

fn instant_not_ahead() -> Rule {
    rule("instant-not-ahead", "Nothing says that it was decided later than it was recorded.", |on, find| {
        if let Some(at) = on.meaning.at {
            find.expect(at <= on.entry.recorded_at, || {
                format!("decided {at}, recorded {}", on.entry.recorded_at)
            });
        }
    })
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{ANA, History, case};
    vec![
        case("account-numbered", History::town, |h| {
            h.sign_in(ANA);
            h.last().seq += 1;
        }),
        case("time-forward", History::town, |h| {
            h.link(ANA);
            h.last().recorded_at = Timestamp::from_micros(1);
        }),
        case("stream-numbered", History::town, |h| {
            h.link(ANA);
            h.last().sequence += 1;
        }),
        case("event-id-own", History::town, |h| {
            h.link(ANA);
            let before = h.entries[h.entries.len() - 2].id;
            h.last().id = before;
        }),
        case("instant-not-ahead", History::town, |h| {
            let late = h.now() + crate::time::Span::minutes(1);
            h.person_act(ANA, crate::user::UserEvent::EmailVerified { at: late });
        }),
    ]
}
