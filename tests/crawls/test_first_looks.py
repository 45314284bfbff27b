"""Pages that are not at their first look what they are later, over three simulated days: stored, counted and said."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest
from support.scripted_days import DAY, HOUR, MINUTE, Days, Site
from support.scripted_press import ARTICLE, TEXT, Answer
from support.throwaway import fresh_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from support.scripted_days import Script

    from pipelines.stack.postgres import Server

STUB = ARTICLE.split("<p>", maxsplit=1)[0] + "<p>Berita sedang disusun.</p></article></body></html>"
FRONT = (
    '<html lang="id"><head><title>Warta Contoh</title><meta property="og:type" content="website"></head><body>'
    + "".join(
        f'<div class="teaser"><a href="/warta/berita-{number}">Judul berita nomor {number}</a><p>{TEXT}</p></div>'
        for number in range(8)
    )
    + "</body></html>"
)
LOCKED = (
    '<html lang="id"><head><title>Terlindungi: Rapat Redaksi</title></head><body><main>'
    '<h1>Terlindungi: Rapat Redaksi</h1><form action="/buka" method="post"><p>Isi tulisan ini dilindungi kata sandi.'
    " Untuk melihatnya, masukkan kata sandi di bawah ini, yang telah kami kirim kepada para anggota.</p>"
    '<label>Sandi: <input name="sandi" type="password"></label><input type="submit" value="Masuk"></form></main></body>'
    "</html>"
)
PLAIN = "berita-1"


def feed(site: Site, path: str) -> Answer | None:
    return site.rss((PLAIN, ""), ("berita-2", ""), ("berita-3", "")) if path == "/rss" else None


def absent_for(how_long: timedelta, status: int = 404, body: str = "not yet") -> Script:
    def script(site: Site, path: str) -> Answer | None:
        if path.endswith(PLAIN) and site.elapsed < how_long:
            return Answer(body, status)
        return feed(site, path)

    return script


def absent_for_ever(site: Site, path: str) -> Answer | None:
    return Answer("gone", 410) if path.endswith(PLAIN) else feed(site, path)


def stub_with_a_validator(site: Site, path: str) -> Answer | None:
    """Its ETag stays the same when the text comes."""
    if not path.endswith(PLAIN):
        return feed(site, path)
    if site.has("if-none-match"):
        return Answer("", 304)
    return Answer(STUB if site.elapsed < HOUR else ARTICLE, 200, {"ETag": '"1"'})


def challenge(site: Site, path: str) -> Answer | None:
    if path.endswith(PLAIN) and site.elapsed < HOUR:
        return Answer("", 202, {"X-Amzn-Waf-Action": "challenge"})
    return Answer(ARTICLE, 203) if path.endswith("berita-2") else feed(site, path)


def mitigated(site: Site, path: str) -> Answer | None:
    if path.endswith(PLAIN) and site.elapsed < HOUR:
        return Answer("<html><body><script src='/t.js'></script></body></html>", 200, {"Cf-Mitigated": "challenge"})
    return feed(site, path)


def cookie(site: Site, path: str) -> Answer | None:
    if path.endswith(PLAIN) and "cookie: lihat=1" not in site.press.head:
        return Answer("", 302, {"Location": f"{site.home}warta/{PLAIN}", "Set-Cookie": "lihat=1; Path=/"})
    if not path.endswith(PLAIN) and site.has("cookie"):
        return Answer("a cookie outlived its chain of redirects", 500)
    return feed(site, path)


def cookie_by_way_of_a_gate(site: Site, path: str) -> Answer | None:
    if path.startswith("/gerbang"):
        return Answer("", 302, {"Location": f"/warta/{PLAIN}", "Set-Cookie": "izin=ya"})
    if path.endswith(PLAIN) and "izin=ya" not in site.press.head:
        return Answer("", 302, {"Location": "/gerbang"})
    return feed(site, path)


def packed(body: bytes) -> Script:
    def script(site: Site, path: str) -> Answer | None:
        return Answer(body) if path.endswith(PLAIN) else feed(site, path)

    return script


def unasked_304(site: Site, path: str) -> Answer | None:
    return Answer("", 304) if path.endswith(PLAIN) and site.elapsed < HOUR else feed(site, path)


def feed_with_an_unasked_304(site: Site, path: str) -> Answer | None:
    return Answer("", 304) if path == "/rss" and site.elapsed < HOUR else feed(site, path)


def leads_to(target: str) -> Script:
    def script(site: Site, path: str) -> Answer | None:
        if path.endswith(PLAIN):
            return Answer("", 301, {"Location": target})
        return Answer(FRONT) if path.partition("?")[0] == target.partition("?")[0] else feed(site, path)

    return script


def moved(site: Site, path: str) -> Answer | None:
    if path.endswith(PLAIN):
        return Answer("", 301, {"Location": "/ekonomi/panen-raya-di-karawang-jawa-barat"})
    return Answer() if path.startswith("/ekonomi/") else feed(site, path)


def locked(site: Site, path: str) -> Answer | None:
    return Answer(LOCKED) if path.endswith(PLAIN) and site.elapsed < 12 * HOUR else feed(site, path)


def wrong_robots(site: Site, path: str) -> Answer | None:
    """A robots.txt of a site under construction, for some hours."""
    if path == "/robots.txt":
        return Answer(
            "User-agent: *\nDisallow: /warta/" if site.elapsed < 5 * HOUR else "", 200, {"Content-Type": "text/plain"}
        )
    return feed(site, path)


COMES_LATER = {
    "absent": absent_for(20 * MINUTE),
    "absent_hours": absent_for(5 * HOUR),
    "stub": absent_for(20 * MINUTE, 200, STUB),
    "stub_hours": absent_for(20 * HOUR, 200, STUB),
    "stub_validator": stub_with_a_validator,
    "empty": absent_for(HOUR, 200, ""),
    "no_content": absent_for(HOUR, 204, ""),
    "challenge": challenge,
    "mitigated": mitigated,
    "cookie": cookie,
    "cookie_gate": cookie_by_way_of_a_gate,
    "gzip": packed(gzip.compress(ARTICLE.encode())),
    "gzip_twice": packed(gzip.compress(gzip.compress(ARTICLE.encode()))),
    "zlib": packed(zlib.compress(ARTICLE.encode())),
    "unasked_304": unasked_304,
    "feed_304": feed_with_an_unasked_304,
    "locked": locked,
    "moved": moved,
    "robots": wrong_robots,
}
NEVER_COMES = {
    "gone": (absent_for_ever, "gone"),
    "front": (leads_to("/"), "gone"),
    "front_query": (leads_to("/?dari=terhapus"), "gone"),
    "section": (leads_to("/warta/"), "gone"),
    "section_named": (leads_to("/kanal/ekonomi-bisnis"), "gone"),
    "broken_gzip": (packed(gzip.compress(ARTICLE.encode())[:-20]), "not_html"),
}


@pytest.fixture(scope="module")
def days(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    scripts = {**COMES_LATER, **{key: script for key, (script, _) in NEVER_COMES.items()}}
    with fresh_database(server) as url:
        days = Days(url, tmp_path_factory.mktemp("publishers"))
        with days.printing({key: (script, {}) for key, script in scripts.items()}):
            days.run()
            yield days


@pytest.mark.parametrize("key", COMES_LATER)
def test_what_its_page_shows_later_is_stored(days: Days, key: str) -> None:
    assert days.stored(key) == [PLAIN, "berita-2", "berita-3"]
    assert days.rows("select reason from news.rejections where publisher = %s", key) == []


@pytest.mark.parametrize("key", NEVER_COMES)
def test_what_never_comes_is_rejected_with_its_reason_and_asked_for_a_few_times(days: Days, key: str) -> None:
    assert days.stored(key) == ["berita-2", "berita-3"]
    assert days.rows("select reason from news.rejections where publisher = %s", key) == [(NEVER_COMES[key][1],)]
    assert 3 <= days.sites[key].asked(PLAIN) <= 7


def test_every_ledger_balances_and_a_wall_is_a_failure(days: Days) -> None:
    assert days.balanced()
    assert days.total("challenge", "rejected") == days.total("mitigated", "rejected") == 0
    assert days.total("challenge", "failed") == days.total("mitigated", "failed") > 0
    assert any("blocked: HTTP 202" in line for line in days.problems("challenge"))


def test_a_304_to_a_request_that_compared_nothing_is_said(days: Days) -> None:
    assert any("304" in line for line in days.problems("unasked_304"))
    assert any("304" in line for line in days.problems("feed_304"))
    assert days.verdicts("feed_304")[0] is not None


def test_looks_at_what_is_not_there_yet_stay_few(days: Days) -> None:
    assert days.sites["absent"].asked(PLAIN) <= 4
    assert days.sites["stub_hours"].asked(PLAIN) <= 6
    assert days.elapsed > 3 * DAY - MINUTE


def test_a_post_behind_a_password_is_no_article_until_it_is_opened(days: Days) -> None:
    assert days.rows("select count(*) from news.all_articles where text like '%kata sandi%'") == [(0,)]
    assert days.rows("select count(*) from news.revisions where publisher = 'locked'") == [(0,)]
    assert days.total("locked", "rejected") >= 1
