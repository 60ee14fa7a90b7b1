-- Files of reports that are written in the background: who writes one now, how far it is, and its sealed pieces.
-- Which files there are, whose they are, and what became of them is in the log; all of this can be thrown away and
-- written again. A writer has a fence, the number of its attempt, and its pieces are kept apart from another's.

create table twofold.report_files (
    job_id      uuid   primary key,
    account_id  uuid   not null,
    attempts    bigint not null default 0,
    lease_until bigint not null,
    rows_done   bigint not null default 0,
    rows_of     bigint,
    bytes_done  bigint not null default 0
);

create table twofold.report_pieces (
    job_id  uuid   not null,
    attempt bigint not null,
    place   bigint not null,
    sealed  bytea  not null,
    primary key (job_id, attempt, place)
);

-- Takes a file that nobody writes now. The number of the attempt; 0 where somebody else has it.
create function twofold.take_report(job uuid, account uuid, now bigint, until bigint) returns bigint
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with taken as (
        insert into twofold.report_files as f (job_id, account_id, attempts, lease_until)
        values (job, account, 1, until)
        on conflict (job_id) do update
        set attempts = f.attempts + 1, lease_until = excluded.lease_until, rows_done = 0, rows_of = null, bytes_done = 0
        where f.lease_until <= now and f.account_id = excluded.account_id
        returning f.attempts
    )
    select coalesce((select t.attempts from taken t), 0);
$$;

-- How far the attempt is, with one more piece where there is one; false once somebody else took the file.
create function twofold.continue_report(
    job uuid, attempt bigint, until bigint, done bigint, total bigint, bytes bigint, place bigint, piece bytea
) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update twofold.report_files f
    set lease_until = until, rows_done = done, rows_of = total, bytes_done = bytes
    where f.job_id = job and f.attempts = attempt;
    if not found then
        return false;
    end if;
    if piece is not null then
        insert into twofold.report_pieces (job_id, attempt, place, sealed)
        values (job, attempt, continue_report.place, piece);
    end if;
    return true;
end
$$;

-- Forgets every piece of a file but those of one attempt (none where it is 0); with those, the file itself.
create function twofold.forget_report(job uuid, but bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    delete from twofold.report_pieces p where p.job_id = job and p.attempt <> but;
    delete from twofold.report_files f where f.job_id = job and but = 0;
$$;

-- Forgets the pieces of one attempt.
create function twofold.forget_attempt(job uuid, attempt bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    delete from twofold.report_pieces p where p.job_id = job and p.attempt = forget_attempt.attempt;
$$;

revoke all on function twofold.take_report, twofold.continue_report, twofold.forget_report, twofold.forget_attempt
from public;

do $$
begin
    if exists (select from pg_roles where rolname = 'twofold_serve') then
        grant select on twofold.report_files, twofold.report_pieces to twofold_serve;
        grant execute on function twofold.take_report, twofold.continue_report, twofold.forget_report,
            twofold.forget_attempt to twofold_serve;
    end if;
end
$$;
