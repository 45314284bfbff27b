"""Saved pages of publishers that we have no file for: the generic reader alone gives the golden texts."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from support.checkout import TESTS

from spiders.article import Article
from spiders.publishers import Publisher
from spiders.reading.page import Page
from spiders.seed_format import dumps

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
PAGES = TESTS / "pages" / "unknown"
KNOWN = tomllib.loads((PAGES / "stated.toml").read_text("utf-8"))


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.stem)
def test_a_page_without_selectors_gives_its_golden_text(path: Path) -> None:
    known = KNOWN[path.stem]
    publisher = Publisher.from_table("unknown", {"name": known["name"], "home": known["home"]}, where=path.name)
    article = Page(path.read_bytes(), known["url"], publisher, fetched_at=NOW).article()
    assert isinstance(article, Article)
    assert dumps(article) == path.with_suffix(".txt").read_text("utf-8")
    stated = {field: tuple(value) if isinstance(value, list) else value for field, value in known["stated"].items()}
    assert {field: getattr(article, field) for field in stated} == stated
    assert article.language == "id"
