//! What is good once is accepted once: steps, recovery codes, links, mailed codes, messages.

use std::collections::{HashMap, HashSet, VecDeque};

use super::super::meaning::Spent;
use super::super::{Event, Rule, rule};
use crate::ids::{CodeSetId, FactorId, LinkId, MailedCodeId, MessageId, SignInId, TicketId, UserId};
use crate::time::Timestamp;
use crate::user::{FrozenBy, Handing, LinkPurpose, Purpose, Refusal, UserEvent};

/// Recovery codes of one set; more would not fit the mask, and nobody copies that many.
const MOST_CODES: u8 = 128;
/// Mailed codes that can be typed at once.
const MAILED_OPEN: usize = 3;
/// Wrong tries that one series of mailed codes bears.
const MAILED_TRIES: u8 = 5;
/// Messages to one person whose ends are remembered: far more than can be under way at once.
const MESSAGES: usize = 256;
/// Attempts that a person proved lately.
const PROVED: usize = 8;

pub(super) fn rules() -> Vec<Rule> {
    vec![
        otp_step_once(),
        recovery_code_once(),
        codes_exhausted(),
        link_once(),
        link_in_time(),
        mailed_code_once(),
        mailed_code_charged(),
        attempt_proved_once(),
        ticket_once(),
        message_ends_once(),
    ]
}

/// RFC 6238 §5.2. A factor's last step is remembered beyond its removal and every reset.
fn otp_step_once() -> Rule {
    let mut last: HashMap<FactorId, u64> = HashMap::new();
    rule(
        "otp-step-once",
        "A time step of an authenticator is accepted at most once, and only above the last one, whatever it was used for.",
        move |on, find| {
            if let Some(Spent::Step { factor, step, .. }) = on.meaning.spends {
                let before = last.insert(factor, step);
                find.expect(before.is_none_or(|before| step > before), || {
                    format!("{factor} step {step}, last {before:?}")
                });
            }
        },
    )
}

/// A set of recovery codes and a bit for each that was used.
struct Codes {
    set: CodeSetId,
    count: u8,
    used: u128,
}

fn codes_made(event: &Event) -> Option<(UserId, Codes)> {
    match event {
        Event::User(
            user,
            UserEvent::RecoveryCodesGenerated { set, count, .. }
            | UserEvent::RecoveryCodesRegenerated { set, count, .. },
        ) => Some((*user, Codes { set: *set, count: *count, used: 0 })),
        _ => None,
    }
}

fn recovery_code_once() -> Rule {
    let mut codes: HashMap<UserId, Codes> = HashMap::new();
    rule(
        "recovery-code-once",
        "A recovery code is used at most once, is of the set in force, and is counted.",
        move |on, find| {
            if let Some((user, made)) = codes_made(&on.entry.event) {
                codes.insert(user, made);
            }
            let (Some(Spent::Code { set, index, left, .. }), Some(user)) =
                (on.meaning.spends, on.meaning.subject)
            else {
                return;
            };
            let known = codes.get_mut(&user).filter(|c| c.set == set && index < c.count.min(MOST_CODES));
            let counted = known.and_then(|codes| {
                let fresh = codes.used & 1 << index == 0;
                codes.used |= 1 << index;
                fresh.then(|| codes.count - codes.used.count_ones() as u8)
            });
            find.expect(counted == Some(left), || {
                format!("{set} code {index}: {left} left, counted {counted:?}")
            });
        },
    )
}

fn codes_exhausted() -> Rule {
    let mut left_of: HashMap<UserId, (CodeSetId, u8)> = HashMap::new();
    rule("codes-exhausted", "Recovery codes are exhausted when all of the set are used.", move |on, find| {
        if let Some((user, made)) = codes_made(&on.entry.event) {
            left_of.insert(user, (made.set, made.count));
        }
        if let (Some(Spent::Code { set, left, .. }), Some(user)) = (on.meaning.spends, on.meaning.subject) {
            left_of.insert(user, (set, left));
        }
        if let Event::User(user, UserEvent::RecoveryCodesExhausted { set }) = on.entry.event {
            let known = left_of.get(&user);
            find.expect(known == Some(&(set, 0)), || format!("{set}: {known:?}"));
        }
    })
}

