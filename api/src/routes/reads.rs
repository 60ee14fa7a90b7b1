//! Whoever is shown data of other people, on record: who they are is asked first, then it is recorded, then it is
//! shown. What is one's own is not recorded.

use twofold_domain::ids::UserId;
use twofold_domain::permission::{Act as Deed, Denied, Family};
use twofold_domain::reading::{Matter, Question, Reader as By};
use twofold_infra::acts::{Caller, Credential, Identify, Look, Onlooker, Principal};

use super::as_of::AsOf;
use super::door::{Session, UserName, user};
use super::reader::Reader;
use crate::app::App;
use crate::as_of::Standpoint;
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

    /// Whom the path means, if they may see people, and as of when they are shown; in a session everybody sees
    /// themselves.
    pub(super) async fn may_see(
        &self,
        app: &App,
        who: UserName,
        asked: &AsOf,
        read_models: &[&str],
    ) -> Result<(Standpoint, UserId), Problem> {
        if let Self::Token(session) = self
            && let Credential::Session(_) = session.credential
        {
            let people = |_| Deed::ReadPeople;
            let (at, _, id) = session.sees(app, who, people, Matter::Person, asked, read_models).await?;
            return Ok((at, id));
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
        let question = Question::of(Matter::Person).about(id);
        let record = async |at| self.is_shown(app, &caller, question.as_of(at)).await;
        Ok((asked.shown(app, caller.account, read_models, record).await?, id))
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

    /// As of when they are shown something, whose session it is, and of whom: of themselves, or of somebody else if
    /// they may read that.
    pub(super) async fn sees<Q>(
        &self,
        app: &App,
        who: UserName,
        other: Family,
        matter: Matter,
        asked: &AsOf<Q>,
        read_models: &[&str],
    ) -> Result<(Standpoint, Principal, UserId), Problem> {
        let (me, id) = self.may_upon(app, who, |_| Deed::ReadOwn, other).await?;
        let record = async |at| {
            if id == me.user {
                return Ok(());
            }
            self.is_shown(app, &me, Question::of(matter).about(id).as_of(at)).await
        };
        Ok((asked.shown(app, me.account, read_models, record).await?, me, id))
    }

    /// Records what whoever was let in is about to be shown.
    pub(super) async fn is_shown(
        &self,
        app: &App,
        me: &Principal,
        look: impl Into<Look>,
    ) -> Result<(), Problem> {
        let onlooker = Onlooker::Shown(self.credential.clone(), By::User(me.user));
        app.is_shown(me.account, self.context.clone(), onlooker, look.into()).await
    }
}
