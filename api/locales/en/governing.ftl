# What stands around it
menu-approvals = Approvals
approvals-yours =
    { $n ->
        [one] , { $n } waits for you
       *[other] , { $n } wait for you
    }
approvals-own = You asked for this. Another owner approves it; until then you can only cancel it.
approvals-own-waits = You asked for this. When its time has come you carry it out here, unless somebody cancels it.
approvals-open =
    { $n ->
        [0] Nothing waits
        [one] { $n } waits
       *[other] { $n } wait
    }
policy-places = More about the policy
policy-kinds = Kinds of second factor
policy-meant-changed = Other people are meant by it.
yes = yes
no = no
hours =
    { $n ->
        [one] { $n } hour
       *[other] { $n } hours
    }
days =
    { $n ->
        [one] { $n } day
       *[other] { $n } days
    }
concerns-admins =
    { $n ->
        [0] There is no administrator now.
        [one] Concerns { $n } administrator.
       *[other] Concerns { $n } administrators.
    }
concerns-owners =
    { $n ->
        [one] There is { $n } owner.
       *[other] There are { $n } owners.
    }
concerns-team =
    { $n ->
        [one] Concerns { $n } team member.
       *[other] Concerns { $n } team members.
    }

# Governance
governance-title = Dual control
governance-lead = Which acts one person may not do alone, and who may switch two-factor authentication for everyone.
governance-owner-only = You may read this, not change it: only an owner can.
governance-dual = Acts that take two
governance-dual-hint = A second owner approves such an act. Where nobody else could approve it, it waits 72 hours, everyone of the team is told, and any owner or administrator can cancel it. Making an owner, handing ownership over, and closing the account always take two.
governance-now = Take two now:
governance-now-none = none of them
governance-default = By the number of owners
governance-default-hint = The default: every act below from two owners on; before that only help for an owner.
governance-chosen = Only what is ticked here
governance-chosen-hint = However many owners there are. With one owner a ticked act waits 72 hours.
governance-fixed = Always takes two; it cannot be chosen.
guarded-disable = Disabling for everyone
guarded-disable-hint = Resets every enrolment of the account.
guarded-suspend = Suspending for everyone
guarded-suspend-hint = Nobody is asked for a code until it is resumed.
guarded-help-owner = Helping an owner: a reset, an exemption, a code, another address
guarded-help-owner-hint = Otherwise one owner could take over another’s access.
guarded-erase = Erasing a person
guarded-erase-hint = Their data becomes unreadable for good.
governance-others = Other powers
governance-switch = Administrators may disable, suspend, resume, and enable for everyone
governance-switch-hint = Otherwise only owners. Dual control holds for them too.
governance-waive = Team members may go without password and code at once
governance-waive-hint = On a device that is trusted and signed in. Otherwise one of the two is always asked of them.
governance-reason = Reason
governance-reason-hint = Needed only to take acts out of dual control, which takes a second owner, or a wait, itself. Everyone who may read the audit log sees it.
governance-reason-wrong = Taking acts out of dual control needs a reason of 1 to 500 characters.
governance-guarded =
    { $n ->
        [0] No act takes two
        [one] { $n } act takes two
       *[other] { $n } acts take two
    }
said-governed = The rules of dual control are saved and hold from now on.

# The owner's floor
floor-title = The owner’s floor
floor-lead = The loosest policy that administrators may save or schedule. Default: none, and administrators may save any policy within its bounds. Owners stand above it. What holds already is not changed by it.
floor-is-set = A floor is set
floor-is-none = No floor
floor-none-hint = The form begins with the policy of a new account.
floor-looser = The present policy is looser than this floor. Administrators cannot save it again in:
floor-save = Set this floor
floor-remove = Take the floor away
floor-set =
    { $n ->
        [0] No floor is set
        [1] Set for one of two
       *[other] Set for both
    }
said-floor-set = The floor is set. Administrators cannot go below it from now on.
said-floor-gone = The floor is taken away.

