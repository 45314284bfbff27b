"""Addresses, dates and headers that break programs, all made here."""

from __future__ import annotations

import random
from itertools import product
from typing import TYPE_CHECKING

from hostile.announcements import DATES, LOCATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCHEMES = (
    "http://",
    "https://",
    "HTTP://",
    "https:/",
    "https:",
    "http:\\\\",
    "//",
    "",
    "hTTps:///",
    "view-source:https://",
    "\thttps://",
    "https ://",
)
_HOSTS = (
    "www.warta.id", "warta.id", "m.warta.id", "amp.m.www.warta.id", "WWW.WARTA.ID", "warta.id.", "warta.id:443",
    "warta.id:80", "warta.id:", "warta.id:0", "warta.id:65536", "u:p@warta.id", "wärta.id", "xn--wrta-loa.id",
    "faß.warta.id", "\u200dwarta.id", "warta。id", "ⓦarta.id", "[::1]", "[::ffff:127.0.0.1]", "[fe80::1%25eth0]",
    "127.1", "0x7f000001", "2130706433", "", ".", "a_b.warta.id", "-.warta.id", "%77arta.id", "warta.id%00.jahat.id",
)  # fmt: skip
_PATHS = (
    "", "/", "//", "/a", "/a/", "/a//b", "/./a/../b", "/../../a", "/%7Ea", "/%7ea", "/%2f", "/%2F/%2e%2e/",
    "/%e4%b8%ad", "/中文", "/ä ö", "/%", "/%zz", "/%%%", "/a%0Ab", "/a;b=c;jsessionid=1", "/amp", "/amp/amp/a",
    "/a.amp.html", "/a.amp.amp", "/a/amp/amp", "/a/full&view=ok", "/a?", "/a??b", "/a#", "/a#!/b", "/a#/b/c", "/\x00",
    "/\ud800", "/\U0001f600", "/a|b", "/a\\b", "/{a}", "/a^b`c", "/a<b>\"c'", "/a+b", "/a%2Bb", "/@:!$&'()*,=",
)  # fmt: skip
_QUERIES = (
    "", "?", "?a", "?a=", "?=a", "?a=1&a=2&a=1", "?b=2&a=1", "?a=1;b=2", "?a=%20+", "?a=%26&b=%3D",
    "?amp;a=1&amp;amp;b=2", "?utm_source=x&a=1", "?page=all", "?page=2&hal=3", "?AMP", "?%75tm_source=x", "?a=%",
    "?a=ä", "?a=\ud800", "?a[]=1&a[]=2",
    "?a=b#c?d=e", "?&&&", "?fbclid=x&", "?a=%E4", "?ref=x&share=facebook", "?a=http://b.c/?d=e", "?a=%252f", "?a==b",
    "?a=1&b", "?id=1&output=amp",
)  # fmt: skip


def addresses() -> Iterator[tuple[str, bytes]]:
    """Every scheme with every host, every host with every path, every path with every query; and some bent ones."""
    made = [f"{scheme}{host}/a" for scheme, host in product(_SCHEMES, _HOSTS)]
    made += [f"https://{host}{path}" for host, path in product(_HOSTS, _PATHS)]
    made += [f"https://www.warta.id{path}{query}" for path, query in product(_PATHS, _QUERIES)]
    dice = random.Random(6)  # noqa: S311 - the same addresses each time
    signs = "/\\?#%&=;:@.+[]{}|^~\t\n \u00a0\u200b\u3002\ufeff\u2100ß\u0130%2e%2f%25%00ampwww"
    for number in range(1_000):
        bent = list(made[number * 97 % len(made)])
        for _ in range(dice.randrange(1, 6)):
            bent.insert(dice.randrange(len(bent) + 1), dice.choice(signs))
        made.append("".join(bent))
    for address in (*made, *LOCATIONS):
        yield f"{address[:60]!a}", address.encode("utf-8", "surrogatepass")


def dates() -> Iterator[tuple[str, bytes]]:
    """Every absurd date with something before and behind it."""
    around = (
        "%s",
        "Selasa, %s WIB",
        "Jakarta (%s) - x",
        "Rp %s",
        "%s pm +0700",
        "%s%s",
        "T%sZ",
        "pukul %s, 24 November 2026",
        "%s lalu",
    )
    for value, frame in product(
        (
            *DATES,
            *(
                f"{n} {unit}"
                for n in ("1", "9999", "se", "beberapa", "-1")
                for unit in ("detik", "jam", "bulan", "tahun", "week")
            ),
        ),
        around,
    ):
        yield f"{frame} {value[:30]!a}", frame.replace("%s", value).encode("utf-8", "surrogatepass")
    for day, month, year in product(
        ("0", "1", "31", "32"),
        ("0", "2", "13", "Feb", "November", "maret"),
        ("0", "26", "1969", "2026", "2100", "99999"),
    ):
        for mark in ("-", "/", ".", " "):
            yield f"{day} {month} {year}", f"{day}{mark}{month}{mark}{year} 24:60:61".encode()
    for text in (
        "1" * 400,
        "1/" * 200,
        "1 " * 200,
        "2026-11-24 " * 40,
        "a" * 400,
        "jam " * 100,
        ":" * 400,
        "24 november " * 30,
        "é" * 400,
        "١" * 400,
    ):
        yield text[:10], text.encode()


def waits() -> Iterator[tuple[str, bytes]]:
    """Values of Retry-After, with and without the server's own clock."""
    values = (
        *DATES,
        "120",
        "120.5",
        "1e3",
        "-5",
        "9" * 400,
        "٣",
        "120, 240",
        "Wed, 21 Oct 2015 07:28:00 GMT",
        "Wednesday, 21-Oct-15 07:28:00 GMT",
        "Wed Oct 21 07:28:00 2015",
    )
    for value, clock in product(
        values,
        ("", "Tue, 24 Nov 2026 05:00:00 GMT", "x", "Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ):
        yield f"{value[:30]!a} {clock}", f"{value}|{clock}".encode("latin-1", "replace")
