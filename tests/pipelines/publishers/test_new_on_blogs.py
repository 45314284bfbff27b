"""`lumbung publishers new` on sites as blog software makes them: static pages, kinds of sitemaps, two feeds."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from support.scripted_press import TEXT, Answer, Press, printing

from spiders.publishers import Publisher

LUMBUNG = Path(sys.executable).with_name("lumbung")
NOW = datetime.now(UTC).replace(microsecond=0)
TITLES = ("panen-raya-di-lereng", "jembatan-baru-dibuka", "pasar-ikan-pindah", "sekolah-terapung-diresmikan")
STATIC = ("tentang-kami", "kontak", "pedoman-media-siber", "iklan")


class Blog(NamedTuple):
    """A small site; what differs between the tests."""

    posts: int = 12
    apart: timedelta = timedelta(hours=9)
    """Between two posts."""
    atom: str = ""
    """Path of its Atom feed, empty for none."""
    atom_is_linked: bool = True
    children: tuple[str, ...] = ("page-sitemap.xml", "post-sitemap.xml", "category-sitemap.xml")
    static_pages_are_dated: bool = False
    prefix: str = ""

    def address(self, number: int) -> str:
        return f"{self.prefix}/{TITLES[number % len(TITLES)]}-{number}/"

    def moment(self, number: int) -> datetime:
        return NOW - self.apart * (number + 1)

    def __call__(self, path: str, number: int) -> Answer | None:  # noqa: PLR0911 - an answer for each kind of path
        """Answer the request."""
        del number
        home = f"http://127.0.0.1:{PORT[0]}"
        posts = [(self.address(number), self.moment(number)) for number in range(self.posts)]
        if path == "/":
            return Answer(self.front(posts))
        if path == "/feed/":
            return Answer(rss(home, posts))
        if path == self.atom:
            return Answer(atom(home, posts), headers={"Content-Type": "application/atom+xml"})
        if path == "/sitemap.xml":
            # The pages were changed last.
            listed = "".join(f"<sitemap><loc>{home}/{name}</loc>{lastmod(name)}</sitemap>" for name in self.children)
            return xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</sitemapindex>')
        if path.strip("/") in self.children:
            return xml(urlset(home, self.addresses(path)))
        if path in dict(posts):
            return Answer(page(path, dict(posts)[path], "NewsArticle"))
        if path.strip("/") in STATIC:
            return Answer(page(path, NOW if self.static_pages_are_dated else None, "WebPage"))
        return Answer("not here", 404)

    def addresses(self, child: str) -> list[str]:
        if "page" in child:
            return STATIC_PATHS
        return [self.address(number) for number in range(self.posts)] if "post" in child else ["/category/desa/"]

    def front(self, posts: list[tuple[str, datetime]]) -> str:
        links = "".join(f'<a href="{path}">{path}</a>' for path in [*(path for path, _ in posts[:5]), *STATIC_PATHS])
        alternate = '<link rel="alternate" type="application/rss+xml" href="/feed/">'
        if self.atom and self.atom_is_linked:
            alternate += f'<link rel="alternate" type="application/atom+xml" href="{self.atom}">'
        return f'<html lang="id"><head><title>Kabar Lereng</title>{alternate}</head><body>{links}</body></html>'


STATIC_PATHS = [f"/{name}/" for name in STATIC]
PORT = [0]


def lastmod(name: str) -> str:
    return f"<lastmod>{NOW - timedelta(days=0 if 'page' in name else 1):%Y-%m-%dT%H:%M:%SZ}</lastmod>"


def xml(text: str) -> Answer:
    return Answer(text, headers={"Content-Type": "application/xml"})


def urlset(home: str, paths: list[str]) -> str:
    listed = "".join(f"<url><loc>{home}{path}</loc></url>" for path in paths)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'


def rss(home: str, posts: list[tuple[str, datetime]]) -> str:
    items = "".join(
        f"<item><title>Kabar</title><link>{home}{path}</link>"
        f"<pubDate>{when:%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>"
        for path, when in posts[:10]
    )
    return f'<rss version="2.0"><channel><title>Kabar Lereng</title>{items}</channel></rss>'


def atom(home: str, posts: list[tuple[str, datetime]]) -> str:
    entries = "".join(
        f'<entry><title>Kabar</title><id>{home}{path}</id><link href="{home}{path}"/>'
        f"<published>{when:%Y-%m-%dT%H:%M:%SZ}</published>"
        f"<updated>{when + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}</updated>"
        "</entry>"
        for path, when in posts[:10]
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Kabar Lereng</title>{entries}</feed>'


def page(path: str, when: datetime | None, kind: str) -> str:
    date = f', "datePublished": "{when.isoformat()}"' if when else ""
    data = f'<script type="application/ld+json">{{"@type": "{kind}", "headline": "Kabar {path}"{date}}}</script>'
    body = f"<article><h1>Kabar {path}</h1><p>{TEXT}</p><p>{TEXT}</p></article>"
    return f'<html lang="id"><head><title>Kabar {path}</title>{data}</head><body>{body}</body></html>'


def look(blog: Blog, folder: Path) -> tuple[Publisher, str, str, Press]:
    """The publisher as written, the text of its file, what people are told, and the site."""
    with printing(blog.__call__) as press:
        PORT[0] = press.port
        environment = {"PATH": os.environ["PATH"], "LUMBUNG_STACK": "/nonexistent"}
        command = [str(LUMBUNG), "publishers", "new", press.home, "--key", "lereng", "--output", str(folder)]
        done = subprocess.run(command, env=environment, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    path = folder / "lereng.toml"
    return Publisher.from_file(path), path.read_text("utf-8"), done.stdout, press


def asked(said: str) -> list[str]:
    return [line.strip() for line in said.replace("\n", " ").split("  ? ")[1:]]


@pytest.mark.parametrize(
    "blog", [Blog(), Blog(static_pages_are_dated=True), Blog(posts=30)], ids=["undated", "typed otherwise", "many"]
)
def test_a_pattern_that_takes_static_pages_is_narrowed_or_asked_about(blog: Blog, tmp_path: Path) -> None:
    publisher, _, said, press = look(blog, tmp_path)
    takes = Publisher.from_table("x", {"name": "x", "home": press.home, "local": True}, where="x")
    assert takes.owns(press.home)
    (pattern,) = publisher.article_url
    questions = [question for question in asked(said) if pattern in question]
    loose = [name for name in STATIC if matches(pattern, f"{press.home}{name}/")]
    assert not loose or any(name in question for question in questions for name in STATIC), (pattern, said)
    assert "kontak" not in loose
    assert all(matches(pattern, f"{press.home.rstrip('/')}{blog.address(number)}") for number in range(blog.posts))


def matches(pattern: str, url: str) -> bool:
    import re

    return re.search(pattern, url.rstrip("/")) is not None or re.search(pattern, url) is not None


def test_a_pattern_that_takes_no_other_link_raises_no_question(tmp_path: Path) -> None:
    _, _, said, _ = look(Blog(prefix="/kabar"), tmp_path)
    assert [question for question in asked(said) if question.startswith("article_url")] == []


@pytest.mark.parametrize(
    ("children", "sitemaps"),
    [
        (("page-sitemap.xml", "post-sitemap.xml", "category-sitemap.xml"), ("/post-sitemap.xml",)),
        (("wp-sitemap-posts-page-1.xml", "wp-sitemap-posts-post-1.xml"), ("/wp-sitemap-posts-post-1.xml",)),
        # A series grows: the index stays, whose newest part has what is new.
        (("page-sitemap.xml", "post-sitemap.xml", "post-sitemap2.xml"), ("/sitemap.xml",)),
    ],
)
def test_the_sitemap_of_posts_is_taken_where_it_is_one(
    children: tuple[str, ...], sitemaps: tuple[str, ...], tmp_path: Path
) -> None:
    publisher, text, _, _ = look(Blog(posts=15, children=children), tmp_path)
    assert publisher.sitemaps == sitemaps, text


@pytest.mark.parametrize(
    ("path", "linked"), [("/atom.xml", True), ("/feed/atom/", False), ("/feed/atom/", True)], ids=str
)
def test_the_atom_feed_that_tells_of_changes_is_preferred(path: str, linked: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter of the test
    publisher, text, _, _ = look(Blog(atom=path, atom_is_linked=linked), tmp_path)
    assert publisher.feeds == (path,), text


def test_an_rss_feed_alone_is_taken(tmp_path: Path) -> None:
    publisher, _, _, _ = look(Blog(), tmp_path)
    assert publisher.feeds == ("/feed/",)


@pytest.mark.parametrize(
    ("apart", "least", "most", "word"),
    [
        (timedelta(seconds=6), 1, 12, "at least"),  # made a minute ago
        (timedelta(milliseconds=10), 1, 12, "at least"),
        (timedelta(hours=9), 2, 3.5, "about"),
    ],
)
def test_ten_posts_of_one_minute_are_no_rate(
    apart: timedelta, least: float, most: float, word: str, tmp_path: Path
) -> None:
    _, text, _, _ = look(Blog(apart=apart), tmp_path)
    schedule = next(line for line in text.splitlines() if line.startswith("schedule"))
    number = float(schedule.rpartition(word)[2].split()[0])
    assert least <= number <= most, schedule
