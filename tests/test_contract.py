"""What is promised to readers and operators is used by a test: views of `news`, variables, arguments, publishers' keys.

A view that no test queries, or a variable that no test sets, may be lost without anybody noticing. What only measures
(`tests/benchmarks`, `tests/mutants`) does not count, nor does this file. Settings of Scrapy and of ours:
`crawls/test_effective_settings.py`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.checkout import ROOT, TESTS

from pipelines.database.connections import transaction
from spiders.publishers import Publisher
from spiders.publishers.publisher import Index, Rules
from spiders.spider_arguments import ARGUMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.database.connections import Connection

DOCUMENTS = ("README.md", "SECURITY.md", "CONTRIBUTING.md")
VARIABLE = re.compile(r"\b(?:LUMBUNG|DATABASE|AIRFLOW|CRAWL|DOMAIN|READ|LOAD|POLITE)_[A-Z_]*[A-Z]\b")
"""Names of settings and of variables of the environment, as our documents print them."""
INTERNAL = {"LUMBUNG_STACK_MEMBER"}
"""Nobody sets it: by it the stack finds its own processes again."""
QUERIED = re.compile(r"\b(?:from|join|table|using|update)\s+news\.(\w+)", re.IGNORECASE)


@cache
def text_of_tests() -> str:
    """The text of all tests and what supports them."""
    text = "\n".join(path.read_text("utf-8") for path in sorted(TESTS.rglob("*.py")) if counts(path))
    return text.replace("\\n", "\n")  # of tables that are written as one string


def counts(path: Path) -> bool:
    inside = path.relative_to(TESTS)
    return inside.parts[0] not in {"benchmarks", "mutants"} and path != Path(__file__)


def unused(names: Iterable[str], tests: str) -> list[str]:
    """Names that stand nowhere in a text as a whole word."""
    return [name for name in names if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", tests)]


def read_by_code() -> set[str]:
    """Names that look like variables of ours in the four rooms: read, handed on or written to `.lumbung/env`."""
    rooms = ("spiders", "pipelines", "dags")
    sources = (path.read_text("utf-8") for room in rooms for path in (ROOT / room).rglob("*.py"))
    return {
        name
        for source in sources
        for name in re.findall(r"[\"'](LUMBUNG_[A-Z_]+[A-Z]|DATABASE_[A-Z_]*URL)[\"']", source)
    } - INTERNAL


def documented() -> set[str]:
    return {name for document in DOCUMENTS for name in VARIABLE.findall((ROOT / document).read_text("utf-8"))}


def test_every_view_of_news_is_queried_by_a_test(database: Connection) -> None:
    with transaction(database) as cursor:
        cursor.execute("select viewname from pg_views where schemaname = 'news'")
        views = {name for (name,) in cursor.fetchall()}
    assert len(views) >= 12
    assert views - set(QUERIED.findall(text_of_tests())) == set()


@pytest.mark.parametrize("kind", ["documented", "read by code"])
def test_every_variable_is_used_by_a_test(kind: str) -> None:
    names = documented() if kind == "documented" else read_by_code()
    assert len(names) >= 6
    assert unused(names, text_of_tests()) == []


def test_every_spider_argument_is_given_by_a_test() -> None:
    given = re.findall(r"\b(\w+)=|[\"'](\w+)[\"']:", text_of_tests())
    assert set(ARGUMENTS) - {name for pair in given for name in pair} == set()


@pytest.mark.parametrize("table", [Publisher, Index, Rules])
def test_every_key_of_a_publishers_file_is_set_by_a_test(table: type[Publisher | Index | Rules]) -> None:
    keys = {field.alias or name for name, field in table.model_fields.items()}
    assert len(keys) >= 4
    written = re.findall(r"(?<!\w)[\"']?(\w+)[\"']?(?: = |=|: |\]\])", text_of_tests())
    assert keys - {*written} == set()


def test_a_name_that_no_test_uses_is_found() -> None:
    assert unused(["LOAD_BATCH", "LOAD"], 'settings = {"LOAD_BATCH": "5"}') == ["LOAD"]
    assert QUERIED.findall("select 1 from news.reads join\n news.crawls; say news.articles") == ["reads", "crawls"]
