//! What is done to the account as a whole: its policy, its switch, and acts that take two.

use twofold_domain::account::{Governance, OperatorAct, OperatorCommand, OperatorScope};
use twofold_domain::factor::{FactorKind, Offer};
use twofold_domain::ids::{ApprovalId, OperatorGrantId};
use twofold_domain::user::{
    AddressCommand, Handing, HelpCommand, PeopleCommand, RecoveryCommand, ResetCause,
};

use super::*;

impl Town {
    /// Asks for an act that always takes two.
    pub(super) fn request(&mut self, who: usize, pick: u8, act: GuardedAct) {
        let subject = act.subject().and_then(|user| self.ids.iter().position(|id| *id == user));
        let role = subject.map(|subject| self.role(subject));
        let Some(deed) = act.deed(role) else { return };
        self.staff(who, pick, |_| deed, |draft| draft.consent(who, act).map(|_| ()));
    }

    fn waiting(&self, pick: u8) -> Option<ApprovalId> {
        let open: Vec<_> = self.account.state.approvals.keys().copied().collect();
        back(&open, pick % 4)
    }

    pub(super) fn cancel(&mut self, who: usize, pick: u8) {
        let Some(approval) = self.waiting(pick) else { return };
        let by = self.ids[who];
        self.staff(
            who,
            pick,
            |_| Act::CancelApproval,
            |draft| {
                let at = draft.now();
                draft.account(AccountCommand::Approval(ApprovalCommand::Cancel { approval, by, at }))
            },
        );
    }

    /// Approves an act that waits, or carries out one's own, whose wait is over; it is done in the same act.
    pub(super) fn approve(&mut self, who: usize, pick: u8) {
        let Some(approval) = self.waiting(pick) else { return };
        // As a rule an owner, if it is one who may.
        let owners: Vec<_> = self.owners().iter().collect();
        let by = back(&owners, pick / 4 % 4).unwrap_or(self.ids[who]);
        let who = self.ids.iter().position(|id| *id == by).unwrap_or(who);
        let mut erased = None;
        self.staff(
            who,
            pick,
            |_| Act::Approve,
            |draft| {
                let (at, owners) = (draft.now(), draft.owners());
                let open = draft.account.open_approval(approval, at).ok_or(No)?.clone();
                let asker = draft.person_of(open.by)?;
                let asker = draft.role(asker).filter(|_| draft.state(asker).may_sign_in());
                let upon = open.act.subject().map(|user| draft.person_of(user)).transpose()?;
                let subject = upon.and_then(|upon| draft.role(upon));
                let command = ApprovalCommand::Use { approval, by, asker, subject, owners, at };
                draft.account(AccountCommand::Approval(command))?;
                erased = upon;
                carry_out(draft, open.act, upon.unwrap_or_default(), (open.by, by))
            },
        );
        if let Some(upon) = erased {
            self.forsake(upon);
        }
    }

    pub(super) fn switch(&mut self, who: usize, deed: Deed, pick: u8) {
        self.staff(
            who,
            pick,
            |_| Act::SwitchAccount,
            |draft| {
                let (at, reason, actual) = (draft.now(), None, draft.census());
                let impact = Impact::default();
                let command = match deed {
                    Deed::Disable => {
                        let counts = Counts::from([(Effect::Reset, actual.people)]);
                        let shown = Shown::This(Confirmed::of(&draft.account, &counts, at));
                        if !draft.consent(who, GuardedAct::Disable { people: actual.people })? {
                            return Ok(());
                        }
                        AccountCommand::Disable { impact: Impact { counts, shown }, actual, reason, at }
                    }
                    Deed::Suspend => {
                        if !draft.consent(who, GuardedAct::Suspend)? {
                            return Ok(());
                        }
                        AccountCommand::Suspend { impact, reason, at }
                    }
                    Deed::Enable => AccountCommand::Enable { impact, at },
                    _ => AccountCommand::Resume { impact, at },
                };
                draft.account(command)
            },
        );
    }

    /// The reset of a disable reaches everybody, and is proved.
    pub(super) fn fan_out(&mut self) {
        for who in 0..self.people.len() {
            self.log.turn(By::System("reset_fan_out".into()), None);
            self.act(|draft| draft.user(who, UserCommand::ReachReset));
        }
        for open in self.account.state.fan_outs.clone() {
            let generation = open.generation;
            let reset = |event: &Event| match event {
                Event::User(
                    user,
                    UserEvent::TwoFactorReset {
                        cause: ResetCause::AccountDisabled { generation: g }, ..
                    },
                ) if *g == generation => Some(*user),
                _ => None,
            };
            let people: BTreeSet<UserId> = self.log.events().iter().filter_map(|(.., e)| reset(e)).collect();
            let reached = Census { people: people.len() as u64, digest: digest(&people) };
            self.log.turn(By::System("reset_fan_out".into()), None);
            self.act(|draft| draft.account(AccountCommand::CompleteFanOut { generation, reached }));
        }
    }

