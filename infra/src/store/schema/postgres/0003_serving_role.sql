-- Who may serve: members of the group role twofold_serve. They read the log, execute the functions, and
-- own the read models. A deployment that may not create roles serves as the owner instead.

revoke all on all functions in schema twofold from public;

do $$
begin
    if not exists (select from pg_roles where rolname = 'twofold_serve') then
        create role twofold_serve nologin;
    end if;
exception
    when insufficient_privilege then
        raise notice 'may not create the role twofold_serve: serve as the owner';
    when duplicate_object or unique_violation then
        null; -- another database of this cluster was faster
end
$$;

do $$
begin
    if exists (select from pg_roles where rolname = 'twofold_serve') then
        grant usage on schema twofold to twofold_serve;
        grant select on all tables in schema twofold to twofold_serve;
        grant execute on all functions in schema twofold to twofold_serve;
        grant usage, create on schema views to twofold_serve;
        grant all on all tables in schema views to twofold_serve;
        alter default privileges in schema views grant all on tables to twofold_serve;
    end if;
end
$$;
