-- Messages have a purpose, an end, and an outcome. One that ended goes, with what it said, in the append that
-- records its outcome: a row of x_outbox without a sealed message names one that ended. A message that
-- somebody took has a fence, the number of its attempts: whoever was too slow finds another number there.

alter table twofold.outbox
    add column purpose    text   not null default 'notice',
    add column letter     text   not null default 'message',
    add column queued_at  bigint not null default 0,
    add column expires_at bigint not null default 0;
-- Whatever waited before is a notice of the day it was due.
update twofold.outbox set queued_at = due_at, expires_at = due_at + 259200000000;
create index outbox_kind on twofold.outbox (kind, due_at);
create index outbox_subject on twofold.outbox (account_id, subject);

-- How many codes and links went out on a day, to a person, from an account, and from it into a country.
create table twofold.message_counts (
    account_id uuid   not null,
    day        bigint not null,
    channel    text   collate "C" not null,
    whose      text   collate "C" not null,
    used       bigint not null default 0,
    primary key (account_id, day, channel, whose)
);

-- As in 0004 but for what x_outbox may say.
create or replace function twofold.append(
    m_account uuid[], m_at bigint[], m_latest bigint[], m_roster bigint[], m_opens boolean[],
    s_member int[], s_kind text[], s_id text[], s_head bigint[],
    e_member int[], e_kind text[], e_id text[], e_sequence bigint[],
    e_type text[], e_version text[], e_payload text[], e_metadata text[],
    x_slugs jsonb, x_releases jsonb, x_claims jsonb, x_idempotency jsonb, x_roster jsonb,
    x_destroyed_verifiers jsonb, x_verifiers jsonb, x_destroyed_keys jsonb, x_keys jsonb, x_outbox jsonb
) returns table (
    r_member int, r_verdict int, r_detail bigint, r_first bigint, r_last bigint, r_at bigint,
    r_fingerprint bytea, r_response bytea
)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
declare
    opened   uuid[];
    verdicts int[];
    details  bigint[];
    rosters  int[];
    answered bigint;
