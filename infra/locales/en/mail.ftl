# Messages to a person. Each names the product and the account that write.
# $product, $account: names. $link: a one-time link. $code: a one-time code. $minutes, $hours: how long it holds.

signature =
    {"-- "}
    { $product } for { $account }

sandbox = This is a sandbox for trying things out, and no real account.

way-mail = e-mail
way-sms = SMS
notice-text = { $subject } ({ $product }, { $account })
first-binding-code-text = { $code } is your { $product } code for { $account }. It works once, for { $minutes } minutes. Tell nobody.

sms-code-text = { $code } is your { $product } code for { $account }. It works once, for { $minutes } minutes, where it was asked for. Tell nobody.
sms-code-subject = Your code for { $account }
sms-code-body =
    Your { $product } code for { $account } works once, for { $minutes } minutes: { $code }

number-added-text = { $product }, { $account }: codes for you now also go to the number ending in { $ending }. If it was not you, tell the administrators of { $account } now.
number-added-subject = Codes for { $account } go to another phone number
number-added-body =
    Your codes for { $account } in { $product } can now be sent to the phone number ending in { $ending }.

    If it was not you, tell the administrators of { $account } now, and change your password.

number-removed-text = { $product }, { $account }: no more codes are sent to this number, which ends in { $ending }. If it was not you, tell the administrators of { $account } now.
number-removed-subject = A phone number was removed from your account at { $account }
number-removed-body =
    Codes for { $account } in { $product } are no longer sent to the phone number ending in { $ending }.

    If it was not you, tell the administrators of { $account } now, and change your password.

test-subject = Messages of { $account } arrive
test-body =
    The operator of { $product } asked whether messages arrive. This one did; there is nothing to do.

outage-subject = Messages from { $account } do not go out
outage-body =
    The last { $failures } messages by { $way } from { $account }, to several people, were not delivered by { $product }. Codes and links may reach nobody until that is mended.

    What failed, and why:

    { $page }

    You are told of this at most once a day for each way.

budget-spent-subject = { $account } has used up its messages of the day
budget-spent-body =
    { $whose ->
        [person] One person of { $account } was sent as many codes and links by { $way } as { $product } sends one person in a day.
        [person-anybody] Somebody who knows the address of a person of { $account } has asked for as many links to it as { $product } sends in a day. What the person asks for once they are signed in, and what you send them, still goes out.
        [person-invited] As many invitations went to one person of { $account } as { $product } sends in a day. What the person asks for still goes out.
        [account-anybody] As many links were asked for by anybody who knows an address as { $account } sends by { $way } in a day. What people ask for once they are signed in, and what you send them, still goes out.
        [account-invited] As many invitations went out as { $account } sends by { $way } in a day. What people ask for still goes out.
        [country] { $account } has sent as many codes by { $way } into the country { $country } as it sends there in a day.
       *[account] { $account } has sent as many codes and links by { $way } as it sends in a day.
    }

    Until { $until } no more of them go out. Notices are still sent: they count against nothing.

    Which budgets are spent:

    { $page }

delivery-trouble-subject = Messages to a person of { $account } do not arrive
delivery-trouble-body =
    The last { $failures } messages by { $way } to one person of { $account } were not delivered by { $product }.

    What failed, and why, is on their page:

    { $page }

    You are told of this at most once a day for each way, however many people it concerns.

invitation-subject = Your invitation to { $account }
invitation-body =
    { $account } invites you to sign in with { $product }.

    Open this link and choose a password. It works once, for { $hours ->
        [168] 7 days
       *[other] { $hours } hours
    }:

    { $link }

    If you did not expect this message, do nothing.

set-up-subject = Set up your access to { $account }
set-up-body =
    With this link you set your password for { $account } in { $product }. It works once, for { $minutes } minutes:

    { $link }

    If you did not expect this message, do nothing.

first-binding-code-subject = Your code for { $account }
first-binding-code-body =
    Someone who knows your password for { $account } is setting up two-factor authentication in { $product }.
    If it is you, type this code. It works once, for { $minutes } minutes:

    { $code }

    If it is not you, tell nobody this code and change your password now.

