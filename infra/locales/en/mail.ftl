# Messages to a person. Each names the product and the account that write.
# $product, $account: names. $link: a one-time link. $code: a one-time code. $minutes, $hours: how long it holds.

signature =
    {"-- "}
    { $product } for { $account }

invitation-subject = Your invitation to { $account }
invitation-body =
    { $account } invites you to sign in with { $product }.

    Open this link and choose a password. It works once, for { $hours } hours:

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

    If it was not you, revoke it under "Programs", and tell the administrators of { $account } now.

password-change-demanded-subject = Your password for { $account } must be changed
password-change-demanded-body =
    Somebody signed in to { $account } in { $product } with your password and then typed wrong codes, ten times in a row. So your password opens nothing any more, and every session that it opened has ended. Your authenticators and recovery codes are untouched.

    Choose a new password, one that you use nowhere else. Begin at { $page } or ask the administrators of { $account } for a link.

    If it was you, do the same: nothing else is needed.
