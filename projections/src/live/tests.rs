//! What the live executor does with facts that it cannot take in.

use twofold_domain::account::{AccountEvent, ClockKind};
use twofold_domain::time::Timestamp;

use super::*;
use crate::fact::{Event, Metadata};
use crate::record::record;
use crate::view::{Table, View};

enum Brittle {}

record! {
    /// Counts.
    struct BrittleRow {
        /// Facts.
        pub n: u64,
    }
}

impl View for Brittle {
    type Row = BrittleRow;
    type Key = Uuid;
    const TABLE: Table = Table::of("brittle", "account_id");
    fn key(fact: &Fact) -> Option<Uuid> {
        Some(fact.account.uuid())
    }
    fn apply(row: Option<BrittleRow>, _: Uuid, fact: &Fact) -> Option<BrittleRow> {
        assert!(fact.seq != 3, "three is too much");
        Some(BrittleRow { n: row.map_or(0, |row| row.n) + 1 })
    }
}

fn facts(account: AccountId, seqs: std::ops::RangeInclusive<u64>) -> Vec<Fact> {
    let event = |seq| Fact {
        account,
        seq,
        at: Timestamp::default(),
        event: Event::Account(AccountEvent::AccountOpened {
            account,
            slug: "acme".to_owned(),
            name: "Acme".to_owned(),
            log_origin: String::new(),
            signing_key: None,
            clock: ClockKind::Real,
            at: Timestamp::default(),
        }),
        subject: None,
        meta: Metadata::default(),
    };
    seqs.map(event).collect()
}

#[test]
fn a_fact_that_a_view_fails_on_is_in_no_view_and_parks_the_account_before_it() {
    let projection = Projection::new("brittle", 1).with::<crate::overview::Accounts>().with::<Brittle>();
    let account = AccountId::from_uuid(Uuid::from_u128(1));
    let facts = facts(account, 1..=4);
    let news = News { account, facts: Arc::new(facts.clone()), poison: None };
    let mut changes = vec![Changes::default(), Changes::default()];
    let advance = Fold::new(&projection, &news, &facts, 0).finish(&mut changes).unwrap();
    assert_eq!(advance.position, 2);
    let parked = advance.parked.unwrap();
    assert_eq!((parked.event, parked.error.as_str()), (3, "three is too much"));
    assert_eq!(changes[0].upserts[0][6], Value::from(2_u64), "the last event of the other view");
    assert_eq!(changes[1].upserts[0][1], Value::from(2_u64));
}

#[test]
fn facts_that_are_known_are_passed_over_and_a_gap_is_not_jumped() {
    let account = AccountId::from_uuid(Uuid::from_u128(1));
    let facts = facts(account, 5..=8);
    assert_eq!(behind(&facts, 4).map(<[Fact]>::len), Some(4));
    assert_eq!(behind(&facts, 6).map(<[Fact]>::len), Some(2));
    assert_eq!(behind(&facts, 9).map(<[Fact]>::len), Some(0));
    assert!(behind(&facts, 3).is_none());
}
