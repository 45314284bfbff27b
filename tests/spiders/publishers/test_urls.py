"""One article, one canonical URL; two articles, two."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spiders.publishers import Publisher, find_publisher
from spiders.publishers.urls import canonicalise, with_query


def publisher(**values: Any) -> Publisher:
    table = {"name": "Warta", "home": "https://www.warta.id/", "domains": ["warta.id"], **values}
    return Publisher.from_table("warta", table, where="warta.toml")


WARTA = publisher()
BARE = publisher(home="https://warta.id/")
LOOPBACK = publisher(home="http://127.0.0.1:8710/", domains=[])

PAIRS = tomllib.loads((Path(__file__).parent / "url_pairs.toml").read_text("utf-8"))["group"]


def owner(group: dict[str, Any]) -> Publisher:
    named = group["publisher"]
    return find_publisher(named) if isinstance(named, str) else publisher(**named)


def pairs(kind: str) -> list[Any]:
    return [pytest.param(owner(group), *pair[:2], id=": ".join(pair[1:])) for group in PAIRS for pair in group[kind]]


@pytest.mark.parametrize(("whose", "canonical", "variant"), pairs("same"))
def test_variants_of_one_article_have_one_identity(whose: Publisher, canonical: str, variant: str) -> None:
    assert canonicalise(variant, whose) == canonicalise(canonical, whose)
    assert whose.owns(canonicalise(variant, whose)) == whose.owns(canonical)


@pytest.mark.parametrize(("whose", "one", "other"), pairs("different"))
def test_two_articles_never_share_an_identity(whose: Publisher, one: str, other: str) -> None:
    assert canonicalise(one, whose) != canonicalise(other, whose)


def test_at_least_120_different_pairs_are_written_down_each_with_its_reason() -> None:
    written = [pair for group in PAIRS for pair in (*group["same"], *group["different"])]
    assert all(len(pair) == 3 and pair[2] for pair in written)
    assert len({frozenset(pair[:2]) for pair in written}) == len(written) >= 120


def test_home_decides_whether_the_host_has_www() -> None:
    assert (
        canonicalise("https://www.warta.id/a", BARE)
        == canonicalise("http://m.warta.id/a", BARE)
        == "https://warta.id/a"
    )


def test_a_home_on_a_mobile_host_keeps_it() -> None:
    mobile = publisher(home="https://m.warta.id/", domains=["m.warta.id", "warta.id"])
    assert canonicalise("https://m.warta.id/a", mobile) == "https://m.warta.id/a"


def test_http_stays_where_there_is_no_certificate() -> None:
    for url in (
        "http://127.0.0.1/a",
        "http://127.0.0.1:8710/a",
        "http://localhost/a",
        "http://[::1]:8710/a",
        "http://koran.id:81/a",
    ):
        assert canonicalise(url, LOOPBACK) == url


def test_query_parameters_that_are_identity_are_kept_by_the_publishers_file() -> None:
    kept = publisher(query_kept=["page", "ref"])
    assert (
        canonicalise("https://www.warta.id/a?ref=7&page=2&utm_source=x", kept) == "https://www.warta.id/a?page=2&ref=7"
    )


@pytest.mark.parametrize(
    "text", ["", "padi", "/berita/12", "mailto:redaksi@warta.id", "javascript:void(0)", "http://", "http://["]
)
def test_what_is_no_web_address_comes_back_as_it_is(text: str) -> None:
    assert canonicalise(f" {text} ", WARTA) == text


EVERYTHING = publisher(
    channels=["amp", "bola"], amp_replaces="read", variant_segments=["All", "2"], query_kept=["page"]
)
OWNERS = (WARTA, BARE, LOOPBACK, EVERYTHING)
PIECES = """
http:// https:// HTTP: // www.warta.id m. amp. bola. warta.id 127.0.0.1 [::1] :80 :443 / /amp /AMP /bola /read /All /2
/.. /. .amp .html ? & amp; page=2 utm_x=1 rss = # #! #/ % %2 %7e %2e %23 :x - \\ @ é ／ ％ İ xn-- ß 。 %41
/full&view=ok ;jsessionid= ;jsessionid=1 ; \ud800 \x00
""".split()  # noqa: SIM905 - sixty words read better than sixty literals


@given(
    st.text()
    | st.lists(st.sampled_from([*PIECES, " ", "\n"]), max_size=14).map("".join)
    | st.lists(st.sampled_from(PIECES), max_size=12).map("".join).map("https://www.warta.id/".__add__)
    | st.from_regex(r"https?://[^/]*/.*")
)
@example("http://m.amp.m.warta.id/amp/amp/a/amp/amp?amp;amp;a=1")
@example("https://www.warta.id/a/amp.amp.amp.html/..amp.html")
@example("https://www.warta.id/a/full&view=ok/full&view=ok")
@example("https://www.warta.id/a/%66ull&view=ok")
@example("https://www.warta.id/bola/amp/amp/x.amp;jsessionid=1.amp")
@example("https://www.warta.id/;jsessionid=1;jsessionid=2/.amp")
@example("https://warta。id/#!/#")
def test_canonicalising_twice_is_canonicalising_once_and_nothing_raises(url: str) -> None:
    for whose in OWNERS:
        once = canonicalise(url, whose)
        assert canonicalise(once, whose) == once
        whose.owns(url)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_tracks_says_nothing_wherever_it_stands(path: str) -> None:
    url = "https://www.warta.id/berita/" + path.replace("#", "").replace("?", "") + "x"
    assert canonicalise(f"{url}?utm_source=x&fbclid=y", WARTA) == canonicalise(url, WARTA)


@pytest.mark.parametrize(
    "filler",
    [
        "a",
        "é",
        "/amp",
        "/a/..",
        "/..",
        "%41",
        ";jsessionid=1",
        "?a=1&",
        ".amp",
        "\x00",
        "\ud800",
        "\\",
        "#!",
        "full&view=ok/",
    ],
)
@pytest.mark.parametrize(
    "place", ["{}", "https://{}.warta.id/", "https://www.warta.id/{}x", "https://www.warta.id/?{}"]
)
def test_a_megabyte_is_canonical_after_one_pass_too(filler: str, place: str) -> None:
    once = canonicalise(place.format(filler * (1_000_000 // len(filler))), EVERYTHING)
    assert canonicalise(once, EVERYTHING) == once


def test_a_query_is_added_to_what_is_there_and_replaces_its_namesake() -> None:
    assert with_query("https://warta.id/a", "page=all") == "https://warta.id/a?page=all"
    assert with_query("https://warta.id/a?id=1&page=2#atas", "page=all") == "https://warta.id/a?id=1&page=all"
    assert with_query("https://warta.id/a?id=1#atas", "") == "https://warta.id/a?id=1#atas"
