//! `GET /v1/users/{user}/messages`: what became of the messages to somebody, and what waits.

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
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
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

/// Messages to somebody.
#[derive(Serialize, ToSchema)]
pub(super) struct Messages {
    /// Those that ended, the last one first.
    #[serde(flatten)]
    ended: Page<MessageShown>,
    /// Those that wait to be sent now, the last one first; on the first page. Of no past instant: what waits stands beside
    /// the log, and is deleted when it is sent or given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<Vec<MessageShown>>,
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
    /// The event that ended it.
    #[serde(skip)]
    ended_seq: u64,
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
            ended_seq: 0,
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
            ended_seq: row.ended_seq,
        }
    }
}

/// Messages to somebody by mail and SMS, each with what became of it, and what waits to be sent.
///
/// Everybody sees their own (`me`); staff see those of whom they may help. As of an event it says what had become of
/// messages by then; what waits, only of now.
#[utoipa::path(get, path = "/v1/users/{user}/messages", tag = "messages", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`."), Which),
    responses((status = 200, description = "One page.", body = Viewed<Messages>), Reading))]
pub(super) async fn messages(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    asked: AsOf<Which>,
) -> Result<Viewed<Messages>, Problem> {
    let which = &asked.rest;
    let before = which.cursor.as_ref().map(|cursor| cursor.open::<u64>(LIST)).transpose()?;
    if let Some(position) = which.min_position {
        app.caught_up(messages::NAME, session.credential.account(), position).await?;
    }
    let (deed, from) = (Deed::ReadDevices, [messages::NAME]);
    let (seen, me, id) = session.sees(&app, who, deed, Matter::Messages, &asked, &from).await?;
    seen.user(&app, id).await?;
    let waiting = match (seen.is_past(), before) {
        (false, None) => Some(app.store().outbox_of(me.account, id, WAITING).await?),
        // What ends between the two looks is in the second one at the earliest; it is missed, never doubled.
        _ => None,
    };
    let (views, rows) = (app.store().views(), which.limit.get() as u32 + 1);
    let ended = messages::messages_of(views, me.account, seen.position(), id, before, rows).await?;
    let ended = ended.into_iter().map(MessageShown::from).collect();
    Ok(seen.shows(Messages {
        ended: Page::cut(ended, which.limit, LIST, |message: &MessageShown| message.ended_seq)?,
        waiting: waiting.map(|all| all.into_iter().map(MessageShown::from).collect()),
    }))
}
