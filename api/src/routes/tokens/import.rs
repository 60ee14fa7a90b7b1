//! `POST /v1/hardware-tokens`: bring hardware tokens into the account's stock.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::factor::token::TokenFile;
use twofold_infra::acts::ImportTokens;
use twofold_infra::import::{ContainerKey, Flaws, read_tokens};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::app::App;
use crate::extract::Json;
use crate::problem::{Problem, kinds};
use crate::routes::change::{Answer, Placed};
use crate::routes::door::Session;
use crate::routes::show::{Secret, invalid};
use crate::routes::usual::Changing;

/// A file of tokens.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokensFile {
    /// `csv` or `pskc`.
    #[schema(value_type = String)]
    format: TokenFile,
    /// The whole file as text.
    #[schema(value_type = String)]
    file: Secret,
    /// What opens an encrypted PSKC container: its password.
    password: Option<Secret>,
    /// Or the key that was exchanged before: 32 hexadecimal digits.
    pre_shared_key: Option<Secret>,
    /// Look at the file, and keep nothing.
    #[serde(default)]
    dry_run: bool,
}

/// What became of a file.
#[derive(Serialize, ToSchema)]
pub(super) struct TokensDone {
    /// Whether nothing was kept, because that was asked for.
    dry_run: bool,
    /// Tokens in the file.
    tokens: usize,
    /// How many are in the stock now that were not.
    added: usize,
    /// The serials that were here already; they were left as they are.
    known: Vec<String>,
}

/// Import hardware tokens.
///
/// At most 1,000 tokens and 2 MB. A table has a header of `serial`, `seed`, and where wished `type` (`totp`, `hotp`),
/// `digits`, `period`, `counter`, `algorithm`, `encoding` (`hex`, `base32`), or, without a header, these lines:
/// `serial, seed[, type[, digits[, period or counter]]]`. A PSKC container (RFC 6030) may hold its seeds in clear, or
/// encrypted with AES-128-CBC under a pre-shared key or a password. What its policy asks for and is not kept to here (a
/// PIN, an end, a number of uses, another usage than OTP) is refused with its name, and so is a device whose dates are not
/// those of today. A signature is not verified: whoever needs it checks it before (`pskctool --verify`). All of it is looked at first: `invalid_fields`
/// names line and field (`/3/seed`). A serial that is here already is left as it is.
#[utoipa::path(post, path = "/v1/hardware-tokens", tag = "factors", security(("bearer" = [])),
    request_body = TokensFile,
    responses((status = 200, description = "What became of it.", body = Placed<TokensDone>), Changing))]
pub(super) async fn import_tokens(
    State(app): State<App>,
    session: Session,
    Json(body): Json<TokensFile>,
) -> Result<Response, Problem> {
    let key = match (&body.password, &body.pre_shared_key) {
        (Some(password), _) => Some(ContainerKey::Password(Zeroizing::new(password.expose().to_owned()))),
        (None, Some(key)) => {
            let key = ContainerKey::from_hex(key.expose());
            Some(key.ok_or_else(|| invalid("/pre_shared_key", &"32 hexadecimal digits"))?)
        }
        (None, None) => None,
    };
    let account = session.credential.account();
    let (credential, format, dry_run) = (Some(session.credential.clone()), body.format, body.dry_run);
    let act = |tokens, dry_run| ImportTokens {
        credential: credential.clone(),
        tokens,
        format,
        dry_run,
        owners: vec![],
    };
    // Whoever may not import is not read.
    app.perform(account, session.context.clone(), act([].into(), true)).await?;
    let (file, now) = (body.file, app.now_of(account));
    let read =
        tokio::task::spawn_blocking(move || read_tokens(file.expose(), format, key.as_ref(), now)).await;
    let found = read.map_err(Problem::internal)?.map_err(|flaws| of_flaws(&flaws))?;
    let tokens = found.len();
    let done = app.perform(account, session.context.clone(), act(found.into(), dry_run)).await?;
    let (added, known) = (done.reply.added, done.reply.known);
    Ok(Answer::ok(TokensDone { dry_run, tokens, added, known }).at(done.position))
}

/// The flaws, each under a pointer of line and field.
fn of_flaws(flaws: &Flaws) -> Problem {
    let problem = Problem::new(kinds::INVALID_FIELDS)
        .detail(format!("{}; nothing was kept.", flaws.counted()))
        .member("flaws", flaws.count as u64);
    flaws.listed.iter().fold(problem, |problem, flaw| {
        let place = if flaw.field.is_empty() { String::new() } else { format!("/{}", flaw.field) };
        problem.field(format!("/{}{place}", flaw.line), "invalid_value", flaw.why.clone())
    })
}
