//! Who is there: registered once, silent after an erasure; a device has one owner.

use super::super::meaning::Asks;
use super::super::scene::PersonScene;
use super::super::{Event, Rule, rule};
use std::collections::HashMap;

use crate::account::{AccountEvent, GuardedAct};
use crate::device::DeviceEvent;
use crate::ids::UserId;
use crate::policy::Role;
use crate::user::{ResetCause, UserEvent};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        registered_first(),
        erased_silent(),
        deactivated_out(),
        closed_silent(),
        role_continues(),
        owner_stays(),
        device_owner(),
        foreign_gone(),
    ]
}

fn registered_first() -> Rule {
    rule(
        "person-registered-first",
        "A person is registered once, before anything else of theirs.",
        |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            let registering = matches!(event, UserEvent::UserRegistered { .. });
            let known = on.scene.person(*user).is_some_and(|p| p.role.is_some());
            find.expect(known != registering, || user.to_string());
        },
    )
}

fn erased_silent() -> Rule {
    rule(
        "erased-silent",
        "Nothing is recorded about somebody who was erased, and on their devices nothing but ends.",
        |on, find| {
            let Some(person) = on.meaning.subject.and_then(|user| on.scene.person(user)) else { return };
            let silent = match &on.entry.event {
                Event::Device(_, DeviceEvent::SessionEnded { .. } | DeviceEvent::DeviceDistrusted { .. }) => {
                    true
                }
                Event::Device(..) | Event::User(..) | Event::Account(_) | Event::Reading(_) => !person.erased,
            };
            find.expect(silent, || format!("{:?}", on.meaning.subject));
        },
    )
}

fn deactivated_out() -> Rule {
    rule(
        "deactivated-stay-out",
        "Nobody who is deactivated signs in, acts, redeems a link, or binds anything; staff still see to them, and what they put right is confirmed.",
        |on, find| {
            let deactivated = |user| on.scene.person(user).is_some_and(|p| p.deactivated);
            let acts = on.entry.by.person().is_some_and(deactivated);
            let comes = on.meaning.subject.is_some_and(deactivated)
                && match &on.entry.event {
                    Event::Device(
                        _,
                        DeviceEvent::SignInStarted { .. } | DeviceEvent::SessionStarted { .. },
                    ) => true,
                    // What staff put right while they are away is confirmed at the address that is right.
                    Event::User(_, UserEvent::EmailChanged { by: Some(_), .. })
                    | Event::Device(..)
                    | Event::Reading(_) => false,
                    Event::User(..) | Event::Account(_) => on.meaning.spends.is_some(),
                };
            if acts || comes || on.meaning.spends.is_some() || on.meaning.stands.is_some() {
                find.expect(!acts && !comes, || format!("{:?} {:?}", on.entry.by, on.meaning.subject));
            }
        },
    )
}

fn closed_silent() -> Rule {
    rule(
        "closed-silent",
        "In an account that was closed nobody signs in and nothing is changed any more.",
        |on, find| {
            let Some(closed) = on.scene.account.closed else { return };
            let ends = matches!(
                on.entry.event,
                Event::Device(_, DeviceEvent::SessionEnded { .. } | DeviceEvent::DeviceDistrusted { .. })
            );
            // What waited holds by time alone, and may be written down whenever.
            let waited = matches!(
                on.entry.event,
                Event::User(
                    _,
                    UserEvent::TwoFactorReset {
                        cause: ResetCause::AfterWait { .. } | ResetCause::StaffAfterWait { .. },
                        ..
                    }
                )
            );
            let fits = closed == on.scene.act.number
                || ends
                || waited
                || matches!(on.asks(), Asks::System(_) | Asks::Operator);
            find.expect(fits, || on.entry.event.name().to_owned());
        },
    )
}

fn role_continues() -> Rule {
    rule("role-continues", "A change of role names the role that was held, and another one.", |on, find| {
        if let Event::User(user, UserEvent::RoleChanged { from, to, .. }) = &on.entry.event {
            let held = on.scene.role(*user);
            find.expect(*from == held && to != from, || format!("{from:?} to {to:?}, held {held:?}"));
        }
    })
}

