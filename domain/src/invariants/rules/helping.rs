//! Help from staff: how long it lasts, whom it is for, what nobody does with it, and what is on record of help that
//! was refused.

use std::collections::{BTreeSet, HashMap};

use super::super::{Event, Rule, rule};
use crate::ids::UserId;
use crate::policy::Role;
use crate::time::{Span, Timestamp};
use crate::user::{FrozenBy, Help, Objection, RecoveryRoute, ResetCause, UserEvent};

/// The longest exemption.
const EXEMPTION: Span = Span::days(7);
/// The longest life of an enrolment ticket.
const TICKET: Span = Span::hours(24);
/// What an owner waits whom another one could help.
const AMONG_OWNERS: Span = Span::days(7);
/// Within it the same refusal is recorded once.
const HEARD: Span = Span::hours(1);
/// Refusals that are remembered of one person.
const REMEMBERED: usize = 64;
/// How many different people one member of staff helps within a span: an agent, and an owner or admin.
const REACH: [(Span, usize, usize); 2] = [(Span::hours(1), 20, 60), (Span::hours(24), 80, 240)];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        help_ends(),
        help_takes_rank(),
        higher_word_stands(),
        exempted_bind_nothing(),
        owner_among_owners(),
        refused_help_heard(),
        staff_reach(),
    ]
}

fn help_ends() -> Rule {
    rule(
        "help-ends",
        "An exemption ends ahead, within seven days, and an enrolment ticket within twenty-four hours.",
        |on, find| {
            let (from, until, most) = match &on.entry.event {
                Event::User(_, UserEvent::ExemptionGranted { until, at, .. }) => (*at, *until, EXEMPTION),
                Event::User(_, UserEvent::EnrolmentTicketIssued { expires_at, at, .. }) => {
                    (*at, *expires_at, TICKET)
                }
                _ => return,
            };
            find.expect(from < until && until <= from + most, || format!("from {from} to {until}"));
        },
    )
}

/// Who stands above whom. Agents and auditors stand side by side.
const fn rank(role: Role) -> u8 {
    match role {
        Role::Owner => 3,
        Role::Admin => 2,
        Role::Agent | Role::Auditor => 1,
        Role::EndUser => 0,
    }
}

fn help_takes_rank() -> Rule {
    rule(
        "help-takes-rank",
        "Nobody resets, exempts, lets in, freezes, or vouches for somebody of their own or a higher role, but an owner another one in the act that uses an approval of it.",
        |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            let helps = matches!(
                event,
                UserEvent::TwoFactorReset { cause: ResetCause::Staff { .. }, .. }
                    | UserEvent::TwoFactorResetScheduled { route: RecoveryRoute::Staff, .. }
                    | UserEvent::ExemptionGranted { .. }
                    | UserEvent::EnrolmentTicketIssued { .. }
                    | UserEvent::RecoveryGranted { .. }
                    | UserEvent::UserFrozen { by: FrozenBy::Staff, .. }
                    | UserEvent::ThawAllowed { route: RecoveryRoute::Staff, .. }
            );
            let Some(by) = on.entry.by.person().filter(|_| helps) else { return };
            let (mine, theirs) = (on.scene.role(by), on.scene.role(*user));
            let owners = mine == Role::Owner && theirs == Role::Owner;
            let approved = owners && on.scene.act.approved.iter().any(|act| act.subject() == Some(*user));
            find.expect(rank(mine) > rank(theirs) || approved, || {
                format!("{}: {by}, {mine:?}, to {user}, {theirs:?}", on.entry.event.name())
            });
        },
    )
}

/// What of staff's runs that somebody else could stop.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Word {
    Address,
    Grant,
    Reset,
    WayBack,
}

