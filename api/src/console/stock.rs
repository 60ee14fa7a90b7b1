//! The account's stock of hardware tokens: what came as a file, to whom it was handed, and back. As it was, it shows what
//! events tell: those in somebody's hands.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::factor::otp::OtpAlgorithm;
use twofold_domain::factor::token::Moves;
use twofold_domain::ids::{StockTokenId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_domain::user::UserError;
use twofold_infra::acts::{
    ActError, AssignToken, ImportTokens, ImportedTokens, ListStock, StockToken, WithdrawToken,
};
use twofold_infra::import::{ContainerKey, Flaw, Flaws, FoundToken, MAX_TOKEN_BYTES, form_of, read_tokens};
use twofold_projections::stock;
use zeroize::Zeroizing;

use super::door::{Door, Me, Said, redirect, with_query};
use super::names::{self, Names};
use super::people::may;
use super::refused::Refused;
use super::then::{AsOf, onward};
use super::uploads::Upload;
use crate::extract::{Form, Path, Query};
use crate::pages::frame::{Field, Section};
use crate::pages::render;
use crate::pages::stock::{Stock, StockAssign, StockImport, StockRow};
use crate::pages::then::Then;
use crate::problem::Problem;

/// Tokens on a page.
const ROWS: u32 = 50;
/// The largest form: a file, and what is around it.
pub(super) const FORM_LIMIT: usize = MAX_TOKEN_BYTES + 64 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    after: Option<StockTokenId>,
    /// Of the past: the last holder of the page before.
    behind: Option<UserId>,
    /// What an import just came to.
    added: Option<u32>,
    known: Option<u32>,
    #[serde(rename = "said")]
    _said: Option<String>,
}

/// A page of it.
pub(super) async fn show(
    mut door: Door,
    AsOf { typed, rest: asked }: AsOf<Asked>,
) -> Result<Response, Refused> {
    let me = enter(&mut door, "people/tokens").await?;
    door.caught_up(stock::NAME).await?;
    let then = door.look_back(&typed, &door.path("people/tokens")).await?;
    door.shows(&me, Question::of(Matter::Stock).as_of(door.asked_at())).await?;
    if door.is_past() {
        return as_it_was(&door, &asked, then).await;
    }
    // One more than is shown says whether there is another page.
    let ask = ListStock { credential: me.credential.clone(), after: asked.after, limit: ROWS + 1 };
    let mut tokens = door.perform(ask).await.map_err(|error| door.refuse(error))?.reply;
    let more = tokens.len() > ROWS as usize;
    tokens.truncate(ROWS as usize);
    let next = match tokens.last() {
        Some(last) if more => with_query(&door.path("people/tokens"), [("after", &*last.token.to_string())]),
        _ => String::new(),
    };
    let mut names = Names::default();
    names.meet(&door, &tokens.iter().filter_map(|token| token.holder).collect::<Vec<_>>()).await?;
    let mut rows = Vec::with_capacity(tokens.len());
    for token in tokens {
        rows.push(row(&door, &me, &mut names, token).await?);
    }
    let came = asked.added.map_or_else(String::new, |added| came(&door, added, asked.known.unwrap_or(0)));
    Ok(render(&Stock {
        f: door.frame.clone(),
        import: door.path("people/tokens/import"),
        assign: door.path("people/tokens/assign"),
        back: door.path("people"),
        came,
        counts: String::new(),
        rows,
        next,
        then,
    }))
}

/// Those that were in somebody's hands, and how many had come and been bound.
async fn as_it_was(door: &Door, asked: &Asked, then: Then) -> Result<Response, Refused> {
    let (views, account, position) = (door.app.store().views(), door.account, door.position());
    let counts = stock::counts(views, account, position).await.map_err(ActError::from)?;
    let found = stock::holders(views, account, position, asked.behind, ROWS as usize).await;
    let (holders, more) = found.map_err(ActError::from)?;
    let next = match holders.last() {
        Some(last) if more => onward(door, "people/tokens", [("behind", last.user_id.to_string())], &then),
        _ => String::new(),
    };
    let (mut names, mut rows) = (Names::default(), vec![]);
    let vault = door.app.desk.vault();
    names.meet(door, &holders.iter().map(|holder| holder.user_id).collect::<Vec<_>>()).await?;
    for holder in holders {
        let called = names.of(door, holder.user_id).await?.shown(door);
        for (id, begun) in holder.handed.0 {
            let serial = match &begun.stock {
                Some(stock) => vault.unseal(account, holder.user_id, &stock.serial).await?,
                None => None,
            };
            rows.push(StockRow {
                kind: kind(door, begun.digits, begun.algorithm, begun.moves),
                bound: false,
                assign: String::new(),
                holder: (called.clone(), door.path(&format!("people/{}", holder.user_id))),
                withdraw: String::new(),
                token: id.to_string(),
                serial: serial.map_or_else(String::new, |serial| serial.as_str().to_owned()),
            });
        }
    }
    let f = door.frame.clone();
    let stock::Counts { imported, handed, bound } = counts;
    let counts = [("stock-imported", imported), ("stock-in-hands", handed), ("stock-bound", bound)];
    Ok(render(&Stock {
        import: String::new(),
        assign: String::new(),
        back: door.path("people"),
        came: String::new(),
        counts: counts.map(|(key, n)| f.n(key, n)).join(" · "),
        rows,
        next,
        then,
        f,
    }))
}

