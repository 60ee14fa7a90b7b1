-- Files of reports that are written in the background: who writes one now, how far it is, and its sealed pieces.
-- Which files there are, whose they are, and what became of them is in the log; all of this can be thrown away and
-- written again. A writer has a fence, the number of its attempt, and its pieces are kept apart from another's.

create table twofold.report_files (
    job_id      blob    not null primary key,
    account_id  blob    not null,
    attempts    integer not null default 0,
    lease_until integer not null,
    rows_done   integer not null default 0,
    rows_of     integer,
    bytes_done  integer not null default 0
) without rowid;

create table twofold.report_pieces (
    job_id  blob    not null,
    attempt integer not null,
    place   integer not null,
    sealed  blob    not null,
    primary key (job_id, attempt, place)
);
