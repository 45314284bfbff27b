"""Which member of a cluster each one is tied to, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.duplicates.clusters import EQUAL, Edge, Node, memberships

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)


def node(number: int, *, text: int | None = None, words: int = 100, hours: int | None = 0) -> Node:
    published = None if hours is None else NOON + timedelta(hours=hours)
    return Node(number, f"{number if text is None else text:032x}", words, published)


def edge(a: int, b: int, score: float = 0.9) -> Edge:
    return Edge(a, b, "nearly the same text", score, "rule")


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


pairs = st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda pair: pair[0] < pair[1])
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
