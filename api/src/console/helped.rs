//! Where somebody stands with their second factor, and what the reader can do about it: part of their page.

use twofold_domain::ids::{RecoveryId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::sign_in::Obstacle;
use twofold_domain::status::stands;
use twofold_domain::user::{AddressStanding, User, UserEvent};
use twofold_infra::acts::back_goes_to;
use twofold_projections::audit::{self, Entry};

use super::door::{Door, Me, with_query};
use super::names::Names;
use super::refused::Refused;
use super::{recovery, telling, words};
use crate::obstacles::{in_the_way, newest};
use crate::pages::frame::When;
use crate::pages::help::{Exempt, Help, InTheWay, RunningGrant, Stop, Waiting};

/// All of it.
pub(super) async fn help(
    door: &Door,
    me: &Me,
    user: UserId,
    person: &User,
    role: Role,
) -> Result<Help, Refused> {
    let (f, now) = (&door.frame, door.now());
    // In the past nothing is done.
    let may = |deed| !door.is_past() && door.state.lets(me.principal.role, deed);
    let (state, reason) = stands(&door.state, person, role, now);
    let enrolled = person.enrolled_at(door.state.generation, now).is_some();
    let path = |act: &str| door.path(&format!("people/{user}/{act}"));
    let upon = |deed| may(deed) && user != me.principal.user && !person.deactivated;
    let exempts = upon(Deed::Exempt(role));
    let exemption = person.exempt(now).map(|exemption| Exempt {
        id: exemption.exemption.to_string(),
        until: When::from(exemption.until),
        end: if exempts { path("exempt/end") } else { String::new() },
    });
    let tickets = upon(Deed::IssueTicket(role)) && !person.help_waits(now) && !enrolled;
    let resets = upon(Deed::ResetFactor(role)) && enrolled && person.waiting_reset.is_none();
    let (freezes, frozen) = (upon(Deed::Freeze(role)), person.frozen.is_some());
    let (exempts, tickets) = (exempts && !frozen, tickets && !frozen);
    let vouches = freezes && person.way_back(now).is_none();
    let grants = upon(Deed::GrantRecovery(role)) && enrolled && !frozen;
    let hands = may(Deed::ManageStock) && may(Deed::AssignToken(role)) && !person.deactivated;
    let others = user != me.principal.user && !person.outranked(me.principal.role, now);
    let stops = (may(Deed::StopRecovery(role)) && others).then(|| may(Deed::ReadRecoveries));
    let stop = |case: RecoveryId| {
        stops.filter(|_| person.can_stop(case, now)).map(|sees| Stop {
            action: recovery::stop_path(door, user),
            case: case.to_string(),
            href: if sees { door.path(&format!("recovery/{case}")) } else { String::new() },
        })
    };
    let ways = [
        (upon(Deed::Unlock(role)) && person.locked_out(), "unlock", "help-unlock", false),
        (grants, "grant", "help-grant", false),
        (tickets, "ticket", "help-ticket", false),
        (exempts, "exempt", "help-exempt", false),
        (vouches && frozen, "unfreeze", "unfreeze-somebody", false),
        (resets, "reset", "help-reset", true),
        (freezes && !frozen, "freeze", "freeze-somebody", true),
    ];
    let asked = door.state.approvals.values().filter(|open| now < open.expires_at);
    let asked = asked.filter(|open| open.act.subject() == Some(user));
    let reads = door.state.lets(me.principal.role, Deed::ReadApprovals);
    Ok(Help {
        state: words::standing(state),
        why: f.s(words::rule(reason)),
        obstacles: obstacles(door, me, user, person).await?,
        waiting: waiting(door, user, person, &stop).await?,
        grant: person.running_grant(now).map(|grant| RunningGrant {
            until: When::from(grant.expires_at),
            unseen: grant.code.is_none(),
            stop: stop(grant.recovery),
        }),
        tokens: tokens(door, user, person).await?,
        withdraw: if may(Deed::AssignToken(role)) { path("tokens/withdraw") } else { String::new() },
        frozen: person.frozen.as_ref().map(|frozen| When::from(frozen.since)),
        opens: person.way_back(now).map(|way| When::from(way.from)),
        back: match person.frozen {
            Some(_) => goes(door, person).await?,
            None => vec![],
        },
        exemption,
        ticket: person.open_ticket(now).map(|ticket| When::from(ticket.expires_at)),
        asked: asked.filter(|_| reads).map(|open| telling::of_act(f, &open.act)).collect(),
        approvals: if reads { door.path("approvals") } else { String::new() },
        ways: ways
            .into_iter()
            .filter(|(can, ..)| *can)
            .map(|(_, act, key, ends)| (path(act), key, ends))
            .chain(hands.then(|| (handing(door, user), "help-hand-token", false)))
            .collect(),
    })
}

/// Where the way back to a frozen sign-in goes, and what there is to look at before somebody vouches for it.
pub(super) async fn goes(door: &Door, person: &User) -> Result<Vec<String>, Refused> {
    let (f, now) = (&door.frame, door.now());
    let goes_to = back_goes_to(door.app.desk.vault(), door.account, person, now).await?;
    let mut lines = vec![];
    if !goes_to.is_empty() {
        lines.push(f.v("frozen-goes-to", goes_to));
    }
    if let Some(at) = person.address_changed_at() {
        lines.push(f.v("frozen-address-changed", When::from(at).plain));
    }
    if person.standing(now) == AddressStanding::Disputed {
        lines.push(f.s("frozen-disputed"));
    }
    Ok(lines)
}

/// Where a hardware token is handed to them.
fn handing(door: &Door, user: UserId) -> String {
    with_query(&door.path("people/tokens/assign"), [("to", user.to_string().as_str())])
}

/// The hardware tokens that they were handed and have not bound.
async fn tokens(door: &Door, user: UserId, person: &User) -> Result<Vec<(String, String)>, Refused> {
    let mut handed = vec![];
    for (token, begun) in &person.assigned {
        let Some(stock) = &begun.stock else { continue };
        let serial = door.app.desk.vault().unseal(door.account, user, &stock.serial).await?;
        handed.extend(serial.map(|serial| (serial.as_str().to_owned(), token.to_string())));
    }
    Ok(handed)
}

async fn obstacles(door: &Door, me: &Me, user: UserId, person: &User) -> Result<Vec<InTheWay>, Refused> {
    let f = &door.frame;
    let reads = door.state.lets(me.principal.role, Deed::ReadAudit);
    let seen = door.stands(&[audit::NAME]).await?;
    let found = in_the_way(&door.app, &seen, &door.state, user, person).await?;
    let shown = found.into_iter().map(|found| {
        let event = found.set_by.map(|entry| {
            let number = entry.row.account_seq;
            let href = with_query(&door.path("log"), [("event", number.to_string().as_str())]);
            let words = f.s(&telling::key(&entry.row.event_type));
            (words, number, When::from(entry.row.recorded_at), if reads { href } else { String::new() })
        });
        let rule = key(found.obstacle);
        InTheWay { rule: f.s(&rule), fix: f.s(&format!("{rule}-fix")), event }
    });
    Ok(shown.collect())
}

fn key(obstacle: Obstacle) -> String {
    format!("obstacle-{}", obstacle.name().replace('_', "-"))
}

/// The reset that waits, with who asked for it: the log has that.
async fn waiting(
    door: &Door,
    user: UserId,
    person: &User,
    stop: &impl Fn(RecoveryId) -> Option<Stop>,
) -> Result<Option<Waiting>, Refused> {
    let Some(waiting) = person.waiting_reset else { return Ok(None) };
    let seen = door.stands(&[audit::NAME]).await?;
    let event = newest(&door.app, &seen, "TwoFactorResetScheduled", Some(user)).await?;
    let actor = event.as_ref().and_then(|event| event.row.actor.as_deref()?.parse::<UserId>().ok());
    let by = match actor {
        Some(actor) => Names::default().of(door, actor).await?.shown(door),
        // At the door nobody is signed in.
        None => door.frame.s("recovery-themselves"),
    };
    let reason = match event.as_ref().and_then(reason) {
        Some(sealed) => door.app.desk.vault().unseal(door.account, user, &sealed).await?,
        None => None,
    };
    Ok(Some(Waiting {
        by,
        since: When::from(waiting.since),
        due: When::from(waiting.due_at),
        reason: reason.map_or_else(String::new, |text| text.as_str().to_owned()),
        stop: waiting.recovery.and_then(stop),
    }))
}

fn reason(entry: &Entry) -> Option<twofold_domain::sealed::Sealed<twofold_domain::sealed::Reason>> {
    match telling::read::<UserEvent>(entry)? {
        UserEvent::TwoFactorResetScheduled { reason, .. } => reason,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Language;

    #[test]
    fn every_obstacle_has_words_and_a_way_out_in_every_language() {
        for language in Language::ALL {
            for obstacle in Obstacle::all() {
                for key in [key(obstacle), format!("{}-fix", key(obstacle))] {
                    assert_ne!(language.say(&key), key, "{}", language.tag());
                }
            }
        }
    }
}
