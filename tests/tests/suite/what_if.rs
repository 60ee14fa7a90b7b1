//! Recorded sign-ins under another policy: the same numbers whichever way the people are gone through.

use anyhow::{Result, ensure};
use twofold_domain::ids::AccountId;
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_domain::time::{Span as Time, Timestamp};
use twofold_infra::store::EventStore;
use twofold_projections::all;
use twofold_projections::projector::Projector;
use twofold_projections::what_if::{AT_ONCE, Between, Reckoning, Span, in_pages, what_if};
use twofold_tests::both;
use twofold_tests::generate::Generator;
use twofold_tests::race::seed;

/// Another policy, by the place of its row.
type Imagined = fn(&AudiencePolicy) -> AudiencePolicy;

const OTHERS: [(&str, Imagined); 4] = [
    ("asked every time", |held| AudiencePolicy { trust_days: 0, ..held.clone() }),
    ("required", |held| AudiencePolicy { required: true, grace_days: 0, ..held.clone() }),
    ("nobody vouches, short sessions", |held| AudiencePolicy {
        asserted_sign_in: false,
        idle_minutes: 5,
        lifetime_hours: 1,
        ..held.clone()
    }),
    ("optional, trusted for long", |held| AudiencePolicy {
        required: false,
        trust_days: 365,
        ..held.clone()
    }),
];

/// The reckoning from the raw log, of so many people at a time.
async fn of_log(
    store: &EventStore,
    account: AccountId,
    span: Between,
    at_once: usize,
    other: Imagined,
) -> Result<(Reckoning, usize)> {
    let Between { from, to, until } = span;
    let mut readings = 0;
    let found = what_if(
        store,
        account,
        Span { from: Some(from), to: Some(to), until },
        at_once,
        |_: Audience, held: &AudiencePolicy| other(held),
        |reading, _| readings = readings.max(reading + 1),
    );
    Ok((found.await?, readings))
}

both! {
    /// Rules: P9.
    async fn people_are_gone_through_in_parts_and_in_pages_to_the_same_numbers(db) {
        let store = db.store().await?;
        let mut generator = Generator::new(seed("what-if"), 2, 20);
        let projector = Projector::install(store.clone(), all()).await?;
        let mut written = 0;
        while written < 5_000 {
            let append = generator.next().append();
            written += append.event_count();
            store.append(append).await?;
        }
        projector.catch_up().await?;
        let (mut differences, mut spans) = (0, 0);
        for account in generator.accounts() {
            let until = store.counter(account).await?.map_or(0, |counter| counter.last_seq);
            let log = store.read(account, 0, u32::MAX >> 1).await?;
            let at = |share: usize| log[(log.len() - 1) * share / 8].recorded_at;
            let all = (log[0].recorded_at, Timestamp::MAX);
            for (from, to) in [all, (at(3), at(6)), (at(5) + Time::of_micros(1), at(8)), (at(7), at(2))] {
                spans += 1;
                let span = Between { from, to, until };
                for (name, other) in OTHERS {
                    let (whole, readings) = of_log(&store, account, span, AT_ONCE, other).await?;
                    ensure!(readings == 1 || from > to, "{readings} readings of twenty people");
                    let (parts, readings) = of_log(&store, account, span, 7, other).await?;
                    ensure!(readings > 1 || from > to, "one reading, of seven people at a time");
                    ensure!(parts == whole, "{name}: {parts:?}\nis not {whole:?}");
                    let mut people = vec![];
                    let imagine = |_: Audience, held: &AudiencePolicy| other(held);
                    let pages = in_pages(&store, account, span, imagine, |person| people.push(person)).await?;
                    let pages = Reckoning { people, ..pages };
                    ensure!(pages == whole, "{name}, {from} to {to}: {pages:?}\nis not {whole:?}");
                    differences += whole.people.len();
                }
            }
        }
        ensure!(spans == 8 && differences > 50, "{differences} differences tell little");
        Ok(())
    }
}
