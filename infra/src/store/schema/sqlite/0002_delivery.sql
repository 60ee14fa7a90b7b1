-- Messages have a purpose, an end, and an outcome. One that ended goes, with what it said, in the append that
-- records its outcome. A message that somebody took has a fence, the number of its attempts.

alter table twofold.outbox add column purpose    text    not null default 'notice';
alter table twofold.outbox add column letter     text    not null default 'message';
alter table twofold.outbox add column queued_at  integer not null default 0;
alter table twofold.outbox add column expires_at integer not null default 0;
-- Whatever waited before is a notice of the day it was due.
update twofold.outbox set queued_at = due_at, expires_at = due_at + 259200000000;
create index twofold.outbox_kind on outbox (kind, due_at);
create index twofold.outbox_subject on outbox (account_id, subject);

-- How many codes and links went out on a day, to a person, from an account, and from it into a country.
create table twofold.message_counts (
    account_id blob    not null,
    day        integer not null,
    channel    text    not null,
    whose      text    not null,
    used       integer not null default 0,
    primary key (account_id, day, channel, whose)
) without rowid;
