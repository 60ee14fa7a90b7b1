//! What people do when their turn on the agenda comes.

use anyhow::Result;
use rand::Rng;
use twofold_infra::acts::{BeginSignIn, NewPerson, RegenerateCodes};
use twofold_infra::verify::Password;

use super::agenda::Deed;
use crate::demo::cast::Casting;
use crate::demo::person::{Browser, Entry, Here, LAPTOP, PRIVATE, Person};

impl Person {
    /// Who they are, for whoever registers them.
    pub(in crate::demo) fn new_person(&self) -> NewPerson {
        let Casting { role, name, email, language, .. } = &self.casting;
        NewPerson {
            user: self.user,
            role: *role,
            name: name.clone(),
            email: email.clone(),
            language: Some((*language).to_owned()),
        }
    }

    /// Does what is on the agenda.
    pub(super) async fn follow(&mut self, deed: Deed) -> Result<()> {
        match deed {
            Deed::Join => {
                self.join().await?;
                self.pause(5..40);
                self.visit(LAPTOP).await?;
            }
            Deed::Visit(browser) if self.here == Here::Yes => {
                self.visit(browser).await?;
            }
            Deed::Leave => self.sign_out().await?,
            Deed::Guessed => self.guessed().await?,
            Deed::WithCode => self.with_code().await?,
            Deed::WithLastCode => {
                self.with_code().await?;
                self.pause(20..60);
                let credential = self.credential()?;
                let codes = self.perform(PRIVATE, RegenerateCodes { credential }).await?;
                self.keep_codes(codes);
                self.pause(30..90);
                self.enrol(PRIVATE, "New phone").await?;
            }
            Deed::Visit(_) => {}
        }
        Ok(())
    }

    /// Somebody far away tries a password.
    async fn guessed(&mut self) -> Result<()> {
        let ip = format!("192.0.2.{}", self.rng.random_range(1..255));
        let stranger = Browser::new("python-requests/2.32", ip);
        let guess = Password::parse(&format!("acme{}", self.rng.random_range(1_000..10_000)))?;
        let act = BeginSignIn::new(self.casting.email.clone(), guess, None);
        self.perform_from(&stranger, act).await?;
        Ok(())
    }

    async fn with_code(&mut self) -> Result<()> {
        let entry = self.visit_with_code().await?;
        anyhow::ensure!(entry == Entry::In, "a recovery code did not let them in");
        Ok(())
    }
}
