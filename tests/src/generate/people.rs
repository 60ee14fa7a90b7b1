//! The ordinary life of people: they come, change, leave, and come back.

use std::collections::BTreeSet;

use twofold_domain::factor::otp::OtpParameters;
use twofold_domain::factor::{FactorDetail, totp};
use twofold_domain::ids::{FactorId, GroupId, LinkId, RecoveryId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_domain::user::{LinkPurpose, Objection, RecoveryRoute, Thawed, User, UserEvent};

use super::{Generator, Human, Says};

impl Generator {
    pub(super) fn register(&mut self, tenant: usize) -> Vec<Says> {
        let account = self.tenants[tenant].id;
        let user = UserId::from_uuid(self.uuid());
        self.tenants[tenant].people.push(Human { id: user, user: User::default(), devices: Vec::new() });
        let who = self.tenants[tenant].people.len() - 1;
        let role = match self.below(10) {
            0 if who == 0 => Role::Owner,
            0 => Role::Admin,
            1 => Role::Agent,
            2 => Role::Auditor,
            _ => Role::EndUser,
        };
        let registered = UserEvent::UserRegistered {
            account,
            user,
            role,
            name: self.sealed(),
            email: self.sealed(),
            language: "en".to_owned(),
            at: self.now,
        };
        let way_in = if self.chance(20) {
            self.brings(tenant)
        } else {
            self.by_link(LinkPurpose::Invitation).to_vec()
        };
        std::iter::once(registered).chain(way_in).map(|event| Says::User(who, event)).collect()
    }

    /// Somebody who came with a table from elsewhere: with a password, a factor, or a provider of theirs.
    fn brings(&mut self, tenant: usize) -> Vec<UserEvent> {
        let (at, generation) = (self.now, self.tenants[tenant].account.generation);
        let scheme = "pbkdf2".to_owned();
        let mut brought = vec![UserEvent::PasswordClaimed { verifier: self.verifier(), scheme, at }];
        if self.chance(50) {
            brought.push(UserEvent::FactorClaimed {
                factor: FactorId::from_uuid(self.uuid()),
                detail: FactorDetail::Totp(totp::Begun {
                    seed: self.verifier(),
                    parameters: OtpParameters::APP,
                }),
                name: self.sealed(),
                generation,
                at,
            });
        }
        brought
    }

    /// Something about a person is other than it was.
    pub(super) fn change(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let at = self.now;
        let groups: Vec<GroupId> = self.tenants[tenant].account.groups.keys().copied().collect();
        let user = &self.tenants[tenant].people[who].user;
        let (role, linked) = (user.role(), user.providers.keys().next().cloned());
        let asked = user.email_change.as_ref().map(|asked| (asked.link, asked.email.clone()));
        let event = match self.below(7) {
            0 => UserEvent::UserRenamed { name: self.sealed() },
            1 => UserEvent::LanguageChanged { language: ["en", "es", "ko"][self.below(3)].to_owned() },
            2 => {
                let (Some(from), to) = (role, Role::ALL[self.below(5)]) else { return Vec::new() };
                UserEvent::RoleChanged { from, to, at }
            }
            3 => {
                let of: BTreeSet<GroupId> = groups.into_iter().filter(|_| self.chance(50)).collect();
                UserEvent::GroupsChanged { groups: of, at }
            }
            4 => match asked {
                Some((link, _)) if self.chance(50) => {
                    UserEvent::EmailChangeCancelled { link, how: Objection::Staff, at }
                }
                Some((link, email)) => UserEvent::EmailChanged { link, email, by: None, at },
                None => UserEvent::EmailChangeRequested {
                    link: LinkId::from_uuid(self.uuid()),
                    email: self.sealed(),
                    verifier: self.verifier(),
                    expires_at: at + Span::hours(24),
                    by: None,
                    rank: None,
                    at,
                },
            },
            5 => match linked {
                Some(provider) => UserEvent::IdentityProviderUnlinked { provider, at },
                None => UserEvent::IdentityProviderLinked {
                    provider: "google".to_owned(),
                    subject: self.sealed(),
                    at,
                },
            },
            _ => UserEvent::UserDeactivated { reason: Some(self.sealed()), at },
        };
        vec![Says::User(who, event)]
    }

    /// Somebody without a way in gets one again; `None` for whoever has one.
    pub(super) fn come_back(&mut self, tenant: usize, who: usize) -> Option<Vec<Says>> {
        let at = self.now;
        let user = &self.tenants[tenant].people[who].user;
        if user.deactivated {
            let says = vec![Says::User(who, UserEvent::UserReactivated { at })];
            return Some(if self.chance(20) { says } else { Vec::new() });
        }
        if let Some(recovery) = user.frozen.as_ref().map(|frozen| frozen.recovery) {
            return Some(if self.chance(40) { self.thaw(who, recovery) } else { Vec::new() });
        }
        if user.password_opens() || user.through_provider_only() {
            return None;
        }
        let events = self.by_link(LinkPurpose::PasswordReset);
        Some(events.into_iter().map(|event| Says::User(who, event)).collect())
    }

    /// Staff vouch for somebody whose sign-in is frozen, who comes back.
    fn thaw(&mut self, who: usize, recovery: RecoveryId) -> Vec<Says> {
        let (at, route, how) = (self.now, RecoveryRoute::Staff, Thawed::Allowed);
        let allowed =
            UserEvent::ThawAllowed { rank: None, recovery, route, reason: Some(self.sealed()), from: at, at };
        let mut events = vec![allowed];
        if self.chance(20) {
            events.push(UserEvent::ThawStopped { recovery, how: Objection::Staff, at });
            return events.into_iter().map(|event| Says::User(who, event)).collect();
        }
        events.extend(self.by_link(LinkPurpose::WayBack));
        events.push(UserEvent::UserThawed { recovery, how, at });
        events.into_iter().map(|event| Says::User(who, event)).collect()
    }

    /// A password is chosen with a mailed link.
    fn by_link(&mut self, purpose: LinkPurpose) -> [UserEvent; 4] {
        let (link, at) = (LinkId::from_uuid(self.uuid()), self.now);
        [
            UserEvent::LinkIssued {
                link,
                purpose,
                verifier: self.verifier(),
                expires_at: at + Span::days(7),
            },
            UserEvent::LinkRedeemed { link, at },
            UserEvent::EmailVerified { at },
            UserEvent::PasswordSet { verifier: self.verifier(), stands_alone: true, at },
        ]
    }
}
