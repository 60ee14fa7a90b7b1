//! Sign-ins: decided by what was in force at their place of the log, completed once, in time, on their
//! own device, and behind a challenge by a second factor only.

use std::collections::HashMap;

use super::super::scene::{AttemptScene, Lever, Scene};
use super::super::{Event, Findings, On, Rule, rule};
use crate::account::AccountEvent;
use crate::device::{Decision, DeviceEvent, FirstFactor, Method, Over, Why};
use crate::ids::{ClientId, DeviceId, SignInId, TokenId, UserId};
use crate::time::{Span, Timestamp};
use crate::user::Purpose;
#[cfg(test)]
use crate::user::UserEvent;

/// Attempts that one device has open at once.
const OPEN_AT_ONCE: usize = 16;
/// Codes that come too late are recorded once in it.
const LATE_EVERY: Span = Span::minutes(1);

pub(super) fn rules() -> Vec<Rule> {
    vec![
        stands_today(),
        policy_in_force(),
        decision_right(),
        attempt_begins_once(),
        attempt_known(),
        attempt_not_void(),
        attempt_in_time(),
        challenge_answered(),
        word_not_over(),
        late_proof_late(),
    ]
}

fn stands_today() -> Rule {
    rule(
        "stands-on-today",
        "No attempt, session, raised session, or trust begins under a generation that was disabled or a credential epoch that is over.",
        |on, find| {
            if let Some(stands) = on.meaning.stands {
                let now = on.scene.in_force(on.meaning.subject);
                find.expect(stands == now, || format!("{stands:?} where {now:?} is in force"));
            }
        },
    )
}

fn policy_in_force() -> Rule {
    rule(
        "sign-in-policy",
        "A sign-in is decided under the version of the policy that was in force at its place of the log.",
        |on, find| {
            if let Event::Device(_, DeviceEvent::SignInStarted { policy_version, at, .. }) = on.entry.event {
                let now = on.scene.account.version(at);
                find.expect(policy_version == now, || format!("version {policy_version}, in force {now}"));
            }
        },
    )
}

/// What a right password must lead to, from what the log says is in force. `spares` is whether an exemption
/// and a device's trust count.
#[expect(clippy::match_same_arms, reason = "a table: what is in force, and what follows")]
fn due(
    (scene, user, device): (&Scene, UserId, DeviceId),
    first: FirstFactor,
    spares: bool,
    at: Timestamp,
) -> Decision {
    // Behind a program's word a device's trust counts only where it is said so.
    let counts = !matches!(first, FirstFactor::Asserted { trust: false, .. });
    let enrolled = scene.person(user).is_some_and(|p| p.enrolled == Some(scene.account.generation));
    let exempt = scene.person(user).is_some_and(|p| p.exempt(at).is_some());
    let must = scene.must_enrol(user, at);
    match (scene.account.lever, enrolled) {
        (Lever::Off | Lever::Suspended(_), _) => Decision::Complete,
        (Lever::On, _) if spares && exempt => Decision::Complete,
        (Lever::On, true) if spares && counts && scene.trusted(device, at) => Decision::Complete,
        (Lever::On, true) => Decision::Challenge,
        (Lever::On, false) if must => Decision::Enrol,
        (Lever::On, false) => Decision::Complete,
    }
}

fn decision_right() -> Rule {
    rule(
        "sign-in-decided-right",
        "Whoever has a second factor is asked for it unless the device is trusted, whoever must have one and has none must enrol, and the switch stops both.",
        |on, find| {
            let Event::Device(device, DeviceEvent::SignInStarted { decision, first_factor, reasons, at, .. }) =
                &on.entry.event
            else {
                return;
            };
            if let Some(user) = on.meaning.subject {
                let due = |spares| due((on.scene, user, *device), *first_factor, spares, *at);
                // A lock outlives an exemption, a session takes a device's trust along where the policy says
                // so, and whoever is left with nothing that counts binds another: then nothing is spared.
                let withheld = on.scene.person(user).is_some_and(|person| person.exempt(*at).is_some())
                    || on.scene.policy_of(user, *at).trust_ends_with_session
                    || reasons.contains(&Why::KindNotAllowed);
                let fits = *decision == due(true) || (withheld && *decision == due(false));
                find.expect(fits, || format!("{decision:?}, due {:?}", due(true)));
            }
        },
    )
}

