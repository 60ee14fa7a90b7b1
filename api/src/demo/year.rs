//! Day by day through the year: who does what when.
//!
//! Everybody lives in a time of their own, and everybody's next errand is on one agenda. Errands of
//! different people that lie within [`TOGETHER`] are run at once, so that the store commits them in
//! groups; the beats of a story are run alone, in the order in which they must be recorded.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use anyhow::{Context as _, Result};
use futures::future::join_all;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use twofold_domain::ids::{AccountId, MessageId, UserId};
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::{NewPerson, RegenerateCodes, RegisterUser};
use twofold_infra::clock::ManualClock;
use twofold_infra::desk::Desk;
use twofold_infra::mint::Mint;
use twofold_infra::verify::Password;

use super::cast::{self, Casting, Company};
use super::person::{Browser, Entry, Here, LAPTOP, PHONE, PRIVATE, Person, span};
use super::stories::{STORIES, Story};

/// Errands this close together are run at once. Each keeps its own time; the log may record one of
/// them this much later than it happened.
const TOGETHER: Span = Span::minutes(2);
/// Messages that stay in the outbox for somebody to look at.
const MESSAGES_KEPT: usize = 12;
/// Messages delivered at a time.
const MESSAGES: u32 = 10_000;
/// The last moments before the present are left to the present.
const MARGIN: Span = Span::minutes(10);

/// What year to make.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The same seed makes the same history.
    pub seed: u64,
    /// How many people, the newcomer included.
    pub people: usize,
    /// How many days.
    pub days: u32,
    /// When it ends.
    pub until: Timestamp,
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Seeded {
    /// The account.
    pub account: AccountId,
    /// The owner who has not set a password yet.
    pub newcomer: UserId,
    /// How many events its log holds.
    pub events: u64,
    /// Where each story is in it.
    pub chapters: Vec<Chapter>,
}

/// A story's place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// Its name.
    pub story: &'static str,
    /// The last event before it.
    pub after: u64,
    /// Its last event. Others' errands may lie between.
    pub until: u64,
}

/// Makes a year of history at a desk over an empty installation. `day_done` is told of each day.
pub async fn seed(desk: &Desk, plan: Plan, day_done: &mut dyn FnMut()) -> Result<Seeded> {
    let mut year = Year::new(desk, plan);
    while let Some(Reverse(next)) = year.agenda.pop() {
        if next.at > year.end {
            break;
        }
        year.now = year.now.max(next.at);
        match next.errand {
            Errand::Dawn(day) => {
                year.dawn(day).await?;
                day_done();
            }
            Errand::Beat(story, beat) => year.beat(&STORIES[story], beat).await?,
            Errand::Invite(first, last) => year.invite(first, last).await?,
            Errand::Of(who, deed) => year.together(next.at, who, deed).await?,
        }
    }
    year.deliver().await?;
    let counter = desk.store().counter(year.account).await?.context("the account is gone")?;
    let newcomer = year.newcomer;
    Ok(Seeded { account: year.account, newcomer, events: counter.last_seq, chapters: year.chapters })
}

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
pub(super) enum Deed {
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
struct Appointment {
    at: Timestamp,
    made: u64,
    errand: Errand,
}

/// The year as it goes.
pub(super) struct Year {
    pub(super) desk: Desk,
    pub(super) account: AccountId,
    pub(super) people: Vec<Person>,
    pub(super) parts: Company,
    pub(super) plan: Plan,
    /// The time that every further errand is at or after.
    pub(super) now: Timestamp,
    pub(super) rng: StdRng,
    pub(super) newcomer: UserId,
    start: Timestamp,
    end: Timestamp,
    agenda: BinaryHeap<Reverse<Appointment>>,
    made: u64,
    chapters: Vec<Chapter>,
}

/// Places in [`Year::people`].
pub(super) const FOUNDER: usize = 0;
/// The first admin.
pub(super) const ADMIN: usize = 1;

impl Year {
    fn new(desk: &Desk, plan: Plan) -> Self {
        let mut rng = StdRng::seed_from_u64(plan.seed);
        let midnight = midnight(plan.until);
        let start = midnight - Span::days(plan.days.into());
        let mint = Mint::seeded(ManualClock::starting_at(start).clock(), rng.random());
        let account = mint.id();
        let parts = Company::of(plan.people);
        let cast = std::iter::once(cast::founder()).chain(cast::company(parts, &mut rng));
        let people: Vec<_> =
            cast.map(|casting| Person::new(casting, desk, account, start, rng.random())).collect();
        let mut year = Self {
            desk: desk.clone(),
            account,
            people,
            parts,
            plan,
            now: start,
            rng,
            newcomer: mint.id(),
            start,
            end: plan.until - MARGIN,
            agenda: BinaryHeap::new(),
            made: 0,
            chapters: vec![],
        };
        for day in 0..=plan.days {
            year.put(start + Span::days(day.into()), Errand::Dawn(day));
        }
        year.plan_stories();
        year.plan_invitations();
        year
    }

