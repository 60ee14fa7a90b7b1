//! What is told of an account's events.

use twofold_domain::account::{AccountEvent, Governance, GuardedAct, OperatorAct, OperatorScope};
use twofold_domain::policy::AudiencePolicy;

use super::{Told, spent_budget, until, value};
use crate::console::policy_form::audience_words;
use crate::pages::frame::{Frame, When};

pub(super) fn account(f: &Frame, event: AccountEvent) -> Told {
    match event {
        AccountEvent::PolicyChanged { audience, before, after, .. } => {
            Told::lines(std::iter::once(f.s(audience_words(audience).1)).chain(changes(f, &before, &after)))
        }
        AccountEvent::AccountTwoFactorDisabled { people, reason, .. } => {
            Told::lines([f.n("told-people", people)]).because(reason)
        }
        AccountEvent::AccountTwoFactorSuspended { reason, .. } => Told::default().because(reason),
        AccountEvent::ResetFanOutCompleted { people, .. } => Told::lines([f.n("told-people", people)]),
        AccountEvent::SignInsRefused { unknown, locked, from, to } => Told::lines([
            f.n("told-refused-unknown", u64::from(unknown)),
            f.n("told-refused-locked", u64::from(locked)),
            format!("{} – {}", When::from(from).plain, When::from(to).plain),
        ]),
        AccountEvent::DeliveryTroubleRaised { channel, user, failures, why, .. } => Told::lines([
            value(f, channel.name()),
            user.to_string(),
            value(f, why.name()),
            f.n("told-in-a-row", failures),
        ]),
        AccountEvent::OutageRaised { channel, failures, why, .. } => {
            Told::lines([value(f, channel.name()), value(f, why.name()), f.n("told-in-a-row", failures)])
        }
        AccountEvent::BudgetSpent { budget, .. } => {
            Told::lines([value(f, budget.channel.name()), spent_budget(f, &budget), until(f, budget.until)])
        }
        AccountEvent::OperatorActed { act, .. } => Told::lines([match OperatorAct::of_word(&act) {
            Some(act) => value(f, act.word()),
            None => act,
        }]),
        AccountEvent::OperatorGranted { scopes, reason, until: end, .. } => {
            Told::lines(scopes.into_iter().map(|scope| operator_scope(f, scope)).chain([until(f, end)]))
                .because(Some(reason))
        }
        AccountEvent::PolicyScheduled { audience, begins_at, .. } => {
            Told::lines([f.s(audience_words(audience).1), When::from(begins_at).plain])
        }
        AccountEvent::GovernanceChanged { before, after, .. } => Told::lines(governance(f, &before, &after)),
        AccountEvent::OwnerFloorChanged { audience, .. } => Told::lines([f.s(audience_words(audience).1)]),
        AccountEvent::AccountOpened { name, .. }
        | AccountEvent::GroupCreated { name, .. }
        | AccountEvent::ClientRegistered { name, .. } => Told::lines([name]),
        AccountEvent::ClientTokenIssued { scopes, .. } => {
            Told::lines(scopes.into_iter().map(|scope| value(f, scope.into())))
        }
        AccountEvent::ApprovalRequested { act, matures_at, expires_at, reason, .. } => {
            let matures = matures_at.map(|at| f.v("told-matures", When::from(at).plain));
            let lines = std::iter::once(value(f, guarded(&act))).chain(matures);
            Told::lines(lines.chain([until(f, expires_at)])).because(Some(reason))
        }
        AccountEvent::HardwareTokensImported { count, format, .. } => {
            Told::lines([f.n("told-tokens", count), value(f, format.into())])
        }
        AccountEvent::ForeignPasswordsArrived { scheme, .. }
        | AccountEvent::ForeignPasswordsGone { scheme, .. } => Told::lines([scheme]),
        AccountEvent::SandboxClockSet { to, .. } => Told::lines([When::from(to).plain]),
        // What these changed is told as such: `changed`.
        AccountEvent::ProfileChosen { .. }
        | AccountEvent::AccountSettingsChanged { .. }
        | AccountEvent::GroupRenamed { .. }
        | AccountEvent::AccountTwoFactorEnabled { .. }
        | AccountEvent::AccountTwoFactorResumed { .. }
        | AccountEvent::PolicyScheduleCancelled { .. }
        | AccountEvent::GroupDeleted { .. }
        | AccountEvent::ClientRemoved { .. }
        | AccountEvent::ClientTokenRevoked { .. }
        | AccountEvent::ApprovalUsed { .. }
        | AccountEvent::ApprovalCancelled { .. }
        | AccountEvent::OperatorGrantRevoked { .. }
        | AccountEvent::AccountClosed { .. } => Told::default(),
    }
}