/// The links of each person that can be used: one of each purpose, and none from before a password or
/// a deactivation.
fn open_links() -> impl FnMut(&Event) -> Option<Option<Timestamp>> + Send {
    let mut open: HashMap<UserId, Vec<(LinkId, LinkPurpose, Timestamp)>> = HashMap::new();
    // What was mailed to an address before may give that back, by the very link that was just redeemed.
    let mut back: HashMap<UserId, LinkId> = HashMap::new();
    // The change of address that staff asked for last: what ends the other links leaves it open, and so does a freeze of
    // somebody who is frozen already, or by staff.
    let mut staffs: HashMap<UserId, LinkId> = HashMap::new();
    let mut frozen: HashSet<UserId> = HashSet::new();
    move |event| {
        let Event::User(user, event) = event else { return None };
        match event {
            UserEvent::LinkIssued { link, purpose, expires_at, .. } => {
                let links = open.entry(*user).or_default();
                links.retain(|(_, other, _)| other != purpose);
                links.push((*link, *purpose, *expires_at));
                None
            }
            UserEvent::EmailChangeRequested { link, expires_at, by, .. } => {
                match by {
                    Some(_) => staffs.insert(*user, *link),
                    None => staffs.remove(user),
                };
                let purpose = LinkPurpose::EmailChange;
                let links = open.entry(*user).or_default();
                links.retain(|(_, other, _)| *other != purpose);
                links.push((*link, purpose, *expires_at));
                None
            }
            UserEvent::RecoveryGranted { handed: Handing::Link { link, .. }, expires_at, .. } => {
                let purpose = LinkPurpose::Recovery;
                let links = open.entry(*user).or_default();
                links.retain(|(_, other, _)| *other != purpose);
                links.push((*link, purpose, *expires_at));
                None
            }
            UserEvent::RecoveryGrantRevoked { .. } => {
                open.entry(*user).or_default().retain(|(_, purpose, _)| *purpose != LinkPurpose::Recovery);
                None
            }
            UserEvent::UserFrozen { by, .. } => {
                let already = !frozen.insert(*user);
                let kept = staffs.get(user).filter(|_| already || *by == FrozenBy::Staff);
                open.entry(*user).or_default().retain(|(link, ..)| Some(link) == kept);
                None
            }
            UserEvent::UserThawed { .. } => {
                frozen.remove(user);
                None
            }
            UserEvent::PasswordSet { .. } | UserEvent::UserDeactivated { .. } => {
                let kept = staffs.get(user);
                open.entry(*user).or_default().retain(|(link, ..)| Some(link) == kept);
                None
            }
            UserEvent::PersonErased { .. } => {
                open.remove(user);
                None
            }
            // What others made for them was for the role that they had.
            UserEvent::RoleChanged { .. } => {
                let theirs = |purpose| matches!(purpose, LinkPurpose::SetUp | LinkPurpose::Recovery);
                open.entry(*user).or_default().retain(|(_, purpose, _)| !theirs(*purpose));
                None
            }
            // What was mailed to the address before lets nobody in at the new one.
            UserEvent::EmailChanged { link, .. } if back.remove(user) == Some(*link) => None,
            UserEvent::EmailChanged { link, by, .. } => {
                let links = open.entry(*user).or_default();
                let place = links.iter().position(|(known, ..)| known == link);
                let ended = place.map(|place| links.swap_remove(place).2);
                let over = |purpose| matches!(purpose, LinkPurpose::Invitation | LinkPurpose::Verification);
                // Where staff say that it is the wrong one, nothing that was mailed there is left.
                let wrong = |purpose| by.is_some() && purpose != LinkPurpose::SetUp;
                links.retain(|(_, purpose, _)| !over(*purpose) && !wrong(*purpose));
                Some(ended)
            }
            UserEvent::LinkRedeemed { link, .. } | UserEvent::RecoveryCodeRevealed { link, .. } => {
                let links = open.entry(*user).or_default();
                let place = links.iter().position(|(known, ..)| known == link);
                let known = place.map(|place| links.swap_remove(place));
                if let Some((link, ..)) = known {
                    back.insert(*user, link);
                }
                Some(known.map(|(.., expires_at)| expires_at))
            }
            _ => None,
        }
    }
}

