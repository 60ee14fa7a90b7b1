//! Devices and sessions, for the lists that people and their administrators look at. Whether a session is
//! good is decided on the aggregates, never here.

use twofold_domain::device::{DeviceEvent, EndCause, Method, Scope, Session};
use twofold_domain::ids::{
    AccountId, ClientId, DeviceId, ExemptionId, SessionId, StreamId, UserId, VerifierId,
};
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::store::{AggregateKind, EventStore, StoreError, Stream, Value, Views};
use uuid::Uuid;

use crate::fact::{Event, Fact, decode};
use crate::record::{Record, record};
use crate::view::{Projection, Table, View};

/// The projection's name.
pub const NAME: &str = "directory";

/// The projection.
pub fn projection() -> Projection {
    Projection::new(NAME, 4).with::<Devices>().with::<Sessions>()
}

/// Every device of everybody.
pub enum Devices {}

record! {
    /// One browser or app.
    pub struct DeviceRow {
        /// The device.
        pub device_id: DeviceId,
        /// Whose it is.
        pub user_id: UserId,
        /// When it was first seen.
        pub first_seen_at: Timestamp,
        /// When it last signed in or renewed its token.
        pub last_seen_at: Timestamp,
        /// Whether a sign-in was ever completed on it.
        pub familiar: bool,
        /// Where it was seen last, sealed.
        pub ip: Option<Vec<u8>>,
        /// What it is, sealed.
        pub user_agent: Option<Vec<u8>>,
        /// When it was last trusted; nothing where it is not.
        pub trusted_at: Option<Timestamp>,
        /// Until when at most.
        pub trusted_until: Option<Timestamp>,
        /// The enrolment generation that its trust falls with.
        pub trust_generation: Option<u32>,
        /// The credential epoch that its trust falls with.
        pub trust_epoch: Option<u32>,
    }
}

impl View for Devices {
    type Row = DeviceRow;
    type Key = DeviceId;
    const TABLE: Table = Table { indexes: &["user_id"], ..Table::of("devices", "device_id") };

    fn key(fact: &Fact) -> Option<DeviceId> {
        let Event::Device(device, event) = &fact.event else { return None };
        match event {
            DeviceEvent::DeviceRegistered { .. }
            | DeviceEvent::SignInStarted { .. }
            | DeviceEvent::SignInCompleted { .. }
            | DeviceEvent::DeviceTrusted { .. }
            | DeviceEvent::DeviceTokenRotated { .. }
            | DeviceEvent::DeviceDistrusted { .. } => Some(*device),
            DeviceEvent::SessionStarted { .. }
            | DeviceEvent::SessionSteppedUp { .. }
            | DeviceEvent::SessionRenewed { .. }
            | DeviceEvent::SessionActive { .. }
            | DeviceEvent::SessionReauthorised { .. }
            | DeviceEvent::ApiTokenUsed { .. }
            | DeviceEvent::ProofCameLate { .. }
            | DeviceEvent::SessionEnded { .. } => None,
        }
    }

    fn apply(row: Option<DeviceRow>, device_id: DeviceId, fact: &Fact) -> Option<DeviceRow> {
        let Event::Device(_, event) = &fact.event else { return row };
        if let DeviceEvent::DeviceRegistered { user, origin, at, .. } = event {
            return Some(DeviceRow {
                device_id,
                user_id: *user,
                first_seen_at: *at,
                last_seen_at: *at,
                familiar: false,
                ip: origin.ip.as_ref().map(|ip| ip.bytes().to_vec()),
                user_agent: origin.user_agent.as_ref().map(|agent| agent.bytes().to_vec()),
                trusted_at: None,
                trusted_until: None,
                trust_generation: None,
                trust_epoch: None,
            });
        }
        let mut row = row?;
        match event {
            DeviceEvent::SignInStarted { origin, at, .. } => {
                row.last_seen_at = *at;
                row.ip = origin.ip.as_ref().map(|ip| ip.bytes().to_vec());
                row.user_agent = origin.user_agent.as_ref().map(|agent| agent.bytes().to_vec());
            }
            DeviceEvent::SignInCompleted { .. } => row.familiar = true,
            DeviceEvent::DeviceTokenRotated { at, .. } => row.last_seen_at = *at,
            DeviceEvent::DeviceTrusted { granted_at, until, generation, epoch } => {
                row.trusted_at = Some(*granted_at);
                row.trusted_until = Some(*until);
                row.trust_generation = Some(*generation);
                row.trust_epoch = Some(*epoch);
            }
            DeviceEvent::DeviceDistrusted { .. } => {
                row.trusted_at = None;
                row.trusted_until = None;
                row.trust_generation = None;
                row.trust_epoch = None;
            }
            DeviceEvent::DeviceRegistered { .. }
            | DeviceEvent::SessionStarted { .. }
            | DeviceEvent::SessionSteppedUp { .. }
            | DeviceEvent::SessionRenewed { .. }
            | DeviceEvent::SessionActive { .. }
            | DeviceEvent::SessionReauthorised { .. }
            | DeviceEvent::ApiTokenUsed { .. }
            | DeviceEvent::ProofCameLate { .. }
            | DeviceEvent::SessionEnded { .. } => {}
        }
        Some(row)
    }
}

