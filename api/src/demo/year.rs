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
use twofold_infra::acts::RegisterUser;
use twofold_infra::clock::ManualClock;
use twofold_infra::desk::Desk;
use twofold_infra::mint::Mint;

mod agenda;
mod errands;

pub(super) use agenda::Deed;

use self::agenda::{Appointment, Errand, is_weekend, midnight};
use super::cast::{self, Company};
use super::person::{Here, LAPTOP, PHONE, Person, span};
use super::stories::{STORIES, Story, scenes};

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
    if year.people[FOUNDER].here == Here::Yes {
        scenes::the_operator_may(&mut year).await.context("the operator is let act")?;
    }
    year.deliver().await?;
    let counter = desk.store().counter(year.account).await?.context("the account is gone")?;
    let newcomer = year.newcomer;
    Ok(Seeded { account: year.account, newcomer, events: counter.last_seq, chapters: year.chapters })
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