begin
    -- Locks come in one order everywhere: new counters, counters, slugs, each sorted.
    if true = any (m_opens) then
        with added as (
            insert into twofold.counters as c (account_id)
            select distinct m.account from unnest(m_account, m_opens) m (account, opens)
            where m.opens order by m.account
            on conflict do nothing returning c.account_id
        )
        select array_agg(a.account_id) into opened from added a;
    end if;

    perform 1 from twofold.counters c where c.account_id = any (m_account)
    order by c.account_id for no key update;

    -- From here on nobody else writes to these accounts, and each statement sees what was written last.
    verdicts := array_fill(0, array[cardinality(m_account)]);
    details := array_fill(null::bigint, array[cardinality(m_account)]);

    for r_member, r_verdict in
        select m.member, case
            when m.counter is null then 1
            when m.roster <> m.roster_seq then 4
            else 7
        end
        from (
            select m.member, m.roster, m.latest, c.account_id as counter, c.roster_seq,
                greatest(c.last_at, max(m.at) over (partition by m.account order by m.member
                    rows between unbounded preceding and 1 preceding)) as floor
            from unnest(m_account, m_at, m_latest, m_roster)
                with ordinality m (account, at, latest, roster, member)
            left join twofold.counters c on c.account_id = m.account
        ) m
        where m.counter is null or m.roster <> m.roster_seq or m.floor > m.latest
    loop
        verdicts[r_member] := r_verdict;
    end loop;

    for r_member, r_detail in
        select s.member, min(s.place)
        from unnest(s_member, s_kind, s_id, s_head) with ordinality s (member, kind, id, head, place)
        where s.head <> coalesce((
            select e.sequence from twofold.events e
            where e.aggregate_id = s.id and e.aggregate_type = s.kind
            order by e.sequence desc limit 1), 0)
        group by s.member
    loop
        if verdicts[r_member] <> 1 then
            verdicts[r_member] := 3;
            details[r_member] := r_detail;
        end if;
    end loop;

    if x_idempotency is not null then
        for r_member, r_fingerprint, r_response in
            select x.m, i.fingerprint, i.response
            from jsonb_to_recordset(x_idempotency) as x (m int, scope bytea)
            join twofold.idempotency i on i.account_id = m_account[x.m] and i.scope = x.scope
            where i.expires_at > m_at[x.m]
        loop
            verdicts[r_member] := 2;
            r_verdict := 2;
            r_detail := null;
            return next;
        end loop;
        r_fingerprint := null;
        r_response := null;
    end if;

    if x_claims is not null then
        for r_member, r_detail in
            select x.m, min(x.place)
            from rows from (jsonb_to_recordset(x_claims) as (m int, kind text, key bytea, owner uuid))
                with ordinality as x (m, kind, key, owner, place)
            join twofold.claims c
                on c.account_id = m_account[x.m] and c.kind = x.kind and c.key = x.key and c.owner <> x.owner
            where verdicts[x.m] = 0 and not exists (
                select from jsonb_to_recordset(x_releases) as r (m int, kind text, key bytea, owner uuid)
                where r.m = x.m and r.kind = c.kind and r.key = c.key and r.owner = c.owner)
            group by x.m
        loop
            verdicts[r_member] := 5;
            details[r_member] := r_detail;
        end loop;
    end if;

    if x_slugs is not null then
        insert into twofold.account_slugs (slug, account_id)
        select x.slug, m_account[x.m] from jsonb_to_recordset(x_slugs) as x (m int, slug text)
        where verdicts[x.m] = 0 order by x.slug
        on conflict do nothing;
        for r_member in
            select x.m from jsonb_to_recordset(x_slugs) as x (m int, slug text)
            where verdicts[x.m] = 0 and not exists (
                select from twofold.account_slugs s where s.slug = x.slug and s.account_id = m_account[x.m])
        loop
            verdicts[r_member] := 6;
        end loop;
    end if;

    -- All verdicts stand; what follows is written for the members with verdict 0 only.
    if x_releases is not null then
        delete from twofold.claims c
        using jsonb_to_recordset(x_releases) as x (m int, kind text, key bytea, owner uuid)
        where verdicts[x.m] = 0 and c.account_id = m_account[x.m] and c.kind = x.kind and c.key = x.key
            and c.owner = x.owner;
    end if;
    if x_claims is not null then
        insert into twofold.claims (account_id, kind, key, owner)
        select m_account[x.m], x.kind, x.key, x.owner
        from jsonb_to_recordset(x_claims) as x (m int, kind text, key bytea, owner uuid)
        where verdicts[x.m] = 0
        on conflict do nothing;
    end if;
    if x_idempotency is not null then
        insert into twofold.idempotency as i (account_id, scope, fingerprint, response, expires_at)
        select m_account[x.m], x.scope, x.fingerprint, x.response, x.expires_at
        from jsonb_to_recordset(x_idempotency)
            as x (m int, scope bytea, fingerprint bytea, response bytea, expires_at bigint)
        where verdicts[x.m] = 0
        on conflict (account_id, scope) do update
        set fingerprint = excluded.fingerprint, response = excluded.response, expires_at = excluded.expires_at;
    end if;
    if x_roster is not null then
        select array_agg(distinct x.m) into rosters from jsonb_to_recordset(x_roster) as x (m int);
        delete from twofold.roster r
        using jsonb_to_recordset(x_roster) as x (m int, "user" uuid, generation bigint)
        where verdicts[x.m] = 0 and x.generation is null
            and r.account_id = m_account[x.m] and r.user_id = x."user";
        insert into twofold.roster as r (account_id, user_id, generation)
        select m_account[x.m], x."user", x.generation
        from jsonb_to_recordset(x_roster) as x (m int, "user" uuid, generation bigint)
        where verdicts[x.m] = 0 and x.generation is not null
        on conflict (account_id, user_id) do update set generation = excluded.generation;
    end if;
    if x_destroyed_verifiers is not null then
        delete from twofold.verifiers v using jsonb_to_recordset(x_destroyed_verifiers) as x (m int, id uuid)
        where verdicts[x.m] = 0 and v.verifier_id = x.id and v.account_id = m_account[x.m];
    end if;
    if x_verifiers is not null then
        insert into twofold.verifiers as v (verifier_id, account_id, owner, sealed)
        select x.id, m_account[x.m], x.owner, x.sealed
        from jsonb_to_recordset(x_verifiers) as x (m int, id uuid, owner uuid, sealed bytea)
        where verdicts[x.m] = 0
        on conflict (verifier_id) do update set sealed = excluded.sealed
        where v.account_id = excluded.account_id and v.owner = excluded.owner;
    end if;
    if x_destroyed_keys is not null then
        delete from twofold.keys k using jsonb_to_recordset(x_destroyed_keys) as x (m int, subject uuid)
        where verdicts[x.m] = 0 and k.subject = x.subject and k.account_id = m_account[x.m];
        delete from twofold.outbox o using jsonb_to_recordset(x_destroyed_keys) as x (m int, subject uuid)
        where verdicts[x.m] = 0 and o.subject = x.subject and o.account_id = m_account[x.m];
    end if;
    if x_keys is not null then
        insert into twofold.keys as k (account_id, subject, version, wrapped)
        select m_account[x.m], x.subject, x.version, x.wrapped
        from jsonb_to_recordset(x_keys) as x (m int, subject uuid, version bigint, wrapped bytea)
        where verdicts[x.m] = 0
        on conflict (account_id, subject, version) do update set wrapped = excluded.wrapped;
    end if;
    if x_outbox is not null then
        delete from twofold.outbox o using jsonb_to_recordset(x_outbox) as x (m int, id uuid, sealed bytea)
        where verdicts[x.m] = 0 and x.sealed is null
            and o.message_id = x.id and o.account_id = m_account[x.m];
        insert into twofold.outbox
            (message_id, account_id, kind, purpose, letter, subject, sealed, queued_at, due_at, expires_at)
        select x.id, m_account[x.m], x.kind, x.purpose, x.letter, x.subject, x.sealed, x.due_at, x.due_at,
            x.expires_at
        from jsonb_to_recordset(x_outbox) as x (m int, id uuid, kind text, purpose text, letter text,
            subject uuid, sealed bytea, due_at bigint, expires_at bigint)
        where verdicts[x.m] = 0 and x.sealed is not null
        on conflict do nothing;
    end if;

    return query
    with numbered as (
        select e.*, c.account_id,
            c.last_seq + row_number() over w as account_seq,
            greatest(c.last_at, max(m_at[e.member]) over w) as recorded_at
        from unnest(e_member, e_kind, e_id, e_sequence, e_type, e_version, e_payload, e_metadata)
            with ordinality e (member, kind, id, sequence, type, version, payload, metadata, place)
        join twofold.counters c on c.account_id = m_account[e.member]
        where verdicts[e.member] = 0
        window w as (partition by c.account_id order by e.place)
    ), recorded as (
        insert into twofold.events (aggregate_type, aggregate_id, sequence, event_type, event_version,
            payload, metadata, account_id, account_seq, recorded_at)
        select n.kind, n.id, n.sequence, n.type, n.version,
            n.payload::json, n.metadata::json, n.account_id, n.account_seq, n.recorded_at
        from numbered n
    ), counted as (
        update twofold.counters c
        set last_seq = a.last, last_at = a.at, roster_seq = coalesce(a.roster, c.roster_seq)
        from (
            select n.account_id, max(n.account_seq) as last, max(n.recorded_at) as at,
                max(n.account_seq) filter (where n.member = any (rosters)) as roster
            from numbered n group by n.account_id
        ) a where c.account_id = a.account_id
    ), announced as (
        insert into twofold.pending (account_id)
        select distinct n.account_id from numbered n order by 1
        on conflict do nothing
    )
    select n.member, 0, null::bigint, min(n.account_seq), max(n.account_seq), max(n.recorded_at),
        null::bytea, null::bytea
    from numbered n group by n.member;
    get diagnostics answered = row_count;

    -- Refused members, and members that recorded rows but no event.
    if answered < cardinality(m_account) then
        return query
        select m.member::int, verdicts[m.member], details[m.member],
            c.last_seq + 1, c.last_seq, c.last_at, null::bytea, null::bytea
        from unnest(m_account) with ordinality m (account, member)
        left join twofold.counters c on c.account_id = m.account
        where verdicts[m.member] <> 2 and (verdicts[m.member] <> 0 or m.member <> all (e_member));
    end if;

    -- An account whose opening was refused was never there.
    if opened is not null then
        delete from twofold.counters c
        where c.account_id = any (opened) and not exists (
            select from unnest(m_account) with ordinality m (account, member)
            where m.account = c.account_id and verdicts[m.member] = 0);
    end if;
