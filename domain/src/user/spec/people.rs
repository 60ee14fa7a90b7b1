//! Name, language, groups, role, ways in, deactivation and return.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::ids::GroupId;
use crate::policy::Role;
use crate::table::*;
use crate::time::Span;
use crate::user::{
    Familiarity, LinkPurpose, MAX_GROUPS_OF_PERSON, PeopleCommand, User, UserCommand, UserError, UserEvent,
};

fn people(command: PeopleCommand) -> UserCommand {
    UserCommand::People(command)
}

fn groups(n: u128) -> BTreeSet<GroupId> {
    (0..n).map(|i| GroupId::from_uuid(Uuid::from_u128(500 + i))).collect()
}

fn deactivated() -> UserEvent {
    UserEvent::UserDeactivated { reason: None, at: NOW }
}

fn reactivated() -> UserEvent {
    UserEvent::UserReactivated { at: NOW }
}

fn linked(provider: &str) -> UserEvent {
    UserEvent::IdentityProviderLinked { provider: provider.into(), subject: sealed(), at: NOW }
}

/// Rules: H4.
#[test]
fn a_deactivated_person_does_nothing_and_everything_of_theirs_has_ended() {
    let issued = UserEvent::LinkIssued {
        link: LINK,
        purpose: LinkPurpose::PasswordReset,
        verifier: verifier(4),
        expires_at: later(Span::hours(1)),
    };
    let before: User = fold(and(enabled(), [issued]));
    let after = before.after(&[deactivated()]);
    assert!(after.epoch > before.epoch, "trust and sessions are void");
    assert_eq!((after.password, after.links.len(), after.tokens.len()), (None, 0, 0));
    assert_eq!(after.enrolled(0), before.enrolled(0), "the second factor stays theirs");

    let past = and(enabled(), [deactivated()]);
    let familiarity = Familiarity::Known;
    let rows = [
        UserCommand::AnswerPassword { matched: true, familiarity, at: NOW },
        UserCommand::RedeemLink {
            link: LINK,
            password: verifier(5),
            stands_alone: true,
            address: None,
            at: NOW,
        },
        UserCommand::Unlock { reason: sealed() },
        UserCommand::Reset { reason: sealed(), compromise: false, at: NOW },
        people(PeopleCommand::Rename(sealed())),
        people(PeopleCommand::ChangeRole { to: Role::Agent, at: NOW }),
        people(PeopleCommand::Deactivate { reason: None, at: NOW }),
    ];
    for command in rows {
        given::<User>(past.clone()).when(command).then_refused(UserError::Deactivated);
    }
    // What may still happen: the reset that a disable owes, an erasure, the return.
    given::<User>(past.clone())
        .under(era(&[(1, NOW)]))
        .when(UserCommand::ReachReset)
        .then([reset_by_disable(1, NOW)]);
    given::<User>(past.clone())
        .when(UserCommand::Erase { at: NOW })
        .then([UserEvent::PersonErased { values: 3, at: NOW }]);
    given::<User>(past).when(people(PeopleCommand::Reactivate { at: NOW })).then([reactivated()]);
}

/// Rules: H4.
#[test]
fn whoever_comes_back_proves_their_address_and_sets_a_password_anew() {
    given::<User>(enabled())
        .when(people(PeopleCommand::Reactivate { at: NOW }))
        .then_refused(UserError::NotDeactivated);
    let back = and(enabled(), [deactivated(), reactivated()]);
    let user: User = fold(back.clone());
    assert!(!user.email_verified && user.password.is_none() && !user.deactivated);
    let link = UserEvent::LinkIssued {
        link: LINK,
        purpose: LinkPurpose::Verification,
        verifier: verifier(4),
        expires_at: later(Span::days(7)),
    };
    assert_eq!(fold::<User>(and(back.clone(), [link.clone()])).welcome(), Some(LinkPurpose::Verification));
    given::<User>(and(back, [link]))
        .when(UserCommand::RedeemLink {
            link: LINK,
            password: verifier(5),
            stands_alone: true,
            address: None,
            at: NOW,
        })
        .then([
            UserEvent::LinkRedeemed { link: LINK, at: NOW },
            UserEvent::EmailVerified { at: NOW },
            UserEvent::PasswordSet { verifier: verifier(5), stands_alone: true, at: NOW },
        ]);
}

