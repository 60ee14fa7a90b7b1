# Around every page
skip = Skip to the content
demo-banner = This is a demo: invented people, and mails that go nowhere.
sign-out = Sign out
menu = Menu
menu-own = Your security
menu-people = People
menu-status = Status
menu-policy = Policy
menu-log = Audit log
language = Language
help = Help
continue = Continue
cancel = Cancel
show = Show
all = All
remove = Remove
next-page = Next page
valid-until = Valid until
since = since
ends = ends
never = never
name = Name
role = Role
state = State
actions = Actions
reason = Reason
reason-hint = Everyone who may read the audit log sees it.

# Roles
role-owner = Owner
role-admin = Administrator
role-agent = Agent
role-auditor = Auditor
role-end-user = User

# The way in
set-up-title = Set up your access
set-up-lead = You are setting up access for { $v }. First choose a password; the second factor comes next.
set-up-once = This link works once.
password-new = New password
password-hint = At least { $n } characters. A few words in a row are easy to remember and hard to guess.
sign-in-title = Sign in
sign-in-lead = { $v } asks for your e-mail and password.
sign-in = Sign in
email = E-mail
password = Password
stay-signed-in =
    { $n ->
        [one] Stay signed in for { $n } day
       *[other] Stay signed in for { $n } days
    }
challenge-title = Confirm that it is you
app-code = Code from your authenticator app
app-code-hint = Spaces do not matter.
recovery-code = One of your recovery codes
recovery-code-hint = Each works once. Spaces and hyphens do not matter.
trust-device =
    { $n ->
        [one] Do not ask on this device for { $n } day
       *[other] Do not ask on this device for { $n } days
    }
trust-device-hint = Only on a device that is yours alone.
lost-device = Lost your device?
use-recovery-code = Use a recovery code instead
use-app = Use your authenticator app instead
lost-ask = No codes either? Ask an owner or administrator of this account. They can let you in again; they never see your codes.
lost-never = Nobody who helps you will ever ask you for a code.

# Enrolment
enrol-title = Set up your authenticator app
enrol-lead = From then on, signing in takes your password and a code that only your phone can show.
enrol-required = This account requires a second factor. It takes about two minutes; you can go on afterwards.
enrol-step-app = Install an authenticator app
enrol-step-app-text = Any app for one-time codes will do, on your phone or in your password manager. Have one already? Go on.
enrol-step-scan = Scan this picture with the app
enrol-cannot-scan = Cannot scan it?
enrol-type-key = Choose “enter a key” in the app and type:
enrol-open-app = Open the app on this device
enrol-step-code = Type the code that the app shows
enrol-step-mail = Type the code that we mailed you
enrol-mail-sent = Sent to { $v }.
mailed-code = Code from the mail
send-again = Send it again
enrol-finish = Switch it on
enrol-once = The picture and the key are shown only until you finish.
qr-label = QR code for your authenticator app

# Recovery codes
codes-title = Keep your recovery codes
codes-lead = Each of these codes lets you in once when your phone is not at hand. Keep them where you keep what must not get lost.
codes-once = You will not see these codes again. You can make new ones at any time; the old ones stop working then.
codes-download = Download
codes-print = Or select and copy them, or print this page.
codes-kept = I have kept them
codes-left =
    { $n ->
        [one] { $n } code left
       *[other] { $n } codes left
    }

# Your security
own-factors = Second factors
own-no-factor = You have no second factor yet. A password alone can be guessed or stolen.
own-add-factor = Add an authenticator app
own-switch-off = Switch off
own-required = This account requires a second factor, so the last one stays.
own-codes = Recovery codes
own-codes-hint = New codes replace the old ones at once.
own-new-codes = Make new codes
own-devices = Devices
own-sessions = Open sessions
factor-totp = Authenticator app
last-used = last used
last-seen = last seen
trusted-until = trusted until
not-trusted = asks for a code
this-device = This device
this-session = This session
stop-trusting = Stop trusting
report-lost = Report as lost
by-code = Signed in with a code
by-recovery-code = Signed in with a recovery code
by-trust = Signed in on a trusted device, without a code
by-password = Signed in with the password
end-session = End
end-others = End all other sessions