    /// The day that lies this share of the year after its beginning.
    pub(super) fn day_of(&self, through: f64) -> u32 {
        (f64::from(self.plan.days - 1) * through) as u32
    }

    /// So many days of a whole year, for a span that grows and shrinks with the plan; at least one.
    pub(super) fn scaled(&self, days_of_year: u32) -> u32 {
        (days_of_year * self.plan.days / 365).max(1)
    }

    fn put(&mut self, at: Timestamp, errand: Errand) {
        self.made += 1;
        self.agenda.push(Reverse(Appointment { at, made: self.made, errand }));
    }

    /// Puts somebody's errand on the agenda.
    pub(super) fn later(&mut self, at: Timestamp, who: usize, deed: Deed) {
        self.put(at, Errand::Of(who, deed));
    }

    /// The place of an agent of the stories.
    pub(super) fn agent(&self, number: usize) -> usize {
        ADMIN + self.parts.admins + self.parts.auditors + number
    }

    /// The place of a customer of the stories.
    pub(super) fn customer(&self, number: usize) -> usize {
        self.agent(self.parts.agents) + number
    }

    /// Brings somebody to now, signed in and freshly proved, and says what time it then is.
    pub(super) async fn present(&mut self, who: usize) -> Result<&mut Person> {
        let now = self.now;
        let person = &mut self.people[who];
        person.present(now).await?;
        self.now = person.now();
        Ok(person)
    }

    /// The year has come as far as this person.
    pub(super) fn as_late_as(&mut self, who: usize) {
        self.now = self.now.max(self.people[who].now());
    }

    async fn seq(&self) -> Result<u64> {
        Ok(self.desk.store().counter(self.account).await?.map_or(0, |c| c.last_seq))
    }

    async fn beat(&mut self, story: &'static Story, beat: usize) -> Result<()> {
        let after = self.seq().await?;
        let at = self.now;
        (story.beats[beat].play)(self)
            .await
            .with_context(|| format!("the story `{}` at {at}", story.name))?;
        let until = self.seq().await?;
        match self.chapters.iter_mut().find(|chapter| chapter.story == story.name) {
            Some(chapter) => chapter.until = until,
            None => self.chapters.push(Chapter { story: story.name, after, until }),
        }
        Ok(())
    }

