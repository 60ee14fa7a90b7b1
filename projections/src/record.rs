//! Rows: how a typed struct becomes columns, and how columns become a struct again.
//!
//! One declaration gives the struct, the table's columns in both databases, and both directions, so that a
//! column cannot be written and forgotten to be read.

use std::collections::BTreeMap;

use twofold_domain::account::{ClockKind, Notice, OperatorAct};
use twofold_domain::delivery::{Channel, MessagePurpose, SpentBudget, Undelivered};
use twofold_domain::device::{EndCause, Method, Scope};
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::{
    ApprovalId, ClientId, DeviceId, ExemptionId, FactorId, MessageId, OperatorGrantId, RecoveryId,
    ReportJobId, ScheduleId, SessionId, TokenId, UserId,
};
use twofold_domain::policy::Role;
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::{BINDINGS_AT_ONCE, FrozenBy, Objection, RecoveryRefusal, RecoveryRoute, Thawed};
use twofold_infra::store::{Row, StoreError, Value};
use uuid::Uuid;

use crate::exemptions::End;
use crate::recovery::Overtook;
use crate::report_files::Stage;

/// The storage classes of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `text`
    Text,
    /// `bigint`
    Int,
    /// `boolean`
    Bool,
    /// `uuid`, 16 bytes in SQLite
    Uuid,
    /// `bytea`, a blob in SQLite
    Bytes,
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnDef {
    /// Its name.
    pub name: &'static str,
    /// Its storage class.
    pub kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
}

/// Where a row's columns go, in order.
pub trait Sink {
    /// A `text`.
    fn text(&mut self, value: &str);
    /// A `bigint`.
    fn int(&mut self, value: i64);
    /// A `boolean`.
    fn bool(&mut self, value: bool);
    /// A `uuid`.
    fn uuid(&mut self, value: Uuid);
    /// A `bytea`.
    fn bytes(&mut self, value: &[u8]);
    /// Nothing, of that class.
    fn null(&mut self, kind: Kind);
}

impl Sink for Vec<Value> {
    fn text(&mut self, value: &str) {
        self.push(value.into());
    }
    fn int(&mut self, value: i64) {
        self.push(value.into());
    }
    fn bool(&mut self, value: bool) {
        self.push(value.into());
    }
    fn uuid(&mut self, value: Uuid) {
        self.push(value.into());
    }
    fn bytes(&mut self, value: &[u8]) {
        self.push(value.into());
    }
    fn null(&mut self, kind: Kind) {
        self.push(match kind {
            Kind::Text => Value::Text(None),
            Kind::Int => Value::Int(None),
            Kind::Bool => Value::Bool(None),
            Kind::Uuid => Value::Uuid(None),
            Kind::Bytes => Value::Bytes(None),
        });
    }
}

/// A type that fits a column.
pub trait Column: Sized {
    /// Its storage class.
    const KIND: Kind;
    /// Whether it may be null.
    const NULLABLE: bool = false;
    /// Writes it.
    fn put(&self, sink: &mut impl Sink);
    /// Reads it from the column at `index`.
    fn get(row: &Row, index: usize) -> Result<Self, StoreError>;
    /// Reads it where the column may be null.
    fn get_optional(row: &Row, index: usize) -> Result<Option<Self>, StoreError>;
}

impl<T: Column> Column for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
    fn put(&self, sink: &mut impl Sink) {
        match self {
            Some(value) => value.put(sink),
            None => sink.null(T::KIND),
        }
    }
    fn get(row: &Row, index: usize) -> Result<Self, StoreError> {
        T::get_optional(row, index)
    }
    fn get_optional(row: &Row, index: usize) -> Result<Option<Self>, StoreError> {
        T::get_optional(row, index).map(Some)
    }
}

/// `T` is stored as `$raw`: how it is written, and how it is read back.
macro_rules! columns {
    ($($type:ty: $kind:ident $raw:ty = |$x:ident, $sink:ident| $put:expr, |$stored:ident| $get:expr;)+) => {$(
        impl Column for $type {
            const KIND: Kind = Kind::$kind;
            fn put(&self, $sink: &mut impl Sink) {
                let $x = self;
                $put
            }
            fn get(row: &Row, index: usize) -> Result<Self, StoreError> {
                let $stored: $raw = row.get(index)?;
                $get
            }
            fn get_optional(row: &Row, index: usize) -> Result<Option<Self>, StoreError> {
                let Some($stored) = row.get::<Option<$raw>>(index)? else { return Ok(None) };
                $get.map(Some)
            }
        }
    )+};
}

