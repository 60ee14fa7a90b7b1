//! How somebody comes and goes: on ordinary days with slips, where it matters without.

use std::sync::Arc;

use anyhow::{Result, bail};
use rand::Rng;
use twofold_domain::device::{Decision, Why};
use twofold_domain::ids::SignInId;
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::{
    ActError, Begun, Beside, Binding, ConfirmFactor, Confirmation, Proof, Proved, ShownFirst, SignOut,
    StartEnrolment, StepUp, SteppedUp,
};
use twofold_infra::verify::{MailedCode, OtpCode, Password};

use super::things::{App, LAPTOP, PRIVATE, STEP};
use super::{Entry, Person};

/// How long before the end of its life a proof is shown again rather than relied on.
const FRESH: Span = Span::minutes(4);

impl Person {
    /// Signs in as people do on an ordinary day: slips included, and enrols where that is asked or wished.
    pub(in crate::demo) async fn visit(&mut self, browser: usize) -> Result<Entry> {
        if self.rng.random_bool(0.02) {
            self.knock(browser, &Password::parse("umbrella canal")?).await?;
            self.pause(4..15);
        }
        let password = self.password()?;
        match self.knock(browser, &password).await? {
            Begun::Refused => Ok(Entry::Out),
            Begun::Challenge { sign_in, trust, .. } => {
                let trust = trust.is_some() && self.casting.habit.trusts && browser != PRIVATE;
                self.pause(6..25);
                self.prove(browser, sign_in, trust).await
            }
            Begun::Session { decision: Decision::Enrol, .. } => {
                if self.rng.random_bool(0.1) {
                    return Ok(Entry::Pending);
                }
                self.pause(10..60);
                self.enrol(browser, "Authenticator").await
            }
            Begun::Session { reasons, .. } => {
                let urged = if reasons.contains(&Why::InGrace) { 0.25 } else { self.casting.habit.eager };
                let could = reasons.contains(&Why::InGrace) || reasons.contains(&Why::OptionalNotEnrolled);
                if could && self.rng.random_bool(urged) {
                    self.pause(20..90);
                    return self.enrol(browser, "Authenticator").await;
                }
                Ok(Entry::In)
            }
        }
    }

    /// Signs in with a recovery code, in a window that keeps no cookies.
    pub(in crate::demo) async fn visit_with_code(&mut self) -> Result<Entry> {
        self.browsers[PRIVATE].token = None;
        let password = self.password()?;
        let Begun::Challenge { sign_in, .. } = self.knock(PRIVATE, &password).await? else {
            return Ok(Entry::Out);
        };
        self.pause(20..70);
        let code = self.recovery_code()?;
        match self.answer(PRIVATE, sign_in, code, false).await? {
            Proved::Refused(_) | Proved::NotRecognised => Ok(Entry::Out),
            Proved::Session { .. } => Ok(Entry::In),
        }
    }

    async fn prove(&mut self, browser: usize, sign_in: SignInId, trust: bool) -> Result<Entry> {
        if self.app.is_none() {
            return Ok(Entry::Out);
        }
        let slip: f64 = self.rng.random();
        if slip < 0.04 {
            let otp = if slip < 0.03 { self.wrong_code()? } else { self.late_code()? };
            self.answer(browser, sign_in, Proof::Otp(otp), trust).await?;
            self.pause(10..40);
        }
        let otp = self.code()?;
        match self.answer(browser, sign_in, Proof::Otp(otp), trust).await? {
            Proved::Refused(_) | Proved::NotRecognised => Ok(Entry::Out),
            Proved::Session { .. } => Ok(Entry::In),
        }
    }

    /// Binds an app to the session they are in, with the mailed code where one is asked for.
    pub(in crate::demo) async fn enrol(&mut self, browser: usize, name: &str) -> Result<Entry> {
        let start =
            StartEnrolment { credential: self.credential()?, name: name.to_owned(), binding: Binding::App };
        let started = self.perform(browser, start).await?;
        let mut app = App::scan(&started)?;
        self.pause(25..70);
        let warrant = if started.mailed_code_needed {
            let digits = |line: &str| MailedCode::parse(line).ok();
            Some(Beside::Mailed(Arc::new(self.mailed(digits).await?)))
        } else {
            None
        };
        app.shown = self.now().unix_seconds() / STEP;
        let shown = ShownFirst::Otp(OtpCode::parse(&app.otp.code_at(self.now()))?.into());
        let confirm = ConfirmFactor { credential: self.credential()?, factor: app.factor, shown, warrant };
        match self.perform(browser, confirm).await? {
            Confirmation::Refused(why) => bail!("{} could not enrol: {why:?}", self.casting.email),
            Confirmation::Confirmed(confirmed) => {
                self.enter_proved(&confirmed.grant)?;
                if !confirmed.recovery_codes.is_empty() {
                    self.codes = confirmed.recovery_codes;
                }
                self.app = Some(app);
                Ok(Entry::In)
            }
        }
    }

    /// Is here for something that matters at `at`: signed in, enrolled, and with a fresh proof.
    pub(in crate::demo) async fn present(&mut self, at: Timestamp) -> Result<()> {
        self.signed_in(at).await?;
        let fresh = self.proved_at.is_some_and(|proved| self.now() < proved + FRESH);
        if !fresh {
            self.pause(5..20);
            self.step_up().await?;
        }
        Ok(())
    }

    /// Signs in at `at` without slips, and enrols if they have not.
    pub(in crate::demo) async fn signed_in(&mut self, at: Timestamp) -> Result<()> {
        self.until(at);
        let password = self.password()?;
        match self.knock(LAPTOP, &password).await? {
            Begun::Refused => bail!("{} is refused", self.casting.email),
            Begun::Challenge { sign_in, .. } => {
                self.pause(6..25);
                let otp = self.code()?;
                if let Proved::Refused(why) = self.answer(LAPTOP, sign_in, Proof::Otp(otp), false).await? {
                    bail!("{} is refused: {why:?}", self.casting.email);
                }
            }
            Begun::Session { decision: Decision::Enrol, .. } => {
                self.pause(10..30);
                self.enrol(LAPTOP, "Authenticator").await?;
            }
            Begun::Session { reasons, .. } => {
                if reasons.contains(&Why::InGrace) || reasons.contains(&Why::OptionalNotEnrolled) {
                    self.pause(10..30);
                    self.enrol(LAPTOP, "Authenticator").await?;
                }
            }
        }
        Ok(())
    }

    /// Shows a code again, for something sensitive.
    pub(in crate::demo) async fn step_up(&mut self) -> Result<()> {
        let proof = Proof::Otp(self.code()?);
        match self.perform(LAPTOP, StepUp { credential: self.credential()?, proof }).await? {
            SteppedUp::Refused(why) => bail!("{} is refused: {why:?}", self.casting.email),
            SteppedUp::Raised(grant) => self.enter_proved(&grant),
        }
    }

    /// Signs out, unless the session is over anyway.
    pub(in crate::demo) async fn sign_out(&mut self) -> Result<()> {
        let Some(credential) = self.session.take() else { return Ok(()) };
        match self.perform(LAPTOP, SignOut { credential }).await {
            Ok(()) | Err(ActError::Stale(_) | ActError::NotSignedIn) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }
}
