-- What was missed: of what a publisher published on a day, which share is stored.
--
-- Nobody tells how much there was. Two things tell how much nobody showed us. Lists of different kinds catch the same
-- articles independently, as far as anything of one house is: what one of them lacks of what another shows measures what
-- both lack (Chapman 1951). And a list that was watched without a break has hidden nothing of what it ever showed; where
-- no list was, the time without a witness is filled with what usually appears. Both err to the low side: an estimate
-- above the truth would be a promise, and the upper end of what is likely to be missing is taken.

create function lumbung.unseen(one bigint, other bigint, both_ways bigint) returns double precision
    language sql immutable parallel safe
begin atomic
    select case
        when least(one, other) <= 0 or both_ways >= least(one, other) then 0
        else (one - both_ways) * (other - both_ways) / (both_ways + 1.0)::double precision
    end;
end;
comment on function lumbung.unseen(bigint, bigint, bigint) is
    'How many articles neither of two kinds of list has shown, by how many each and both have (Chapman).';

create function lumbung.unseen_at_most(one bigint, other bigint, both_ways bigint) returns double precision
    language sql immutable parallel safe
begin atomic
    select case
        when least(one, other) <= 0 or both_ways >= least(one, other) then 0
        else lumbung.unseen(one, other, both_ways) * exp(1.645 * sqrt(ln(1 + (one + 1.0) * (other + 1)
            / ((one - both_ways)::double precision * (other - both_ways) * (both_ways + 2)))))
    end;
end;
comment on function lumbung.unseen_at_most(bigint, bigint, bigint) is
    'The same, not exceeded in nineteen of twenty cases (variance by Seber 1970, its logarithm taken for normal as by Chao 1987).';

create function lumbung.expected_in(hours double precision, usual double precision) returns double precision
    language sql immutable parallel safe
begin atomic
    -- Newsrooms sleep: a day's news appears in twelve hours, and twelve may be those.
    select case
        when hours <= 0 then 0
        else usual * least(1, hours / 12) + 1.645 * sqrt(usual * least(1, hours / 12))
    end;
end;
comment on function lumbung.expected_in(double precision, double precision) is
    'How many articles appear at most in so many hours of a day that usually has so many; NULL where that is not known.';

create function lumbung.share(stored bigint, known bigint, unseen double precision) returns double precision
    language sql immutable parallel safe
begin atomic
    select case when known > 0 then least(1, stored / (greatest(known, stored) + greatest(unseen, 0))) end;
end;
comment on function lumbung.share(bigint, bigint, double precision) is 'The share that is stored of what is known and what is not.';

create function lumbung.names_of_ways(ways int) returns text[]
    language sql immutable parallel safe
begin atomic
    select array_remove(
        array[case when ways & 1 > 0 then 'feed' end, case when ways & 2 > 0 then 'sitemap' end,
            case when ways & 4 > 0 then 'index by day' end, case when ways & 8 > 0 then 'list of the newest' end],
        null);
end;
comment on function lumbung.names_of_ways(int) is 'The names of kinds of list, of lumbung.page.ways.';

create function lumbung.hours_of(times tstzmultirange) returns double precision
    language sql immutable parallel safe
begin atomic
    select coalesce(sum(extract(epoch from upper(t) - lower(t))) / 3600, 0)::double precision from unnest(times) as t;
end;
comment on function lumbung.hours_of(tstzmultirange) is 'How long these times are together.';

-- Wanted and not read: other reasons say that a page is no article, or none for us.
create index rejection_unread on lumbung.rejection (publisher, rejected_at)
    where reason in ('no_headline', 'no_body', 'too_short', 'consent_wall', 'blocked', 'too_large', 'over_limit');

