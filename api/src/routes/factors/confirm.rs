//! `POST /v1/users/me/factors/{factor}/confirm`: prove the factor that is being bound.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use twofold_domain::ids::FactorId;
use twofold_infra::acts::{Beside, ConfirmFactor, Confirmation, ShownFirst};
use twofold_infra::verify::EnrolmentTicket;
use twofold_infra::verify::code::{MailedCode, OtpCode};
use twofold_infra::verify::webauthn::Attestation;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::{Json, Path};
use crate::problem::{Problem, kinds};
use crate::routes::change::{Answer, Placed};
use crate::routes::door::Session;
use crate::routes::show::{Granted, Secret, invalid};
use crate::routes::usual::Changing;

/// What proves the binding.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Codes {
    /// A code of the new factor: 6 to 8 digits; spaces and hyphens are passed over. A token that counts presses and went
    /// out of step is found by two codes in a row, one behind the other in this field.
    #[schema(example = "123456")]
    otp: Option<Secret>,
    /// Of a number: the code that was sent to it.
    sms_code: Option<Secret>,
    /// Of a security key or passkey: what `navigator.credentials.create()` made, as its `toJSON()` writes it.
    #[schema(value_type = Option<Object>)]
    credential: Option<Value>,
    /// The code that was mailed; for a first factor only.
    #[schema(example = "1234 5678")]
    mailed_code: Option<Secret>,
    /// An enrolment ticket, in place of the mailed code.
    #[schema(example = "ABCD-EFGH-JKMN-PQRS")]
    ticket: Option<Secret>,
}

/// A factor that became active.
#[derive(Serialize, ToSchema)]
pub(super) struct Bound {
    /// The session goes on, raised, under this new token; every other session of yours ended if this was the
    /// first factor.
    session: Granted,
    /// Ten codes for the day when the factor is lost. Shown now and never again; empty for a further factor.
    recovery_codes: Vec<Secret>,
}

impl Codes {
    /// What the binding is confirmed with, and where in the body it stands.
    fn first(&self) -> Result<(ShownFirst, &'static str), Problem> {
        let code = |text: &Secret, pointer| {
            let code = OtpCode::parse(text.expose()).map_err(|why| invalid(pointer, &why))?;
            Ok((ShownFirst::Otp(code.into()), pointer))
        };
        match (&self.otp, &self.sms_code, &self.credential) {
            (Some(text), None, None) => code(text, "/otp"),
            (None, Some(text), None) => code(text, "/sms_code"),
            (None, None, Some(credential)) => {
                let made = Attestation::parse(credential).map_err(|why| invalid("/credential", &why))?;
                Ok((ShownFirst::Key(made.into()), "/credential"))
            }
            (None, None, None) => Err(one("/otp", "missing_field")),
            (Some(_), Some(_), _) => Err(one("/sms_code", "unexpected_field")),
            (.., Some(_)) => Err(one("/credential", "unexpected_field")),
        }
    }
}

/// Confirm a factor.
///
/// Nothing is active before every code is right. Code `proof_rejected` (422) names the one that was not; it is
/// charged, and the other was not looked at or not spent.
#[utoipa::path(post, path = "/v1/users/me/factors/{factor}/confirm", tag = "factors",
    security(("bearer" = [])),
    params(("factor" = String, Path, description = "`fac_…`")), request_body = Codes,
    responses((status = 200, description = "The factor is active.", body = Placed<Bound>), Changing))]
pub(super) async fn confirm(
    State(app): State<App>,
    session: Session,
    Path(factor): Path<FactorId>,
    Json(body): Json<Codes>,
) -> Result<Response, Problem> {
    let (shown, pointer) = body.first()?;
    let mailed = body.mailed_code.map(|text| MailedCode::parse(text.expose())).transpose();
    let mailed = mailed.map_err(|why| invalid("/mailed_code", &why))?;
    let ticket = body.ticket.map(|text| EnrolmentTicket::parse(text.expose())).transpose();
    let ticket = ticket.map_err(|why| invalid("/ticket", &why))?;
    // Whoever shows both has the ticket weighed, and nothing else.
    let warrant = ticket.map(|ticket| Beside::Ticket(ticket.into()));
    let warrant = warrant.or(mailed.map(|code| Beside::Mailed(code.into())));
    let account = session.credential.account();
    let credential = session.credential;
    let act = ConfirmFactor { credential, factor, shown, warrant };
    let done = app.perform(account, session.context, act).await?;
    match done.reply {
        Confirmation::Refused(why) => {
            Err(Problem::of_refusal(kinds::PROOF_REJECTED_HERE, why, pointer, app.now_of(account)))
        }
        Confirmation::Confirmed(confirmed) => {
            let recovery_codes = confirmed.recovery_codes.into_iter().map(Secret::from).collect();
            Ok(Answer::ok(Bound { session: confirmed.grant.into(), recovery_codes }).at(done.position))
        }
    }
}

fn one(pointer: &'static str, code: &'static str) -> Problem {
    Problem::new(kinds::INVALID_FIELDS).field(
        pointer,
        code,
        "send one of `otp`, `sms_code`, and `credential`",
    )
}