fn attempt_begins_once() -> Rule {
    rule("attempt-begins-once", "An attempt to sign in begins once.", |on, find| {
        if let Event::Device(device, DeviceEvent::SignInStarted { sign_in, .. }) = &on.entry.event {
            let known = on.scene.device(*device).and_then(|d| d.attempt(*sign_in));
            find.expect(known.is_none(), || sign_in.to_string());
        }
    })
}

/// A rule about the completion of an attempt that is known.
fn completing(
    name: &'static str,
    meaning: &'static str,
    look: impl Fn(&On<'_>, DeviceId, &AttemptScene, Method, &mut Findings<'_>) + Send + 'static,
) -> Rule {
    rule(name, meaning, move |on, find| {
        if let Event::Device(device, DeviceEvent::SignInCompleted { sign_in, method }) = &on.entry.event
            && let Some(attempt) = on.scene.device(*device).and_then(|d| d.attempt(*sign_in))
        {
            look(on, *device, attempt, *method, find);
        }
    })
}

fn attempt_known() -> Rule {
    rule(
        "attempt-completed-once",
        "An attempt is completed at most once, and on the device that it began on.",
        |on, find| {
            if let Event::Device(device, DeviceEvent::SignInCompleted { sign_in, .. }) = &on.entry.event {
                let attempt = on.scene.device(*device).and_then(|d| d.attempt(*sign_in));
                find.expect(attempt.is_some_and(|a| !a.completed), || sign_in.to_string());
            }
        },
    )
}

fn attempt_not_void() -> Rule {
    completing(
        "attempt-not-void",
        "An attempt of an older generation or epoch is void, and is not completed.",
        |on, _, attempt, method, find| {
            // The code of a grant ends the factor that was lost, in the act that lets its person in.
            let epoch = attempt.epoch + u32::from(method == Method::RecoveryGrant);
            let (made, now) = ((attempt.generation, epoch), on.scene.in_force(on.meaning.subject));
            find.expect(made == now, || format!("{made:?}, in force {now:?}"));
        },
    )
}

fn attempt_in_time() -> Rule {
    completing("attempt-in-time", "An attempt is completed before it ends.", |on, _, attempt, _, find| {
        find.expect(on.decided() < attempt.expires_at, || {
            format!("at {}, ended {}", on.decided(), attempt.expires_at)
        });
    })
}

fn challenge_answered() -> Rule {
    completing(
        "challenge-answered",
        "A challenge is completed by a second factor accepted for it in the same act, and by nothing else; without a challenge trust must hold, or none be needed.",
        |on, device, attempt, method, find| {
            let proved = on.scene.act.proofs.iter().any(|(user, purpose)| {
                on.meaning.subject == Some(*user) && *purpose == Some(Purpose::SignIn(attempt.id()))
            });
            let right = match (attempt.decision, method) {
                (Decision::Challenge, method) if method.is_second_factor() => proved,
                (Decision::Complete, Method::Trust) => on.scene.trusted(device, on.decided()),
                // Older versions said `password` where a program vouched.
                (Decision::Complete | Decision::Enrol, Method::Password) => true,
                (Decision::Complete | Decision::Enrol, Method::Asserted) => attempt.vouched,
                _ => false,
            };
            find.expect(right, || format!("{:?} by {method:?}, proved: {proved}", attempt.decision));
        },
    )
}

