"""Duplicates inside Postgres: new, revised and withdrawn articles -> fingerprints -> candidates -> pairs -> clusters.

A batch is one transaction under one lock: processes that run at the same time take turns batch by batch, and
one that is killed loses one batch, which the next run does again. The outcome depends on the articles alone, not on
batches, order or number of processes (`find_candidates` states the one limit). A run with nothing new writes nothing.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final

from pipelines.command_line import counted
from pipelines.database.connections import Connection, Cursor, the_row, transaction
from pipelines.database.copy_text import CopyText
from pipelines.database.lasting import Lasting
from pipelines.database.migrate import hold_schema
from pipelines.database.roles import end_long_readers
from pipelines.database.statements import query
from pipelines.duplicates.clusters import Edge, Node, memberships
from pipelines.duplicates.fingerprints import ALGORITHM
from pipelines.duplicates.matching import Apart, Match, compare
from pipelines.duplicates.renewal import begin_renewal, go_on, renewal_at_hand
from pipelines.duplicates.stored_clusters import components, propose_clusters, write_clusters
from pipelines.duplicates.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipelines.duplicates.fingerprints import Fingerprint
    from pipelines.duplicates.texts import Text

HOT = 64
"""Articles that an article meets by one key on either side of it."""
ALONE = 16
"""Of these, articles with which it shares that one key and no other."""
LEAST_SHARED = 0.15
"""Share of the smaller sample that candidates share; texts of which half is contained share half of it on average."""

CANDIDATES: Final = {"hot": HOT, "alone": ALONE, "least": LEAST_SHARED}


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did."""

    seen: int = 0
    """New and revised articles looked at."""
    exact: int = 0
    """Those of them whose text an earlier article has."""
    near: int = 0
    """Pairs of near-duplicates found with them."""
    clusters: int = 0
    """Clusters made, changed or dissolved."""


