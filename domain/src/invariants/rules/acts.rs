//! Who does what: in a session that is theirs and good, with a role that has the power, and a second
//! factor shown lately where the power takes one. The yardstick is the table of `permission`, asked for
//! roles only; who has which role, and which session stands, the log itself tells.

use super::super::meaning::Asks;
use super::super::scene::{Lever, SessionScene};
use super::super::{By, Findings, On, Rule, rule};
use crate::device::{Method, Scope};
use crate::permission::{Act, Need, need};
use crate::policy::AudiencePolicy;
use crate::time::Span;

/// How long a second factor is fresh.
const FRESH: Span = Span::minutes(10);

pub(super) fn rules() -> Vec<Rule> {
    vec![
        person_signed_in(),
        session_own(),
        session_epoch(),
        session_generation(),
        session_suspension(),
        session_exemption(),
        session_in_time(),
        session_not_idle(),
        session_scope(),
        role_suffices(),
        own_is_own(),
        nobody_else(),
        proof_fresh(),
    ]
}

/// The session of the first event of an act that was done in one.
fn in_session(
    name: &'static str,
    meaning: &'static str,
    mut look: impl FnMut(&On<'_>, &SessionScene, &mut Findings<'_>) + Send + 'static,
) -> Rule {
    let mut judged = 0;
    rule(name, meaning, move |on, find| {
        let Some(session) = on.entry.session.filter(|_| judged != on.scene.act.number) else { return };
        judged = on.scene.act.number;
        if let Some(session) = on.scene.session(session) {
            look(on, session, find);
        }
    })
}

fn person_signed_in() -> Rule {
    let mut judged = 0;
    rule(
        "person-signed-in",
        "Whoever acts as a person does so in a session that began and that no event ended, or by a token.",
        move |on, find| {
            // What a token may, and whether it is in force, its own rules judge.
            if on.entry.token.is_some() || on.entry.by.person().is_none() || judged == on.scene.act.number {
                return;
            }
            judged = on.scene.act.number;
            let open = on.entry.session.is_some_and(|session| on.scene.session(session).is_some());
            find.expect(open, || format!("{:?} in {:?}", on.entry.by, on.entry.session));
        },
    )
}

fn session_own() -> Rule {
    in_session("session-own", "A session acts for its owner only.", |on, session, find| {
        let owner = on.scene.holder(session);
        find.expect(on.entry.by.person() == owner, || format!("{:?} in a session of {owner:?}", on.entry.by));
    })
}

fn session_epoch() -> Rule {
    in_session(
        "session-epoch",
        "Nothing is done in a session of an older credential epoch: a new password, a reset, a disable ended it.",
        |on, session, find| {
            let owner = on.scene.holder(session);
            let (_, epoch) = on.scene.in_force(owner);
            // An owed reset is written down in front of what its person just did.
            let owed = owner.is_some_and(|owner| on.scene.act.owed.contains(&owner));
            find.expect(session.epoch == epoch - u32::from(owed), || {
                format!("a session of epoch {}, now {epoch}", session.epoch)
            });
        },
    )
}

fn session_generation() -> Rule {
    in_session(
        "session-generation",
        "Nothing is done in a session that rests on a factor, on trust, or on an enrolment of a generation that was disabled.",
        |on, session, find| {
            let bare = matches!(session.method, Method::Password | Method::Asserted);
            let rests = !bare || session.scope == Scope::Enrolment;
            let now = on.scene.account.generation;
            find.expect(!rests || session.generation == now, || {
                format!("a session of generation {}, now {now}", session.generation)
            });
        },
    )
}

fn session_suspension() -> Rule {
    in_session(
        "session-suspension",
        "A session that was spared its second factor by a suspension ends with it.",
        |on, session, find| {
            let now = on.scene.account.suspension();
            find.expect(session.suspension.is_none() || session.suspension == now, || {
                format!("a session under suspension {:?}, now {now:?}", session.suspension)
            });
        },
    )
}

fn session_exemption() -> Rule {
    in_session(
        "session-exemption",
        "A session that rests on an exemption ends with it: at its date, when it is ended, or when a newer one takes its place.",
        |on, session, find| {
            let owner = on.scene.holder(session).and_then(|owner| on.scene.person(owner));
            let now = owner.and_then(|owner| owner.exempt(on.decided()));
            find.expect(session.exemption.is_none() || session.exemption == now, || {
                format!("a session under {:?}, now {now:?}", session.exemption)
            });
        },
    )
}

