//! Account-wide disables and what follows them: whom they announce, and that exactly those are reached.

use super::super::{Event, Rule, rule};
use crate::account::AccountEvent;
use crate::user::{ResetCause, UserEvent};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        disable_census(),
        reset_first(),
        reset_as_announced(),
        reset_once(),
        reset_never_newer(),
        fan_out_proved(),
    ]
}

fn disable_census() -> Rule {
    rule(
        "disable-census",
        "A disable announces exactly those who are enrolled at its place in the log: how many, and who.",
        |on, find| {
            if let Event::Account(AccountEvent::AccountTwoFactorDisabled { people, digest, .. }) =
                &on.entry.event
            {
                let enrolled = on.scene.enrolled_in(on.scene.account.generation);
                let right = *people == enrolled.len() as u64 && *digest == (on.scene.digest)(&enrolled);
                find.expect(right, || format!("{people} announced as {digest}, {} enrolled", enrolled.len()));
            }
        },
    )
}

fn reset_first() -> Rule {
    rule(
        "owed-reset-first",
        "After a disable, a person's own reset stands in their stream before anything newer.",
        |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            let enrolled = on.scene.person(*user).and_then(|p| p.enrolled);
            if enrolled.is_some_and(|enrolled| enrolled < on.scene.account.generation) {
                let reset = matches!(
                    event,
                    UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { .. }, .. }
                );
                find.expect(reset, || format!("{user} owes the reset of generation {enrolled:?}"));
            }
        },
    )
}

fn reset_as_announced() -> Rule {
    rule(
        "reset-as-announced",
        "A disable's reset is written only into the stream of somebody it announced, as of its instant.",
        |on, find| {
            if let Event::User(
                user,
                UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { generation }, effective_at },
            ) = &on.entry.event
            {
                let announced = on.scene.account.disables.get(generation);
                find.expect(
                    announced.is_some_and(|a| a.people.contains(user) && a.at == *effective_at),
                    || format!("{user}, generation {generation}, {effective_at}"),
                );
            }
        },
    )
}

fn reset_once() -> Rule {
    rule("reset-once", "A disable's reset is written into a person's stream once.", |on, find| {
        if let Event::User(
            user,
            UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { generation }, .. },
        ) = &on.entry.event
        {
            let announced = on.scene.account.disables.get(generation);
            find.expect(announced.is_none_or(|a| !a.reached.contains(user)), || {
                format!("{user}, generation {generation}")
            });
        }
    })
}

fn reset_never_newer() -> Rule {
    rule(
        "reset-never-newer",
        "A disable's reset never touches an enrolment of the generation that it opened, or of a newer one.",
        |on, find| {
            if let Event::User(
                user,
                UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { generation }, .. },
            ) = &on.entry.event
            {
                let enrolled = on.scene.person(*user).and_then(|p| p.enrolled);
                find.expect(enrolled.is_some_and(|e| e < *generation), || {
                    format!("{user} is enrolled in {enrolled:?}, reset for {generation}")
                });
            }
        },
    )
}

fn fan_out_proved() -> Rule {
    rule(
        "fan-out-proved",
        "The proof that closes a disable names whom it announced, comes once, and only when their streams all carry the reset.",
        |on, find| {
            if let Event::Account(AccountEvent::ResetFanOutCompleted { generation, people, digest }) =
                &on.entry.event
            {
                let Some(disable) = on.scene.account.disables.get(generation) else {
                    return find
                        .expect(false, || format!("no reset of generation {generation} is under way"));
                };
                let (announced, reached) = (disable.people.len(), disable.reached.len());
                let right = disable.people == disable.reached
                    && *people == announced as u64
                    && *digest == (on.scene.digest)(&disable.people);
                find.expect(right, || format!("{people} as {digest}; {reached} of {announced} reached"));
            }
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{AGENT, ANA, History, OWNER, case};
    let reset = |h: &super::super::history::History, generation| UserEvent::TwoFactorReset {
        cause: ResetCause::AccountDisabled { generation },
        effective_at: h.disabled_at(),
    };
    vec![
        case(
            "disable-census",
            |h| {
                h.town();
                h.enrol(ANA);
            },
            |h| {
                h.disable();
                h.change(|event| {
                    if let Event::Account(AccountEvent::AccountTwoFactorDisabled { people, .. }) = event {
                        *people -= 1;
                    }
                });
            },
        ),
        case(
            "owed-reset-first",
            |h| {
                h.town();
                h.enrol(ANA);
                h.disable();
            },
            |h| h.link(ANA),
        ),
        case(
            "reset-as-announced",
            |h| {
                h.town();
                h.enrol(ANA);
                h.disable();
            },
            move |h| {
                let event = reset(h, 1);
                h.system(vec![Event::User(AGENT, event)]);
            },
        ),
        case(
            "reset-once",
            |h| {
                h.town();
                h.enrol(ANA);
                h.disable();
                h.reach(ANA);
            },
            |h| h.reach(ANA),
        ),
        case(
            "reset-never-newer",
            |h| {
                h.town();
                h.enrol(ANA);
                h.disable();
                h.reach(ANA);
                h.enable();
                h.enrol(ANA);
            },
            |h| h.reach(ANA),
        ),
        case(
            "fan-out-proved",
            |h| {
                h.town();
                h.enrol(ANA);
                h.disable();
                h.reach(OWNER);
            },
            History::close_fan_out,
        ),
    ]
}
