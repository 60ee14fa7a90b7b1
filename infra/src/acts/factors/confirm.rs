//! The proof of a factor that is being bound, and what allows a first one.

use std::sync::Arc;

use twofold_domain::factor::FactorDetail;
use twofold_domain::ids::FactorId;
use twofold_domain::proof::Warrant;
use twofold_domain::sign_in::{Answer, Refused};
use twofold_domain::user::UserEvent;
use zeroize::Zeroizing;

use super::codes::NewSet;
use super::names;
use crate::acts::ask::{binding_verdict, mailed_verdict, ticket_verdict};
use crate::acts::post::notify;
use crate::acts::principal::Credential;
use crate::acts::sign_in::{SessionGrant, grant};
use crate::acts::webauthn::{keep, registration};
use crate::acts::{ActError, texts};
use crate::desk::Act;
use crate::mail::Letter;
use crate::verify::code::{MailedCode, OtpCode};
use crate::verify::ticket::EnrolmentTicket;
use crate::verify::webauthn::Attestation;
use crate::work::Work;

/// What a confirmation came to.
#[derive(Clone)]
pub enum Confirmation {
    /// A code was not good, and was charged.
    Refused(Refused),
    /// The factor is active.
    Confirmed(Confirmed),
}

/// A factor that became active.
#[derive(Clone)]
pub struct Confirmed {
    /// The session goes on, raised, under a new token.
    pub grant: SessionGrant,
    /// The recovery codes, shown once; only with a first factor.
    pub recovery_codes: Vec<Zeroizing<String>>,
}

/// Prove the factor that is being bound.
pub struct ConfirmFactor {
    /// Who.
    pub credential: Credential,
    /// Which.
    pub factor: FactorId,
    /// A proof of the new factor.
    pub shown: ShownFirst,
    /// What allows a first binding beside the password.
    pub warrant: Option<Beside>,
}

/// What a binding is confirmed with: a proof of the factor that is being bound.
#[derive(Clone)]
pub enum ShownFirst {
    /// A code of it, or the one that was sent to it.
    Otp(Arc<OtpCode>),
    /// The credential that the authenticator made.
    Key(Arc<Attestation>),
}

/// What allows a first binding, as it was typed.
#[derive(Clone)]
pub enum Beside {
    /// The code that was mailed.
    Mailed(Arc<MailedCode>),
    /// The enrolment ticket that an administrator gave them.
    Ticket(Arc<EnrolmentTicket>),
}

impl Act for ConfirmFactor {
    type Reply = Confirmation;

    async fn run(&self, work: &mut Work) -> Result<Confirmation, ActError> {
        let desk = work.desk().clone();
        let (me, seat) = self.credential.seat(work).await?;
        let signed_in = seat.signed_in()?;
        let pending = signed_in.pending(self.factor)?;
        let (verdict, made) = match &self.shown {
            ShownFirst::Otp(otp) => {
                let (user, now) = (&seat.user, work.clock());
                (binding_verdict(&desk, me.account, user, pending, otp, now).await?, None)
            }
            ShownFirst::Key(shown) => registration(&desk, me.account, pending, shown).await?,
        };
        names::free(work, &me, &seat, &pending.name, None).await?;
        let warrant = match &self.warrant {
            Some(Beside::Mailed(code)) => {
                Some(Warrant::Mailed(mailed_verdict(&desk, me.account, &seat.user, code).await?))
            }
            Some(Beside::Ticket(code)) => {
                let matched = ticket_verdict(&desk, me.account, &seat.user, code).await?;
                Some(Warrant::Ticket { matched })
            }
            None => None,
        };
        let fresh = NewSet::mint(work).await?;
        let session_token = desk.mint().id();
        let steps = signed_in.confirm_factor(self.factor, verdict, warrant, fresh.new, session_token)?;
        let first = steps.user.iter().any(|e| matches!(e, UserEvent::RecoveryCodesGenerated { .. }));
        work.record_user(me.user, steps.user).await?;
        match steps.came_to {
            Answer::Refused(why) => Ok(Confirmation::Refused(why)),
            Answer::Accepted(_) => {
                work.record_device(me.device, steps.device).await?;
                if let Some(made) = made {
                    keep(work, me.user, made).await?;
                }
                let grant = grant(work, me.user, me.role, me.device, me.session_id, session_token).await?;
                let recovery_codes = if first { fresh.keep(work, me.user).await? } else { vec![] };
                match &pending.detail {
                    FactorDetail::Sms(begun) if !first => {
                        texts::number_added(work, &me, &seat.user, &begun.number).await?;
                    }
                    _ if first => notify(work, me.user, &Letter::TwoFactorEnabled).await?,
                    detail => {
                        let name = desk.vault().unseal(me.account, me.user, &pending.name).await?;
                        let name = name.map_or_else(String::new, |name| name.as_str().to_owned());
                        notify(work, me.user, &Letter::FactorAdded { kind: detail.kind(), name }).await?;
                    }
                }
                Ok(Confirmation::Confirmed(Confirmed { grant, recovery_codes }))
            }
        }
    }
}
