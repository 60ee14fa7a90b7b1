//! Ways back in of whoever lost their second factor: what is asked for, granted, shown, used, and ended.

use twofold_domain::account::{AccountEvent, OperatorAct, OperatorScope};
use twofold_domain::ids::{LinkId, OperatorGrantId, RecoveryId, SignInId, UserId};
use twofold_domain::time::Span;
use twofold_domain::user::{
    Familiarity, FrozenBy, Handing, LinkPurpose, Objection, Purpose, RecoveryRefusal, RecoveryRoute,
    ResetCause, UserEvent,
};

use super::{Generator, Says};

impl Generator {
    /// The next step of a case, or a new one.
    pub(super) fn recover(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let at = self.now;
        let user = &self.tenants[tenant].people[who].user;
        let (grant, case, number) = (user.grant, user.recovering, user.freezes + 1);
        let waits = user.waiting_reset.map(|waiting| waiting.recovery);
        if grant.is_none() && self.chance(20) {
            let (recovery, by) = (RecoveryId::from_uuid(self.uuid()), FrozenBy::OwnLink);
            let how = Some(Objection::Frozen);
            let over = waits.map(|recovery| UserEvent::TwoFactorResetCancelled { recovery, how, at });
            let frozen = UserEvent::UserFrozen { recovery, number, by, against: None, reason: None, at };
            return over.into_iter().chain([frozen]).map(|event| Says::User(who, event)).collect();
        }
        if self.chance(15) {
            return self.operated(tenant, who);
        }
        let event = match (grant, case) {
            (Some(grant), _) if self.chance(20) => {
                let how = if self.chance(50) { Objection::Staff } else { Objection::Factor };
                UserEvent::RecoveryGrantRevoked { recovery: grant.recovery, how, at }
            }
            (Some(grant), _) => match grant.link {
                Some(link) => {
                    let verifier = self.verifier();
                    UserEvent::RecoveryCodeRevealed { recovery: grant.recovery, link, verifier, at }
                }
                None => return self.use_grant(tenant, who, grant.recovery),
            },
            (None, Some(recovery)) => UserEvent::RecoveryCompleted { recovery, at },
            (None, None) => self.ask_for_a_way_in(),
        };
        vec![Says::User(who, event)]
    }

    /// An owner lets the operator make them a link, which is used, closed, or left lying.
    fn operated(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let at = self.now;
        let (grant, link) = (OperatorGrantId::from_uuid(self.uuid()), LinkId::from_uuid(self.uuid()));
        let subject = Some(self.tenants[tenant].people[who].id);
        let (scopes, reason) = ([OperatorScope::Link].into(), self.sealed());
        let (by, until) = (UserId::from_uuid(self.uuid()), at + Span::hours(1));
        let (act, recovery) = (OperatorAct::Link.word().to_owned(), Some(RecoveryId::from_uuid(link.uuid())));
        let (purpose, verifier, expires_at) =
            (LinkPurpose::SetUp, self.verifier(), at + LinkPurpose::SetUp.life());
        let mut says = vec![
            Says::Account(AccountEvent::OperatorGranted { grant, scopes, reason, by, until, at }),
            Says::Account(AccountEvent::OperatorActed { act, subject, grant: Some(grant), recovery, at }),
            Says::User(who, UserEvent::LinkIssued { link, purpose, verifier, expires_at }),
        ];
        match self.below(4) {
            0 => says.push(Says::Account(AccountEvent::OperatorGrantRevoked { grant, by, at })),
            1 => {
                let (verifier, stands_alone) = (self.verifier(), true);
                says.push(Says::User(who, UserEvent::LinkRedeemed { link, at }));
                says.push(Says::User(who, UserEvent::PasswordSet { verifier, stands_alone, at }));
            }
            _ => {}
        }
        says
    }

    fn ask_for_a_way_in(&mut self) -> UserEvent {
        let (at, recovery) = (self.now, RecoveryId::from_uuid(self.uuid()));
        match self.below(4) {
            0 => {
                let why = RecoveryRefusal::PasswordMailed;
                UserEvent::RecoveryRefused { recovery, route: RecoveryRoute::Mailbox, why, at }
            }
            1 => UserEvent::RecoveryRequested { recovery, route: RecoveryRoute::Mailbox, at },
            drawn => {
                let verifier = self.verifier();
                let handed = match drawn {
                    2 => Handing::Link { link: LinkId::from_uuid(self.uuid()), verifier },
                    _ => Handing::Issuer { verifier },
                };
                let (reason, expires_at) = (self.sealed(), at + Span::hours(24));
                let by = UserId::from_uuid(self.uuid());
                UserEvent::RecoveryGranted {
                    rank: None,
                    recovery,
                    handed,
                    reason,
                    by,
                    approved_by: None,
                    expires_at,
                    at,
                }
            }
        }
    }

    /// The code of a grant lets its person in, and the factor that they lost ends with it.
    fn use_grant(&mut self, tenant: usize, who: usize, recovery: RecoveryId) -> Vec<Says> {
        let at = self.now;
        let purpose = Purpose::SignIn(SignInId::from_uuid(self.uuid()));
        let familiarity = Familiarity::Stranger;
        let mut says = self.reach(tenant, who);
        says.push(Says::User(who, UserEvent::RecoveryGrantUsed { recovery, purpose, familiarity, at }));
        let cause = ResetCause::Granted { recovery };
        says.push(Says::User(who, UserEvent::TwoFactorReset { cause, effective_at: at }));
        says
    }
}
