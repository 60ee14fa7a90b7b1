# Places
menu-programs = Programs
menu-settings = Settings

# People: the list, one person
group = Group
import = Import
person-details = Details
person-end = Leaving
fact-no-password = Has not set a password yet.
fact-password-claimed = The password came as a hash from another system and was never used here: claimed, not proved.
fact-factor-claimed = The authenticator came from another system and no code of it was ever accepted here: claimed, not proved.
email-keep = Stop the change
email-waits-at = The link to { $v } was not used yet.
email-waits = A link to your new address is on its way and was not used yet.
role-new = New role
owner-lead = An owner is made by two: a second owner approves, or, where there is none, 72 hours pass in which the team is told.
make-owner = Make them an owner
make-owner-title = Make this person an owner?
transfer = Hand ownership over
transfer-title = Hand ownership over to this person?
effect-make-owner = They may do everything in this account, as you may.
effect-role-sessions = Their sessions, trusted devices, and API tokens end with the change.
effect-takes-two = It happens when a second owner approves it, or, where there is none, after 72 hours. Anybody who may can cancel it until then.
effect-transfer = They become an owner.
effect-transfer-you = You become an administrator; your own sessions and tokens end as well.
erase = Erase
erase-lead = For good: their key is destroyed, and nobody can read again what the log says of them.
erase-title = Erase this person?
effect-erase = Name, address, devices, and every reason given about them become unreadable, at once and for good. Their address is free again.
effect-erase-proofs = That something happened stays in the log: counts and reports of the past still hold, without the name.
effect-erase-final = Nobody can undo it. To keep somebody out who may come back, deactivate them instead.
providers = Identity providers
providers-hint = Whoever signs in only through a provider is never asked for a second factor here. Default: none. They are told by mail of each change.
provider = Provider
provider-hint = A short name such as google, saml, jwt.
provider-wrong = A provider is named with 1 to 40 characters of a–z, 0–9, and hyphens.
provider-linked = They are linked to this provider already. Unlink it first.
provider-too-many =
    { $n ->
        [one] At most { $n } provider can be linked. Unlink one first.
       *[other] At most { $n } providers can be linked. Unlink one first.
    }
subject = Who they are there
subject-hint = The subject by which the provider knows them.
subject-wrong = A subject has 1 to 255 characters.
subject-taken = Somebody else here is this to the provider.
link = Link
unlink = Unlink
said-linked = They can sign in through this provider. They were told by mail.
said-unlinked = They cannot sign in through this provider any more; their sessions have ended.
said-person-saved = Saved.
said-erased = The person is erased.
error-last-way-in = This is their only way in
error-last-way-in-advice = Invite them first, so that they set a password; then the provider can be unlinked.
error-not-waiting = There is nothing to invite them to
error-not-waiting-advice = They have a password, or sign in through a provider.
error-mailed-just-now = A mail was sent a moment ago
error-mailed-just-now-advice = Wait a minute, then send another one.

# Groups
groups-title = Groups
groups-lead = Groups are for policies that mean some people only, and for finding somebody. Their names stand in the log as they are: no personal values.
groups-empty = There are no groups yet.
groups-none = There are no groups yet. They are made on the page “Groups”.
groups-gone = One of these groups does not exist any more.
groups-too-many =
    { $n ->
        [one] A person is in at most { $n } group.
       *[other] A person is in at most { $n } groups.
    }
group-people =
    { $n ->
        [0] Nobody is in it.
        [one] { $n } person is in it.
       *[other] { $n } people are in it.
    }
group-how = People are put into a group, and taken out, on their own page.
group-all = All people of this group
group-new = Another group
group-make = Make the group
group-rename = Another name
group-name-hint = 1 to 80 characters, unlike any other group's.
group-name-wrong = A name has 1 to 80 characters and no control characters.
group-name-taken = Another group has this name.
group-too-many =
    { $n ->
        [one] An account has at most { $n } group.
       *[other] An account has at most { $n } groups.
    }
