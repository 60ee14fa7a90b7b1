//! How people come in, and what they do then.

use twofold_domain::account::{Switch, TokenScope};
use twofold_domain::device::{
    Decision, Device, DeviceEvent, EndCause, FirstFactor, Method, Over, Scope, TokenHolder, Why,
};
use twofold_domain::ids::{ClientId, DeviceId, SessionId, SignInId, TokenId};
use twofold_domain::time::Span;
use twofold_domain::user::{Familiarity, Gate, PasswordAccess, ProofKind, Purpose, Refusal, UserEvent};

use super::{Generator, Says};

impl Generator {
    pub(super) fn sign_in(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let now = self.now;
        let mut says = Vec::new();
        if !self.tenants[tenant].people[who].user.password_opens() {
            return says;
        }
        let known = self.tenants[tenant].people[who].devices.len();
        let fresh = known == 0 || (known < 4 && self.chance(10));
        let device = if fresh {
            let id = DeviceId::from_uuid(self.uuid());
            self.tenants[tenant].people[who].devices.push((id, Device::default()));
            let account = self.tenants[tenant].id;
            let user = self.tenants[tenant].people[who].id;
            says.push(Says::Device(
                who,
                known,
                DeviceEvent::DeviceRegistered {
                    account,
                    device: id,
                    user,
                    verifier: self.verifier(),
                    origin: self.origin(),
                    at: now,
                },
            ));
            known
        } else {
            self.below(known)
        };
        let origin = self.origin();
        let (sign_in, session) = (SignInId::from_uuid(self.uuid()), SessionId::from_uuid(self.uuid()));
        let verifier = self.verifier();
        let (account, human) = (&self.tenants[tenant].account, &self.tenants[tenant].people[who]);
        let (generation, epoch) = (account.generation, human.user.epoch);
        let enrolled = human.user.enrolled(generation).filter(|_| account.switch == Switch::On);
        let trusted = human.devices[device]
            .1
            .trust
            .is_some_and(|t| t.generation == generation && t.epoch == epoch && now < t.until);
        let factor = enrolled.and_then(|e| e.preferred.or_else(|| e.factors.keys().next().copied()));
        let codes = enrolled.and_then(|e| e.codes.as_ref()).map(|c| (c.set, c.left()));
        let locked = human.user.locked_out();
        let ask = enrolled.is_some() && !trusted;
        if ask && (locked || (factor.is_none() && codes.is_none())) {
            if fresh {
                self.tenants[tenant].people[who].devices.pop();
            }
            return Vec::new();
        }
        let decision = if ask { Decision::Challenge } else { Decision::Complete };
        let reason = if ask { Why::Enrolled } else { Why::OptionalNotEnrolled };
        let policy_version = account.policy_version(now);
        says.push(Says::Device(
            who,
            device,
            DeviceEvent::SignInStarted {
                sign_in,
                first_factor: FirstFactor::Password,
                decision,
                reasons: vec![reason],
                generation,
                epoch,
                policy_version,
                expires_at: now + Span::minutes(10),
                origin,
                at: now,
            },
        ));
        let familiarity = if fresh { Familiarity::Stranger } else { Familiarity::Known };
        // Behind a lock no password is looked at.
        if !locked && self.chance(5) {
            says.push(Says::User(who, UserEvent::PasswordAccepted { familiarity }));
        }
        if self.tenants[tenant].people[who].user.password.is_some_and(|password| password.claimed) {
            let verifier = self.verifier();
            says.push(Says::User(
                who,
                UserEvent::PasswordRehashed { verifier, stands_alone: false, at: now },
            ));
        }
        let purpose = Purpose::SignIn(sign_in);
        let mut method = if trusted { Method::Trust } else { Method::Password };
        if ask {
            // Who has begun to live on recovery codes goes on so for a while.
            let begun = codes.is_some_and(|(_, left)| left < 9);
            let rarely = factor.is_none() || self.chance(if begun { 95 } else { 10 });
            let recovery = codes.filter(|(_, left)| *left > 0 && rarely);
            let events = match (recovery, factor) {
                (Some((set, left)), _) => {
                    method = Method::RecoveryCode;
                    let left = left - 1;
                    let used =
                        UserEvent::RecoveryCodeUsed { set, index: left, left, purpose, familiarity, at: now };
                    match left {
                        0 => vec![used, UserEvent::RecoveryCodesExhausted { set }],
                        3 => vec![used, UserEvent::RecoveryCodesLow { left }],
                        _ => vec![used],
                    }
                }
                (None, Some(factor)) => {
                    let (by, events) = self.proof(tenant, who, factor, purpose, familiarity);
                    method = by;
                    events
                }
                (None, None) => vec![UserEvent::RecoveryCodesLow { left: 0 }],
            };
            says.extend(events.into_iter().map(|event| Says::User(who, event)));
        }
        says.push(Says::Device(who, device, DeviceEvent::SignInCompleted { sign_in, method }));
        says.push(Says::Device(
            who,
            device,
            DeviceEvent::SessionStarted {
                session,
                scope: Scope::Full,
                method,
                verifier,
                generation,
                epoch,
                suspension: None,
                exemption: None,
                client: None,
                idle: Span::hours(8),
                ends_at: now + Span::days(14),
                at: now,
            },
        ));
        if ask && self.chance(30) {
            let until = now + Span::days(30);
            says.push(Says::Device(
                who,
                device,
                DeviceEvent::DeviceTrusted { granted_at: now, until, generation, epoch },
            ));
        }
        says
    }