two-factor-enabled-subject = Two-factor authentication is on for { $account }
two-factor-enabled-body =
    From now on { $account } asks you for a code when you sign in with { $product }.

    If you did not switch this on, tell the administrators of { $account } now.

factor-added-subject = A second factor was added to your account at { $account }
factor-added-body =
    A { $kind } named “{ $name }” was added to your account at { $account } in { $product }. From now on it opens your account as your other second factors do.

    If it was not you, tell the administrators of { $account } now, and change your password.

kind-totp = authenticator app
kind-token = hardware token
kind-sms = phone number
kind-webauthn = security key or passkey

two-factor-reset-subject = Your two-factor authentication for { $account } was reset
two-factor-reset-body =
    Your authenticator, your recovery codes, and your trusted devices no longer work for { $account } in { $product }.
    You set up two-factor authentication again when you next sign in, if it is required.

    If you did not ask for this, tell the administrators of { $account } now.

two-factor-disabled-subject = { $account } has switched off two-factor authentication
two-factor-disabled-body =
    { $account } has switched off two-factor authentication in { $product } for everyone.
    Your authenticator, your recovery codes, and your trusted devices no longer work.
    If it is switched on again, everyone sets it up anew.

own-two-factor-disabled-subject = Your two-factor authentication for { $account } is off
own-two-factor-disabled-body =
    You switched off your two-factor authentication for { $account } in { $product }. From now on the password alone is asked for.
    Your authenticator, your recovery codes, and your trusted devices no longer work.

    If it was not you, tell the administrators of { $account } now, and change your password.

recovery-code-used-subject = A recovery code was used for { $account }
recovery-code-used-body =
    One of your recovery codes for { $account } in { $product } was just used. Codes left: { $left }.

    If it was not you, tell the administrators of { $account } now.

recovery-codes-low-subject = Few recovery codes are left for { $account }
recovery-codes-low-body =
    One of your recovery codes for { $account } in { $product } was just used. Codes left: { $left }.

    Make new ones while you can sign in; the old ones stop working then:
    { $page }

    If it was not you, tell the administrators of { $account } now.

recovery-codes-exhausted-subject = The last recovery code for { $account } was used
recovery-codes-exhausted-body =
    The last of your recovery codes for { $account } in { $product } was just used. None is left: without your other factor you cannot sign in any more.

    Make new ones now:
    { $page }

    If it was not you, tell the administrators of { $account } now.

device-trusted-subject = A new device is trusted for { $account }
device-trusted-body =
    A device was trusted for your access to { $account } in { $product }. It asks for no code for { $days } days.

    If it was not you, end its trust under "Devices", and change your password.

password-changed-subject = Your password for { $account } was changed
password-changed-body =
    Your password for { $account } in { $product } was changed. Other sessions have ended, and no device is trusted any more.

    If it was not you, tell the administrators of { $account } now.

factor-removed-subject = An authenticator was removed from your account at { $account }
factor-removed-body =
    One of your authenticators for { $account } in { $product } was removed. Your other authenticators and your recovery codes still work.

    If it was not you, tell the administrators of { $account } now, and change your password.

recovery-codes-replaced-subject = New recovery codes for { $account }
recovery-codes-replaced-body =
    You have new recovery codes for { $account } in { $product }. The old ones no longer work.

    If it was not you, tell the administrators of { $account } now, and change your password.

api-token-issued-subject = A new API token for your account at { $account }
api-token-issued-body =
    A program can now use { $product } in your name at { $account }, with the token "{ $name }". It is good for { $days } days, and never does more than you may.

    If it was not you, end it on the page "Programs", choose another password, and tell the administrators of { $account } now.
policy-scheduled-subject = { $account }: a security policy is scheduled
policy-scheduled-body =
    A change of the security policy of { $account } was scheduled in { $product }.

    It takes effect at { $date }, without any further step. Owners and admins can preview whom it concerns, and withdraw it until then.

policy-schedule-cancelled-subject = { $account }: a scheduled security policy was withdrawn
policy-schedule-cancelled-body =
    The change of the security policy of { $account } that was scheduled in { $product } was withdrawn. Nothing changes.

