//! What comes from another system.

use crate::policy::Role;
use crate::proof::Era;
use crate::table::*;
use crate::user::{ClaimCommand, PeopleCommand, Purpose, Rehash, User, UserCommand, UserError, UserEvent};

fn password() -> UserCommand {
    let claim = ClaimCommand::Password { verifier: verifier(20), scheme: "bcrypt".into(), at: NOW };
    UserCommand::People(PeopleCommand::Claim(claim))
}

fn seed() -> UserCommand {
    let claim = ClaimCommand::Factor { factor: PHONE, detail: app(), name: sealed(), at: NOW };
    UserCommand::People(PeopleCommand::Claim(claim))
}

fn claimed(generation: u32) -> [UserEvent; 2] {
    let factor =
        UserEvent::FactorClaimed { factor: PHONE, detail: app(), name: sealed(), generation, at: NOW };
    [factor, UserEvent::TwoFactorEnabled { generation, at: NOW }]
}

fn password_claimed() -> UserEvent {
    UserEvent::PasswordClaimed { verifier: verifier(20), scheme: "bcrypt".into(), at: NOW }
}

/// Rules: H1.
#[test]
fn a_claim_never_replaces_what_was_shown_here() {
    let guest = vec![registered(Role::Agent)];
    given::<User>(guest.clone()).when(password()).then([password_claimed()]);
    given::<User>(with_password(Role::Agent)).when(password()).then_refused(UserError::NotClaimable);
    given::<User>(guest.clone()).when(seed()).then(claimed(0));
    given::<User>(guest.clone()).under(era(&[(3, NOW)])).when(seed()).then(claimed(3));
    let off = Era { off: true, ..Era::default() };
    given::<User>(guest.clone()).under(off.clone()).when(password()).then([password_claimed()]);
    given::<User>(guest).under(off).when(seed()).then_refused(UserError::SwitchedOff);
    given::<User>(enabled()).when(seed()).then_refused(UserError::NotClaimable);
    given::<User>(and(enabled(), [reset_by_staff(true)])).when(seed()).then_refused(UserError::NotClaimable);
}

/// Rules: H1.
#[test]
fn a_claimed_password_is_kept_under_our_scheme_once_it_was_right_and_a_claimed_factor_until_its_first_code() {
    let user: User = fold(and(vec![registered(Role::Agent), password_claimed()], claimed(0)));
    let claim = |user: &User| {
        let factor = user.enrolled(0).and_then(|e| e.factors.get(&PHONE)).map(|f| f.claimed);
        (user.password.map(|p| p.claimed), factor)
    };
    assert_eq!(claim(&user), (Some(true), Some(true)));
    let new = Rehash { verifier: verifier(22), stands_alone: true };
    let rehashed = UserEvent::PasswordRehashed { verifier: verifier(22), stands_alone: true, at: NOW };
    assert_eq!(user.rehash(Some(new), NOW), Some(rehashed.clone()));
    assert_eq!(fold::<User>(enabled()).rehash(Some(new), NOW), None, "only what was claimed");
    let after = user.after(&[rehashed, accepted(STEP, Purpose::SignIn(SIGN_IN))]);
    assert_eq!(claim(&after), (Some(false), Some(false)));
    assert_eq!(after.epoch, user.epoch, "the password is the same, so nothing ends");
}
