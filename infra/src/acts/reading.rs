//! Who is shown data of other people. Whatever shows them asks here first, the API, the console, a report, and
//! the command line: what cannot be recorded is not shown.

use twofold_domain::access::Holder;
use twofold_domain::ids::{AccountId, StreamId, UserId};
use twofold_domain::reading::{FileForm, Note, Question, Reader};

use super::ActError;
use super::caller::{By, Caller};
use super::census::hex;
use super::principal::Credential;
use crate::context::{Actor, Context};
use crate::desk::{Act, Desk};
use crate::work::Work;

const LABEL: &str = "twofold/search/v1";
/// Bytes of the mark by which the same words are known again.
const MARK: usize = 16;

/// What somebody is about to be shown.
#[derive(Debug, Clone)]
pub struct Look {
    /// What they ask for.
    pub question: Question,
    /// The words that they search for, in clear.
    pub words: Option<String>,
    /// The file that they take away; nothing where they only look.
    pub form: Option<FileForm>,
}

impl From<Question> for Look {
    fn from(question: Question) -> Self {
        Self { question, words: None, form: None }
    }
}

impl Look {
    /// The same, taken away as a file.
    #[must_use]
    pub fn as_file(self, form: FileForm) -> Self {
        Self { form: Some(form), ..self }
    }

    /// The same, for these words.
    #[must_use]
    pub fn searching(self, words: Option<&str>) -> Self {
        Self { words: words.map(str::to_owned), ..self }
    }
}

/// Whoever is about to be shown something: asked who they are by whatever lets them in.
#[derive(Clone)]
pub enum Onlooker {
    /// A person in a session, or the holder of an API token.
    Shown(Credential, Reader),
    /// A program that shows somebody's e-mail address and password.
    Password(UserId),
    /// The installation's operator, at the command line.
    Operator,
}

impl Onlooker {
    /// Whoever was found to call, by what they showed.
    pub fn of(caller: &Caller, credential: Option<&Credential>) -> Result<Self, ActError> {
        Ok(match (&caller.by, credential) {
            (By::Password { user, .. }, _) => Self::Password(*user),
            (By::Session(person), Some(shown)) => Self::Shown(shown.clone(), Reader::User(person.user)),
            (By::Token { holder, .. }, Some(shown)) => {
                let reader = match holder {
                    Holder::Person { user, .. } => Reader::User(*user),
                    Holder::Program(client) => Reader::Client(*client),
                };
                Self::Shown(shown.clone(), reader)
            }
            (By::Session(_) | By::Token { .. }, None) => return Err(ActError::NotSignedIn),
        })
    }

    fn reader(&self) -> Reader {
        match self {
            Self::Shown(_, reader) => *reader,
            Self::Password(user) => Reader::PasswordOf(*user),
            Self::Operator => Reader::Operator,
        }
    }
}

impl Desk {
    /// Records that somebody is shown data of other people, before they are. The same question costs nothing
    /// for an hour; a file is recorded each time.
    pub async fn record_read(
        &self,
        account: AccountId,
        context: Context,
        onlooker: Onlooker,
        look: Look,
    ) -> Result<(), ActError> {
        let Look { mut question, words, form } = look;
        if let Some(words) = &words {
            let keys = self.vault().account_keys(account).await?;
            question.search = Some(hex(&keys.tokens().tag(LABEL, &[words.as_bytes()])[..MARK]));
        }
        let seen = self.log().readings.last_seen(StreamId::reading(account, onlooker.reader()));
        let known = seen.is_some_and(|seen| seen.state.knows(&question, self.now_in(account)));
        if known && form.is_none() {
            return Ok(());
        }
        self.perform(account, context, RecordRead { onlooker, question, form }).await?;
        Ok(())
    }
}

/// Record it. The session or token is among what must not have moved: nothing is recorded of one that is over.
struct RecordRead {
    onlooker: Onlooker,
    question: Question,
    form: Option<FileForm>,
}

impl Act for RecordRead {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let reader = self.onlooker.reader();
        work.queue_for_reader(reader).await;
        match &self.onlooker {
            Onlooker::Shown(credential, _) => drop(credential.anybody(work).await?),
            Onlooker::Password(_) => {}
            Onlooker::Operator => work.act_as(Actor::Operator, None),
        }
        let (question, form, at) = (self.question.clone(), self.form, work.at());
        work.note_read(Note { reader, question, form, at }).await
    }
}
