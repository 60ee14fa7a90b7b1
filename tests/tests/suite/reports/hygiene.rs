//! `hygiene` finds what the domain's own states say, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::ensure;
use twofold_domain::device::DeviceEvent;
use twofold_domain::factor::FactorKind;
use twofold_domain::sign_in::trust_holds;
use twofold_domain::time::Span;
use twofold_domain::user::{Codes, Factor, UserEvent};
use twofold_projections::fact::Event;
use twofold_tests::both;

use super::naive::Naive;
use super::{History, text};

both! {
    /// Rules: S7.
    async fn findings_are_those_of_the_domains_own_fold(db) {
        let history = History::new(db.store().await?, 2_500).await?;
        let mut kinds_found = BTreeSet::new();
        for as_of in history.points().await? {
            let (at, before) = (as_of.instant, as_of.instant - Span::days(1));
            let (mut naive, mut seen) = (Naive::default(), BTreeMap::new());
            naive.read(&history.store, history.account, as_of.position, |naive, fact| {
                match &fact.event {
                    Event::User(user, UserEvent::UserRegistered { at, .. }) => _ = seen.insert(*user, *at),
                    Event::Device(device, DeviceEvent::SessionStarted { at, .. }) => {
                        let owner = naive.devices.get(device).and_then(|device| device.owner.as_ref());
                        seen.extend(owner.map(|owner| (owner.user, *at)));
                    }
                    _ => {}
                }
            }).await?;
            let mut expected = BTreeSet::new();
            for (id, user, _) in naive.living().filter(|(_, user, _)| !user.deactivated) {
                let mut finds = |finding: &str, count: String| {
                    expected.insert((id.to_string(), finding.to_owned(), count));
                };
                if seen[&id] <= before {
                    finds("dormant", String::new());
                }
                if let Some(held) = user.enrolled_at(naive.account.generation, at) {
                    let left = held.codes.as_ref().map_or(0, Codes::left);
                    if left <= 9 {
                        finds("few_codes", left.to_string());
                    }
                    if held.factors.values().map(Factor::kind).all(|kind| kind == FactorKind::Sms) {
                        finds("sms_only", String::new());
                    }
                    let used = naive.used.get(&id).is_some_and(|used| *used > held.since);
                    if !used && held.since <= before {
                        finds("never_used", String::new());
                    }
                }
                let stale = naive.devices.values().filter(|device| {
                    let theirs = device.owner.as_ref().is_some_and(|owner| owner.user == id);
                    let trust = device.trust.as_ref().filter(|trust| trust.granted_at <= before);
                    theirs && trust.is_some_and(|trust| trust_holds(&naive.account, user, trust, at))
                });
                match stale.count() {
                    0 => {}
                    n => finds("stale_trust", n.to_string()),
                }
            }
            let rows = history.ask("hygiene", as_of, &[("days", "1"), ("codes", "9")]).await?;
            let found: BTreeSet<_> =
                rows.iter().map(|row| (text(&row[0]), text(&row[2]), text(&row[4]))).collect();
            ensure!(found.len() == rows.len(), "each once");
            ensure!(found == expected, "{found:?}, not {expected:?} at {as_of:?}");
            kinds_found.extend(found.into_iter().map(|(_, finding, _)| finding));
        }
        // Not every history has every kind; each has people who were away and codes that were used.
        ensure!(["dormant", "few_codes"].iter().all(|kind| kinds_found.contains(*kind)), "{kinds_found:?}");
        Ok(())
    }
}
