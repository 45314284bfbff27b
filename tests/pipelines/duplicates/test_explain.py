"""`lumbung duplicates explain`: why an article is in its cluster, or in none, with the texts side by side."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from support.stories import NOON, Story, body, put, weather

from pipelines.database.connections import transaction
from pipelines.duplicates.deduplicate import deduplicate
from pipelines.duplicates.explain import NoSuchArticle, explain
from pipelines.duplicates.report import aligned, report, side_by_side

if TYPE_CHECKING:
    from pipelines.database.connections import Connection


def told(connection: Connection, asked: int | str, *, colours: bool = False) -> str:
    out = StringIO()
    console = Console(file=out, width=200, force_terminal=colours, color_system="standard" if colours else None)
    console.print(report(explain(connection, str(asked))))
    return out.getvalue()


@pytest.fixture
def cluster(database: Connection) -> list[int]:
    text = body(1, 10)
    numbers = put(
        database,
        [
            Story(text, "kabar", "Pasar Kampung Dibuka Lagi"),
            Story([text[0], "Sponsor kami: kopi.", *text[1:6]], "warta", "Pasar Kampung", NOON + timedelta(hours=1)),
            Story(text, "harian", "Ramai", NOON + timedelta(hours=2)),
            Story(body(2), "kabar", "Banjir Surut"),
        ],
    )
    deduplicate(database)
    return numbers


def test_a_copy_is_explained_by_its_pair_and_the_canonical_article_by_its_rule(
    database: Connection, cluster: list[int]
) -> None:
    said = told(database, cluster[1])
    assert "Cluster 1: 3 articles tell this story, news.articles shows 1 (kabar): the earliest" in said
    assert "by two publishers, contained, headlines alike: one text contains the other as 1, score 0.9" in said
    assert "No contradiction: no slot differs." in said
    assert "equal after cleaning" in said  # of the third
    assert "makes a pair with 2 of them" in said


def test_an_article_is_found_by_its_url_and_any_variant_of_it(database: Connection, cluster: list[int]) -> None:
    assert explain(database, f"https://kabar.example/{cluster[0]}").article.article_id == cluster[0]
    with transaction(database) as cursor:
        cursor.execute(
            "update lumbung.article set declared_url = 'https://www.antaranews.com/berita/1/pasar' where article_id = 4"
        )
    asked = "https://m.antaranews.com/berita/1/pasar?utm_source=rss"
    assert explain(database, asked).article.article_id == 4


def test_shared_words_are_coloured_and_lines_of_the_page_are_not(database: Connection, cluster: list[int]) -> None:
    found = explain(database, str(cluster[1]))
    assert found.compared is not None
    left, right = (each.paragraphs for each in (found.article, found.compared))
    table = side_by_side(found.article, found.compared)
    first, second = (list(column.cells) for column in table.columns)
    assert len(first) == len(right) + 1
    assert [str(cell) for cell in first if str(cell)] == left
    sponsor = first.index(next(cell for cell in first if "Sponsor" in str(cell)))
    assert second[sponsor] == ""
    assert first[sponsor].spans == []  # type: ignore[union-attr]  # cells are Text
    assert len(first[0].spans) == len(left[0].split())  # type: ignore[union-attr]
    assert "\x1b[32m" in told(database, cluster[1], colours=True)


def test_an_article_of_the_same_text_is_shown_with_all_of_it_shared(database: Connection, cluster: list[int]) -> None:
    found = explain(database, str(cluster[2]))
    assert found.compared is not None
    assert found.compared.article_id == cluster[0]
    column = side_by_side(found.article, found.compared).columns[0]
    assert [len(cell.spans) for cell in column.cells] == [30] * 10  # type: ignore[union-attr]


def test_an_article_of_no_cluster_is_told_what_comes_nearest_and_why_it_is_not_the_same(database: Connection) -> None:
    text = body(3, 10)
    template, other, alone, follow_up, old, note = put(
        database,
        [
            Story(weather(3, 20, 10)),
            Story(weather(4, 23, 17), "warta"),
            Story(body(4)),
            Story(body(5, 6) + text[8:], "harian", "Pedagang Pindah"),
            Story(text, "harian", "Pasar Kampung"),
            Story(["Foto panen raya di lereng."], "harian", "Foto"),
        ],
    )
    deduplicate(database)
    assert "It is in no cluster" in told(database, alone)
    assert f"Nearest outside: {other} (warta" in told(database, template)
    assert "they contradict each other: “3” and “4” after" in told(database, template)
    assert f"Nearest outside: {old}" in told(database, follow_up)
    assert "of the shorter text is in the other, at least 0.65 is needed" in told(database, follow_up)
    assert "Nearest outside" not in told(database, note)


@pytest.mark.parametrize(
    ("length", "step", "reason"),
    [
        (10, 1, "a pair, but outvoted: half or more of the pairs between their clusters are none"),
        (8, 2, "a pair with doubts (each has much that the other has not), but outvoted: half or more"),
    ],
)
def test_a_pair_that_was_outvoted_is_told(database: Connection, length: int, step: int, reason: str) -> None:
    text = body(6, 24)
    starts = range(0, 24 - length, step)
    numbers = put(database, [Story(text[start : start + length], f"p{start}") for start in starts])
    deduplicate(database)
    assert reason in " ".join(" ".join(told(database, number).split()) for number in numbers)


def test_what_was_not_looked_at_yet_is_said_to_be(database: Connection) -> None:
    (number,) = put(database, [Story(body(7))])
    assert "run `lumbung deduplicate`" in told(database, number)


def test_an_unknown_article_is_one_line(database: Connection) -> None:
    with pytest.raises(NoSuchArticle, match=r"no article has the number or URL 'https://kabar\.example/9'"):
        explain(database, "https://kabar.example/9")


def test_paragraphs_are_put_beside_each_other_in_the_order_of_both() -> None:
    def words(*texts: str) -> list[frozenset[str]]:
        return [frozenset(text) for text in texts]

    assert list(aligned(words("abc", "xyz", "def"), words("abc", "mno", "defg"))) == [
        (0, 0), (1, None), (None, 1), (2, 2),
    ]  # fmt: skip
    assert list(aligned(words("abc"), [])) == [(0, None)]
    assert list(aligned([], words("abc"))) == [(None, 0)]
