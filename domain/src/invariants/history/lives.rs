//! What happens in the lives of the town's people beside signing in.

use super::*;
use crate::delivery::{Channel, MessagePurpose, Posted};
use crate::ids::MessageId;

impl History {
    /// The owner gives somebody an enrolment ticket.
    pub(crate) fn ticket(&mut self, user: UserId) {
        let (ticket, verifier, at) = (TicketId::from_uuid(self.id()), self.verifier(), self.at);
        let (reason, expires_at) = (sealed(), at + Span::days(1));
        self.staff_to(
            OWNER,
            user,
            UserEvent::EnrolmentTicketIssued { ticket, verifier, reason, expires_at, at },
        );
    }

    /// Signs in and binds a first factor with a ticket.
    pub(crate) fn enrol_by_ticket(&mut self, user: UserId) {
        self.ticket(user);
        let Event::User(_, UserEvent::EnrolmentTicketIssued { ticket, .. }) =
            self.find("EnrolmentTicketIssued", user)
        else {
            panic!("a ticket")
        };
        self.sign_in(user);
        self.begin_binding(user);
        let at = self.at;
        self.confirm_with(user, UserEvent::EnrolmentTicketUsed { ticket, at });
    }

    /// The owner resets somebody.
    pub(crate) fn reset(&mut self, user: UserId, compromise: bool) {
        let cause = ResetCause::Staff { reason: sealed(), compromise, recovery: None };
        let effective_at = self.at + Span::seconds(1);
        self.staff_to(OWNER, user, UserEvent::TwoFactorReset { cause, effective_at });
    }

    /// A message to somebody goes out.
    pub(crate) fn message(&mut self, user: UserId) {
        let (message, at) = (MessageId::from_uuid(self.id()), self.now());
        let posted = Posted {
            message,
            channel: Channel::Mail,
            purpose: MessagePurpose::Notice,
            letter: "password-changed".to_owned(),
            attempts: 1,
            queued_at: at,
        };
        self.act(
            &By::System("courier".into()),
            None,
            vec![Event::User(user, UserEvent::MessageSent { posted, at })],
        );
    }

    /// The owner lets somebody in without a second factor for a while.
    pub(crate) fn exempt(&mut self, user: UserId, span: Span) {
        let (exemption, reason, at) = (ExemptionId::from_uuid(self.id()), sealed(), self.at);
        let until = at + span;
        self.staff_to(OWNER, user, UserEvent::ExemptionGranted { exemption, reason, until, at });
    }

    /// The owner asks for an act that takes two, or a wait.
    pub(crate) fn ask(&mut self, act: GuardedAct, wait: Option<Span>) {
        let approval = ApprovalId::from_uuid(self.id());
        let at = self.at;
        let asked = AccountEvent::ApprovalRequested {
            approval,
            act,
            by: OWNER,
            reason: sealed(),
            matures_at: wait.map(|wait| at + wait),
            expires_at: at + Span::days(7),
            at,
        };
        self.staff(OWNER, asked);
    }

    pub(crate) fn approval(&self) -> ApprovalId {
        let asked = self.latest(|event| match event {
            Event::Account(AccountEvent::ApprovalRequested { approval, .. }) => Some(*approval),
            _ => None,
        });
        asked.unwrap_or_else(|| panic!("nothing was asked for"))
    }

    /// The only owner closes the account, after the wait.
    pub(crate) fn close_account(&mut self) {
        self.ask(GuardedAct::CloseAccount, Some(Span::days(3)));
        self.wait(Span::days(3));
        self.sign_in(OWNER);
        let (approval, at) = (self.approval(), self.at);
        let used = AccountEvent::ApprovalUsed { approval, approved_by: None, at };
        self.own(OWNER, vec![Event::Account(used), Event::Account(AccountEvent::AccountClosed { at })]);
    }

    pub(crate) fn token(&mut self, user: UserId) {
        self.step_up(user);
        let (token, verifier, at) = (TokenId::from_uuid(self.id()), self.verifier(), self.at);
        let (name, scopes, expires_at) = (sealed(), [].into(), None);
        self.person_act(user, UserEvent::ApiTokenIssued { token, name, verifier, scopes, expires_at, at });
    }

    pub(crate) fn token_of(&self, user: UserId) -> TokenId {
        let Event::User(_, UserEvent::ApiTokenIssued { token, .. }) = self.find("ApiTokenIssued", user)
        else {
            panic!("a token")
        };
        token
    }

    pub(crate) fn use_token(&mut self, user: UserId) {
        let (token, at) = (self.token_of(user), self.at);
        let holder = TokenHolder::User(user);
        let shown = DeviceEvent::ApiTokenUsed { account: ACCOUNT, token, holder, origin: ORIGIN, at };
        self.door(vec![Event::Device(DeviceId::from_uuid(token.uuid()), shown)]);
    }
}
