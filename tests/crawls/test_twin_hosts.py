"""Publishers at www and without it, over three simulated days: one publisher in both directions, each article once."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from support.scripted_days import HOUR, NOTHING, Days, Site
from support.scripted_press import Answer
from support.throwaway import fresh_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.scripted_days import Script

    from pipelines.stack.postgres import Server

APPEARED = (NOTHING, 3 * HOUR, 30 * HOUR)
THREE = ["berita-0", "berita-1", "berita-2"]
XML = {"Content-Type": "application/xml"}


def twin(links: str, *, moves_to: str = "", in_map: str = "", robots: str = "") -> Script:
    """A newspaper of `{name}`, whose feed links to a host; that host or its twin moves every page to the other one.

    Args:
        links: prefix of the host in the feed, such as `www.`.
        moves_to: prefix of the host to which the other one leads with 301; empty for none.
        in_map: prefix of the host in its sitemap; empty for no sitemap.
        robots: path that the robots.txt of the host without www forbids.
    """

    def script(site: Site, path: str) -> Answer | None:
        bare = site.home.partition("//")[2].rstrip("/").removeprefix("www.")
        if path == "/robots.txt":
            return Answer(f"User-agent: *\nDisallow: {robots}\n" if robots and site.host == bare else "")
        shown = [(name, when) for name, when in zip(THREE, APPEARED, strict=True) if when <= site.elapsed]
        if moves_to in {"www.", "bare"}:
            wanted = f"www.{bare}" if moves_to == "www." else bare
            if site.host != wanted:
                return Answer("", 301, {"Location": f"https://{wanted}{path}"})
        if path == "/rss":
            items = "".join(
                f"<item><title>{name}</title><link>https://{links}{bare}/warta/{name}</link>"
                f"<pubDate>{format_datetime(site.moment(when))}</pubDate></item>"
                for name, when in shown
            )
            return Answer(f'<rss version="2.0"><channel><title>Warta</title>{items}</channel></rss>')
        if path == "/sitemap.xml":
            urls = "".join(f"<url><loc>https://{in_map}{bare}/warta/{name}</loc></url>" for name, _ in shown)
            return Answer(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>', 200, XML)
        return None

    return script


def at(home: str, **more: str) -> dict[str, str]:
    return {"home": f"https://{home}/", "local": "false", **more}


MAP = {"sitemaps": '["/sitemap.xml"]'}
SITES: dict[str, tuple[Script, dict[str, str]]] = {
    "www_links_bare": (twin(""), at("www.satu.example")),
    "bare_links_www": (twin("www."), at("dua.example")),
    "bare_moves": (twin("", moves_to="www."), at("www.tiga.example")),
    "www_moves": (twin("www.", moves_to="bare"), at("empat.example")),
    "home_moves": (twin("www.", moves_to="www."), at("lima.example")),
    "both_shown": (twin("www.", in_map=""), at("www.enam.example", **MAP)),
    "both_shown_bare": (twin("", in_map="www."), at("tujuh.example", **MAP)),
    "subdomain": (twin("kota."), at("www.delapan.example")),
    "lookalike": (twin("lain-"), at("www.sepuluh.example")),
    "forbidden": (twin("", robots="/warta/berita-1"), at("www.sembilan.example")),
}
ALL_THREE = [key for key in SITES if key not in {"lookalike", "forbidden"}]


@pytest.fixture(scope="module")
def days(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    with fresh_database(server) as url:
        days = Days(url, tmp_path_factory.mktemp("publishers"))
        with days.printing(SITES):
            days.run()
            yield days


@pytest.mark.parametrize("key", ALL_THREE)
def test_either_host_is_the_publishers_and_each_article_is_stored_once(days: Days, key: str) -> None:
    assert days.stored(key) == THREE
    assert days.total(key, "off_domain") == 0
    assert days.verdicts(key) == [None] * 7


@pytest.mark.parametrize("key", ALL_THREE)
def test_an_article_of_both_hosts_is_downloaded_once_and_visited_once_more(days: Days, key: str) -> None:
    moves = 2 if "moves" in key else 1
    assert all(days.sites[key].asked(name) <= 2 * moves for name in THREE)


def test_a_domain_that_only_ends_alike_is_another_publishers_and_counted(days: Days) -> None:
    assert days.stored("lookalike") == []
    assert days.total("lookalike", "off_domain") > 0
    assert any("none of its" in problem for problem in days.problems("lookalike"))


def test_each_host_is_asked_by_its_own_robots_txt(days: Days) -> None:
    assert days.stored("forbidden") == ["berita-0", "berita-2"]
    assert days.sites["forbidden"].asked("/warta/berita-1") == 0
    assert days.rows("select reason from news.rejections where publisher = 'forbidden'") == [("disallowed",)]


def test_every_ledger_balances_and_robots_txt_was_read_once_a_day(days: Days) -> None:
    assert days.balanced()
    hosts_a_day = 2 * 4
    assert all(site.asked("/robots.txt") <= hosts_a_day for site in days.sites.values())
