"""What the dates of a printed line are of: of the publication, of a change, of an event. Pure text work.

One line may hold several: `Terbit 28 Nov 2026 09:00 WIB, diperbarui 28 Nov 2026 12:00 WIB`. The words before a date say
what it is; where they say nothing that is known, the other dates of the page decide (`moments`).
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from spiders.reading.printed.dates import find_dates


class Role(Enum):
    """What a date is of."""

    PUBLISHED = "published"
    CHANGED = "changed"
    EVENT = "event"
    LABELLED = "labelled"
    """Words that are not known stand before the date."""
    BARE = "bare"
    """Nothing but a weekday, a place or a name of no more than two words stands before it."""


_CHANGED = re.compile(
    r"(?i)(?:\b(?:ter|di|pem|pe|per|meng|mem|re){0,2}(?:ubah|perubahan|baru[ai]|baharu|mutakhir|edit|revisi"
    r"|sunting|koreksi|ralat|segar)|updat|modif|revis|edited|correct|amend|refresh|reviewed|aktualisi|ge[äa]ndert"
    r"|mis à jour|actualiz|aggiorn|atualiz|\blast\b)"
)
"""Stems, whatever stands before and behind them."""
_PUBLISHED = re.compile(
    r"(?i)(?:\b(?:di)?(?:terbit|tayang|rilis|unggah|muat|buat|tulis|posting|publikasi)|publi[sc]|posted|created|written"
    r"|veröffentlicht|erschienen|erstellt|publicad|pubblicat|released|first seen|published)"
)
_EVENT = re.compile(
    r"(?i)(?:\bacara|\bjadwal|\bagenda|\bpelaksanaan|\bkejadian|\bberlaku|\bkedaluwarsa|\bkadaluarsa|\bbatas|\blahir\b|\bmulai"
    r"|\bevents?\b|\bexpir|\bvalid|\bdeadline|\bborn\b|\bstarts?\b|\bends?\b|\bfounded|\bsince\b|\bsejak)"
)
_CLOCK = re.compile(
    r"(?i)^[^0-9a-z]{0,6}(?:(?:pukul|jam|pkl|at|um|à)\b[^0-9]{0,3})?[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?"
    r"(?:\s?(?:[ap]\.?m\b\.?))?(?:\s?\(?(?-i:[A-Z]{1,5})\b\)?)?(?:\s?[+-][0-9]{2}:?[0-9]{2})?"
)
_CLOCK_BEFORE = re.compile(r"[0-9]{1,2}[:.][0-9]{2}(?:\s?[A-Za-z]{1,4})?[\s,|]+$")
_WORD = re.compile(r"[^\W\d_]{2,}")
_BESIDE = re.compile(
    r"(?i)\b(?:senin|selasa|rabu|kamis|jum['’`ʼ]?at|sabtu|minggu|ahad|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun|day"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|pukul|jam|pkl|wib|wita|wit|on|at|pada|tanggal|date|hari|the)\b"
)
_MOST_BARE = 2
_MOST_LABELS = 3
"""Words beside each date of a line that states nothing else."""
_LONGEST_LINE = 160


class Dated(NamedTuple):
    """A part of a line with one date in it."""

    text: str
    role: Role


def dated_parts(line: str) -> list[Dated]:
    """The parts of a line, one for each date in it, with what each is of.

    Args:
        line: As printed, white space collapsed.
    """
    return [*_parts(line)]


@lru_cache(maxsize=512)
def _parts(line: str) -> tuple[Dated, ...]:
    spans = find_dates(line)
    if not spans:
        return (Dated(line, role_of(line)),) if any(map(str.isdigit, line)) else ()
    parts, start = [], 0
    for place, (first, end) in enumerate(spans):
        clock = _CLOCK.match(line[end:])
        last = len(line) if place + 1 == len(spans) else end + (clock.end() if clock else 0)
        before = line[start:first]
        label = _CLOCK_BEFORE.sub("", before)
        role = role_of(label)
        if role is Role.BARE and place + 1 == len(spans):
            behind = role_of(line[end + (clock.end() if clock else 0) :])
            role = behind if behind is Role.CHANGED and place == 0 else role
        parts.append(Dated(line[start:last], role))
        start = last
    return tuple(parts)


def is_date_line(text: str) -> bool:
    """Whether a line states dates and what they are of, and nothing else: a sentence with a date in it is text."""
    spans = [] if len(text) > _LONGEST_LINE or text.endswith((".", "!", "?", "…")) else find_dates(text)
    if not spans:
        return False
    rest, start = [], 0
    for first, end in spans:
        rest.append(text[start:first])
        clock = _CLOCK.match(text[end:])
        start = end + (clock.end() if clock else 0)
    words = _WORD.findall(_BESIDE.sub(" ", " ".join((*rest, text[start:]))))
    return len(words) <= _MOST_LABELS * len(spans)


def role_of(label: str) -> Role:
    """What words before a date say that it is of; the nearest to the date decide."""
    found = [
        (match.end(), role)
        for pattern, role in ((_CHANGED, Role.CHANGED), (_PUBLISHED, Role.PUBLISHED), (_EVENT, Role.EVENT))
        for match in pattern.finditer(label)
    ]
    if found:
        return max(found, key=lambda each: each[0])[1]
    words = _WORD.findall(_BESIDE.sub(" ", label))
    return Role.LABELLED if len(words) > _MOST_BARE or (words and label.rstrip().endswith(":")) else Role.BARE
