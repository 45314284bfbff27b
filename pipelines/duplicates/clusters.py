"""Pairs -> clusters by quorum, each with one canonical article. Pure: pairs in any order give the same clusters.

Chains of pairs (A like B, B like C, ...) run through round-ups and templates and would join half a newspaper. Two
clusters join only when more than half of the pairs between them are alike; the most alike join first, and texts, not
the numbers of articles, decide ties. An article that was taken down joins nothing: it stays with its nearest kin.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    Kin = Mapping[str, AbstractSet[str]]

COMPLETE = 0.8
"""Share of the longest text of a cluster that an article must have to be its canonical one."""

SAME_TEXT, EQUAL = "same text", "equal after cleaning"
SAME_ADDRESS = "same address"
EXCERPT_RULE = "an excerpt under a like headline"
"""Two excerpts of one article may have nothing in common: each belongs to its whole without a vote of the other."""
OTHER_NEWS = 2
"""Texts that contradict an article and are like nothing that it is like, from which on its form is a template."""
TEMPLATE_FILLINGS = 3
"""The same for texts that are like what it is like; texts that are alike without doubt are one filling."""
_CERTAIN = (SAME_ADDRESS, SAME_TEXT)
"""Pairs that need no vote. Equal texts are a pair only while an earlier algorithm has seen one of them."""

_NOTHING: frozenset[str] = frozenset()
_NEVER = datetime.max.replace(tzinfo=UTC)


class Node(NamedTuple):
    """An article that may belong to a cluster."""

    article_id: int
    text: str
    """Articles with the same text always belong together and have one vote."""
    words: int
    published_at: datetime | None
    gone: bool = False
    """Its publisher has taken it down."""
    template: bool = False
    """Known to be an instance of a template (`is_instance`)."""


class Edge(NamedTuple):
    """Two articles that were found to be one story."""

    a: int
    b: int
    why: str
    score: float
    rule: str
    doubts: int = 0
    """Places in which they differ as instances of a template would; such a pair does not hold for a known instance."""


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
    tied_to: int | None
    """The article that `why` and `score` compare it with."""
    rule: str
    """By which rule they are one story; of the canonical article: why it is that."""


class _Pairs(dict[str, dict[str, Edge]]):
    """Text -> text -> the best edge between them, both ways."""

    def between(self, group: str, others: AbstractSet[str]) -> list[tuple[Edge, str]]:
        near = self.get(group, {})
        return [(near[other], other) for other in near.keys() & others]


def memberships(nodes: Iterable[Node], edges: Iterable[Edge]) -> list[Membership]:
    """Members of all clusters of two or more articles, by article_id."""
    nodes = sorted(nodes)
    instances = {node.article_id for node in nodes if node.template}
    edges = sorted(edge for edge in edges if not edge.doubts or instances.isdisjoint((edge.a, edge.b)))
    group_of = _one_story_for_certain(nodes, edges)
    groups: dict[str, list[Node]] = defaultdict(list)
    for node, group in group_of.items():
        groups[group].append(node)
    number_of = {node.article_id: group for node, group in group_of.items()}
    pairs = _between_texts(edges, number_of)
    rows: list[Membership] = []
    for cluster in _clusters(groups, pairs):
        members = [node for group in cluster for node in groups[group]]
        if len(members) > 1:
            rows += _rows(members, edges, number_of, pairs)
    return sorted(rows, key=lambda row: row.article_id)


def is_instance(text: str, contradicting: AbstractSet[str], alike: Kin, surely: Kin) -> bool:
    """Whether a text is known for an instance of a template by the texts that contradict it.

    Copies of one story contradict each other too, where pages have put lines of their own into them. However many
    copies of a story say so, they are one filling.

    Args:
        text: a text.
        contradicting: texts that contradict it.
        alike: text -> texts it makes a pair with, for all that hangs together with the text by pairs.
        surely: the same without pairs that have doubts.
    """
    own = alike.get(text, _NOTHING)
    others = set(contradicting - own)  # articles of one address are one whatever their texts say
    if sum(own.isdisjoint(alike.get(other, _NOTHING)) for other in others) >= OTHER_NEWS:
        return True
    fillings = 0
    while others:
        fillings += 1
        reached = [others.pop()]
        while reached:
            near = others & surely.get(reached.pop(), _NOTHING)
            others -= near
            reached += near
    return fillings >= TEMPLATE_FILLINGS


def _one_story_for_certain(nodes: list[Node], edges: list[Edge]) -> dict[Node, str]:
    """Groups of articles with one text or one address, named by the lowest text in each."""
    above: dict[str, str] = {node.text: node.text for node in nodes}
    text_of = {node.article_id: node.text for node in nodes}

    def top(text: str) -> str:
        while above[text] != text:
            above[text] = text = above[above[text]]
        return text

    for edge in edges:
        if edge.why in _CERTAIN:
            low, high = sorted((top(text_of[edge.a]), top(text_of[edge.b])))
            above[high] = low
    return {node: top(node.text) for node in nodes}


def _between_texts(edges: list[Edge], group_of: dict[int, str]) -> _Pairs:
    best = _Pairs()
    for edge in edges:
        a, b = group_of[edge.a], group_of[edge.b]
        known = best.setdefault(a, {}).get(b)
        if a != b and (known is None or (edge.score, edge.why) > (known.score, known.why)):
            best[a][b] = best.setdefault(b, {})[a] = edge
    return best


def _clusters(groups: dict[str, list[Node]], pairs: _Pairs) -> list[list[str]]:
    """Clusters of what can be read, each with its excerpts and what was taken down; then those of the latter alone."""
    standing = {group for group, nodes in groups.items() if not all(node.gone for node in nodes)}
    wholes = _wholes(standing, groups, pairs)
    clusters = _agglomerate(standing - wholes.keys(), pairs)
    of_group = {group: cluster for cluster in clusters for group in cluster}
    for group, whole in wholes.items():  # a whole is no excerpt itself: it has a shorter neighbour
        cluster = of_group[group] = of_group[whole]
        cluster.append(group)
    left = []
    for group in sorted(groups.keys() - standing):
        near = pairs.between(group, standing)
        if near:
            _, best = max(near, key=lambda each: (each[0].score, each[0].why, each[1]))
            of_group[best].append(group)
        else:
            left.append(group)
    return clusters + _agglomerate(left, pairs)


def _wholes(standing: set[str], groups: dict[str, list[Node]], pairs: _Pairs) -> dict[str, str]:
    """Excerpt -> the longer text that contains it, the one most like it.

    What is like others in another way too has their votes: the longer text may be made of it.
    """
    found: dict[str, str] = {}
    for group in standing:
        near, words = pairs.between(group, standing), _words(groups[group])
        if near and all(edge.rule == EXCERPT_RULE and _words(groups[other]) > words for edge, other in near):
            found[group] = max(near, key=lambda each: (each[0].score, each[0].why, each[1]))[1]
    return found


def _words(nodes: list[Node]) -> int:
    return max(node.words for node in nodes)


def _agglomerate(groups: Collection[str], pairs: _Pairs) -> list[list[str]]:
    """Join clusters while any two have a quorum of pairs; first by share of pairs, then by mean score.

    Scores are summed as whole thousandths: sums of floats would depend on the order of the additions.
    """
    members = {group: [group] for group in groups}
    links = {
        group: {other: (1, round(edge.score * 1000)) for edge, other in pairs.between(group, members.keys())}
        for group in groups
    }

    def proposals(a: str) -> Iterator[tuple[float, float, str, str, int, int]]:
        for b, (count, total) in links[a].items():
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


def _redirect(links: dict[str, dict[str, tuple[int, int]]], kept: str, gone: str) -> None:
    del links[kept][gone]
    for other, (count, total) in links.pop(gone).items():
        if other != kept:
            del links[other][gone]
            known_count, known_total = links[kept].get(other, (0, 0))
            links[kept][other] = links[other][kept] = (known_count + count, known_total + total)


def _rows(cluster: list[Node], edges: list[Edge], group_of: dict[int, str], pairs: _Pairs) -> Iterator[Membership]:
    cluster_id = min(node.article_id for node in cluster)
    canonical, chosen = _canonical(cluster)
    home = group_of[canonical.article_id]
    inside = {group_of[node.article_id] for node in cluster}
    for node in cluster:
        number, group = node.article_id, group_of[node.article_id]
        if node is canonical:
            yield Membership(number, cluster_id, canonical=True, why=None, score=None, tied_to=None, rule=chosen)
            continue
        if group == home:
            edge = _certain(node, canonical, cluster, edges)
            tied_to = edge.a if edge.b == number else edge.b
        else:
            near = {other: edge for edge, other in pairs.between(group, inside)}
            edge = near.get(home) or max(near.values(), key=lambda each: (each.score, each.why, -each.a, -each.b))
            tied_to = edge.a if group_of[edge.b] == group else edge.b
        yield Membership(
            number, cluster_id, canonical=False, why=edge.why, score=edge.score, tied_to=tied_to, rule=edge.rule
        )


def _certain(node: Node, canonical: Node, cluster: list[Node], edges: list[Edge]) -> Edge:
    """What ties an article to the canonical one whose text or address it has."""
    if node.text == canonical.text:
        return Edge(canonical.article_id, node.article_id, SAME_TEXT, 1.0, EQUAL)
    known = {each.article_id for each in cluster}
    own = [edge for edge in edges if edge.why in _CERTAIN and node.article_id in (edge.a, edge.b)]
    if inside := [edge for edge in own if {edge.a, edge.b} <= known]:
        return min(inside, key=lambda edge: canonical.article_id not in (edge.a, edge.b))
    twin = min(each.article_id for each in cluster if each.text == node.text and each is not node)
    return Edge(twin, node.article_id, SAME_TEXT, 1.0, EQUAL)


def _canonical(cluster: list[Node]) -> tuple[Node, str]:
    """The earliest of the complete articles: the first to print it, unless what it printed was an excerpt."""
    standing = [node for node in cluster if not node.gone] or cluster
    longest = max(node.words for node in standing)
    complete = [node for node in standing if node.words >= COMPLETE * longest]
    first = min(complete, key=lambda node: (node.published_at is None, node.published_at or _NEVER, node.article_id))
    left_out = [
        reason
        for reason, some in (
            ("taken down", len(standing) < len(cluster)),
            (f"with less than {COMPLETE} of the longest text", len(complete) < len(standing)),
        )
        if some
    ]
    return first, "the earliest" + (f", without those {' or '.join(left_out)}" if left_out else "")