fn link_once() -> Rule {
    let mut redeemed = open_links();
    rule(
        "link-once",
        "A one-time link is redeemed at most once, only by its person, and not after a newer one, a new password, a freeze, or a deactivation ended it, nor one that others made for another role.",
        move |on, find| {
            if let Some(known) = redeemed(&on.entry.event) {
                find.expect(known.is_some(), || format!("{:?}", on.meaning.spends));
            }
        },
    )
}

fn link_in_time() -> Rule {
    let mut redeemed = open_links();
    rule("link-in-time", "A one-time link is redeemed before it ends.", move |on, find| {
        if let Some(Some(expires_at)) = redeemed(&on.entry.event) {
            find.expect(on.decided() < expires_at, || format!("at {}, ended {expires_at}", on.decided()));
        }
    })
}

fn mailed_code_once() -> Rule {
    let mut open: HashMap<UserId, Vec<(MailedCodeId, Timestamp)>> = HashMap::new();
    rule(
        "mailed-code-once",
        "A mailed code is accepted at most once, before it ends, and none once another of its series was.",
        move |on, find| {
            if let Event::User(user, UserEvent::MailedCodeIssued { code, expires_at, .. }) = on.entry.event {
                let codes = open.entry(user).or_default();
                codes.push((code, expires_at));
                if codes.len() > MAILED_OPEN {
                    codes.remove(0);
                }
            }
            if let (Some(Spent::Mailed { code }), Some(user)) = (on.meaning.spends, on.meaning.subject) {
                let series = open.remove(&user).unwrap_or_default();
                let end = series.iter().find(|(known, _)| *known == code).map(|(_, end)| *end);
                find.expect(end.is_some_and(|end| on.decided() < end), || {
                    format!("{code} at {}, ends {end:?}", on.decided())
                });
            }
        },
    )
}

fn mailed_code_charged() -> Rule {
    rule("mailed-code-charged", "A wrong mailed code costs one of its series' five tries.", |on, find| {
        if let Event::User(_, UserEvent::MailedCodeRejected { tries_left, refusal, .. }) = on.entry.event {
            // One that was right but late is no guess.
            find.expect(tries_left < MAILED_TRIES || refusal == Refusal::Expired, || {
                format!("{tries_left} tries left")
            });
        }
    })
}

fn attempt_proved_once() -> Rule {
    let mut proved: HashMap<UserId, Vec<SignInId>> = HashMap::new();
    rule(
        "attempt-proved-once",
        "One attempt to sign in takes one second factor, and never another.",
        move |on, find| {
            let purpose = match on.meaning.spends {
                Some(Spent::Step { purpose, .. }) => purpose,
                Some(
                    Spent::Code { purpose, .. }
                    | Spent::Sms { purpose, .. }
                    | Spent::Challenge { purpose, .. }
                    | Spent::Grant { purpose, .. },
                ) => Some(purpose),
                Some(
                    Spent::Credential
                    | Spent::Link { .. }
                    | Spent::Mailed { .. }
                    | Spent::Ticket { .. }
                    | Spent::Message { .. },
                )
                | None => None,
            };
            let (Some(Purpose::SignIn(attempt)), Some(user)) = (purpose, on.meaning.subject) else { return };
            let lately = proved.entry(user).or_default();
            find.expect(!lately.contains(&attempt), || attempt.to_string());
            if lately.len() >= PROVED {
                lately.remove(0);
            }
            lately.push(attempt);
        },
    )
}

