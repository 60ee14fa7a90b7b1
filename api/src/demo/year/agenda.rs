//! The agenda: what is on it, and what is put there before the year begins.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use twofold_domain::time::{Span, Timestamp};

use super::{ADMIN, Year};
use crate::demo::stories::{STORIES, Story};

/// What is on the agenda.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Errand {
    /// A day begins: its visits are put on the agenda, the mail is delivered.
    Dawn(u32),
    /// A beat of a story.
    Beat(usize, usize),
    /// An admin invites the people from the first up to the last.
    Invite(usize, usize),
    /// One person's own.
    Of(usize, Deed),
}

/// One person's errand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::demo) enum Deed {
    /// Follows the invitation.
    Join,
    /// Signs in.
    Visit(usize),
    /// Signs out.
    Leave,
    /// Somebody else tries a password.
    Guessed,
    /// Signs in with a recovery code.
    WithCode,
    /// The same, takes new ones, and binds a new app.
    WithLastCode,
}

/// An errand and its time. Ordered by time, then by the order in which it was made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Appointment {
    pub(super) at: Timestamp,
    pub(super) made: u64,
    pub(super) errand: Errand,
}

impl Year {
    /// Beats are played in the order of the table's days, each on a working day, and later ones of a
    /// story so many days after the one they follow, however short the year is.
    pub(super) fn plan_stories(&mut self) {
        let beats = |(index, story): (usize, &'static Story)| {
            story.beats.iter().enumerate().map(move |(number, beat)| (index, number, beat))
        };
        let mut order: Vec<_> = STORIES.iter().enumerate().flat_map(beats).collect();
        order.sort_by_key(|(.., beat)| (self.day_of(beat.through) + beat.days_later, beat.through.to_bits()));
        let mut followed: BTreeMap<(usize, u64), Timestamp> = BTreeMap::new();
        let mut last = self.start;
        for (index, number, beat) in order {
            let minutes = Span::minutes(i64::from(beat.at.0) * 60 + i64::from(beat.at.1));
            let first = (index, beat.through.to_bits());
            let days = Span::days(beat.days_later.into());
            let mut at = match followed.get(&first) {
                Some(morning) => workday(*morning + days),
                None => workday(self.start + Span::days(self.day_of(beat.through).into())),
            };
            while at + minutes <= last {
                at = workday(at + Span::days(1));
            }
            followed.entry(first).or_insert(at);
            last = at + minutes;
            self.put(last, Errand::Beat(index, number));
        }
    }

    /// The team is invited within days, customers over the first third of the year.
    pub(super) fn plan_invitations(&mut self) {
        let (team, all) = (self.agent(self.parts.agents), self.people.len());
        let first_agent = ADMIN + self.parts.admins;
        let mut spans = vec![];
        let batches = |from: usize, to: usize, of: usize| {
            (from..to).step_by(of).map(move |first| (first, (first + of).min(to)))
        };
        spans.extend(batches(first_agent, team, 20).map(|span| (1, span)));
        let third = self.day_of(0.3).max(2);
        let size = (all - team).div_ceil(third as usize).max(8);
        let customers: Vec<_> = batches(team, all, size).collect();
        let step = (third / customers.len().max(1) as u32).max(1);
        spans.extend(customers.into_iter().zip(0..).map(|(span, n)| (2 + n * step, span)));
        for (nth, (day, (first, last))) in spans.into_iter().enumerate() {
            let minute = 10 * 60 + 20 * (nth as i64 % 12);
            // The admins, whom the founder invites on the first working day, are there by then.
            let at = workday(workday(self.start) + Span::days(day.into())) + Span::minutes(minute);
            self.put(at, Errand::Invite(first, last));
        }
    }

    pub(super) fn put(&mut self, at: Timestamp, errand: Errand) {
        self.made += 1;
        self.agenda.push(Reverse(Appointment { at, made: self.made, errand }));
    }
}

/// The beginning of a day.
pub(super) fn midnight(at: Timestamp) -> Timestamp {
    const DAY: i64 = 24 * 60 * 60 * 1_000_000;
    Timestamp::from_micros(at.micros().div_euclid(DAY) * DAY)
}

/// This morning, or the next one on which people work.
fn workday(mut morning: Timestamp) -> Timestamp {
    while is_weekend(morning) {
        morning = morning + Span::days(1);
    }
    morning
}

/// 1 January 1970 was a Thursday.
pub(super) fn is_weekend(at: Timestamp) -> bool {
    let days = at.unix_seconds() / 86_400;
    matches!((days + 4) % 7, 0 | 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekends_are_where_the_calendar_has_them() {
        for (day, weekend) in
            [("2026-02-27", false), ("2026-02-28", true), ("2026-03-01", true), ("2026-03-02", false)]
        {
            assert_eq!(is_weekend(midnight(day.parse().unwrap())), weekend, "{day}");
        }
    }
}