fn came(door: &Door, added: u32, known: u32) -> String {
    let mut words = door.frame.n("stock-added", added);
    if known > 0 {
        words = format!("{words} {}", door.frame.n("stock-known", known));
    }
    words
}

async fn row(door: &Door, me: &Me, names: &mut Names, token: StockToken) -> Result<StockRow, Refused> {
    let StockToken { token: id, serial, digits, algorithm, moves, holder, role, bound } = token;
    let (mut who, mut withdraw) = (<(String, String)>::default(), String::new());
    if let Some(user) = holder {
        who = (names.of(door, user).await?.shown(door), door.path(&format!("people/{user}")));
        if !bound && role.is_some_and(|role| may(me, Deed::AssignToken(role))) {
            withdraw = door.path(&format!("people/{user}/tokens/withdraw"));
        }
    }
    let assign = with_query(&door.path("people/tokens/assign"), [("serial", serial.as_str())]);
    Ok(StockRow {
        kind: kind(door, digits, algorithm, moves),
        bound,
        assign: if holder.is_none() { assign } else { String::new() },
        holder: who,
        withdraw,
        token: id.to_string(),
        serial,
    })
}

/// What a token is, in a few words.
fn kind(door: &Door, digits: u8, algorithm: OtpAlgorithm, moves: Moves) -> String {
    let moves = match moves {
        Moves::Clock { period } => door.frame.n("stock-clock", period),
        Moves::Counter { .. } => door.frame.s("token-button"),
    };
    let hash = match algorithm {
        OtpAlgorithm::Sha1 => "SHA-1",
        OtpAlgorithm::Sha256 => "SHA-256",
        OtpAlgorithm::Sha512 => "SHA-512",
    };
    format!("{moves} · {} · {hash}", door.frame.n("stock-digits", digits))
}

/// Asks for a file.
pub(super) async fn ask_import(mut door: Door) -> Result<Response, Refused> {
    enter(&mut door, "people/tokens/import").await?;
    Ok(render(&import_page(&door)))
}

/// Looks at a file; brings it in, where that was asked for.
pub(super) async fn import(mut door: Door, request: Request) -> Result<Response, Refused> {
    // Whoever may not import is not read.
    let me = enter(&mut door, "people/tokens/import").await?;
    let form = Upload::read(request).await?;
    let wrong = |key: &str| {
        let page = StockImport { wrong: door.frame.s(key), ..import_page(&door) };
        Ok((StatusCode::UNPROCESSABLE_ENTITY, render(&page)).into_response())
    };
    let Some(file) = form.bytes("file") else { return wrong("stock-no-file") };
    let Ok(file) = std::str::from_utf8(file) else { return wrong("stock-not-text") };
    let key = match (form.bytes("password"), form.text("pre_shared_key")) {
        (Some(_), _) => Some(ContainerKey::Password(Zeroizing::new(form.text("password").to_owned()))),
        (None, "") => None,
        (None, text) => match ContainerKey::from_hex(text) {
            Some(key) => Some(key),
            None => return wrong("stock-key-wrong"),
        },
    };
    let format = form_of(file);
    let (file, now) = (Zeroizing::new(file.to_owned()), door.now());
    // Deriving a key from a password takes a while.
    let read = tokio::task::spawn_blocking(move || read_tokens(&file, format, key.as_ref(), now)).await;
    let found: Vec<FoundToken> = match read.map_err(Problem::internal)? {
        Ok(found) => found,
        Err(flaws) => {
            let page = flawed(&door, &flaws);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, render(&page)).into_response());
        }
    };
    let dry_run = form.text("act") != "import";
    let (credential, tokens) = (Some(me.credential.clone()), found.len());
    let act = ImportTokens { credential, tokens: found.into(), format, dry_run, owners: vec![] };
    let ImportedTokens { added, known } = door.perform(act).await.map_err(|error| door.refuse(error))?.reply;
    if !dry_run {
        let (added, known) = (added.to_string(), known.len().to_string());
        let there = with_query(&door.path("people/tokens"), [("added", &*added), ("known", &*known)]);
        return Ok(redirect(&there));
    }
    let mut said = vec![door.frame.n("stock-found", tokens), door.frame.n("stock-would-add", added)];
    if !known.is_empty() {
        said.push(door.frame.v("stock-here", known.join(", ")));
    }
    Ok(render(&StockImport { found: said, ..import_page(&door) }))
}

fn import_page(door: &Door) -> StockImport {
    StockImport {
        f: door.frame.clone(),
        action: door.path("people/tokens/import"),
        back: door.path("people/tokens"),
        wrong: String::new(),
        flaws: vec![],
        more: 0,
        found: vec![],
    }
}

