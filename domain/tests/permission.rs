//! Who may do what: the whole matrix, spelled out a second time.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use strum::VariantNames as _;
use twofold_domain::permission::{Act, Lack, Need, need};
use twofold_domain::policy::Role;

/// `s` a session suffices, `S` it takes a second factor shown within ten minutes, `D` the same where the owner
/// lets admins, `2` the same and a second approval, `-` never. Acts upon somebody have a row for each role that
/// somebody can have.
const MATRIX: &str = "
act                                        owner   admin   agent   auditor end_user
ReadAccount                                s       s       -       s       -
PreviewChange                              s       s       -       s       -
ChangePolicy                               S       S       -       -       -
ChangeFloor                                S       -       -       -       -
ChangeGovernance                           S       -       -       -       -
ChangeSettings                             S       S       -       -       -
ManageGroups                               S       S       -       -       -
ManageClients                              S       S       -       -       -
ReadIntegrations                           s       s       -       s       -
ManageStock                                S       S       -       -       -
ReadApprovals                              s       s       -       s       -
Approve                                    S       -       -       -       -
CancelApproval                             s       s       -       -       -
SetClock                                   S       -       -       -       -
CloseAccount                               2       -       -       -       -
SwitchAccount                              S       D       -       -       -
Register(Owner)                            -       -       -       -       -
Register(Admin)                            S       -       -       -       -
Register(Agent)                            S       S       -       -       -
Register(Auditor)                          S       S       -       -       -
Register(EndUser)                          S       S       -       -       -
ImportPeople                               S       S       -       -       -
EditPerson(Owner)                          S       -       -       -       -
EditPerson(Admin)                          S       S       -       -       -
EditPerson(Agent)                          S       S       -       -       -
EditPerson(Auditor)                        S       S       -       -       -
EditPerson(EndUser)                        S       S       -       -       -
ChangeIdentity(Owner)                      2       -       -       -       -
ChangeIdentity(Admin)                      S       S       -       -       -
ChangeIdentity(Agent)                      S       S       -       -       -
ChangeIdentity(Auditor)                    S       S       -       -       -
ChangeIdentity(EndUser)                    S       S       -       -       -
UnlinkProvider(Owner)                      S       -       -       -       -
UnlinkProvider(Admin)                      S       S       -       -       -
UnlinkProvider(Agent)                      S       S       -       -       -
UnlinkProvider(Auditor)                    S       S       -       -       -
UnlinkProvider(EndUser)                    S       S       -       -       -
Deactivate(Owner)                          2       -       -       -       -
Deactivate(Admin)                          S       S       -       -       -
Deactivate(Agent)                          S       S       -       -       -
Deactivate(Auditor)                        S       S       -       -       -
Deactivate(EndUser)                        S       S       -       -       -
ChangeRole { from: Owner, to: Owner }      2       -       -       -       -
ChangeRole { from: Admin, to: Owner }      2       -       -       -       -
ChangeRole { from: Agent, to: Owner }      2       -       -       -       -
ChangeRole { from: Auditor, to: Owner }    2       -       -       -       -
ChangeRole { from: EndUser, to: Owner }    2       -       -       -       -
ChangeRole { from: Owner, to: Admin }      2       -       -       -       -
ChangeRole { from: Admin, to: Admin }      S       -       -       -       -
ChangeRole { from: Agent, to: Admin }      S       -       -       -       -
ChangeRole { from: Auditor, to: Admin }    S       -       -       -       -
ChangeRole { from: EndUser, to: Admin }    S       -       -       -       -
ChangeRole { from: Owner, to: Agent }      2       -       -       -       -
ChangeRole { from: Admin, to: Agent }      S       -       -       -       -
ChangeRole { from: Agent, to: Agent }      S       S       -       -       -
ChangeRole { from: Auditor, to: Agent }    S       S       -       -       -
ChangeRole { from: EndUser, to: Agent }    S       S       -       -       -
ChangeRole { from: Owner, to: Auditor }    2       -       -       -       -
ChangeRole { from: Admin, to: Auditor }    S       -       -       -       -
ChangeRole { from: Agent, to: Auditor }    S       S       -       -       -
ChangeRole { from: Auditor, to: Auditor }  S       S       -       -       -
ChangeRole { from: EndUser, to: Auditor }  S       S       -       -       -
ChangeRole { from: Owner, to: EndUser }    2       -       -       -       -
ChangeRole { from: Admin, to: EndUser }    S       -       -       -       -
ChangeRole { from: Agent, to: EndUser }    S       S       -       -       -
ChangeRole { from: Auditor, to: EndUser }  S       S       -       -       -
ChangeRole { from: EndUser, to: EndUser }  S       S       -       -       -
Exempt(Owner)                              2       -       -       -       -
Exempt(Admin)                              S       -       -       -       -
Exempt(Agent)                              S       S       -       -       -
Exempt(Auditor)                            S       S       -       -       -
Exempt(EndUser)                            S       -       -       -       -
IssueTicket(Owner)                         -       -       -       -       -
IssueTicket(Admin)                         S       -       -       -       -
IssueTicket(Agent)                         S       S       -       -       -
IssueTicket(Auditor)                       S       S       -       -       -
IssueTicket(EndUser)                       -       -       -       -       -
GrantRecovery(Owner)                       2       -       -       -       -
GrantRecovery(Admin)                       S       -       -       -       -
GrantRecovery(Agent)                       S       S       -       -       -
GrantRecovery(Auditor)                     S       S       -       -       -
GrantRecovery(EndUser)                     -       -       -       -       -
StopRecovery(Owner)                        s       s       -       -       -
StopRecovery(Admin)                        s       s       -       -       -
StopRecovery(Agent)                        s       s       -       -       -
StopRecovery(Auditor)                      s       s       -       -       -
StopRecovery(EndUser)                      s       s       s       -       -
ReadRecoveries                             s       s       -       s       -
AssignToken(Owner)                         S       -       -       -       -
AssignToken(Admin)                         S       S       -       -       -
AssignToken(Agent)                         S       S       -       -       -
AssignToken(Auditor)                       S       S       -       -       -
AssignToken(EndUser)                       S       S       -       -       -
ReadPeople                                 s       s       s       s       -
ReadDevices(Owner)                         s       -       -       -       -
ReadDevices(Admin)                         s       s       -       -       -
ReadDevices(Agent)                         s       s       -       -       -
ReadDevices(Auditor)                       s       s       -       -       -
ReadDevices(EndUser)                       s       s       s       -       -
ResetFactor(Owner)                         2       -       -       -       -
ResetFactor(Admin)                         S       -       -       -       -
ResetFactor(Agent)                         S       S       -       -       -
ResetFactor(Auditor)                       S       S       -       -       -
ResetFactor(EndUser)                       S       S       S       -       -
Unlock(Owner)                              S       -       -       -       -
Unlock(Admin)                              S       S       -       -       -
Unlock(Agent)                              S       S       -       -       -
Unlock(Auditor)                            S       S       -       -       -
Unlock(EndUser)                            S       S       S       -       -
Freeze(Owner)                              -       -       -       -       -
Freeze(Admin)                              S       -       -       -       -
Freeze(Agent)                              S       S       -       -       -
Freeze(Auditor)                            S       S       -       -       -
Freeze(EndUser)                            S       S       S       -       -
GrantOperator                              S       -       -       -       -
RevokeOperator                             s       s       -       -       -
ReadOperator                               s       s       -       s       -
EndSessions(Owner)                         S       -       -       -       -
EndSessions(Admin)                         S       S       -       -       -
EndSessions(Agent)                         S       S       -       -       -
EndSessions(Auditor)                       S       S       -       -       -
EndSessions(EndUser)                       S       S       S       -       -
Erase(Owner)                               2       -       -       -       -
Erase(Admin)                               2       -       -       -       -
Erase(Agent)                               2       -       -       -       -
Erase(Auditor)                             2       -       -       -       -
Erase(EndUser)                             2       -       -       -       -
ReadStatus                                 s       s       -       s       -
Export                                     S       S       -       S       -
PrepareReport                              S       S       -       S       -
ReadReportJobs                             s       -       -       -       -
ReadAudit                                  s       s       -       s       -
ReadOwn                                    s       s       s       s       s
EnrolOwn                                   s       s       s       s       s
ChangeOwnFactors                           S       S       S       S       S
RecoverOwn                                 s       s       s       s       s
DisableOwn                                 s       s       s       s       s
EditOwn                                    s       s       s       s       s
ChangeOwnEmail                             S       S       S       S       S
ManageOwnTokens                            S       S       S       S       -
EndOwn                                     s       s       s       s       s
FreezeOwn                                  s       s       s       s       s
StepUp                                     s       s       s       s       s
";

