-- The log and the rows that change with it. Times are microseconds since 1970, from the application's
-- clock. Keys that are text compare by bytes: fast, and alike everywhere. Nothing here is written except
-- through the functions of 0002.

create table twofold.events (
    aggregate_type text   collate "C" not null,
    aggregate_id   text   collate "C" not null,
    sequence       bigint not null check (sequence > 0),
    event_type     text   not null,
    event_version  text   not null,
    payload        json   not null,
    metadata       json   not null,
    account_id     uuid   not null,
    account_seq    bigint not null check (account_seq > 0),
    recorded_at    bigint not null,
    primary key (aggregate_id, aggregate_type, sequence),
    unique (account_id, account_seq)
);

-- One row per account: its lock, its last number, its last instant. Free space keeps updates in place.
create table twofold.counters (
    account_id uuid   primary key,
    last_seq   bigint not null default 0,
    last_at    bigint not null default 0,
    roster_seq bigint not null default 0
) with (fillfactor = 50);

create table twofold.account_slugs (
    slug       text collate "C" primary key,
    account_id uuid not null unique
);

create table twofold.claims (
    account_id uuid  not null,
    kind       text collate "C" not null,
    key        bytea not null,
    owner      uuid  not null,
    primary key (account_id, kind, key)
);

create table twofold.verifiers (
    verifier_id uuid  primary key,
    account_id  uuid  not null,
    owner       uuid  not null,
    sealed      bytea not null
);
create index verifiers_owner on twofold.verifiers (account_id, owner);

create table twofold.keys (
    account_id uuid   not null,
    subject    uuid   not null,
    version    bigint not null,
    wrapped    bytea  not null,
    primary key (account_id, subject, version)
);

create table twofold.outbox (
    message_id uuid   primary key,
    account_id uuid   not null,
    kind       text   not null,
    subject    uuid,
    sealed     bytea  not null,
    due_at     bigint not null,
    attempts   bigint not null default 0
);
create index outbox_due on twofold.outbox (due_at);
create index outbox_account on twofold.outbox (account_id, due_at);

create table twofold.idempotency (
    account_id  uuid   not null,
    scope       bytea  not null,
    fingerprint bytea  not null,
    response    bytea  not null,
    expires_at  bigint not null,
    primary key (account_id, scope)
);
create index idempotency_expiry on twofold.idempotency (expires_at);

create table twofold.roster (
    account_id uuid   not null,
    user_id    uuid   not null,
    generation bigint not null,
    primary key (account_id, user_id)
);

-- Accounts with events that some projector may not have seen.
create table twofold.pending (
    account_id uuid primary key
);

-- History is only ever added to, whoever asks: the owner, too.
create function twofold.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the log is append-only: % on %.% refused', tg_op, tg_table_schema, tg_table_name
        using errcode = 'insufficient_privilege';
end
$$;

create trigger events_append_only before update or delete or truncate on twofold.events
    for each statement execute function twofold.refuse_change();

-- Read models and their checkpoints: disposable.
create schema if not exists views;

create table views.checkpoints (
    projection text   not null,
    version    bigint not null,
    account_id uuid   not null,
    position   bigint not null,
    parked     text,
    primary key (projection, version, account_id)
);

create table views.snapshots (
    aggregate_type text   not null,
    aggregate_id   text   not null,
    state_version  bigint not null,
    sequence       bigint not null,
    state          text   not null,
    primary key (aggregate_type, aggregate_id)
);
