//! Whoever is shown data of other people is on record: every operation that the table marks so is asked as an
//! owner would, and the log is looked at.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;

use anyhow::{Context as _, Result, ensure};
use twofold_api::routes::{self, Ask, Guard, Guarded, When, guarded};
use twofold_domain::policy::Role;
use twofold_domain::reading::{Reader, ReadingEvent};
use twofold_infra::store::AggregateKind;
use twofold_tests::doors::Doors;
use twofold_tests::stories;
use twofold_tests::town::Town;
use twofold_tests::world::{Land, Standing};

use super::World;
use super::calls::calls;
use super::cells::{About, Caller, Cell, Governed, Holder, Named, cells};

/// Operations that take such a power and show nobody's data.
const SHOWS_NOBODY: [(&str, &str); 2] =
    [("people.groups", "names of groups"), ("reports.catalogue", "what reports mean")];

/// Operations that show data of others and take their question in a body.
const ASKED_BY_POST: [&str; 3] = ["accounts.preview", "accounts.people", "accounts.what_if"];

/// What was recorded of reading after a position.
pub(super) async fn recorded(town: &Town, after: u64) -> Result<Vec<ReadingEvent>> {
    let page = town.here().store().read(town.account, after, 1_000).await?;
    let of_readers = page.iter().filter(|event| event.stream.kind == AggregateKind::Reading);
    of_readers.map(|event| Ok(serde_json::from_str(&event.payload)?)).collect()
}

async fn head(town: &Town) -> Result<u64> {
    Ok(town.here().store().counter(town.account).await?.context("the account's counter")?.last_seq)
}

/// The cells whose requests, granted, show data of other people.
fn shows(cell: &Cell<'_>, case: (When, Ask)) -> bool {
    let act = match case.1 {
        Ask::Act(act) => act,
        Ask::Upon(family) => family(Role::Agent),
        Ask::Giving(_) => return false,
    };
    let about = match cell.about {
        About::Nothing | About::OwnAccount => true,
        About::Colleague(role) => role == Role::Agent,
        _ => false,
    };
    let exempt = SHOWS_NOBODY.iter().any(|(name, _)| *name == cell.operation.operation);
    let reads = cell.operation.method == "GET" || ASKED_BY_POST.contains(&cell.operation.operation.as_str());
    reads && cell.call.when == case.0 && act.reads_others() && about && !exempt
}

fn cases(operation: &Guarded) -> Vec<(When, Ask)> {
    match &operation.guard {
        Guard::Acts(cases) => cases.iter().map(|case| (case.when, case.ask)).collect(),
        _ => vec![],
    }
}