fn word_not_over() -> Rule {
    let mut good: HashMap<TokenId, (ClientId, Option<Timestamp>)> = HashMap::new();
    let mut waiting: HashMap<SignInId, TokenId> = HashMap::new();
    rule(
        "word-not-over",
        "An attempt that a program vouched for is completed only while the token by which it did is not over.",
        move |on, find| match &on.entry.event {
            Event::Account(AccountEvent::ClientTokenIssued { client, token, expires_at, .. }) => {
                good.insert(*token, (*client, *expires_at));
            }
            Event::Account(AccountEvent::ClientTokenRevoked { token, .. }) => {
                good.remove(token);
            }
            Event::Account(AccountEvent::ClientRemoved { client, .. }) => {
                good.retain(|_, (of, _)| of != client);
            }
            Event::Device(
                _,
                DeviceEvent::SignInStarted {
                    sign_in,
                    first_factor: FirstFactor::Asserted { token: Some(token), .. },
                    ..
                },
            ) => {
                waiting.insert(*sign_in, *token);
            }
            Event::Device(_, DeviceEvent::SignInCompleted { sign_in, .. }) => {
                let Some(token) = waiting.remove(sign_in) else { return };
                let held = good.get(&token).is_some_and(|(_, end)| end.is_none_or(|end| on.decided() < end));
                find.expect(held, || format!("{sign_in} by {token}"));
            }
            _ => {}
        },
    )
}

fn late_proof_late() -> Rule {
    let mut last: HashMap<DeviceId, Timestamp> = HashMap::new();
    rule(
        "late-proof-late",
        "A code is recorded as too late only of an attempt that is over, once a minute of one device.",
        move |on, find| {
            let Event::Device(device, DeviceEvent::ProofCameLate { sign_in, over, at }) = &on.entry.event
            else {
                return;
            };
            let known = on.scene.device(*device).and_then(|device| device.attempt(*sign_in));
            let right = match (over, known) {
                (Over::Expired, Some(attempt)) => attempt.expires_at <= *at,
                (Over::Void, Some(attempt)) => *at < attempt.expires_at && !attempt.completed,
                // The oldest give way on a device that has many.
                (Over::Closed, known) => known.is_none_or(|attempt| {
                    let many = on.scene.device(*device).is_some_and(|d| d.attempts_open() >= OPEN_AT_ONCE);
                    attempt.completed || attempt.decision != Decision::Challenge || many
                }),
                // It is forgotten here before the device forgets it.
                (Over::Expired | Over::Void, None) => true,
            };
            let rare = last.insert(*device, *at).is_none_or(|last| *at >= last + LATE_EVERY);
            find.expect(right && rare, || format!("{sign_in} {over:?} at {at}, rare: {rare}"));
        },
    )
}

/// A second factor is required of the customers in one group, with a week of grace.
#[cfg(test)]
fn requires_of_a_group(h: &mut super::super::history::History) {
    use super::super::history::OWNER;
    use crate::policy::{Audience, AudiencePolicy, RequiredOf};
    let (before, at) = (AudiencePolicy::END_USERS, h.now());
    let required_of = RequiredOf { groups: [GROUP].into(), ..RequiredOf::EVERYONE };
    let after = AudiencePolicy { required: true, required_of, grace_days: 7, ..before.clone() };
    let (audience, version, required_since) = (Audience::EndUsers, 1, Some(at));
    h.staff(OWNER, AccountEvent::PolicyChanged { audience, version, before, after, required_since, at });
}

#[cfg(test)]
fn put_into_it(h: &mut super::super::history::History, user: UserId) {
    use super::super::history::OWNER;
    let at = h.now();
    h.staff_to(OWNER, user, UserEvent::GroupsChanged { groups: [GROUP].into(), at });
}

#[cfg(test)]
const GROUP: crate::ids::GroupId = crate::ids::GroupId::from_uuid(uuid::Uuid::from_u128(70));

#[cfg(test)]
const SHOP: ClientId = ClientId::from_uuid(uuid::Uuid::from_u128(71));
#[cfg(test)]
const KEY: TokenId = TokenId::from_uuid(uuid::Uuid::from_u128(72));