# States
state-enabled = Enabled
state-pending = Must enrol
state-optional = Optional
state-exempt = Exempt
state-suspended = Suspended
state-locked = Locked
switch-on = On
switch-off = Off
switch-suspended = Suspended

# People and status
search-people = Name or e-mail
reset-two-factor = Reset second factor
nobody = Nobody matches.
status-title = Who has a second factor
as-of-day = At the end of the day (UTC)
show-now = Back to now
as-of = As of
as-of-event = event { $n }
rule = Rule
enrolled = Enrolled
codes = Codes

# Audit log
log-type = Event
log-who = Who
log-whom = To whom
log-from = From
log-to = To
log-number = No.
log-at = Recorded
log-what = What happened
log-why = Reason
log-cause = caused by event
log-empty = No event matches.

# Policy
policy-switch = Two-factor authentication in this account
policy-enable = Enable
policy-enable-hint = Everyone starts from scratch: earlier enrolments were reset.
policy-resume = Resume
policy-resume-hint = Everything is again as it was; sessions opened meanwhile without a second factor end.
policy-suspend = Suspend
policy-suspend-hint = Nobody is asked for a code for a while. Enrolments stay.
policy-disable = Disable for everyone
policy-disable-hint = Resets every enrolment of the account. You see how many before you decide.
policy-rules = Rules
policy-members = Team members
policy-users = End users
policy-everyone = Everyone
policy-members-required = Require a second factor of team members
policy-users-required = Require a second factor of end users
policy-required-hint = Default: not required. Whoever has none must set one up at the next sign-in.
policy-trust-days = Days of trust for a device
policy-trust-hint = Default: 30. 0 asks at every sign-in, up to 365.
policy-grace-days = Days of grace after it becomes required
policy-grace-hint = Default: 0, that is at the next sign-in.
policy-preview = Preview the change
policy-read-only = You may read this policy, not change it.

# Confirmations
confirm-disable-title = Disable two-factor authentication for everyone?
confirm-suspend-title = Suspend two-factor authentication?
confirm-resume-title = Resume two-factor authentication?
confirm-enable-title = Enable two-factor authentication again?
confirm-reset-title = Reset this person’s second factor?
confirm-policy-title = Change the policy?
confirm-resets =
    { $n ->
        [one] This resets { $n } person.
       *[other] This resets { $n } people.
    }
confirm-code-hint = Acts like this one take a fresh code.
confirm-disable = Disable and reset
confirm-suspend = Suspend
confirm-resume = Resume
confirm-enable = Enable
confirm-reset = Reset
confirm-policy = Change the policy
effect-disable-factors = Every authenticator app, recovery code, and trusted device stops working at once.
effect-disable-again = After enabling it again, everyone sets up from the beginning.
effect-disable-sessions = Sign-ins that wait for a code are refused.
effect-disable-instead = To stop asking for a while without resetting anyone, suspend instead.
effect-suspend = Nobody is asked for a code until you resume. Enrolments stay.

# Development outbox
outbox-title = Outbox
outbox-lead = Mails and messages of this server are not sent. They end here.
outbox-empty = Nothing yet.

# When something does not work
error-bad = That could not be read
error-bad-advice = Go back, look at what you typed, and try again.
error-signed-out = Please sign in
error-signed-out-advice = Your session has ended, or you have not signed in yet.
error-forbidden = You may not do that
error-forbidden-advice = Your role does not allow it, or the request came from another site.
error-gone = There is nothing here
error-gone-advice = The link is wrong, was used before, or has ended. Ask for a new one.
error-changed = It has changed meanwhile
error-changed-advice = Somebody was faster. Go back, load the page again, and decide on what is there now.
error-slow = Too many attempts
error-slow-advice = Wait a little, then try again.
error-away = Not available at the moment
error-away-advice = Try again in a moment. Nothing that was confirmed is lost.
error-fault = Something went wrong on our side
error-fault-advice = Try again. If it stays, tell us the number below.
request-id = Number of this request:
