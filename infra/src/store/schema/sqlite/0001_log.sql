-- The log and the rows that change with it (log.db). Ids are 16-byte blobs, times microseconds since
-- 1970 from the application's clock.

create table twofold.events (
    aggregate_type text    not null,
    aggregate_id   text    not null,
    sequence       integer not null check (sequence > 0),
    event_type     text    not null,
    event_version  text    not null,
    payload        text    not null,
    metadata       text    not null,
    account_id     blob    not null,
    account_seq    integer not null check (account_seq > 0),
    recorded_at    integer not null,
    primary key (aggregate_id, aggregate_type, sequence),
    unique (account_id, account_seq)
);

create table twofold.counters (
    account_id blob    not null primary key,
    last_seq   integer not null default 0,
    last_at    integer not null default 0,
    roster_seq integer not null default 0
) without rowid;

create table twofold.account_slugs (
    slug       text not null primary key,
    account_id blob not null unique
);

create table twofold.claims (
    account_id blob not null,
    kind       text not null,
    key        blob not null,
    owner      blob not null,
    primary key (account_id, kind, key)
) without rowid;

create table twofold.verifiers (
    verifier_id blob not null primary key,
    account_id  blob not null,
    owner       blob not null,
    sealed      blob not null
);
create index twofold.verifiers_owner on verifiers (account_id, owner);

create table twofold.keys (
    account_id blob    not null,
    subject    blob    not null,
    version    integer not null,
    wrapped    blob    not null,
    primary key (account_id, subject, version)
);

create table twofold.outbox (
    message_id blob    not null primary key,
    account_id blob    not null,
    kind       text    not null,
    subject    blob,
    sealed     blob    not null,
    due_at     integer not null,
    attempts   integer not null default 0
);
create index twofold.outbox_due on outbox (due_at);
create index twofold.outbox_account on outbox (account_id, due_at);

create table twofold.idempotency (
    account_id  blob    not null,
    scope       blob    not null,
    fingerprint blob    not null,
    response    blob    not null,
    expires_at  integer not null,
    primary key (account_id, scope)
);
create index twofold.idempotency_expiry on idempotency (expires_at);

create table twofold.roster (
    account_id blob    not null,
    user_id    blob    not null,
    generation integer not null,
    primary key (account_id, user_id)
) without rowid;

-- Accounts with events that some projector may not have seen.
create table twofold.pending (
    account_id blob not null primary key
) without rowid;

-- History is only ever added to. SQLite lets `insert or replace` delete without asking a delete
-- trigger, so an insert that is not the next of its account and of its stream is refused as well.
create trigger twofold.events_no_update before update on events
begin
    select raise(abort, 'the log is append-only: update refused');
end;

create trigger twofold.events_no_delete before delete on events
begin
    select raise(abort, 'the log is append-only: delete refused');
end;

create trigger twofold.events_next_only before insert on events
when new.account_seq <> 1 + coalesce((
        select e.account_seq from events e where e.account_id = new.account_id
        order by e.account_seq desc limit 1), 0)
    or new.sequence <> 1 + coalesce((
        select e.sequence from events e
        where e.aggregate_id = new.aggregate_id and e.aggregate_type = new.aggregate_type
        order by e.sequence desc limit 1), 0)
begin
    select raise(abort, 'the log is append-only: not the next event');
end;
