//! What there is to decide beside the policy, and how it stands there.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use twofold_domain::ids::{StreamId, UserId};
use twofold_domain::owners::Owners;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, Profile, Role};
use twofold_infra::acts::ActError;
use twofold_projections::overview;
use twofold_projections::status::{Population, report};

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
            let rules = profile.findings(|audience| door.state.policy(audience, now), door.state.switch, now);
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
    owners_among(door, circle.owners).await
}

async fn owners_among(door: &Door, ids: Vec<UserId>) -> Result<Owners, Refused> {
    let mut people = Vec::with_capacity(ids.len());
    for user in ids {
        let (users, stream) = (&door.app.desk.log().users, StreamId::user(door.account, user));
        let loaded = match door.then {
            Some(then) => users.load_as_of(stream, then.position()).await,
            None => users.load(stream).await,
        };
        people.push(loaded.map_err(ActError::from)?.state);
    }
    Ok(Owners::among(people.iter().map(AsRef::as_ref)))
}

/// How many people each role has, and who owns the account, as of the page: of now as they are counted anyway, of the
/// past one by one, as the status report does.
pub(super) struct Roster {
    people: BTreeMap<Role, u64>,
    /// Who owns the account.
    pub(super) owners: Owners,
}

impl Roster {
    pub(super) async fn of(door: &Door) -> Result<Self, Refused> {
        let views = door.app.store().views();
        let Some(then) = door.then else {
            door.caught_up(overview::NAME).await?;
            let seen = overview::overview(views, door.account).await.map_err(ActError::from)?;
            let people = seen.map(|seen| seen.people).unwrap_or_default();
            return Ok(Self { people, owners: owners(door).await? });
        };
        let as_of = then.as_of();
        let mut pages =
            std::pin::pin!(report::status_report(views, door.account, as_of, Population::Everyone));
        let (mut people, mut ids) = (BTreeMap::new(), vec![]);
        while let Some(page) = pages.next().await {
            for line in page.map_err(ActError::from)? {
                *people.entry(line.role).or_default() += 1;
                ids.extend(Some(line.user).filter(|_| line.role == Role::Owner));
            }
        }
        Ok(Self { people, owners: owners_among(door, ids).await? })
    }

    /// How many of such roles.
    pub(super) fn count(&self, meant: impl Fn(Role) -> bool) -> u64 {
        self.people.iter().filter(|(role, _)| meant(**role)).map(|(_, people)| *people).sum()
    }
}
