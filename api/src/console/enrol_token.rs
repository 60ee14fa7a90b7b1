//! Binding a hardware token: one of the account's stock that staff handed out, or one whose seed is known.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::factor::otp::OtpAlgorithm;
use twofold_domain::factor::token::{MAX_COUNTER, Moves};
use twofold_domain::ids::StockTokenId;
use twofold_domain::user::UserError;
use twofold_infra::acts::{ActError, Binding, StartEnrolment, TokenSeed};
use twofold_infra::import::seed_bytes;
use twofold_infra::verify::totp::Seed;

use super::door::{Door, Me};
use super::enrol::{enter, free_name, mailed_to};
use super::refused::Refused;
use super::texted::say;
use super::typed::Typed;
use crate::extract::Form;
use crate::pages::frame::Field;
use crate::pages::own::TokenBegin;
use crate::pages::render;

/// What a token's codes are made with.
const ALGORITHMS: [(&str, OtpAlgorithm); 3] =
    [("SHA1", OtpAlgorithm::Sha1), ("SHA256", OtpAlgorithm::Sha256), ("SHA512", OtpAlgorithm::Sha512)];
/// Digits of a code.
const DIGITS: [u8; 2] = [6, 8];
/// What moves codes on: value, and the key of its words.
const MOVES: [(&str, &str); 3] =
    [("clock-30", "token-clock-30"), ("clock-60", "token-clock-60"), ("counter", "token-button")];

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Described {
    #[serde(default)]
    name: String,
    /// `seed`, or a token that was handed out.
    #[serde(default)]
    which: String,
    #[serde(default)]
    seed: Typed,
    #[serde(default)]
    algorithm: String,
    #[serde(default)]
    digits: String,
    #[serde(default)]
    moves: String,
    #[serde(default)]
    counter: String,
}

/// What is wrong with what was typed.
#[derive(Default)]
struct Wrong {
    name: String,
    seed: String,
    counter: String,
}

/// Asks which.
pub(super) async fn show(mut door: Door) -> Result<Response, Refused> {
    let me = enter(&mut door).await?;
    let described = Described { name: free_name(&door, &me, "token-name").await?, ..Described::default() };
    page(&door, &me, &described, Wrong::default()).await
}

/// Begins.
pub(super) async fn start(mut door: Door, Form(described): Form<Described>) -> Result<Response, Refused> {
    let me = enter(&mut door).await?;
    let binding = match described.binding(&door) {
        Ok(binding) => binding,
        Err(wrong) => return refused(&door, &me, &described, wrong).await,
    };
    let (credential, name) = (me.credential.clone(), described.name.clone());
    match door.perform(StartEnrolment { credential, name, binding }).await {
        Ok(_) => Ok(door.go("enrol", None)),
        Err(ActError::Field { field: "name", .. }) => {
            let name = door.frame.s("name-wrong");
            refused(&door, &me, &described, Wrong { name, ..Wrong::default() }).await
        }
        Err(ActError::Taken(_)) => {
            let name = door.frame.s("factor-name-taken");
            refused(&door, &me, &described, Wrong { name, ..Wrong::default() }).await
        }
        Err(ActError::Field { .. }) => {
            let seed = door.frame.s("token-seed-wrong");
            refused(&door, &me, &described, Wrong { seed, ..Wrong::default() }).await
        }
        Err(ActError::User(UserError::MailedTriesSpent(at))) => {
            let text = format!("{} {}", door.frame.s("mailed-tries-spent"), door.wait(Some(at)));
            say(&mut door, text);
            let page = page(&door, &me, &described, Wrong::default()).await?;
            Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response())
        }
        Err(ActError::User(why @ (UserError::TicketNeeded | UserError::NoStockToken))) => {
            let key = if why == UserError::TicketNeeded { "ticket-needed" } else { "token-taken-back" };
            let text = door.frame.s(key);
            say(&mut door, text);
            Ok((StatusCode::CONFLICT, page(&door, &me, &described, Wrong::default()).await?).into_response())
        }
        Err(error) => Err(door.refuse(error)),
    }
}

impl Described {
    fn by_seed(&self) -> bool {
        self.which == "seed"
    }

    fn binding(&self, door: &Door) -> Result<Binding, Wrong> {
        if let Ok(token) = self.which.parse::<StockTokenId>() {
            return Ok(Binding::Assigned(token));
        }
        let seed = seed_bytes(self.seed.text()).ok().and_then(|bytes| Seed::from_bytes(bytes).ok());
        let seed =
            seed.ok_or_else(|| Wrong { seed: door.frame.s("token-seed-wrong"), ..Wrong::default() })?;
        let moves = match self.moves.as_str() {
            "counter" => {
                let from = if self.counter.trim().is_empty() { Ok(0) } else { self.counter.trim().parse() };
                let wrong = || Wrong { counter: door.frame.s("token-counter-wrong"), ..Wrong::default() };
                Moves::Counter { from: from.ok().filter(|from| *from <= MAX_COUNTER).ok_or_else(wrong)? }
            }
            "clock-60" => Moves::Clock { period: 60 },
            _ => Moves::Clock { period: 30 },
        };
        let algorithm = ALGORITHMS.iter().find(|(name, _)| *name == self.algorithm);
        let digits = self.digits.parse().ok().filter(|digits| DIGITS.contains(digits));
        Ok(Binding::Token(TokenSeed {
            seed: seed.into(),
            algorithm: algorithm.map_or(OtpAlgorithm::Sha1, |(_, algorithm)| *algorithm),
            digits: digits.unwrap_or(DIGITS[0]),
            moves,
        }))
    }
}

async fn refused(door: &Door, me: &Me, described: &Described, wrong: Wrong) -> Result<Response, Refused> {
    let page = page(door, me, described, wrong).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn page(door: &Door, me: &Me, described: &Described, wrong: Wrong) -> Result<Response, Refused> {
    let mut handed = vec![];
    for (token, begun) in &me.user.assigned {
        let Some(stock) = &begun.stock else { continue };
        let vault = door.app.desk.vault();
        let serial = vault.unseal(door.account, me.principal.user, &stock.serial).await?;
        let Some(serial) = serial else { continue };
        let value = token.to_string();
        // What staff handed out is what they are here for.
        let chosen = described.which == value || (described.which.is_empty() && handed.is_empty());
        handed.push((value, serial.as_str().to_owned(), chosen));
    }
    let mut f = door.frame.clone();
    f.path = door.path("enrol/token");
    Ok(render(&TokenBegin {
        f,
        action: door.path("enrol/token"),
        called: Field { value: described.name.clone(), error: wrong.name },
        by_seed: described.by_seed() || handed.is_empty(),
        handed,
        seed: Field::wrong(wrong.seed),
        algorithms: ALGORITHMS.iter().map(|(name, _)| (*name, *name == described.algorithm)).collect(),
        digits: DIGITS.iter().map(|digits| (*digits, described.digits == digits.to_string())).collect(),
        moves: MOVES.iter().map(|(value, key)| (*value, *key, *value == described.moves)).collect(),
        counter: Field { value: described.counter.clone(), error: wrong.counter },
        mailed_to: mailed_to(door, me),
        back: door.path("enrol?anew=yes"),
    }))
}