group-in-policy = It cannot be deleted while a policy names it. Change the policy first.
group-delete = Delete the group
group-delete-title = Delete this group?
effect-group-people =
    { $n ->
        [0] Nobody is in it.
        [one] { $n } person is in it no longer.
       *[other] { $n } people are in it no longer.
    }
effect-group-stay = The people themselves stay as they are.
effect-group-log = The log still says who was in it, and when.
error-group-in-use = A policy names this group
error-group-in-use-advice = Change the policy first; then the group can be deleted.
said-group-made = The group is made.
said-group-renamed = The group has another name.
said-group-deleted = The group is deleted. Its people stay.

# Import
import-title = Import people
import-lead = A table of people from another system. First it is looked at line by line and nobody is registered; then you decide.
import-file = A CSV file
import-file-hint = UTF-8, at most 10,000 people and 5 MB.
import-template = An empty table to begin with
import-paste = Or paste it here
import-check = Look at it
import-columns = Its columns
import-column-needed = For everyone. Roles are admin, agent, auditor, end_user; never owner.
import-column-language = en, es, or ko. Default: en.
import-column-groups = Names of groups that exist, with ; between. Default: none.
import-column-provider = Who they are to an identity provider: both or neither. Default: neither.
import-column-password = A hash from another system (argon2, scrypt, PBKDF2, bcrypt). It counts as claimed until the password is used here for the first time.
import-column-otp = A link otpauth://totp/… with the seed of their authenticator. It counts as claimed until a code of it is accepted here for the first time.
import-nothing = There is nothing to import. Choose a file, or paste a table.
import-too-large = A table has at most 5 MB.
import-not-utf8 = This is not UTF-8. Save the table with that encoding and try again.
import-check-title = What an import would do
import-done-title = Imported
import-done-lead = What came from another system is claimed until it is first used here; the page of each person says so. Invitations are on their way.
import-cannot = Nothing can be imported like this. Correct the table and look at it again.
import-nothing-yet = Nobody is registered yet.
import-again = Another table
import-confirm =
    { $n ->
        [one] Import { $n } person
       *[other] Import { $n } people
    }
import-lines = Line by line
import-line = Line
import-what = What becomes of it
import-new = New
import-created = Registered
import-exists = Here already
import-wrong = Wrong
import-failed = Not registered
import-exists-hint = Somebody has this address; nothing is changed about them.
import-not-yours = You may not give anybody this role.
import-taken-meanwhile = The address or the subject was taken meanwhile.
import-invited = An invitation goes to them by mail.
import-provider = Signs in through { $v }.
import-password = Password hash, claimed.
import-factor = Authenticator, claimed.
import-groups =
    { $n ->
        [one] In { $n } group.
       *[other] In { $n } groups.
    }
import-more =
    { $n ->
        [one] { $n } more line is not shown.
       *[other] { $n } more lines are not shown.
    }
import-flaw-header = A column that is not known, or no header that could be read.
import-flaw-column = The column is missing, or stands there twice.
import-flaw-line = Another number of fields than the header, not UTF-8, or beyond the most that a table may have.
import-flaw-name = 1 to 100 characters.
import-flaw-email = An address such as ada@example.com, which stands in no other line.
import-flaw-role = One of admin, agent, auditor, end_user; owners are made one by one.
import-flaw-language = One of en, es, ko.
import-flaw-groups = Names of groups that exist, with ; between; make them first.
import-flaw-provider = Goes together with provider_subject.
import-flaw-provider-subject = Goes together with provider.
import-flaw-password-hash = Not a hash that can be read, or not strong enough to be kept.
import-flaw-otp-uri = A link otpauth://totp/… with a seed and figures that work here.

