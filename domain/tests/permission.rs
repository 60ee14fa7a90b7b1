//! Who may do what: the whole matrix, spelled out a second time.

use twofold_domain::permission::{Act, Need, need};
use twofold_domain::policy::Role;

const ROLES: [Role; 5] = [Role::Owner, Role::Admin, Role::Agent, Role::Auditor, Role::EndUser];

/// One row an act; one letter a role, in the order owner, admin, agent, auditor, end user:
/// `s` a session, `S` a second factor within ten minutes, `-` never.
const MATRIX: [(Act, &str); 36] = [
    (Act::ReadAccount, "ss-s-"),
    (Act::ChangePolicy, "SS---"),
    (Act::SwitchAccount, "S----"),
    (Act::Register(Role::Owner), "S----"),
    (Act::Register(Role::Admin), "S----"),
    (Act::Register(Role::Agent), "SS---"),
    (Act::Register(Role::Auditor), "SS---"),
    (Act::Register(Role::EndUser), "SS---"),
    (Act::ReadPeople, "ssss-"),
    (Act::ResetFactor(Role::Owner), "-----"),
    (Act::ResetFactor(Role::Admin), "S----"),
    (Act::ResetFactor(Role::Agent), "SS---"),
    (Act::ResetFactor(Role::Auditor), "SS---"),
    (Act::ResetFactor(Role::EndUser), "S----"),
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
    (Act::Erase(Role::Owner), "-----"),
    (Act::Erase(Role::Admin), "S----"),
    (Act::Erase(Role::Agent), "S----"),
    (Act::Erase(Role::Auditor), "S----"),
    (Act::Erase(Role::EndUser), "S----"),
    (Act::ReadStatus, "ss-s-"),
    (Act::Export, "SS-S-"),
    (Act::ReadAudit, "ss-s-"),
    (Act::ReadOwn, "sssss"),
    (Act::EnrolOwn, "sssss"),
    (Act::ChangeOwnFactors, "SSSSS"),
    (Act::EndOwn, "sssss"),
];

#[test]
fn every_role_may_do_exactly_what_the_matrix_says() {
    for (act, row) in MATRIX.into_iter().chain([(Act::StepUp, "sssss")]) {
        for (role, letter) in ROLES.into_iter().zip(row.chars()) {
            let expected = match letter {
                's' => Need::Session,
                'S' => Need::StepUp,
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
            | Act::StepUp => {}
        }
        assert_eq!(MATRIX.iter().filter(|(row, _)| row == act).count(), 1, "{act:?}");
    }
    assert_eq!(acts.len(), MATRIX.len());
}

#[test]
fn nobody_resets_a_role_equal_to_or_above_their_own() {
    for (rank, role) in ROLES.into_iter().enumerate() {
        for above in &ROLES[..=rank] {
            let equal_or_above = !matches!((role, *above), (Role::Auditor, Role::Agent));
            if equal_or_above {
                assert_eq!(need(role, Act::ResetFactor(*above)), Need::Never);
            }
        }
    }
}