columns! {
    i64: Int i64 = |x, sink| sink.int(*x), |stored| Ok(stored);
    u64: Int i64 = |x, sink| sink.int(*x as i64), |stored| whole(stored);
    u32: Int i64 = |x, sink| sink.int(i64::from(*x)), |stored| whole(stored);
    u16: Int i64 = |x, sink| sink.int(i64::from(*x)), |stored| whole(stored);
    u8: Int i64 = |x, sink| sink.int(i64::from(*x)), |stored| whole(stored);
    bool: Bool bool = |x, sink| sink.bool(*x), |stored| Ok(stored);
    String: Text String = |x, sink| sink.text(x), |stored| Ok(stored);
    Box<str>: Text String = |x, sink| sink.text(x), |stored| Ok(stored.into());
    Vec<u8>: Bytes Vec<u8> = |x, sink| sink.bytes(x), |stored| Ok(stored);
    Uuid: Uuid Uuid = |x, sink| sink.uuid(*x), |stored| Ok(stored);
    UserId: Uuid Uuid = |x, sink| sink.uuid(x.uuid()), |stored| Ok(Self::from_uuid(stored));
    DeviceId: Uuid Uuid = |x, sink| sink.uuid(x.uuid()), |stored| Ok(Self::from_uuid(stored));
    SessionId: Uuid Uuid = |x, sink| sink.uuid(x.uuid()), |stored| Ok(Self::from_uuid(stored));
    FactorId: Uuid Uuid = |x, sink| sink.uuid(x.uuid()), |stored| Ok(Self::from_uuid(stored));
    ScheduleId: Uuid Uuid = |x, sink| sink.uuid(x.uuid()), |stored| Ok(Self::from_uuid(stored));
    ApprovalId: Uuid Uuid = |x, sink| sink.uuid(x.uuid()), |stored| Ok(Self::from_uuid(stored));
    OperatorGrantId: Uuid Uuid = |x, sink| sink.uuid(x.uuid()), |stored| Ok(Self::from_uuid(stored));
    ExemptionId: Uuid Uuid = |x, sink| sink.uuid(x.uuid()), |stored| Ok(Self::from_uuid(stored));
    ClientId: Uuid Uuid = |x, sink| sink.uuid(x.uuid()), |stored| Ok(Self::from_uuid(stored));
    RecoveryId: Uuid Uuid = |x, sink| sink.uuid(x.uuid()), |stored| Ok(Self::from_uuid(stored));
    MessageId: Uuid Uuid = |x, sink| sink.uuid(x.uuid()), |stored| Ok(Self::from_uuid(stored));
    ReportJobId: Uuid Uuid = |x, sink| sink.uuid(x.uuid()), |stored| Ok(Self::from_uuid(stored));
    TokenId: Uuid Uuid = |x, sink| sink.uuid(x.uuid()), |stored| Ok(Self::from_uuid(stored));
    Timestamp: Int i64 = |x, sink| sink.int(x.micros()), |stored| Ok(Self::from_micros(stored));
    // One of many kinds of news has it: a column for each of its parts would be empty in every other row.
    SpentBudget: Text String = |x, sink| sink.text(&serde_json::to_string(x).unwrap_or_default()),
        |stored| serde_json::from_str(&stored).map_err(|_| unreadable(&stored));
    Span: Int i64 = |x, sink| sink.int(x.micros()), |stored| Ok(Self::seconds(stored / 1_000_000));
}

fn whole<T: TryFrom<i64>>(stored: i64) -> Result<T, StoreError> {
    T::try_from(stored).map_err(|_| unreadable(&stored.to_string()))
}

/// A stored value that none of ours wrote.
pub(crate) fn unreadable(stored: &str) -> StoreError {
    StoreError::Misread(format!("it holds {stored:?}"))
}

