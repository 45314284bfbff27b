"""Labelled sets of our own: templates that must stay apart, stories with copies that must be found, hard negatives.

usage: PYTHONPATH=tests python tests/benchmarks/deduplication_generator.py SEED OUT.jsonl

Rows have id, url, outlet, published_at, title, text, cluster, op and kind, as the sets beside the checkout have.
`kind` is base, copy or negative; `op` is the kind of editing of a copy, or the family of a negative. Everything is
drawn from the seed: the same seed gives the same rows. Words come from `deduplication_families.toml` (templates, for
tuning and for checking apart) and `deduplication_stories.toml`; kinds of editing are `deduplication_editing`.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, Any]
Part = Literal["tuning", "check"]
HERE = Path(__file__).parent
OUTLETS = ("kabar-timur.example", "warta-bukit.example", "suara-pesisir.example", "harian-nusa.example")
FIRST_DAY = datetime(2026, 1, 5, 6, tzinfo=UTC)
_SLOT = re.compile(r"\{(#?)([\w-]+)(?:\.(\w+))?\}")
_OWN_SLOT = re.compile(r"\{\{(\w+)\}\}")
_REPEATED = re.compile(r"(\d) x ")


def families(part: Part) -> dict[str, dict[str, Any]]:
    """Templates by name: `headline` and `paragraphs` with slots."""
    found: dict[str, dict[str, Any]] = _toml("families")[part]
    return found


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"deduplication_{name}.toml").read_text("utf-8"))


def drawn(seed: str) -> random.Random:
    """Chance that is the same for the same seed."""
    return random.Random(seed)  # noqa: S311 - the same rows every time


class Filling:
    """Fillings of one instance: a slot has the same one wherever its name stands."""

    def __init__(self, pools: dict[str, list[str]], chance: random.Random) -> None:
        self._pools, self._chance = pools, chance
        self._drawn: dict[str, str] = {}
        self._left: dict[str, list[str]] = {}

    def fill(self, text: str) -> str:
        """The text with a filling in each slot."""
        return _SLOT.sub(self._slot, _OWN_SLOT.sub(lambda slot: self._fresh(slot[1]), text))

    def _fresh(self, pool: str) -> str:
        left = self._left.get(pool)
        if not left:
            left = self._left[pool] = self._chance.sample(self._pools[pool], len(self._pools[pool]))
        return left.pop()

    def _slot(self, slot: re.Match[str]) -> str:
        number, name, which = slot.groups()
        if number:
            low, _, high = name.partition("-")
            drawn = str(self._chance.randint(int(low), int(high)))
            return self._drawn.setdefault(f"#{which}", drawn) if which else drawn
        key = f"{name}.{which}"
        if key not in self._drawn:
            self._drawn[key] = self._fresh(name)
        return self._drawn[key]


def templates(part: Part, seed: str, instances: int = 20) -> Iterator[Row]:
    """Instances of every family of one part; each is a cluster of its own."""
    pools = _toml("families")["pools"]
    for family, frame in families(part).items():
        filled: set[tuple[str, ...]] = set()
        number = 0
        while len(filled) < instances:
            number += 1
            chance = drawn(f"{seed}/{family}/{number}")
            filling = Filling(pools, chance)
            headline = filling.fill(frame["headline"])
            text = "\n".join(filling.fill(line) for line in _lines(frame["paragraphs"]))
            said = tuple(sorted(text.split()))
            if said in filled:  # the same fillings in another order are a copy, as any other that was put in order anew
                continue
            filled.add(said)
            when = FIRST_DAY + timedelta(days=3 * number, minutes=chance.randrange(900))
            yield row(f"{seed}-{family}-{number}", "", chance.choice(OUTLETS), when, headline, text, family, "negative")


def _lines(paragraphs: list[str]) -> Iterator[str]:
    for line in paragraphs:
        repeated = _REPEATED.match(line)
        yield from [line[repeated.end() :]] * int(repeated[1]) if repeated else [line]


def row(  # noqa: PLR0913, PLR0917 - the columns of a row
    number: str, url: str, outlet: str, when: datetime, title: str, text: str, op: str, kind: str, cluster: str = ""
) -> Row:
    """A row of a set."""
    return {
        "id": number, "url": url, "outlet": outlet, "published_at": when.isoformat(), "title": title, "text": text,
        "cluster": cluster or number, "op": op, "kind": kind,
    }  # fmt: skip


class Stories:
    """Stories of made-up events, each of its own words."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._phrases = _toml("stories")
        self._pools = _toml("families")["pools"]

    def story(self, number: int) -> tuple[str, list[str]]:
        """Headline and 3 to 11 paragraphs."""
        chance = drawn(f"{self._seed}/story/{number}")
        town, people = chance.choice(self._pools["kota"]), chance.sample(self._pools["nama"], 3)
        who = [(f"{chance.choice(self._phrases['role'])} {town} {name}", name) for name in people]
        paragraphs = [" ".join(self._sentence(chance, who, town) for _ in range(chance.choice((2, 2, 3))))
                      for _ in range(chance.randint(3, 11))]  # fmt: skip
        act, thing, actors = (chance.choice(self._phrases[name]) for name in ("act", "object", "subject"))
        headline = f"{actors} {act} {thing}".title()
        lead = f"{actors.capitalize()} {act} {thing} {chance.choice(self._phrases['where'])}, {town}."
        return headline, [f"{lead} {paragraphs[0]}", *paragraphs[1:]]

    def brief(self, number: int) -> tuple[str, str]:
        """Headline and text of 15 to 24 words."""
        chance = drawn(f"{self._seed}/brief/{number}")
        town, name = chance.choice(self._pools["kota"]), chance.choice(self._pools["nama"])
        event = self._clause(chance)
        text = f"{event.capitalize()}, {town}. Sebanyak {chance.randint(3, 98)} {chance.choice(self._phrases['unit'])}"
        words = f"{text} {chance.choice(self._phrases['state'])}, kata {name}.".split()
        return " ".join(event.title().split()[:6]) + f" di {town}", " ".join(words)

    def _clause(self, chance: random.Random) -> str:
        return " ".join(chance.choice(self._phrases[name]) for name in ("subject", "act", "object", "where"))

    def _sentence(self, chance: random.Random, who: list[tuple[str, str]], town: str) -> str:
        phrase = self._phrases
        clause = " ".join(chance.choice(phrase[name]) for name in ("subject", "act", "object"))
        end = " ".join(chance.choice(phrase[name]) for name in chance.choice((("where",), ("when", "why"), ("why",))))
        full, name = chance.choice(who)
        count = f"{chance.randint(2, 960)} {chance.choice(phrase['unit'])}"
        form = chance.randrange(6)
        if form == 0:
            return f"{chance.choice(phrase['opener'])} {clause} {end}."
        if form == 1:
            return f"{full} {chance.choice(phrase['verb'])} {clause} {end}."
        if form == 2:
            return f'"{clause.capitalize()} {end}," kata {name} kepada wartawan.'
        if form == 3:
            return f"Sebanyak {count} {chance.choice(phrase['state'])} {chance.choice(phrase['when'])}."
        if form == 4:
            return f"{clause.capitalize()} {end}, sedangkan {count} {chance.choice(phrase['state'])}."
        return f"{name} dari {town} {chance.choice(phrase['verb'])} bahwa {clause} {chance.choice(phrase['when'])}."


def generated(seed: str, part: Part, *, stories: int = 420, instances: int = 20) -> list[Row]:
    """A whole set in the order of its dates: templates of one part, stories with copies, hard negatives."""
    from benchmarks.deduplication_editing import copies

    rows = [*templates(part, seed, instances), *copies(Stories(seed), seed, stories)]
    return sorted(rows, key=lambda each: (each["published_at"], each["id"]))


if __name__ == "__main__":
    with Path(sys.argv[2]).open("w", encoding="utf-8") as out:
        for each in generated(sys.argv[1], "tuning"):
            print(json.dumps(each, ensure_ascii=False), file=out)