/// What the policy allows a session. Where it is not said when an act was decided, a policy that began
/// meanwhile counts as well, if it allows more.
fn generous(on: &On<'_>, session: &SessionScene, allows: impl Fn(&AudiencePolicy) -> Span) -> Span {
    let Some(owner) = on.scene.holder(session) else { return Span::ZERO };
    let recorded = on.meaning.at.unwrap_or(on.entry.recorded_at);
    let [earliest, latest] = [on.decided(), recorded].map(|at| allows(on.scene.policy_of(owner, at)));
    earliest.max(latest)
}

fn session_in_time() -> Rule {
    in_session(
        "session-in-time",
        "Nothing is done in a session whose life is over: its own end, or what today's policy allows.",
        |on, session, find| {
            let at = on.decided();
            let life = generous(on, session, |policy| {
                let stay = Span::days(policy.stay_signed_in_days.max(1).into());
                Span::hours(policy.lifetime_hours.into()).min(stay)
            });
            let end = session.ends_at.min(session.started_at + life);
            find.expect(at < end, || format!("at {at}, ended {end}"));
        },
    )
}

fn session_not_idle() -> Rule {
    in_session(
        "session-not-idle",
        "Nothing is done in a session that was idle for longer than it or today's policy allows.",
        |on, session, find| {
            let at = on.decided();
            let allowed = generous(on, session, |policy| Span::minutes(policy.idle_minutes.into()));
            let end = session.active_at + session.idle.min(allowed);
            find.expect(at < end, || format!("at {at}, idle since {end}"));
        },
    )
}

fn session_scope() -> Rule {
    rule(
        "enrol-first",
        "In a session for enrolment nothing is done but to enrol, to look at one's own, to freeze it, and to leave.",
        |on, find| {
            let Some(session) = on.entry.session.and_then(|s| on.scene.session(s)) else { return };
            if session.scope != Scope::Enrolment {
                return;
            }
            let fits = match on.asks() {
                // Whoever has none but a factor of a kind that is not allowed any more showed it before.
                Asks::Own(Act::ChangeOwnFactors) => session.method.is_second_factor(),
                Asks::Own(act) => matches!(act, Act::EnrolOwn | Act::ReadOwn | Act::EndOwn | Act::StepUp),
                Asks::Door | Asks::Nothing | Asks::System(_) => true,
                Asks::Operator | Asks::Staff(_) => false,
            };
            find.expect(fits, || format!("{:?}", on.asks()));
        },
    )
}

fn role_suffices() -> Rule {
    rule(
        "role-suffices",
        "Nobody acts above their role: whoever changes the account or helps somebody has, at that moment, a role that may do so to that person's role.",
        |on, find| {
            let (Asks::Staff(act) | Asks::Own(act)) = on.asks() else { return };
            if matches!(on.entry.by, By::Program(_)) {
                // A program has no role: its token's scopes are judged beside.
                return;
            }
            let role = on.entry.by.person().and_then(|user| {
                // Whoever hands their own role over had it when the act began.
                let came_as = on.scene.act.came_as.get(&user).copied();
                came_as.or_else(|| on.scene.person(user).and_then(|p| p.role))
            });
            let holds = role.is_some_and(|role| match need(role, act) {
                Need::Never => false,
                Need::Delegated => on.scene.account.governance.admins_may_switch,
                Need::Session | Need::StepUp | Need::Approved => true,
            });
            find.expect(holds, || format!("{act:?} by {:?}", on.entry.by));
        },
    )
}

fn own_is_own() -> Rule {
    rule(
        "own-is-own",
        "What only a person may do for themself nobody did for them: no member of staff binds a factor, makes codes, or shows a proof for somebody else.",
        |on, find| {
            let by = on.entry.by.person();
            let holds = match on.asks() {
                Asks::Own(_) => by.is_some() && by == on.meaning.subject,
                Asks::Door => {
                    by.is_none_or(|by| Some(by) == on.meaning.subject) && on.entry.by != By::Operator
                }
                Asks::Operator | Asks::System(_) | Asks::Staff(_) | Asks::Nothing => return,
            };
            find.expect(holds, || format!("{:?} for {:?}", on.entry.by, on.meaning.subject));
        },
    )
}

fn nobody_else() -> Rule {
    rule(
        "operator-and-system",
        "Only the operator opens accounts and prints links, only the fan-out writes an account-wide reset into people's streams, and only the courier says what became of a message.",
        |on, find| {
            let holds = match on.asks() {
                Asks::Operator => on.entry.by == By::Operator,
                Asks::System(name) => on.entry.by == By::System(name.into()),
                Asks::Staff(_) | Asks::Own(_) | Asks::Door | Asks::Nothing => return,
            };
            find.expect(holds, || format!("{:?} by {:?}", on.asks(), on.entry.by));
        },
    )
}

