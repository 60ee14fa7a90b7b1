//! What whoever is asked for a second factor sees of it.

use twofold_domain::account::Account;
use twofold_domain::delivery::{Channel, Undelivered};
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::SignInId;
use twofold_domain::sign_in::{at_the_factor, challenged};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Familiarity, Purpose, User, UserError};

use super::{NoRoom, NotTexted, Texted, clear, last_of, other_proofs, room};
use crate::acts::ActError;
use crate::acts::ask::token_verdict;
use crate::acts::offers::{Offers, offers};
use crate::acts::sign_in::DeviceCredential;
use crate::desk::{Act, Desk};
use crate::work::Work;

/// A challenge, as whoever answers it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenChallenge {
    /// When the attempt ends.
    pub expires_at: Timestamp,
    /// What answers it.
    pub offers: Offers,
    /// Where codes by SMS for it stand.
    pub texts: Texts,
}

/// Where codes by SMS stand that answer one question: at a sign-in, or on the way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// The last code that was sent for it.
    pub text: Option<Texted>,
    /// From when on another code is sent, where there is a number.
    pub resend_at: Option<Timestamp>,
    /// Why no code is sent at all.
    pub not_texted: Option<NotTexted>,
    /// Whether messages to the person failed again and again: how often, and why the last time.
    pub failing: Option<(u16, Undelivered)>,
}

impl Texts {
    /// Those of somebody for a purpose, at an instant.
    pub(in crate::acts) async fn of(
        desk: &Desk,
        account: &Account,
        user: &User,
        offers: &Offers,
        (purpose, familiarity): (Purpose, Familiarity),
        at: Timestamp,
    ) -> Result<Self, ActError> {
        let who = user.who().ok_or(UserError::Unknown)?;
        let (mut text, mut resend_at) = (None::<Texted>, None);
        for offered in offers.factors.iter().filter(|offered| offered.number.is_some()) {
            let sent = last_of(desk, who.account, who.user, user, offered.factor, purpose).await?;
            if sent.as_ref().is_some_and(|sent| text.as_ref().is_none_or(|t| t.sent_at < sent.sent_at)) {
                text = sent;
            }
        }
        if offers.factors.iter().any(|offered| offered.kind == FactorKind::Sms) {
            resend_at = Some(text.as_ref().map_or(at, |text| text.resend_at));
        }
        let first = offers.factors.iter().find(|offered| offered.kind == FactorKind::Sms);
        let number = match first.and_then(|offered| user.number(offered.factor)) {
            Some(number) => clear(desk, who.account, who.user, number).await?,
            None => None,
        };
        let not_texted = match number {
            Some(number) => match room(desk, who.account, who.user, &number, familiarity).await {
                Ok(()) => None,
                Err(NoRoom::Spent { why, until }) => {
                    Some(NotTexted { why, until, instead: other_proofs(user, account.generation) })
                }
                Err(NoRoom::Unknown(error)) => return Err(error),
            },
            None => None,
        };
        // Before the day's budget begins anew, asking again sends nothing.
        let anew = not_texted.as_ref().and_then(|not| not.until);
        let resend_at =
            resend_at.map(|from| anew.map_or(from, |anew| from.max(at + anew.since(desk.clock().now()))));
        let failing = user.unreached().find(|(channel, _)| *channel == Channel::Sms);
        let failing = failing.map(|(_, failing)| (failing.in_a_row, failing.why));
        Ok(Self { text, resend_at, not_texted, failing })
    }
}

/// Look at an open challenge.
pub struct ShowChallenge {
    /// The device's own token.
    pub device: DeviceCredential,
    /// The attempt.
    pub sign_in: SignInId,
}

impl Act for ShowChallenge {
    type Reply = OpenChallenge;

    async fn run(&self, work: &mut Work) -> Result<OpenChallenge, ActError> {
        let desk = work.desk().clone();
        let (user_id, device_id, id) = (self.device.holder(), self.device.id(), work.account_id());
        work.load_both(user_id, device_id).await?;
        let (account, user) = (work.account().await?, work.user(user_id).await?);
        let device = work.device(device_id).await?;
        let token = token_verdict(&desk, id, &device, &self.device).await?;
        challenged(&account, &user, &device, self.sign_in, token, work.at())?;
        let offers = offers(&desk, &account, &user, work.at()).await?;
        let asked = (Purpose::SignIn(self.sign_in), at_the_factor(&device));
        let texts = Texts::of(&desk, &account, &user, &offers, asked, work.at()).await?;
        Ok(OpenChallenge {
            expires_at: device.attempts.get(&self.sign_in).map_or(work.at(), |open| open.expires_at),
            offers,
            texts,
        })
    }
}
