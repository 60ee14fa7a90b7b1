//! Sessions begin once, earned by a sign-in; they are raised by a second factor only, and end once.

use std::collections::HashSet;

use super::super::{Event, Rule, rule};
use crate::account::AccountEvent;
use crate::device::{DeviceEvent, EndCause, Method};
use crate::ids::ClientId;
use crate::policy::Role;
use crate::time::Span;
use crate::user::Purpose;

/// Sessions that one device has open at once.
const OPEN_AT_ONCE: usize = 16;

pub(super) fn rules() -> Vec<Rule> {
    vec![
        session_begins_once(),
        session_earned(),
        session_as_in_force(),
        sessions_few(),
        session_raised(),
        session_kept_alive(),
        session_ends_once(),
        displaced_when_full(),
    ]
}

fn session_begins_once() -> Rule {
    rule("session-begins-once", "A session begins once.", |on, find| {
        if let Event::Device(device, DeviceEvent::SessionStarted { session, .. }) = &on.entry.event {
            let open = on.scene.session(*session).is_some();
            let ended = on.scene.device(*device).is_some_and(|d| d.has_ended(*session));
            find.expect(!open && !ended, || session.to_string());
        }
    })
}

fn session_earned() -> Rule {
    rule(
        "session-earned",
        "A session is earned by a sign-in completed in the same act, on the same device, by the same method.",
        |on, find| {
            if let Event::Device(device, DeviceEvent::SessionStarted { session, method, .. }) =
                &on.entry.event
            {
                let earned = on.scene.act.earned;
                // Completions of an older version said `password` where a program vouched.
                let vouched = earned == Some((*device, Method::Password)) && *method == Method::Asserted;
                find.expect(vouched || earned == Some((*device, *method)), || {
                    format!("{session} by {method:?}, earned {earned:?}")
                });
            }
        },
    )
}

fn session_as_in_force() -> Rule {
    let mut programs: HashSet<ClientId> = HashSet::new();
    rule(
        "session-as-in-force",
        "A session begins with no more idle time and life than the policy in force at its place of the log allows, under the suspension and the exemption in force there, and on the word only of a program that may give it.",
        move |on, find| match &on.entry.event {
            Event::Account(AccountEvent::ClientRegistered { client, .. }) => {
                programs.insert(*client);
            }
            Event::Account(AccountEvent::ClientRemoved { client, .. }) => {
                programs.remove(client);
            }
            Event::Device(
                _,
                DeviceEvent::SessionStarted {
                    session, suspension, exemption, client, idle, ends_at, at, ..
                },
            ) => {
                let Some(user) = on.meaning.subject else { return };
                let policy = on.scene.policy_of(user, *at);
                let stays = Span::days(policy.stay_signed_in_days.max(1).into());
                let life = policy.lifetime().min(stays);
                let in_time = *idle <= policy.idle() && *ends_at <= *at + life;
                let spared = suspension.is_none() || *suspension == on.scene.account.suspension();
                let held = on.scene.person(user).and_then(|person| person.exempt(*at));
                let exempt = exemption.is_none() || *exemption == held;
                let may = policy.asserted_sign_in && on.scene.role(user) != Role::Owner;
                let word = client.is_none_or(|client| may && programs.contains(&client));
                find.expect(in_time && spared && exempt && word, || {
                    format!("{session}: in time {in_time}, spared {spared}, exempt {exempt}, word {word}")
                });
            }
            _ => {}
        },
    )
}

fn sessions_few() -> Rule {
    rule("sessions-few", "A device has at most sixteen sessions open at once.", |on, find| {
        if let Event::Device(device, DeviceEvent::SessionStarted { .. }) = &on.entry.event {
            let open = on.scene.device(*device).map_or(0, |d| d.open.len());
            find.expect(open < OPEN_AT_ONCE, || format!("{open} open before"));
        }
    })
}

