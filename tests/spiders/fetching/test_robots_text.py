"""robots.txt in odd bytes: rules, sitemaps and delay are read from one decoded text."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.discovery.documents import parse_robots
from spiders.fetching.robots_text import delay_asked, parse_rules

HOME = "https://www.warta.example"
SITEMAP = f"{HOME}/peta.xml"
AGENT = "Lumbung"
MOST_BYTES = 512_000
"""500 KiB: what RFC 9309 asks a crawler to read at least, and what ours reads at most."""
FILE = f"Sitemap: {SITEMAP}\nUser-agent: *\nDisallow: /rahasia/\nCrawl-delay: 7\n"


def read(body: bytes) -> tuple[list[str], bool, float | None]:
    """Sitemaps as discovery finds them, whether the secret path may be fetched, the delay."""
    rules = parse_rules(body)
    sitemaps = [child.url for child in parse_robots(body, f"{HOME}/robots.txt")]
    assert sitemaps == list(rules.sitemaps)
    assert rules.can_fetch(f"{HOME}/berita/1", AGENT)
    return sitemaps, rules.can_fetch(f"{HOME}/rahasia/1", AGENT), delay_asked(rules, AGENT)


@pytest.mark.parametrize(
    "body",
    [
        FILE.encode(),
        FILE.encode("utf-8-sig"),
        codecs.BOM_UTF8 * 2 + FILE.encode(),
        b"\n" + FILE.encode("utf-8-sig"),
        FILE.replace("\n", "\r\n").encode("utf-8-sig"),
        FILE.replace("\n", "\r").encode(),
        FILE.replace("\n", "\n\n").encode(),
        FILE.rstrip("\n").encode(),
        FILE.encode("utf-16"),
        codecs.BOM_UTF16_BE + FILE.encode("utf-16-be"),
        FILE.encode("utf-16-le"),
        FILE.encode("utf-16-be"),
        FILE.encode("utf-32"),
        codecs.BOM_UTF32_BE + FILE.encode("utf-32-be"),
        FILE.replace("\n", "\r\n").encode("utf-16"),
        FILE.encode("utf-16")[:-1],
        b"\0" + FILE.encode(),
        FILE.replace("\n", "\0\n").encode(),
        FILE.replace(": ", ":\0 ").encode(),
        f"# Redaksi R\u00e9sum\u00e9\n{FILE}".encode("latin-1"),
        f"# \u0093Peta situs\u0094 \u0085 Jos\u00e9\n{FILE}".encode("latin-1"),
        FILE.replace("Disallow", "Disallow: /caf\u00e9/\nDisallow").encode("latin-1"),
        FILE.replace("Disallow", "Disallow: /caf\u00e9/\nDisallow").encode("utf-8-sig"),
        b"# \xff\xfe\xfd\n" + FILE.encode(),
        FILE.encode("utf-8-sig") + b"\n# cut off: \xc3",
    ],
)
def test_rules_sitemaps_and_delay_are_found_in_every_encoding(body: bytes) -> None:
    assert read(body) == ([SITEMAP], False, 7)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1"])
def test_an_accented_path_is_the_same_rule_and_the_same_sitemap_in_every_encoding(encoding: str) -> None:
    body = f"User-agent: *\nDisallow: /caf\u00e9/\nSitemap: {HOME}/caf\u00e9.xml\n".encode(encoding)
    assert not parse_rules(body).can_fetch(f"{HOME}/caf%C3%A9/1", AGENT)
    assert [child.url for child in parse_robots(body, HOME)] == [f"{HOME}/caf\u00e9.xml"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_a_path_beyond_the_basic_plane_is_read_in_every_unicode_encoding(encoding: str) -> None:
    body = "User-agent: *\nDisallow: /\U0001f33e/\n".encode(encoding)
    assert not parse_rules(body).can_fetch(f"{HOME}/%F0%9F%8C%BE/1", AGENT)


def test_one_byte_that_is_no_utf_8_spoils_no_other_rule() -> None:
    body = "User-agent: *\nDisallow: /\u30c4\n".encode() + b"Disallow: /caf\xe9\n" + b"Disallow: /akhir\n"
    rules = parse_rules(body)
    assert [rules.can_fetch(f"{HOME}/{path}", AGENT) for path in ("%E3%83%84", "caf%C3%A9", "akhir", "lain")] == [
        False,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_lies_behind_500_kib_is_read_neither_for_rules_nor_for_sitemaps(encoding: str) -> None:
    filling = "# baris\n" * (MOST_BYTES // 8)
    inside, outside = f"Sitemap: {SITEMAP}\nUser-agent: *\nDisallow: /a\n", f"\nDisallow: /b\nSitemap: {HOME}/b.xml\n"
    body = (inside + filling + outside).encode(encoding)
    rules = parse_rules(body)
    assert (rules.can_fetch(f"{HOME}/a", AGENT), rules.can_fetch(f"{HOME}/b", AGENT)) == (False, True)
    assert [child.url for child in parse_robots(body, HOME)] == [SITEMAP]


def test_a_rule_that_the_bound_cuts_in_two_is_not_read_by_its_half() -> None:
    begin = "User-agent: *\nDisallow: /a\n"
    body = begin + "#" * (MOST_BYTES - len(begin) - len("\nDisallow: /")) + "\nDisallow: /rahasia"
    assert parse_rules(body.encode()).can_fetch(f"{HOME}/berita", AGENT)
    whole = begin + "#" * (MOST_BYTES - len(begin) - len("\nDisallow: /b")) + "\nDisallow: /b"
    assert len(whole) == MOST_BYTES
    assert not parse_rules(whole.encode()).can_fetch(f"{HOME}/b", AGENT)


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ("Crawl-delay: 5", 5),
        ("Crawl-delay: 0.5", 0.5),
        ("Crawl-delay: 3600", 3600),
        ("Crawl-delay: -5", None),
        ("Crawl-delay: lima", None),
        ("Crawl-delay: inf", None),
        ("Request-rate: 1/10", 10),
        ("Request-rate: 2/1m", 30),
        ("Request-rate: 30/60s", 2),
        ("Request-rate: 1/1h", 3600),
        ("Request-rate: 1/5 0600-0845", 5),
        ("Request-rate: 0/5", None),
        ("Request-rate: 1/-5", None),
        ("Request-rate: 1/" + "9" * 400, 10**9),
        ("Request-rate: " + "9" * 400 + "/1", 0),
        ("Crawl-delay: 5\nRequest-rate: 1/10", 10),
        ("Crawl-delay: 20\nRequest-rate: 1/10", 20),
        ("Crawl-delay: 0\nRequest-rate: 1/10", 10),
        ("Disallow:", None),
    ],
)
def test_the_longer_one_of_crawl_delay_and_request_rate_is_asked(lines: str, seconds: float | None) -> None:
    assert delay_asked(parse_rules(f"User-agent: *\n{lines}\n".encode()), AGENT) == seconds


def test_the_delay_of_our_own_group_goes_before_that_of_all() -> None:
    rules = parse_rules(b"User-agent: *\nCrawl-delay: 50\n\nUser-agent: lumbung\nCrawl-delay: 3\n")
    assert delay_asked(rules, AGENT) == 3
    assert delay_asked(rules, "lain") == 50


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_any_bytes_are_read_and_give_no_nul(data: bytes, encoding: str) -> None:
    for body in (data, f"Sitemap: {HOME}/".encode(encoding) + data):
        rules = parse_rules(body)
        rules.can_fetch(f"{HOME}/a", AGENT)
        delay_asked(rules, AGENT)
        assert not any("\0" in child.url for child in parse_robots(body, HOME))