/// What an act that takes two does, in words.
pub(in crate::console) fn of_act(f: &Frame, act: &GuardedAct) -> String {
    value(f, guarded(act))
}

const fn guarded(act: &GuardedAct) -> &'static str {
    match act {
        GuardedAct::Disable { .. } => "disable_account",
        GuardedAct::Suspend => "suspend_account",
        GuardedAct::ResetOwner { .. } => "reset_owner",
        GuardedAct::ExemptOwner { .. } => "exempt_owner",
        GuardedAct::GrantOwnerRecovery { .. } => "grant_owner_recovery",
        GuardedAct::ChangeOwnerIdentity { .. } => "change_owner_identity",
        GuardedAct::Erase { .. } => "erase_person",
        GuardedAct::DemoteOwner { .. } => "demote_owner",
        GuardedAct::DeactivateOwner { .. } => "deactivate_owner",
        GuardedAct::GrantOwner { .. } => "grant_owner",
        GuardedAct::TransferOwnership { .. } => "transfer_ownership",
        GuardedAct::GrantOperator { .. } => "grant_operator",
        GuardedAct::CloseAccount => "close_account",
        GuardedAct::ChangeGovernance { .. } => "change_governance",
    }
}

/// What a change of the governance changed.
pub(in crate::console) fn governance(f: &Frame, before: &Governance, after: &Governance) -> Vec<String> {
    let yes = |yes: bool| f.s(if yes { "yes" } else { "no" });
    let guards = |governance: &Governance| match &governance.dual_control {
        None => f.s("governance-default"),
        Some(acts) if acts.is_empty() => f.s("governance-now-none"),
        Some(acts) => {
            let words = acts.iter().map(|act| f.s(&crate::console::governance::key(*act)));
            words.collect::<Vec<_>>().join(", ")
        }
    };
    let settings = [
        ("governance-switch", yes(before.admins_may_switch), yes(after.admins_may_switch)),
        ("governance-dual", guards(before), guards(after)),
        ("governance-waive", yes(before.team_may_waive_both), yes(after.team_may_waive_both)),
        ("governance-issuers", yes(before.issuers_see_codes), yes(after.issuers_see_codes)),
        ("governance-repair", before.repair_wait_hours.to_string(), after.repair_wait_hours.to_string()),
    ];
    let changed = settings.into_iter().filter(|(_, before, after)| before != after);
    changed.map(|(key, before, after)| format!("{}: {before} → {after}", f.s(key))).collect()
}

/// What a change of the policy changed.
pub(in crate::console) fn changes(f: &Frame, before: &AudiencePolicy, after: &AudiencePolicy) -> Vec<String> {
    let required = |policy: &AudiencePolicy| {
        f.s(if policy.required { "in-force-required" } else { "in-force-optional" })
    };
    let mut lines = Vec::new();
    if before.required != after.required {
        lines.push(format!("{} → {}", required(before), required(after)));
    }
    lines.extend(crate::console::policy_form::differences(f, before, after));
    lines
}

/// What the operator is let do, in words.
pub(in crate::console) fn operator_scope(f: &Frame, scope: OperatorScope) -> String {
    f.s(match scope {
        OperatorScope::Link => "operator-scope-link",
        OperatorScope::Unlock => "operator-scope-unlock",
        OperatorScope::Read => "operator-scope-read",
        OperatorScope::Import => "operator-scope-import",
    })
}