password-change-demanded-subject = Your password for { $account } must be changed
password-change-demanded-body =
    Somebody signed in to { $account } in { $product } with your password and then typed wrong codes, ten times in a row. So your password opens nothing any more, and every session that it opened has ended. Your authenticators and recovery codes are untouched.

    Choose a new password, one that you use nowhere else. Begin at { $page } or ask the administrators of { $account } for a link.

    If it was you, do the same: nothing else is needed.

password-reset-subject = A new password for { $account }
password-reset-body =
    Somebody asked for a new password for your access to { $account } in { $product }. If it was you, open this link and choose one. It works once, for { $minutes } minutes:

    { $link }

    Your authenticators and recovery codes stay as they are. If it was not you, do nothing: your password stays.

email-change-subject = Confirm your new address for { $account }
email-change-body =
    This address was given as your new address for { $account } in { $product }. Open this link to confirm it. It works once, for { $hours ->
        [168] 7 days
       *[other] { $hours } hours
    }:

    { $link }

    If you did not expect this message, do nothing: nothing changes.

email-taken-subject = Your address for { $account } was not changed
email-taken-body =
    This address was given as a new address for { $account } in { $product }. It is in use there already, so nothing was changed.

    If it was not you, there is nothing to do.

email-change-asked-subject = Another address was asked for at { $account }
email-change-asked-body =
    Another e-mail address was given for your access to { $account } in { $product }. Nothing changes until it is confirmed there.

    If it was not you, keep your address with this link, which works for { $hours ->
        [168] 7 days
       *[other] { $hours } hours
    }. Then tell the administrators of { $account }, and change your password:

    { $link }

email-change-told-subject = Another address was asked for at { $account }
email-change-told-body =
    Another e-mail address was given for your access to { $account } in { $product }. Nothing changes until it is confirmed there.

    If it should not be, say with the link below that it was not you: your sign-in is frozen, and the administrators of { $account } look into it.

correction-ended-subject = { $account }: another address for { $name } was not confirmed
correction-ended-body =
    The administrators of { $account } in { $product } asked for another e-mail address for { $name }. That has ended before it was confirmed, and the link that was mailed for it is over.

    If it is still wanted, ask for it again: look first whether { $name }’s sign-in was frozen, and put the address right then.

email-change-cancelled-subject = Your address for { $account } stays as it is
email-change-cancelled-body =
    The other e-mail address that was asked for in { $account } with { $product } does not become yours: the change was stopped.

    If that was a mistake, ask for it again.

email-changed-subject = Your address for { $account } was changed
email-changed-body =
    You have another e-mail address for { $account } in { $product } from now on. For 72 hours a forgotten password and new authenticators are still confirmed at the address before; where somebody of the team changed it, at neither.

    If it was not you, tell the administrators of { $account } now.

email-replaced-subject = The administrators of { $account } replaced your address
email-replaced-body =
    Somebody of { $account } replaced your e-mail address in { $product }. So that nobody who came in by the one before stays, your sessions have ended, no device is trusted any more, and links that were mailed there are over: sign in again. For 72 hours no forgotten password is mailed, and no new authenticator is confirmed by mail.

    If it was not you who asked for it, say so with the link below, or tell the administrators of { $account } now.

email-given-back-subject = Your address for { $account } is the one from before again
email-given-back-body =
    A new password was set for { $account } in { $product } by a link that was mailed to the address from before the last change. That address is theirs again and the one that it was changed to is not; all sessions have ended.

    If it was not you, say so with the link below, or tell the administrators of { $account } now.

deactivated-subject = Your access to { $account } has ended
deactivated-body =
    You can no longer sign in to { $account } with { $product }. Your sessions have ended, and no device is trusted any more.

    If this is unexpected, ask the administrators of { $account }.

reactivated-subject = You can sign in to { $account } again
reactivated-body =
    { $account } lets you sign in with { $product } again. Open this link and choose a password first. It works once, for { $hours ->
        [168] 7 days
       *[other] { $hours } hours
    }:

    { $link }

    If you did not expect this message, tell the administrators of { $account }.

