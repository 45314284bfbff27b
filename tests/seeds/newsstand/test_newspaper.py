"""Harian Contoh tells the truth about itself, and is as large and as varied as promised."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from support.checkout import ROOT
from support.newspaper_readers import NOON, ask, of_kind, paper

from seeds.newsstand import Newsstand, serve
from seeds.newsstand.truth import expected
from spiders.article import Article, Rejection
from spiders.publishers import Publisher
from spiders.reading.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEEDS = ROOT / "seeds"
BOILERPLATE = re.compile(
    r"^(baca juga|advertisement|scroll to|halaman \d|komentar|bagikan|tag:|artikel khusus)", re.IGNORECASE
)


@pytest.fixture
def stand() -> Iterator[Newsstand]:
    with serve(paper()) as newsstand:
        yield newsstand


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return expected(paper())


def test_another_seed_is_another_newspaper() -> None:
    first, second = ({article["text"] for article in expected(paper(seed=seed))["articles"]} for seed in (1, 2))
    assert len(first & second) == 1  # the seed article


def test_it_is_as_large_and_as_varied_as_promised(truth: dict[str, Any]) -> None:
    counts = truth["counts"]
    assert counts["articles"] >= 120
    assert len(counts["sections"]) == 6
    assert min(counts["sections"].values()) >= 15
    assert counts["rejections"] == dict.fromkeys(["disallowed", "gone", "photo", "subscribers_only", "video"], 1)
    assert counts["duplicates"] == 10
    assert counts["stories"] + counts["duplicates"] == counts["articles"]
    assert {article["published_at"][-6:] for article in truth["articles"]} == {"+07:00", "+08:00", "+09:00"}
    assert {article["paywalled"] for article in truth["articles"]} == {True, False, None}
    assert any(article["reads"] is None for article in truth["articles"])


def test_the_seed_article_is_the_seed_text(truth: dict[str, Any]) -> None:
    (seed,) = of_kind(truth, "seed")
    assert seed["text"] == (SEEDS / "article.txt").read_text("utf-8")
    assert seed["published_at"].startswith("2026-11-17")


def test_the_committed_seed_is_the_given_one(shared: Path) -> None:
    (given,) = (shared / "seed").glob("*.txt")
    assert (SEEDS / "article.txt").read_bytes() == given.read_bytes()


def test_every_page_read_by_the_spiders_gives_its_expected_article(stand: Newsstand) -> None:
    publisher = Publisher.from_file(SEEDS / "publishers" / "contoh.toml")
    truth = expected(stand.newspaper)
    for article in truth["articles"]:
        answer = ask(article["url"] + "?page=all")
        encoding = "utf-8" if "utf-8" in answer.headers["Content-Type"] else None
        page = Page(answer.body, article["url"], publisher, fetched_at=NOON, encoding=encoding)
        outcome = page.article()
        assert isinstance(outcome, Article), article["url"]
        assert outcome.paragraphs == tuple(article["paragraphs"])
        assert (outcome.headline, outcome.reads) == (
            article["headline"].replace("\ufffd", outcome.headline[-1]),
            article["reads"],
        )
        assert outcome.published_at == datetime.fromisoformat(article["published_at"])
    for rejection in truth["rejections"]:
        answer = ask(rejection["url"])
        if rejection["reason"] in {"photo", "video", "subscribers_only"}:
            outcome = Page(answer.body, rejection["url"], publisher, fetched_at=NOON, encoding="utf-8").article()
            assert isinstance(outcome, Rejection)
            assert outcome.reason == rejection["reason"]


def test_expected_texts_hold_no_boilerplate(truth: dict[str, Any]) -> None:
    lines = [line for article in truth["articles"] for line in article["paragraphs"]]
    assert len(lines) > 1200
    assert not [line for line in lines if BOILERPLATE.match(line) or line != line.strip(" \t\n")]


def shingles(article: dict[str, Any]) -> set[tuple[str, ...]]:
    words = " ".join(article["paragraphs"]).lower().split()
    return {tuple(words[start : start + 5]) for start in range(len(words) - 4)}


def test_copies_are_near_duplicates_and_nothing_else_is(truth: dict[str, Any]) -> None:
    cut = [(article["duplicate_of"] or article["canonical_url"], shingles(article)) for article in truth["articles"]]
    for (one, first), (other, second) in combinations(cut, 2):
        containment = len(first & second) / min(len(first), len(second))
        assert containment >= 0.7 if one == other else containment < 0.1


def test_exact_copies_have_the_same_paragraphs(truth: dict[str, Any]) -> None:
    by_url = {article["canonical_url"]: article for article in truth["articles"]}
    copies = of_kind(truth, "exact")
    assert len(copies) == 2
    assert all(copy["paragraphs"] == by_url[copy["duplicate_of"]]["paragraphs"] for copy in copies)


def test_a_split_article_is_whole_only_on_request(stand: Newsstand) -> None:
    split = next(plan for plan in stand.newspaper.visible() if plan.shape == "long")
    url = stand.url + stand.newspaper.link(split).path
    bodies = {part: ask(f"{url}?page={part}").body.decode() for part in ("1", "2", "3", "all")}
    assert "Halaman 1 dari 3" in bodies["1"]
    assert ask(url).body.decode() == bodies["1"]
    last = stand.newspaper.story(split).paragraphs[-1][:20].replace('"', "&quot;")
    assert [last in body for body in bodies.values()] == [False, False, True, True]


def test_special_pages_are_what_they_are_for(stand: Newsstand) -> None:
    truth = expected(stand.newspaper)
    reasons = {entry["reason"]: entry["url"] for entry in truth["rejections"]}
    assert ask(reasons["gone"]).status == 404
    assert b'"ImageGallery"' in ask(reasons["photo"]).body
    assert b'"VideoObject"' in ask(reasons["video"]).body
    legacy = ask(of_kind(truth, "legacy")[0]["url"])
    assert legacy.headers["Content-Type"] == "text/html"
    assert "“Kopi Tjap Moeka” menyajikan crème brûlée" in legacy.body.decode("windows-1252")
    unstorable = ask(of_kind(truth, "unstorable")[0]["url"]).body
    assert all(escape in unstorable for escape in (b"&#0;", b"&#xD800;", b"\\u0000", b"\\ud800"))
    assert b'"isAccessibleForFree": false' in ask(of_kind(truth, "paywalled")[0]["url"]).body
