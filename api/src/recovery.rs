//! Recovery cases as a report: of the API, the command line, and the console.

use serde::{Serialize, Serializer};
use twofold_domain::ids::{AccountId, RecoveryId, UserId};
use twofold_domain::sealed::{Reason, Sealed};
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserEvent;
use twofold_infra::acts::ActError;
use twofold_infra::desk::Desk;
use twofold_infra::store::{StoreError, Views};
use twofold_projections::recovery::{self, Case, CaseRow, MOST, Orphan, Renewed, Stage, StandingRow};
use utoipa::ToSchema;

/// Who lost their second factor, and how each case went.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveryCases {
    /// The newest first.
    pub cases: Vec<CaseShown>,
    /// Resets by staff, at once, that belong to no case: the last one of each person.
    pub resets_without_case: Vec<BareReset>,
    /// Whether there are more than are listed: 1,000 of each.
    pub more: bool,
}

/// One case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseShown {
    /// Its id.
    #[schema(value_type = String)]
    pub case: RecoveryId,
    /// Whose.
    #[schema(value_type = String)]
    pub user: UserId,
    /// By which way: `grant`, `staff`, `mailbox`, `trusted_device`, `owner`, `frozen`, `operator`.
    pub route: &'static str,
    /// Where it stands: `requested`, `refused`, `granted`, `waiting`, `open` (no factor yet), `completed`,
    /// `stopped`, `expired`, `frozen`.
    pub stage: &'static str,
    /// What was left lying: `never_used`, `never_reenrolled`, `still_frozen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orphan: Option<&'static str>,
    /// When it began.
    #[schema(value_type = String)]
    #[serde(serialize_with = "instant")]
    pub asked_at: Timestamp,
    /// Who asked; `anonymous` is the person themselves, at the door.
    pub asked_by: Option<String>,
    /// The second person, where it took one.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<UserId>,
    /// Why, in words; absent where nobody said, and once the person was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<&'static str>,
    /// Whether who granted a code saw it.
    pub issuer_saw: bool,
    /// When a code was granted.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null")]
    pub granted_at: Option<Timestamp>,
    /// When it ends.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null")]
    pub expires_at: Option<Timestamp>,
    /// When the person was shown it.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null")]
    pub revealed_at: Option<Timestamp>,
    /// When it was used.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null")]
    pub used_at: Option<Timestamp>,
    /// When a wait began.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null")]
    pub waits_since: Option<Timestamp>,
    /// From when the reset holds.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null")]
    pub due_at: Option<Timestamp>,
    /// As of when the second factor ended.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null")]
    pub reset_at: Option<Timestamp>,
    /// What it took away: `second_factor`, `password`, `locks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewed: Option<&'static str>,
    /// When it came to nothing.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null")]
    pub stopped_at: Option<Timestamp>,
    /// Why: `factor`, `person`, `staff`, `password`, `address`, `replaced`, `frozen`; or what overtook it from
    /// outside: `reset`, `disabled`, `role_changed`, `deactivated`, `erased`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<&'static str>,
    /// Who said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_by: Option<String>,
    /// When the sign-in was frozen, where that began the case; `asked_by` says by whom.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null")]
    pub frozen_at: Option<Timestamp>,
    /// How: `own_link` (the link in a notice to the person), `self` (in a session), `staff`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frozen_by: Option<&'static str>,
    /// When its person was back.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null")]
    pub thawed_at: Option<Timestamp>,
    /// With what, beside the mailed link: `factor` (a second factor or a recovery code), `allowed` (the word of staff,
    /// or a wait that nobody stopped).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thawed_how: Option<&'static str>,
    /// When the person had another factor.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null")]
    pub completed_at: Option<Timestamp>,
    /// When the person was erased, where they are by now: what was said of them went with their key.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null", skip_serializing_if = "Option::is_none")]
    pub erased_since: Option<Timestamp>,
}

/// One case, with what happened in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseTold {
    /// The case.
    #[serde(flatten)]
    pub case: CaseShown,
    /// What happened, the first thing first.
    pub chain: Vec<StepShown>,
}

/// Something that happened in a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepShown {
    /// Its position in the log.
    pub position: u64,
    /// The type of the event.
    pub r#type: String,
    /// When.
    #[schema(value_type = String)]
    #[serde(serialize_with = "instant")]
    pub at: Timestamp,
    /// Who: a person's id, `anonymous` for the person themselves at the door, `operator`, or `system:…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// How, in a word, where the event says so: of a freeze, of its end, of a way that opened or was closed, of what
    /// was refused, of a factor that was bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<&'static str>,
}

/// One case, as of an instant, with its events up to one.
pub async fn told(
    desk: &Desk,
    account: AccountId,
    case: Case,
    at: Timestamp,
    until: u64,
) -> Result<CaseTold, ActError> {
    let entries = recovery::chain(desk.store().views(), account, &case.row, until).await?;
    let chain = entries.into_iter().map(|entry| StepShown {
        position: entry.row.account_seq,
        how: recovery::step(&entry).as_ref().and_then(how),
        r#type: entry.row.event_type.into(),
        at: entry.row.recorded_at,
        actor: entry.row.actor.map(String::from),
    });
    Ok(CaseTold { chain: chain.collect(), case: shown(desk, account, case, at).await? })
}

