//! The people of the account: who they are, where they stand, and how to find one of them; and all that as it was.

use axum::response::Response;
use serde::Deserialize;
use twofold_domain::account::Account;
use twofold_domain::ids::{GroupId, UserId};
use twofold_domain::permission::{Act as Deed, Need, need};
use twofold_domain::policy::Role;
use twofold_domain::reading::{Matter, Question};
use twofold_domain::status::Standing;
use twofold_infra::acts::{ActError, Look};
use twofold_projections::audit::{self, names as names_then};
use twofold_projections::status::{self, Line, StatusRow, person, report};

use super::door::{Door, Me, with_query};
use super::names::{self, Called};
use super::refused::Refused;
use super::then::{AsOf, linked, onward};
use super::words;
use crate::cursor::Cursor;
use crate::pages::frame::Section;
use crate::pages::people::{Choice, People, PersonRow};
use crate::pages::render;

/// People on a page.
const ROWS: usize = 50;
/// People looked at in one go.
const BATCH: u32 = 500;
/// The cursor's list.
const LIST: &str = "console/people";
/// Each role, as it is offered to whoever may give it.
pub(super) const ROLES: [Role; 5] = [Role::EndUser, Role::Agent, Role::Auditor, Role::Admin, Role::Owner];

/// Which of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    q: Option<String>,
    role: Option<Role>,
    state: Option<Standing>,
    group: Option<GroupId>,
    after: Option<Cursor>,
    #[serde(rename = "said")]
    _said: Option<String>,
}

impl Asked {
    /// Whether somebody is asked for, their name and address aside.
    fn wants(&self, line: &Line) -> bool {
        self.role.is_none_or(|role| role == line.role) && self.state.is_none_or(|state| state == line.state)
    }

    fn is_any(&self) -> bool {
        self.q.is_some() || self.role.is_some() || self.state.is_some() || self.group.is_some()
    }

    /// The question, for links and forms.
    fn pairs(&self) -> [(&'static str, String); 4] {
        [
            ("q", self.q.clone().unwrap_or_default()),
            ("role", self.role.map_or("", Role::name).to_owned()),
            ("state", self.state.map_or("", <&str>::from).to_owned()),
            ("group", self.group.map(|group| group.to_string()).unwrap_or_default()),
        ]
    }
}

/// A page of them.
pub(super) async fn list(
    mut door: Door,
    AsOf { typed, rest: asked }: AsOf<Asked>,
) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadPeople).await?;
    door.caught_up(status::NAME).await?;
    door.caught_up(audit::NAME).await?;
    let then = door.look_back(&typed, &door.path("people")).await?;
    let pairs = asked.pairs();
    let then = then.keeping(pairs.iter().map(|(name, value)| (*name, value.as_str())));
    let words = asked.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
    let question = Question::of(Matter::People)
        .narrowed("role", asked.role.map(Role::name))
        .narrowed("state", asked.state.map(<&str>::from))
        .narrowed("group", asked.group)
        .as_of(door.asked_at());
    door.shows(&me, Look::from(question).searching(words)).await?;
    door.frame = door.frame.clone().section(Section::People);
    let mut after = match &asked.after {
        Some(cursor) => cursor.open::<UserId>(LIST)?,
        None => UserId::from_uuid(uuid::Uuid::nil()),
    };
    let wanted = asked.q.as_deref().unwrap_or_default().trim().to_lowercase();
    let (views, now, position) = (door.app.store().views(), door.now(), door.position());
    let posture = report::posture_at(views, door.account, position).await.map_err(ActError::from)?;
    let posture = posture.ok_or(ActError::UnknownAccount)?;
    let mut rows: Vec<(UserId, PersonRow)> = Vec::new();
    'batches: loop {
        let batch = person::people_as_of(views, door.account, position, after, asked.group, BATCH).await;
        let batch = batch.map_err(ActError::from)?;
        let Some(end) = batch.last().map(|user| user.user_id) else { break };
        let called = names_then::as_of(views, door.account, after, end, position).await;
        let mut called = called.map_err(ActError::from)?;
        let last = batch.len() < BATCH as usize;
        for user in batch {
            after = user.user_id;
            let line = report::line(&posture, &user, None, &[], now);
            let Some(line) = line.filter(|line| asked.wants(line)) else { continue };
            let called = names::of_borne(&door, called.remove(&user.user_id)).await?;
            let matches = |text: &str| text.to_lowercase().contains(&wanted);
            if wanted.is_empty() || matches(&called.name) || matches(&called.email) {
                let called = called.or_erased(&door, line.user).await?;
                rows.push((line.user, row(&door, &me, (&user, &line), &called, &then.onward())));
            }
            if rows.len() > ROWS {
                break 'batches;
            }
        }
        if last {
            break;
        }
    }
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let next = match rows.last() {
        Some((last, _)) if more => {
            let [q, role, state, group] = pairs;
            let after = ("after", Cursor::seal(LIST, last)?.to_string());
            onward(&door, "people", [q, role, state, group, after], &then)
        }
        _ => String::new(),
    };
    Ok(render(&People {
        query: asked.q.clone().unwrap_or_default(),
        roles: roles(&door, asked.role),
        states: states(&door, asked.state),
        groups: groups(&door.state, asked.group),
        filtered: asked.is_any(),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        next,
        invite: door.offer(ROLES.into_iter().any(|role| may(&me, Deed::Register(role))), "people/invite"),
        import: door.offer(may(&me, Deed::ImportPeople), "people/import"),
        all_groups: linked(&then, &door.path("people/groups")),
        stock: door.offer(may(&me, Deed::ManageStock), "people/tokens"),
        then,
        f: door.frame.clone(),
    }))
}

