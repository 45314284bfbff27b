"""Why an article is where it is: what `lumbung duplicates explain` tells, as values.

LumbungError
└── NoSuchArticle              asked for a number or URL that is not stored
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pipelines.database.connections import Connection, Cursor, the_row, transaction
from pipelines.database.statements import query
from pipelines.duplicates.clusters import Edge
from pipelines.duplicates.fingerprints import Fingerprint, fingerprint
from pipelines.duplicates.stored_clusters import hanging_together, instances
from pipelines.duplicates.verdicts import why_apart, why_together
from spiders.errors import LumbungError
from spiders.publishers import load_publishers
from spiders.publishers.urls import canonicalise

if TYPE_CHECKING:
    from datetime import datetime


class NoSuchArticle(LumbungError):  # noqa: N818 - reads as what it is
    """Asked for a number or URL that is not stored."""


class Told(NamedTuple):
    """An article, with its place in a cluster where it has one."""

    article_id: int
    publisher: str
    headline: str
    paragraphs: list[str]
    published_at: datetime | None
    gone_at: datetime | None
    url: str
    cluster_id: int | None
    canonical: bool | None
    why: str | None
    score: float | None
    tied_to: int | None
    rule: str | None
    seen: bool

    @property
    def print(self) -> Fingerprint:
        """What is compared of it."""
        return fingerprint(self.publisher, self.headline, self.paragraphs, self.published_at, self.url)


@dataclass(frozen=True, slots=True)
class Near:
    """An article that shares passages with the one asked for and is not in its cluster."""

    article: Told
    verdict: str
    """Why the two are not one story."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything there is to tell about one article."""

    article: Told
    members: list[Told]
    """All of its cluster, the canonical article first; only itself where it is alone."""
    pairs: list[Edge]
    """Those of the article, also with articles outside the cluster."""
    near: list[Near]
    contradicted: int
    """Articles of its form that contradict it."""
    instance: bool
    """Whether it is known to be an instance of a template."""

    @property
    def agreement(self) -> str | None:
        """What `compared` says against the two being one story, or that it says nothing; None outside a cluster."""
        other = self.compared
        if other is None or other.cluster_id is None or other.cluster_id != self.article.cluster_id:
            return None
        return why_together(self.article.print, other.print)

    @property
    def compared(self) -> Told | None:
        """The article to show beside it: what it was compared with, or its nearest kin, or what comes nearest."""
        members = {member.article_id: member for member in self.members}
        if self.article.tied_to is not None:
            return members.get(self.article.tied_to)
        inside = [edge for edge in self.pairs if edge.a in members and edge.b in members]
        if inside:
            return members[inside[0].a if inside[0].b == self.article.article_id else inside[0].b]
        others = [member for member in self.members if member.article_id != self.article.article_id]
        return next(iter(others), None) or next((each.article for each in self.near), None)


def explain(connection: Connection, asked: str) -> Explanation:
    """Why an article is in its cluster, or in none.

    Args:
        connection: to the harvest's database; nothing is changed.
        asked: article_id or URL.

    Raises:
        NoSuchArticle: no such article is stored.
    """
    with transaction(connection) as cursor:
        cursor.execute(query("find_article"), {"asked": asked, "identity": _identity(asked)})
        row = cursor.fetchone()
        if row is None:
            raise NoSuchArticle(f"no article has the number or URL {asked!r}: news.all_articles lists them")
        members = _story(cursor, row[0])
        article = next(member for member in members if member.article_id == row[0])
        cursor.execute(query("read_article_pairs"), {"article": article.article_id})
        pairs = [Edge(*each) for each in cursor]
        inside = {member.article_id for member in members}
        cursor.execute(query("nearest_articles"), {"article": article.article_id})
        nearest = [number for number, _ in cursor.fetchall() if number not in inside]
        paired = {number for edge in pairs for number in (edge.a, edge.b)} - inside
        others = [each for number in dict.fromkeys([*sorted(paired), *nearest]) for each in _alone(cursor, number)]
        cursor.execute(query("count_contradictions"), {"article": article.article_id})
        (contradicted,) = the_row(cursor)
        nodes, edges = hanging_together(cursor, [article.article_id])
        two = {article.article_id, *(other.article_id for other in others)}
        known = instances(cursor, [node for node in nodes if node.article_id in two], nodes, edges)
    near = [
        Near(
            other,
            why_apart(
                article.print, other.print, instance=not known.isdisjoint((article.article_id, other.article_id))
            ),
        )
        for other in others
    ]
    return Explanation(article, members, pairs, near, contradicted, article.article_id in known)


def _identity(asked: str) -> str:
    """The canonical form of a URL, where one of the publishers owns it."""
    owner = next((each for each in load_publishers().values() if each.owns(asked)), None)
    return canonicalise(asked, owner) if owner else asked


def _story(cursor: Cursor, article_id: int) -> list[Told]:
    cursor.execute(query("read_story"), {"article": article_id})
    return [Told(*row) for row in cursor]


def _alone(cursor: Cursor, article_id: int) -> list[Told]:
    return [each for each in _story(cursor, article_id) if each.article_id == article_id]
