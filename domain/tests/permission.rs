//! Who may do what: the whole matrix, spelled out a second time.

use twofold_domain::permission::{Act, Need, need};
use twofold_domain::policy::Role;

const ROLES: [Role; 5] = [Role::Owner, Role::Admin, Role::Agent, Role::Auditor, Role::EndUser];

/// One row an act; one letter a role, in the order owner, admin, agent, auditor, end user:
/// `s` a session, `S` a second factor within ten minutes, `2` that and a second approval, `D` that where
/// the owner lets admins, `-` never.
const MATRIX: [(Act, &str); 95] = [
    (Act::ReadAccount, "ss-s-"),
    (Act::ChangePolicy, "SS---"),
    (Act::SwitchAccount, "SD---"),
    (Act::Register(Role::Owner), "S----"),
    (Act::Register(Role::Admin), "S----"),
    (Act::Register(Role::Agent), "SS---"),
    (Act::Register(Role::Auditor), "SS---"),
    (Act::Register(Role::EndUser), "SS---"),
    (Act::ReadPeople, "ssss-"),
    (Act::ResetFactor(Role::Owner), "2----"),
    (Act::ResetFactor(Role::Admin), "S----"),
    (Act::ResetFactor(Role::Agent), "SS---"),
    (Act::ResetFactor(Role::Auditor), "SS---"),
    (Act::ResetFactor(Role::EndUser), "SSS--"),
    (Act::Unlock(Role::Owner), "S----"),
    (Act::Unlock(Role::Admin), "SS---"),
    (Act::Unlock(Role::Agent), "SS---"),
    (Act::Unlock(Role::Auditor), "SS---"),
    (Act::Unlock(Role::EndUser), "SSS--"),
    (Act::EndSessions(Role::Owner), "S----"),
    (Act::EndSessions(Role::Admin), "SS---"),
    (Act::EndSessions(Role::Agent), "SS---"),
    (Act::EndSessions(Role::Auditor), "SS---"),
    (Act::EndSessions(Role::EndUser), "SSS--"),
    (Act::Erase(Role::Owner), "2----"),
    (Act::Erase(Role::Admin), "2----"),
    (Act::Erase(Role::Agent), "2----"),
    (Act::Erase(Role::Auditor), "2----"),
    (Act::Erase(Role::EndUser), "2----"),
    (Act::ReadStatus, "ss-s-"),
    (Act::Export, "SS-S-"),
    (Act::ReadAudit, "ss-s-"),
    (Act::ReadOwn, "sssss"),
    (Act::EnrolOwn, "sssss"),
    (Act::ChangeOwnFactors, "SSSSS"),
    (Act::EndOwn, "sssss"),
    (Act::ChangeFloor, "S----"),
    (Act::ChangeGovernance, "S----"),
    (Act::ChangeSettings, "SS---"),
    (Act::ManageGroups, "SS---"),
    (Act::ManageClients, "SS---"),
    (Act::ReadIntegrations, "ss-s-"),
    (Act::ReadApprovals, "ss-s-"),
    (Act::Approve, "S----"),
    (Act::CancelApproval, "ss---"),
    (Act::SetClock, "S----"),
    (Act::CloseAccount, "2----"),
    (Act::ImportPeople, "SS---"),
    (Act::EditOwn, "SSSSS"),
    (Act::ManageOwnTokens, "SSSS-"),
    (Act::EditPerson(Role::Owner), "S----"),
    (Act::EditPerson(Role::Admin), "SS---"),
    (Act::EditPerson(Role::Agent), "SS---"),
    (Act::EditPerson(Role::Auditor), "SS---"),
    (Act::EditPerson(Role::EndUser), "SS---"),
    (Act::Deactivate(Role::Owner), "S----"),
    (Act::Deactivate(Role::Admin), "SS---"),
    (Act::Deactivate(Role::Agent), "SS---"),
    (Act::Deactivate(Role::Auditor), "SS---"),
    (Act::Deactivate(Role::EndUser), "SS---"),
    (Act::Exempt(Role::Owner), "2----"),
    (Act::Exempt(Role::Admin), "S----"),
    (Act::Exempt(Role::Agent), "SS---"),
    (Act::Exempt(Role::Auditor), "SS---"),
    (Act::Exempt(Role::EndUser), "S----"),
    (Act::IssueTicket(Role::Owner), "-----"),
    (Act::IssueTicket(Role::Admin), "S----"),
    (Act::IssueTicket(Role::Agent), "SS---"),
    (Act::IssueTicket(Role::Auditor), "SS---"),
    (Act::IssueTicket(Role::EndUser), "-----"),
    (Act::ChangeRole { from: Role::Owner, to: Role::Owner }, "2----"),
    (Act::ChangeRole { from: Role::Owner, to: Role::Admin }, "2----"),
    (Act::ChangeRole { from: Role::Owner, to: Role::Agent }, "2----"),
    (Act::ChangeRole { from: Role::Owner, to: Role::Auditor }, "2----"),
    (Act::ChangeRole { from: Role::Owner, to: Role::EndUser }, "2----"),
    (Act::ChangeRole { from: Role::Admin, to: Role::Owner }, "2----"),
    (Act::ChangeRole { from: Role::Admin, to: Role::Admin }, "S----"),
    (Act::ChangeRole { from: Role::Admin, to: Role::Agent }, "S----"),
    (Act::ChangeRole { from: Role::Admin, to: Role::Auditor }, "S----"),
    (Act::ChangeRole { from: Role::Admin, to: Role::EndUser }, "S----"),
    (Act::ChangeRole { from: Role::Agent, to: Role::Owner }, "2----"),
    (Act::ChangeRole { from: Role::Agent, to: Role::Admin }, "S----"),
    (Act::ChangeRole { from: Role::Agent, to: Role::Agent }, "SS---"),
    (Act::ChangeRole { from: Role::Agent, to: Role::Auditor }, "SS---"),
    (Act::ChangeRole { from: Role::Agent, to: Role::EndUser }, "SS---"),
    (Act::ChangeRole { from: Role::Auditor, to: Role::Owner }, "2----"),
    (Act::ChangeRole { from: Role::Auditor, to: Role::Admin }, "S----"),
    (Act::ChangeRole { from: Role::Auditor, to: Role::Agent }, "SS---"),
    (Act::ChangeRole { from: Role::Auditor, to: Role::Auditor }, "SS---"),
    (Act::ChangeRole { from: Role::Auditor, to: Role::EndUser }, "SS---"),
    (Act::ChangeRole { from: Role::EndUser, to: Role::Owner }, "2----"),
    (Act::ChangeRole { from: Role::EndUser, to: Role::Admin }, "S----"),
    (Act::ChangeRole { from: Role::EndUser, to: Role::Agent }, "SS---"),
    (Act::ChangeRole { from: Role::EndUser, to: Role::Auditor }, "SS---"),
    (Act::ChangeRole { from: Role::EndUser, to: Role::EndUser }, "SS---"),
];

