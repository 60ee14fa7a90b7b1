//! Registering many people who come from another system.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use twofold_domain::factor::{FactorDetail, totp};
use twofold_domain::ids::{AccountId, StreamId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::sign_in::may_enrol;
use twofold_domain::user::{ClaimCommand, PeopleCommand, UserCommand};

use super::former::Whose;
use super::people::{EMAIL_CLAIM, FORMER_CLAIM, NewPerson, register};
use super::principal::Credential;
use super::{ActError, claimed, former, links, lives};
use crate::context::Context;
use crate::desk::{Act, Desk};
use crate::import::Row;
use crate::keys::PersonKey;
use crate::vault::kind;
use crate::work::{Wanted, Work};

/// People in one append: at most seven events each, of the thousand that an append takes.
const BATCH: usize = 100;
/// How often a batch is tried again because somebody took an address meanwhile.
const AGAIN: usize = 3;
/// What an authenticator is called that came along.
const IMPORTED: &str = "imported";

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// They are a user now.
    Created(UserId),
    /// Somebody has this address already; nothing was changed about them.
    Exists(UserId),
    /// It was not possible.
    Failed(String),
}

/// Whether somebody may import these people. Asked before anything is registered.
pub struct MayImport {
    /// Who asks.
    pub credential: Credential,
    /// The people; none yet where the table is still unread.
    pub rows: Arc<[Row]>,
}

impl Act for MayImport {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        may(work, &self.credential, &self.rows).await
    }
}

async fn may(work: &mut Work, credential: &Credential, rows: &[Row]) -> Result<(), ActError> {
    credential.principal(work, Deed::ImportPeople).await?;
    for role in rows.iter().map(|row| row.role).collect::<BTreeSet<_>>() {
        credential.principal(work, Deed::Register(role)).await?;
    }
    if rows.iter().any(|row| row.otp.is_some()) {
        may_enrol(&*work.account().await?)?;
    }
    Ok(())
}

/// What would become of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreseen {
    /// They would be a user.
    New,
    /// Somebody has this address already; nothing would be changed about them.
    Exists,
    /// Somebody had this address until a short while ago, and may take it back.
    Kept,
    /// Somebody else is this to the identity provider.
    SubjectTaken,
}

/// What an import would do with each row as of now. Registers nobody; whether somebody may import at all,
/// [`MayImport`] says.
pub async fn foresee(desk: &Desk, account: AccountId, rows: &[Row]) -> Result<Vec<Foreseen>, ActError> {
    let keys = desk.vault().account_keys(account).await?;
    let store = desk.store();
    let indexes: Vec<[u8; 32]> = rows.iter().map(|row| keys.blind_index(&row.email).bytes()).collect();
    let at_provider = |row: &Row| {
        row.provider.as_ref().map(|(provider, subject)| lives::provider_key(&keys, provider, subject))
    };
    let subjects: Vec<[u8; 32]> = rows.iter().filter_map(at_provider).collect();
    let addresses = store.claims(account, EMAIL_CLAIM, &indexes).await?;
    let taken = store.claims(account, lives::PROVIDER_CLAIM, &subjects).await?;
    let former = store.claims(account, FORMER_CLAIM, &indexes).await?;
    let mut foreseen = Vec::with_capacity(rows.len());
    for (row, index) in rows.iter().zip(indexes) {
        let exists = addresses.contains_key(&index);
        let taken = !exists && at_provider(row).is_some_and(|key| taken.contains_key(&key));
        let kept = match former.get(&index) {
            Some(&before) if !exists => {
                let stream = StreamId::user(account, UserId::from_uuid(before));
                let person = desk.log().users.load(stream).await?.state;
                former::keeps(desk, account, &person, &index, desk.clock_of(account)).await?
            }
            _ => false,
        };
        foreseen.push(match (exists, kept, taken) {
            (true, ..) => Foreseen::Exists,
            (false, true, _) => Foreseen::Kept,
            (false, false, true) => Foreseen::SubjectTaken,
            (false, false, false) => Foreseen::New,
        });
    }
    Ok(foreseen)
}

/// Register people in batches, each of them all or none. The same table again creates nobody twice. Where it stops
/// half-way, because whoever imports may not any more or the server cannot, it says of each row what became of it.
pub async fn import(
    desk: &Desk,
    account: AccountId,
    context: &Context,
    credential: &Credential,
    rows: &Arc<[Row]>,
) -> Result<Vec<(u64, Imported)>, ActError> {
    let mut became = Vec::with_capacity(rows.len());
    for from in (0..rows.len()).step_by(BATCH) {
        let to = (from + BATCH).min(rows.len());
        if let Err(stopped) = batch(desk, account, context, credential, rows, from..to, &mut became).await {
            if became.is_empty() {
                return Err(stopped);
            }
            let why = why_stopped(&stopped);
            let left = rows.iter().skip(became.len());
            became.extend(left.map(|row| (row.line, Imported::Failed(why.clone()))));
            break;
        }
    }
    Ok(became)
}