role-changed-subject = Your role at { $account } has changed
role-changed-body =
    From now on you are { $role ->
        [owner] an owner
        [admin] an administrator
        [agent] an agent
        [auditor] an auditor
       *[end_user] a user
    } of { $account } in { $product }. Your sessions have ended, and no device is trusted any more. Sign in again.

    If this is unexpected, ask the administrators of { $account }.

provider-linked-subject = Another way to sign in to { $account }
provider-linked-body =
    You can sign in to { $account } in { $product } through { $provider } from now on.

    If this is unexpected, tell the administrators of { $account } now.

provider-unlinked-subject = One way to sign in to { $account } was removed
provider-unlinked-body =
    You can no longer sign in to { $account } in { $product } through { $provider }.

    If this is unexpected, ask the administrators of { $account }.

# What an act that takes two owners is called in a sentence: "Somebody asked to …".
guarded-disable = switch two-factor authentication off for everyone, which resets everyone
guarded-suspend = suspend two-factor authentication for everyone
guarded-reset-owner = reset the two-factor authentication of an owner
guarded-exempt-owner = let an owner in without a second factor for a while
guarded-change-owner-identity = change what an owner signs in by
guarded-grant-owner-recovery = let a locked-out owner in once with a code
guarded-erase = erase a person for good
guarded-demote-owner = give an owner another role
guarded-deactivate-owner = deactivate an owner
guarded-grant-owner = make somebody an owner
guarded-transfer-ownership = hand ownership over to somebody
guarded-grant-operator = let the operator of the installation act inside the account for a while
guarded-close-account = close the account for good
guarded-change-governance = take acts out of dual control

approval-asked-subject = { $account }: something waits for your approval
approval-asked-body =
    An owner or admin of { $account } asks to { $act }.
    This takes a second owner. Look at it in { $product } under "Waiting for approval", and approve or cancel it.

    Without an approval nothing happens, and the request ends at { $until }.

approval-waits-subject = { $account }: something will happen unless it is cancelled
approval-waits-body =
    The owner of { $account } asks to { $act }.
    There is no second owner to approve it. So everyone of the team is told, and it can be carried out from { $from } on.

    If you know of a reason against it, tell the administrators of { $account } now. Owners and admins cancel it in { $product } under "Waiting for approval".

approval-used-subject = { $account }: something that waited was carried out
approval-used-body =
    At { $account } it was asked to { $act }. It was approved, or its wait was over, and it was carried out in { $product }.

    The log says who asked, who approved, and when. If this should not have happened, act now.

approval-cancelled-subject = { $account }: your request was cancelled
approval-cancelled-body =
    At { $account } you asked in { $product } to { $act }. An owner or admin cancelled it; nothing happened.

reset-scheduled-text = { $product }, { $account }: staff asked to reset your second factor. It holds from { $from } on. If you still have it, sign in with it: that cancels the reset.
reset-scheduled-subject = Your two-factor authentication for { $account } will be reset
reset-scheduled-body =
    Staff of { $account } asked to reset your two-factor authentication in { $product }. It holds from { $from } on.

    If you still have your authenticator or a recovery code, sign in with it: that cancels the reset. Or cancel it under "Your security".
    If you asked for this, wait until then, sign in with your password, and set it up again.

reset-cancelled-subject = Your two-factor authentication for { $account } will not be reset
reset-cancelled-body =
    The reset of your two-factor authentication for { $account } in { $product } was cancelled, because the second factor was used, you or somebody of the team said so, or your password or address changed.

    If it was not you, change your password now and tell the administrators of { $account }.

exempted-subject = You can sign in to { $account } without a code for a while
exempted-body =
    An administrator of { $account } lets you sign in to { $product } with your password alone until { $until }.
    It ends by itself. Until then you cannot set up an authenticator in such a session.

    If you did not ask for this, tell the administrators of { $account } now, and change your password.

exemption-ended-subject = { $account } asks you for a code again
exemption-ended-body =
    An administrator of { $account } ended your exemption in { $product } before its time. Sessions that rested on it have ended.

