-- robots.txt of each host, as crawls fetched it. Times are the server's.

-- recall_robots --
select body, extract(epoch from now() - read_at)::float8 from lumbung.robots where root = %(root)s

-- keep_robots --
insert into lumbung.robots (root, body) values (%(root)s, %(body)s)
on conflict (root) do update set read_at = now(), body = excluded.body