/// Every session of everybody.
pub enum Sessions {}

record! {
    /// One session.
    pub struct SessionRow {
        /// The session.
        pub session_id: SessionId,
        /// Whose it is.
        pub user_id: UserId,
        /// Where it is.
        pub device_id: DeviceId,
        /// What it may be used for.
        pub scope: Scope,
        /// How its person was authenticated, a later step-up included.
        pub method: Method,
        /// How its sign-in was completed, whatever was shown later.
        pub signed_in: Method,
        /// Its assurance level.
        pub assurance: u8,
        /// The enrolment generation it belongs to.
        pub generation: u32,
        /// The credential epoch it belongs to.
        pub epoch: u32,
        /// The suspension it was opened under.
        pub suspension: Option<u32>,
        /// The exemption it rests on.
        pub exemption: Option<ExemptionId>,
        /// The program that vouched for the first factor.
        pub client: Option<ClientId>,
        /// When the app in which it lives was last reauthorised.
        pub reauthorised_at: Option<Timestamp>,
        /// Since when.
        pub started_at: Timestamp,
        /// When a second factor was last shown in it.
        pub proved_at: Option<Timestamp>,
        /// When it was last seen in use.
        pub active_at: Timestamp,
        /// Idle time after which it ends.
        pub idle: Span,
        /// When it ends whatever happens.
        pub ends_at: Timestamp,
        /// When it was ended before its time.
        pub ended_at: Option<Timestamp>,
        /// By what.
        pub ended_by: Option<EndCause>,
    }
}

impl SessionRow {
    /// The session as the domain's rules see it, its token aside.
    pub fn session(&self) -> Session {
        Session {
            scope: self.scope,
            method: self.method,
            verifier: VerifierId::from_uuid(Uuid::nil()),
            generation: self.generation,
            epoch: self.epoch,
            suspension: self.suspension,
            exemption: self.exemption,
            client: self.client,
            reauthorised_at: self.reauthorised_at,
            started_at: self.started_at,
            proved_at: self.proved_at,
            active_at: self.active_at,
            idle: self.idle,
            ends_at: self.ends_at,
        }
    }
}

/// The assurance level of a way to authenticate (NIST SP 800-63B-4 §2): a remembered device never counts.
const fn assurance(method: Method) -> u8 {
    match method {
        Method::Password | Method::Asserted | Method::Trust => 1,
        Method::Otp | Method::RecoveryCode | Method::SmsCode | Method::Assertion | Method::RecoveryGrant => 2,
    }
}

impl View for Sessions {
    type Row = SessionRow;
    type Key = SessionId;
    const TABLE: Table = Table { indexes: &["user_id"], ..Table::of("sessions", "session_id") };

    fn key(fact: &Fact) -> Option<SessionId> {
        let Event::Device(_, event) = &fact.event else { return None };
        match event {
            DeviceEvent::SessionStarted { session, .. }
            | DeviceEvent::SessionSteppedUp { session, .. }
            | DeviceEvent::SessionRenewed { session, .. }
            | DeviceEvent::SessionActive { session, .. }
            | DeviceEvent::SessionReauthorised { session, .. }
            | DeviceEvent::SessionEnded { session, .. } => Some(*session),
            DeviceEvent::ApiTokenUsed { .. }
            | DeviceEvent::ProofCameLate { .. }
            | DeviceEvent::DeviceRegistered { .. }
            | DeviceEvent::SignInStarted { .. }
            | DeviceEvent::SignInCompleted { .. }
            | DeviceEvent::DeviceTrusted { .. }
            | DeviceEvent::DeviceTokenRotated { .. }
            | DeviceEvent::DeviceDistrusted { .. } => None,
        }
    }

