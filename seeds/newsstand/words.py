"""The words of the newspaper: `words/*.toml`, one file a section and `umum.toml` for all of them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SECTIONS = ("nasional", "internasional", "ekonomi", "olahraga", "teknologi", "budaya")


@dataclass(frozen=True, slots=True)
class Topic:
    """What one kind of news can say."""

    tags: tuple[str, ...]
    headlines: tuple[str, ...]
    leads: tuple[str, ...]
    """First paragraphs; the one at the place of a headline belongs to it."""
    sentences: tuple[str, ...]
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the newspaper with its own vocabulary."""

    key: str
    label: str
    words: Mapping[str, Sequence[str]]
    """Symbols, those of `umum.toml` included."""
    topics: tuple[Topic, ...]
    sentences: tuple[str, ...]
    quotes: tuple[str, ...]


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "words" / f"{name}.toml").read_text("utf-8"))


@cache
def common_words() -> dict[str, Sequence[str]]:
    """Symbols every section shares."""
    return _table("umum")


@cache
def load_section(key: str) -> Section:
    """The section of that key, one of SECTIONS."""
    table = _table(key)
    topics = tuple(
        Topic(*(tuple(topic[name]) for name in ("tag", "judul", "lead", "isi", "kutip"))) for topic in table["topik"]
    )
    words = {name: value for name, value in table.items() if isinstance(value, list) and name != "topik"}
    return Section(key, table["label"], {**common_words(), **words}, topics, tuple(table["isi"]), tuple(table["kutip"]))
