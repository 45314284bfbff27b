"""Who wrote an article: printed author lines and stated names as people. Pure text work."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders.reading.printed.dates import MONTHS, find_dates
from spiders.reading.printed.labels import letters, without_unseen

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
_NAMED_ROLE = re.compile(
    rf"(?i)^(?:(?:{_ROLES})\b{_SPACE}*[:-]"
    r"|(?-i:(?:Oleh|OLEH|By|BY|Laporan (?:Wartawan|Kontributor)) (?=[^\W\d_])(?![a-z])))"
)
_ROLE_ALONE = re.compile(rf"(?i)^(?:{_ROLES}|editor|redaktur|penyunting)\b{_SPACE}*:?$")
"""A label in a box of its own: the name stands in the next one."""
_ROLE_WORD = re.compile(r"(?i)^(?:jurnalis|wartawan|reporter|kontributor|penulis|editor|redaktur|pewarta)\b(?!\s*:)")
"""Behind a name what somebody is; with a colon it names the next one."""
_ROLE_WITHIN = re.compile(r"[|•·–-] *(?=(?:Oleh|By|Penulis|Reporter|Pewarta)\b)")
"""A byline behind the date: `Kamis, 25.04.24 | 14:07 | Oleh Sari Dewi`."""
_FROM = re.compile(
    r"(?i)^(?:(?:kontributor|koresponden|laporan(?: (?:wartawan|kontributor|reporter))?)\b [^,:]{2,40}, ?)(?=\S)"
)
"""Kontributor Bandung, Sari Dewi: the place or the house of a role, before the name."""
_DATE_PART = re.compile(
    r"(?i)[\s,|–-]*\b(?:senin|selasa|rabu|kamis|jum['’`ʼ]?at|sabtu|minggu|ahad|monday|tuesday|wednesday|thursday|friday|saturday"
    r"|sunday|mon|tue|wed|thu|fri|sat|sun)\b(?=\s*(?:$|[,|(]|-?\s*\d)).*$"
)
"""A weekday, and the date behind it."""
_PLACEHOLDER = re.compile(
    r"(?i)[{}<>$%_=\\]"
    r"|\b(?:null|undefined|none|nan|true|false|n/a|unknown|anonym\w*|author|user\d*|guest\d*|test|lorem)\b"
)
"""What a template left open, the empty values of programming languages, accounts that nobody named."""
_ACCOUNT = re.compile(
    r"(?i)\b(?:(?:super|web|site)?[ -]?(?:admin|administrator|adminstrator|webmaster|root)\d*|super ?user|operator)\b"
)
_FIRM = re.compile(
    r"(?i)^(?:pt|cv|ud|yayasan|universitas|institut|fakultas|sekolah|dinas|kementerian|badan|komisi|dok|mahasiswa"
    r"|dosen|guru besar|peneliti|ketua|direktur|anggota|kepala|alumni|pengamat|university|institute|faculty|department"
    r"|student|professor of)\b"
    r"|\b(?:tbk|inc|ltd|llc|gmbh|corp|co|plc|university|universitas|institute|foundation|media group)\.?$"
)
"""A firm, a school, an office or a rank in one: what people belong to."""
_LOWER = re.compile(r"^[^\W\d_A-ZÀ-Þ]")
_PARTICLES = frozenset(
    [
        "al",
        "an",
        "bin",
        "binti",
        "da",
        "dal",
        "dalla",
        "das",
        "de",
        "degli",
        "del",
        "della",
        "den",
        "der",
        "di",
        "dos",
        "du",
        "el",
        "e",
        "i",
        "la",
        "las",
        "le",
        "les",
        "lo",
        "los",
        "of",
        "ter",
        "ten",
        "und",
        "v",
        "van",
        "vom",
        "von",
        "vd",
        "y",
        "zu",
        "zum",
        "zur",
        "ibn",
        "ben",
        "bint",
        "alias",
        "san",
        "st",
    ]
)
"""Words in lower case that are parts of names."""
_ORIGINS = frozenset(["dari", "di", "asal", "from", "in", "aus", "at", "melaporkan", "reporting"])
"""Words behind which the place stands from which someone reports."""
_DEGREES = re.compile(
    r"(?:^|(?<=\s))(?:(?:[A-Z][A-Za-z]{0,4}\.){1,4}(?:[A-Z][A-Za-z]{0,5})?\.?|[A-Z][A-Za-z]{0,4}(?:\.[A-Z][A-Za-z]{0,5})+\.?)$"
)
"""S.Pd., M.Ag, S.I.Kom, Ph.D.: capitals with dots, behind a name."""
_LETTERS = re.compile(r"^(?:[A-Z]{2,6}|[A-Z][A-Za-z]{0,2}[A-Z][a-z]?|[JS]r|I{2,3}|IV)\.?$")
"""MBA, PhD, MSc, Jr: letters behind a comma."""
_MOST_WORDS = 6
_MOST_NAMED = 4
_MOST_LOWER = 3
"""Words in lower case from which a line is prose, and no names."""
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
_TRADEMARK = re.compile(r"[a-z]{2,}[A-Z]\w*")
"""detikNews: one word with capitals inside and none at its beginning."""
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
_CREW = re.compile(r"(?i)(?:tim|team|redaksi|wartawan|reporter) (?=\w{3})")
"""Tim Warta: a crew of the house, whose short name is the beginning of its long one."""
_ARTICLES = re.compile(r"(?i)^(?:the|der|die|das|le|la|les|el|il|harian|koran) ")
_LONGEST_LINE = 1000
"""Characters that are read of a line: the authors of a study fill some hundred; a limit bounds the time of matching."""
_EDGES = ' .:-–—()[]*,"“”'
_SHORTEST_NAME = 3
_LONGEST_NAME = 50


def find_byline(lines: Iterable[str]) -> str | None:
    """The first of some lines that names its author: `Reporter: Sari Dewi | Editor: Tono`."""
    short = (line for line in lines if len(line) <= _LONGEST_BYLINE)
    return next((line for line in short if _is_byline(line)), None)


def _is_byline(line: str) -> bool:
    if _NAMED_ROLE.match(line):
        return not line.endswith("?")
    within = _ROLE_WITHIN.search(line)
    behind = within is not None and any(map(str.isdigit, line[: within.start()])) and find_people([line]) != ()
    return behind or _SIGNED.match(line) is not None


def is_role(text: str) -> bool:
    """Whether a line is the word for who wrote or edited and no more: `Penulis`, `Reporter:`."""
    return len(text) <= _LONGEST_NAME and _ROLE_ALONE.match(text) is not None


def names_only(line: str) -> bool:
    """Whether a line is a byline and no more, also where it ends in a degree: `Sari Dewi, S.Pd.` behind a role."""
    named = _NAMED_ROLE.match(line)
    return named is not None and len(line) <= _LONGEST_BYLINE and not line.endswith("?") and find_people([line]) != ()


def is_signed(line: str) -> bool:
    """Whether a line opens with who wrote or posted something: `Von Sari Dewi am ...`, `Posted by Sari Dewi on ...`."""
    shown = _SHOWN.match(line)
    role = _ROLE.match(line) if shown is None else shown["by"] and shown
    if not role or line.endswith("."):
        return False
    return line[role.end() :].lstrip(" :")[:1].isupper() or shown is not None


def find_people(lines: Iterable[str], brands: Iterable[str] = (), *, agencies: bool = False) -> tuple[str, ...]:
    """People named in author lines: no role, brand, e-mail address or editor, each once.

    Args:
        lines: Printed author lines or names of structured data.
        brands: Names of the publisher, which are no people.
        agencies: Keep news agencies among them: `Sari Dewi, dpa`.
    """
    people: dict[str, str] = {}
    houses = frozenset(map(letters, brands))
    for line in lines:
        for name in _people(line):
            kept = _is_person(name) or (agencies and _AGENCY.match(name) is not None)
            if kept and not _is_brand(name, houses):
                people.setdefault(letters(name), name)
    return tuple(people.values())


def find_editors(lines: Iterable[str]) -> tuple[str, ...]:
    """Who edited the article by printed lines, `Reporter: Sari | Editor: Tono`: structured data call them authors."""
    return tuple(name.strip() for line in lines for name in _EDITOR.findall(line) if len(name) <= _LONGEST_NAME)


def find_house(names: Iterable[str]) -> tuple[str, ...]:
    """Who signs where no person does: the agency or newsroom that structured data name, as they stand there."""
    return tuple(dict.fromkeys(name for name in names if len(name) <= _LONGEST_NAME and _is_house(name)))


def _is_house(name: str) -> bool:
    if sum(map(str.isalpha, name)) < len(name) / 2 or _NO_HOUSE.search(name):
        return False
    return not (_PLACEHOLDER.search(name) or _ACCOUNT.search(name) or _is_calendar(name) or find_dates(name))


def _people(line: str) -> Iterator[str]:
    line = " ".join(without_unseen(line[:_LONGEST_LINE]).split())
    if _ADDRESS.search(line):
        return
    if (within := _ROLE_WITHIN.search(line)) and any(map(str.isdigit, line[: within.start()])):
        line = line[within.end() :]
    if shown := _SHOWN.match(line):
        if shown["by"] is None:
            return
        line = line[shown.end() :].strip()
    if signed := _SIGNED.match(line):
        line = signed["name"]
    line = _OTHERS.sub("", _ASIDE.sub("", line))
    line = _DATE_PART.sub("", _RUBRIC.sub("", _FROM.sub("", _ROLE.sub("", _FROM.sub("", line)))))
    if _is_prose(line):
        yield from _named_first(line)
        return
    before = ""
    for part in _PEOPLE_SPLIT.split(line):
        if before and _ROLE_WORD.match(part):  # Sari Dewi, Wartawan Senior: what she is
            continue
        name = _ROLE_AFTER.sub("", _FROM.sub("", _ROLE.sub("", part)))
        name = _plain_name(_GLUED.sub("", name).strip(_EDGES), follows=bool(before))
        yield name
        before = before or name


def _named_first(line: str) -> Iterator[str]:
    """The name before the first comma of a line that goes on with what somebody is or does."""
    words = line.partition(",")[0].split()
    if "," in line and 1 < len(words) <= _MOST_NAMED and not any(map(_LOWER.match, words)):
        yield " ".join(words)


def _is_prose(line: str) -> bool:
    """Whether a line is a sentence about somebody rather than names."""
    words = [word for word in line.split() if _LOWER.match(word) and word.strip(".,;") not in _PARTICLES]
    return len(words) > _MOST_LOWER


def _plain_name(name: str, *, follows: bool) -> str:
    """A name without degrees, the place it reports from, and words around it; empty where none is left.

    Args:
        name: A part of an author line.
        follows: Whether another name stands before it: letters behind that are its degree.
    """
    if follows and (_LETTERS.match(name) or _DEGREES.fullmatch(name)):
        return ""
    while (found := _DEGREES.search(name)) and found.start():
        name = name[: found.start()].strip(_EDGES)
    words = name.split()
    lower = [place for place, word in enumerate(words) if _LOWER.match(word) and word not in _PARTICLES]
    if not lower or len(lower) == len(words) or words[0].isupper():
        return name
    first, last = lower[0], lower[-1]
    dated = any(map(str.isdigit, "".join(words[last + 1 :])))
    if words[first] in _ORIGINS or (first > 1 and (last + 1 >= len(words) or dated)):
        return " ".join(words[:first])
    return " ".join(words[last + 1 :]) if last + 1 < len(words) else ""


def _is_person(name: str) -> bool:
    if not _SHORTEST_NAME <= len(name) <= _LONGEST_NAME or not any(map(str.isalpha, name)):
        return _is_short_name(name)
    if _PLACEHOLDER.search(name) or _ACCOUNT.search(name) or _FIRM.search(name) or len(name.split()) > _MOST_WORDS:
        return False
    if _TRADEMARK.fullmatch(name) or _DEGREE.match(name):
        return False
    return not (_NO_PERSON.search(name) or _AGENCY.match(name) or _is_calendar(name))


def _is_calendar(name: str) -> bool:
    """Whether a name is nothing but a weekday or a month."""
    folded = name.casefold().strip(".")
    return folded in MONTHS or _DATE_PART.fullmatch(name) is not None


def _is_short_name(name: str) -> bool:
    """Whether two letters are a whole name, as they are in scripts without capitals: 이훈."""
    return len(name) == _SHORTEST_NAME - 1 and name.isalpha() and name.lower() == name.upper()


def _is_brand(name: str, houses: frozenset[str]) -> bool:
    first, _, rest = name.partition(" ")
    whole = {letters(name), letters(_ARTICLES.sub("", name))}
    if not houses.isdisjoint(whole) or (bool(rest) and letters(first) in houses):
        return True
    crew = _CREW.match(name)
    return crew is not None and any(house.startswith(letters(name[crew.end() :])) for house in houses)
