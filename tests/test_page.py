"""Page: saved pages give their golden texts; every field has its order of sources; no page raises."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.article import Article, Rejection
from spiders.page import Page, load_page_class
from spiders.publishers import Publisher, PublisherError, find_publisher
from spiders.seed_format import dumps

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
JAKARTA = ZoneInfo("Asia/Jakarta")
PAGES = Path(__file__).parent / "pages"
URL = "https://www.koran.test/news-1-kabar.html"
LEAD = "Warga tiga desa di tepi sungai belajar mengukur kejernihan air dengan cakram buatan sendiri."
SECOND = "Hasilnya ditulis di papan kapur balai desa setiap pagi, lalu dibacakan lewat pengeras suara."
BODY = f"<article><h1>Sekolah Sungai</h1><div class=isi><p>{LEAD}</p><p>{SECOND}</p></div></article>"


def a_publisher(**rules: list[str]) -> Publisher:
    table = {"name": "Koran Uji", "home": "https://www.koran.test/", "timezone": "Asia/Makassar", "rules": rules}
    return Publisher.from_table("koran", table, where="test")


def a_page(markup: str = BODY, head: str = "", /, *, url: str = URL, **rules: list[str]) -> Page:
    html = f"<html><head><meta charset=utf-8>{head}</head><body>{markup}</body></html>"
    return Page(html.encode(), url, a_publisher(**rules), fetched_at=NOW)


def json_ld(**thing: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **thing})}</script>'


def reason_of(page: Page) -> str | None:
    outcome = page.article()
    return outcome.reason if isinstance(outcome, Rejection) else None


# Saved pages: our own words in the shapes of publishers' templates, read with the publishers' own files.

STATED: dict[str, dict[str, Any]] = {
    "antara__2016": {
        "dateline": "Waingapu (ANTARA News)",
        "byline": "Pewarta: Marselina Bili",
        "authors": ("Marselina Bili",),
        "published_at": datetime(2016, 2, 18, 14, 56, tzinfo=JAKARTA),
    },
    "cnnindonesia__2024": {
        "dateline": "Makassar, CNN Indonesia",
        "section": "Peristiwa",
        "published_at": datetime(2024, 7, 31, 19, 5, tzinfo=JAKARTA),
        "tags": ("jembatan gantung", "enrekang"),
        "image_url": "https://gambar.contoh.invalid/jembatan.jpeg",
    },
    "detik__2015": {
        "dateline": "Jakarta",
        "section": "Security",
        "authors": ("Dadan Kusnandar",),
        "published_at": datetime(2015, 11, 5, 10, 8, tzinfo=JAKARTA),
    },
    "detik__2023": {
        "dateline": "Pamekasan",
        "byline": "Ratna Widuri - detikFinance",
        "authors": ("Ratna Widuri",),
        "published_at": datetime(2023, 11, 2, 20, 59, 53, tzinfo=JAKARTA),
        "modified_at": None,
        "tags": ("garam", "madura"),
    },
    "gatra__2020": {
        "dateline": "Jambi, Gatra.com",
        "byline": "Reporter: Zulkarnain Tembesi",
        "authors": ("Zulkarnain Tembesi",),
        "section": "Lingkungan",
        "published_at": datetime(2020, 4, 15, 13, 40, tzinfo=JAKARTA),
    },
    "kompas__2023": {
        "dateline": "MARTAPURA, KOMPAS.com",
        "authors": ("Norhayati Asmah",),
        "section": "Travel News",
        "published_at": datetime(2023, 11, 2, 21, 34, 19, tzinfo=JAKARTA),
        "modified_at": datetime(2023, 11, 3, 8, 10, tzinfo=JAKARTA),
        "paywalled": False,
        "tags": ("pasar apung", "Martapura"),
    },
    "mediaindonesia__2026": {
        "dateline": None,
        "authors": ("Rizky Lamasigi",),
        "section": "Nusantara",
        "published_at": datetime(2026, 1, 20, 18, 30, tzinfo=JAKARTA),
        "image_url": "https://gambar.contoh.invalid/paving.jpg",
    },
    "tempo__2025": {
        "dateline": "TEMPO.CO, Boyolali",
        "authors": ("Sekar Pambayun",),
        "published_at": datetime(2025, 6, 18, 20, 4, tzinfo=JAKARTA),
    },
}


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.stem)
def test_a_saved_page_gives_its_golden_text(path: Path) -> None:
    publisher = find_publisher(path.stem.partition("__")[0])
    article = Page(path.read_bytes(), publisher.absolute("/read/1"), publisher, fetched_at=NOW).article()
    assert isinstance(article, Article)
    assert dumps(article) == path.with_suffix(".txt").read_text("utf-8")
    stated = STATED[path.stem]
    assert {field: getattr(article, field) for field in stated} == stated
    assert article.language == "id"


# Where values come from.


def test_a_heading_that_structured_data_confirm_is_the_headline_as_printed() -> None:
    page = a_page(BODY, json_ld(headline="Sekolah Sungai - Koran Uji"))
    assert page.headline == "Sekolah Sungai"


@pytest.mark.parametrize(
    "title",
    [
        "Sekolah Sungai - Koran Uji",
        "Sekolah Sungai | koran.test",
        "Koran Uji: Sekolah Sungai",
        "Sekolah Sungai – Lokal - Koran",
    ],
)
def test_the_headline_is_without_the_name_of_the_site(title: str) -> None:
    page = a_page(f"<p>{LEAD}</p>", f"<title>{title}</title>")
    assert page.headline in {"Sekolah Sungai", "Sekolah Sungai – Lokal"}


def test_a_dash_in_a_headline_stays() -> None:
    page = a_page(f"<p>{LEAD}</p>", "<title>Musim Tanam Tiba - Petani Menunggu Hujan - Koran Uji</title>")
    assert page.headline == "Musim Tanam Tiba - Petani Menunggu Hujan"


def test_a_selector_that_matches_wins_for_the_fields_it_is_given_for() -> None:
    body = f"<div class=h>Judul Cetak</div>{BODY}<i class=b>Home</i><i class=b>Desa</i><b class=r>1.204</b>"
    body += "<div class=w>Oleh Sari Dewi</div><section><p>Isi menurut pemilih, bukan yang terpanjang.</p></section>"
    head = json_ld(headline="Judul Mesin", author={"@type": "Person", "name": "Tono Hadi"})
    page = a_page(body, head, headline=[".h"], breadcrumb=[".b"], reads=[".r"], byline=[".w"], body=["section"])
    assert page.headline == "Judul Cetak"
    assert page.breadcrumb == ("Home", "Desa")
    assert page.reads == 1204
    assert page.byline == "Oleh Sari Dewi"
    assert page.paragraphs == ("Isi menurut pemilih, bukan yang terpanjang.",)
    assert page.authors == ("Tono Hadi",)


def test_a_selector_that_matches_nothing_leaves_the_field_to_the_generic_reader() -> None:
    page = a_page(BODY, headline=[".ganti-templat"], body=["#hilang"], reads=[".x"], breadcrumb=[".y"])
    assert page.headline == "Sekolah Sungai"
    assert page.paragraphs == (LEAD, SECOND)
    assert page.reads is None


def test_the_json_ld_of_another_article_is_not_taken() -> None:
    head = json_ld(url="https://www.koran.test/news-2-lain.html", datePublished="2020-01-01T00:00:00Z")
    head += json_ld(url=URL, datePublished="2026-01-02T03:04:05+07:00")
    assert a_page(BODY, head).published_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    "script",
    [
        '[null, {"@graph": [{"@type": ["NewsArticle"], "datePublished": "2026-01-02"}]}]',
        '<!-- {"@type": "NewsArticle", "datePublished": "2026-01-02"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "datePublished": "2026-01-02"}\n//]]>',
        '{"@type": "NewsArticle", "datePublished": "2026-01-02", "description": "baris\npatah\t",}',
        '{"@type": "https://schema.org/NewsArticle", "datePublished": "2026-01-02", "author": null, "image": []};',
    ],
)
def test_json_ld_is_read_as_it_is_found(script: str) -> None:
    page = a_page(BODY, f'<script type="application/ld+json">{script}</script>')
    assert page.published_at == datetime(2026, 1, 2, tzinfo=ZoneInfo("Asia/Makassar"))
    assert page.authors == ()


@pytest.mark.parametrize(
    "script", ["", "null", "{", "[]", '{"@type": 3}', "[" * 5000, '{"@graph": {"@graph": "x"}}', "9" * 5000]
)
def test_broken_json_ld_is_nothing(script: str) -> None:
    page = a_page(BODY, f'<script type="application/ld+json">{script}</script>')
    assert isinstance(page.article(), Article)


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("Kamis, 05 Nov 2015 10:08 WIB", datetime(2015, 11, 5, 10, 8, tzinfo=JAKARTA)),
        ("5/11/2015 10.08", datetime(2015, 11, 5, 10, 8, tzinfo=ZoneInfo("Asia/Makassar"))),
        ("Baru saja", None),
        ("2 jam lalu", None),
        ("31 Februari 2015", None),
    ],
)
def test_a_printed_date_is_taken_from_near_the_headline_or_is_none(line: str, when: datetime | None) -> None:
    body = f"<h1>Sekolah Sungai</h1><div>{line}</div><div class=isi><p>{LEAD}</p><p>{SECOND}</p></div>"
    assert a_page(body + "<footer>1 Januari 2020 00:00</footer>").published_at == when


def test_a_printed_change_is_no_publication() -> None:
    body = BODY.replace("</h1>", "</h1><div>Diperbarui 18 Jun 2025, 14:05 WIB</div>")
    page = a_page(body)
    assert page.published_at is None
    assert page.modified_at == datetime(2025, 6, 18, 14, 5, tzinfo=JAKARTA)


def test_structured_texts_are_unescaped_and_collapsed() -> None:
    page = a_page(f"<p>{LEAD}</p>", json_ld(headline="Sawah &amp;\n Ladang", articleSection=" Ekonomi  Desa "))
    assert page.headline == "Sawah & Ladang"
    assert page.section == "Ekonomi Desa"


def test_the_root_of_the_breadcrumb_is_no_section() -> None:
    assert a_page(f"<ol class=breadcrumb><li>Home</li></ol>{BODY}").section is None
    assert a_page(f"<ol class=breadcrumb><li>Home</li><li>> Desa</li></ol>{BODY}").section == "Desa"


def test_reads_may_be_stated_by_structured_data() -> None:
    counter = {"@type": "InteractionCounter", "interactionType": {"@type": "ReadAction"}, "userInteractionCount": "953"}
    assert a_page(BODY, json_ld(interactionStatistic=[counter])).reads == 953


def test_a_change_at_the_moment_of_publication_is_none() -> None:
    page = a_page(BODY, json_ld(datePublished="2026-01-02T03:04:05Z", dateModified="2026-01-02T10:04:05+07:00"))
    assert page.published_at is not None
    assert page.modified_at is None


@pytest.mark.parametrize(
    ("free", "paywalled"), [(True, False), (False, True), ("False", True), ("true", False), ("x", None), (None, None)]
)
def test_the_paywall_flag_is_what_the_page_says(free: object, paywalled: bool | None) -> None:  # noqa: FBT001 - a table
    assert a_page(BODY, json_ld(isAccessibleForFree=free)).paywalled is paywalled


@pytest.mark.parametrize(
    ("markup", "authors"),
    [
        (BODY.replace("</h1>", "</h1><p>Oleh: Sari Dewi dan Tono Hadi</p>"), ("Sari Dewi", "Tono Hadi")),
        (BODY.replace("</h1>", "</h1><div class='post-author'>Sari Dewi</div>"), ("Sari Dewi",)),
        (BODY.replace("</article>", "<p>Pewarta: Sari Dewi</p></article>"), ("Sari Dewi",)),
        (f"{BODY}<footer><a rel=author href=/sari>Sari Dewi</a></footer>", ("Sari Dewi",)),
        (f"{BODY}<div class=komentar><b class=author>Pembaca Setia</b></div>", ()),
    ],
)
def test_authors_are_read_from_print_where_nothing_states_them(markup: str, authors: tuple[str, ...]) -> None:
    assert a_page(markup).authors == authors


# Reads: only the article's own.


def test_a_counter_in_the_header_row_is_the_articles() -> None:
    assert a_page(BODY.replace("</h1>", "</h1><div>5 November 2015 | 1.229 Views</div>")).reads == 1229


def test_a_bare_number_right_after_the_text_is_the_articles_where_it_is_marked_so() -> None:
    assert a_page(BODY.replace("</article>", "<div><i class='fa fa-eye'></i> 953</div></article>")).reads == 953
    assert a_page(BODY.replace("</article>", "<div>953</div></article>")).reads is None


def test_the_counters_of_other_articles_are_not_the_articles() -> None:
    box = "<div class=populer><h3>Terpopuler</h3><a href=/2>Harga Beras</a> <span>Dibaca 12.768 kali</span></div>"
    assert a_page(BODY + box).reads is None
    assert a_page(BODY.replace("</article>", f"{box}</article>")).reads is None


# The body as a reader sees it.


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>{LEAD}</p><p>{SECOND}</p>",
        f"<div>{LEAD}</div><div>{SECOND}</div>",
        f"{LEAD}<br><br/>\n{SECOND}",
        f"<span>{LEAD}<br/>\n<br/>{SECOND}</span>",
        f"<ul><li>{LEAD}</li><li>{SECOND}</li></ul>",
        f"<blockquote>{LEAD}</blockquote><p>{SECOND}</p>",
        f"<p>{LEAD}</p><script>var iklan = 1;</script><style>p {{}}</style><p>{SECOND}</p><p>&nbsp;</p><p></p>",
        f"<p>{LEAD}</p><figure><img src=x><figcaption>Keterangan foto.</figcaption></figure><p>{SECOND}</p>",
        f"<p>{LEAD}</p><p><strong>Baca juga:</strong> <a href=/2>Ikan Semah Kembali</a></p><p>{SECOND}</p>",
        f"<p>{LEAD}</p><a href=/2>Baca Juga: Ikan Semah Kembali ke Hulu Sungai</a><p>{SECOND}</p>",
        f"<p>{LEAD}</p><p>ADVERTISEMENT</p><p>SCROLL TO CONTINUE WITH CONTENT</p><p>{SECOND}</p>",
        f"<p>{LEAD}</p><p>{SECOND}</p><p>[Gambas:Video 20detik]</p><p>Halaman 1 dari 3</p>",
        f"<p>{LEAD}</p><p>{SECOND}</p><div class=share><a href=#>Bagikan</a> 12</div>",
        f"<p>{LEAD}</p><p>{SECOND}</p><p>Editor: Tono Hadi</p><div class=komentar><p>{LEAD}</p></div>",
    ],
)
def test_paragraphs_are_found_in_any_markup(markup: str) -> None:
    assert a_page(f"<h1>Sekolah Sungai</h1><div class=isi>{markup}</div>").paragraphs == (LEAD, SECOND)


def test_inline_text_is_joined_as_it_stands() -> None:
    lead = f"Harga<a href=/b>Bitcoin</a> dan <b>emas</b>, kata <i>Sari</i>\n  ({LEAD})&nbsp; "
    page = a_page(f"<div><p>{lead}</p><p>Baris satu<br>baris dua, lalu {SECOND}</p></div>")
    assert page.paragraphs == (
        f"HargaBitcoin dan emas, kata Sari ({LEAD})\u00a0",
        f"Baris satu baris dua, lalu {SECOND}",
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "Baca juga buku harian para nelayan yang disimpan di balai desa itu.",
        "Hak cipta batik itu diurus sejak satu semester lalu oleh koperasi perajin.",
    ],
)
def test_a_sentence_that_starts_like_boilerplate_stays(sentence: str) -> None:
    page = a_page(f"<div><p>{LEAD}</p><p>{sentence}</p><p>{SECOND}</p></div>")
    assert page.paragraphs == (LEAD, sentence, SECOND)


def test_a_dateline_outside_the_first_paragraph_is_joined_to_it() -> None:
    page = a_page(f"<div><strong>Jakarta</strong> - <p>{LEAD}</p><p>{SECOND}</p></div>")
    assert page.paragraphs == (f"Jakarta - {LEAD}", SECOND)
    assert page.dateline == "Jakarta"


def test_subheadings_are_paragraphs_where_text_follows() -> None:
    page = a_page(f"<h1>Sungai</h1><div><p>{LEAD}</p><h2>Cakram</h2><p>{SECOND}</p><h2>Berita Terkait</h2></div>")
    assert page.paragraphs == (LEAD, "Cakram", SECOND)


def test_a_body_split_over_sibling_containers_is_whole() -> None:
    page = a_page(
        f"<h1>Sungai</h1><main><div class=part><p>{LEAD}</p></div><div class=part><p>{SECOND}</p></div></main>"
    )
    assert page.paragraphs == (LEAD, SECOND)


def test_a_body_whose_container_is_named_like_promotion_is_found() -> None:
    page = a_page(f"<h1>Sungai</h1><div class=widget><p>{LEAD}</p><p>{SECOND}</p></div>")
    assert page.paragraphs == (LEAD, SECOND)


def test_dropped_elements_are_no_text() -> None:
    body = f"<div class=isi><p>{LEAD}</p><p class=jual>Beli cakram di toko kami hari ini juga.</p><p>{SECOND}</p></div>"
    assert a_page(body, body=[".isi"], drop=[".jual"]).paragraphs == (LEAD, SECOND)


def test_very_deep_markup_is_read() -> None:
    page = a_page("<div>" * 1500 + f"<p>{LEAD}</p><p>{SECOND}</p>")
    assert LEAD in " ".join(page.paragraphs)


# Pages that are no articles.


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (a_page("", url="https://www.koran.test/"), "index_page"),
        (a_page("<h1>Desa</h1><a href=/1>Satu</a>", url="https://www.koran.test/rubrik/desa"), "index_page"),
        (a_page("<p>Teks.</p>"), "no_headline"),
        (a_page("<h1>Judul</h1>"), "no_body"),
        (a_page("<h1>Judul</h1><p>Sebentar lagi.</p>"), "too_short"),
        (
            a_page(
                "<h1>Judul</h1><p>Foto.</p>", '<script type="application/ld+json">{"@type": "ImageGallery"}</script>'
            ),
            "photo",
        ),
        (a_page("<h1>Judul</h1><p>Foto.</p>", url="https://www.koran.test/foto/1/panen"), "photo"),
        (a_page("<h1>Judul</h1><p>Video.</p>", '<meta property="og:type" content="video.other">'), "video"),
        (a_page("<h1>Judul</h1><p>Video.</p>", url="https://www.koran.test/video/1/panen"), "video"),
        (a_page("<h1>Judul</h1><p>Artikel ini khusus pelanggan.</p>"), "subscribers_only"),
        (a_page("<h1>Judul</h1><p>Masuk.</p>", json_ld(isAccessibleForFree=False)), "subscribers_only"),
        (a_page(""), "no_headline"),
    ],
)
def test_a_page_that_is_no_article_says_why(page: Page, reason: str) -> None:
    outcome = page.article()
    assert isinstance(outcome, Rejection)
    assert outcome.reason == reason
    assert outcome.detail
    assert "\n" not in outcome.detail


def test_a_long_text_is_an_article_whatever_its_address_says() -> None:
    paragraphs = "".join(f"<p>{number}. {LEAD}</p>" for number in range(12))
    assert (
        reason_of(a_page(f"<h1>Panen</h1><div>{paragraphs}</div>", url="https://www.koran.test/foto/1/panen")) is None
    )


def test_the_canonical_url_is_the_identity_of_the_fetched_one() -> None:
    article = a_page(url=f"{URL}?utm_source=rss&page=all").article()
    assert article.url == f"{URL}?utm_source=rss&page=all"
    assert article.canonical_url == URL


# The class a publisher names.


def test_the_page_class_is_named_in_the_publisher_file() -> None:
    assert load_page_class(a_publisher()) is Page


@pytest.mark.parametrize("path", ["spiders.page.Nothing", "spiders.nowhere.Page", "Page", "spiders.article.Article"])
def test_a_page_class_that_is_none_is_one_clear_error(path: str) -> None:
    with pytest.raises(PublisherError, match=r"^koran: page: ") as error:
        load_page_class(a_publisher().model_copy(update={"page": path}))
    assert path in str(error.value)


# Anything that may arrive.


@given(st.binary(max_size=300))
def test_any_bytes_are_an_outcome(content: bytes) -> None:
    Page(content, URL, a_publisher(), fetched_at=NOW).article()


TAGS = [
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<a>",
    "</a>",
    "<br>",
    "<h1>",
    "<h2>",
    "<ul><li>",
    "<table><tr><td>",
    "</table>",
]
NAMES = (
    *("@type", "@graph", "@id", "url", "headline", "author", "name", "image", "datePublished", "position", "item"),
    *("keywords", "mainEntityOfPage", "isAccessibleForFree", "interactionStatistic", "itemListElement", "articleBody"),
)
TEXTS = ("NewsArticle", "BreadcrumbList", "2026-01-02", "http://[", URL, "Sari Dewi", "\0", "\ud800", "")
KEYS = st.sampled_from(NAMES)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)


@given(st.dictionaries(KEYS, VALUES))
def test_any_json_ld_is_an_outcome(thing: dict[str, Any]) -> None:
    outcome = a_page(BODY, json_ld(**thing)).article()
    assert isinstance(outcome, Article)
    assert outcome.published_at is None or outcome.published_at.tzinfo is not None
    assert all(isinstance(text, str) for text in (*outcome.tags, *outcome.authors, *outcome.breadcrumb))


def test_json_ld_nested_without_end_is_nothing() -> None:
    nested = '{"name": ' * 900 + '"x"' + "}" * 900
    head = (
        f'<script type="application/ld+json">{{"@type": "NewsArticle", "author": {nested}, "image": {nested}}}</script>'
    )
    assert isinstance(a_page(BODY, head).article(), Article)


PIECES = st.sampled_from(
    [*TAGS, "<br><br>", "<!--x-->", "<article>", "<script>", LEAD, SECOND, "Baca juga:", "953", "\u00a0", " "]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_markup_gives_clean_paragraphs(markup: str) -> None:
    for paragraph in a_page(markup).paragraphs:
        assert paragraph == " ".join(paragraph.split(" ")).strip(" ")
        assert any(map(str.isalnum, paragraph))
        assert "<" not in paragraph


def test_no_real_page_raises(shared: Path) -> None:
    kinds = set()
    for place, case in enumerate(sorted((shared / "pages").glob("*/expected.json"))):
        expected = json.loads(case.read_text("utf-8"))
        if expected.get("language") not in {"id", "ms"} and place % 8:
            continue  # every Indonesian page, and one of eight others
        html = gzip.decompress((case.parent / "page.html.gz").read_bytes())
        kinds.add(type(Page(html, expected["url"] or URL, a_publisher(), fetched_at=NOW).article()))
    assert Article in kinds