#[test]
fn every_role_may_do_exactly_what_the_matrix_says() {
    for (act, row) in MATRIX.into_iter().chain([(Act::StepUp, "sssss")]) {
        for (role, letter) in ROLES.into_iter().zip(row.chars()) {
            let expected = match letter {
                's' => Need::Session,
                'S' => Need::StepUp,
                '2' => Need::Approved,
                'D' => Need::Delegated,
                _ => Need::Never,
            };
            assert_eq!(need(role, act), expected, "{} wants to {act:?}", role.name());
        }
    }
}

/// A new act breaks this match, and so reminds of its row.
#[test]
fn the_matrix_has_a_row_for_every_act() {
    let all = |act: fn(Role) -> Act| ROLES.map(act).to_vec();
    let acts = [
        vec![Act::ReadAccount, Act::ChangePolicy, Act::SwitchAccount, Act::ReadPeople],
        vec![Act::ReadStatus, Act::Export, Act::ReadAudit],
        vec![Act::ReadOwn, Act::EnrolOwn, Act::ChangeOwnFactors, Act::EndOwn],
        all(Act::Register),
        all(Act::ResetFactor),
        all(Act::Unlock),
        all(Act::EndSessions),
        all(Act::Erase),
        all(Act::EditPerson),
        all(Act::Deactivate),
        all(Act::Exempt),
        all(Act::IssueTicket),
        ROLES.iter().flat_map(|&from| ROLES.map(|to| Act::ChangeRole { from, to })).collect(),
        vec![
            Act::ChangeFloor,
            Act::ChangeGovernance,
            Act::ChangeSettings,
            Act::ManageGroups,
            Act::ManageClients,
            Act::ReadIntegrations,
            Act::ReadApprovals,
            Act::Approve,
            Act::CancelApproval,
            Act::SetClock,
            Act::CloseAccount,
            Act::ImportPeople,
            Act::EditOwn,
            Act::ManageOwnTokens,
        ],
    ]
    .concat();
    for act in &acts {
        match act {
            Act::ReadAccount
            | Act::ChangePolicy
            | Act::SwitchAccount
            | Act::Register(_)
            | Act::ReadPeople
            | Act::ResetFactor(_)
            | Act::Unlock(_)
            | Act::EndSessions(_)
            | Act::Erase(_)
            | Act::ReadStatus
            | Act::Export
            | Act::ReadAudit
            | Act::ReadOwn
            | Act::EnrolOwn
            | Act::ChangeOwnFactors
            | Act::EndOwn
            | Act::ChangeFloor
            | Act::ChangeGovernance
            | Act::ChangeSettings
            | Act::ManageGroups
            | Act::ManageClients
            | Act::ReadIntegrations
            | Act::ReadApprovals
            | Act::Approve
            | Act::CancelApproval
            | Act::SetClock
            | Act::CloseAccount
            | Act::ImportPeople
            | Act::EditOwn
            | Act::ManageOwnTokens
            | Act::EditPerson(_)
            | Act::Deactivate(_)
            | Act::Exempt(_)
            | Act::IssueTicket(_)
            | Act::ChangeRole { .. }
            | Act::StepUp => {}
        }
        assert_eq!(MATRIX.iter().filter(|(row, _)| row == act).count(), 1, "{act:?}");
    }
    assert_eq!(acts.len(), MATRIX.len());
}