# Profiles
profile-title = Profile and conformance
profile-lead = A profile is a named set of rules. Choosing one changes no setting: this page then says, rule by rule, where the policy meets it and where it misses it. Default: none. It concerns nobody’s sign-in.
profile-none = No profile
profile-none-hint = The account holds itself to no named set of rules.
profile-nist-aal2 = NIST AAL2
profile-nist-aal2-hint = NIST SP 800-63B-4, authentication assurance level 2.
profile-pci-dss-4 = PCI DSS 4
profile-pci-dss-4-hint = PCI DSS 4.0.1, requirement 8.
profile-seed = A new account
profile-seed-hint = What every account begins with; missed where the policy was made looser since.
profile-source-seed = as a new account has it
profile-chosen = Chosen
profile-choose = Choose
profile-choose-none = Choose none
profile-meets = meets { $v } of { $w } rules
profile-rules = { $v }, rule by rule
profile-wanted = Wanted
profile-value = The policy says
profile-met = Met
profile-missed = Missed
profile-at-most = at most { $n }
profile-at-least = at least { $n }
profile-rule-second-factor-of-everyone = A second factor is required of everyone, without grace, and asked for
profile-rule-no-remembered-device = Days for which a device is remembered
profile-rule-reauthentication-hours = Hours until signing in anew
profile-rule-idle-minutes = Minutes until an idle session ends
profile-rule-password-length = Characters of a password beside a second factor
profile-rule-password-length-alone = Characters of a password alone
profile-rule-consecutive-failures = Wrong tries in a row on all devices together
profile-rule-failures-before-lockout = Wrong tries until a lock
profile-rule-api-without-password = E-mail and password never open the API
profile-rule-trust-days = Days of trust in a device
profile-rule-stay-signed-in-days = Days signed in without a password
profile-rule-failure-limit = Wrong tries until a lock
said-profile-chosen = The choice is saved. No setting was changed.

# Schedules
schedule-title = Scheduled policies
schedule-lead = A policy can begin on a date by itself. One can be scheduled for each audience, at most a year ahead; until it begins it can be withdrawn. Default: none.
schedule-none = Nothing is scheduled
schedule-first = The next begins on { $v }
schedule-begins = Begins
schedule-changes = What changes then
schedule-same = Nothing, compared with the policy of today.
schedule-pending = Who would not comply on that day, as of now
schedule-forecast = See everyone
schedule-withdraw = Withdraw it
schedule-one = Schedule a policy
schedule-day = Begins on the day ({ $v })
schedule-day-hint = It begins with the first minute of that day.
schedule-begins-wrong = A day from { $v } to { $w }.
schedule-policy = What will hold then
schedule-policy-hint = It begins as the policy of today.
schedule-preview = See whom it concerns
confirm-schedule-title = Schedule this policy?
confirm-schedule = Schedule it
effect-schedule = It holds from the beginning of { $v } on, without anybody’s doing.
effect-schedule-told = Owners and administrators are told by mail.
confirm-withdraw-title = Withdraw this policy?
effect-withdraw = It would have begun { $v }. The policy of today goes on instead.
error-withdraw-floor = Only an owner can withdraw this
error-withdraw-floor-advice = What would go on without it is looser than the owner lets administrators go.
said-scheduled = The policy is scheduled. Owners and administrators were told.
said-already-scheduled = A policy is scheduled for these people already. Withdraw it first.
said-withdrawn = The policy is withdrawn. It will not begin.

# Forecast
forecast-title = Who would not comply
forecast-short = On any day ahead
forecast-lead = Whoever would have to set up a second factor before anything else on a day, if nothing changes until then: exemptions that will have ended, grace that will be over, and scheduled policies count.
forecast-on = On the day
forecast-at = At
forecast-nobody = Everyone would comply.
forecast-past = That day is over. The status report speaks of the past.

# Closing
close-title = Close the account
close-short = For good; takes two
confirm-close-title = Close this account for good?
confirm-close = Ask to close it
effect-close-people =
    { $n ->
        [one] { $n } person can no longer sign in; every session ends.
       *[other] { $n } people can no longer sign in; every session ends.
    }
effect-close-enrolled =
    { $n ->
        [one] The second factor of { $n } person opens nothing any more.
       *[other] The second factors of { $n } people open nothing any more.
    }
effect-close-programs =
    { $n ->
        [0] No program uses the API in its own name.
        [one] { $n } program loses its access to the API.
       *[other] { $n } programs lose their access to the API.
    }
effect-close-schedules =
    { $n ->
        [one] { $n } scheduled policy never begins.
       *[other] { $n } scheduled policies never begin.
    }
effect-close-approvals =
    { $n ->
        [one] { $n } act that waits for approval is never carried out.
       *[other] { $n } acts that wait for approval are never carried out.
    }
