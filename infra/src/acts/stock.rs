//! The account's stock of hardware tokens: brought in by file, handed to a person by staff, and bound by nobody
//! but that person.
//!
//! A token of the stock is a row with its serial, parameters, and seed, sealed like every other secret that proofs
//! are checked against; two unique claims say that its serial is here once, and in whose hands it is. In the log
//! stand the import, with a count, and what happens to a person. The card is the account's, so its row stays while
//! somebody has it: what proofs are checked against is a copy of their own, destroyed with their factor, and the
//! token is then nobody's again and can be handed out anew.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use twofold_domain::account::{AccountCommand, OperatorAct};
use twofold_domain::factor::otp::OtpAlgorithm;
use twofold_domain::factor::token::{self, FromStock, Moves, TokenFile};
use twofold_domain::ids::{AccountId, ImportId, StockTokenId, UserId, VerifierId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::user::{Help, UserCommand, UserError};
use uuid::Uuid;
use zeroize::{Zeroize as _, Zeroizing};

use super::operator::operate;
use super::principal::Credential;
use super::{ActError, TokenSeed};
use crate::desk::{Act, Desk};
use crate::import::FoundToken;
use crate::keys::AccountKeys;
use crate::store::Claim;
use crate::vault::kind;
use crate::verify::totp::Seed;
use crate::work::{Wanted, Work};

/// That a serial is here once.
const SERIAL_CLAIM: &str = "token_serial";
/// In whose hands a token is.
const HOLDER_CLAIM: &str = "token_holder";
/// Whose the rows of the stock are: nobody's.
pub(super) const NOBODY: Uuid = Uuid::nil();

/// A token of the stock as its row holds it.
#[derive(Serialize, Deserialize)]
struct Stored {
    serial: String,
    seed: String,
    algorithm: OtpAlgorithm,
    digits: u8,
    moves: Moves,
}

impl Drop for Stored {
    fn drop(&mut self) {
        self.seed.zeroize();
    }
}

/// Bring hardware tokens into the stock. A serial that is here already is left as it is.
pub struct ImportTokens {
    /// Who asks; the installation's operator, if absent.
    pub credential: Option<Credential>,
    /// The tokens.
    pub tokens: Arc<[FoundToken]>,
    /// The form in which they came.
    pub format: TokenFile,
    /// Whether nothing is kept.
    pub dry_run: bool,
    /// The account's owners, as a read model knows them; for the operator, who has no session.
    pub owners: Vec<UserId>,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedTokens {
    /// How many are in the stock now that were not.
    pub added: usize,
    /// The serials that were here already.
    pub known: Vec<String>,
}

impl Act for ImportTokens {
    type Reply = ImportedTokens;

    async fn run(&self, work: &mut Work) -> Result<ImportedTokens, ActError> {
        let (desk, account, at) = (work.desk().clone(), work.account_id(), work.at());
        match &self.credential {
            Some(credential) => drop(credential.principal(work, Deed::ManageStock).await?),
            // A dry run keeps nothing, and shows nobody.
            None if self.dry_run => {}
            None => {
                let case = desk.mint().id();
                operate(work, OperatorAct::ImportTokens, None, case, &self.owners).await?;
            }
        }
        let keys = desk.vault().account_keys(account).await?;
        let (mut added, mut known) = (0, vec![]);
        for found in self.tokens.iter() {
            let token: StockTokenId = desk.mint().id();
            let key = serial_key(&keys, &found.serial);
            if let Some(before) = desk.store().claim(account, SERIAL_CLAIM, &key).await? {
                if !self.gone(work, &keys, StockTokenId::from_uuid(before)).await? {
                    known.push(found.serial.clone());
                    continue;
                }
                let before = StockTokenId::from_uuid(before);
                work.extras().releases.push(claim(SERIAL_CLAIM, key, before.uuid()));
            }
            added += 1;
            if !self.dry_run {
                work.extras().claims.push(claim(SERIAL_CLAIM, key, token.uuid()));
                keep(work, token, found).await?;
            }
        }
        if self.dry_run {
            work.extras().releases.clear();
        } else if added > 0 {
            let (import, format): (ImportId, _) = (desk.mint().id(), self.format);
            let count = u32::try_from(added).unwrap_or(u32::MAX);
            work.tell_account(AccountCommand::ImportTokens { import, count, format, at }).await?;
        }
        Ok(ImportedTokens { added, known })
    }
}

impl ImportTokens {
    /// Whether a token is gone: its row was deleted when it was bound, as was done once, and whoever had bound it has
    /// it no more.
    async fn gone(&self, work: &mut Work, keys: &AccountKeys, token: StockTokenId) -> Result<bool, ActError> {
        let (desk, account) = (work.desk().clone(), work.account_id());
        if desk.store().verifier(account, row_of(token)).await?.is_some() {
            return Ok(false);
        }
        let held = desk.store().claim(account, HOLDER_CLAIM, &holder_key(keys, token)).await?;
        let Some(holder) = held.map(UserId::from_uuid) else { return Ok(true) };
        let generation = work.account().await?.generation;
        let user = work.user(holder).await?;
        // A factor of an older generation is as if it had never been.
        let theirs = user.has_token(token)
            && (user.assigned.contains_key(&token) || user.enrolled(generation).is_some());
        if !theirs {
            work.extras().releases.push(claim(HOLDER_CLAIM, holder_key(keys, token), holder.uuid()));
        }
        Ok(!theirs)
    }
}

async fn keep(work: &mut Work, token: StockTokenId, found: &FoundToken) -> Result<(), ActError> {
    let TokenSeed { seed, algorithm, digits, moves } = &found.token;
    let stored = Stored {
        serial: found.serial.clone(),
        seed: STANDARD.encode(seed.bytes()),
        algorithm: *algorithm,
        digits: *digits,
        moves: *moves,
    };
    put(work, token, &stored).await
}

async fn put(work: &mut Work, token: StockTokenId, stored: &Stored) -> Result<(), ActError> {
    let bytes = serde_json::to_vec(stored).map_err(|e| ActError::Bug(e.to_string()))?;
    let bytes = Zeroizing::new(bytes);
    let vault = work.desk().vault().clone();
    vault.keep_for(work, NOBODY, row_of(token), kind::STOCK_TOKEN, &bytes).await
}

/// Hand a token of the stock to somebody. It protects nothing before their own first code, which takes whatever
/// every binding takes.
pub struct AssignToken {
    /// Who.
    pub credential: Credential,
    /// To whom.
    pub user: UserId,
    /// What is printed on it.
    pub serial: String,
}

impl Act for AssignToken {
    type Reply = StockTokenId;

    async fn run(&self, work: &mut Work) -> Result<StockTokenId, ActError> {
        self.credential.helper(work, self.user, Help::Token).await?;
        let (desk, account, at) = (work.desk().clone(), work.account_id(), work.at());
        let keys = desk.vault().account_keys(account).await?;
        let serial = self.serial.trim();
        let found = desk.store().claim(account, SERIAL_CLAIM, &serial_key(&keys, serial)).await?;
        let token = StockTokenId::from_uuid(found.ok_or(UserError::NoStockToken)?);
        let stored = open(&desk, account, token).await?.ok_or(UserError::NoStockToken)?;
        let seed: VerifierId = desk.mint().id();
        let bytes = STANDARD.decode(stored.seed.as_bytes()).map(Zeroizing::new);
        let bytes = bytes.map_err(|e| ActError::Bug(format!("token {token}: {e}")))?;
        let checked = Seed::from_bytes(bytes).map_err(|e| ActError::Bug(format!("token {token}: {e}")))?;
        // As it is printed, however it was typed.
        let serial = desk.vault().seal(account, self.user, &stored.serial).await?;
        let (algorithm, digits, moves) = (stored.algorithm, stored.digits, stored.moves);
        let stock = Some(FromStock { token, serial });
        let detail = token::Begun { seed, algorithm, digits, moves, stock };
        work.extras().claims.push(claim(HOLDER_CLAIM, holder_key(&keys, token), self.user.uuid()));
        work.tell_user(self.user, UserCommand::AssignToken { token, detail, at }).await?;
        desk.vault().keep(work, self.user, seed, kind::OTP_SEED, checked.bytes()).await?;
        Ok(token)
    }
}

/// Take back a token that was handed to somebody and that they have not bound.
pub struct WithdrawToken {
    /// Who.
    pub credential: Credential,
    /// From whom.
    pub user: UserId,
    /// Which.
    pub token: StockTokenId,
}

impl Act for WithdrawToken {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        self.credential.helper(work, self.user, Help::Token).await?;
        let at = work.at();
        work.tell_user(self.user, UserCommand::WithdrawToken { token: self.token, at }).await?;
        Ok(())
    }
}

/// A token of the stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockToken {
    /// Its id.
    pub token: StockTokenId,
    /// What is printed on it.
    pub serial: String,
    /// Digits of a code.
    pub digits: u8,
    /// The hash.
    pub algorithm: OtpAlgorithm,
    /// What moves its codes on.
    pub moves: Moves,
    /// To whom it was handed.
    pub holder: Option<UserId>,
    /// Their role.
    pub role: Option<Role>,
    /// Whether they bound it: then it is theirs until they remove it, or are reset.
    pub bound: bool,
}