ticket-issued-subject = An enrolment ticket for { $account }
ticket-issued-body =
    An administrator of { $account } issued an enrolment ticket for you in { $product }. With your password it sets up your first authenticator, once, within { $hours ->
        [168] 7 days
       *[other] { $hours } hours
    }.
    You get it from the administrator, not by mail.

    If you did not ask for this, tell the administrators of { $account } now, and change your password.

recovery-request-subject = Your code to come back in to { $account }
recovery-request-body =
    Someone who knows your password for { $account } says in { $product } that they have lost their second factor.
    If it is you, type this code. It works once, for { $minutes } minutes:

    { $code }

    If it is not you, tell nobody this code and change your password now.

recovery-waits-text = { $product }, { $account }: somebody with your password and mailbox asked to reset your second factor. It holds from { $from } on. If it was not you, sign in with it: that cancels the reset.
recovery-waits-subject = Your two-factor authentication for { $account } will be reset
recovery-waits-body =
    With your password and a code mailed to you, somebody asked to reset your two-factor authentication for { $account } in { $product }. It holds from { $from } on.

    If it was not you, sign in with your authenticator or a recovery code: that cancels the reset. Then change your password. The administrators of { $account } can cancel it too.
    If it was you, wait until then, sign in with your password, and set it up again.

owner-recovery-waits-subject = { $account }: an owner's second factor will be reset unless somebody objects
owner-recovery-waits-body =
    An owner of { $account } says that they have lost their second factor. So everyone of the team is told, and from { $from } on they can set up another one in { $product }.

    If you know of a reason against it, tell the owners and admins of { $account } now. They cancel it in { $product } under "Recovery".

recovery-refused-subject = A way back in to { $account } was refused
recovery-refused-body =
    Somebody asked to come in to { $account } in { $product } without your second factor. It was refused, because your password was reset by mail, or your address changed, in the last three days.

    If it was you, try again later, or use your authenticator or a recovery code. If it was not you, change your password now.

recovery-link-subject = Your way back in to { $account }
recovery-link-body =
    An administrator of { $account } lets you in to { $product } once, without your second factor. Open this link to see your code. The link shows it once, and both are good until { $until }:

    { $link }

    Type the code after your password. Your old authenticator ends with it. { $required ->
        [yes] Then set up another one: { $account } requires one.
       *[no] { $account } requires none: set up another one there, or sign in again with your password alone.
    }
    If you have not asked for this, tell the administrators of { $account } now.

recovery-granted-subject = An administrator can let you in to { $account }
recovery-granted-body =
    An administrator of { $account } was given a code that lets you in to { $product } once, without your second factor, until { $until }. They tell it to you themselves.

    If you have not asked for this, tell the other administrators of { $account } now.

recovery-grant-revoked-subject = Your code to come back in to { $account } has ended
recovery-grant-revoked-body =
    The code that would have let you in to { $account } in { $product } without your second factor ended before it was used: your second factor or your password was used or changed, or somebody of the team ended it.

wished-locked-out-subject = { $account }: somebody is locked out
wished-locked-out-body =
    { $name } reached the limit of wrong tries at { $account } in { $product } ({ $at }). Nothing more is looked at until somebody of the team who may unlocks them.

    You get this because { $account } wishes for notices of this kind. Its settings say which.

wished-team-changed-subject = { $account }: the team has changed
wished-team-changed-body =
    { $name } joined the team of { $account } in { $product }, left it, or has another role in it ({ $at }). The audit log says which.

    You get this because { $account } wishes for notices of this kind. Its settings say which.

wished-policy-changed-subject = { $account }: the security policy was changed
wished-policy-changed-body =
    The security policy of { $account } in { $product } was changed ({ $at }). The audit log says by whom, and what held before.

    You get this because { $account } wishes for notices of this kind. Its settings say which.

wished-password-access-subject = { $account }: a program used a password
wished-password-access-body =
    A program used the e-mail address and password of { $name } to call the API of { $account } in { $product } ({ $at }). The report on integrations lists all such programs.

    You get this because { $account } wishes for notices of this kind. Its settings say which.

