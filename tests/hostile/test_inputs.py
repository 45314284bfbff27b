"""Inputs that break programs end as an article, a reason, an announcement or a named problem, within their limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hostile import document_reader as hostile_reader
from hostile.document_reader import read_document
from hostile.families import FAMILIES
from hostile.fuzz_targets import publisher
from hostile.inputs import run
from hostile.journeys import READ_MEGABYTES, READ_SECONDS, SECONDS, Told
from support.promises import broken

from spiders import settings
from spiders.article import Article, Entry, Rejection

if TYPE_CHECKING:
    from collections.abc import Sequence

STEP = 100
"""All of them are read by `tests/hostile/inputs.py`."""
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ARTICLE = Article(
    publisher="warta",
    url="https://www.warta.id/berita/1",
    canonical_url="https://www.warta.id/berita/1",
    headline="Panen",
    paragraphs=("Warga memanen padi.",),
    fetched_at=NOON,
)
ENTRY = Entry(url="https://www.warta.id/berita/1", published_at=NOON)


def test_inputs_that_break_programs_break_nothing(database_url: str) -> None:
    made = [name for name, family in FAMILIES.items() if not family.heavy and not name.startswith("saved")]
    inputs = 0
    for name, told in run(database_url, made, STEP):
        assert (name, told.crashes, told.unaccounted, told.above) == (name, [], [], [])
        assert sum(told.ended.values()) == told.inputs > 0
        inputs += told.inputs
    assert inputs * STEP > 20_000


def test_the_limits_are_those_of_the_spiders() -> None:
    assert (READ_SECONDS, READ_MEGABYTES) == (settings.READ_SECONDS, settings.READ_MEGABYTES)


@pytest.mark.parametrize(
    ("words", "seconds", "heavy", "lists"),
    [
        ("article", 0.1, False, (0, 0, 0)),
        ("article", SECONDS + 1, False, (1, 0, 0)),
        ("article", SECONDS + 1, True, (0, 0, 0)),
        ("rejection: over_limit", 0.1, False, (1, 0, 0)),
        ("rejection: over_limit", 10.0, True, (0, 0, 0)),
        ("crash: ValueError", 0.1, False, (0, 1, 0)),
        ("unaccounted: no row", 0.1, False, (0, 0, 1)),
    ],
)
def test_what_goes_wrong_is_told(words: str, seconds: float, heavy: bool, lists: Sequence[int]) -> None:  # noqa: FBT001
    told = Told()
    told.add("input", words, seconds, 1, heavy=heavy)
    assert (len(told.above), len(told.crashes), len(told.unaccounted)) == lists


def test_an_exception_is_a_crash_not_a_problem_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise ZeroDivisionError

    assert read_document("feed", b"")[0] == "problem of the document"
    monkeypatch.setattr(hostile_reader, "parse_feed", fails)
    assert read_document("feed", b"")[0].startswith("crash: ZeroDivisionError")


@pytest.mark.parametrize(
    "outcome",
    [
        replace(ARTICLE, headline=" Panen"),
        replace(ARTICLE, headline="Panen", paragraphs=("a", " ")),
        replace(ARTICLE, reads=-1),
        replace(ARTICLE, authors=("",)),
        replace(ARTICLE, published_at=NOON.replace(tzinfo=None)),
        replace(ARTICLE, canonical_url="https://www.warta.id/berita/1?utm_source=x"),
        Rejection(publisher="w", url="u", canonical_url="u", reason="no_body", fetched_at=NOON, detail="a\nb"),
        [ENTRY, replace(ENTRY, url="https://jahat.id/")],
        [replace(ENTRY, published_until=NOON - timedelta(days=1))],
    ],
)
def test_a_broken_promise_is_found(outcome: Any) -> None:
    assert broken(outcome, publisher())
    assert not broken(ARTICLE, publisher())
    assert not broken([ENTRY], publisher())