/// List the tokens of the stock, in the order in which they came.
pub struct ListStock {
    /// Who.
    pub credential: Credential,
    /// After this one.
    pub after: Option<StockTokenId>,
    /// At most as many.
    pub limit: u32,
}

impl Act for ListStock {
    type Reply = Vec<StockToken>;

    async fn run(&self, work: &mut Work) -> Result<Vec<StockToken>, ActError> {
        self.credential.principal(work, Deed::ManageStock).await?;
        let (desk, account) = (work.desk().clone(), work.account_id());
        let keys = desk.vault().account_keys(account).await?;
        let after = self.after.map_or(NOBODY, StockTokenId::uuid);
        let kept = desk.store().sealed_after(account, NOBODY, after, self.limit).await?;
        let held: Vec<[u8; 32]> =
            kept.iter().map(|(id, _)| holder_key(&keys, StockTokenId::from_uuid(id.uuid()))).collect();
        let holders = desk.store().claims(account, HOLDER_CLAIM, &held).await?;
        let people: Vec<Wanted> =
            holders.values().map(|user| Wanted::User(UserId::from_uuid(*user))).collect();
        work.load(&people).await?;
        let mut stock = vec![];
        for ((id, sealed), held) in kept.into_iter().zip(held) {
            let token = StockTokenId::from_uuid(id.uuid());
            let bytes = desk.vault().opened(account, id, kind::STOCK_TOKEN, &sealed).await?;
            let stored = read(token, &bytes)?;
            let (serial, algorithm) = (stored.serial.clone(), stored.algorithm);
            let (digits, moves) = (stored.digits, stored.moves);
            let holder = holders.get(&held).copied().map(UserId::from_uuid);
            let (bound, role) = match holder {
                Some(user) => {
                    let person = work.user(user).await?;
                    (!person.assigned.contains_key(&token), person.role())
                }
                None => (false, None),
            };
            stock.push(StockToken { token, serial, digits, algorithm, moves, holder, role, bound });
        }
        Ok(stock)
    }
}

