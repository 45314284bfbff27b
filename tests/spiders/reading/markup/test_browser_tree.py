"""Pages that browsers show and a parser that follows no standard loses: read once more, and only those."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from spiders.article import Article, Rejection
from spiders.publishers import Publisher
from spiders.reading.markup.browser_tree import as_browsers_read
from spiders.reading.markup.document import parse
from spiders.reading.page import Page

PUBLISHER = Publisher.from_table(
    "koran",
    {"name": "Koran", "home": "https://koran.example/", "language": "id", "timezone": "Asia/Jakarta"},
    where="koran.toml",
)
TEXT = (
    "Warga tiga desa di tepi sungai menanam dua ribu bibit pohon untuk menahan longsor yang datang setiap musim hujan.",
    "Kepala desa mengatakan bibit itu dibeli dari dana desa dan dirawat oleh kelompok tani selama tiga tahun.",
    "Menurut catatan kecamatan, longsor tahun lalu menutup jalan ke pasar selama dua hari penuh.",
)
HEADLINE = "Warga menanam dua ribu pohon"
MENU = "<nav><a href='/'>Beranda</a> <a href='/ekonomi'>Ekonomi</a></nav>"
BODY = f"<article><h1>{HEADLINE}</h1>{''.join(f'<p>{text}</p>' for text in TEXT)}</article>"


def read(before: str, after: str = "<footer>Hak cipta Koran</footer></body></html>") -> Page:
    html = f"<html><head><title>{HEADLINE} - Koran</title></head><body>{MENU}{before}{BODY}{after}"
    return Page(html.encode(), "https://koran.example/berita/pohon", PUBLISHER, fetched_at=datetime.now(UTC))


@pytest.mark.parametrize(
    "before",
    [
        *("</body>", "</html>", "</body></html>", "</body></html><!-- widget --><div>Iklan</div>"),
        *("<svg><style>.a{fill:red}", "<svg><title>Logo</title><style>.a{}", "<math><style>x"),
        *("<embed src=a>", "<map name=peta>", "<input type=hidden>", "<track><source>"),
    ],
)
def test_what_browsers_show_is_read_whatever_stands_open_or_ends_too_early(before: str) -> None:
    page = read(before)
    article = page.article()
    assert isinstance(article, Article)
    assert article.paragraphs == TEXT
    assert article.headline == HEADLINE
    assert page.paragraphs == article.paragraphs, "the page is what was read"
    assert page.origins["headline"] == "printed"


@pytest.mark.parametrize("before", ["<!-- ", "<template>", "<textarea>", "<style>"])
def test_what_browsers_do_not_show_is_no_article(before: str) -> None:
    outcome = read(before).article()
    assert isinstance(outcome, Rejection)
    assert outcome.reason == "no_body"


def test_a_page_without_a_text_keeps_what_it_was_and_is_read_twice_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counted(html: bytes, encoding: str | None) -> bytes:
        asked.append(encoding)
        return as_browsers_read(html, encoding)

    monkeypatch.setattr("spiders.reading.page.as_browsers_read", counted)
    page = Page(b"<h1>Kosong</h1>\0", "https://koran.example/1", PUBLISHER, fetched_at=datetime.now(UTC), encoding="x")
    assert [page.article().reason, page.article().reason] == ["no_body", "no_body"]  # type: ignore[union-attr]
    assert asked == ["x"]
    assert isinstance(read("").article(), Article)
    assert asked == ["x"], "a page with a text is read once"


def test_the_charset_is_that_of_the_page_and_its_damage_is_counted_once() -> None:
    html = (
        f"<meta charset=windows-1252></body><article><h1>{HEADLINE}</h1><p>Caf\xe9\x00: {TEXT[0]}<p>{TEXT[1]}</article>"
    )
    page = Page(html.encode("cp1252"), "https://koran.example/1", PUBLISHER, fetched_at=datetime.now(UTC))
    article = page.article()
    assert isinstance(article, Article)
    assert article.paragraphs[0] == f"Café: {TEXT[0]}"
    assert article.repaired == 1


def test_written_out_each_element_ends_where_it_does_in_a_browser() -> None:
    tree = parse(as_browsers_read(b"<p>satu<div>dua</p>tiga</div>"))
    assert [(each.tag, (each.text or "").strip()) for each in tree.find("body")] == [("p", "satu"), ("div", "dua")]
