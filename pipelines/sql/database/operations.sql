-- The last operation of each session, so that a repetition learns what was committed although the reply was lost.

-- remember_answer --
-- In the transaction that it tells of, as its last statement. Nothing where that transaction has written nothing.
insert into lumbung.operation as o (session, number, answers)
select %(session)s, %(number)s, %(answer)s::jsonb
where pg_current_xact_id_if_assigned() is not null
on conflict (session) do update
set number = excluded.number, at = now(),
    answers = case when o.number = excluded.number then o.answers else '{}' end || excluded.answers

-- answers_so_far --
-- Waits for the transaction that broke off, where the server still works on it: it holds the row that is written here.
insert into lumbung.operation as o (session, number, answers)
values (%(session)s, %(number)s, '{}')
on conflict (session) do update
set number = excluded.number, at = now(), answers = case when o.number = excluded.number then o.answers else '{}' end
returning answers

-- forget_operations --
-- Of sessions that ended long ago: nobody asks for them any more.
delete from lumbung.operation
where session in (select session from lumbung.operation where at < now() - interval '1 day' for update skip locked)