fn ticket_once() -> Rule {
    let mut open: HashMap<UserId, (TicketId, Timestamp)> = HashMap::new();
    rule(
        "ticket-once",
        "An enrolment ticket binds at most once, before it ends, and not after a newer one, too many wrong tries, or a deactivation ended it.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            match event {
                UserEvent::EnrolmentTicketIssued { ticket, expires_at, .. } => {
                    open.insert(*user, (*ticket, *expires_at));
                }
                UserEvent::EnrolmentTicketRejected { ticket, tries_left, .. } => {
                    let known = open.get(user).is_some_and(|(id, _)| id == ticket);
                    find.expect(known, || format!("{ticket} was not open"));
                    if *tries_left == 0 {
                        open.remove(user);
                    }
                }
                UserEvent::EnrolmentTicketUsed { ticket, .. } => {
                    let end = open.remove(user).filter(|(id, _)| id == ticket).map(|(_, end)| end);
                    find.expect(end.is_some_and(|end| on.decided() < end), || {
                        format!("{ticket} at {}, ends {end:?}", on.decided())
                    });
                }
                UserEvent::UserFrozen { .. }
                | UserEvent::UserDeactivated { .. }
                | UserEvent::PersonErased { .. } => {
                    open.remove(user);
                }
                _ => {}
            }
        },
    )
}

fn message_ends_once() -> Rule {
    let mut lately: HashMap<UserId, VecDeque<MessageId>> = HashMap::new();
    rule(
        "message-ends-once",
        "A message ends once: it went out, or it was given up, and no two of a person's last 256 are one.",
        move |on, find| {
            let (Some(Spent::Message { message }), Some(user)) = (on.meaning.spends, on.meaning.subject)
            else {
                return;
            };
            let ended = lately.entry(user).or_default();
            find.expect(!ended.contains(&message), || message.to_string());
            if ended.len() >= MESSAGES {
                ended.pop_front();
            }
            ended.push_back(message);
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{AGENT, ANA, History, case};
    use crate::time::Span;
    vec![
        case(
            "otp-step-once",
            |h| {
                h.town();
                h.enrol(ANA);
                h.sign_in(ANA);
            },
            |h| h.again("OtpAccepted"),
        ),
        case(
            "recovery-code-once",
            |h| {
                h.town();
                h.enrol(ANA);
                h.sign_in_by_code(ANA, 0);
            },
            |h| {
                h.sign_in_by_code(ANA, 0);
            },
        ),
        case(
            "codes-exhausted",
            |h| {
                h.town();
                h.enrol(ANA);
                h.sign_in_by_code(ANA, 0);
            },
            |h| {
                let set = h.codes(ANA);
                h.at_the_door(ANA, UserEvent::RecoveryCodesExhausted { set });
            },
        ),
        case("link-once", History::town, |h| h.again("LinkRedeemed")),
        case(
            "link-in-time",
            |h| {
                h.town();
                h.link(ANA);
            },
            |h| {
                h.wait(Span::days(8));
                let at = h.now();
                let link = h.link_of(ANA);
                h.at_the_door(ANA, UserEvent::LinkRedeemed { link, at });
            },
        ),
        case(
            "mailed-code-once",
            |h| {
                h.town();
                h.enrol(ANA);
            },
            |h| h.again("MailedCodeAccepted"),
        ),
        case(
            "mailed-code-charged",
            |h| {
                h.town();
                h.sign_in(ANA);
                h.begin_binding(ANA);
            },
            |h| {
                let code = h.mailed(ANA);
                h.person_act(
                    ANA,
                    UserEvent::MailedCodeRejected { code, refusal: Refusal::Wrong, tries_left: 5 },
                );
            },
        ),
        case(
            "attempt-proved-once",
            |h| {
                h.town();
                h.enrol(ANA);
                h.sign_in(ANA);
            },
            |h| {
                h.again("OtpAccepted");
                h.next_step();
            },
        ),
        case(
            "ticket-once",
            |h| {
                h.town();
                h.enrol_by_ticket(AGENT);
            },
            |h| h.again("EnrolmentTicketUsed"),
        ),
        case(
            "message-ends-once",
            |h| {
                h.town();
                h.message(ANA);
            },
            |h| h.again("MessageSent"),
        ),
    ]
}
