//! The installation's operator inside an account: only by a grant of an owner that is alive, and said so.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::super::{By, Event, Rule, rule};
use crate::account::{AccountEvent, OPERATOR_HOURS_AT_MOST, OperatorAct, OperatorScope};
use crate::ids::{LinkId, OperatorGrantId, UserId};
use crate::policy::Role;
use crate::time::{Span, Timestamp};
use crate::user::{LinkPurpose, UserEvent};

pub(super) fn rules() -> Vec<Rule> {
    vec![operator_by_grant(), operator_says_so(), operator_granted_in_person(), operator_link_stands()]
}

/// What a grant is for, and when it ends.
type Grants = HashMap<OperatorGrantId, (BTreeSet<OperatorScope>, Timestamp)>;

fn operator_by_grant() -> Rule {
    let mut grants: Grants = HashMap::new();
    // Whoever ever had a way in; and whether an owner did.
    let mut let_in: HashSet<UserId> = HashSet::new();
    let mut owned = false;
    rule(
        "operator-by-grant",
        "The operator acts by a grant that names the act and is alive; without one they only make the first link of an account none of whose owners ever had a way in.",
        move |on, find| match &on.entry.event {
            Event::Account(AccountEvent::OperatorGranted { grant, scopes, until, at, .. }) => {
                grants.retain(|_, (_, end)| *at < *end);
                grants.insert(*grant, (scopes.clone(), *until));
            }
            Event::Account(AccountEvent::OperatorGrantRevoked { grant, .. }) => {
                grants.remove(grant);
            }
            Event::Account(AccountEvent::OperatorActed { act, grant, at, .. }) => {
                let named = OperatorAct::of_word(act);
                let right = match grant {
                    Some(grant) => grants.get(grant).is_some_and(|(scopes, until)| {
                        *at < *until && named.is_some_and(|act| scopes.contains(&act.scope()))
                    }),
                    None => named == Some(OperatorAct::Link) && !owned,
                };
                find.expect(right, || format!("{act} by {grant:?}"));
            }
            Event::User(user, event) => {
                let comes = matches!(
                    event,
                    UserEvent::PasswordSet { .. }
                        | UserEvent::PasswordClaimed { .. }
                        | UserEvent::IdentityProviderLinked { .. }
                );
                if comes {
                    let_in.insert(*user);
                }
                let becomes = matches!(event, UserEvent::RoleChanged { to: Role::Owner, .. });
                let leads = becomes || on.scene.role(*user) == Role::Owner;
                owned |= (comes || becomes) && leads && let_in.contains(user);
            }
            Event::Account(_) | Event::Device(..) | Event::Reading(_) => {}
        },
    )
}

fn operator_says_so() -> Rule {
    rule(
        "operator-says-so",
        "Whatever the operator does inside an account is done in an act that says first what it is; but for opening the account, and for a read, which says so itself.",
        |on, find| {
            let said = matches!(
                on.entry.event,
                Event::Account(AccountEvent::AccountOpened { .. } | AccountEvent::OperatorActed { .. })
                    | Event::Reading(_)
            );
            if on.entry.by == By::Operator && !said {
                let act = &on.scene.act;
                find.expect(act.operated || act.opens, || on.entry.event.name().to_owned());
            }
        },
    )
}

fn operator_granted_in_person() -> Rule {
    rule(
        "operator-granted-for-a-while",
        "A grant to the operator names something, and ends ahead, within three days.",
        |on, find| {
            if let Event::Account(AccountEvent::OperatorGranted { grant, scopes, until, at, .. }) =
                &on.entry.event
            {
                let most = *at + Span::hours(OPERATOR_HOURS_AT_MOST.into());
                let right = !scopes.is_empty() && *at < *until && *until <= most;
                find.expect(right, || format!("{grant} from {at} to {until}"));
            }
        },
    )
}

fn operator_link_stands() -> Rule {
    let mut alive: HashMap<OperatorGrantId, Timestamp> = HashMap::new();
    // By which grant the operator last made a link for somebody, and which link it was.
    let mut made: HashMap<UserId, (OperatorGrantId, Option<LinkId>)> = HashMap::new();
    rule(
        "operator-link-stands",
        "A link that the operator made by a grant is used only while that grant is alive.",
        move |on, find| match &on.entry.event {
            Event::Account(AccountEvent::OperatorGranted { grant, until, at, .. }) => {
                alive.retain(|_, end| *at < *end);
                alive.insert(*grant, *until);
            }
            Event::Account(AccountEvent::OperatorGrantRevoked { grant, .. }) => {
                alive.remove(grant);
            }
            Event::Account(AccountEvent::OperatorActed { act, subject: Some(user), grant, .. })
                if OperatorAct::of_word(act) == Some(OperatorAct::Link) =>
            {
                made.remove(user);
                made.extend(grant.map(|grant| (*user, (grant, None))));
            }
            Event::User(user, UserEvent::LinkIssued { link, purpose: LinkPurpose::SetUp, .. }) => {
                made.entry(*user).and_modify(|(_, of)| *of = Some(*link));
            }
            Event::User(user, UserEvent::LinkRedeemed { link, at }) => {
                if let Some((grant, _)) = made.get(user).filter(|(_, of)| *of == Some(*link)) {
                    let right = alive.get(grant).is_some_and(|until| *at < *until);
                    find.expect(right, || format!("{link} of {user} by {grant} at {at}"));
                }
            }
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => {}
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{ANA, History, OWNER, case};
    use crate::sealed::Sealed;
    use uuid::Uuid;

    const GRANT: OperatorGrantId = OperatorGrantId::from_uuid(Uuid::from_u128(9_201));
    fn grant(h: &mut History, hours: i64) {
        let (at, until) = (h.now(), h.now() + Span::hours(hours));
        let (scopes, reason) = ([OperatorScope::Unlock].into(), Sealed::from_bytes(vec![1]));
        let granted = AccountEvent::OperatorGranted { grant: GRANT, scopes, reason, by: OWNER, until, at };
        h.staff(OWNER, granted);
    }
    fn unlock(h: &mut History) {
        let (act, subject, grant, at) = ("admin_unlock".to_owned(), Some(ANA), Some(GRANT), h.now());
        let acted = AccountEvent::OperatorActed { act, subject, grant, recovery: None, at };
        let unlocked = UserEvent::Unlocked { reason: Sealed::from_bytes(vec![1]) };
        h.operator(vec![Event::Account(acted), Event::User(ANA, unlocked)]);
    }
    fn granted(h: &mut History) {
        h.town();
        grant(h, 1);
        unlock(h);
    }
    vec![
        case("operator-by-grant", granted, |h| {
            h.wait(Span::hours(1));
            unlock(h);
        }),
        case("operator-says-so", granted, |h| {
            let unlocked = UserEvent::Unlocked { reason: Sealed::from_bytes(vec![1]) };
            h.operator(vec![Event::User(ANA, unlocked)]);
        }),
        case(
            "operator-link-stands",
            |h| {
                h.town();
                h.new_password(ANA);
                h.link(ANA);
                h.wait(Span::hours(1));
            },
            |h| h.redeem(ANA),
        ),
        case("operator-granted-for-a-while", granted, |h| grant(h, 73)),
    ]
}