/// Closed sets are stored by their names.
macro_rules! named {
    ($($type:ident { $($variant:ident = $name:literal),+ })+) => {$(
        impl Named for $type {
            fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
            fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
        impl Column for $type {
            const KIND: Kind = Kind::Text;
            fn put(&self, sink: &mut impl Sink) {
                sink.text(Named::name(*self));
            }
            fn get(row: &Row, index: usize) -> Result<Self, StoreError> {
                Self::get_optional(row, index)?.ok_or_else(|| unreadable("null"))
            }
            fn get_optional(row: &Row, index: usize) -> Result<Option<Self>, StoreError> {
                let Some(stored) = row.text(index)? else { return Ok(None) };
                Self::parse(stored).map(Some).ok_or_else(|| unreadable(stored))
            }
        }
    )+};
}

pub(crate) trait Named: Sized {
    fn name(self) -> &'static str;
    fn parse(name: &str) -> Option<Self>;
}

named! {
    Role { Owner = "owner", Admin = "admin", Agent = "agent", Auditor = "auditor", EndUser = "end_user" }
    Method { Password = "password", Asserted = "asserted", Trust = "trust", Otp = "otp", RecoveryCode = "recovery_code", SmsCode = "sms_code", Assertion = "assertion", RecoveryGrant = "recovery_grant" }
    Channel { Mail = "mail", Sms = "sms" }
    MessagePurpose { Code = "code", Link = "link", OpenLink = "open_link", Invitation = "invitation", Notice = "notice" }
    Undelivered {
        Refused = "refused", Unreachable = "unreachable", NotSecure = "not_secure", Expired = "expired", BadAddress = "bad_address",
        NoTransport = "no_transport", PersonBudget = "person_budget", AccountBudget = "account_budget",
        CountryBudget = "country_budget", Unreadable = "unreadable"
    }
    Scope { Full = "full", Enrolment = "enrolment" }
    ClockKind { Real = "real", Sandbox = "sandbox" }
    Notice {
        LockedOut = "locked_out", TeamChanged = "team_changed", PolicyChanged = "policy_changed",
        PasswordAccess = "password_access"
    }
    Stage { Ordered = "ordered", Ready = "ready", GivenUp = "given_up", Withdrawn = "withdrawn" }
    FactorKind { Totp = "totp", Token = "token", Sms = "sms", Webauthn = "webauthn" }
    RecoveryRoute {
        Grant = "grant", Staff = "staff", Mailbox = "mailbox", TrustedDevice = "trusted_device", Owner = "owner",
        Frozen = "frozen", Operator = "operator"
    }
    OperatorAct {
        Link = "admin_link", Unlock = "admin_unlock", ReadNames = "read_names", ImportTokens = "import_tokens"
    }
    FrozenBy { OwnLink = "own_link", FormerLink = "former_link", Person = "self", Staff = "staff" }
    Thawed { Factor = "factor", Allowed = "allowed" }
    RecoveryRefusal {
        EndUser = "end_user", PasswordMailed = "password_mailed", AddressChanged = "address_changed"
    }
    Objection {
        Factor = "factor", Person = "person", Staff = "staff", Password = "password", Address = "address",
        Replaced = "replaced", Frozen = "frozen"
    }
    Overtook {
        Reset = "reset", Disabled = "disabled", RoleChanged = "role_changed", Deactivated = "deactivated",
        Erased = "erased", Frozen = "frozen", Password = "password", Replaced = "replaced"
    }
    End {
        Replaced = "replaced", Ended = "ended", RoleChanged = "role_changed", Frozen = "frozen",
        Deactivated = "deactivated", Erased = "erased"
    }
    EndCause {
        SignedOut = "signed_out", EndedByUser = "ended_by_user", EndedByStaff = "ended_by_staff",
        DeviceLost = "device_lost", TokenReplayed = "token_replayed", Displaced = "displaced",
        PersonErased = "person_erased"
    }
}

/// The confirmed factors of a person, in the order of their ids: `<uuid>:<kind>` by spaces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Factors(pub BTreeMap<FactorId, FactorKind>);

impl Factors {
    /// The kinds, each once, by `+`; empty without a factor.
    pub fn kinds(&self) -> String {
        let mut kinds: Vec<&str> = self.0.values().map(|kind| Named::name(*kind)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.join("+")
    }

    fn parse(text: &str) -> Option<Self> {
        let factor = |part: &str| {
            let (id, kind) = part.split_once(':')?;
            Some((FactorId::from_uuid(Uuid::parse_str(id).ok()?), FactorKind::parse(kind)?))
        };
        text.split_whitespace().map(factor).collect::<Option<_>>().map(Self)
    }
}

impl Column for Factors {
    const KIND: Kind = Kind::Text;
    fn put(&self, sink: &mut impl Sink) {
        let parts: Vec<String> =
            self.0.iter().map(|(id, kind)| format!("{}:{}", id.uuid(), Named::name(*kind))).collect();
        sink.text(&parts.join(" "));
    }
    fn get(row: &Row, index: usize) -> Result<Self, StoreError> {
        Self::get_optional(row, index)?.ok_or_else(|| unreadable("null"))
    }
    fn get_optional(row: &Row, index: usize) -> Result<Option<Self>, StoreError> {
        let Some(stored) = row.text(index)? else { return Ok(None) };
        Self::parse(stored).map(Some).ok_or_else(|| unreadable(stored))
    }
}

/// A factor that is being bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// The session that began it.
    pub session: SessionId,
    /// The factor.
    pub factor: FactorId,
    /// Its kind.
    pub kind: FactorKind,
    /// The enrolment generation that it belongs to.
    pub generation: u32,
}

/// The factors that a person is binding, in the order in which they began, as the domain keeps them:
/// `<session>:<factor>:<kind>:<generation>` by spaces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bindings(Vec<Binding>);

impl Bindings {
    /// One begins; its session's earlier one gives way, or the oldest where there are too many.
    pub fn begin(&mut self, new: Binding) {
        let before = self.0.len();
        self.0.retain(|b| b.session != new.session);
        if before >= BINDINGS_AT_ONCE && self.0.len() == before {
            self.0.remove(0);
        }
        self.0.push(new);
    }

    /// One is finished.
    pub fn end(&mut self, factor: FactorId) -> Option<Binding> {
        let place = self.0.iter().position(|b| b.factor == factor)?;
        Some(self.0.remove(place))
    }

    fn parse(text: &str) -> Option<Self> {
        let binding = |part: &str| {
            let mut parts = part.split(':');
            let mut uuid = || Uuid::parse_str(parts.next()?).ok();
            let (session, factor) = (SessionId::from_uuid(uuid()?), FactorId::from_uuid(uuid()?));
            let kind = FactorKind::parse(parts.next()?)?;
            Some(Binding { session, factor, kind, generation: parts.next()?.parse().ok()? })
        };
        text.split_whitespace().map(binding).collect::<Option<_>>().map(Self)
    }
}

impl Column for Bindings {
    const KIND: Kind = Kind::Text;
    fn put(&self, sink: &mut impl Sink) {
        let text = |b: &Binding| {
            let kind = Named::name(b.kind);
            format!("{}:{}:{kind}:{}", b.session.uuid(), b.factor.uuid(), b.generation)
        };
        sink.text(&self.0.iter().map(text).collect::<Vec<_>>().join(" "));
    }
    fn get(row: &Row, index: usize) -> Result<Self, StoreError> {
        Self::get_optional(row, index)?.ok_or_else(|| unreadable("null"))
    }
    fn get_optional(row: &Row, index: usize) -> Result<Option<Self>, StoreError> {
        let Some(stored) = row.text(index)? else { return Ok(None) };
        Self::parse(stored).map(Some).ok_or_else(|| unreadable(stored))
    }
}

/// A row of a read model.
pub trait Record: Sized + Clone + PartialEq + Send + Sync + 'static {
    /// Its columns, in order.
    const COLUMNS: &'static [ColumnDef];
    /// Writes every column, in order.
    fn put(&self, sink: &mut impl Sink);
    /// Reads every column, the first one at `first`.
    fn get(row: &Row, first: usize) -> Result<Self, StoreError>;
}