# Programs and tokens
programs-lead = Programs use the API with tokens: without a password, and without being asked for a code.
own-tokens = Your API tokens
own-tokens-hint = They act in your name, never do more than you may at that moment, and end with your role. You have at most 20.
tokens-title = API tokens
tokens-none = There are no tokens.
token-new = A new API token
token-new-own = A new token
programs-title = Programs of the account
programs-hint = They act in their own name. Concerns whoever is signed in or managed by them.
programs-none = No program is registered yet.
program-new = Register a program
program-register = Register
program-name-hint = 1 to 80 characters, unlike any other's. Sessions that it opens show it.
program-name-wrong = A name has 1 to 80 characters and no control characters.
program-name-taken = Another program has this name.
program-too-many =
    { $n ->
        [one] An account has at most { $n } program. Remove one first.
       *[other] An account has at most { $n } programs. Remove one first.
    }
program-tokens =
    { $n ->
        [0] No tokens
        [one] { $n } token
       *[other] { $n } tokens
    }
program-no-tokens = It has no token yet, and can do nothing.
program-token-end-hint = An ended token is dead at its next request. Sessions that it opened go on; remove the program to end them.
program-remove = Remove the program
program-remove-hint = Its tokens end at once, and every session that it vouched for.
program-remove-title = Remove this program?
effect-program-tokens =
    { $n ->
        [0] It has no tokens.
        [one] { $n } token is dead at its next request.
       *[other] { $n } tokens are dead at their next request.
    }
effect-program-sessions = Sessions of people for whom it vouched end; they sign in again.
effect-program-log = What it did stays in the log.
token-lead-own = A token lets a program act in your name. You are told by mail.
token-lead-program = A token lets the program use the API in its own name.
token-name-hint = So that you recognise it: “Nightly export”.
token-scopes = What it may be used for
token-days = Days until it ends
token-days-hint = Default { $n }. From 1 to 365; then it is dead, and you issue another.
token-days-wrong = Between { $v } and { $w } days.
token-no-scope = Choose at least one.
token-trust-alone = Trusted devices count in sign-ins that it vouches for: choose that as well.
token-beyond-role = This cannot be given here: { $v }.
token-too-many =
    { $n ->
        [one] There is { $n } token already, and no more can be. End one first.
       *[other] There are { $n } tokens already, and no more can be. End one first.
    }
token-issue = Issue the token
token-shown-title = Here is the token
token-once = You see it this once. Put it where the program reads its secrets.
token-how = The program sends it with each request:
token-kept = I have kept it
token-end = End
issued = issued
scope-read-account-hint = Default: no. The account's name, policy, and switch.
scope-read-people-hint = Default: no. Names, addresses, roles, and states of everyone.
scope-read-status-hint = Default: no. The status report of everyone, and who uses the API.
scope-read-audit-hint = Default: no. Every event of everyone, with names and network addresses.
scope-export-hint = Default: no. The same as files to take away.
scope-manage-end-users-hint = Default: no. Registers, edits, and deactivates end users; nobody of the team.
scope-assert-sign-in-hint = Default: no. The program checks the password itself, and sign-ins of end users begin with the second factor.
scope-assert-trust-hint = Default: no. In those sign-ins a trusted device is not asked for a code.
said-program-registered = The program is registered. It can do nothing before it has a token.
said-program-removed = The program is removed. Its tokens and the sessions that it vouched for have ended.
said-token-ended = The token is dead from its next request on.
in-use-title = Who still uses passwords
in-use-lead = Who uses the API without a person at the keyboard, and whom requiring a second factor would break.
in-use-passwords = Passwords on requests
in-use-passwords-hint = Programs that send somebody's e-mail and password. Each is recorded once a day.
in-use-no-passwords = No program has shown a password.
in-use-breaks =
    { $n ->
        [0] None of these would break if a second factor were required of everyone now.
        [one] { $n } of these would break if a second factor were required of everyone now.
       *[other] { $n } of these would break if a second factor were required of everyone now.
    }
in-use-whose = Whose password
in-use-agent = Program
in-use-unknown = did not say
in-use-future = From now on
in-use-holder = Whose
in-use-tokens-hint = No policy on second factors breaks these. Use is recorded at most hourly.
in-use-more = There are more than are shown.
password-now-open = Goes on as things stand.
password-now-ending = Goes on until its announced end.
password-now-off = Is refused now.
password-breaks-at = Ends at { $v }.
password-breaks-if-required = Breaks once a second factor is required of everyone.