def deduplicate(
    connection: Connection,
    *,
    batch: int = 500,
    limit: int | None = None,
    progress: Callable[[Summary], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> Summary:
    """Bring duplicates up to date with the articles: first what is new or changed, then what an older algorithm saw.

    Args:
        connection: to the harvest's database; each batch is committed. Where it breaks, another one goes on.
        batch: articles a transaction.
        limit: most articles to look at; None takes all that are due.
        progress: called after each batch with the work so far.
        say: takes lines on what new rules change of stored clusters, when that is reported or becomes final.
    """
    done = Summary()
    changed: set[int] = set()
    lasting, texts = Lasting(connection), Texts()
    at_hand = lasting.do(lambda: _renewal(lasting.connection))
    while limit is None or done.seen < limit:
        size = batch if limit is None else min(batch, limit - done.seen)
        seen, exact, near, clusters = lasting.do(
            lasting.once, "batch", lambda cursor, size=size: _batch(cursor, size, texts)
        )
        if not seen:
            lines = _go_on(lasting, at_hand) if done.seen or at_hand else ()
            if say is not None:
                for line in lines:
                    say(line)
            break
        changed.update(clusters)
        done = Summary(done.seen + seen, done.exact + exact, done.near + near, len(changed))
        if progress is not None:
            progress(done)
    return done


def _renewal(connection: Connection) -> tuple[int, bool] | None:
    with transaction(connection) as cursor:
        return renewal_at_hand(cursor)


def _go_on(lasting: Lasting, at_hand: tuple[int, bool] | None) -> Sequence[str]:
    """Report the renewal that this run has completed, or make final what an earlier run has reported."""
    if lasting.do(lambda: _renewal(lasting.connection)) is None:
        return ()
    reported = at_hand[0] if at_hand and at_hand[1] else None

    def work(cursor: Cursor) -> list[str]:
        begin_work(cursor)
        return go_on(cursor, reported)

    return lasting.do(lasting.once, "renewal", work)


def _batch(cursor: Cursor, size: int, texts: Texts) -> tuple[int, int, int, list[int]]:
    """One transaction: articles seen, exact duplicates, near pairs, clusters that changed."""
    begin_work(cursor)
    return step(cursor, size, texts)


def begin_work(cursor: Cursor) -> None:
    """Wait for the turn of this transaction: others look at nothing until it ends."""
    hold_schema(cursor)
    cursor.execute(query("lock_duplicates"))
    cursor.execute(query("plan_batches"))


def step(cursor: Cursor, size: int, texts: Texts) -> tuple[int, int, int, list[int]]:
    """Look at the next articles: how many, exact duplicates, near pairs, clusters that changed. 0 when none is due."""
    due = _numbers(cursor, "take_due", batch=size)
    outdated = [] if due else _numbers(cursor, "take_outdated", batch=size, algorithm=ALGORITHM)
    if not due and not outdated:
        return 0, 0, 0, []
    with _without_collections():
        articles = list(texts.read(cursor, due or outdated))
        if outdated:
            begin_renewal(cursor)
        kept = _outdated_pairs(cursor, outdated) if outdated else []
        exact, near, clusters = _see(cursor, articles, kept, texts, proposed=bool(outdated))
    return len(articles), exact, near, sorted(clusters)


@contextmanager
def _without_collections() -> Iterator[None]:
    """What a batch makes has no cycles: looking for some among its words takes a twelfth of its time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def run(
    connection: Connection,
    say: Callable[[str], None],
    *,
    recheck: bool = False,
    publisher: str | None = None,
    batch: int = 500,
) -> dict[str, int]:
    """Bring duplicates up to date and tell each batch; returns what was done, by name.

    Args:
        connection: to the harvest's database; each batch is committed.
        say: takes a line after each batch.
        recheck: look again at every article, not only at what is due.
        publisher: with `recheck`, only at articles of this one.
        batch: articles a transaction.
    """
    end_long_readers(connection)
    if recheck:
        whose = f" of {publisher}" if publisher else ""
        say(f"looking again at {counted(look_again(connection, publisher), 'article')}{whose}")
    due = count_due(connection)
    start = monotonic()

    def tell(done: Summary) -> None:
        speed = done.seen / max(monotonic() - start, 0.001)
        found = f"{counted(done.near, 'pair')}, {counted(done.clusters, 'cluster')} changed"
        say(f"{done.seen:,} of {counted(due, 'article')}, {found}, {speed:,.0f} a second")

    return asdict(deduplicate(connection, batch=batch, progress=tell, say=say))


def count_due(connection: Connection) -> int:
    """Articles that the next run will look at."""
    with transaction(connection) as cursor:
        cursor.execute(query("count_due"), {"algorithm": ALGORITHM})
        (count,) = the_row(cursor)
    return int(count)


def has_articles(connection: Connection, publisher: str) -> bool:
    """Whether an article of the publisher is stored, whatever files there are of publishers."""
    with transaction(connection) as cursor:
        cursor.execute(query("has_articles"), {"publisher": publisher})
        (found,) = the_row(cursor)
    return bool(found)


def look_again(connection: Connection, publisher: str | None = None) -> int:
    """Have the next run look again at every article, or at those of one publisher; returns how many."""
    with transaction(connection) as cursor:
        return look_again_within(cursor, publisher)


def look_again_within(cursor: Cursor, publisher: str | None) -> int:
    """The same inside a transaction."""
    cursor.execute(query("look_again"), {"publisher": publisher})
    return cursor.rowcount


def _numbers(cursor: Cursor, name: str, **parameters: int) -> list[int]:
    cursor.execute(query(name), parameters)
    return [number for (number,) in cursor]


def _outdated_pairs(cursor: Cursor, articles: Sequence[int]) -> list[Edge]:
    cursor.execute(query("outdated_pairs"), {"articles": list(articles), "algorithm": ALGORITHM, "hot": HOT})
    return [Edge(*row) for row in cursor]


def _see(
    cursor: Cursor, articles: Sequence[Text], kept: Sequence[Edge], texts: Texts, *, proposed: bool
) -> tuple[int, int, set[int]]:
    """Fingerprints, pairs and clusters of a batch; returns exact duplicates, near pairs and clusters that changed."""
    batch = [article.article_id for article in articles]
    cursor.execute(query("forget_fingerprints"), {"articles": batch})
    touched = {*batch, *(article_id for (article_id,) in cursor)}
    _store(cursor, articles)
    pairs, apart = _pairs(cursor, {article.article_id: article.print for article in articles}, texts)
    found = {(edge.a, edge.b) for edge in pairs}
    _copy_pairs(cursor, [*pairs, *(edge for edge in kept if (edge.a, edge.b) not in found)])
    touched |= _copy_contradictions(cursor, apart)
    cursor.execute(query("pair_addresses"), {"articles": batch})
    nodes, edges = components(cursor, sorted(touched))
    write = propose_clusters if proposed else write_clusters
    changed = write(cursor, [node.article_id for node in nodes], memberships(nodes, edges))
    return _repeats(nodes, set(batch)), len(pairs), changed


def _store(cursor: Cursor, articles: Sequence[Text]) -> None:
    rows = CopyText()
    for article_id, _, text_hash, seen in articles:
        keys = "{" + ",".join(map(str, seen.keys)) + "}"
        rows.add((article_id, text_hash, seen.clean_hash, seen.words, keys, seen.sampled, ALGORITHM))
    rows.copy_into(cursor, "lumbung.fingerprint", "article_id, text_hash, clean_hash, words, keys, sampled, algorithm")
    cursor.execute(query("insert_keys"), {"articles": [article.article_id for article in articles]})


def _pairs(cursor: Cursor, batch: dict[int, Fingerprint], texts: Texts) -> tuple[list[Edge], list[tuple[int, int]]]:
    """Compares the batch's articles among themselves and with those seen earlier; returns pairs and contradictions."""
    cursor.execute(query("keys_in_order"))
    cursor.execute(query("find_candidates"), {"articles": list(batch), **CANDIDATES})
    candidates: list[tuple[int, int]] = cursor.fetchall()
    cursor.execute(query("keys_in_any_order"))
    pairs: list[Edge] = []
    apart: list[tuple[int, int]] = []

    def verify(a: int, b: int, one: Fingerprint, two: Fingerprint) -> None:
        found = compare(one, two)
        if isinstance(found, Match):
            pairs.append(Edge(a, b, found.why, found.score, found.rule, found.doubts))
        elif isinstance(found, Apart):
            apart.append((a, b))

    meets: dict[int, list[int]] = {}
    for a, b in candidates:
        if a in batch and b in batch:
            verify(a, b, batch[a], batch[b])
        else:
            mine, other = (a, b) if a in batch else (b, a)
            meets.setdefault(other, []).append(mine)
    for seen in texts.read(cursor, sorted(meets)):
        other = seen.article_id
        for mine in meets[other]:
            verify(min(mine, other), max(mine, other), batch[mine], seen.print)
    return pairs, apart


def _copy_pairs(cursor: Cursor, pairs: Sequence[Edge]) -> None:
    rows = CopyText()
    for edge in pairs:
        rows.add((edge.a, edge.b, edge.why, str(edge.score), edge.rule, edge.doubts))
    rows.copy_into(cursor, "lumbung.near_duplicate", "article_a, article_b, why, score, rule, doubts")


def _copy_contradictions(cursor: Cursor, apart: Sequence[tuple[int, int]]) -> set[int]:
    """Stores contradictions; returns articles whose pairs may not hold any more."""
    if not apart:
        return set()
    rows = CopyText()
    for pair in apart:
        rows.add(pair)
    rows.copy_into(cursor, "lumbung.contradiction", "article_a, article_b")
    cursor.execute(query("doubted"), {"articles": list({article for pair in apart for article in pair})})
    return {article for (article,) in cursor}


def _repeats(nodes: Sequence[Node], batch: set[int]) -> int:
    first: dict[str, int] = {}
    for node in sorted(nodes):
        first.setdefault(node.text, node.article_id)
    return sum(node.article_id in batch and first[node.text] != node.article_id for node in nodes)
