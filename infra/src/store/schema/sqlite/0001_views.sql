-- Read models, their checkpoints, and snapshots (views.db): disposable as a whole.

create table views.checkpoints (
    projection text    not null,
    version    integer not null,
    account_id blob    not null,
    position   integer not null,
    parked     text,
    primary key (projection, version, account_id)
) without rowid;

create table views.snapshots (
    aggregate_type text    not null,
    aggregate_id   text    not null,
    state_version  integer not null,
    sequence       integer not null,
    state          text    not null,
    primary key (aggregate_type, aggregate_id)
) without rowid;
