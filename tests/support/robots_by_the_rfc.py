"""robots.txt by the letter of RFC 9309 and nothing else: a second opinion, written without a look at any parser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_AGENT, _RULES = "user-agent", {"allow": True, "disallow": False}
_UNRESERVED = re.compile(rb"[A-Za-z0-9._~-]")


class Rule(NamedTuple):
    """One line of a group."""

    path: bytes
    allows: bool


def allows(robots: str, token: str, url: str) -> bool:
    """Whether a crawler of this product token may fetch `url` (sections 2.2.1 to 2.2.3)."""
    groups = list(_groups(robots))
    mine = [rules for agents, rules in groups if token.lower() in agents]
    rules = [rule for found in (mine or [rules for agents, rules in groups if "*" in agents]) for rule in found]
    parts = urlsplit(url)
    path = _octets((parts.path or "/") + (f"?{parts.query}" if "?" in url else ""))
    if path == b"/robots.txt":
        return True
    matching = [(len(rule.path), rule.allows) for rule in rules if _matches(rule.path, path)]
    return max(matching)[1] if matching else True  # the most octets; of as many, the one that allows


def _groups(robots: str) -> Iterator[tuple[set[str], list[Rule]]]:
    agents, rules = set[str](), list[Rule]()
    for line in re.split(r"\r\n|\r|\n", robots):
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == _AGENT:
            if rules:
                yield agents, [rule for rule in rules if rule.path]
                agents, rules = set(), []
            agents.add(value.lower())
        elif key in _RULES and agents:
            rules.append(Rule(_octets(value), _RULES[key]))
    yield agents, [rule for rule in rules if rule.path]


def _octets(path: str) -> bytes:
    """Everything but unreserved and reserved ASCII percent-encoded, and nothing that need not be (section 2.2.2)."""
    raw = re.sub(rb"[^!-~]", lambda found: b"%%%02X" % found[0][0], path.encode("utf-8", "surrogateescape"))
    return re.sub(rb"%([0-9A-Fa-f]{2})", _escape, raw)


def _escape(found: re.Match[bytes]) -> bytes:
    octet = bytes([int(found[1], 16)])
    return octet if _UNRESERVED.fullmatch(octet) else found[0].upper()


def _matches(rule: bytes, path: bytes) -> bool:
    """From the first octet on; `*` is any number of octets, `$` at the end is the end."""
    ends = rule.endswith(b"$")
    first, *others = rule.removesuffix(b"$").split(b"*")
    if not path.startswith(first):
        return False
    if not others:
        return not ends or path == first
    place = len(first)
    for part in others[:-1]:
        place = path.find(part, place)
        if place < 0:
            return False
        place += len(part)
    last = others[-1]
    return path.endswith(last) and len(path) - len(last) >= place if ends else path.find(last, place) >= 0