    fn apply(row: Option<SessionRow>, session_id: SessionId, fact: &Fact) -> Option<SessionRow> {
        let Event::Device(device_id, event) = &fact.event else { return row };
        if let DeviceEvent::SessionStarted {
            scope,
            method,
            generation,
            epoch,
            suspension,
            exemption,
            client,
            idle,
            ends_at,
            at,
            ..
        } = event
        {
            return Some(SessionRow {
                session_id,
                user_id: fact.subject?,
                device_id: *device_id,
                scope: *scope,
                method: *method,
                signed_in: *method,
                assurance: assurance(*method),
                generation: *generation,
                epoch: *epoch,
                suspension: *suspension,
                exemption: *exemption,
                client: *client,
                reauthorised_at: None,
                started_at: *at,
                proved_at: (assurance(*method) == 2).then_some(*at),
                active_at: *at,
                idle: *idle,
                ends_at: *ends_at,
                ended_at: None,
                ended_by: None,
            });
        }
        let mut row = row?;
        match event {
            DeviceEvent::SessionSteppedUp { method, generation, epoch, at, .. } => {
                row.scope = Scope::Full;
                row.method = *method;
                row.assurance = assurance(*method);
                row.generation = *generation;
                row.epoch = *epoch;
                (row.suspension, row.exemption) = (None, None);
                row.proved_at = Some(*at);
                row.active_at = *at;
            }
            DeviceEvent::SessionRenewed { epoch, at, .. } => {
                row.epoch = *epoch;
                row.active_at = row.active_at.max(*at);
            }
            DeviceEvent::SessionActive { at, .. } => row.active_at = row.active_at.max(*at),
            DeviceEvent::SessionEnded { cause, .. } => {
                row.ended_at = Some(fact.at);
                row.ended_by = Some(*cause);
            }
            DeviceEvent::SessionReauthorised { at, .. } => row.reauthorised_at = Some(*at),
            DeviceEvent::SessionStarted { .. }
            | DeviceEvent::ApiTokenUsed { .. }
            | DeviceEvent::ProofCameLate { .. }
            | DeviceEvent::DeviceRegistered { .. }
            | DeviceEvent::SignInStarted { .. }
            | DeviceEvent::SignInCompleted { .. }
            | DeviceEvent::DeviceTrusted { .. }
            | DeviceEvent::DeviceTokenRotated { .. }
            | DeviceEvent::DeviceDistrusted { .. } => {}
        }
        Some(row)
    }
}

/// A person's devices, the one seen last first.
pub async fn devices(views: &Views, account: AccountId, user: UserId) -> Result<Vec<DeviceRow>, StoreError> {
    let sql = select::<Devices>("user_id = $2 order by last_seen_at desc, device_id");
    let rows = views.fetch(&sql, &[account.uuid().into(), user.uuid().into()]).await?;
    rows.iter().map(|row| DeviceRow::get(row, 0)).collect()
}

/// A person's sessions that were not ended, the newest first. Time, a reset, or a changed password may have
/// ended them all the same: ask the domain's `session_holds`.
pub async fn sessions(
    views: &Views,
    account: AccountId,
    user: UserId,
) -> Result<Vec<SessionRow>, StoreError> {
    let sql = select::<Sessions>(
        "user_id = $2 and ended_at is null order by started_at desc, session_id limit 1000",
    );
    let rows = views.fetch(&sql, &[account.uuid().into(), user.uuid().into()]).await?;
    rows.iter().map(|row| SessionRow::get(row, 0)).collect()
}

/// A person's devices as they were right after an event, the one seen last first: folded from their own streams.
pub async fn devices_as_of(
    store: &EventStore,
    account: AccountId,
    user: UserId,
    position: u64,
) -> Result<Vec<DeviceRow>, StoreError> {
    let mut then = vec![];
    // None is ever struck off the list.
    for row in devices(store.views(), account, user).await? {
        let stream = Stream { kind: AggregateKind::Device, id: StreamId::device(account, row.device_id) };
        let mut held = None;
        for recorded in store.read_stream_until(stream, position).await? {
            let fact = decode(&recorded).map_err(|poison| StoreError::Corrupt(poison.to_string()))?;
            if let Some(device) = Devices::key(&fact) {
                held = Devices::apply(held, device, &fact);
            }
        }
        then.extend(held);
    }
    then.sort_by(|a, b| (b.last_seen_at, a.device_id).cmp(&(a.last_seen_at, b.device_id)));
    Ok(then)
}

/// Where a person's sessions are that had not been ended by an instant, the newest session first. Which of them
/// were good, their devices say.
pub async fn sessions_since(
    views: &Views,
    account: AccountId,
    user: UserId,
    at: Timestamp,
) -> Result<Vec<SessionRow>, StoreError> {
    let sql = select::<Sessions>(
        "user_id = $2 and (ended_at is null or ended_at >= $3) order by started_at desc, session_id limit 1000",
    );
    let rows = views.fetch(&sql, &[account.uuid().into(), user.uuid().into(), at.micros().into()]).await?;
    rows.iter().map(|row| SessionRow::get(row, 0)).collect()
}

/// One device of an account.
pub async fn device(
    views: &Views,
    account: AccountId,
    device: DeviceId,
) -> Result<Option<DeviceRow>, StoreError> {
    one(views, &select::<Devices>("device_id = $2"), account, device.uuid().into()).await
}

/// One session of an account, ended or not.
pub async fn session(
    views: &Views,
    account: AccountId,
    session: SessionId,
) -> Result<Option<SessionRow>, StoreError> {
    one(views, &select::<Sessions>("session_id = $2"), account, session.uuid().into()).await
}

async fn one<R: Record>(
    views: &Views,
    sql: &str,
    account: AccountId,
    key: Value,
) -> Result<Option<R>, StoreError> {
    let row = views.fetch_optional(sql, &[account.uuid().into(), key]).await?;
    row.map(|row| R::get(&row, 0)).transpose()
}

fn select<V: View>(condition: &str) -> String {
    let columns: Vec<&str> = V::Row::COLUMNS.iter().map(|c| c.name).collect();
    format!(
        "select {} from views.{} where account_id = $1 and {condition}",
        columns.join(", "),
        V::TABLE.name
    )
}