fn higher_word_stands() -> Rule {
    let mut words: HashMap<(UserId, Word), (Role, Option<UserId>)> = HashMap::new();
    rule(
        "higher-word-stands",
        "Nobody of staff stops another address, a code, a reset that waits, or a way back that somebody of a higher role asked for.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            let by = on.entry.by.person();
            let (word, how) = match event {
                UserEvent::EmailChangeRequested { rank, by: asked, .. } => {
                    words.remove(&(*user, Word::Address));
                    words.extend(rank.map(|rank| ((*user, Word::Address), (rank, *asked))));
                    return;
                }
                UserEvent::RecoveryGranted { rank: Some(rank), by, .. } => {
                    words.insert((*user, Word::Grant), (*rank, Some(*by)));
                    return;
                }
                UserEvent::TwoFactorResetScheduled { rank: Some(rank), .. } => {
                    words.insert((*user, Word::Reset), (*rank, by));
                    return;
                }
                UserEvent::ThawAllowed { rank: Some(rank), .. } => {
                    words.insert((*user, Word::WayBack), (*rank, by));
                    return;
                }
                UserEvent::EmailChangeCancelled { how, .. } => (Word::Address, Some(*how)),
                UserEvent::RecoveryGrantRevoked { how, .. } => (Word::Grant, Some(*how)),
                UserEvent::TwoFactorResetCancelled { how, .. } => (Word::Reset, *how),
                UserEvent::ThawStopped { how, .. } => (Word::WayBack, Some(*how)),
                _ => return,
            };
            let Some((asked, whose)) = words.remove(&(*user, word)) else { return };
            let Some(by) = by.filter(|by| by != user && whose != Some(*by)) else { return };
            // Another code, or a reset in the place of a code, helps the same person more; another address does not.
            let stopped = match how {
                Some(Objection::Replaced) => word == Word::Address,
                how => how == Some(Objection::Staff),
            };
            let mine = on.scene.role(by);
            find.expect(!stopped || rank(mine) >= rank(asked), || {
                format!("{}: {by}, {mine:?}, of {user}, asked by {asked:?}", on.entry.event.name())
            });
        },
    )
}

fn exempted_bind_nothing() -> Rule {
    rule(
        "exempted-bind-nothing",
        "In a session that rests on an exemption nobody begins to bind a factor or confirms one.",
        |on, find| {
            let Event::User(
                user,
                UserEvent::FactorEnrolmentStarted { .. } | UserEvent::FactorConfirmed { .. },
            ) = &on.entry.event
            else {
                return;
            };
            let rests = on.entry.session.and_then(|id| on.scene.session(id)).and_then(|s| s.exemption);
            find.expect(rests.is_none(), || format!("{user} under {rests:?}"));
        },
    )
}

/// By what somebody could come in.
#[derive(Default)]
struct Ways {
    password: bool,
    providers: BTreeSet<String>,
}

fn owner_among_owners() -> Rule {
    let mut ways: HashMap<UserId, Ways> = HashMap::new();
    rule(
        "owner-among-owners-waits",
        "An owner who comes back by themself waits seven days where another owner could have helped them at once.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            let (from, due) = match event {
                UserEvent::PasswordSet { .. } | UserEvent::PasswordClaimed { .. } => {
                    return ways.entry(*user).or_default().password = true;
                }
                UserEvent::UserDeactivated { .. } => return ways.entry(*user).or_default().password = false,
                UserEvent::IdentityProviderLinked { provider, .. } => {
                    ways.entry(*user).or_default().providers.insert(provider.clone());
                    return;
                }
                UserEvent::IdentityProviderUnlinked { provider, .. } => {
                    ways.entry(*user).or_default().providers.remove(provider);
                    return;
                }
                UserEvent::PersonErased { .. } => {
                    ways.remove(user);
                    return;
                }
                UserEvent::TwoFactorResetScheduled { route: RecoveryRoute::Owner, due_at, at, .. } => {
                    (*at, *due_at)
                }
                UserEvent::ThawAllowed { route: RecoveryRoute::Owner, from, at, .. } => (*at, *from),
                _ => return,
            };
            let able = |other: &UserId, ways: &Ways| {
                let here = on.scene.person(*other).is_some_and(|p| p.is_owner() && !p.frozen);
                other != user && here && (ways.password || !ways.providers.is_empty())
            };
            let helped = ways.iter().any(|(other, ways)| able(other, ways));
            find.expect(!helped || due >= from + AMONG_OWNERS, || format!("{user} from {from} to {due}"));
        },
    )
}

