"""What holds at every moment, as questions in SQL whose answers are the violations; and what holds at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.database.connections import Connection

ALWAYS: Final[Mapping[str, str]] = {
    "a closed row of the ledger balances": """
        select crawl_id from news.crawls where finished_at is not null and not balanced""",
    "an open row of the ledger accounts for what it holds": """
        select crawl_id from lumbung.crawl c
        where finished_at is null and (entries <> known + enqueued
            or leased <> stored + updated + unchanged + rejected + failed + released
                + (select count(*) from lumbung.page where leased_by = c.crawl_id))""",
    "the ledger counts every article once": """
        select sum(stored), (select count(*) from lumbung.article) from lumbung.crawl
        having coalesce(sum(stored), 0) <> (select count(*) from lumbung.article)""",
    "no article is stored twice": "select canonical_url from lumbung.article group by 1 having count(*) > 1",
    "a page that is done has its article": """
        select page_id from lumbung.page p
        where state = 'done' and not exists (select from lumbung.article a where a.page_id = p.page_id)""",
    "a page that is rejected has its reason": """
        select page_id from lumbung.page p
        where state = 'rejected' and not exists (select from lumbung.rejection r where r.page_id = p.page_id)""",
    "an article's page was returned": """
        select page_id from lumbung.article join lumbung.page p using (page_id) where p.fetched_at is null""",
    "nothing is leased by a closed crawl": """
        select page_id from lumbung.page join lumbung.crawl on crawl_id = leased_by where finished_at is not null""",
    "no closed crawl waits for its turn": """
        select domain from lumbung.turn join lumbung.crawl using (crawl_id) where finished_at is not null""",
    "one change is one revision": "select article_id from lumbung.revision group by 1 having count(*) > 1",
    "one count of readers is one observation": "select article_id from lumbung.reads group by 1 having count(*) > 1",
    "an article is looked at by deduplication or waits for it": """
        select article_id from lumbung.article a
        where not exists (
                select from lumbung.fingerprint f where f.article_id = a.article_id and f.text_hash = a.text_hash)
            and not exists (select from lumbung.deduplication_due d where d.article_id = a.article_id)""",
    "a fingerprint has its keys and they have it": """
        select f.article_id from lumbung.fingerprint f
        full join (select article_id, count(*) as keys from lumbung.fingerprint_key group by 1) k using (article_id)
        where cardinality(f.keys) is distinct from coalesce(k.keys, 0)""",
    "a cluster has two members and one canonical article": """
        select cluster_id from lumbung.cluster_member
        group by 1 having count(*) < 2 or count(*) filter (where canonical) <> 1 or min(article_id) <> cluster_id""",
    "the last change of every article is in the feed": """
        select article_id from lumbung.article a
        where not exists (
            select from lumbung.shown s join lumbung.change c using (change_id, article_id)
            where s.article_id = a.article_id and c.what not in ('deleted', 'taken_down'))""",
    "readers see the clusters that there are": """
        select article_id from lumbung.article
        left join lumbung.shown s using (article_id) left join lumbung.cluster_member m using (article_id)
        where (s.cluster_id, s.canonical) is distinct from (m.cluster_id, coalesce(m.canonical, true))""",
    "changes are numbered when they are committed": "select article_id from lumbung.change_due",
    "an article is in one cluster": "select article_id from lumbung.cluster_member group by 1 having count(*) > 1",
}
AT_REST: Final[Mapping[str, str]] = {
    "every crawl is closed": "select crawl_id from lumbung.crawl where finished_at is null",
    "no page is due or leased": "select page_id from lumbung.page where state in ('due', 'leased')",
    "nobody waits for a turn": "select domain from lumbung.turn",
    "nothing waits for deduplication": "select article_id from lumbung.deduplication_due",
}
CLUSTERS: Final = """
    select count(*), md5(coalesce(string_agg(members, E'\n' order by members), '')) from (
        select string_agg(
            substring(a.canonical_url from '//[^/]+(.*)') || case when m.canonical then '*' else '' end,
            ' ' order by a.canonical_url) as members
        from lumbung.cluster_member m join lumbung.article a using (article_id) group by m.cluster_id) clusters"""
"""How many clusters, and a checksum of who is in them and who speaks for them."""


def broken(connection: Connection, invariants: Mapping[str, str]) -> list[str]:
    """The invariants that do not hold, each with its first violations."""
    found = []
    for name, question in invariants.items():
        violations = rows(connection, question)
        if violations:
            found.append(f"broken: {name}: {len(violations)} violations, first {violations[:3]}")
    return found


def rows(connection: Connection, question: str) -> list[tuple[Any, ...]]:
    """All rows of an answer."""
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


def differences(connection: Connection, truth: Mapping[str, Any]) -> list[str]:
    """How what is stored differs from what the site printed."""
    printed = {each["canonical_url"]: each["text"] for each in truth["articles"]}
    stored = rows(connection, "select canonical_url, text from news.article_text")
    texts = dict(stored)
    refused = sorted(rows(connection, "select url, reason from news.rejections"))
    found = {
        "lost": printed.keys() - texts.keys(),
        "doubled": {url for url, _ in stored if len(texts) < len(stored)},
        "invented": texts.keys() - printed.keys(),
        "with another text": {url for url in printed.keys() & texts.keys() if printed[url] != texts[url]},
        "rejections differ": {f"{len(refused)} for {len(truth['rejections'])}"}
        if len(refused) != len(truth["rejections"])
        else set(),
    }
    return [f"broken: {len(urls)} {what}, first {min(urls)}" for what, urls in found.items() if urls]
