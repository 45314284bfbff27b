"""Clusters from pairs: a quorum, not a chain; one canonical article; the same whatever the order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.duplicates.clusters import EQUAL, EXCERPT_RULE, Edge, Node, memberships

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)


def node(number: int, *, text: int | None = None, words: int = 100, hours: int | None = 0) -> Node:
    published = None if hours is None else NOON + timedelta(hours=hours)
    return Node(number, f"{number if text is None else text:032x}", words, published)


def edge(a: int, b: int, score: float = 0.9) -> Edge:
    return Edge(a, b, "nearly the same text", score, "rule")


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


def test_clusters_join_first_by_the_share_of_pairs_then_by_the_mean_score() -> None:
    three = [edge(1, 2, 0.99), edge(1, 3, 0.99), edge(2, 3, 0.99)]
    nodes = [node(number) for number in range(1, 6)]
    assert clusters(nodes, [*three, edge(1, 4, 0.95), edge(2, 4, 0.95), edge(4, 5, 0.6)]) == [{1, 2, 3}, {4, 5}]
    assert clusters(nodes[:4], [edge(1, 2, 0.99), edge(1, 3, 0.7), edge(2, 3, 0.7), edge(3, 4, 0.9)]) == [
        {1, 2},
        {3, 4},
    ]


@pytest.mark.parametrize(("score", "joined"), [(0.8, {4, 5, 6, 7}), (0.9, {1, 2, 3, 7})])
def test_scores_of_clusters_that_grew_are_those_of_all_pairs_between_them(score: float, joined: set[int]) -> None:
    threes = [edge(low, low + 1, 0.99) for low in (1, 4)]
    threes += [edge(low, 3, 0.98) for low in (1, 2)] + [edge(low, 6, 0.98) for low in (4, 5)]
    seventh = [edge(2, 7, score), edge(3, 7, score), edge(4, 7, 0.8), edge(5, 7, 0.801)]
    assert joined in clusters([node(number) for number in range(1, 8)], [*threes, *seventh])


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


@settings(max_examples=100)
@given(st.dictionaries(pairs, st.sampled_from([0.5, 0.7, 0.9]), max_size=25), st.data())
def test_the_order_of_nodes_and_pairs_does_not_matter(
    scores: dict[tuple[int, int], float], data: st.DataObject
) -> None:
    nodes = [node(number, text=number % 7, hours=number % 3) for number in range(1, 10)]
    edges = [edge(a, b, score) for (a, b), score in scores.items()]
    shuffled = memberships(data.draw(st.permutations(nodes)), data.draw(st.permutations(edges)))
    assert shuffled == memberships(nodes, edges)


def test_the_numbers_of_articles_decide_nothing() -> None:
    """Four texts whose pairs are a tie: whichever article came first, the same texts are together."""
    found = set()
    for shift in range(4):
        numbers = {text: 1 + (text + shift) % 4 for text in range(4)}
        nodes = [node(numbers[text], text=text) for text in range(4)]
        beside = [sorted((numbers[text], numbers[(text + 1) % 4])) for text in range(4)]
        ring = [edge(low, high, 0.8) for low, high in beside]
        text_of = {number: text for text, number in numbers.items()}
        found.add(frozenset(frozenset(text_of[number] for number in cluster) for cluster in clusters(nodes, ring)))
    assert len(found) == 1


def test_one_address_joins_whatever_the_texts_and_the_votes() -> None:
    address = Edge(1, 5, "same address", 1.0, "same address")
    nodes = [node(number) for number in range(1, 6)]
    rows = memberships(nodes, [address, *(edge(a, b) for a, b in combinations([1, 2, 3, 4], 2))])
    assert {row.cluster_id for row in rows} == {1}
    assert [(row.tied_to, row.rule) for row in rows if row.article_id == 5] == [(1, "same address")]


def gone(number: int, **fields: Any) -> Node:
    return node(number, **fields)._replace(gone=True)


def test_what_was_taken_down_joins_nothing_and_stays_with_its_nearest_kin() -> None:
    nodes = [node(1), gone(2, hours=-1), node(3)]
    edges = [edge(1, 2, 0.7), edge(2, 3, 0.9)]
    assert clusters([each._replace(gone=False) for each in nodes], edges) == [{2, 3}]
    assert clusters(nodes, edges) == [{2, 3}]
    rows = memberships(nodes, [edge(1, 2), edge(2, 3), edge(1, 3)])
    assert [(row.article_id, row.rule) for row in rows if row.canonical] == [
        (1, "the earliest, without those taken down")
    ]


def test_clusters_of_what_was_taken_down_alone_stay_together() -> None:
    rows = memberships([gone(1), gone(2), gone(3)], [edge(1, 2), edge(2, 3), edge(1, 3)])
    assert [row.canonical for row in rows] == [True, False, False]


def excerpt(a: int, b: int, score: float = 0.9) -> Edge:
    return Edge(a, b, "contained in it", score, EXCERPT_RULE)


def test_excerpts_that_have_nothing_in_common_belong_to_the_article_that_contains_them() -> None:
    nodes = [node(1, words=300), node(2, words=90), node(3, words=80), node(4, words=70)]
    edges = [excerpt(1, number) for number in (2, 3, 4)]
    assert clusters(nodes, edges) == [{1, 2, 3, 4}]
    assert clusters(nodes, [Edge(1, number, "contained in it", 0.9, "another rule") for number in (2, 3, 4)]) == [
        {1, 2}
    ]


def test_an_excerpt_of_two_longer_articles_belongs_to_the_one_most_like_it() -> None:
    nodes = [node(1, words=300), node(2, words=300), node(3, words=80), node(4, words=80)]
    assert clusters(nodes, [excerpt(1, 3, 0.8), excerpt(2, 3, 0.9), excerpt(1, 4, 0.9), excerpt(2, 4, 0.8)]) == [
        {1, 4},
        {2, 3},
    ]


def test_what_is_as_long_as_its_excerpt_or_like_others_in_another_way_has_a_vote() -> None:
    chain = [excerpt(1, 2), excerpt(2, 3)]
    assert clusters([node(1, words=300), node(2, words=80), node(3, words=80)], chain) == [{1, 2}]
    three = [node(1, words=300), node(2, words=200), node(3, words=80)]
    assert clusters(three, [excerpt(1, 3), edge(2, 3)]) == [{1, 3}]
    assert clusters(three, [edge(1, 2, 0.99), excerpt(2, 3)]) == [{1, 2, 3}]


def test_what_was_taken_down_stays_with_the_cluster_of_an_excerpt_too() -> None:
    nodes = [node(1, words=300), node(2, words=80), gone(3, words=80)]
    assert clusters(nodes, [excerpt(1, 2), edge(2, 3)]) == [{1, 2, 3}]


def test_articles_of_one_address_are_as_long_as_the_longest_of_them() -> None:
    nodes = [node(1, words=300), node(2, words=50), node(3, words=80), node(4, words=80)]
    address = Edge(1, 2, "same address", 1.0, "same address")
    assert clusters(nodes, [address, excerpt(1, 3), excerpt(1, 4)]) == [{1, 2, 3, 4}]


@pytest.mark.parametrize("numbers", [(1, 2), (2, 1)])
def test_between_two_equals_an_excerpt_and_what_was_taken_down_choose_by_text(numbers: tuple[int, int]) -> None:
    low, high = numbers
    wholes = [node(low, text=1, words=300), node(high, text=2, words=300)]
    assert clusters([*wholes, gone(3)], [edge(1, 3), edge(2, 3)]) == [{high, 3}]
    assert clusters([*wholes, node(3, words=80)], [excerpt(1, 3), excerpt(2, 3)]) == [{high, 3}]


def test_a_text_of_which_one_copy_stands_was_not_taken_down() -> None:
    votes = [edge(1, 2, 0.99), edge(1, 3, 0.98), edge(2, 3, 0.98), edge(1, 5, 0.7), edge(3, 5, 0.7)]
    first, second, fifth = node(1), node(2), node(5)
    assert clusters([first, second, node(3, text=9), gone(4, text=9), fifth], votes) == [{1, 2, 3, 4, 5}]
    assert clusters([first, second, gone(3, text=9), gone(4, text=9), fifth], votes) == [{1, 2, 3, 4}]


def test_a_pair_with_doubts_holds_until_one_of_the_two_is_known_for_an_instance_of_a_template() -> None:
    doubted, sure = edge(1, 2)._replace(doubts=2), edge(1, 2)
    plain, instance = node(1), node(2)._replace(template=True)
    assert clusters([plain, node(2)], [doubted]) == [{1, 2}]
    assert clusters([plain, instance], [doubted]) == []
    assert clusters([node(1)._replace(template=True), node(2)], [doubted]) == []
    assert clusters([node(1)._replace(template=True), instance], [sure]) == [{1, 2}]
    others = [node(3)._replace(template=True), node(4)._replace(template=True)]
    assert clusters([plain, node(2), *others], [doubted, edge(3, 4)._replace(doubts=1)]) == [{1, 2}]


def test_equal_texts_are_one_although_an_earlier_algorithm_has_cleaned_one_of_them_otherwise() -> None:
    nodes = [node(number) for number in range(1, 6)]
    votes = [edge(a, b) for a, b in combinations([1, 2, 3, 4], 2)]
    assert clusters(nodes, [*votes, Edge(1, 5, "same text", 1.0, EQUAL)]) == [{1, 2, 3, 4, 5}]


def test_of_several_pairs_of_two_texts_the_best_says_why_and_of_equals_that_of_the_lowest_numbers() -> None:
    nodes = [node(1, text=1), node(2, text=1, hours=1), node(3, hours=2)]

    def tie(*edges: Edge) -> tuple[float | None, str | None, int | None]:
        return next((row.score, row.why, row.tied_to) for row in memberships(nodes, edges) if row.article_id == 3)

    assert tie(edge(1, 3, 0.7), edge(2, 3, 0.8)) == (0.8, "nearly the same text", 2)
    assert tie(edge(1, 3, 0.8), edge(2, 3, 0.7)) == (0.8, "nearly the same text", 1)
    assert tie(edge(1, 3), edge(2, 3)) == (0.9, "nearly the same text", 1)
    assert tie(edge(1, 3)._replace(why="a"), edge(2, 3)._replace(why="b")) == (0.9, "b", 2)


def test_the_rule_of_the_canonical_article_says_what_was_left_out() -> None:
    def rule(*nodes: Node) -> str:
        pairs = [edge(a.article_id, b.article_id) for a, b in combinations(nodes, 2)]
        return next(row.rule for row in memberships(nodes, pairs) if row.canonical)

    assert rule(node(1), node(2)) == "the earliest"
    assert rule(node(1, words=20), node(2)) == "the earliest, without those with less than 0.8 of the longest text"
    assert "taken down or with less" in rule(gone(1), node(2, words=20), node(3))


def ties(nodes: list[Node], edges: list[Edge]) -> dict[int, tuple[str | None, int | None]]:
    return {row.article_id: (row.why, row.tied_to) for row in memberships(nodes, edges)}


def address(a: int, b: int) -> Edge:
    return Edge(a, b, "same address", 1.0, "same address")


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((0, 1, 2), {1: None, 5: 1, 6: 5}),
        ((1, 0, 2), {1: 5, 5: None, 6: 5}),
        ((2, 1, 0), {1: 5, 5: 6, 6: None}),
    ],
)
def test_of_one_address_each_is_tied_to_what_has_it_too_and_best_of_all_to_the_canonical_one(
    hours: tuple[int, int, int], expected: dict[int, int | None]
) -> None:
    nodes = [node(number, hours=when) for number, when in zip((1, 5, 6), hours, strict=True)]
    found = ties(nodes, [address(1, 5), address(5, 6)])
    assert found == {number: (other and "same address", other) for number, other in expected.items()}


def test_a_copy_of_what_has_the_address_of_the_canonical_article_is_tied_to_the_text_it_copies() -> None:
    nodes = [node(1), node(5, text=5, hours=1), node(7, text=5, hours=2), node(9, text=5, hours=3)]
    found = ties(nodes, [address(1, 5)])
    assert found == {1: (None, None), 5: ("same address", 1), 7: ("same text", 5), 9: ("same text", 5)}


def test_what_has_no_pair_with_the_canonical_article_is_tied_by_the_best_it_has_and_of_equals_the_lowest() -> None:
    nodes = [node(number, hours=number) for number in (1, 2, 3, 4)]
    three = [edge(1, 2, 0.99), edge(1, 3, 0.99), edge(2, 3, 0.99)]

    def tie(*edges: Edge) -> tuple[int | None, str | None, float | None]:
        (row,) = [row for row in memberships(nodes, [*three, *edges]) if row.article_id == 4]
        assert row.cluster_id == 1
        return row.tied_to, row.why, row.score

    near = "nearly the same text"
    assert tie(edge(2, 4, 0.8), edge(3, 4, 0.9)) == (3, near, 0.9)
    assert tie(edge(2, 4, 0.9), edge(3, 4, 0.8)) == (2, near, 0.9)
    assert tie(edge(2, 4), edge(3, 4)) == (2, near, 0.9)
    assert tie(edge(2, 4)._replace(why="a"), edge(3, 4)._replace(why="b")) == (3, "b", 0.9)
    assert tie(edge(1, 4, 0.7), edge(2, 4, 0.9), edge(3, 4, 0.9)) == (1, near, 0.7), "the canonical one before all"


_WHYS = ["nearly the same text", "contained in it", "same address"]
drawn_edges = st.dictionaries(
    pairs, st.tuples(st.sampled_from(_WHYS), st.sampled_from([0.5, 0.7, 0.9])), min_size=4, max_size=25
)
drawn_nodes = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 3), st.integers(0, 5)), min_size=9, max_size=9)


@settings(max_examples=150)
@given(drawn_nodes, drawn_edges)
def test_every_member_is_tied_by_the_best_pair_it_has_to_the_canonical_article_else_to_any_other(
    shapes: list[tuple[int, int, int]], found: dict[tuple[int, int], tuple[str, float]]
) -> None:
    """As a reader would look it up: among all pairs of its text and of the texts of one address with it."""
    nodes = {
        number: node(number, text=text, hours=hours)._replace(gone=not standing)
        for number, (text, hours, standing) in enumerate(shapes, 1)
    }
    edges = [Edge(a, b, why, 1.0 if why == "same address" else score, "r") for (a, b), (why, score) in found.items()]
    rows = memberships(nodes.values(), edges)
    canonicals = {row.cluster_id: row.article_id for row in rows if row.canonical}
    assert len(canonicals) == len({row.cluster_id for row in rows})
    inside = {row.article_id: row.cluster_id for row in rows}

    kin = {number: {number} for number in nodes}  # articles of one text or address, whatever lies between
    for a, b in [*(each for each in combinations(nodes, 2) if nodes[each[0]].text == nodes[each[1]].text),
                 *((each.a, each.b) for each in edges if each.why == "same address")]:  # fmt: skip
        whole = kin[a] | kin[b]
        for number in whole:
            kin[number] = whole

    for row in rows:
        number, home = row.article_id, canonicals[row.cluster_id]
        assert row.cluster_id == min(each for each, cluster in inside.items() if cluster == row.cluster_id)
        if row.canonical:
            assert (row.why, row.score, row.tied_to) == (None, None, None)
            continue
        assert row.tied_to != number
        assert inside[row.tied_to or 0] == row.cluster_id
        if nodes[number].text == nodes[home].text:
            assert (row.why, row.score, row.tied_to, row.rule) == ("same text", 1.0, home, EQUAL)
            continue
        if home in kin[number]:
            own = {each.b if each.a == number else each.a for each in edges
                   if each.why == "same address" and number in (each.a, each.b)}  # fmt: skip
            if own:
                assert (row.why, row.score) == ("same address", 1.0)
                assert row.tied_to == home if home in own else row.tied_to in own
            else:
                twins = [each for each in kin[number] - {number} if nodes[each].text == nodes[number].text]
                assert (row.why, row.score, row.tied_to) == ("same text", 1.0, min(twins))
            continue
        across = [
            (each, far)
            for each in edges
            for near, far in ((each.a, each.b), (each.b, each.a))
            if near in kin[number] and far not in kin[number] and inside.get(far) == row.cluster_id
        ]
        to_home = [(each, far) for each, far in across if far in kin[home]]
        best = max((each.score, each.why) for each, _ in to_home or across)
        assert (row.score, row.why) == best
        assert row.tied_to in {far for each, far in to_home or across if (each.score, each.why) == best}
