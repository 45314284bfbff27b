"""A small grammar for prose: `{name}` is a symbol or a fact, `{3-9}` a number, `[a|b]` a choice on the spot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

_TOKEN = re.compile(r"\{(?P<low>\d+)-(?P<high>\d+)\}|\{(?P<name>\w+)\}|\[(?P<choice>[^\]]*)\]")
_YEARS = range(1700, 2101)


@dataclass(frozen=True, slots=True)
class _Number:
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class _Name:
    name: str


@dataclass(frozen=True, slots=True)
class _Choice:
    options: tuple[tuple[_Part, ...], ...]


_Part = str | _Number | _Name | _Choice


@cache
def _parse(template: str) -> tuple[_Part, ...]:
    parts: list[_Part] = []
    end = 0
    for token in _TOKEN.finditer(template):
        if token.start() > end:
            parts.append(template[end : token.start()])
        end = token.end()
        if token["low"]:
            parts.append(_Number(int(token["low"]), int(token["high"])))
        elif token["name"]:
            parts.append(_Name(token["name"]))
        else:
            parts.append(_Choice(tuple(_parse(option) for option in token["choice"].split("|"))))
    if end < len(template):
        parts.append(template[end:])
    return tuple(parts)


def thousands(number: int) -> str:
    """A whole number as Indonesian newspapers print it: `12.768`."""
    return f"{number:,}".replace(",", ".")


class Voice:
    """Expands templates for one story: one stream of chance, its facts, and the words of its section."""

    def __init__(self, chance: Random, words: Mapping[str, Sequence[str]], facts: dict[str, str]) -> None:
        self.chance = chance
        self.words = words
        self.facts = facts
        self._agreed: dict[_Number | _Name, str] | None = None

    def pick(self, options: Sequence[str]) -> str:
        """One of `options`, unexpanded."""
        return options[int(self.chance.random() * len(options))]

    def say(self, template: str) -> str:
        """Expand one template.

        Raises:
            KeyError: the template names a symbol that neither the facts nor the words hold.
        """
        said: list[str] = []
        self._expand(_parse(template), said)
        return "".join(said)

    def sentence(self, template: str) -> str:
        """Expand one template and begin it with a capital letter."""
        text = self.say(template)
        start = 1 if text.startswith('"') else 0
        return text[:start] + text[start : start + 1].upper() + text[start + 1 :]

    def agree(self, *templates: str) -> list[str]:
        """Expand templates that must name the same figures, such as a headline and its first paragraph."""
        self._agreed = {}
        texts = [self.sentence(template) for template in templates]
        self._agreed = None
        return texts

    def _expand(self, parts: tuple[_Part, ...], said: list[str]) -> None:
        for part in parts:
            if isinstance(part, str):
                said.append(part)
            elif isinstance(part, _Choice):
                self._expand(part.options[int(self.chance.random() * len(part.options))], said)
            else:
                said.append(self._figure(part))

    def _figure(self, part: _Number | _Name) -> str:
        if isinstance(part, _Name) and part.name in self.facts:
            return self.facts[part.name]
        if self._agreed is None:
            return self._draw(part)
        if part not in self._agreed:
            self._agreed[part] = self._draw(part)
        return self._agreed[part]

    def _draw(self, part: _Number | _Name) -> str:
        if isinstance(part, _Name):
            return self.say(self.pick(self.words[part.name]))
        number = part.low + int(self.chance.random() * (part.high - part.low + 1))
        if part.low in _YEARS and part.high in _YEARS:
            return str(number)
        return thousands(number)
