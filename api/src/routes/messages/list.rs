//! `GET /v1/users/{user}/messages`: what became of the messages to somebody.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::MessageId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::Matter;
use twofold_infra::store::DueMessage;
use twofold_projections::messages::{self, MessageRow};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::as_of::Viewed;
use crate::cursor::{Cursor, Limit, Page};
use crate::extract::{Path, Query};
use crate::problem::Problem;
use crate::routes::as_of::now;
use crate::routes::door::{Session, UserName};
use crate::routes::show::Instant;
use crate::routes::usual::Reading;

const LIST: &str = "messages";
/// Messages to one person that wait are shown on the first page, at most so many.
const WAITING: u32 = 50;

/// Which page, and what it must have seen.
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
    /// Wait until this position is visible.
    min_position: Option<u64>,
}

/// A message and what became of it. Neither what it said nor where it went is kept.
#[derive(Serialize, ToSchema)]
pub(super) struct MessageShown {
    /// The message; the receiver's copy names it, too (`Message-ID`, `webhook-id`).
    #[schema(value_type = String)]
    id: MessageId,
    /// `mail` or `sms`.
    channel: &'static str,
    /// What it is for: `code`, `link`, or `notice`.
    purpose: &'static str,
    /// The stable name of its words: `invitation`, `password-changed`, …
    letter: String,
    /// `queued`, `sent`, or `failed`.
    state: &'static str,
    /// How often it was tried.
    attempts: u16,
    /// When it was written.
    queued_at: Instant,
    /// When it went out, or was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Instant>,
    /// When it is tried next, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_try_at: Option<Instant>,
    /// Why it failed: `refused`, `unreachable`, `not_secure`, `expired`, `bad_address`, `no_transport`, `person_budget`,
    /// `account_budget`, `country_budget`, `unreadable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    /// What the next system answered last: an SMTP reply or an HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<u16>,
}

impl From<DueMessage> for MessageShown {
    fn from(row: DueMessage) -> Self {
        Self {
            id: row.id,
            channel: row.channel.name(),
            purpose: row.purpose.name(),
            letter: row.letter,
            state: "queued",
            attempts: u16::try_from(row.attempts).unwrap_or(u16::MAX),
            queued_at: row.queued_at.into(),
            ended_at: None,
            next_try_at: Some(row.due_at.into()),
            why: None,
            reply: None,
        }
    }
}

impl From<MessageRow> for MessageShown {
    fn from(row: MessageRow) -> Self {
        Self {
            id: row.message_id,
            channel: row.channel.name(),
            purpose: row.purpose.name(),
            letter: row.letter,
            state: if row.why.is_some() { "failed" } else { "sent" },
            attempts: row.attempts,
            queued_at: row.queued_at.into(),
            ended_at: Some(row.ended_at.into()),
            next_try_at: None,
            why: row.why.map(twofold_domain::delivery::Undelivered::name),
            reply: row.reply,
        }
    }
}

/// Messages to somebody by mail and SMS, newest first, each with what became of it.
///
/// Everybody sees their own (`me`); staff see those of whom they may help. What waits to be sent stands
/// before what ended.
#[utoipa::path(get, path = "/v1/users/{user}/messages", tag = "messages", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`."), Which),
    responses((status = 200, description = "One page.", body = Viewed<Page<MessageShown>>), Reading))]
pub(super) async fn messages(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Query(which): Query<Which>,
) -> Result<Viewed<Page<MessageShown>>, Problem> {
    let (me, id) = session.reads_of(&app, who, Deed::ReadDevices, Matter::Messages).await?;
    crate::routes::door::user(&app, me.account, id).await?;
    if let Some(position) = which.min_position {
        app.caught_up(messages::NAME, me.account, position).await?;
    }
    let seen = now(&app, me.account, &[messages::NAME]).await?;
    let before = which.cursor.as_ref().map(|cursor| cursor.open::<MessageId>(LIST)).transpose()?;
    let waiting = match before {
        Some(_) => vec![],
        // What ends between the two looks is in the second one at the earliest; it is missed, never doubled.
        None => app.store().outbox_of(me.account, id, WAITING).await?,
    };
    let rows = which.limit.get() as u32 + 1;
    let ended = messages::messages_of(app.store().views(), me.account, id, before, rows).await?;
    let mut page = Page::cut(
        ended.into_iter().map(MessageShown::from).collect(),
        which.limit,
        LIST,
        |message: &MessageShown| message.id,
    )?;
    page.items.splice(0..0, waiting.into_iter().map(MessageShown::from));
    Ok(seen.shows(page))
}
