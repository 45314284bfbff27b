"""Clusters from pairs: a quorum, not a chain; one canonical article; the same whatever the order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.duplicates.clusters import EQUAL, EXCERPT_RULE, Edge, Node, is_instance, memberships

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


def test_a_template_is_known_by_other_news_in_its_form() -> None:
    assert not is_instance("a", {"x"}, {}, {})
    assert is_instance("a", {"x", "y"}, {}, {})
    assert is_instance("a", {"x", "y"}, {"a": {"b"}, "b": {"a"}, "x": {"z"}, "z": {"x"}}, {})


def test_copies_of_one_story_that_contradict_a_copy_are_no_other_news() -> None:
    alike = {"a": {"b"}, "b": {*"axyz"}, "x": {*"by"}, "y": {*"bxz"}, "z": {*"by"}}
    assert not is_instance("a", {"x", "y", "z"}, alike, alike)
    assert not is_instance("a", {"x", "y", "z", "other"}, alike, alike)
    assert is_instance("a", {"x", "other", "another"}, alike, alike)


def test_three_fillings_make_a_template_though_they_are_like_what_the_article_is_like() -> None:
    alike = {"a": {"b"}, "b": {*"axyz"}, "x": {*"by"}, "y": {*"bxz"}, "z": {*"by"}}
    assert is_instance("a", {"x", "y", "z"}, alike, {})  # their own pairs have doubts
    assert not is_instance("a", {"x", "y", "z"}, alike, {"x": {"y"}, "y": {"x"}})
    assert not is_instance("a", {"x", "y"}, alike, {})


def test_articles_of_one_address_do_not_make_each_other_instances() -> None:
    assert not is_instance("a", {"x", "y"}, {"a": {"x"}, "x": {"a"}}, {})


def test_a_story_that_goes_from_copy_to_copy_is_one_filling() -> None:
    row = "mnopqrs"
    surely = {text: {*row[max(0, place - 1) : place + 2]} - {text} for place, text in enumerate(row)}
    alike = {"a": {"b"}, "b": {"a", *row}, **{text: {"b", *near} for text, near in surely.items()}}
    assert not is_instance("a", {*row}, alike, surely)