# Settings of the account
settings-lead = How the account shows itself, and whom it tells what. Each change stands in the audit log.
settings-read-only = You may read these settings, not change them.
settings-name = Name
settings-name-hint = As first given. Every prompt and every letter to everyone names it. 1 to 80 characters, unlike any other account's.
settings-slug = The short name stays: { $v }
settings-logo = Logo
settings-logo-hint = Default: none. Stands beside the name for everyone, also before signing in. A PNG of at most 16 KiB and 1,024 × 1,024 pixels.
settings-logo-now = The present logo
settings-no-logo = Remove the logo
settings-languages = Languages
settings-languages-hint = Default: all. The pages and letters of everyone here are in one of these.
settings-first-language = First language
settings-first-language-hint = Default: English. What people read who wish for a language that is not offered, and new people until they choose. It counts only where it is offered.
settings-zone = Time zone
settings-zone-hint = Default: UTC. A name such as Asia/Seoul: pages and letters show times in it. Files and the API stay UTC.
settings-help = Where help is
settings-help-hint = Default: nowhere. Every page names it to everyone: an address that begins with https:// or mailto:.
settings-notices = Notices to owners and administrators
settings-notices-hint = Default: none. What they wish to be told by letter beside the people concerned.
notice-locked-out = Somebody is locked out
notice-locked-out-hint = After too many wrong tries.
notice-team-changed = The team changes
notice-team-changed-hint = Somebody joins it, or has another role.
notice-policy-changed = The policy changes
notice-policy-changed-hint = The policy, the owner’s floor, or the chosen profile. What is scheduled for a date they are told in any case.
notice-password-access = A program shows a password
notice-password-access-hint = On a request to the API.
account-name-wrong = A name has 1 to 80 characters, something to see among them, and no control characters.
account-name-taken = Another account has a name that looks like it.
time-zone-wrong = This is no time zone. A name such as Asia/Seoul is one.
help-wrong = An address begins with https:// or mailto: and has at most 200 characters.
logo-wrong = A logo is a PNG of at most 16 KiB and 1,024 × 1,024 pixels.
said-settings-saved = The settings are saved.

# The clock of a sandbox
clock-title = The clock of this sandbox
clock-set = Set the clock
clock-forwards = It goes forwards only, and on from there. Default: the server's clock.
clock-affects = It concerns everyone of this account: sessions, trust, links, and waits end by it, and codes count by it.
clock-app = Set the clock of your authenticator app as well, or its codes will not fit.
clock-later = Later by
clock-hour = 1 hour
clock-day = 1 day
clock-week = 7 days
clock-month = 30 days
clock-on = Or to the day
clock-latest = At the latest { $v }.
clock-time-hint = Default: midnight.
clock-backwards = A sandbox's clock is set forwards only.
clock-too-far = A sandbox's clock is at most ten years ahead.
said-clock-set = The clock is set.

# One's own profile
own-profile = Your profile
profile-name-hint = As others of this account see it.
profile-language-hint = Pages and letters to you are in this language.
profile-email-hint = A link goes to the new address, and a notice to the present one. Until the link is used nothing changes.
profile-password-hint = A link to choose another password goes to { $v }. It ends your sessions and the trust in your devices; your second factor stays.
profile-password-send = Send me the link
said-profile-saved = Your profile is saved.
said-password-mailed = A link to choose another password is on its way to you.

# Sign-ins, and why
sign-ins-title = Sign-ins
sign-ins-lead = Whether a code was asked for at each sign-in, and why.
sign-ins-none = No sign-ins yet
sign-ins-why = Why?
why-asked-title = Why a code was asked for, or not
why-asked-method = completed by: { $v }
why-asked-event = event { $n }
why-asked-policy = The policy in force was set by
why-asked-first-policy = The policy in force is the one that the account began with.