fn owner_stays() -> Rule {
    rule(
        "owner-stays",
        "The last owner who may sign in is not erased, deactivated, or given another role, unless the same act hands the account over.",
        |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            let leaves = match event {
                UserEvent::RoleChanged { to, .. } => *to != Role::Owner,
                UserEvent::UserDeactivated { .. } | UserEvent::PersonErased { .. } => true,
                _ => false,
            };
            if leaves && on.scene.person(*user).is_some_and(PersonScene::is_owner) {
                let handed =
                    on.scene.act.approved.iter().any(|a| matches!(a, GuardedAct::TransferOwnership { .. }));
                find.expect(on.scene.account.owners > 1 || handed, || user.to_string());
            }
        },
    )
}

fn device_owner() -> Rule {
    rule(
        "device-one-owner",
        "A device is registered once, before anything else on it, and has one owner.",
        |on, find| {
            let Event::Device(device, event) = &on.entry.event else { return };
            // The use of a token stands in a stream of its own, which is no device.
            if matches!(event, DeviceEvent::ApiTokenUsed { .. }) {
                return;
            }
            let registering = matches!(event, DeviceEvent::DeviceRegistered { .. });
            let known = on.scene.device(*device).is_some_and(|d| d.owner.is_some());
            find.expect(known != registering, || device.to_string());
        },
    )
}

fn foreign_gone() -> Rule {
    let mut holders: HashMap<UserId, Box<str>> = HashMap::new();
    rule(
        "foreign-passwords-gone",
        "That nobody has a password of another system's scheme any more is said when nobody has one.",
        move |on, find| match &on.entry.event {
            Event::User(user, UserEvent::PasswordClaimed { scheme, .. }) => {
                holders.insert(*user, scheme.as_str().into());
            }
            Event::User(
                user,
                UserEvent::PasswordSet { .. }
                | UserEvent::PasswordRehashed { .. }
                | UserEvent::UserDeactivated { .. }
                | UserEvent::PersonErased { .. },
            ) => {
                holders.remove(user);
            }
            Event::Account(AccountEvent::ForeignPasswordsGone { scheme, .. }) => {
                let left = holders.values().filter(|held| ***held == **scheme).count();
                find.expect(left == 0, || format!("{left} people have one of {scheme}"));
            }
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => {}
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{AGENT, ANA, History, OWNER, case};
    vec![
        case("person-registered-first", History::town, |h| {
            h.register(ANA, Role::Owner);
        }),
        case(
            "erased-silent",
            |h| {
                h.town();
                h.erase(OWNER, ANA);
            },
            |h| h.link(ANA),
        ),
        case(
            "device-one-owner",
            |h| {
                h.town();
                h.sign_in(ANA);
            },
            |h| {
                let again = h.find("DeviceRegistered", ANA);
                h.door(vec![again]);
            },
        ),
        case(
            "deactivated-stay-out",
            |h| {
                h.town();
                h.sign_in(AGENT);
                let (reason, at) = (None, h.now());
                h.staff_to(OWNER, AGENT, UserEvent::UserDeactivated { reason, at });
            },
            |h| h.sign_in(AGENT),
        ),
        case(
            "closed-silent",
            |h| {
                h.town();
                h.close_account();
            },
            |h| h.sign_in(ANA),
        ),
        case("role-continues", History::town, |h| {
            let at = h.now();
            h.staff_to(OWNER, AGENT, UserEvent::RoleChanged { from: Role::Auditor, to: Role::Admin, at });
        }),
        case("owner-stays", History::town, |h| {
            let (reason, at) = (None, h.now());
            h.staff_to(OWNER, OWNER, UserEvent::UserDeactivated { reason, at });
        }),
        case(
            "foreign-passwords-gone",
            |h| {
                h.town();
                let (at, verifier) = (h.now(), h.verifier());
                let scheme = "bcrypt".to_owned();
                h.staff_to(OWNER, ANA, UserEvent::PasswordClaimed { verifier, scheme: scheme.clone(), at });
                h.at_the_door(ANA, UserEvent::PasswordRehashed { verifier, stands_alone: false, at });
                let gone = AccountEvent::ForeignPasswordsGone { scheme, at };
                h.manager("foreign_passwords", vec![Event::Account(gone)]);
            },
            |h| {
                h.again("PasswordClaimed");
                h.again("ForeignPasswordsGone");
            },
        ),
    ]
}
