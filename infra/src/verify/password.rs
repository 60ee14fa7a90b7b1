//! Passwords: slow hashes on a bounded pool, never on an asynchronous thread.
//!
//! Parameters are those of the OWASP password storage cheat sheet: Argon2id, 19 MiB, two passes,
//! one lane. A sign-in of somebody unknown does the same work as any other, so that time does not
//! tell who exists. Where people brought hashes along from another system, whose check takes another time, a
//! refusal does the work of all of these: [`Passwords::spend`] makes comparisons for their cost alone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::{PasswordHash as Phc, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{Semaphore, TryAcquireError};
use tokio::task;
use zeroize::Zeroizing;

use super::foreign;
use crate::mint::Mint;

/// The kind under which a password's row is sealed.
pub const PASSWORD_KIND: &str = "password";

/// The longest password, in characters. NIST SP 800-63B-4 §3.1.1.2 asks for at least 64.
pub const MAX_CHARACTERS: usize = 256;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Calls that may wait for a core, for each core: at some 20 ms a hash a wait of about a second.
const QUEUE_PER_CORE: usize = 50;

/// Salt and digest of whom a sign-in of nobody is compared with: no password matches them.
const NOBODY: &str = "AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password as typed. Cannot be printed; zeroised.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// A text that no password can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password has at least 1 and at most {MAX_CHARACTERS} characters")]
pub struct NotAPassword;

impl Password {
    /// Takes a password as it was typed: every character counts, spaces included.
    pub fn parse(typed: &str) -> Result<Self, NotAPassword> {
        let fits = !typed.is_empty() && typed.chars().take(MAX_CHARACTERS + 1).count() <= MAX_CHARACTERS;
        if fits { Ok(Self(Zeroizing::new(typed.to_owned()))) } else { Err(NotAPassword) }
    }

    /// For the hash and the rules only.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

/// A stored hash in PHC string form. Kept sealed, hence no `Debug`.
#[derive(Clone)]
pub struct PasswordHash(Zeroizing<String>);

impl PasswordHash {
    /// A hash as it was stored; `None` if these bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        if !foreign::is_bcrypt(text) {
            Phc::new(text).ok()?;
        }
        Some(Self(Zeroizing::new(text.to_owned())))
    }

    /// A hash that was looked at before.
    pub(super) fn of_text(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    /// What to store.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// What a comparison with it costs: a hash of the same scheme and figures that no password matches.
    pub fn cost(&self) -> Cost {
        Cost(foreign::cost_of(&self.0))
    }
}

/// A kind of work: scheme and figures of a hash, and no more of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cost(String);

impl Cost {
    /// As it was written; `None` if it is no cost of a usable hash.
    pub fn of_text(text: &str) -> Option<Self> {
        let hash = PasswordHash::from_bytes(text.as_bytes())?;
        Some(hash.cost()).filter(|cost| cost.0 == text)
    }

    /// To be written down.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// No answer about a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// More calls wait than can be served soon.
    #[error("too many sign-ins at once; try again in a moment")]
    Busy,
    /// The hash could not be computed.
    #[error("the password could not be processed")]
    Failed,
}

/// Hashes and verifies, a bounded number at once. Cheap to clone; clones share the bounds.
#[derive(Clone)]
pub struct Passwords {
    mint: Mint,
    argon2: Argon2<'static>,
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    done: Arc<Mutex<BTreeMap<Cost, u64>>>,
}

impl Passwords {
    /// At most `concurrency` hashes at once (one for each core is best), and a bounded queue.
    pub fn new(mint: Mint, concurrency: usize) -> Self {
        let concurrency = concurrency.max(1);
        Self::bounded(mint, concurrency, concurrency * (1 + QUEUE_PER_CORE))
    }

    /// Cheap hashes, for a demo's invented people and for tests. A hash carries its parameters, so
    /// whatever is set later, by a real person at a real server, is as dear as it should be.
    pub fn cheap(mint: Mint) -> Self {
        let params = Params::new(Params::MIN_M_COST, Params::MIN_T_COST, LANES, None).unwrap_or_default();
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        Self { argon2: cheap, ..Self::bounded(mint, 64, 65_536) }
    }

    fn bounded(mint: Mint, concurrency: usize, admitted: usize) -> Self {
        // These parameters are in range; a test holds them to what `Params` says.
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or_default();
        Self {
            mint,
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            running: Arc::new(Semaphore::new(concurrency)),
            admitted: Arc::new(Semaphore::new(admitted)),
            done: Arc::default(),
        }
    }

    /// What a comparison with a hash that is made here costs.
    pub fn usual(&self) -> Cost {
        let params = self.argon2.params();
        let (m, t, p) = (params.m_cost(), params.t_cost(), params.p_cost());
        Cost(format!("$argon2id$v=19$m={m},t={t},p={p}${NOBODY}"))
    }