/// Declares the row of a table: a struct whose fields are the columns.
macro_rules! record {
    ($(#[$doc:meta])* $vis:vis struct $name:ident {
        $($(#[$field_doc:meta])* pub $field:ident: $type:ty,)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name {
            $($(#[$field_doc])* pub $field: $type,)+
        }

        impl $crate::record::Record for $name {
            const COLUMNS: &'static [$crate::record::ColumnDef] = &[$($crate::record::ColumnDef {
                name: stringify!($field),
                kind: <$type as $crate::record::Column>::KIND,
                nullable: <$type as $crate::record::Column>::NULLABLE,
            }),+];
            fn put(&self, sink: &mut impl $crate::record::Sink) {
                $($crate::record::Column::put(&self.$field, sink);)+
            }
            fn get(
                row: &twofold_infra::store::Row,
                first: usize,
            ) -> Result<Self, twofold_infra::store::StoreError> {
                let mut next = first..;
                let mut column = || next.next().unwrap_or_default();
                Ok(Self { $($field: {
                    let place = column();
                    let read = $crate::record::Column::get(row, place);
                    read.map_err(|error| {
                        $crate::record::misread((stringify!($name), stringify!($field)), row, first, error)
                    })?
                },)+ })
            }
        }
    };
}
pub(crate) use record;

/// What a row is that cannot be read: of which kind, at which column, and by which id it can be found.
pub(crate) fn misread(
    (kind, column): (&str, &str),
    row: &Row,
    first: usize,
    error: StoreError,
) -> StoreError {
    let why = match error {
        StoreError::Misread(why) | StoreError::Corrupt(why) => why,
        other => return other,
    };
    // The first column is what a row is found by: somebody's or something's id, or a number.
    let id = row.get::<Uuid>(first).map(|id| id.to_string());
    let id = id.or_else(|_| row.get::<i64>(first).map(|number| number.to_string()));
    let row = id.map(|id| format!(" of {id}")).unwrap_or_default();
    StoreError::Misread(format!("`{column}` of the {kind}{row}: {why}"))
}