/// Why an import went no further, as far as whoever imports can do something about it.
fn why_stopped(stopped: &ActError) -> String {
    let why = match stopped {
        ActError::Store(_) | ActError::Key(_) | ActError::Bug(_) | ActError::Contended | ActError::Busy => {
            tracing::warn!(error = %stopped, "an import stopped half-way");
            "the server could not go on".to_owned()
        }
        other => other.to_string(),
    };
    format!("not registered: {why}; bring the same table again")
}

async fn batch(
    desk: &Desk,
    account: AccountId,
    context: &Context,
    credential: &Credential,
    rows: &Arc<[Row]>,
    part: Range<usize>,
    became: &mut Vec<(u64, Imported)>,
) -> Result<(), ActError> {
    let of = |part: Range<usize>| ImportRows {
        credential: credential.clone(),
        rows: Arc::clone(rows),
        from: part.start,
        to: part.end,
    };
    for _ in 0..AGAIN {
        match desk.perform(account, context.clone(), of(part.clone())).await {
            Ok(done) => {
                became.extend(done.reply);
                return Ok(());
            }
            // Somebody took one of the addresses, or subjects, since it was looked at.
            Err(ActError::Taken(_)) => {}
            Err(other) => return Err(other),
        }
    }
    // One of them is to blame: each alone.
    for n in part {
        match desk.perform(account, context.clone(), of(n..n + 1)).await {
            Ok(done) => became.extend(done.reply),
            Err(ActError::Taken(what)) => {
                became.push((rows[n].line, Imported::Failed(format!("this {what} is already in use"))));
            }
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

struct ImportRows {
    credential: Credential,
    rows: Arc<[Row]>,
    from: usize,
    to: usize,
}

impl Act for ImportRows {
    type Reply = Vec<(u64, Imported)>;

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        let rows = &self.rows[self.from..self.to];
        may(work, &self.credential, rows).await?;
        let (desk, account) = (work.desk().clone(), work.account_id());
        let keys = desk.vault().account_keys(account).await?;
        let groups = work.account().await?.groups.clone();
        let mut new = vec![];
        let mut became = Vec::with_capacity(rows.len());
        for row in rows {
            let whose = former::whose(work, &row.email).await?;
            let user = desk.mint().id();
            became.push((
                row.line,
                match whose {
                    Some(Whose::Has(holder)) => Imported::Exists(holder),
                    Some(kept @ Whose::KeptFor(_)) => Imported::Failed(kept.to_string()),
                    None => Imported::Created(user),
                },
            ));
            new.extend(whose.is_none().then_some((user, row)));
        }
        claimed::arrive(work, new.iter().filter_map(|(_, row)| row.password.as_ref())).await?;
        let streams: Vec<Wanted> = new.iter().map(|(user, _)| Wanted::User(*user)).collect();
        work.load(&streams).await?;
        for (user, row) in new {
            let person = NewPerson {
                user,
                role: row.role,
                name: row.name.clone(),
                email: row.email.clone(),
                language: row.language.clone(),
            };
            let key = register(work, &keys, &person).await?;
            let mut known = row.groups.clone();
            known.retain(|group| groups.contains_key(group));
            bring(work, &key, user, row, known).await?;
        }
        Ok(became)
    }
}

/// What a person brings along.
async fn bring(
    work: &mut Work,
    key: &PersonKey,
    user: UserId,
    row: &Row,
    groups: BTreeSet<twofold_domain::ids::GroupId>,
) -> Result<(), ActError> {
    let vault = work.desk().vault().clone();
    let mint = work.desk().mint().clone();
    let at = work.at();
    let tell = |command| UserCommand::People(command);
    if !groups.is_empty() {
        work.tell_user(user, tell(PeopleCommand::Group { groups, at })).await?;
    }
    if let Some((provider, subject)) = &row.provider {
        lives::link(work, key, user, provider, subject).await?;
    }
    if let Some(password) = &row.password {
        let verifier = mint.id();
        let claim = ClaimCommand::Password { verifier, scheme: password.scheme.to_owned(), at };
        work.tell_user(user, tell(PeopleCommand::Claim(claim))).await?;
        vault.keep(work, user, verifier, kind::PASSWORD, password.hash.bytes()).await?;
    }
    if let Some(otp) = &row.otp {
        let (factor, verifier) = (mint.id(), mint.id());
        let name = vault.seal_with(key, work.account_id(), user, IMPORTED)?;
        let detail = FactorDetail::Totp(totp::Begun { seed: verifier, parameters: otp.parameters });
        let claim = ClaimCommand::Factor { factor, detail, name, at };
        work.tell_user(user, tell(PeopleCommand::Claim(claim))).await?;
        vault.keep(work, user, verifier, kind::OTP_SEED, otp.seed.bytes()).await?;
    }
    if row.password.is_none() && row.provider.is_none() {
        links::invite(work, user, &row.email).await?;
    }
    Ok(())
}
