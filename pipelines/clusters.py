"""Pairs -> clusters by quorum, each with one canonical article. Pure: pairs in any order give the same clusters.

Chains of pairs (A like B, B like C, ...) run through round-ups and templates and would join half a newspaper. Two
clusters join only when more than half of the pairs between them are alike; the most alike join first.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

COMPLETE = 0.8
"""Share of the longest text of a cluster that an article must have to be its canonical one."""

_NEVER = datetime.max.replace(tzinfo=UTC)


class Node(NamedTuple):
    """An article that may belong to a cluster."""

    article_id: int
    text: UUID
    """Articles with the same text always belong together and have one vote."""
    words: int
    published_at: datetime | None


class Edge(NamedTuple):
    """Two articles that were found to be one story."""

    a: int
    b: int
    why: str
    score: float


@dataclass(frozen=True, slots=True)
class Membership:
    """A row of lumbung.cluster_member."""

    article_id: int
    cluster_id: int
    """The lowest article_id in it."""
    canonical: bool
    why: str | None
    """What ties the article to the cluster, best of all to its canonical article; None for that one."""
    score: float | None


_Pairs = dict[int, dict[int, Edge]]


def memberships(nodes: Iterable[Node], edges: Iterable[Edge]) -> list[Membership]:
    """Members of all clusters of two or more articles, by article_id."""
    texts: dict[UUID, list[Node]] = defaultdict(list)
    for node in sorted(nodes):
        texts[node.text].append(node)
    groups = {members[0].article_id: members for members in texts.values()}
    group_of = {node.article_id: number for number, members in groups.items() for node in members}
    pairs = _between_texts(edges, group_of)
    rows: list[Membership] = []
    for cluster in _agglomerate(groups, pairs):
        rows += _rows([node for group in cluster for node in groups[group]], group_of, pairs)
    return sorted(rows, key=lambda row: row.article_id)


def _between_texts(edges: Iterable[Edge], group_of: dict[int, int]) -> _Pairs:
    """The best edge between any two texts, both ways."""
    best: _Pairs = {}
    for edge in edges:
        a, b = group_of[edge.a], group_of[edge.b]
        known = best.setdefault(a, {}).get(b)
        if a != b and (known is None or (edge.score, edge.why) > (known.score, known.why)):
            best[a][b] = best.setdefault(b, {})[a] = edge
    return best


def _agglomerate(groups: Iterable[int], pairs: _Pairs) -> list[list[int]]:
    """Join clusters while any two have a quorum of pairs; first by share of pairs, then by mean score.

    Scores are summed as whole thousandths: sums of floats would depend on the order of the additions.
    """
    members = {group: [group] for group in groups}
    links = {a: {b: (1, round(edge.score * 1000)) for b, edge in row.items()} for a, row in pairs.items()}

    def proposals(a: int) -> Iterator[tuple[float, float, int, int, int, int]]:
        for b, (count, total) in links.get(a, {}).items():
            possible = len(members[a]) * len(members[b])
            if 2 * count > possible:
                low, high = min(a, b), max(a, b)
                yield -count / possible, -total / count, low, high, len(members[low]), len(members[high])

    queue = [proposal for group in members for proposal in proposals(group)]
    heapify(queue)
    while queue:
        *_, a, b, size_a, size_b = heappop(queue)
        if len(members.get(a, ())) != size_a or len(members.get(b, ())) != size_b:
            continue  # one of them has grown or gone since this was proposed
        members[a] += members.pop(b)
        _redirect(links, a, b)
        for proposal in proposals(a):
            heappush(queue, proposal)
    return list(members.values())


def _redirect(links: dict[int, dict[int, tuple[int, int]]], kept: int, gone: int) -> None:
    del links[kept][gone]
    for other, (count, total) in links.pop(gone).items():
        if other != kept:
            del links[other][gone]
            known_count, known_total = links[kept].get(other, (0, 0))
            links[kept][other] = links[other][kept] = (known_count + count, known_total + total)


def _rows(cluster: list[Node], group_of: dict[int, int], pairs: _Pairs) -> Iterator[Membership]:
    if len(cluster) == 1:
        return
    cluster_id = min(node.article_id for node in cluster)
    canonical = _canonical(cluster)
    home = group_of[canonical.article_id]
    inside = {group_of[node.article_id] for node in cluster}
    for node in cluster:
        group = group_of[node.article_id]
        if node is canonical:
            yield Membership(node.article_id, cluster_id, canonical=True, why=None, score=None)
        elif group == home:
            yield Membership(node.article_id, cluster_id, canonical=False, why="same text", score=1.0)
        else:
            near = pairs[group]
            edge = near.get(home) or max(
                (near[g] for g in near.keys() & inside), key=lambda each: (each.score, each.why)
            )
            yield Membership(node.article_id, cluster_id, canonical=False, why=edge.why, score=edge.score)


def _canonical(cluster: list[Node]) -> Node:
    """The earliest of the complete articles: the first to print it, unless what it printed was an excerpt."""
    longest = max(node.words for node in cluster)
    complete = [node for node in cluster if node.words >= COMPLETE * longest]
    return min(complete, key=lambda node: (node.published_at is None, node.published_at or _NEVER, node.article_id))