fn proof_fresh() -> Rule {
    rule(
        "proof-fresh",
        "What takes a second factor is done in a session that showed one within the last ten minutes; while the account is off, in one that a password opened then.",
        |on, find| {
            let (Asks::Staff(act) | Asks::Own(act)) = on.asks() else { return };
            let role = on.entry.by.person().map(|user| on.scene.role(user));
            let session = on.entry.session.and_then(|session| on.scene.session(session));
            let (Some(role), Some(session)) = (role, session) else { return };
            if matches!(need(role, act), Need::Never | Need::Session) {
                return;
            }
            let since = match on.scene.account.lever {
                Lever::Off => Some(session.started_at).filter(|_| session.method == Method::Password),
                Lever::On | Lever::Suspended(_) => session.proved_at,
            };
            find.expect(since.is_some_and(|since| on.decided() < since + FRESH), || {
                format!("{act:?} at {}, shown {since:?}", on.decided())
            });
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::Event;
    use super::super::history::{AGENT, ANA, Case, History, OWNER, case};
    use crate::account::AccountEvent;
    use crate::device::DeviceEvent;
    use crate::sealed::Sealed;
    use crate::user::UserEvent;

    /// The session is used once more.
    fn used(h: &mut History) {
        let (session, at) = (h.session(ANA), h.now());
        h.device_act(ANA, DeviceEvent::SessionActive { session, at });
    }
    fn signed_in(h: &mut History) {
        h.town();
        h.sign_in(ANA);
    }

    let unlock = || UserEvent::Unlocked { reason: Sealed::from_bytes(vec![1]) };
    let suspend =
        |h: &History| AccountEvent::AccountTwoFactorSuspended { suspension: 1, reason: None, at: h.now() };
    let resume = |h: &History| AccountEvent::AccountTwoFactorResumed { suspension: 1, at: h.now() };
    let cases: Vec<Case> = vec![
        case(
            "person-signed-in",
            |h| {
                signed_in(h);
                h.sign_out(ANA);
            },
            used,
        ),
        case("session-own", signed_in, |h| {
            used(h);
            h.last().by = By::Person(AGENT);
        }),
        case(
            "session-epoch",
            |h| {
                signed_in(h);
                h.new_password(ANA);
            },
            used,
        ),
        case(
            "session-generation",
            |h| {
                h.town();
                h.enrol(ANA);
                h.disable();
            },
            used,
        ),
        case(
            "session-suspension",
            move |h| {
                h.town();
                let event = suspend(h);
                h.staff(OWNER, event);
                h.sign_in(ANA);
                let event = resume(h);
                h.staff(OWNER, event);
            },
            used,
        ),
        case(
            "session-exemption",
            |h| {
                h.town();
                h.enrol(AGENT);
                h.exempt(AGENT, Span::hours(2));
                h.sign_in(AGENT);
            },
            |h| {
                h.wait(Span::hours(3));
                let (session, at) = (h.session(AGENT), h.now());
                h.device_act(AGENT, DeviceEvent::SessionActive { session, at });
            },
        ),
        case("session-in-time", signed_in, |h| {
            h.wait(Span::days(14));
            used(h);
        }),
        case("session-not-idle", signed_in, |h| {
            h.wait(Span::hours(9));
            used(h);
        }),
        case("enrol-first", signed_in, move |h| {
            h.sign_in(ANA);
            h.change(|event| {
                if let Event::Device(_, DeviceEvent::SessionStarted { scope, .. }) = event {
                    *scope = Scope::Enrolment;
                }
            });
            let event = suspend(h);
            h.staff(ANA, event);
        }),
        case(
            "role-suffices",
            move |h| {
                h.town();
                h.enrol(AGENT);
                h.staff_to(AGENT, ANA, unlock());
            },
            move |h| {
                h.staff_to(AGENT, OWNER, unlock());
            },
        ),
        case("own-is-own", signed_in, |h| {
            h.begin_binding(ANA);
            h.confirm(ANA);
            h.last().by = By::Person(OWNER);
        }),
        case("operator-and-system", History::town, |h| {
            h.link(ANA);
            h.last().by = By::Person(OWNER);
        }),
        case(
            "proof-fresh",
            move |h| {
                h.town();
                h.staff_to(OWNER, ANA, unlock());
            },
            move |h| {
                h.wait(Span::minutes(20));
                h.person_act_to(OWNER, ANA, unlock());
            },
        ),
    ];
    cases
}
