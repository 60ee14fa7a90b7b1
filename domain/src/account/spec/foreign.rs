//! What passwords of other systems cost, and when they no longer do.

use crate::account::{ARRIVALS_APART, Account, AccountCommand, AccountEvent, ForeignCommand, GONE_AFTER};
use crate::table::*;
use crate::time::{Span, Timestamp};

fn arrived(scheme: &str, cost: &str, at: Timestamp) -> AccountEvent {
    AccountEvent::ForeignPasswordsArrived { scheme: scheme.to_owned(), cost: cost.to_owned(), at }
}

fn arrive(costs: &[(&str, &str)], at: Timestamp) -> AccountCommand {
    let costs = costs.iter().map(|(scheme, cost)| ((*cost).to_owned(), (*scheme).to_owned())).collect();
    AccountCommand::Foreign(ForeignCommand::Arrive { costs, at })
}

fn end(scheme: &str, at: Timestamp) -> AccountCommand {
    AccountCommand::Foreign(ForeignCommand::End { scheme: scheme.to_owned(), at })
}

/// Rules: H1.
#[test]
fn what_foreign_passwords_cost_is_said_once_an_hour_and_of_three_at_most() {
    let (soon, later) = (NOW + ARRIVALS_APART - Span::seconds(1), NOW + ARRIVALS_APART);
    let three = [("bcrypt", "$b12"), ("bcrypt", "$b14"), ("scrypt", "$s")];
    let said = || three.iter().map(|(scheme, cost)| arrived(scheme, cost, NOW));
    given::<Account>([opened()]).when(arrive(&three, NOW)).then(said());
    let known = || std::iter::once(opened()).chain(said());
    given::<Account>(known()).when(arrive(&three, soon)).then_nothing();
    let again = [arrived("bcrypt", "$b12", later), arrived("scrypt", "$s", later)];
    given::<Account>(known()).when(arrive(&three, later)).then(again);
    // A fourth finds no room; that more of its scheme came is said all the same.
    given::<Account>(known()).when(arrive(&[("bcrypt", "$b16")], soon)).then_nothing();
    let more = arrived("bcrypt", "$b12", later);
    given::<Account>(known()).when(arrive(&[("bcrypt", "$b16")], later)).then([more]);
    given::<Account>(known()).when(arrive(&[("pbkdf2-sha256", "$p")], later)).then_nothing();
}

/// Rules: H1.
#[test]
fn the_work_for_foreign_passwords_ends_two_hours_after_the_last_arrival_at_the_earliest() {
    let gone = |at| AccountEvent::ForeignPasswordsGone { scheme: "bcrypt".to_owned(), at };
    let (early, late) = (NOW + GONE_AFTER - Span::seconds(1), NOW + GONE_AFTER);
    let known = || [opened(), arrived("bcrypt", "$b12", NOW), arrived("scrypt", "$s", NOW)];
    given::<Account>(known()).when(end("bcrypt", early)).then_nothing();
    given::<Account>(known()).when(end("bcrypt", late)).then([gone(late)]);
    given::<Account>(known()).when(end("argon2i", late)).then_nothing();
    let mut account = Account::default();
    for event in known().into_iter().chain([gone(late)]) {
        account.evolve(&event);
    }
    assert_eq!(account.foreign_costs().collect::<Vec<_>>(), ["$s"]);
}
