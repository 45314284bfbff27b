"""Who wrote an article: printed author lines and stated names as people. Pure text work."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SPACE = r"[ \t\u00a0]"
_ROLES = (
    r"(?:redaktur (?:&|dan) )?reporter|rep|penulis|pewarta|oleh|by|laporan(?: wartawan)?(?: [\w.]+\.\w+)?|kontributor"
    r"|jurnalis|wartawan|teks"
    r"|(?:di)?tulis oleh|(?:semua )?artikel oleh|(?:written|posted|published|(?:(?:view )?all )?(?:posts|articles)) by"
    r"|von|autor(?:in|en|es)?|author|text"
    r"|(?:geschrieben|veröffentlicht|(?:(?:zeige )?alle )?(?:beiträge|artikel)) von|auteure?|autore|por|par|di"
)
_ROLE = re.compile(rf"(?i)^(?:{_ROLES})\b{_SPACE}*(?:[:,-]{_SPACE}*)?")
_SHOWN = re.compile(
    r"(?i)^(?:posted|published|veröffentlicht|erstellt|gespeichert|publié|diterbitkan|dipublikasikan)\b(?:.*?\b(?P<by>by|von|par|oleh)\b)?"
)
"""Posted on 5 May by Sari Dewi: a date line, which may name its author."""
_NAMED_ROLE = re.compile(rf"(?i)^(?:(?:{_ROLES})\b{_SPACE}*[:-]|(?-i:Oleh|By|Laporan Wartawan) )")
_SIGNED = re.compile(
    rf"(?P<name>[A-Z][\w.'’]*(?: [A-Z][\w.'’]*){{0,4}}){_SPACE}?, (?:Jurnalis|Wartawan|Reporter|Kontributor)"
    rf"{_SPACE}*(?:[·•|–-].*)?$"
)
"""Sari Dewi, Jurnalis · Kamis 9 Juli 2026: the role stands behind the name, and a date may follow."""
_LONGEST_BYLINE = 120
_ROLE_AFTER = re.compile(
    r"(?i)[,(|]? ?\b(?:jurnalis|wartawan|(?:\w{1,20} )?reporter|kontributor|editor|redaksi|staff writers?"
    r"|(?:chef)?redakteur(?:in)?|correspondent|korrespondent(?:in)?|contributor)\b\)?.*$| ?(?:기자|記者)\b.*$"
)
_GLUED = re.compile(r"(?<=[a-zà-ÿ])(?:Twitter|Facebook|Instagram|LinkedIn|Follow|E-?[Mm]ail)$")
"""A link that stands right behind the name."""
_OTHERS = re.compile(
    r"(?i)(?:^|[|/;,·•]|(?<=\w) (?=editor|redaktur|red\b))\s*"
    r"(?:editor|redaktur|red|penyunting|foto|fotografer)\b\s*[:.-].*$"
)
_EDITOR = re.compile(r"(?i)\b(?:editor|redaktur|penyunting)\b\s*:\s*([^|/;,·•()]+)")
_RUBRIC = re.compile(r",? \b[Ii]n [A-ZÀ-Þ].*$")
"""By Sari Dewi, in News, World: where it was published."""
_PEOPLE_SPLIT = re.compile(r"\s*(?:[,;|/&•·]|\b(?:dan|and|AND|und|et|y|e|og|och|en)\b|\s[-–—]\s)\s*")
_ASIDE = re.compile(r"\([^()]*\)")
_ADDRESS = re.compile(r"://|\((?:www\.|[^() ]+\.[a-z]{2,4}\))")
_DEGREE = re.compile(r"(?i)^(?:ph\.? ?d|m\.? ?d|m\.? ?a|m\.? ?sc|mba|s\.? ?[eh]|s\.? ?kom|m\.? ?si|m\.? ?kom)\.?$")
_AGENCY = re.compile(
    r"(?i)^(?:aap|afp|ansa|antara|ap|apa|associated press|bernama|dpa|efe|epd|jiji|keystone-sda|kna|kyodo|lusa|pa media"
    r"|reuters|sid|xinhua)$"
)
_NO_PERSON = re.compile(
    r"(?i)[@:\d]|www\.|\.(?:com|co|id|net|org|de)\b"
    r"|^(?:admin|redaksi|tim|team|staff|newsroom|red|agenturen|name|home|startseite|beranda|no author)$"
    r"|\b(?:redaksi|redaktion|editorial|newsroom|staff|news|nachrichten|agencies|agency|indonesia|desk|kommentare?"
    r"|comments?|komentar)\b"
)
_NO_HOUSE = re.compile(r"(?i)@|://|^(?:admin|administrator|redaksi|redaktion|tim|team|staff|newsroom|red|no author)$")
_ARTICLES = re.compile(r"(?i)^(?:the|der|die|das|le|la|les|el|il|harian|koran) ")
_LONGEST_LINE = 1000
"""Characters that are read of a line: the authors of a study fill some hundred; a limit bounds the time of matching."""
_SHORTEST_NAME = 3
_LONGEST_NAME = 50


def find_byline(lines: Iterable[str]) -> str | None:
    """The first of some lines that names its author: `Reporter: Sari Dewi | Editor: Tono`."""
    short = (line for line in lines if len(line) <= _LONGEST_BYLINE)
    return next((line for line in short if _NAMED_ROLE.match(line) or _SIGNED.match(line)), None)


def find_people(lines: Iterable[str], brands: Iterable[str] = (), *, agencies: bool = False) -> tuple[str, ...]:
    """People named in author lines: no role, brand, e-mail address or editor, each once.

    Args:
        lines: Printed author lines or names of structured data.
        brands: Names of the publisher, which are no people.
        agencies: Keep news agencies among them: `Sari Dewi, dpa`.
    """
    people: dict[str, str] = {}
    houses = frozenset(map(_folded, brands))
    for line in lines:
        for name in _people(line):
            kept = _is_person(name) or (agencies and _AGENCY.match(name) is not None)
            if kept and not _is_brand(name, houses):
                people.setdefault(_folded(name), name)
    return tuple(people.values())


def find_editors(lines: Iterable[str]) -> tuple[str, ...]:
    """Who edited the article by printed lines, `Reporter: Sari | Editor: Tono`: structured data call them authors."""
    return tuple(name.strip() for line in lines for name in _EDITOR.findall(line) if len(name) <= _LONGEST_NAME)


def find_house(names: Iterable[str]) -> tuple[str, ...]:
    """Who signs where no person does: the agency or newsroom that structured data name, as they stand there."""
    return tuple(dict.fromkeys(name for name in names if len(name) <= _LONGEST_NAME and not _NO_HOUSE.search(name)))


def _people(line: str) -> Iterator[str]:
    line = " ".join(line[:_LONGEST_LINE].split())
    if _ADDRESS.search(line):
        return
    if shown := _SHOWN.match(line):
        if shown["by"] is None:
            return
        line = line[shown.end() :].strip()
    if signed := _SIGNED.match(line):
        line = signed["name"]
    line = _RUBRIC.sub("", _ROLE.sub("", _OTHERS.sub("", _ASIDE.sub("", line))))
    for part in _PEOPLE_SPLIT.split(line):
        name = _ROLE_AFTER.sub("", _ROLE.sub("", part))
        yield _GLUED.sub("", name).strip(" .:-–—()[]")


def _is_person(name: str) -> bool:
    if not _SHORTEST_NAME <= len(name) <= _LONGEST_NAME or not any(map(str.isalpha, name)):
        return _is_short_name(name)
    return not (_NO_PERSON.search(name) or _AGENCY.match(name) or _DEGREE.match(name))


def _is_short_name(name: str) -> bool:
    """Whether two letters are a whole name, as they are in scripts without capitals: 이훈."""
    return len(name) == _SHORTEST_NAME - 1 and name.isalpha() and name.lower() == name.upper()


def _is_brand(name: str, houses: frozenset[str]) -> bool:
    first, _, rest = name.partition(" ")
    whole = {_folded(name), _folded(_ARTICLES.sub("", name))}
    return not houses.isdisjoint(whole) or (bool(rest) and _folded(first) in houses)


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