fn how(event: &UserEvent) -> Option<&'static str> {
    match *event {
        UserEvent::UserFrozen { by, .. } => Some(by.into()),
        UserEvent::UserThawed { how, .. } => Some(how.into()),
        UserEvent::ThawAllowed { route, .. } | UserEvent::RecoveryRequested { route, .. } => {
            Some(route.into())
        }
        UserEvent::ThawStopped { how, .. } | UserEvent::RecoveryGrantRevoked { how, .. } => Some(how.into()),
        UserEvent::RecoveryRefused { why, .. } => Some(why.into()),
        UserEvent::ProofRejected { kind, .. } => Some(kind.into()),
        UserEvent::FactorEnrolmentStarted { ref detail, .. } => Some(detail.kind().into()),
        _ => None,
    }
}

/// A reset that belongs to no case.
#[derive(Debug, Serialize, ToSchema)]
pub struct BareReset {
    /// Whose.
    #[schema(value_type = String)]
    pub user: UserId,
    /// When.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null")]
    pub at: Option<Timestamp>,
    /// By whom.
    pub by: Option<String>,
    /// Its position in the log.
    pub position: Option<u64>,
    /// Whether they have another factor since.
    pub reenrolled: bool,
    /// `without_case`.
    pub orphan: &'static str,
}

/// The cases of an account, the newest first, and people whom staff reset outside of every case; at most [`MOST`]
/// and one of each.
#[derive(Debug)]
pub struct Held {
    /// The cases.
    pub cases: Vec<Case>,
    /// The people, by the newest reset.
    pub bare: Vec<StandingRow>,
}

impl Held {
    /// As they were right after an event.
    pub async fn as_of(views: &Views, account: AccountId, position: u64) -> Result<Self, StoreError> {
        let cases = recovery::cases(views, account, position, MOST as u32 + 1).await?;
        Ok(Self { cases, bare: recovery::without_case(views, account, position, MOST + 1).await? })
    }
}

/// The report as of an instant.
pub async fn report(
    desk: &Desk,
    account: AccountId,
    held: Held,
    at: Timestamp,
) -> Result<RecoveryCases, ActError> {
    let Held { cases: mut found, mut bare } = held;
    let more = found.len() > MOST || bare.len() > MOST;
    found.truncate(MOST);
    bare.truncate(MOST);
    let mut cases = Vec::with_capacity(found.len());
    for case in found {
        cases.push(shown(desk, account, case, at).await?);
    }
    let resets_without_case = bare.into_iter().map(|row| BareReset {
        user: row.user_id,
        at: row.bare_reset_at,
        by: row.bare_reset_by.map(String::from),
        position: row.bare_reset_seq,
        reenrolled: row.enabled_at.zip(row.bare_reset_at).is_some_and(|(on, off)| on >= off),
        orphan: Orphan::WithoutCase.name(),
    });
    Ok(RecoveryCases { cases, resets_without_case: resets_without_case.collect(), more })
}

/// One case in words, as of an instant.
pub async fn shown(
    desk: &Desk,
    account: AccountId,
    case: Case,
    at: Timestamp,
) -> Result<CaseShown, ActError> {
    let (stage, orphan): (Stage, Option<Orphan>) = (case.stage(at), case.orphan(at));
    let (stop, reset_at) = (case.stop(at), case.reset_at(at));
    let (approved_by, expires_at) = (case.approved_by(), case.expires_at());
    let renewed = case.renewed(at).map(Renewed::name);
    let CaseRow { recovery_id, user_id, route, .. } = case.row;
    let row = case.row;
    let reason = match row.reason {
        Some(bytes) => {
            let sealed = Sealed::<Reason>::from_bytes(bytes);
            desk.vault().unseal(account, user_id, &sealed).await?.map(|text| text.as_str().to_owned())
        }
        None => None,
    };
    Ok(CaseShown {
        case: recovery_id,
        user: user_id,
        route: route.into(),
        stage: stage.name(),
        orphan: orphan.map(Orphan::name),
        asked_at: row.asked_at,
        asked_by: row.asked_by.map(String::from),
        approved_by,
        reason,
        refused: row.refused.map(Into::into),
        issuer_saw: row.issuer_saw,
        granted_at: row.granted_at,
        expires_at,
        revealed_at: row.revealed_at,
        used_at: row.used_at,
        waits_since: row.waits_since,
        due_at: row.due_at,
        reset_at,
        renewed,
        stopped_at: stop.as_ref().map(|stop| stop.at),
        stopped: stop.as_ref().map(|stop| stop.why),
        stopped_by: stop.and_then(|stop| stop.by).map(String::from),
        frozen_at: row.frozen_at,
        frozen_by: row.frozen_by.map(Into::into),
        thawed_at: row.thawed_at,
        thawed_how: row.thawed_how.map(Into::into),
        completed_at: row.completed_at,
        erased_since: None,
    })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn instant<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

#[expect(clippy::ref_option, reason = "the shape that serde asks for")]
fn instant_or_null<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.collect_str(at),
        None => serializer.serialize_none(),
    }
}
