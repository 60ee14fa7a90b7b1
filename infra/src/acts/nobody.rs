//! What a sign-in does that must not tell whether somebody is there.
//!
//! A wrong password at a known person costs the looks at three streams, a hash, and one append that
//! charges them. So whatever is refused without a charge, an address that nobody has, a lock, costs the
//! same: somebody who is not there is looked at, and one append writes a row that means nothing. There are
//! [`DECOYS`] such rows in an account, so nothing grows. Guesses at one such address take turns like
//! those at one person.
//!
//! Where a letter would be mailed, one is written and sealed for nobody, too: that work is most of what mailing costs
//! before the answer. It is kept in such a row, and read by nobody.

use twofold_domain::ids::{LinkId, StreamId, UserId, VerifierId};
use twofold_domain::user::User;
use uuid::Builder;
use zeroize::Zeroizing;

use super::people::{EMAIL_CLAIM, FORMER_CLAIM};
use super::{ActError, former, links, post, words};
use crate::keys::AccountKeys;
use crate::mail::Letter;
use crate::refusals::Uncharged;
use crate::vault::kind;
use crate::verify::token::{Bearer, LinkToken};
use crate::work::Work;

/// The letter around a link, as the person who is found would get it.
pub(super) type Around = fn(Zeroizing<String>) -> Letter;

/// Rows of an account that mean nothing. Guesses at addresses that share one take turns.
const DECOYS: u8 = 64;
/// Bytes of such a row: those of a password's hash, roughly.
const DECOY_BYTES: usize = 64;
const LABEL: &str = "twofold/nobody/v1";

/// Somebody who is not there: always the same for one address of one account, or one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Nobody {
    user: UserId,
    row: VerifierId,
}

impl Nobody {
    /// Whoever is not behind this text.
    pub(super) fn of(keys: &AccountKeys, text: &[u8]) -> Self {
        let tag = keys.tokens().tag(LABEL, &[b"user", text]);
        let place = tag[16] % DECOYS;
        let row = keys.tokens().tag(LABEL, &[b"row", &[place]]);
        Self { user: UserId::from_uuid(uuid(&tag)), row: VerifierId::from_uuid(uuid(&row)) }
    }

    /// Looks at nobody as at somebody: once in the log, and in memory from then on.
    pub(super) async fn look(self, work: &mut Work) -> Result<(), ActError> {
        let (desk, account) = (work.desk().clone(), work.account_id());
        let stream = StreamId::user(account, self.user);
        let users = &desk.log().users;
        if users.last_seen(stream).is_none() {
            users.load(stream).await?;
            desk.store().read_stream(users.stream(stream)?).await?;
            users.committed(stream, User::default(), 0);
        }
        desk.vault().secret(account, self.row, kind::DECOY).await?;
        work.queue_for(self.user).await;
        work.look_afresh();
        let device = desk.mint().id();
        work.load_both(self.user, device).await
    }

    /// Refuses a sign-in with an append that charges nobody.
    pub(super) async fn refuse(self, work: &mut Work, why: Uncharged) -> Result<(), ActError> {
        self.append(work).await?;
        work.count_after(why);
        Ok(())
    }

    /// Makes this work one append that says nothing.
    pub(super) async fn append(self, work: &mut Work) -> Result<(), ActError> {
        let nonsense = work.desk().mint().bytes::<DECOY_BYTES>();
        self.keep(work, &nonsense).await
    }

    /// The same, having written a letter that nobody gets.
    async fn append_letter(self, work: &mut Work, around: Around) -> Result<(), ActError> {
        let desk = work.desk().clone();
        let link: LinkId = desk.mint().id();
        let token = Bearer::<LinkToken>::mint(desk.mint(), work.account_id(), self.user, link);
        let keys = desk.vault().account_keys(work.account_id()).await?;
        let tag = token.verifier(keys.tokens());
        let letter = around(Zeroizing::new(links::url(&desk, "setup", &token)));
        let mut nonsense = post::in_vain(work, self.user, &letter).await?;
        nonsense.extend(tag);
        self.keep(work, &nonsense).await
    }

    async fn keep(self, work: &mut Work, nonsense: &[u8]) -> Result<(), ActError> {
        let owner = UserId::from_uuid(work.account_id().uuid());
        work.desk().vault().clone().keep(work, owner, self.row, kind::DECOY, nonsense).await
    }
}

/// Who has this address, or had it while recovery uses it, looked at as somebody is at the door. Where nobody has,
/// nobody is looked at, and the letter and the append that somebody would cost are made.
pub(super) async fn or_whose(
    work: &mut Work,
    email: &str,
    around: Around,
) -> Result<Option<UserId>, ActError> {
    let (desk, account) = (work.desk().clone(), work.account_id());
    let keys = desk.vault().account_keys(account).await?;
    let index = words::email(email).ok().map(|address| keys.blind_index(&address).bytes());
    // Both are asked about whoever it is.
    let (owner, former) = match &index {
        Some(index) => (
            desk.store().claim(account, EMAIL_CLAIM, index).await?,
            desk.store().claim(account, FORMER_CLAIM, index).await?,
        ),
        None => (None, None),
    };
    let Some(user) = owner.or(former).map(UserId::from_uuid) else {
        let nobody = Nobody::of(&keys, index.as_ref().map_or(&[], |index| index.as_slice()));
        nobody.look(work).await?;
        nobody.append_letter(work, around).await?;
        return Ok(None);
    };
    let stream = StreamId::user(account, user);
    if desk.log().users.last_seen(stream).is_none() {
        desk.log().users.load(stream).await?;
    }
    work.queue_for(user).await;
    work.look_afresh();
    work.load_both(user, desk.mint().id()).await?;
    // One that was theirs finds them only as long as recovery uses it.
    if let Some(index) = index.filter(|_| owner.is_none())
        && !former::finds(work, user, &index).await?
    {
        in_place_of(work, user, around).await?;
        return Ok(None);
    }
    Ok(Some(user))
}

/// The letter and the append that somebody would have cost for whom nothing is done.
pub(super) async fn in_place_of(work: &mut Work, user: UserId, around: Around) -> Result<(), ActError> {
    let keys = work.desk().vault().account_keys(work.account_id()).await?;
    Nobody::of(&keys, user.uuid().as_bytes()).append_letter(work, around).await
}

fn uuid(tag: &[u8; 32]) -> uuid::Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&tag[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}