/// A program vouches for somebody, whose attempt then waits for a second factor.
#[cfg(test)]
fn vouches(h: &mut super::super::history::History) {
    use super::super::history::{ANA, OWNER};
    let at = h.now();
    h.staff(OWNER, AccountEvent::ClientRegistered { client: SHOP, name: "Shop".into(), at });
    let verifier = h.verifier();
    let scopes = [crate::account::TokenScope::AssertSignIn].into();
    let issued =
        AccountEvent::ClientTokenIssued { client: SHOP, token: KEY, verifier, scopes, expires_at: None, at };
    h.staff(OWNER, issued);
    h.begin_sign_in(ANA);
    h.change(|event| {
        if let Event::Device(_, DeviceEvent::SignInStarted { first_factor, .. }) = event {
            *first_factor = FirstFactor::Asserted { client: SHOP, token: Some(KEY), trust: false };
        }
    });
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{ANA, OWNER, case};
    vec![
        case(
            "stands-on-today",
            |h| {
                h.town();
                h.enrol(ANA);
            },
            |h| {
                h.begin_sign_in(ANA);
                h.change(|event| {
                    if let Event::Device(_, DeviceEvent::SignInStarted { generation, .. }) = event {
                        *generation += 1;
                    }
                });
            },
        ),
        case(
            "sign-in-policy",
            |h| {
                h.town();
                h.enrol(ANA);
            },
            |h| {
                h.begin_sign_in(ANA);
                h.change(|event| {
                    if let Event::Device(_, DeviceEvent::SignInStarted { policy_version, .. }) = event {
                        *policy_version += 1;
                    }
                });
            },
        ),
        case(
            "sign-in-decided-right",
            |h| {
                h.town();
                h.enrol(ANA);
            },
            |h| {
                h.begin_sign_in(ANA);
                h.change(|event| {
                    if let Event::Device(_, DeviceEvent::SignInStarted { decision, .. }) = event {
                        *decision = Decision::Complete;
                    }
                });
            },
        ),
        // Grace is each person's own, from when they came into the requirement, and not longer.
        case(
            "sign-in-decided-right",
            |h| {
                h.town();
                requires_of_a_group(h);
                h.wait(Span::days(30));
                h.sign_in(OWNER);
                put_into_it(h, ANA);
                h.begin_sign_in(ANA);
                h.wait(Span::days(6));
                h.begin_sign_in(ANA);
            },
            |h| {
                h.wait(Span::days(1));
                h.begin_sign_in(ANA);
            },
        ),
        case(
            "attempt-begins-once",
            |h| {
                h.town();
                h.enrol(ANA);
                h.begin_sign_in(ANA);
            },
            |h| {
                h.again("SignInStarted");
            },
        ),
        case(
            "attempt-completed-once",
            |h| {
                h.town();
                h.enrol(ANA);
                h.sign_in(ANA);
            },
            |h| {
                h.again("SignInCompleted");
            },
        ),
        case(
            "word-not-over",
            |h| {
                h.town();
                h.enrol(ANA);
                vouches(h);
            },
            |h| {
                let (client, token, at) = (SHOP, KEY, h.now());
                h.staff(OWNER, AccountEvent::ClientTokenRevoked { client, token, at });
                h.answer(ANA);
            },
        ),
        case(
            "attempt-not-void",
            |h| {
                h.town();
                h.enrol(ANA);
                h.begin_sign_in(ANA);
                h.new_password(ANA);
            },
            |h| {
                h.answer(ANA);
            },
        ),
        case(
            "attempt-in-time",
            |h| {
                h.town();
                h.enrol(ANA);
                h.begin_sign_in(ANA);
            },
            |h| {
                h.wait(Span::minutes(20));
                h.answer(ANA);
            },
        ),
        case(
            "challenge-answered",
            |h| {
                h.town();
                h.enrol(ANA);
                h.begin_sign_in(ANA);
            },
            |h| {
                h.answer(ANA);
                h.forget("OtpAccepted");
            },
        ),
        case(
            "late-proof-late",
            |h| {
                h.town();
                h.enrol(ANA);
                h.begin_sign_in(ANA);
                h.wait(Span::minutes(10));
                h.late(ANA, Over::Expired);
                h.wait(Span::minutes(1));
                h.late(ANA, Over::Expired);
            },
            |h| h.late(ANA, Over::Expired),
        ),
        case(
            "late-proof-late",
            |h| {
                h.town();
                h.enrol(ANA);
                h.begin_sign_in(ANA);
            },
            |h| h.late(ANA, Over::Expired),
        ),
    ]
}