effect-close-log = The log stays, and whoever runs the server can still read it.
effect-close-final = There is no way back.
takes-at-once = It happens at once.
takes-second-owner = It takes a second owner: nothing happens before another owner approves it.
takes-wait = Nobody else can approve it, so it waits 72 hours. Everyone of the team is told, and any owner or administrator can cancel it.

# Help for one person
second-factor = Second factor
help-waits = A reset waits. It holds from
help-asked-by = Asked for by
help-waits-hint = They can object under “Your security”, or by using their second factor until then. Whoever may help them can stop it as well.
help-exempt-until = Exempt from the second factor until
help-exempt-end = End the exemption now
help-ticket-open = An enrolment ticket is open until
help-unlock = Lift their locks
help-unlock-hint = After too many wrong tries nothing is looked at until then.
help-ticket = Issue an enrolment ticket
help-ticket-hint = A code that, with their password, sets up a second factor. You tell it to them yourself.
help-exempt = Exempt for a while
help-exempt-hint = They sign in with the password alone until it ends by itself.
help-reset = Reset their second factor
help-reset-hint = For a lost phone, or one in wrong hands. You see what it does first.
obstacle-title = They cannot set up a second factor now
obstacle-event = Set by
obstacle-fix = What helps
obstacle-erased = They were erased.
obstacle-erased-fix = Nothing. Add them anew.
obstacle-deactivated = They are deactivated.
obstacle-deactivated-fix = Let them sign in again, below.
obstacle-no-password = They have not set a password yet.
obstacle-no-password-fix = They use the link in their invitation; you can send another one below.
obstacle-password-spent = Too many wrong codes were shown behind their password, so it opens nothing any more.
obstacle-password-spent-fix = They choose another one at “Forgot your password?”.
obstacle-hard-cap = Too many wrong tries locked them.
obstacle-hard-cap-fix = Lift their locks.
obstacle-tries-spent = Too many wrong codes in a row: for a while none is looked at.
obstacle-tries-spent-fix = They wait a little, or you lift their locks.
obstacle-account-disabled = Two-factor authentication is disabled for everyone in this account.
obstacle-account-disabled-fix = An owner enables it again under Policy.
obstacle-exemption = They are exempt, and a session without a second factor sets none up.
obstacle-exemption-fix = Wait for its end, or end it now.
obstacle-ticket-needed = After a compromise only an enrolment ticket sets up a new one.
obstacle-ticket-needed-fix = Issue an enrolment ticket.
obstacle-compromise-fresh = After a compromise they left the team: a new one is set up 72 hours after their change of role, as nobody issues tickets for customers.
obstacle-compromise-fresh-fix = Wait, or give them a role in the team again.
obstacle-mailbox-too-fresh = Their password was reset by mail, and the same mailbox does not vouch for a new factor for 72 hours.
obstacle-mailbox-too-fresh-fix = Wait, or issue an enrolment ticket to a member of the team.
obstacle-address-replaced = Staff replaced their e-mail address, and the new mailbox does not vouch for a factor for 72 hours.
obstacle-address-replaced-fix = Wait, or issue an enrolment ticket to a member of the team.
obstacle-nothing-to-bind = None of the kinds that the policy allows them can be set up on this installation.
obstacle-nothing-to-bind-fix = Allow another kind under Policy, or ask whoever runs the installation to set up what is missing.
obstacle-too-many-factors = They have as many second factors as one can have.
obstacle-too-many-factors-fix = They remove one that they no longer use.
effect-reset-waits = Nothing happens for 72 hours. They are told at once, by every channel that there is.
effect-reset-object = If they object, or use their second factor in that time, it is off.
confirm-reset-later = Ask for the reset
confirm-ticket-title = Issue an enrolment ticket?
confirm-ticket = Issue and show it
effect-ticket = With it and their password they set up a second factor; no mailed code is needed.
effect-ticket-once = It works once, for 24 hours, and bears five wrong tries. A newer one replaces it.
effect-ticket-tell = Tell it to them in person or by telephone, not by mail.
ticket-title = The enrolment ticket
ticket-shown-once = It is shown now and never again. Whoever has it and the password can set up the second factor.
ticket-done = I have passed it on
confirm-exempt-title = Exempt this person for a while?
confirm-exempt = Exempt
exempt-for = For how long
exempt-for-hint = Counted from now; at most seven days. Where it takes a second owner, leave time for that.
effect-exempt = They sign in with the password alone; what takes a second factor stays closed to them.
effect-exempt-end = It ends by itself, and sessions that rest on it with it. Their second factor stays as it is.
effect-exempt-binds = Meanwhile nobody sets up or changes a second factor with such a session.
effect-exempt-lock = It lifts no lock. A newer exemption takes its place.
said-already-waits = The same was asked for already. It waits.
said-exempted = They can sign in without a second factor until the exemption ends. They were told by mail.
said-exemption-ended = The exemption is over.
error-not-enabled = They have no second factor
error-not-enabled-advice = There is nothing to reset.
error-has-factor = They have a second factor already
error-has-factor-advice = A ticket sets up a first one. Reset theirs before, if it is lost.
error-ticket-team = Tickets are for members of the team
error-ticket-team-advice = Nobody issues one to a customer. A reset waits 72 hours; then they set up a new factor with a mailed code.
error-resets-spent = You have asked for enough resets within the hour
error-resets-spent-advice = Wait a while, or ask an administrator.
error-help-spent = This person was given as much of this help as there is in an hour, or in a day
error-help-spent-advice = Each time tells them by every way there is. Wait a while.
error-people-spent = You have helped as many different people as one may within an hour, or a day
error-people-spent-advice = That is on record. Wait a while, or ask another administrator.
error-address-disputed = Somebody at the address before disputes this change
error-address-disputed-advice = Another of staff than whoever made the change, or another owner, gives their word; or put the address right first.
error-address-in-correction = Staff are correcting this address, and the new one is not confirmed yet
error-address-in-correction-advice = No way back goes to the one that is wrong. Have the new one confirmed, ask for another one, or cancel the change, and then give your word.
error-already-frozen = This sign-in is frozen already
error-already-frozen-advice = An administrator or owner freezes it anew, or stops a way back that waits.
error-reads-spent = You have searched for enough, or taken enough files away, within the hour
error-reads-spent-advice = What others are shown of people is on record, each search and each file by itself. Wait a while.
error-another-owner = This takes another owner
error-another-owner-advice = Nobody approves their own request, or what is about themselves.
error-overtaken = It is overtaken
error-overtaken-advice = It was carried out, cancelled, or has ended; or who asked for it may not do it any more.
manage = Manage

