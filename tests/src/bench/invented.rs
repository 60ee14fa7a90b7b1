//! A log from a seed: one account with as many people and events as wished, of every kind that there is.
//!
//! It is what [`Generator`] invents for tests, put into the log in bulk. The same seed, people, and number of
//! events are the same log, byte for byte, on every machine.

use anyhow::{Result, ensure};
use twofold_domain::ids::AccountId;
use twofold_infra::store::EventStore;

use super::history::{CHUNK, COPY, row, settle};
use super::report::Report;
use crate::generate::Generator;
use crate::postgres::TestDb;

/// Invents a log in a PostgreSQL database. Returns its account, and how many events it has.
pub(super) async fn make(
    db: &TestDb,
    store: &EventStore,
    (seed, people, events): (u64, usize, usize),
    report: &Report,
) -> Result<(AccountId, u64)> {
    report.say(&format!("a log of {events} events of at most {people} people, from the seed {seed}"));
    let mut generator = Generator::new(seed, 1, people);
    // The account is opened as accounts are; what follows is only rows.
    store.append(generator.next().append()).await?;
    let mut connection = db.connect().await?;
    let mut copy = connection.copy_in_raw(COPY).await?;
    let (mut rows, mut written, mut said) = (String::new(), 1, 0);
    while written < events {
        for event in generator.next().recorded() {
            row(&mut rows, &event)?;
            written += 1;
        }
        if rows.len() >= CHUNK {
            copy.send(std::mem::take(&mut rows).into_bytes()).await?;
        }
        if written - said >= 200_000 {
            said = written;
            report.say(&format!("{said} events"));
        }
    }
    copy.send(rows.into_bytes()).await?;
    copy.finish().await?;
    let account = generator.accounts()[0];
    let count = settle(&mut connection).await?;
    ensure!(count >= written as u64, "{count} events, not {written}");
    Ok((account, count))
}
