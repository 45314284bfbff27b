"""Clusters from pairs: a quorum, not a chain; one canonical article; the same whatever the order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.clusters import Edge, Node, memberships

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)


def node(number: int, *, text: int | None = None, words: int = 100, hours: int | None = 0) -> Node:
    published = None if hours is None else NOON + timedelta(hours=hours)
    return Node(number, UUID(int=number if text is None else text), words, published)


def edge(a: int, b: int, score: float = 0.9) -> Edge:
    return Edge(a, b, "nearly the same text", score)


def clusters(nodes: list[Node], edges: list[Edge]) -> list[set[int]]:
    found: dict[int, set[int]] = {}
    for row in memberships(nodes, edges):
        found.setdefault(row.cluster_id, set()).add(row.article_id)
    return list(found.values())


def canonical(*nodes: Node) -> int:
    (row,) = [row for row in memberships(nodes, [edge(a.article_id, b.article_id) for a, b in combinations(nodes, 2)])
              if row.canonical]  # fmt: skip
    return row.article_id


def test_articles_without_a_pair_are_in_no_cluster() -> None:
    assert memberships([node(1), node(2)], []) == []


def test_a_chain_does_not_join_its_ends() -> None:
    chain = clusters([node(number) for number in range(1, 7)], [edge(number, number + 1) for number in range(1, 6)])
    assert chain == [{1, 2}, {3, 4}, {5, 6}]


def test_clusters_join_when_over_half_of_the_pairs_between_them_are_there() -> None:
    nodes = [node(number) for number in (1, 2, 3, 4)]
    inside = [edge(1, 2, 0.99), edge(3, 4, 0.99)]
    assert clusters(nodes, [*inside, edge(1, 3), edge(2, 4)]) == [{1, 2}, {3, 4}]
    assert clusters(nodes, [*inside, edge(1, 3), edge(2, 4), edge(1, 4)]) == [{1, 2, 3, 4}]


def test_the_most_alike_join_first() -> None:
    nodes = [node(1), node(2), node(3)]
    assert clusters(nodes, [edge(1, 2, 0.6), edge(2, 3, 0.9)]) == [{2, 3}]


def test_equal_texts_are_together_without_a_pair_and_have_one_vote() -> None:
    copies = [node(number, text=1) for number in range(1, 11)]
    rows = memberships([*copies, node(20), node(30)], [edge(5, 20, 0.9), edge(20, 30, 0.8)])
    assert {row.article_id: row.cluster_id for row in rows} == dict.fromkeys([*range(1, 11), 20], 1)


def test_the_canonical_article_is_the_earliest() -> None:
    assert canonical(node(1, hours=2), node(2, hours=1), node(3, hours=3)) == 2


def test_an_excerpt_that_was_first_is_not_canonical() -> None:
    assert canonical(node(1, hours=0, words=79), node(2, hours=2), node(3, hours=1, words=80)) == 3


def test_undated_articles_come_last_and_the_lowest_number_decides_a_tie() -> None:
    assert canonical(node(1, hours=None), node(3, hours=5), node(2, hours=5)) == 2
    assert canonical(node(2, hours=None), node(1, hours=None)) == 1


def test_each_member_says_what_ties_it_to_the_canonical_article() -> None:
    nodes = [node(1), node(2, hours=1), node(3, text=1, hours=2)]
    rows = {row.article_id: (row.why, row.score) for row in memberships(nodes, [edge(1, 2, 0.8)])}
    assert rows == {1: (None, None), 2: ("nearly the same text", 0.8), 3: ("same text", 1.0)}


pairs = st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda pair: pair[0] < pair[1])


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(pairs, st.sampled_from([0.5, 0.7, 0.9]), max_size=25), st.data())
def test_the_order_of_nodes_and_pairs_does_not_matter(
    scores: dict[tuple[int, int], float], data: st.DataObject
) -> None:
    nodes = [node(number, text=number % 7, hours=number % 3) for number in range(1, 10)]
    edges = [edge(a, b, score) for (a, b), score in scores.items()]
    shuffled = memberships(data.draw(st.permutations(nodes)), data.draw(st.permutations(edges)))
    assert shuffled == memberships(nodes, edges)