fn flawed(door: &Door, flaws: &Flaws) -> StockImport {
    let said = |Flaw { line, field, why }: &Flaw| {
        let detail = if field.is_empty() { why.clone() } else { format!("{field}: {why}") };
        (*line, door.frame.s(flaw_key(field)), detail)
    };
    StockImport {
        flaws: flaws.listed.iter().map(said).collect(),
        more: (flaws.count - flaws.listed.len()) as u64,
        ..import_page(door)
    }
}

/// The words for what is wrong with a field of a table or of a container.
fn flaw_key(field: &str) -> &'static str {
    match field {
        "serial" => "stock-flaw-serial",
        "seed" | "Secret" | "Data" | "encoding" => "stock-flaw-seed",
        "type" | "Algorithm" => "stock-flaw-type",
        "algorithm" | "Suite" => "stock-flaw-hash",
        "digits" | "ResponseFormat" => "stock-flaw-digits",
        "period" | "TimeInterval" | "Time" => "stock-flaw-period",
        "counter" | "Counter" => "stock-flaw-counter",
        "key" => "stock-flaw-key",
        _ => "stock-flaw-line",
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Handing {
    #[serde(default)]
    serial: String,
    /// An address, or an id.
    #[serde(default)]
    to: String,
    #[serde(default, rename = "said")]
    _said: String,
}

/// Asks which token, and to whom.
pub(super) async fn ask_assign(mut door: Door, Query(handing): Query<Handing>) -> Result<Response, Refused> {
    enter(&mut door, "people/tokens/assign").await?;
    Ok(assign_page(&door, Field::of(handing.serial), Field::of(handing.to)))
}

/// Hands it out.
pub(super) async fn assign(mut door: Door, Form(handing): Form<Handing>) -> Result<Response, Refused> {
    let me = enter(&mut door, "people/tokens/assign").await?;
    let Handing { serial, to, .. } = handing;
    let wrong = |serial: Field, to: Field| {
        Ok((StatusCode::UNPROCESSABLE_ENTITY, assign_page(&door, serial, to)).into_response())
    };
    let Some(user) = names::find(&door, &to).await? else {
        let error = door.frame.s("log-nobody");
        return wrong(Field::of(serial), Field { value: to, error });
    };
    let act = AssignToken { credential: me.credential.clone(), user, serial: serial.clone() };
    let key = match door.perform(act).await {
        Ok(_) => return Ok(door.go(&format!("people/{user}"), Some(Said::TokenHanded))),
        Err(ActError::User(UserError::NoStockToken)) => "stock-no-serial",
        Err(ActError::User(UserError::TokenTheirs)) => "stock-theirs",
        Err(ActError::Taken(_)) => "stock-taken",
        Err(ActError::User(UserError::TooManyAssigned(most))) => {
            let error = door.frame.n("stock-too-many", most);
            return wrong(Field::of(serial), Field { value: to, error });
        }
        Err(error) => return Err(door.refuse(error)),
    };
    let error = door.frame.s(key);
    wrong(Field { value: serial, error }, Field::of(to))
}

fn assign_page(door: &Door, serial: Field, to: Field) -> Response {
    render(&StockAssign {
        f: door.frame.clone(),
        action: door.path("people/tokens/assign"),
        back: door.path("people/tokens"),
        serial,
        to,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Back {
    token: StockTokenId,
    /// `stock`, where it was asked for there.
    #[serde(default)]
    from: String,
}

/// Takes back a token that is not bound.
pub(super) async fn withdraw(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Form(back): Form<Back>,
) -> Result<Response, Refused> {
    let there = if back.from == "stock" { "people/tokens".to_owned() } else { format!("people/{user}") };
    door.back = door.path(&there);
    let me = door.enter(Deed::ReadPeople).await?;
    let act = WithdrawToken { credential: me.credential, user, token: back.token };
    match door.perform(act).await {
        Ok(_) => Ok(door.go(&there, Some(Said::TokenBack))),
        // They bound it meanwhile, or somebody else took it back: the page says what holds.
        Err(ActError::User(UserError::NoStockToken)) => Ok(door.go(&there, Some(Said::Unchanged))),
        Err(error) => Err(door.refuse(error)),
    }
}

async fn enter(door: &mut Door, page: &str) -> Result<Me, Refused> {
    // A page that is shown stays where it was asked for, its question included.
    if door.back.split('?').next() != Some(&door.path(page)) {
        door.back = door.path(page);
    }
    let me = door.enter(Deed::ManageStock).await?;
    door.frame = door.frame.clone().section(Section::People);
    Ok(me)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Language;

    #[test]
    fn whatever_is_wrong_with_a_file_has_words_in_every_language() {
        for language in Language::ALL {
            for field in ["serial", "Secret", "type", "Suite", "digits", "period", "counter", "key", ""] {
                assert_ne!(language.say(flaw_key(field)), flaw_key(field), "{}", language.tag());
            }
        }
    }
}