    pub(super) fn policy(&mut self, who: usize, pick: u8) {
        let by = self.role(who);
        self.staff(
            who,
            pick,
            |_| Act::ChangePolicy,
            |draft| {
                let (at, audience) =
                    (draft.now(), if pick.is_multiple_of(2) { Audience::Team } else { Audience::EndUsers });
                let n = usize::from(pick / 2);
                let policy = AudiencePolicy {
                    required: !n.is_multiple_of(3),
                    trust_days: [30, 0, 7][n % 3],
                    failure_limit: [50, 10, 5][n / 3 % 3],
                    allowed_kinds: match n % 7 {
                        5 => [FactorKind::Totp, FactorKind::Webauthn].into(),
                        6 => [FactorKind::Sms].into(),
                        _ => BTreeSet::new(),
                    },
                    ..draft.account.policy(audience, at).clone()
                };
                let (policies, impact) = ([(audience, policy)].into(), Impact::default());
                draft.account(AccountCommand::Policy {
                    command: PolicyCommand::Save { policies, by, offer: Offer::everything(), impact },
                    at,
                })
            },
        );
    }

    pub(super) fn governance(&mut self, who: usize, pick: u8) {
        let before = self.account.state.governance.clone();
        let dual_control = match pick % 5 {
            0 => None,
            1 => Some(BTreeSet::new()),
            2 => Some([Guarded::HelpOwner].into()),
            3 => Some([Guarded::Disable, Guarded::Erase].into()),
            _ => before.dual_control.clone(),
        };
        let issuers_see_codes = (pick / 8).is_multiple_of(2);
        let admins_may_switch = (pick / 16).is_multiple_of(2);
        let repair_wait_hours = [4, 24, 72][usize::from(pick) % 3];
        let to =
            Governance { dual_control, issuers_see_codes, admins_may_switch, repair_wait_hours, ..before };
        self.staff(
            who,
            pick,
            |_| Act::ChangeGovernance,
            |draft| {
                if draft.consent(who, GuardedAct::ChangeGovernance { to: to.clone() })? {
                    let change = GovernanceCommand::Change { to, at: draft.now() };
                    draft.account(AccountCommand::Governance(change))?;
                }
                Ok(())
            },
        );
    }

    /// An owner lets the operator in for a while, who unlocks somebody; then, as a rule, it is over.
    pub(super) fn operate(&mut self, who: usize, upon: usize, pick: u8) {
        let grant = OperatorGrantId::from_uuid(self.uuid());
        let (by, hours) = (self.ids[who], 1 + pick / 8);
        let scope = if pick.is_multiple_of(4) { OperatorScope::Read } else { OperatorScope::Unlock };
        self.staff(
            who,
            pick,
            |_| Act::GrantOperator,
            |draft| {
                let scopes: BTreeSet<_> = [scope].into();
                let act = GuardedAct::GrantOperator { grant, scopes: scopes.clone(), hours };
                if !draft.consent(who, act)? {
                    return Ok(());
                }
                let (reason, at) = (sealed(), draft.now());
                let grant = OperatorCommand::Grant { grant, scopes, hours, reason, by, at };
                draft.account(AccountCommand::Operator(grant))
            },
        );
        self.log.turn(By::Operator, None);
        let subject = Some(self.ids[upon]);
        self.act(|draft| {
            let (owners, at) = (draft.owners(), draft.now());
            let recovery = twofold_domain::ids::RecoveryId::from_uuid(draft.uuid());
            let act = OperatorCommand::Act { act: OperatorAct::Unlock, subject, recovery, owners, at };
            draft.account(AccountCommand::Operator(act))?;
            draft.user(upon, UserCommand::Unlock { reason: sealed() })
        });
        let alive = self.account.state.operator_grants_at(self.now).map(|(grant, _)| grant).next();
        if let Some(grant) = alive.filter(|_| pick > 63) {
            self.staff(
                who,
                pick,
                |_| Act::RevokeOperator,
                |draft| {
                    let revoke = OperatorCommand::Revoke { grant, by, at: draft.now() };
                    draft.account(AccountCommand::Operator(revoke))
                },
            );
        }
    }

