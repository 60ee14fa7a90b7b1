//! `GET /v1/users`: the people of an account.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::{AccountId, GroupId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::reading::{Matter, Question};
use twofold_domain::sealed::{Email, PersonName};
use twofold_domain::status::{Rule, Standing};
use twofold_domain::time::Timestamp;
use twofold_projections::audit::{self, names};
use twofold_projections::status::{self, person, report};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::as_of::Viewed;
use crate::cursor::{Cursor, Limit, Page};
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
use crate::routes::reader::Reader;
use crate::routes::show::{Instant, open_bytes};
use crate::routes::usual::Reading;

const LIST: &str = "users";

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Where the list goes on.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
    /// Rows of a page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    limit: Limit,
    /// Only people of this group.
    #[param(value_type = Option<String>)]
    group: Option<GroupId>,
    /// Wait until this position is visible.
    min_position: Option<u64>,
}

/// A person as the list shows them.
#[derive(Serialize, ToSchema)]
pub(super) struct Listed {
    /// Who.
    #[schema(value_type = String)]
    id: UserId,
    /// Their role.
    #[schema(value_type = String)]
    role: Role,
    /// Their name; absent once they were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Their address; absent once they were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Where they stand; absent once they were erased.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<Standing>,
    /// The rule that puts them there.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<Rule>,
    /// Groups that they are in.
    #[schema(value_type = Vec<String>)]
    groups: Vec<GroupId>,
    /// Whether they were erased.
    erased: bool,
    /// When they were erased, by now: of an earlier event, too, nothing is left to call them by.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    erased_since: Option<Instant>,
}

/// Who of these people was erased by now, and when. Nobody is asked for who still has a name.
pub(crate) async fn erased_by_now(
    app: &App,
    account: AccountId,
    people: &[UserId],
) -> Result<BTreeMap<UserId, Timestamp>, Problem> {
    if people.is_empty() {
        return Ok(BTreeMap::new());
    }
    app.caught_up(status::NAME, account, app.position(account).await?).await?;
    let rows = report::names_of(app.store().views(), account, people).await?;
    Ok(rows.into_iter().filter_map(|(user, row)| Some((user, row.erased_at?))).collect())
}

/// The people of the account, in the order of their ids.
///
/// As of an event with the names and addresses that they bore then; who was erased since has none.
#[utoipa::path(get, path = "/v1/users", tag = "people", security(("bearer" = []), ("password" = [])), params(Which),
    responses((status = 200, description = "One page.", body = Viewed<Page<Listed>>), Reading))]
pub(super) async fn list(
    State(app): State<App>,
    reader: Reader,
    asked: AsOf<Which>,
) -> Result<Viewed<Page<Listed>>, Problem> {
    let which = &asked.rest;
    let me = reader.may(&app, Deed::ReadPeople).await?;
    let after = match &which.cursor {
        Some(cursor) => cursor.open::<UserId>(LIST)?,
        None => UserId::from_uuid(uuid::Uuid::nil()),
    };
    if let Some(position) = which.min_position {
        app.caught_up(status::NAME, me.account, position).await?;
    }
    let question = Question::of(Matter::People).narrowed("group", which.group);
    let record = async |at| reader.is_shown(&app, &me, question.as_of(at)).await;
    let at = asked.shown(&app, me.account, &[status::NAME, audit::NAME], record).await?;
    let (views, position, limit) = (app.store().views(), at.position(), which.limit.get() as u32 + 1);
    let rows = person::people_as_of(views, me.account, position, after, which.group, limit).await?;
    let last = rows.last().map_or(after, |last| last.user_id);
    let mut called = names::as_of(views, me.account, after, last, position).await?;
    let account = at.account(&app).await?.state;
    let posture = report::posture_at(views, me.account, position).await?;
    let mut people = Vec::with_capacity(rows.len());
    for user in rows {
        let line = posture.as_ref().and_then(|posture| report::line(posture, &user, None, &[], at.instant()));
        let (name, email) =
            called.remove(&user.user_id).map_or((None, None), |borne| (borne.name, borne.email));
        people.push(Listed {
            id: user.user_id,
            role: user.role,
            name: open_bytes::<PersonName>(&app, me.account, user.user_id, name).await?,
            email: open_bytes::<Email>(&app, me.account, user.user_id, email).await?,
            state: line.as_ref().map(|line| line.state),
            rule: line.as_ref().map(|line| line.rule),
            groups: user.groups.iter().copied().filter(|group| account.groups.contains_key(group)).collect(),
            erased: user.erased,
            erased_since: None,
        });
    }
    let nameless = people.iter().filter(|person| person.name.is_none()).map(|person| person.id);
    let erased = erased_by_now(&app, me.account, &nameless.collect::<Vec<_>>()).await?;
    for person in &mut people {
        person.erased_since = erased.get(&person.id).copied().map(Instant::from);
    }
    Ok(at.shows(Page::cut(people, which.limit, LIST, |row| row.id)?))
}
