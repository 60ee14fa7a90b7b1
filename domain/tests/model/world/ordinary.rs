//! The ordinary life of an account and its people: but for a way in that is cut, it changes nobody's sessions,
//! trust, or factors, which the check after every act finds out.

use twofold_domain::access::NewToken;
use twofold_domain::account::{
    ApprovalCommand, ClientCommand, ForeignCommand, Governance, GovernanceCommand, GroupCommand, GuardedAct,
    Notice, RefusedSignIns, Settings, SettingsCommand, TokenScope,
};
use twofold_domain::delivery::{
    BudgetOf, Channel, Ended, MessagePurpose, Posted, Share, SpentBudget, Undelivered, day_ends,
};
use twofold_domain::factor::Offer;
use twofold_domain::factor::token::TokenFile;
use twofold_domain::ids::{ApprovalId, ClientId, GroupId, ImportId, MessageId, ScheduleId, TokenId};
use twofold_domain::owners::Owners;
use twofold_domain::policy::Profile;
use twofold_domain::user::{AccessCommand, PasswordAccess, PeopleCommand};

use super::*;

/// How many kinds there are.
pub(crate) const KINDS: u8 = 24;

impl World {
    /// One of them; what is not possible now is refused.
    pub(super) fn ordinary(&mut self, kind: u8, who: usize) {
        let at = self.now();
        let account = &self.account.state;
        let (group, client) = (account.groups.keys().next().copied(), account.clients.keys().next().copied());
        let token = account
            .clients
            .iter()
            .find_map(|(client, held)| held.tokens.keys().next().map(|token| (*client, *token)));
        match kind {
            0 => {
                let wishes = !account.settings.notices.is_empty();
                let notices = if wishes { BTreeSet::new() } else { [Notice::LockedOut].into() };
                let to = Settings { notices, ..account.settings.clone() };
                self.account(AccountCommand::Settings(SettingsCommand::Change { to, at }), true);
            }
            1 => {
                let group = GroupId::from_uuid(self.id());
                let create = GroupCommand::Create { group, name: format!("Shift {}", self.next_id), at };
                self.account(AccountCommand::Group(create), true);
            }
            2 => {
                let name = format!("Crew {}", self.next_id);
                let rename = |group| AccountCommand::Group(GroupCommand::Rename { group, name });
                group.map(rename).into_iter().for_each(|rename| self.account(rename, true));
            }
            3 => {
                let delete = |group| AccountCommand::Group(GroupCommand::Delete { group, at });
                group.map(delete).into_iter().for_each(|delete| self.account(delete, true));
            }
            4 => {
                let client = ClientId::from_uuid(self.id());
                let name = format!("Desk {}", self.next_id);
                // Only so many at once.
                let register = ClientCommand::Register { client, name, at };
                _ = self.tell_account(AccountCommand::Clients(register));
            }
            5 => {
                let new = self.token(TokenScope::ReadPeople);
                let issue = |client| AccountCommand::Clients(ClientCommand::IssueToken { client, new, at });
                // So many at once here, too.
                client.map(issue).into_iter().for_each(|issue| _ = self.tell_account(issue));
            }
            6 => {
                let revoke = |(client, token)| ClientCommand::RevokeToken { client, token, at };
                let revoke = token.map(revoke).map(AccountCommand::Clients);
                if let Some(revoke) = revoke {
                    self.account(revoke, true);
                }
            }
            7 => {
                let remove = |client| AccountCommand::Clients(ClientCommand::Remove { client, at });
                client.map(remove).into_iter().for_each(|remove| self.account(remove, true));
            }
            8 => {
                let admins_may_switch = !account.governance.admins_may_switch;
                let to = Governance { admins_may_switch, ..account.governance.clone() };
                self.account(AccountCommand::Governance(GovernanceCommand::Change { to, at }), true);
            }
            9 => {
                let none = account.demand(Audience::Team).floor.is_none();
                let floor = none.then(|| account.policy(Audience::Team, at).clone());
                self.policy(PolicyCommand::SetFloors([(Audience::Team, floor)].into()), true);
            }
            10 => {
                let profile = account.profile.is_none().then_some(Profile::NistAal2);
                self.policy(PolicyCommand::ChooseProfile(profile), true);
            }
            11 => {
                // Scheduled and withdrawn before it begins.
                let (schedule, by) = (ScheduleId::from_uuid(self.id()), Role::Owner);
                let now = self.account.state.policy(Audience::EndUsers, at).clone();
                let policy = AudiencePolicy { lifetime_hours: now.lifetime_hours - 1, ..now };
                let (audience, begins_at) = (Audience::EndUsers, at + Span::days(30));
                let impact = Impact::default();
                self.policy(
                    PolicyCommand::Schedule {
                        schedule,
                        audience,
                        policy,
                        begins_at,
                        by,
                        offer: Offer::everything(),
                        impact,
                    },
                    true,
                );
                self.policy(PolicyCommand::CancelSchedule { schedule, by }, true);
                self.policy(PolicyCommand::CancelSchedule { schedule, by }, false);
            }
            12 => {
                self.log.turn(By::System("refused_sign_ins".into()), None);
                let refused = RefusedSignIns { unknown: 3, locked: 1, from: at - Span::hours(1), to: at };
                self.account(AccountCommand::RecordRefusedSignIns(refused), true);
            }
            13 => self.person(who, UserCommand::People(PeopleCommand::Rename(sealed()))),
            14 => {
                let language = if self.next_id.is_multiple_of(2) { "ko" } else { "es" };
                self.next_id += 1;
                self.person(who, UserCommand::People(PeopleCommand::Speak(language.to_owned())));
            }
            15 => {
                let groups = if self.people[who].state.groups.is_empty() { group } else { None };
                let groups = groups.into_iter().collect();
                self.person(who, UserCommand::People(PeopleCommand::Group { groups, at }));
            }
            16 => {
                if !self.people[who].state.providers.contains_key("google") {
                    let (provider, subject) = ("google".to_owned(), sealed());
                    self.person(
                        who,
                        UserCommand::People(PeopleCommand::LinkProvider { provider, subject, at }),
                    );
                }
            }
            17 => {
                let provider = "google".to_owned();
                // There may be nothing to unlink.
                let unlink = UserCommand::People(PeopleCommand::UnlinkProvider { provider, at });
                if self.tell_user(who, unlink).is_ok() {
                    self.ledger.credentials_changed(who, None);
                }
            }
            18 => {
                self.log.turn(By::Person(self.ids[who]), None);
                let note =
                    AccessCommand::NotePassword { outcome: PasswordAccess::Allowed, user_agent: None, at };
                self.person(who, UserCommand::Access(note));
            }
            19 => {
                // Messages that fail until the team is told, and one that arrives.
                self.log.turn(By::System("courier".into()), None);
                for _ in 0..3 {
                    let ended = Ended::Failed { why: Undelivered::Refused, reply: Some(550) };
                    self.message(who, ended);
                    let (channel, user, why) = (Channel::Mail, self.ids[who], Undelivered::Refused);
                    let raise = AccountCommand::RaiseDeliveryTrouble { channel, user, failures: 3, why, at };
                    self.account(raise, true);
                }
                let until = day_ends(at);
                for (whose, share) in
                    [(BudgetOf::Person(self.ids[who]), Share::Anybody), (BudgetOf::Account, Share::Own)]
                {
                    let budget = SpentBudget { channel: Channel::Sms, whose, share, until };
                    self.account(AccountCommand::RecordSpent { budget, at }, true);
                }
                self.message(who, Ended::Sent);
                self.log.turn(By::System("wished_notices".into()), None);
                let (channel, why) = (Channel::Mail, Undelivered::Refused);
                self.account(AccountCommand::RaiseOutage { channel, failures: 3, why, at }, true);
            }
            20 => {
                let (import, format) = (ImportId::from_uuid(self.id()), TokenFile::Pskc);
                self.account(AccountCommand::ImportTokens { import, count: 25, format, at }, true);
            }
            21 => {
                // Asked for, and withdrawn by who asked.
                let (approval, by) = (ApprovalId::from_uuid(self.id()), CHIEF);
                let owners = Owners::default();
                let act = GuardedAct::CloseAccount;
                let reason = sealed();
                let ask = ApprovalCommand::Request { approval, act, by, reason, owners, at };
                if self.tell_account(AccountCommand::Approval(ask)).is_ok() {
                    let cancel = ApprovalCommand::Cancel { approval, by, at };
                    self.account(AccountCommand::Approval(cancel), true);
                }
            }
            22 => {
                // Passwords of another system are announced, and nobody keeps one.
                let (cost, scheme) = ("$2b$12$".to_owned(), "bcrypt".to_owned());
                if account.foreign.is_empty() {
                    let arrive = ForeignCommand::Arrive { costs: [(cost, scheme)].into(), at };
                    return self.account(AccountCommand::Foreign(arrive), true);
                }
                self.log.turn(By::System("foreign_passwords".into()), None);
                self.account(AccountCommand::Foreign(ForeignCommand::End { scheme, at }), true);
            }
            _ => {
                self.log.turn(By::Person(self.ids[0]), None);
                let own = self.people[0].state.tokens.keys().next().copied();
                let command = match own {
                    Some(token) => AccessCommand::RevokeToken { token, at },
                    None => AccessCommand::IssueToken {
                        new: self.token(TokenScope::ReadPeople),
                        name: sealed(),
                        at,
                    },
                };
                self.person(0, UserCommand::Access(command));
            }
        }
    }

    fn token(&mut self, scope: TokenScope) -> NewToken {
        let (token, verifier) = (TokenId::from_uuid(self.id()), self.verifier());
        NewToken { token, verifier, scopes: [scope].into(), days: 30 }
    }

    /// A message to somebody ends.
    fn message(&mut self, who: usize, ended: Ended) {
        let at = self.now();
        let posted = Posted {
            message: MessageId::from_uuid(self.id()),
            channel: Channel::Mail,
            purpose: MessagePurpose::Notice,
            letter: "password-changed".to_owned(),
            attempts: 1,
            queued_at: at,
        };
        self.person(who, UserCommand::RecordDelivery { posted, ended, at });
    }

    fn account(&mut self, command: AccountCommand, possible: bool) {
        let done = self.tell_account(command);
        assert_eq!(done.is_ok(), possible, "{done:?}");
    }

    fn policy(&mut self, command: PolicyCommand, possible: bool) {
        self.account(AccountCommand::Policy { command, at: self.now() }, possible);
    }

    /// Possible for whoever is still here.
    fn person(&mut self, who: usize, command: UserCommand) {
        let here = !self.ledger.people[who].erased;
        let done = self.tell_user(who, command);
        assert_eq!(done.is_ok(), here, "{done:?}");
    }
}