    /// Sets the clock of a sandbox, which goes on from there.
    pub(super) fn clock(&mut self, who: usize, pick: u8) {
        let at = self.now;
        let real = Timestamp::from_micros(self.now.micros() - self.ahead.micros());
        let forward = Span::hours(i64::from(pick / 2));
        let set = self.staff(
            who,
            pick,
            |_| Act::SetClock,
            |draft| {
                let (at, real) = (draft.now(), real + draft.now().since(at));
                draft.account(AccountCommand::SetClock { to: at + forward, at, real })
            },
        );
        if set {
            self.wait(forward);
            self.ahead = Span::of_micros(self.ahead.micros() + forward.micros());
        }
    }
}

/// What was approved, decided on what holds now.
fn carry_out(
    draft: &mut Draft<'_>,
    act: GuardedAct,
    upon: usize,
    (asker, by): (UserId, UserId),
) -> Result<(), No> {
    let at = draft.now();
    let reason = None;
    match act {
        GuardedAct::Disable { people } => {
            let actual = draft.census();
            draft.account(AccountCommand::DisableApproved { at_most: people, actual, reason, at })
        }
        GuardedAct::Suspend => draft.account(AccountCommand::SuspendApproved { reason, at }),
        GuardedAct::CloseAccount => draft.account(AccountCommand::Close { at }),
        GuardedAct::ChangeGovernance { to } => {
            draft.account(AccountCommand::Governance(GovernanceCommand::Change { to, at }))
        }
        GuardedAct::ResetOwner { compromise, .. } => {
            draft.user(upon, UserCommand::Reset { reason: sealed(), compromise, at }).map(|_| ())
        }
        GuardedAct::ExemptOwner { exemption, until, .. } => {
            let exempt = HelpCommand::Exempt { exemption, reason: sealed(), until, at };
            draft.user(upon, UserCommand::Help(exempt)).map(|_| ())
        }
        GuardedAct::GrantOwnerRecovery { recovery, hours, .. } => {
            let handed = Handing::Link { link: LinkId::from_uuid(draft.uuid()), verifier: draft.verifier() };
            let approved_by = Some(by).filter(|by| *by != asker);
            let (reason, by, rank) = (sealed(), asker, Role::Owner);
            let grant = RecoveryCommand::Grant { recovery, handed, reason, by, rank, approved_by, hours, at };
            draft.user(upon, UserCommand::Recovery(grant)).map(|_| ())
        }
        GuardedAct::ChangeOwnerIdentity { to, .. } => {
            let command = match to {
                Identity::Email(email) => {
                    let (link, verifier) = (LinkId::from_uuid(draft.uuid()), draft.verifier());
                    PeopleCommand::Address(AddressCommand::Request {
                        link,
                        email,
                        verifier,
                        by: Some((by, Role::Owner)),
                        at,
                    })
                }
                Identity::Provider { provider, subject } => {
                    PeopleCommand::LinkProvider { provider, subject, at }
                }
            };
            draft.user(upon, UserCommand::People(command)).map(|_| ())
        }
        GuardedAct::Erase { .. } => {
            draft.keeps_an_owner(upon)?;
            draft.user(upon, UserCommand::Erase { at }).map(|_| ())
        }
        GuardedAct::GrantOperator { grant, scopes, hours } => {
            let (reason, by) = (sealed(), asker);
            let grant = OperatorCommand::Grant { grant, scopes, hours, reason, by, at };
            draft.account(AccountCommand::Operator(grant))
        }
        GuardedAct::DemoteOwner { to, .. } => {
            draft.keeps_an_owner(upon)?;
            give_role(draft, upon, to)
        }
        GuardedAct::DeactivateOwner { .. } => {
            draft.keeps_an_owner(upon)?;
            let command = PeopleCommand::Deactivate { reason: None, at };
            draft.user(upon, UserCommand::People(command)).map(|_| ())
        }
        GuardedAct::GrantOwner { .. } => give_role(draft, upon, Role::Owner),
        GuardedAct::TransferOwnership { from, .. } => {
            let from = draft.person_of(from)?;
            if !draft.state(upon).may_sign_in() {
                draft.keeps_an_owner(from)?;
            }
            give_role(draft, upon, Role::Owner)?;
            give_role(draft, from, Role::Admin)
        }
    }
}

fn give_role(draft: &mut Draft<'_>, who: usize, to: Role) -> Result<(), No> {
    let command = PeopleCommand::ChangeRole { to, at: draft.now() };
    draft.user(who, UserCommand::People(command)).map(|_| ())
}
