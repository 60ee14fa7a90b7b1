//! What there is to decide beside the policy, and how it stands there.

use twofold_domain::ids::StreamId;
use twofold_domain::owners::Owners;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, Profile};
use twofold_infra::acts::ActError;

use super::door::{Door, Me};
use super::refused::Refused;
use crate::pages::frame::When;
use crate::pages::governing::Place;

/// The ways from the policy to its neighbours that the reader may go.
pub(super) async fn of_policy(door: &Door, me: &Me) -> Result<Vec<Place>, Refused> {
    let (f, now) = (&door.frame, door.now());
    let guards = door.state.governance.guards(&owners(door).await?).len();
    let floors =
        AUDIENCES.into_iter().filter(|audience| door.state.demand(*audience).floor.is_some()).count();
    let profile = match chosen(door) {
        None => f.s("profile-none"),
        Some(profile) => {
            let rules = profile.findings(|audience| door.state.policy(audience, now), door.state.switch);
            let met = rules.iter().filter(|finding| finding.meets).count();
            format!("{}: {}", f.s(&title_of(profile)), f.vw("profile-meets", met, rules.len()))
        }
    };
    let first =
        AUDIENCES.into_iter().filter_map(|a| door.state.demand(a).scheduled(now)).map(|s| s.begins_at).min();
    let scheduled =
        first.map_or_else(|| f.s("schedule-none"), |at| f.v("schedule-first", When::from(at).day));
    let waiting = door.state.approvals.values().filter(|open| now < open.expires_at).count();
    let all = [
        (Deed::ReadAccount, "governance-title", "policy/governance", f.n("governance-guarded", guards)),
        (Deed::ReadAccount, "floor-title", "policy/floor", f.n("floor-set", floors)),
        (Deed::ReadAccount, "profile-title", "policy/profile", profile),
        (Deed::ReadAccount, "schedule-title", "policy/schedule", scheduled),
        (Deed::ReadStatus, "forecast-title", "policy/forecast", f.s("forecast-short")),
        (Deed::ReadApprovals, "approvals-title", "approvals", f.n("approvals-open", waiting)),
        (Deed::CloseAccount, "close-title", "close", f.s("close-short")),
    ];
    let may = |deed| door.state.lets(me.principal.role, deed);
    let places = all.into_iter().filter(|(deed, ..)| may(*deed));
    Ok(places.map(|(_, title, rest, state)| Place { title, href: door.path(rest), state }).collect())
}

/// Both audiences, in the order of every page.
pub(super) const AUDIENCES: [Audience; 2] = [Audience::Team, Audience::EndUsers];

/// The profile that the account holds itself to.
pub(super) fn chosen(door: &Door) -> Option<Profile> {
    door.state.profile.as_deref()?.parse().ok()
}

/// The key of a profile's name.
pub(super) fn title_of(profile: Profile) -> String {
    format!("profile-{}", profile.name())
}

/// Who owns the account, as their own streams say.
pub(super) async fn owners(door: &Door) -> Result<Owners, Refused> {
    let circle = door.app.circle(door.account).await?;
    let mut people = Vec::with_capacity(circle.owners.len());
    for user in circle.owners {
        let stream = StreamId::user(door.account, user);
        people.push(door.app.desk.log().users.load(stream).await.map_err(ActError::from)?.state);
    }
    Ok(Owners::among(people.iter().map(AsRef::as_ref)))
}
