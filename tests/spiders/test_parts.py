"""Articles that come in parts: which link leads to the next one, and what is stored when one cannot be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import html
from support.scripted_press import Answer, printing, write_publisher
from support.spider_runs import FAST, run_spider

from pipelines.database.connections import Connection, transaction
from pipelines.harvest.ledger import find_crawl, imbalance
from spiders.reading.markup.elements import Elements
from spiders.reading.paging import next_part

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HERE = "https://koran.example/news/panen-raya"
SENTENCES = {
    1: "Petani di Karawang mulai memanen padi musim tanam kedua pada awal pekan ini. " * 5,
    2: "Gabah dijemur di halaman balai desa sejak pagi, lalu digiling di koperasi. " * 5,
    3: "Harga gabah kering panen naik sedikit dibandingkan dengan musim yang lalu. " * 5,
}


@pytest.mark.parametrize(
    ("link", "page", "number", "part"),
    [
        ("?page=2", HERE, 2, f"{HERE}?page=2"),
        ("/news/panen-raya?page=2#isi", HERE, 2, f"{HERE}?page=2"),
        ("/news/panen-raya/2/", f"{HERE}/", 2, f"{HERE}/2/"),
        ("?page=3", f"{HERE}?page=2", 3, f"{HERE}?page=3"),
        ("/news/panen-raya?hal=2&id=7", f"{HERE}?id=7", 2, f"{HERE}?hal=2&id=7"),
        ("?halaman=2", HERE, 2, f"{HERE}?halaman=2"),
        ("?hal=2", HERE, 2, f"{HERE}?hal=2"),
        ("?hal=3", f"{HERE}?hal=2", 3, f"{HERE}?hal=3"),
        ("?page=12", f"{HERE}?page=11", 12, f"{HERE}?page=12"),
        ("?page=3", HERE, 2, ""),
        ("?page=22", HERE, 2, ""),
        ("?nomor=2", HERE, 2, ""),
        ("https://lain-koran.example/news/panen-raya?page=2", HERE, 2, ""),
        ("?page=all", HERE, 2, ""),
        ("/news/panen-raya?id=8&page=2", f"{HERE}?id=7", 2, ""),
        ("/news/banjir?page=2", HERE, 2, ""),
        ("/news?page=2", HERE, 2, ""),
        ("https://lain.example/news/panen-raya?page=2", HERE, 2, ""),
        ("/?page=2", "https://koran.example/", 2, ""),
        ("/news/panen-raya/2?page=2", HERE, 2, ""),
        ("//[koran?page=2", HERE, 2, ""),
    ],
)
def test_the_next_part_has_the_articles_own_address_with_its_number(
    link: str, page: str, number: int, part: str
) -> None:
    article = HERE if page.startswith(HERE) and "?id=7" not in page else page
    tree = html.fromstring(f'<html><body><a>tanpa alamat</a><a href="{link}">2</a></body></html>')
    assert next_part(Elements(tree), page, article, number) == part


def in_parts(path: str, failing: Answer | None) -> Answer | None:
    """A press whose first article has three parts; the second one may fail."""
    address, _, query = path.partition("?")
    if address != "/warta/berita-0":
        return None
    number = int(query.removeprefix("page=") or 1)
    if number == 2 and failing is not None:
        return failing
    pager = "".join(f'<a href="{address}?page={each}">{each}</a>' for each in SENTENCES)
    return Answer(
        f"<html><body><article><h1>Panen Raya di Karawang</h1><p>{SENTENCES[number]}</p></article>"
        f"<nav>{pager}</nav></body></html>"
    )


@pytest.mark.parametrize(
    ("failing", "stored", "state"),
    [
        (None, [1, 2, 3], ("done", None)),
        (Answer("gone", 404), [1], ("done", None)),
        (Answer("busy", 500), [], ("due", "part 2: HTTP 500")),
        (Answer(hang_up=True), [], ("due", "part 2: DownloadFailedError")),
    ],
)
def test_an_article_is_stored_whole_or_stays_due(  # noqa: PLR0917, PLR0913 - two of them are fixtures
    failing: Answer | None,
    stored: list[int],
    state: tuple[str, str | None],
    database_url: str,
    database: Connection,
    tmp_path: Path,
) -> None:
    with printing(lambda path, _number: in_parts(path, failing), articles=1) as press:
        environment = {"DATABASE_URL": database_url, **write_publisher(tmp_path, "warta", press.home)}
        log = run_spider("warta", environment, "run=parts", settings={**FAST, "RETRY_TIMES": "0"})
    crawl = find_crawl(database, "parts")
    assert crawl is not None, log
    assert imbalance(crawl) is None, log
    with transaction(database) as cursor:
        cursor.execute("select text from news.article_text")
        texts = [text for (text,) in cursor.fetchall()]
        cursor.execute("select state, last_error from lumbung.page")
        ((now, error),) = cursor.fetchall()
    wanted = [" ".join(SENTENCES[number].split()) for number in stored]
    assert [text.split("\n\n")[2:] for text in texts] == ([wanted] if wanted else [])
    assert (now, error is None) == (state[0], state[1] is None), log
    assert (error or "").startswith(state[1] or ""), log
    assert ("part 2 and what follows are missing" in log) == (stored == [1])


def endless(path: str, text: Callable[[int], str]) -> Answer | None:
    """A press whose first article has another part behind each part."""
    address, _, query = path.partition("?")
    if address != "/warta/berita-0":
        return None
    number = int(query.removeprefix("page=") or 1)
    return Answer(
        f"<html><body><article><h1>Panen Raya di Karawang</h1><p>{text(number)}</p></article>"
        f'<nav><a href="{address}?page={number + 1}">berikutnya</a></nav></body></html>'
    )


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (lambda number: f"Bagian {number}. {SENTENCES[1]}", 30),  # a calendar that never ends
        (lambda number: SENTENCES[1] if number > 1 else SENTENCES[2], 3),  # the same part over and over
    ],
)
def test_a_chain_of_parts_without_an_end_is_left_after_thirty_or_when_nothing_new_comes(
    text: Callable[[int], str], asked: int, database_url: str, database: Connection, tmp_path: Path
) -> None:
    with printing(lambda path, _number: endless(path, text), articles=1) as press:
        environment = {"DATABASE_URL": database_url, **write_publisher(tmp_path, "warta", press.home)}
        log = run_spider("warta", environment, "run=parts", settings=FAST)
        pages = [path for path in press.paths() if path.startswith("/warta/berita-0")]
    assert len(pages) == asked, log
    with transaction(database) as cursor:
        cursor.execute("select state from lumbung.page")
        assert cursor.fetchall() == [("done",)]
