-- When somebody of an account was erased last: asked whenever a file with names is written or taken. Few events are
-- one, so that this holds as many rows as people were erased.

create index twofold.events_erasures on events (account_id, account_seq) where event_type = 'PersonErased';