create view news.completeness as
with day as (
    select
        p.publisher, p.timezone, d::date as day,
        tstzrange(d::timestamp at time zone p.timezone, (d + interval '1 day')::timestamp at time zone p.timezone) as times
    from lumbung.publisher p
    cross join lateral generate_series(
        (now() at time zone p.timezone)::date - 45, (now() at time zone p.timezone)::date - 1, interval '1 day') as d
), watch as (
    -- By kind, then all of them: two lists of a kind show parts of the same, and a gap of one is a gap.
    select
        k.publisher, range_agg(k.times) as times
    from (
        select
            p.publisher, p.way,
            range_agg(tstzrange(shown_since, shown_until)) - coalesce((
                select range_agg(tstzrange(g.since, g.until)) from lumbung.gap g where g.publisher = p.publisher and g.way = p.way
            ), '{}') as times
        from lumbung.poll p
        where way > 0 and shown_since < shown_until and shown_until > now() - interval '62 days'
        group by p.publisher, p.way) k
    group by k.publisher
), kept as (
    select
        publisher, day, sum(stored)::bigint as stored, sum(pages)::bigint as pages,
        bit_or(ways) filter (where pages <> 0) as ways,
        array[sum(pages) filter (where ways & 1 > 0), sum(pages) filter (where ways & 2 > 0),
            sum(pages) filter (where ways & 4 > 0), sum(pages) filter (where ways & 8 > 0)]::bigint[] as one,
        array[sum(pages) filter (where ways & 14 > 0), sum(pages) filter (where ways & 13 > 0),
            sum(pages) filter (where ways & 11 > 0), sum(pages) filter (where ways & 7 > 0)]::bigint[] as other,
        array[sum(pages) filter (where ways & 1 > 0 and ways & 14 > 0), sum(pages) filter (where ways & 2 > 0 and ways & 13 > 0),
            sum(pages) filter (where ways & 4 > 0 and ways & 11 > 0), sum(pages) filter (where ways & 8 > 0 and ways & 7 > 0)
            ]::bigint[] as both_ways
    from (
        -- One row for each kind of list or several of them, whatever has changed since the figures were added up.
        select publisher, day, ways, sum(stored) as stored, sum(stored + failed + due) as pages
        from (
            select publisher, day, ways, stored, failed, due from lumbung.day_count
            union all
            select publisher, day, ways, stored, failed, due from lumbung.count_change) figures
        where day > current_date - 48
        group by publisher, day, ways) by_ways
    group by publisher, day
), counted as (
    select
        d.publisher, d.day, d.times, d.timezone, w.times as watched, coalesce(w.times @> d.times, false) as whole,
        coalesce(c.stored, 0) as stored, coalesce(c.pages, 0) as pages, coalesce(c.ways, 0) as ways, c.one, c.other, c.both_ways
    from day d
    left join watch w using (publisher)
    left join kept c on c.publisher = d.publisher and c.day = d.day
), lost as (
    -- Known and not to be had, though no list says of which day it is: of the day when it was found.
    select publisher, day, sum(pages)::bigint as pages
    from (
        select p.publisher, (p.found_at at time zone z.timezone)::date as day, count(*) as pages
        from lumbung.page p
        join lumbung.publisher z using (publisher)
        where p.state = 'due' and p.announced_at is null and p.found_at > now() - interval '46 days'
        group by 1, 2
        union all
        select r.publisher, coalesce(c.day, (r.rejected_at at time zone z.timezone)::date), count(*)
        from lumbung.rejection r
        join lumbung.publisher z using (publisher)
        left join lumbung.counted c using (page_id)
        where r.reason in ('no_headline', 'no_body', 'too_short', 'consent_wall', 'blocked', 'too_large', 'over_limit')
            and r.rejected_at > now() - interval '46 days'
        group by 1, 2) each
    group by publisher, day
), weighed as (
    -- Of one day there is little evidence: lists that lack as much as each other may agree by chance. Two weeks say more.
    select
        c.*, c.pages + coalesce(l.pages, 0) as known,
        array[sum(one[1]) over around, sum(one[2]) over around, sum(one[3]) over around, sum(one[4]) over around]::bigint[] as one_around,
        array[sum(other[1]) over around, sum(other[2]) over around, sum(other[3]) over around, sum(other[4]) over around]::bigint[]
            as other_around,
        array[sum(both_ways[1]) over around, sum(both_ways[2]) over around, sum(both_ways[3]) over around,
            sum(both_ways[4]) over around]::bigint[] as both_around,
        avg(nullif(c.pages, 0)) filter (where whole) over (
            partition by c.publisher order by c.day range between '14 days' preceding and '1 day' preceding)
            ::double precision as usual,
        case when whole then 0 else lumbung.hours_of(tstzmultirange(times) - watched) end as hours_unwatched,
        lower(watched) > lower(times) as begun_later, upper(watched) < upper(times) as not_seen_to_its_end
    from counted c
    left join lost l using (publisher, day)
    window around as (partition by c.publisher order by c.day range between '6 days' preceding and '6 days' following)
), estimated as (
    select
        *, greatest(0,
            (select max(lumbung.unseen(o, t, b)) from unnest(one, other, both_ways) as u (o, t, b)),
            (select max(lumbung.unseen_at_most(o, t, b) / (o + t - b))
            from unnest(one_around, other_around, both_around) as u (o, t, b)) * pages)
            + case when whole then 0 else lumbung.expected_in(hours_unwatched, usual) end as missing
    from weighed
), judged as (
    select
        *, array_to_string(lumbung.names_of_ways(ways), ', ') as shown_by,
        case
            when known = 0 then 'nothing was announced for this day'
            when watched is null then 'no list was watched: only they tell how much there was'
            when begun_later then 'it was not yet watched when the day began'
            when not_seen_to_its_end then 'no list has shown anything newer yet: the day may go on'
            when missing is null then 'for ' || round(hours_unwatched::numeric, 1)
                || ' hours no list was seen, and no whole day before tells what is usual'
        end as why_not
    from estimated
)
select
    publisher, day, case when why_not is null then lumbung.share(stored, known, missing) end as completeness,
    stored, known, case when why_not is null then missing end as unseen, lumbung.names_of_ways(ways) as lists,
    coalesce(
        why_not,
        case
            when not whole then 'for ' || round(hours_unwatched::numeric, 1) || ' hours no list was seen: filled with what is usual'
            when ways & (ways - 1) > 0 then 'compared: ' || shown_by
            when ways > 0 then 'one kind of list alone, without a gap: ' || shown_by || '; what it leaves out nobody knows'
            else 'no list is known to have shown it'
        end) as basis,
    ways & (ways - 1) > 0 as compared