    pub(super) fn use_session(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let (now, verifier) = (self.now, self.verifier());
        let (ends, sign_in) = (self.chance(40), SignInId::from_uuid(self.uuid()));
        let human = &self.tenants[tenant].people[who];
        let found =
            human.devices.iter().enumerate().find_map(|(i, (_, d))| Some((i, *d.sessions.keys().next()?)));
        let Some((device, session)) = found else { return Vec::new() };
        let (generation, epoch) = (self.tenants[tenant].account.generation, human.user.epoch);
        let event = match self.below(8) {
            0 => DeviceEvent::DeviceTokenRotated { verifier, at: now },
            1 => DeviceEvent::SessionSteppedUp {
                session,
                method: Method::Otp,
                verifier,
                generation,
                epoch,
                at: now,
            },
            2 => DeviceEvent::SessionRenewed { session, verifier, epoch, at: now },
            4 => DeviceEvent::ProofCameLate { sign_in, over: Over::Expired, at: now },
            3 => DeviceEvent::SessionReauthorised { session, means: "pin".to_owned(), at: now },
            _ if ends => DeviceEvent::SessionEnded { session, cause: EndCause::SignedOut },
            _ => DeviceEvent::SessionActive { session, at: now },
        };
        vec![Says::Device(who, device, event)]
    }

    pub(super) fn fail(&mut self, who: usize) -> Vec<Says> {
        let (at, locks) = (self.now, self.chance(10));
        let familiarity = if self.chance(50) { Familiarity::Known } else { Familiarity::Stranger };
        let gate = if self.chance(50) { Gate::Password } else { Gate::SecondFactor };
        let consecutive = 1;
        let event = match gate {
            Gate::Password => UserEvent::PasswordRejected { familiarity, consecutive, retry_at: None, at },
            _ => UserEvent::ProofRejected {
                kind: ProofKind::Otp,
                refusal: Refusal::Wrong,
                factor: None,
                purpose: Purpose::Disable,
                familiarity,
                consecutive,
                retry_at: None,
                at,
            },
        };
        let lock = locks.then_some(UserEvent::LockedOut { gate, familiarity, at });
        let demand = (gate == Gate::SecondFactor && self.chance(5))
            .then_some(UserEvent::PasswordChangeDemanded { at });
        [Some(event), lock, demand].into_iter().flatten().map(|event| Says::User(who, event)).collect()
    }

    /// A program uses a password or a token.
    pub(super) fn programs(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let (at, account) = (self.now, self.tenants[tenant].id);
        let human = &self.tenants[tenant].people[who];
        let own: Vec<TokenId> = human.user.tokens.keys().copied().collect();
        let user = human.id;
        let clients = self.tenants[tenant].account.clients.iter();
        let theirs: Vec<(ClientId, TokenId)> =
            clients.flat_map(|(client, held)| held.tokens.keys().map(|token| (*client, *token))).collect();
        let (holder, token) = match self.below(4) {
            0 => {
                let outcomes = [PasswordAccess::Allowed, PasswordAccess::Warned, PasswordAccess::Refused];
                let outcome = outcomes[self.below(3)];
                let user_agent = Some(self.sealed());
                return vec![Says::User(who, UserEvent::PasswordAccessUsed { outcome, user_agent, at })];
            }
            1 if !theirs.is_empty() => {
                let (client, token) = theirs[self.below(theirs.len())];
                (TokenHolder::Client(client), token)
            }
            2 if !own.is_empty() && self.chance(40) => {
                let token = own[self.below(own.len())];
                return vec![Says::User(who, UserEvent::ApiTokenRevoked { token, at })];
            }
            2 | 3 if !own.is_empty() => (TokenHolder::User(user), own[self.below(own.len())]),
            _ => {
                let issued = UserEvent::ApiTokenIssued {
                    token: TokenId::from_uuid(self.uuid()),
                    name: self.sealed(),
                    verifier: self.verifier(),
                    scopes: [TokenScope::ReadStatus, TokenScope::ReadPeople].into(),
                    expires_at: self.chance(50).then(|| at + Span::days(90)),
                    at,
                };
                return vec![Says::User(who, issued)];
            }
        };
        let origin = self.origin();
        vec![Says::Token(token, DeviceEvent::ApiTokenUsed { account, token, holder, origin, at })]
    }
}