#[test]
fn nobody_resets_a_role_equal_to_or_above_their_own_alone() {
    for (rank, role) in ROLES.into_iter().enumerate() {
        for above in &ROLES[..=rank] {
            let equal_or_above = !matches!((role, *above), (Role::Auditor, Role::Agent));
            if equal_or_above {
                let alone = matches!(need(role, Act::ResetFactor(*above)), Need::Session | Need::StepUp);
                assert!(!alone, "{} resets {}", role.name(), above.name());
            }
        }
    }
}

/// Rules: A1.
#[test]
fn a_token_may_do_only_what_this_list_says() {
    use twofold_domain::account::TokenScope;
    let listed: [(TokenScope, &[Act]); 8] = [
        (TokenScope::ReadAccount, &[Act::ReadAccount]),
        (TokenScope::ReadPeople, &[Act::ReadPeople]),
        (TokenScope::ReadStatus, &[Act::ReadStatus, Act::ReadIntegrations]),
        (TokenScope::ReadAudit, &[Act::ReadAudit]),
        (TokenScope::Export, &[Act::Export]),
        (
            TokenScope::ManageEndUsers,
            &[Act::Register(Role::EndUser), Act::EditPerson(Role::EndUser), Act::Deactivate(Role::EndUser)],
        ),
        (TokenScope::AssertSignIn, &[]),
        (TokenScope::AssertTrust, &[]),
    ];
    assert_eq!(listed.map(|(scope, _)| scope), TokenScope::ALL);
    for (scope, acts) in listed {
        assert_eq!(scope.acts(), acts, "{}", scope.name());
        for role in ROLES {
            for act in acts {
                let takes = need(role, *act);
                assert!(!matches!(takes, Need::Approved | Need::Delegated), "no scope is a second approval");
            }
        }
    }
}
