-- What a database has for readers.

-- columns_of_news --
-- Views with their columns, functions with their arguments and what they return: columns, or one value.
select c.relname, obj_description(c.oid, 'pg_class'), a.attname, format_type(a.atttypid, a.atttypmod),
    col_description(c.oid, a.attnum), a.attnum
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'news'::regnamespace and c.relkind = 'v'
union all
select p.proname || '()', obj_description(p.oid, 'pg_proc'), each.name, format_type(each.type, null), null, each.place
from pg_proc p
cross join lateral unnest(
    case when p.proallargtypes is null then p.proargnames || array['returns'] else p.proargnames end,
    coalesce(p.proallargtypes, p.proargtypes::oid[] || p.prorettype)) with ordinality as each (name, type, place)
where p.pronamespace = 'news'::regnamespace
order by 1, 6