report-ready-subject = A report of { $account } is ready
report-ready-body =
    The report { $report } of { $account } that you ordered in { $product } is ready. Take it until { $until }:

    { $page }

    The link opens for you only, once you are signed in. That you took the file is recorded.

report-not-written-subject = A report of { $account } could not be written
report-not-written-body =
    The report { $report } of { $account } that you ordered in { $product } could not be written. Why is on the page of your files:

    { $page }

not-me =
    Was it not you? Open this link and freeze your sign-in. Every session ends, no device is trusted any more, and nobody comes in until you are back:

    { $link }

frozen-subject = Your sign-in to { $account } is frozen
frozen-body =
    Your sign-in to { $account } in { $product } is frozen, because you or somebody of the team said that something was not you. Every session has ended, no device is trusted any more, and no password, code, or token of yours opens anything.

    This is your way back. The link works once, for { $hours ->
        [168] 7 days
       *[other] { $hours } hours
    }; you choose a new password there, and show your second factor or a recovery code. The page says what to do if you have neither:

    { $link }

    Only what is yours has ended. If you help to run { $account }: programs and their tokens, leave for the operator, codes, roles, and policies that were given in your name stay until an owner or an admin ends them, in the console under Programs, Operator, Recovery, People, and Policy.

    There is no hurry. On the sign-in page you can ask for another link.

frozen-told-subject = Your sign-in to { $account } is frozen
frozen-told-body =
    Your sign-in to { $account } in { $product } is frozen, because somebody said that something was not them. No password, code, or token opens it.

    The address of this sign-in was changed. The way back was mailed to another address than this one. If it is yours, and this is not right, tell the administrators of { $account }.

way-back-subject = Your way back to { $account }
way-back-body =
    Your sign-in to { $account } in { $product } is frozen. With this link you come back. It works once, for { $hours ->
        [168] 7 days
       *[other] { $hours } hours
    }; the page says what it takes beside the link:

    { $link }

    If you did not ask for this, do nothing: your sign-in stays frozen.

thaw-waits-subject = Your sign-in to { $account } can be opened without your second factor soon
thaw-waits-body =
    Your sign-in to { $account } in { $product } is frozen. It was asked to open it without your second factor: from { $from } on, a link to your e-mail address and a new password are enough.

    If it was you, wait until then, and ask for a link on the sign-in page.

owner-thaw-waits-subject = { $account }: an owner comes back without their second factor soon
owner-thaw-waits-body =
    The sign-in of an owner of { $account } in { $product } is frozen, and they have no second factor to show. From { $from } on, a link to their e-mail address and a new password are enough.

    If you know of a reason against it, tell the administrators of { $account } now. Owners and admins stop it in { $product }.

thaw-stopped-subject = Your sign-in to { $account } stays frozen
thaw-stopped-body =
    The way back to { $account } in { $product } without your second factor was stopped. Your sign-in stays frozen.

    If you are the one who asked for it, ask the administrators of { $account }.

thawed-subject = Your sign-in to { $account } works again
thawed-body =
    Your sign-in to { $account } in { $product } is no longer frozen. A new password was set, unless you sign in through an identity provider only. Your second factor is as it was before, and is asked for when you sign in.

operator-admin-link = made a set-up link for a member of the team
operator-admin-unlock = lifted the locks of a person
operator-read-names = printed a report with the names of people
operator-import-tokens = brought hardware tokens into the stock

operator-granted-subject = { $account }: the operator may act inside your account
operator-granted-body =
    An owner of { $account } lets the operator of the { $product } installation act inside the account until { $until }. The page "Operator" says what for, and why.

    If this should not be, end it there now.

operator-acted-subject = { $account }: the operator acted inside your account
operator-acted-body =
    At { $at } the operator of the { $product } installation { $act } at { $account }. The audit log has it.

    If no owner let them, tell each other now.

operator-made-link-subject = A link that sets your password at { $account } was made
operator-made-link-body =
    The operator of the { $product } installation made a link that sets a new password for your access to { $account }. It works for 30 minutes. Your second factor stays as it is.

    If you have not asked for this, tell the owners of { $account } now.