/// Rules: H4, D7.
#[test]
fn another_role_voids_trust_sessions_and_tokens() {
    let changed = UserEvent::RoleChanged { from: Role::Admin, to: Role::Auditor, at: NOW };
    given::<User>(enabled())
        .when(people(PeopleCommand::ChangeRole { to: Role::Auditor, at: NOW }))
        .then([changed.clone()]);
    given::<User>(enabled())
        .when(people(PeopleCommand::ChangeRole { to: Role::Admin, at: NOW }))
        .then_refused(UserError::SameRole);
    let before: User = fold(enabled());
    let after = before.after(&[changed]);
    assert_eq!((after.role(), after.epoch), (Some(Role::Auditor), before.epoch + 1));
    assert_eq!(after.enrolled(0), before.enrolled(0));
}

/// Rules: H1.
#[test]
fn a_person_is_in_few_groups() {
    let most = groups(MAX_GROUPS_OF_PERSON as u128);
    let in_all = UserEvent::GroupsChanged { groups: most.clone(), at: NOW };
    let put = |groups| people(PeopleCommand::Group { groups, at: NOW });
    given::<User>(enabled()).when(put(most.clone())).then([in_all.clone()]);
    given::<User>(and(enabled(), [in_all])).when(put(most)).then_nothing();
    given::<User>(enabled())
        .when(put(groups(MAX_GROUPS_OF_PERSON as u128 + 1)))
        .then_refused(UserError::TooManyGroups(MAX_GROUPS_OF_PERSON));
}

#[test]
fn a_language_is_one_that_messages_are_written_in() {
    let spanish = UserEvent::LanguageChanged { language: "es".into() };
    given::<User>(enabled()).when(people(PeopleCommand::Speak("es".into()))).then([spanish]);
    given::<User>(enabled()).when(people(PeopleCommand::Speak("en".into()))).then_nothing();
    given::<User>(enabled())
        .when(people(PeopleCommand::Speak("fr".into())))
        .then_refused(UserError::BadLanguage);
}

/// Rules: H4, P2.
#[test]
fn the_only_way_in_is_not_cut() {
    let link = |provider: &str| {
        people(PeopleCommand::LinkProvider { provider: provider.into(), subject: sealed(), at: NOW })
    };
    let unlink =
        |provider: &str| people(PeopleCommand::UnlinkProvider { provider: provider.into(), at: NOW });
    let cut = UserEvent::IdentityProviderUnlinked { provider: "google".into(), at: NOW };
    let guest = [registered(Role::Agent)];
    given::<User>(guest.clone()).when(link("google")).then([linked("google")]);
    let alone = and(guest.to_vec(), [linked("google")]);
    assert!(fold::<User>(alone.clone()).through_provider_only());
    given::<User>(alone.clone()).when(unlink("google")).then_refused(UserError::LastWayIn);
    given::<User>(alone.clone()).when(unlink("saml")).then_refused(UserError::NoProvider);
    given::<User>(alone.clone()).when(link("google")).then_refused(UserError::ProviderLinked);
    // With a second provider, or a password, it is not the only one.
    given::<User>(and(alone, [linked("saml")])).when(unlink("google")).then([cut.clone()]);
    given::<User>(and(enabled(), [linked("google")])).when(unlink("google")).then([cut]);
    for name in ["", "Google", "a b", "näh", "x".repeat(41).as_str()] {
        given::<User>(guest.clone()).when(link(name)).then_refused(UserError::BadProvider);
    }
    let many = ["a", "b", "c", "d", "e"].map(linked);
    given::<User>(and(guest.to_vec(), many)).when(link("f")).then_refused(UserError::TooManyProviders(5));
}
