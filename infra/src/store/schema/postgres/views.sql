-- The read models' schema as 0001 and 0003 made it, where it is not there any more: it is no part of a backup of the
-- log, and may be thrown away as a whole. Runs with every migration, and changes nothing where all of it is there.

create schema if not exists views;

create table if not exists views.checkpoints (
    projection text   not null,
    version    bigint not null,
    account_id uuid   not null,
    position   bigint not null,
    parked     text,
    primary key (projection, version, account_id)
);

create table if not exists views.snapshots (
    aggregate_type text   not null,
    aggregate_id   text   not null,
    state_version  bigint not null,
    sequence       bigint not null,
    state          text   not null,
    primary key (aggregate_type, aggregate_id)
);

-- Tables of read models belong to whoever serves; only what is made here is granted here, and only where it is not yet.
do $$
begin
    if exists (select from pg_roles where rolname = 'twofold_serve') then
        if not has_schema_privilege('twofold_serve', 'views', 'usage')
            or not has_schema_privilege('twofold_serve', 'views', 'create') then
            grant usage, create on schema views to twofold_serve;
            alter default privileges in schema views grant all on tables to twofold_serve;
        end if;
        if not has_table_privilege('twofold_serve', 'views.checkpoints', 'insert') then
            grant all on views.checkpoints to twofold_serve;
        end if;
        if not has_table_privilege('twofold_serve', 'views.snapshots', 'insert') then
            grant all on views.snapshots to twofold_serve;
        end if;
    end if;
end
$$;