fn refused_help_heard() -> Rule {
    let mut heard: HashMap<UserId, Vec<(Help, UserId, Timestamp)>> = HashMap::new();
    rule(
        "refused-help-heard",
        "Help that was refused is recorded of whoever asked for it, and the same of one person to another at most once an hour.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            match event {
                UserEvent::HelpRefused { help, by: Some(by), at, .. } => {
                    let before = heard.entry(*user).or_default();
                    before.retain(|(.., then)| *at < *then + HEARD);
                    let new = !before.iter().any(|(what, who, _)| (what, who) == (help, by));
                    find.expect(new && on.entry.by.person() == Some(*by), || {
                        format!("{help:?} of {user} by {by}, recorded as {:?}", on.entry.by)
                    });
                    if before.len() >= REMEMBERED {
                        before.remove(0);
                    }
                    before.push((*help, *by, *at));
                }
                UserEvent::RoleChanged { .. } | UserEvent::PersonErased { .. } => {
                    heard.remove(user);
                }
                _ => {}
            }
        },
    )
}

fn staff_reach() -> Rule {
    let mut helped: HashMap<UserId, Vec<(UserId, Timestamp)>> = HashMap::new();
    rule(
        "staff-reach",
        "One member of staff takes factors away from, freezes, or lets back in, at most so many different people within an hour and a day, whatever they do it by.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            match event {
                UserEvent::HelpCharged { subject, at, .. } => {
                    let before = helped.entry(*user).or_default();
                    before.push((*subject, *at));
                    before.retain(|(_, then)| *at < *then + REACH[1].0);
                    let leads = matches!(on.scene.role(*user), Role::Owner | Role::Admin);
                    for (span, agents, leaders) in REACH {
                        let within = before.iter().filter(|(_, then)| *at < *then + span);
                        let people: BTreeSet<UserId> = within.map(|(whom, _)| *whom).collect();
                        let most = if leads { leaders } else { agents };
                        find.expect(people.len() <= most, || format!("{user} helped {}", people.len()));
                    }
                }
                UserEvent::PersonErased { .. } => {
                    helped.remove(user);
                }
                _ => {}
            }
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{AGENT, History, OWNER, case};
    use crate::ids::{LinkId, RecoveryId, TicketId};
    use crate::sealed::Sealed;
    use crate::user::NoHelp;
    use uuid::Uuid;
    const SECOND: UserId = UserId::from_uuid(Uuid::from_u128(4));
    const LINK: LinkId = LinkId::from_uuid(Uuid::from_u128(79));
    fn asks(h: &mut History) {
        let (verifier, at, by) = (h.verifier(), h.now(), Some(OWNER));
        let (email, expires_at) = (Sealed::from_bytes(vec![1]), at + Span::hours(24));
        let rank = Some(Role::Owner);
        let asked = UserEvent::EmailChangeRequested { link: LINK, email, verifier, expires_at, by, rank, at };
        h.staff_to(OWNER, SECOND, asked);
    }
    fn town(h: &mut History) {
        h.town();
        h.enrol(AGENT);
    }
    fn two_owners(h: &mut History) {
        h.town();
        h.second_owner(SECOND);
    }
    fn refused(h: &mut History) {
        let (at, why) = (h.now(), NoHelp::Outranked);
        let event = UserEvent::HelpRefused { help: Help::Reset, by: Some(AGENT), why, at };
        h.person_act_to(AGENT, OWNER, event);
    }
    fn charged(h: &mut History, subjects: std::ops::Range<u128>) {
        for n in subjects {
            let (help, at) = (Help::Freeze, h.now());
            let subject = UserId::from_uuid(Uuid::from_u128(n));
            h.staff_to(AGENT, AGENT, UserEvent::HelpCharged { help, subject, at });
        }
    }
    let longer = case(
        "help-ends",
        |h| {
            town(h);
            h.exempt(AGENT, EXEMPTION);
            h.register(SECOND, Role::Agent);
            h.ticket(SECOND);
        },
        |h| h.exempt(AGENT, Span::days(8)),
    );
    let two_days = case("help-ends", town, |h| {
        let (ticket, verifier, at) =
            (TicketId::from_uuid(Uuid::from_u128(77)), h.verifier(), h.now() + Span::seconds(1));
        let (reason, expires_at) = (Sealed::from_bytes(vec![1]), at + Span::hours(48));
        h.staff_to(
            OWNER,
            AGENT,
            UserEvent::EnrolmentTicketIssued { ticket, verifier, reason, expires_at, at },
        );
    });
    let upward = case("help-takes-rank", town, |h| {
        let cause =
            ResetCause::Staff { reason: Sealed::from_bytes(vec![1]), compromise: false, recovery: None };
        let effective_at = h.now() + Span::seconds(1);
        h.staff_to(AGENT, OWNER, UserEvent::TwoFactorReset { cause, effective_at });
    });
    let stopped = case(
        "higher-word-stands",
        |h| {
            town(h);
            h.register(SECOND, Role::EndUser);
            h.sign_in(OWNER);
            asks(h);
            h.wait(Span::seconds(1));
            let (how, at) = (Objection::Staff, h.now());
            h.staff_to(OWNER, SECOND, UserEvent::EmailChangeCancelled { link: LINK, how, at });
            asks(h);
            h.sign_in(AGENT);
        },
        |h| {
            let (how, at) = (Objection::Staff, h.now());
            h.staff_to(AGENT, SECOND, UserEvent::EmailChangeCancelled { link: LINK, how, at });
        },
    );
    let alone = case("help-takes-rank", two_owners, |h| {
        let (recovery, reason) =
            (RecoveryId::from_uuid(Uuid::from_u128(78)), Some(Sealed::from_bytes(vec![1])));
        let (number, at) = (1, h.now() + Span::seconds(1));
        let by = FrozenBy::Staff;
        h.staff_to(OWNER, SECOND, UserEvent::UserFrozen { recovery, number, by, against: None, reason, at });
    });
    let binds = case(
        "exempted-bind-nothing",
        |h| {
            h.town();
            h.exempt(AGENT, Span::days(1));
            h.sign_in(AGENT);
        },
        |h| h.begin_binding(AGENT),
    );
    let early = case("owner-among-owners-waits", two_owners, |h| {
        let (at, due_at) = (h.now(), h.now() + Span::hours(72));
        let (recovery, route) = (None, RecoveryRoute::Owner);
        let scheduled =
            UserEvent::TwoFactorResetScheduled { rank: None, recovery, route, reason: None, due_at, at };
        h.at_the_door(OWNER, scheduled);
    });
    let again = case(
        "refused-help-heard",
        |h| {
            town(h);
            refused(h);
            h.wait(HEARD);
            h.sign_in(AGENT);
            refused(h);
        },
        refused,
    );
    let twenty = case(
        "staff-reach",
        |h| {
            town(h);
            (200..241).for_each(|n| h.register(UserId::from_uuid(Uuid::from_u128(n)), Role::EndUser));
            charged(h, 200..220);
            charged(h, 200..220);
            h.wait(Span::hours(1));
            charged(h, 220..240);
        },
        |h| charged(h, 240..241),
    );
    vec![longer, two_days, upward, stopped, alone, binds, early, again, twenty]
}