/// A token is in nobody's hands any more, taken back, or its factor ended: it can be handed out anew. One with a
/// button goes on from where it stood, so that no code of before is good again.
pub(crate) async fn back_in_stock(
    work: &mut Work,
    from: UserId,
    token: StockTokenId,
    counter: Option<u64>,
) -> Result<(), ActError> {
    let (desk, account) = (work.desk().clone(), work.account_id());
    let keys = desk.vault().account_keys(account).await?;
    work.extras().releases.push(claim(HOLDER_CLAIM, holder_key(&keys, token), from.uuid()));
    let Some(next) = counter else { return Ok(()) };
    let Some(mut stored) = open(&desk, account, token).await? else { return Ok(()) };
    let moves = Moves::Counter { from: next };
    if stored.moves != moves {
        stored.moves = moves;
        work.extras().destroy_verifiers.push(row_of(token));
        put(work, token, &stored).await?;
    }
    Ok(())
}

async fn open(desk: &Desk, account: AccountId, token: StockTokenId) -> Result<Option<Stored>, ActError> {
    let bytes = desk.vault().secret_now(account, row_of(token), kind::STOCK_TOKEN).await?;
    bytes.map(|bytes| read(token, &bytes)).transpose()
}

fn read(token: StockTokenId, bytes: &[u8]) -> Result<Stored, ActError> {
    serde_json::from_slice(bytes).map_err(|e| ActError::Bug(format!("token {token}: {e}")))
}

/// The row of a token has the token's id.
fn row_of(token: StockTokenId) -> VerifierId {
    VerifierId::from_uuid(token.uuid())
}

fn claim(kind: &str, key: [u8; 32], owner: Uuid) -> Claim {
    Claim { kind: kind.to_owned(), key, owner }
}

fn serial_key(keys: &AccountKeys, serial: &str) -> [u8; 32] {
    keys.index_of(SERIAL_CLAIM, serial.trim().to_uppercase().as_bytes())
}

fn holder_key(keys: &AccountKeys, token: StockTokenId) -> [u8; 32] {
    keys.index_of(HOLDER_CLAIM, token.uuid().as_bytes())
}
