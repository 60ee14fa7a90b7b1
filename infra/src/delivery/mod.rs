//! The ways out: a mail server, and a provider of text messages over HTTP.
//!
//! A carrier hands one message to the next system and says what that answered. It keeps nothing, tries once,
//! and names the message by its id, so that a receiver can tell a repeat. When to try again, and what is
//! recorded, is the courier's.

mod sms;
mod smtp;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use twofold_domain::delivery::{Allowance, BudgetOf, Channel, Share, Undelivered};
use twofold_domain::ids::{MessageId, UserId};

use crate::clock::Clock;
use crate::config::Delivery;
use crate::mail::{Message, Number};

pub(crate) use sms::secret_bytes as sms_secret;
pub use sms::{HttpSms, SmsSettings};
pub use smtp::{Protection, Smtp, SmtpSettings};

/// What the next system made of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// It took it over.
    Taken,
    /// It will not take it, now or later.
    Refused {
        /// Why.
        why: Undelivered,
        /// Its answer: an SMTP reply, an HTTP status.
        reply: Option<u16>,
    },
    /// It was not reached, or may take it later.
    PutOff {
        /// Its answer, if there was one.
        reply: Option<u16>,
    },
    /// No encrypted connection came about to whom it should be; an operator, there or here, can mend that.
    NotSecure,
}

/// A way out.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Hands a message over, once. Ends within [`PATIENCE`].
    async fn carry(&self, id: MessageId, message: &Message) -> Carried;
}

/// The longest that one try takes.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The budgets that a message counts against.
pub fn budgets_of(message: &Message, person: Option<UserId>) -> Vec<BudgetOf> {
    let mut budgets = vec![BudgetOf::Account];
    if let Channel::Sms = message.channel
        && let Ok(number) = message.to.parse::<Number>()
    {
        budgets.push(BudgetOf::Country(number.country_code()));
    }
    budgets.extend(person.map(BudgetOf::Person));
    budgets
}

/// What a part of a budget is called where it is counted. What anybody may ask for to one person is counted by
/// letter: whoever asks for one keeps no other from being sent.
pub fn counted_as(whose: BudgetOf, share: Share, letter: &str) -> String {
    let name = match whose {
        BudgetOf::Account => "account".to_owned(),
        BudgetOf::Country(code) => format!("country +{code}"),
        BudgetOf::Person(person) => format!("person {}", person.uuid()),
    };
    match (share, whose) {
        (Share::Own, _) => name,
        (Share::Anybody, BudgetOf::Person(_)) => format!("{name} {letter}"),
        (Share::Invited, _) => format!("{name} invited"),
        (Share::Anybody, BudgetOf::Account | BudgetOf::Country(_)) => format!("{name} anybody"),
    }
}

/// The ways out that are configured, and how much goes out by each.
#[derive(Clone)]
pub struct Carriers {
    /// By mail.
    pub mail: Option<Arc<dyn Carrier>>,
    /// By text message.
    pub sms: Option<Arc<dyn Carrier>>,
    /// How many mails.
    pub mails: Allowance,
    /// How many text messages.
    pub texts: Allowance,
}

/// A way out that cannot be used as configured.
#[derive(Debug, thiserror::Error)]
#[error("{way}: {why}")]
pub struct Unusable {
    /// Which.
    pub way: &'static str,
    /// What is wrong.
    pub why: String,
}

impl Carriers {
    /// No way out, and the usual allowances.
    pub fn none() -> Self {
        Self { mail: None, sms: None, mails: Allowance::MAIL, texts: Allowance::SMS }
    }

    /// The ways out of a configuration.
    pub fn open(settings: &Delivery, clock: &Clock) -> Result<Self, Unusable> {
        let unusable = |way| move |why: String| Unusable { way, why };
        let mail = settings.smtp.as_ref().map(Smtp::open).transpose().map_err(unusable("smtp_url"))?;
        let sms = settings.sms.as_ref().map(|sms| HttpSms::open(sms, clock.clone()));
        let sms = sms.transpose().map_err(unusable("sms_url"))?;
        Ok(Self {
            mail: mail.map(|smtp| Arc::new(smtp) as Arc<dyn Carrier>),
            sms: sms.map(|sms| Arc::new(sms) as Arc<dyn Carrier>),
            mails: settings.mails,
            texts: settings.texts,
        })
    }

    /// The way out of a channel.
    pub fn of(&self, channel: Channel) -> Option<&Arc<dyn Carrier>> {
        match channel {
            Channel::Mail => self.mail.as_ref(),
            Channel::Sms => self.sms.as_ref(),
        }
    }

    /// How much goes out by a channel.
    pub const fn allowance(&self, channel: Channel) -> Allowance {
        match channel {
            Channel::Mail => self.mails,
            Channel::Sms => self.texts,
        }
    }
}

impl fmt::Debug for Carriers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Carriers(mail: {}, sms: {})", self.mail.is_some(), self.sms.is_some())
    }
}