    /// How many hashes were computed since this was made, by what each cost. Whoever measures work rather
    /// than time asks here.
    pub fn computed(&self) -> BTreeMap<Cost, u64> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self, cost: Cost) {
        *self.done.lock().unwrap_or_else(PoisonError::into_inner).entry(cost).or_default() += 1;
    }

    /// Hashes a new password.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, PasswordError> {
        let salt = SaltString::encode_b64(&self.mint.bytes::<16>()).map_err(|_| PasswordError::Failed)?;
        let (argon2, pool) = (self.argon2.clone(), self.clone());
        self.run(move || {
            pool.count(pool.usual());
            let phc = argon2.hash_password(password.expose().as_bytes(), &salt);
            phc.map(|phc| PasswordHash(Zeroizing::new(phc.to_string()))).map_err(|_| PasswordError::Failed)
        })
        .await?
    }

    /// Whether this is the password. With no stored hash (nobody by that name, or no password set)
    /// the answer is no, after the same work.
    pub async fn verify(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
    ) -> Result<bool, PasswordError> {
        let (pool, nobody) = (self.clone(), PasswordHash::of_text(self.usual().text()));
        self.run(move || {
            let matched = pool.compare(&password, stored.as_ref().unwrap_or(&nobody))?;
            Ok(matched && stored.is_some())
        })
        .await?
    }

    /// Makes comparisons for what they cost, and for nothing else.
    pub async fn spend(&self, password: Password, costs: Vec<Cost>) -> Result<(), PasswordError> {
        if costs.is_empty() {
            return Ok(());
        }
        let pool = self.clone();
        self.run(move || {
            let hashes = costs.iter().map(|cost| PasswordHash::of_text(cost.text()));
            hashes.map(|hash| pool.compare(&password, &hash)).try_for_each(|compared| compared.map(drop))
        })
        .await?
    }

    /// One comparison, on whatever thread this is.
    fn compare(&self, password: &Password, hash: &PasswordHash) -> Result<bool, PasswordError> {
        self.count(hash.cost());
        let ours = Phc::new(&hash.0).ok().filter(|phc| phc.algorithm.as_str().starts_with("argon2"));
        let Some(phc) = ours else {
            return Ok(foreign::verify(password.expose().as_bytes(), &hash.0));
        };
        match self.argon2.verify_password(password.expose().as_bytes(), &phc) {
            Ok(()) => Ok(true),
            Err(argon2::password_hash::Error::Password) => Ok(false),
            Err(_) => Err(PasswordError::Failed),
        }
    }

    /// Runs `work` on a blocking thread when a core is free. If the caller goes away before that,
    /// nothing is computed; if after, the core stays counted until the work is done.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|e| match e {
            TryAcquireError::NoPermits => PasswordError::Busy,
            TryAcquireError::Closed => PasswordError::Failed,
        })?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| PasswordError::Failed)?;
        task::spawn_blocking(move || {
            let done = work();
            drop((running, admitted));
            done
        })
        .await
        .map_err(|_| PasswordError::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn pool(concurrency: usize, admitted: usize) -> Passwords {
        Passwords::bounded(Mint::system(Clock::system()), concurrency, admitted)
    }

    fn password(text: &str) -> Password {
        Password::parse(text).map_err(|_| ()).unwrap()
    }

    #[tokio::test]
    async fn the_right_password_matches_its_hash_and_no_other_does() {
        let pool = pool(2, 4);
        let hash = pool.hash(password("correct horse ")).await.map_err(|_| ()).unwrap();
        let text = String::from_utf8(hash.bytes().to_vec()).unwrap();
        assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{text}");
        let stored = PasswordHash::from_bytes(hash.bytes()).unwrap();
        assert_eq!(pool.verify(password("correct horse "), Some(stored.clone())).await, Ok(true));
        assert_eq!(pool.verify(password("correct horse"), Some(stored)).await, Ok(false));
    }

    #[tokio::test]
    async fn an_unknown_user_costs_the_same_hash_and_never_matches() {
        let ours = pool(1, 1);
        let usual = ours.usual();
        let nobody = Phc::new(usual.text()).unwrap();
        let params = Params::try_from(&nobody).unwrap();
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (MEMORY_KIB, PASSES, LANES));
        let cost = ours.argon2.params();
        assert_eq!((cost.m_cost(), cost.t_cost(), cost.p_cost()), (MEMORY_KIB, PASSES, LANES));
        assert_eq!(ours.verify(password("anything"), None).await, Ok(false));
        let hash = ours.hash(password("something")).await.map_err(|_| ()).unwrap();
        assert_eq!(hash.cost(), usual, "whoever is here costs the same");
        assert_eq!(ours.verify(password("anything"), Some(hash)).await, Ok(false));
        assert_eq!(ours.computed(), [(usual, 3)].into());
    }

    #[tokio::test]
    async fn beyond_the_queue_the_answer_is_busy_and_the_next_call_is_served_again() {
        let pool = pool(1, 2);
        let calls = (0..8).map(|_| pool.verify(password("anything"), None));
        let answers = futures::future::join_all(calls).await;
        assert_eq!(answers.iter().filter(|a| **a == Ok(false)).count(), 2);
        assert_eq!(answers.iter().filter(|a| **a == Err(PasswordError::Busy)).count(), 6);
        assert_eq!(pool.verify(password("anything"), None).await, Ok(false));
    }

    #[test]
    fn a_password_has_1_to_256_characters() {
        assert!(Password::parse("").is_err());
        assert!(Password::parse(&"암".repeat(256)).is_ok());
        assert!(Password::parse(&"a".repeat(257)).is_err());
    }
}
