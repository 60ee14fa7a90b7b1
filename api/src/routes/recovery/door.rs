//! `POST /v1/sign-ins/{sign_in}/recovery`, `…/confirm`: the password is right, and the second factor lost.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::ids::SignInId;
use twofold_infra::acts::{ConfirmWayBack, RequestWayBack, Way};
use twofold_infra::verify::code::MailedCode;
use utoipa::ToSchema;

use super::{WayBack, answer};
use crate::app::App;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::routes::change::{Empty, Placed};
use crate::routes::door::{ThisDevice, Visitor, of_device};
use crate::routes::show::{Secret, invalid};
use crate::routes::usual::Entering;

/// The code that was mailed.
#[derive(Deserialize, ToSchema)]
#[schema(as = RecoveryCodeMailed)]
#[serde(deny_unknown_fields)]
pub(super) struct Mailed {
    /// Eight digits; spaces and hyphens are passed over.
    mailed_code: Secret,
}

impl Mailed {
    pub(super) fn code(&self) -> Result<MailedCode, Problem> {
        MailedCode::parse(self.mailed_code.expose()).map_err(|why| invalid("/mailed_code", &why))
    }
}

/// I lost my second factor.
///
/// For end users and owners, whose sign-in waits for its second factor: a code goes to the address that recovery
/// uses. Members of the team are helped by an owner or an admin (`ask_your_team`). Code `recovery_refused` within
/// 72 hours of a password reset by mail or a change of address; that it was asked for is on record.
#[utoipa::path(post, path = "/v1/sign-ins/{sign_in}/recovery", tag = "recovery", operation_id = "request_recovery",
    params(("sign_in" = String, Path, description = "`sin_…`"),
        ("Twofold-Device" = String, Header, description = "The device token of the challenge.")),
    request_body = Empty,
    responses((status = 202, description = "A code was mailed.", body = Placed<WayBack>), Entering))]
pub(super) async fn request(
    State(app): State<App>,
    Visitor(context): Visitor,
    ThisDevice(device): ThisDevice,
    Path(sign_in): Path<SignInId>,
    _nothing: Json<Empty>,
) -> Result<Response, Problem> {
    let way = Way::Door { device, sign_in };
    let account = way.account();
    let circle = app.circle(account).await?;
    let act = RequestWayBack { way, password: None, circle };
    let done = app.perform(account, context, act).await.map_err(of_device)?;
    Ok(answer(&done.reply, app.now_of(account))?.at(done.position))
}

/// Show the code that was mailed.
///
/// The wait begins: 72 hours; for an owner beside other owners seven days. Everybody concerned is told, and any
/// use of the second factor, the person's word, or for an owner any owner's or admin's word, ends it. When it is
/// over, sign in with the password and bind another factor. A wrong code is charged.
#[utoipa::path(post, path = "/v1/sign-ins/{sign_in}/recovery/confirm", tag = "recovery",
    operation_id = "confirm_recovery",
    params(("sign_in" = String, Path, description = "`sin_…`"),
        ("Twofold-Device" = String, Header, description = "The device token of the challenge.")),
    request_body = Mailed,
    responses((status = 202, description = "The wait began.", body = Placed<WayBack>), Entering))]
pub(super) async fn confirm(
    State(app): State<App>,
    Visitor(context): Visitor,
    ThisDevice(device): ThisDevice,
    Path(sign_in): Path<SignInId>,
    Json(body): Json<Mailed>,
) -> Result<Response, Problem> {
    let way = Way::Door { device, sign_in };
    let account = way.account();
    let circle = app.circle(account).await?;
    let act = ConfirmWayBack { way, code: body.code()?.into(), circle };
    let done = app.perform(account, context, act).await.map_err(of_device)?;
    Ok(answer(&done.reply, app.now_of(account))?.at(done.position))
}