stories! {
    /// Rules: S10.
    async fn whoever_is_shown_others_data_is_on_record(town) {
        let (operations, calls) = (guarded(), calls());
        let mut world = World {
            doors: Doors::open(&town).await?,
            document: serde_json::to_value(routes::described().into_openapi())?,
            home: Land::found(&town).await?,
            elsewhere: Land::found(&town.neighbour()).await?,
            callers: BTreeMap::new(),
            tokens: BTreeMap::new(),
            governed: Governed::ByOwners,
            number: AtomicUsize::new(0),
        };
        world.home.settle().await?;
        let callers = [Caller::Person(Role::Owner, Standing::Fresh)];
        let cells = cells(&operations, &calls, &callers, world.governed)?;
        let mut asked = 0;
        for cell in &cells {
            if !cases(cell.operation).into_iter().any(|case| shows(cell, case)) {
                continue;
            }
            asked += 1;
            let reader = world.home.somebody(Role::Owner, Standing::Fresh).await?;
            world.callers.insert((Role::Owner, Standing::Fresh), reader.clone());
            let before = head(&town).await?;
            for times in 1..=2 {
                let answer = world.doors.ask(world.request(cell, None)?).await?;
                // What is not there is looked for all the same.
                ensure!([200, 404].contains(&answer.status.as_u16()), "{}: {}", cell.told(), answer.gist());
                let found = recorded(&town, before).await?;
                let expected = if cell.call.when == When::File { times } else { 1 };
                ensure!(found.len() == expected, "{}, {times} times: {found:?}", cell.told());
                for event in found {
                    let (who, exported) = match event {
                        ReadingEvent::DataRead { reader, .. } => (reader, false),
                        ReadingEvent::DataExported { reader, .. } => (reader, true),
                        ReadingEvent::ReportOrdered { .. }
                        | ReadingEvent::ReportPrepared { .. }
                        | ReadingEvent::ReportGivenUp { .. }
                        | ReadingEvent::ReportWithdrawn { .. } => anyhow::bail!("{} orders a file", cell.told()),
                    };
                    ensure!(who == Reader::User(reader.user), "{}: {who:?}", cell.told());
                    ensure!(exported == (cell.call.when == When::File), "{}", cell.told());
                }
            }
        }
        println!("{asked} operations show data of others");
        ensure!(asked >= 15, "only {asked} operations show data of others");
        Ok(())
    }

    /// Rules: S10.
    async fn what_is_ones_own_is_not_recorded(town) {
        let doors = Doors::open(&town).await?;
        let mut home = Land::found(&town).await?;
        let me = home.somebody(Role::Owner, Standing::Fresh).await?;
        let before = head(&town).await?;
        for path in ["users/me", "users/me/devices", "users/me/sessions", "users/me/sign-ins", "users/me/messages", "me"] {
            let request = axum::http::Request::get(format!("/v1/{path}"));
            let request = request.header("authorization", format!("Bearer {}", me.token));
            let answer = doors.ask(request.body(axum::body::Body::empty())?).await?;
            ensure!(answer.status == 200, "{path}: {}", answer.gist());
        }
        ensure!(recorded(&town, before).await?.is_empty());
        Ok(())
    }

    /// Rules: S10.
    async fn a_program_and_a_shown_password_are_named_as_readers(town) {
        let mut world = World {
            doors: Doors::open(&town).await?,
            document: serde_json::Value::Null,
            home: Land::found(&town).await?,
            elsewhere: Land::found(&town.neighbour()).await?,
            callers: BTreeMap::new(),
            tokens: BTreeMap::new(),
            governed: Governed::ByOwners,
            number: AtomicUsize::new(0),
        };
        world.gather(Standing::Fresh).await?;
        world.gather(Standing::Password).await?;
        world.issue().await?;
        let calls = calls();
        let operations: Vec<_> = guarded().into_iter().filter(|o| o.operation == "people.list").collect();
        let program = Caller::Token(Holder::Program, Named::All);
        let person = Caller::Token(Holder::Person(Role::Admin), Named::All);
        for caller in [program, person, Caller::Basic(Role::Admin)] {
            let before = head(&town).await?;
            let cells = cells(&operations, &calls, &[caller], world.governed)?;
            let cell = cells.first().context("a cell")?;
            let answer = world.doors.ask(world.request(cell, None)?).await?;
            ensure!(answer.status == 200, "{}: {}", cell.told(), answer.gist());
            let found = recorded(&town, before).await?;
            let [ReadingEvent::DataRead { reader, .. }] = found[..] else { anyhow::bail!("{found:?}") };
            let right = match caller {
                Caller::Basic(role) => {
                    let shown = world.callers.get(&(role, Standing::Password)).context("an admin")?;
                    reader == Reader::PasswordOf(shown.user)
                }
                Caller::Token(Holder::Person(role), _) => {
                    let shown = world.callers.get(&(role, Standing::Fresh)).context("an admin")?;
                    reader == Reader::User(shown.user)
                }
                _ => matches!(reader, Reader::Client(_)),
            };
            ensure!(right, "{caller:?}: {reader:?}");
        }
        Ok(())
    }
}