/// Whether somebody may ever do this, with whatever it takes besides.
pub(super) fn may(me: &Me, deed: Deed) -> bool {
    need(me.principal.role, deed) != Need::Never
}

fn roles(door: &Door, chosen: Option<Role>) -> Vec<Choice> {
    let choice = |role: Role| Choice {
        value: role.name().to_owned(),
        text: door.frame.role(role.name()),
        chosen: chosen == Some(role),
    };
    Role::ALL.into_iter().map(choice).collect()
}

fn states(door: &Door, chosen: Option<Standing>) -> Vec<Choice> {
    let choice = |state: Standing| Choice {
        value: <&str>::from(state).to_owned(),
        text: door.frame.s(words::standing(state).key),
        chosen: chosen == Some(state),
    };
    words::STANDINGS.into_iter().map(choice).collect()
}

/// The groups of an account by name.
pub(super) fn by_name(account: &Account) -> Vec<(GroupId, &str)> {
    let mut groups: Vec<_> = account.groups.iter().map(|(id, name)| (*id, name.as_str())).collect();
    groups.sort_by_cached_key(|(_, name)| name.to_lowercase());
    groups
}

fn groups(account: &Account, chosen: Option<GroupId>) -> Vec<Choice> {
    let choice = |(id, name): (GroupId, &str)| Choice {
        value: id.to_string(),
        text: name.to_owned(),
        chosen: chosen == Some(id),
    };
    by_name(account).into_iter().map(choice).collect()
}

fn row(
    door: &Door,
    me: &Me,
    (user, line): (&StatusRow, &Line),
    called: &Called,
    onward: &[(&'static str, String)],
) -> PersonRow {
    let (own, now) = (line.user == me.principal.user, !door.is_past());
    let path = |act: &str| door.path(&format!("people/{}/{act}", line.user));
    let reset = now && !own && !line.factors.is_empty() && may(me, Deed::ResetFactor(line.role));
    let unlock = now && line.state == Standing::Locked && may(me, Deed::Unlock(line.role));
    let manage = door.path(&format!("people/{}", line.user));
    let mut groups: Vec<&str> =
        user.groups.iter().filter_map(|group| door.state.groups.get(group)).map(String::as_str).collect();
    groups.sort_unstable();
    PersonRow {
        name: called.shown(door),
        email: called.email.clone(),
        role: line.role.name(),
        state: words::standing_of(line),
        why: door.frame.s(words::rule(line.rule)),
        groups: groups.join(", "),
        manage: with_query(&manage, onward.iter().map(|(name, value)| (*name, value.as_str()))),
        href: if may(me, Deed::ReadAudit) {
            with_query(&door.path("log"), [("subject", called.email.as_str())])
        } else {
            String::new()
        },
        reset: if reset { path("reset") } else { String::new() },
        unlock: if unlock { path("unlock") } else { String::new() },
    }
}
