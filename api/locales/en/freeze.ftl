# "This was not me": freezing a sign-in, and the way back. The installation's operator inside an account.

state-frozen = Frozen
rule-frozen = said that it was not them
obstacle-frozen = Their sign-in is frozen.
obstacle-frozen-fix = They come back by the link that is mailed to them; you can vouch for them below.

event-UserFrozen = Sign-in frozen
event-ThawAllowed = Way back without a second factor opened
event-ThawStopped = Way back without a second factor closed
event-UserThawed = Sign-in works again
event-OperatorGranted = The operator is let act in this account
event-OperatorGrantRevoked = Leave for the operator ended
told-thaw-from = Open from { $v }
value-way-back = way back to a frozen sign-in
value-way-frozen = frozen sign-in
value-way-operator = the operator of the installation
value-locks = locks and waits
value-thaw = to come back
value-frozen-own-link = by the link in a notice to the person
value-frozen-former-link = by the link in a notice to the address before
value-frozen-self = by the person
value-frozen-staff = by staff
value-thawed-factor = with a second factor or a recovery code
value-thawed-allowed = without a second factor, as it was allowed
value-objected-frozen = the sign-in was frozen
value-grant-operator = let the operator act in this account
value-admin-link = made a set-up link for a member of the team
value-admin-unlock = lifted the locks of a person
value-read-names = printed a report with the names of people
value-import-tokens = brought hardware tokens into the stock

guarded-operator = Letting the operator act here
guarded-operator-hint = For a while, from the command line of the installation.

not-me-title = Was it not you?
not-me-lead = This freezes your sign-in to { $w } in { $v }.
not-me-what = Every session ends, on every device. No device is trusted any more. No password, code, link, or API token of yours opens anything, until you are back with a new password.
not-me-back = You come back with a link to your e-mail address and your second factor or a recovery code. If you have neither, it takes longer.
not-me-freeze = Freeze my sign-in
own-not-me = Was something here not you?
own-not-me-hint = Freeze your sign-in at once. You are signed out everywhere, this session included.

frozen-title = Your sign-in is frozen
frozen-lead = Nobody comes in as you now, not even you.
frozen-next = What comes next
frozen-next-mail = We have sent you a link. Open it, show your second factor or a recovery code, and choose a new password.
frozen-next-again = Have another link sent
frozen-recent = What happened lately
frozen-recent-lead = Tell the administrators which of these was not you.
frozen-recent-none = Nothing to show.
frozen-gave = What was done in your name
frozen-gave-lead = The freeze ends none of this. Each stays until an owner or an admin ends it: in the console under Programs, Operator, Recovery, People, and Policy. Tell them at once which was not you.

frozen-ask-title = Come back to a frozen sign-in
frozen-ask-lead = If the sign-in of this address at { $v } is frozen, we send it a link back.
frozen-ask-send = Send the link
frozen-ask-link = Your sign-in is frozen?
said-way-back-mailed = If the sign-in of that address is frozen, a link is on its way.
said-thawed = Your sign-in works again. Sign in with your new password, or through your identity provider.
said-froze = Their sign-in is frozen, and they were told.
said-vouched = A link back is on its way to them.
said-thaw-waits = They were told. The link back takes no second factor after the wait.

thaw-title = Come back to your sign-in
thaw-lead = Your sign-in to { $w } in { $v } is frozen. This is the way back.
thaw-no-password = You sign in through your identity provider: no password is set here.
thaw-no-code = No code is needed beside this link any more.
thaw-do = Come back
thaw-nothing = I have none of these
thaw-has-nothing = You have no second factor here that could be shown.
thaw-wait-lead = Then a wait takes its place. You are told by every way we have, and anybody concerned can stop it.
thaw-wait-do = Ask for the wait
thaw-team-lead = Then an owner or an admin of your team has to vouch for you. Ask one of them, then have a link sent again.
thaw-waits-until = Without a code this works from
thaw-waits-later = Ask for another link then.
thaw-doubted = This cannot be had yet: your password was reset by mail, or your address changed, a short while ago. Come back at { $v }.
thaw-same = Choose a password that you did not have before.
thaw-signs-in-as = You sign in as { $v } from now on.

freeze-somebody = Freeze the sign-in
freeze-somebody-hint = If somebody else may be in: every session ends, nothing is trusted, and nobody comes in until the person is back with a new password.
unfreeze-somebody = Vouch for the way back
unfreeze-somebody-hint = Only where you are sure that it is them who asks. You see nothing of it.
unfreeze-team-hint = A link is mailed to the person, and takes no second factor. It sets a new password; you see nothing of it. Be sure that it is them who asks.
unfreeze-customer-hint = A link is mailed to the person. Without a second factor it works after 72 hours, of which they are told.
frozen-since = Frozen since
frozen-opens = Opens without a second factor from
frozen-goes-to = The link back goes to { $v }.
frozen-address-changed = Their address last changed on { $v }. Look whether the link goes to a mailbox of theirs; where it does not, put the address right first.
frozen-disputed = The address before said “not me” of that change. Whoever made it cannot vouch for them: another of staff who was here before can, or another owner, and not before 72 hours after it; a sole owner’s own word holds 72 hours after it is given.

menu-operator = Operator
operator-title = The operator of this installation
operator-lead = Whoever runs the servers has no role in this account. They do something here only as long as an owner lets them, and each time it is in the audit log and told to the owners.
operator-none = The operator is not let do anything.
operator-now = Is let, until
operator-by = Granted by
operator-end = End it now
operator-grant = Let the operator act
operator-what = What for
operator-scope-link = Make a set-up link for a member of the team
operator-scope-unlock = Lift the locks of a person
operator-scope-read = Print reports with the names of people
operator-scope-import = Bring hardware tokens into the stock
operator-hours = For how many hours, at most 72
operator-for-hours = { $n ->
    [one] For one hour
   *[other] For { $n } hours
}
operator-do = Let them
operator-limit = This keeps the program. Whoever holds the database and the master key can read all of it without asking; pseudonymous reports and the checks of the log take no grant.
operator-acts = What they did
operator-acts-none = Nothing yet.
operator-wrong = Choose what for, and a number of hours from 1 to 72.
said-operator-granted = The operator may act now, and the owners were told.
said-operator-ended = The operator may not any more.