# Past sign-ins under another policy
what-if-try = Try it on past sign-ins
what-if-title = How past sign-ins would have gone
what-if-lead = Each sign-in on record is decided once more, as if this policy had held from the first day shown. Nothing is changed by looking.
what-if-unchanged = It is the policy of today.
what-if-spans = Days that are gone through
what-if-sign-ins = Sign-ins
what-if-same = As they went
what-if-nothing = Nobody signed in during these days.
what-if-no-difference = Every sign-in would have gone as it went.
what-if-otherwise = What would have been otherwise
what-if-events = How often
what-if-people = People
what-if-who = Who (how often)
what-if-extra-prompts = Asked for a second factor, and was not
what-if-fewer-prompts = Not asked for a second factor, and was
what-if-without-factor = Had no second factor that counts, and would have had to set one up first
what-if-need-not-bind = Had to set up a second factor, and would not have had to
what-if-no-session = Sessions that would not have started
what-if-cut-short = Sessions that would have been over while they were in use
what-if-by-day = Day by day
what-if-plot = Second factors asked for, more and fewer, by day (UTC)
what-if-day = Day (UTC)
what-if-more = Asked more
what-if-fewer = Asked fewer
what-if-bindings = To set up first
what-if-no-bindings = No longer to set up
what-if-none-started = Sessions not started
what-if-untold = What cannot be told
what-if-after-binding = sign-ins after a second factor would have had to be set up: they count as neither more nor fewer.
what-if-decided-otherwise = sign-ins that today’s rules decide otherwise than they were decided then: they are not compared.
what-if-supposed-answered = codes that were never asked for: each is taken as shown at once, and the device as trusted again where it was before.
what-if-never-answered = sign-ins that stopped at the second factor and would have been let in: what would have followed is not known.
what-if-never-offered = sign-ins at which the device could have been trusted, and nobody was asked: taken as not wanted where it never was before.
what-if-refused = wrong passwords and codes: they stay wrong, and another limit of failures locks nobody here.
what-if-sessions-cut-short = sessions that would have been over while they were in use: the sign-ins that would have followed are not counted.
what-if-save = Save this policy …