/// The table as the code has it.
fn table() -> String {
    let mut table = format!("\n{:<42}", "act");
    for role in Role::ALL {
        let _ = write!(table, " {:<7}", role.name());
    }
    let mut table = format!("{}\n", table.trim_end());
    for act in Act::all() {
        let name = format!("{act:?}");
        let mut row = format!("{name:<42}");
        for role in Role::ALL {
            let letter = match need(role, act) {
                Need::Session => 's',
                Need::StepUp => 'S',
                Need::Delegated => 'D',
                Need::Approved => '2',
                Need::Never => '-',
            };
            let _ = write!(row, " {letter:<7}");
        }
        let _ = writeln!(table, "{}", row.trim_end());
    }
    table
}

#[test]
fn every_role_may_do_exactly_what_the_matrix_says() {
    let table = table();
    for (code, frozen) in table.lines().zip(MATRIX.lines()) {
        assert_eq!(
            code, frozen,
            "the code (left) and the frozen table (right) differ; the code says:{table}"
        );
    }
    assert_eq!(table.lines().count(), MATRIX.lines().count(), "the code says:{table}");
}

#[test]
fn the_matrix_has_a_row_for_every_act() {
    let all = Act::all();
    let named: BTreeSet<&str> = all.iter().map(|act| act.name()).collect();
    assert_eq!(named, Act::VARIANTS.iter().copied().collect(), "Act::all() names every act");
    let distinct: BTreeSet<&Act> = all.iter().collect();
    assert_eq!(distinct.len(), all.len(), "and each once");
    for name in Act::VARIANTS {
        let rows = all.iter().filter(|act| act.name() == *name).count();
        let upon_somebody = all.iter().any(|act| act.name() == *name && format!("{act:?}") != *name);
        let roles = Role::ALL.len();
        assert!(if upon_somebody { rows.is_multiple_of(roles) } else { rows == 1 }, "{name}: {rows} rows");
    }
}

#[test]
fn nobody_resets_a_role_equal_to_or_above_their_own_alone() {
    for (rank, role) in Role::ALL.into_iter().enumerate() {
        for above in &Role::ALL[..=rank] {
            let equal_or_above = !matches!((role, *above), (Role::Auditor, Role::Agent));
            if equal_or_above {
                let alone = matches!(need(role, Act::ResetFactor(*above)), Need::Session | Need::StepUp);
                assert!(!alone, "{} resets {}", role.name(), above.name());
            }
        }
    }
}

#[test]
fn whoever_may_end_somebodys_sessions_may_see_them_and_nobody_else() {
    for role in Role::ALL {
        for subject in Role::ALL {
            let may = |act| need(role, act) != Need::Never;
            assert_eq!(
                may(Act::ReadDevices(subject)),
                may(Act::EndSessions(subject)),
                "{role:?} {subject:?}"
            );
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
        (TokenScope::ReadStatus, &[Act::ReadStatus, Act::ReadIntegrations, Act::ReadRecoveries]),
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
        for role in Role::ALL {
            for act in acts {
                let takes = need(role, *act);
                assert!(!matches!(takes, Need::Approved | Need::Delegated), "no scope is a second approval");
            }
        }
    }
}

/// Rules: H5.
#[test]
fn a_refusal_names_the_permission_and_who_has_it() {
    use Role::{Admin, Agent, Auditor, EndUser, Owner};
    let rows = [
        (Agent, Act::ReadAudit, "`ReadAudit` takes an owner, an admin or an auditor"),
        (Admin, Act::ChangeGovernance, "`ChangeGovernance` takes an owner"),
        (Agent, Act::SwitchAccount, "`SwitchAccount` takes an owner or an admin where the owner lets them"),
        (Agent, Act::Unlock(Admin), "`Unlock` upon an admin takes an owner or an admin"),
        (Admin, Act::Unlock(Owner), "`Unlock` upon an owner takes an owner"),
        (Owner, Act::Register(Owner), "`Register` upon an owner is nobody's to do"),
        (Admin, Act::change_role(Agent, Owner), "`ChangeRole` upon an agent takes an owner"),
    ];
    for (role, act, words) in rows {
        assert_eq!(Lack::of(role, act).to_string(), format!("your role may not do this; {words}"));
    }
    // Whoever may do it to nobody reads nothing about whom it is about.
    for role in [EndUser, Auditor] {
        let words = Role::ALL.map(|upon| Lack::of(role, Act::Unlock(upon)).to_string());
        assert!(words.iter().all(|other| *other == words[0]), "{words:?}");
        assert!(words[0].ends_with("`Unlock` takes an owner, an admin or an agent"), "{words:?}");
    }
}
