"""Generated robots.txt and addresses: any order of groups, rules, other records, line ends and escapes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = "https://www.warta.id"
_AGENTS = ("*", "lumbung", "Lumbung", "LUMBUNG", "lain", "lainbot", "* ")
_FIELDS = ("Disallow", "Allow", "disallow", "ALLOW")
_OTHERS = ("Sitemap: /s.xml", "Host: warta.id", "# tidak ada", "", "Foo: bar", "  ")
_RULE_PARTS = (
    "/", "/a", "/b", "/foto", "/*", "$", "?", "&x=1", "=", "%2F", "%2f", "%7E", "~", "é", "%C3%A9", "%c3%a9", ".php",
    ".gif$",
    "**", "#x", " ", "%41", "A", "+",
)  # fmt: skip
_PATH_PARTS = tuple(part.translate({ord("*"): "x", ord("$"): "y"}) for part in _RULE_PARTS if part not in {"#x", " "})


def corpus(files: int, addresses: int) -> Iterator[tuple[str, list[str]]]:
    """Texts of robots.txt, each with addresses to ask about; the same ones each time."""
    dice = random.Random(9309)  # noqa: S311 - no secret

    def joined(parts: tuple[str, ...]) -> str:
        return "/" + "".join(dice.choices(parts, k=dice.randrange(5)))

    def line() -> str:
        kind = dice.random()
        if kind < 0.3:
            return f"{dice.choice(('User-agent', 'USER-AGENT'))}: {dice.choice(_AGENTS)}"
        if kind < 0.9:
            return (
                f"{dice.choice(_FIELDS)}:{dice.choice(('', ' '))}{joined(_RULE_PARTS) if dice.random() < 0.8 else ''}"
            )
        return dice.choice(_OTHERS)

    for _ in range(files):
        text = dice.choice(("\n", "\r\n", "\r")).join(line() for _ in range(dice.randrange(1, 14)))
        yield text, [HOME + joined(_PATH_PARTS) for _ in range(addresses)]