fn session_raised() -> Rule {
    rule(
        "session-raised-by-proof",
        "An open session is raised by a second factor that its person showed in the same act: for it, or to confirm or switch off their own.",
        |on, find| {
            let Event::Device(device, DeviceEvent::SessionSteppedUp { session, .. }) = &on.entry.event else {
                return;
            };
            let open = on.scene.session(*session).is_some_and(|s| s.device == *device);
            let proved = on.scene.act.proofs.iter().any(|(user, purpose)| {
                on.meaning.subject == Some(*user)
                    && match purpose {
                        Some(Purpose::StepUp(shown) | Purpose::DisableIn(shown)) => shown == session,
                        Some(Purpose::SignIn(_) | Purpose::Thaw(_)) => false,
                        None | Some(Purpose::Confirm(_) | Purpose::Disable) => true,
                    }
            });
            find.expect(open && proved, || format!("{session}, open: {open}, proved: {proved}"));
        },
    )
}

fn session_kept_alive() -> Rule {
    rule("session-kept-alive", "Only an open session is kept alive, and only before its end.", |on, find| {
        if let Event::Device(_, DeviceEvent::SessionActive { session, at }) = &on.entry.event {
            let good = on.scene.session(*session).is_some_and(|s| *at < s.ends_at);
            find.expect(good, || session.to_string());
        }
    })
}

fn session_ends_once() -> Rule {
    rule("session-ends-once", "Only an open session ends, on its own device.", |on, find| {
        if let Event::Device(device, DeviceEvent::SessionEnded { session, cause }) = &on.entry.event {
            let open = on.scene.device(*device).is_some_and(|d| d.open.contains(session));
            find.expect(open, || format!("{session}: {cause:?}"));
        }
    })
}

fn displaced_when_full() -> Rule {
    rule(
        "displaced-when-full",
        "A session gives way to a newer one only where the device is full.",
        |on, find| {
            if let Event::Device(device, DeviceEvent::SessionEnded { session, cause: EndCause::Displaced }) =
                &on.entry.event
            {
                let open = on.scene.device(*device).map_or(0, |d| d.open.len());
                find.expect(open >= OPEN_AT_ONCE, || format!("{session}: {open} open"));
            }
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{ANA, case};
    use crate::time::Span;
    vec![
        case(
            "session-begins-once",
            |h| {
                h.town();
                h.sign_in(ANA);
            },
            |h| h.again("SessionStarted"),
        ),
        case(
            "session-earned",
            |h| {
                h.town();
                h.enrol(ANA);
                h.begin_sign_in(ANA);
            },
            |h| {
                h.answer(ANA);
                h.forget("SignInCompleted");
            },
        ),
        case(
            "sessions-few",
            |h| {
                h.town();
                (0..16).for_each(|_| h.sign_in(ANA));
            },
            |h| h.sign_in(ANA),
        ),
        case(
            "session-raised-by-proof",
            |h| {
                h.town();
                h.enrol(ANA);
                h.sign_in(ANA);
            },
            |h| {
                h.step_up(ANA);
                h.forget("OtpAccepted");
            },
        ),
        case(
            "session-kept-alive",
            |h| {
                h.town();
                h.sign_in(ANA);
            },
            |h| {
                h.wait(Span::days(31));
                let (session, at) = (h.session(ANA), h.now());
                h.device_act(ANA, DeviceEvent::SessionActive { session, at });
            },
        ),
        case(
            "session-ends-once",
            |h| {
                h.town();
                h.sign_in(ANA);
                h.sign_out(ANA);
            },
            |h| h.again("SessionEnded"),
        ),
        case(
            "displaced-when-full",
            |h| {
                h.town();
                h.sign_in(ANA);
            },
            |h| {
                let session = h.session(ANA);
                h.device_act(ANA, DeviceEvent::SessionEnded { session, cause: EndCause::Displaced });
            },
        ),
        case(
            "session-as-in-force",
            |h| {
                h.town();
                h.sign_in(ANA);
            },
            |h| {
                h.sign_in(ANA);
                h.change(|event| {
                    if let Event::Device(_, DeviceEvent::SessionStarted { ends_at, .. }) = event {
                        *ends_at = *ends_at + Span::days(400);
                    }
                });
            },
        ),
        case(
            "session-as-in-force",
            |h| {
                h.town();
                h.sign_in(ANA);
            },
            |h| {
                h.sign_in(ANA);
                h.change(|event| {
                    if let Event::Device(_, DeviceEvent::SessionStarted { client, .. }) = event {
                        *client = Some(ClientId::from_uuid(uuid::Uuid::from_u128(9)));
                    }
                });
            },
        ),
    ]
}
