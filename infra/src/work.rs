//! The unit of work: what an act looks at, what it records, and the one append that commits both.
//!
//! Whatever an act loads is a **read** that must not have moved when it commits; whatever it records
//! makes that stream a **write**. So a sign-in that looked at the account's switch cannot be
//! committed after the switch was thrown: the append refuses it, and the act runs again on fresh
//! state. No act can forget this, because there is no other way to look.
//!
//! That is also why a first run may decide on states as they were last seen, without a question to
//! the database: the append asks for every head anyway. Only an answer that appends nothing asks
//! before it is given.
//!
//! **Time does not run backwards.** A work's instant is the later of the clock and what this process
//! knows of the account's time: the greatest instant that it saw recorded there, or gave an answer
//! at. What others recorded meanwhile comes with the heads, and with the append, which refuses a
//! decision that lags behind the account's last event by more than `LAG`; the act then runs again,
//! on the account's own time. So whatever was over stays over when a clock jumps back.

mod commit;
mod look;
mod record;

use std::collections::BTreeMap;
use std::sync::Arc;

use cqrs_es::Aggregate;
use twofold_domain::account::Account;
use twofold_domain::device::Device;
use twofold_domain::ids::{AccountId, DeviceId, TokenId, UserId};
use twofold_domain::reading::{Reader, Reading};
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::User;

use crate::context::{Actor, Context};
use crate::desk::Desk;
use crate::refusals::Uncharged;
use crate::store::Extras;
use crate::store::aggregates::Loaded;

pub(crate) use look::Wanted;

/// How far a decision's instant may lie before the account's last recorded one: acts that race are
/// recorded in another order than they looked at the clock, and clocks of two servers differ a little.
/// Whatever ends, ends for everyone within this of its instant, whatever the clocks do.
const LAG: Span = Span::seconds(5);

/// One aggregate as an act sees it: the state it loaded, with the act's own events folded in.
struct Held<A: Aggregate> {
    state: Arc<A>,
    head: u64,
    recorded: Vec<A::Event>,
    /// Who owed the first of them, where it is a reset that nobody here did.
    owed: Option<Actor>,
}

impl<A: Aggregate> From<Loaded<A>> for Held<A> {
    fn from(loaded: Loaded<A>) -> Self {
        Self { state: loaded.state, head: loaded.sequence, recorded: vec![], owed: None }
    }
}

/// What one run of an act looked at and recorded. Nothing is durable before it is committed.
pub struct Work {
    desk: Desk,
    account: AccountId,
    at: Timestamp,
    context: Context,
    held_account: Option<Held<Account>>,
    users: BTreeMap<UserId, Held<User>>,
    devices: BTreeMap<DeviceId, Held<Device>>,
    readings: BTreeMap<Reader, Held<Reading>>,
    extras: Extras,
    lock: Option<tokio::sync::OwnedMutexGuard<()>>,
    forget: Vec<UserId>,
    /// Ask for the head of every stream; otherwise what was seen last is good enough to decide on.
    fresh: bool,
    recalled: bool,
    /// How far the account's own clock is ahead of the server's, in microseconds.
    ahead: i64,
    /// The latest instant that this work saw recorded in the account.
    floor: Timestamp,
    /// When something ended that this work found over.
    ended: Option<Timestamp>,
    /// Why a sign-in is refused without a charge.
    uncharged: Option<Uncharged>,
    /// Whether what is recorded says that the act was refused.
    refusal: bool,
}

impl Work {
    pub(crate) fn new(desk: Desk, account: AccountId, context: Context, fresh: bool) -> Self {
        let (at, ahead) = (desk.now_in(account), desk.ahead_of(account));
        Self {
            ahead,
            desk,
            account,
            at,
            context,
            held_account: None,
            users: BTreeMap::new(),
            devices: BTreeMap::new(),
            readings: BTreeMap::new(),
            extras: Extras::default(),
            lock: None,
            forget: vec![],
            fresh,
            recalled: false,
            floor: Timestamp::from_micros(0),
            ended: None,
            uncharged: None,
            refusal: false,
        }
    }

    /// The services behind the act.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The tenant. Every stream that this work touches is this account's.
    pub fn account_id(&self) -> AccountId {
        self.account
    }

    /// Now, in the account's time: the same throughout one run, and never before what was recorded.
    /// An OTP is compared at `Self::clock` instead.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// What the account's clock shows: the server's, or a sandbox's own. Known once the account is loaded.
    pub(crate) fn clock(&self) -> Timestamp {
        let real = self.desk.clock().now();
        self.held_account.as_ref().map_or(real, |held| held.state.now(real))
    }

    /// The account is known, and with it how far its clock is ahead: the first look at it in this process
    /// begins without that.
    fn keep_its_time(&mut self) {
        if let Some(held) = self.held_account.as_ref().filter(|held| held.state.clock_ahead != self.ahead) {
            self.ahead = held.state.clock_ahead;
            self.at = self.at.max(held.state.now(self.desk.clock().now()));
        }
    }

    /// What is known of the request.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Names the person behind the act, once a session proved who it is.
    pub(crate) fn act_as(&mut self, actor: Actor, session: Option<twofold_domain::ids::SessionId>) {
        self.context.actor = actor;
        self.context.session = session;
    }

    /// Names the token behind the act, and whose it is, once its secret proved right.
    pub(crate) fn act_by_token(&mut self, actor: Actor, token: TokenId) {
        self.act_as(actor, None);
        self.context.token = Some(token);
    }

    /// Waits until no other act of this process is deciding about this user. Not needed for
    /// correctness — the append decides races — but sixty-four guesses at once need not all be
    /// decided sixty-four times. Call it before loading the user.
    pub async fn queue_for(&mut self, user: UserId) {
        if self.lock.is_none() {
            self.lock = Some(self.desk.turn_of(user).await);
            // Whoever went before has moved the account's time on.
            self.at = self.at.max(self.desk.now_in(self.account));
        }
    }

    /// The same for what one reader reads: many files that they take away at once are recorded one after another.
    /// Call it before anything is loaded.
    pub(crate) async fn queue_for_reader(&mut self, reader: Reader) {
        self.queue_for(UserId::from_uuid(reader.stream(self.account))).await;
    }

    /// From here on asks where streams stand instead of deciding on what was last seen. For acts that ask
    /// anyway, and whose cost must not tell what was seen here before.
    pub(crate) fn look_afresh(&mut self) {
        self.fresh = true;
    }

    /// Has a sign-in that charges nobody counted once its decoy is committed.
    pub(crate) fn count_after(&mut self, why: Uncharged) {
        self.uncharged = Some(why);
    }

    /// Something that ended at this instant was found over, and is refused for that: it stays so.
    pub(crate) fn found_over(&mut self, ended: Timestamp) {
        self.ended = Some(ended);
    }

    /// When something ended that this work found over.
    pub(crate) fn ended(&self) -> Option<Timestamp> {
        self.ended
    }

    /// What this work records says that the act is refused: it is committed although the act errs.
    pub(crate) fn refuse_on_record(&mut self) {
        self.refusal = true;
    }

    /// Whether something is to be committed of an act that was refused.
    pub(crate) fn refused_on_record(&self) -> bool {
        self.refusal && !self.is_idle()
    }

    /// Has an erased person's key forgotten once the erasure is committed.
    pub(crate) fn forget_after(&mut self, person: UserId) {
        self.forget.push(person);
    }

    /// Rows to change in the same transaction.
    pub fn extras(&mut self) -> &mut Extras {
        &mut self.extras
    }
}
