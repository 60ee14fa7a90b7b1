//! `GET /v1/users`: the people of an account.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::{GroupId, StreamId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::reading::{Matter, Question};
use twofold_domain::sealed::{Email, PersonName};
use twofold_domain::status::{Rule, Standing};
use twofold_projections::status::{self, person, report};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::cursor::{Cursor, Limit, Page};
use crate::extract::{Json, Query};
use crate::problem::Problem;
use crate::routes::reader::Reader;
use crate::routes::show::open_bytes;
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
}

/// The people of the account, in the order of their ids.
#[utoipa::path(get, path = "/v1/users", tag = "people", security(("bearer" = []), ("password" = [])), params(Which),
    responses((status = 200, description = "One page.", body = Page<Listed>), Reading))]
pub(super) async fn list(
    State(app): State<App>,
    reader: Reader,
    Query(which): Query<Which>,
) -> Result<Json<Page<Listed>>, Problem> {
    let me = reader
        .reads(&app, Deed::ReadPeople, Question::of(Matter::People).narrowed("group", which.group))
        .await?;
    let after = match &which.cursor {
        Some(cursor) => cursor.open::<UserId>(LIST)?,
        None => UserId::from_uuid(uuid::Uuid::nil()),
    };
    if let Some(position) = which.min_position {
        app.caught_up(status::NAME, me.account, position).await?;
    }
    let views = app.store().views();
    let rows = person::people(views, me.account, after, which.group, which.limit.get() as u32 + 1).await?;
    let account = app.desk.log().accounts.load(StreamId::account(me.account)).await?.state;
    let posture = report::posture_at(views, me.account, i64::MAX as u64).await?;
    let now = app.now_of(me.account);
    let mut people = Vec::with_capacity(rows.len());
    for (user, person) in rows {
        let line = posture.as_ref().and_then(|posture| report::line(posture, &user, None, &[], now));
        people.push(Listed {
            id: user.user_id,
            role: user.role,
            name: open_bytes::<PersonName>(&app, me.account, user.user_id, person.name).await?,
            email: open_bytes::<Email>(&app, me.account, user.user_id, person.email).await?,
            state: line.as_ref().map(|line| line.state),
            rule: line.as_ref().map(|line| line.rule),
            groups: user.groups.iter().copied().filter(|group| account.groups.contains_key(group)).collect(),
            erased: user.erased,
        });
    }
    Ok(Json(Page::cut(people, which.limit, LIST, |row| row.id)?))
}