    /// Beats are played in the order of the table's days, each on a working day, and later ones of a
    /// story so many days after the one they follow, however short the year is.
    fn plan_stories(&mut self) {
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
    fn plan_invitations(&mut self) {
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

    /// The first admin registers people, who are invited by mail and follow within days.
    async fn invite(&mut self, first: usize, last: usize) -> Result<()> {
        self.register(ADMIN, first, last).await?;
        Ok(())
    }

    /// Somebody of the staff registers people.
    pub(super) async fn register(&mut self, by: usize, first: usize, last: usize) -> Result<()> {
        for who in first..last {
            if (who - first).is_multiple_of(16) {
                self.present(by).await?;
            }
            let person = self.people[who].new_person();
            let staff = &mut self.people[by];
            staff.pause(8..13);
            staff.perform(LAPTOP, RegisterUser { credential: staff.credential()?, person }).await?;
            self.as_late_as(by);
            let days = if by == FOUNDER { 0 } else { self.rng.random_range(0..4) };
            let at = self.now + Span::days(days) + Span::minutes(self.rng.random_range(2..120));
            self.later(at, who, Deed::Join);
        }
        Ok(())
    }

    /// A day begins.
    async fn dawn(&mut self, day: u32) -> Result<()> {
        self.deliver().await?;
        let morning = self.start + Span::days(day.into());
        let weekend = is_weekend(morning);
        for who in 0..self.people.len() {
            let habit = self.people[who].casting.habit;
            let person = &mut self.people[who];
            let chance = if weekend { habit.weekend } else { habit.weekday };
            if person.here != Here::Yes || !person.rng.random_bool(chance) {
                continue;
            }
            let spread = i64::from(habit.spread) * 60_000_000;
            // Three draws: most come close to their usual time.
            let off: i64 = (0..3).map(|_| person.rng.random_range(-spread..=spread)).sum::<i64>() / 3;
            let at = morning + span((i64::from(habit.usual_minute) * 60_000_000 + off).max(0));
            let browser = if person.rng.random_bool(0.12) { PHONE } else { LAPTOP };
            let leaves = habit.tidy.then(|| at + Span::minutes(person.rng.random_range(20..420)));
            self.later(at, who, Deed::Visit(browser));
            if let Some(at) = leaves {
                self.later(at, who, Deed::Leave);
            }
        }
        Ok(())
    }

    /// Delivers what waits in the outbox, but for the last few.
    async fn deliver(&mut self) -> Result<()> {
        let mut rows = self.desk.store().outbox(self.account, MESSAGES).await?;
        rows.truncate(rows.len().saturating_sub(MESSAGES_KEPT));
        let delivered: Vec<MessageId> = rows.iter().map(|row| row.id).collect();
        self.desk.store().drop_messages(&delivered).await?;
        for row in rows {
            if let Some(person) = self.people.iter_mut().find(|p| row.subject == Some(p.user.uuid())) {
                person.receive(row);
            }
        }
        Ok(())
    }

    /// Runs an errand, and with it those of others that come soon.
    async fn together(&mut self, at: Timestamp, who: usize, deed: Deed) -> Result<()> {
        let mut of: BTreeMap<usize, Vec<(Timestamp, Deed)>> = BTreeMap::from([(who, vec![(at, deed)])]);
        while let Some(Reverse(Appointment { at: soon, errand: Errand::Of(other, deed), .. })) =
            self.agenda.peek().cloned()
        {
            if soon >= at + TOGETHER || soon > self.end {
                break;
            }
            self.agenda.pop();
            of.entry(other).or_default().push((soon, deed));
        }
        let floor = self.now;
        let errands = self.people.iter_mut().enumerate().filter_map(|(who, person)| {
            let deeds = of.remove(&who)?;
            Some(async move {
                for (at, deed) in deeds {
                    person.until(floor.max(at));
                    let did = person.follow(deed).await;
                    did.with_context(|| format!("{deed:?} of {} at {at}", person.casting.email))?;
                }
                Ok(())
            })
        });
        join_all(errands).await.into_iter().collect::<Result<()>>()
    }
}

impl Person {
    /// Who they are, for whoever registers them.
    pub(super) fn new_person(&self) -> NewPerson {
        let Casting { role, name, email, language, .. } = &self.casting;
        NewPerson {
            user: self.user,
            role: *role,
            name: name.clone(),
            email: email.clone(),
            language: (*language).to_owned(),
        }
    }

    /// Does what is on the agenda.
    async fn follow(&mut self, deed: Deed) -> Result<()> {
        match deed {
            Deed::Join => {
                self.join().await?;
                self.pause(5..40);
                self.visit(LAPTOP).await?;
            }
            Deed::Visit(browser) if self.here == Here::Yes => {
                self.visit(browser).await?;
            }
            Deed::Leave => self.sign_out().await?,
            Deed::Guessed => self.guessed().await?,
            Deed::WithCode => self.with_code().await?,
            Deed::WithLastCode => {
                self.with_code().await?;
                self.pause(20..60);
                let credential = self.credential()?;
                let codes = self.perform(PRIVATE, RegenerateCodes { credential }).await?;
                self.keep_codes(codes);
                self.pause(30..90);
                self.enrol(PRIVATE, "New phone").await?;
            }
            Deed::Visit(_) => {}
        }
        Ok(())
    }

    /// Somebody far away tries a password.
    async fn guessed(&mut self) -> Result<()> {
        let ip = format!("192.0.2.{}", self.rng.random_range(1..255));
        let stranger = Browser::new("python-requests/2.32", ip);
        let guess = Password::parse(&format!("acme{}", self.rng.random_range(1_000..10_000)))?;
        let act = twofold_infra::acts::BeginSignIn::new(self.casting.email.clone(), guess, None);
        self.perform_from(&stranger, act).await?;
        Ok(())
    }

    async fn with_code(&mut self) -> Result<()> {
        let entry = self.visit_with_code().await?;
        anyhow::ensure!(entry == Entry::In, "a recovery code did not let them in");
        Ok(())
    }
}

/// The beginning of a day.
fn midnight(at: Timestamp) -> Timestamp {
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
fn is_weekend(at: Timestamp) -> bool {
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
