//! Ways back in for people who lost their second factor, and the cases that they are.

mod cases;
mod door;
mod grant;
mod own;
mod redeem;
mod stop;

use axum::http::StatusCode;
use serde::Serialize;
use twofold_domain::ids::RecoveryId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::sign_in::Pleaded;
use twofold_domain::time::Timestamp;
use twofold_infra::acts::AskedBack;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::change::Answer;
use super::guard::{Guard, Routes};
use super::show::Instant;
use crate::problem::{Problem, kinds};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(Guard::act(Deed::ReadRecoveries), routes!(cases::list))
        .route(Guard::act(Deed::ReadRecoveries), routes!(cases::one))
        .route(Guard::upon(Deed::GrantRecovery), routes!(grant::grant))
        .route(Guard::own_or_upon(Deed::EndOwn, Deed::StopRecovery), routes!(stop::stop))
        .route(Guard::Link, routes!(redeem::redeem))
        .route(Guard::DeviceToken, routes!(door::request))
        .route(Guard::DeviceToken, routes!(door::confirm))
        .route(Guard::act(Deed::RecoverOwn), routes!(own::request))
        .route(Guard::act(Deed::RecoverOwn), routes!(own::confirm))
}

/// What asking for a way back in came to.
#[derive(Serialize, Clone, Copy, ToSchema)]
pub(super) struct WayBack {
    /// The case.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<RecoveryId>,
    /// Until when the code that was mailed is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    code_until: Option<Instant>,
    /// From when the second factor is reset, unless somebody objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<Instant>,
}

/// 202: a code was mailed, or the wait began. What was wrong was charged, or is on record.
fn answer(asked: &AskedBack, now: Timestamp) -> Result<Answer<WayBack>, Problem> {
    let (code_until, due_at) = match asked.came_to {
        Pleaded::Mailed => (Some(Instant(asked.code_until)), None),
        Pleaded::Waits(from) => (None, Some(Instant(from))),
        Pleaded::Refused(why) => {
            return Err(Problem::of_refusal(kinds::PROOF_REJECTED_HERE, why, "/mailed_code", now));
        }
        Pleaded::Doubted(why, until) => return Err(Problem::recovery_refused(why, Some(until), now)),
    };
    let body = WayBack { case: asked.recovery, code_until, due_at };
    Ok(Answer { status: StatusCode::ACCEPTED, etag: None, location: None, body: Ok(body) })
}
