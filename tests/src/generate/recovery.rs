//! Ways back in of whoever lost their second factor: what is asked for, granted, shown, used, and ended.

use twofold_domain::ids::{LinkId, RecoveryId, SignInId};
use twofold_domain::time::Span;
use twofold_domain::user::{
    Familiarity, FrozenBy, Handing, Objection, Purpose, RecoveryRefusal, RecoveryRoute, ResetCause, UserEvent,
};

use super::{Generator, Says};

impl Generator {
    /// The next step of a case, or a new one.
    pub(super) fn recover(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let at = self.now;
        let user = &self.tenants[tenant].people[who].user;
        let (grant, case, number) = (user.grant, user.recovering, user.freezes + 1);
        if grant.is_none() && self.chance(20) {
            let (recovery, by) = (RecoveryId::from_uuid(self.uuid()), FrozenBy::OwnLink);
            return vec![Says::User(
                who,
                UserEvent::UserFrozen { recovery, number, by, against: None, reason: None, at },
            )];
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
                let by = twofold_domain::ids::UserId::from_uuid(self.uuid());
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
