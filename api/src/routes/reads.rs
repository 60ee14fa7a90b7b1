//! Whoever is shown data of other people, on record: who they are is asked first, then it is recorded, then it is
//! shown. What is one's own is not recorded.

use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::permission::{Act as Deed, Denied, Family};
use twofold_domain::reading::{Matter, Question, Reader as By};
use twofold_infra::acts::{Caller, Credential, Identify, Look, Onlooker, Principal};

use super::door::{AccountName, Session, UserName, user};
use super::reader::Reader;
use crate::app::App;
use crate::problem::Problem;
use crate::report::ShownTo;

impl Reader {
    /// Who it is, if they may read this, of which they are shown something.
    pub(super) async fn reads(
        &self,
        app: &App,
        deed: Deed,
        look: impl Into<Look>,
    ) -> Result<Caller, Problem> {
        let me = self.may(app, deed).await?;
        self.is_shown(app, &me, look).await?;
        Ok(me)
    }

    /// The same of the account that the path names.
    pub(super) async fn reads_of_account(
        &self,
        app: &App,
        account: &AccountName,
        deed: Deed,
        look: impl Into<Look>,
    ) -> Result<Caller, Problem> {
        let me = self.of_account(app, account, deed).await?;
        self.is_shown(app, &me, look).await?;
        Ok(me)
    }

    /// Whoever was let in, to be shown a report or given it as a file.
    pub(super) fn shown_to(&self, app: &App, me: &Caller, as_file: bool) -> Result<ShownTo, Problem> {
        let (context, credential) = match self {
            Self::Token(session) => (session.context.clone(), Some(&session.credential)),
            Self::Password(basic) => (basic.context(), None),
        };
        let onlooker = Onlooker::of(me, credential).map_err(|error| app.problem(error))?;
        Ok(ShownTo { context, onlooker, as_file })
    }

    /// Records what whoever was let in is about to be shown.
    pub(super) async fn is_shown(
        &self,
        app: &App,
        me: &Caller,
        look: impl Into<Look>,
    ) -> Result<(), Problem> {
        let ShownTo { context, onlooker, .. } = self.shown_to(app, me, false)?;
        app.is_shown(me.account, context, onlooker, look.into()).await
    }

    /// Whom the path means, if they may see people; in a session everybody sees themselves.
    pub(super) async fn may_see(&self, app: &App, who: UserName) -> Result<(AccountId, UserId), Problem> {
        if let Self::Token(session) = self
            && let Credential::Session(_) = session.credential
        {
            let (me, id) = session.reads_of(app, who, |_| Deed::ReadPeople, Matter::Person).await?;
            return Ok((me.account, id));
        }
        // Only a person in a session has something of their own.
        let (deed, id) = match who {
            UserName::Id(id) => (Deed::ReadPeople, Some(id)),
            UserName::Me => (Deed::ReadOwn, None),
        };
        let caller = self.may(app, deed).await?;
        let id = id.ok_or_else(|| app.problem(Denied::NeedsPerson.into()))?;
        // Nothing is recorded of somebody who is not there.
        user(app, caller.account, id).await?;
        self.is_shown(app, &caller, Question::of(Matter::Person).about(id)).await?;
        Ok((caller.account, id))
    }
}

impl Session {
    /// Whether it may still read the log. Nobody's activity.
    pub(super) async fn still_reads(&self, app: &App) -> Result<(), Problem> {
        let act = Identify {
            credential: self.credential.clone(),
            deed: Some(Deed::ReadAudit),
            counts_as_activity: false,
        };
        app.perform(self.credential.account(), self.context.clone(), act).await.map(|_| ())
    }

    /// Whose session it is, if they may read this, of which they are shown something.
    pub(super) async fn reads(
        &self,
        app: &App,
        deed: Deed,
        look: impl Into<Look>,
    ) -> Result<Principal, Problem> {
        let me = self.may(app, deed).await?;
        self.is_shown(app, &me, look).await?;
        Ok(me)
    }

    /// Whose session it is, and of whom they are shown something: of themselves, or of somebody else if they may
    /// read that.
    pub(super) async fn reads_of(
        &self,
        app: &App,
        who: UserName,
        other: Family,
        matter: Matter,
    ) -> Result<(Principal, UserId), Problem> {
        let (me, id) = self.may_upon(app, who, |_| Deed::ReadOwn, other).await?;
        if id != me.user {
            self.is_shown(app, &me, Question::of(matter).about(id)).await?;
        }
        Ok((me, id))
    }

    /// Records what whoever was let in is about to be shown.
    pub(super) async fn is_shown(&self, app: &App, me: &Principal, look: impl Into<Look>) -> Result<(), Problem> {
        let onlooker = Onlooker::Shown(self.credential.clone(), By::User(me.user));
        app.is_shown(me.account, self.context.clone(), onlooker, look.into()).await
    }
}