end
$$;

drop function twofold.take_messages(bigint, bigint, bigint);

-- Messages of one way that are due, hidden from others until `hidden_until`. Another taker's are passed over.
create function twofold.take_messages(by_kind text, now bigint, hidden_until bigint, at_most bigint)
returns table (
    message_id uuid, account_id uuid, kind text, subject uuid, sealed bytea, attempts bigint,
    purpose text, letter text, queued_at bigint, due_at bigint, expires_at bigint
)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    update twofold.outbox o set due_at = hidden_until, attempts = o.attempts + 1
    from (
        select d.message_id, d.due_at from twofold.outbox d where d.due_at <= now and d.kind = by_kind
        order by d.due_at limit at_most for update skip locked
    ) due
    where o.message_id = due.message_id
    returning o.message_id, o.account_id, o.kind, o.subject, o.sealed, o.attempts,
        o.purpose, o.letter, o.queued_at, due.due_at, o.expires_at;
$$;

drop function twofold.delay_message(uuid, bigint);

-- To be tried again, not before `due`, unless somebody else took it meanwhile.
create function twofold.delay_message(message uuid, fence bigint, due bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    update twofold.outbox o set due_at = due where o.message_id = message and o.attempts = fence;
$$;

-- Counts one message against several budgets, each a name and how many there may be, all or none. The place
-- of the first that is spent, from 1; 0 if it was counted.
create function twofold.count_message(account uuid, on_day bigint, by_channel text, names text[], most bigint[])
returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    spent int;
begin
    insert into twofold.message_counts (account_id, day, channel, whose)
    select account, on_day, by_channel, n.name from unnest(names) n (name) order by n.name
    on conflict do nothing;
    perform 1 from twofold.message_counts c
    where c.account_id = account and c.day = on_day and c.channel = by_channel and c.whose = any (names)
    order by c.whose for update;
    select min(n.place) into spent
    from unnest(names, most) with ordinality n (name, most, place)
    join twofold.message_counts c
        on c.account_id = account and c.day = on_day and c.channel = by_channel and c.whose = n.name
    where c.used >= n.most;
    if spent is not null then
        return spent;
    end if;
    update twofold.message_counts c set used = c.used + 1
    where c.account_id = account and c.day = on_day and c.channel = by_channel and c.whose = any (names);
    return 0;
end
$$;

-- Counts of days before `day`.
create function twofold.purge_counts(before bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    delete from twofold.message_counts c where c.day < before;
$$;

revoke all on function twofold.take_messages, twofold.delay_message, twofold.count_message, twofold.purge_counts
from public;

do $$
begin
    if exists (select from pg_roles where rolname = 'twofold_serve') then
        grant select on twofold.message_counts to twofold_serve;
        grant execute on function twofold.take_messages, twofold.delay_message, twofold.count_message,
            twofold.purge_counts to twofold_serve;
    end if;
end
$$;