from judged
where day >= (now() at time zone timezone)::date - 31 and (known > 0 or watched && times);

comment on view news.completeness is
    'What was missed: for each publisher and each of the last 31 days that are over, which share of what it published is stored; an estimate, cautious where kinds of list are compared; see basis.';
comment on column news.completeness.publisher is 'Key of the publisher. E.g. antara. Since 3.1.';
comment on column news.completeness.day is 'Day of publication in the publisher''s time zone. E.g. 2026-11-28. Since 3.1.';
comment on column news.completeness.completeness is
    'Share that is stored, 0 to 1. E.g. 0.97. NULL when nothing can be said, basis says why. Since 3.1.';
comment on column news.completeness.stored is 'Articles stored of that day. E.g. 212. Since 3.1.';
comment on column news.completeness.known is
    'Articles that lists have shown, stored or not; pages that are no articles are left out. E.g. 215. Since 3.1.';
comment on column news.completeness.unseen is
    'How many there may be beside them that no list has shown us. E.g. 3.5. NULL when completeness is. Since 3.1.';
comment on column news.completeness.lists is
    'Kinds of list that have shown articles of the day. E.g. {feed,"index by day"}. Since 3.1.';
comment on column news.completeness.basis is
    'What the estimate rests on, or why there is none. E.g. compared: feed, index by day. Since 3.1.';
comment on column news.completeness.compared is
    'Whether two kinds of list or more have shown articles of the day: what one of them leaves out is noticed. Where false, what the only one leaves out is not counted. E.g. true. Since 3.1.';

create or replace view news.version as
select '3.1'::text as version, date '2026-11-29' as since;
