-- The seed format costs little more than putting blocks together: what has to be cleaned of white space is known beforehand.
--
-- Looking for such white space in each text costs twice what putting it together does, so that is done when a text is
-- written. What the loader stores has none.

lock table lumbung.article in share row exclusive mode;

create function lumbung.is_ragged(breadcrumb text[], headline text, paragraphs text[]) returns boolean
    language sql immutable parallel safe
    -- Put together by single blanks, an empty block gives two.
    return ' ' || array_to_string(breadcrumb || headline || paragraphs, ' ') || ' ' ~ '[\t\n\r\f\v]|  ';
comment on function lumbung.is_ragged(text[], text, text[]) is
    'Whether a block has white space that the seed format collapses, or is empty.';

alter table lumbung.article add column ragged boolean not null default false;
comment on column lumbung.article.ragged is 'lumbung.is_ragged of its blocks.';

create function lumbung.mark_ragged() returns trigger
    language plpgsql
    as $$
begin
    new.ragged := lumbung.is_ragged(new.breadcrumb, new.headline, new.paragraphs);
    return new;
end
$$;
create trigger mark_ragged before insert or update of breadcrumb, headline, paragraphs, ragged on lumbung.article
    for each row execute function lumbung.mark_ragged();

update lumbung.article set ragged = true where lumbung.is_ragged(breadcrumb, headline, paragraphs);

create function lumbung.tidy_seed_text(breadcrumb text[], headline text, paragraphs text[], reads bigint) returns text
    language sql immutable parallel safe
    return array_to_string(breadcrumb || headline, ' ') || E'\n\n' || headline || E'\n\n' || array_to_string(paragraphs, E'\n\n')
        || case
            when reads is not null then E'\n\n' || reads::text
            -- A bare number at the end would read as the reader count: see spiders/seed_format.py.
            when paragraphs[cardinality(paragraphs)] ~ E'^(0|[1-9][0-9]{0,17})\u00a0*$' then E'\u00a0'
            else ''
        end;
comment on function lumbung.tidy_seed_text(text[], text, text[], bigint) is
    'lumbung.seed_text of blocks that are not ragged, at a tenth of its cost.';

create or replace view news.article_text as
select
    article_id, publisher, headline, published_at, canonical_url,
    case
        when ragged then lumbung.seed_text(breadcrumb, headline, paragraphs, reads)
        else lumbung.tidy_seed_text(breadcrumb, headline, paragraphs, reads)
    end as text
from lumbung.article;
