"""Every field of an article has its order of sources, and what no source states is None."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from support.pages_in_short import BODY, LEAD, SECOND, URL, a_page, json_ld

from spiders.article import Article

JAKARTA = ZoneInfo("Asia/Jakarta")


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


@pytest.mark.parametrize(
    ("heading", "shown"),
    [
        ("<span class=x>EKSKLUSIF</span>Panen Raya", "EKSKLUSIF Panen Raya"),
        ("<span>Foto</span>Panen Raya", "Foto Panen Raya"),
        ("<b>VIDEO</b>PANEN RAYA", "VIDEO PANEN RAYA"),
        ("<span class=first>P</span>anen Raya", "Panen Raya"),
        ("<b>P</b>ANEN RAYA", "PANEN RAYA"),
        ("Panen<br>Raya", "Panen Raya"),
        ("Pa<i>nen</i> Raya", "Panen Raya"),
    ],
)
def test_a_badge_in_a_heading_is_a_word_of_its_own_and_a_first_letter_is_not(heading: str, shown: str) -> None:
    assert a_page(BODY.replace("Sekolah Sungai", heading, 1)).headline == shown


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


def test_a_trail_printed_as_one_text_is_taken_apart_and_a_label_with_a_slash_is_not() -> None:
    one = a_page(f"<div class=x>Home / Desa › Pasar</div>{BODY}", breadcrumb=[".x"])
    assert one.breadcrumb == ("Home", "Desa", "Pasar")
    theme = "<div class=entry-crumbs><span><a>Home</a></span> <span><a>Seni/Budaya</a></span></div>"
    assert a_page(theme + BODY).breadcrumb == ("Home", "Seni/Budaya")


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
        (BODY.replace("</h1>", "</h1><div><div>Reporter</div><div>Sari Dewi</div></div>"), ("Sari Dewi",)),
        (BODY.replace("</h1>", "</h1><dl><dt>Penulis:<dd>Sari Dewi<dt>Editor<dd>Tono Hadi</dl>"), ("Sari Dewi",)),
        (BODY.replace("</h1>", "</h1><div><p>Oleh</p><p>Sabtu, 12 April 2025</p></div>"), ()),
        (BODY.replace("</h1>", "</h1><p>BY SARI DEWI</p>"), ("SARI DEWI",)),
        (f"{BODY}<footer><a rel=author href=/sari>Sari Dewi</a></footer>", ("Sari Dewi",)),
        (f"{BODY}<div class=komentar><b class=author>Pembaca Setia</b></div>", ()),
        (f"{BODY}<div><a href=/penulis/sari>Sari Dewi</a></div>", ("Sari Dewi",)),
        (f"{BODY}<div>Editor: <a href=/penulis/tono>Tono Hadi</a></div>", ()),
        (f"{BODY}<ul class=related-list><li><a href=/author/tono>Tono Hadi</a></ul>", ()),
        (f"{BODY}<div class='author vcard'><b class=fn>Sari Dewi</b></div>", ("Sari Dewi",)),
    ],
)
def test_authors_are_read_from_print_where_nothing_states_them(markup: str, authors: tuple[str, ...]) -> None:
    assert a_page(markup).authors == authors


@pytest.mark.parametrize(
    ("author", "authors"),
    [
        ([{"@type": "Person", "givenName": "Sari", "familyName": "Dewi"}], ("Sari Dewi",)),
        ([{"@type": "Person", "name": "Sari Dewi"}, {"@type": "Organization", "name": "dpa"}], ("Sari Dewi", "dpa")),
        ([{"@type": "Person", "name": "Sari Dewi"}, {"@type": "Organization", "name": "Koran Uji"}], ("Sari Dewi",)),
        ({"@type": "Organization", "name": "Koran Uji"}, ("Koran Uji",)),
        ({"@id": "#sari"}, ("Sari Dewi",)),
        ({"@id": "#tono"}, ()),
        ("admin", ()),
    ],
)
def test_who_the_json_ld_says_signs_is_the_author(author: object, authors: tuple[str, ...]) -> None:
    person = json_ld(**{"@type": "Person", "@id": "#sari", "name": "Sari Dewi"})
    assert a_page(BODY, json_ld(author=author) + person).authors == authors


def test_a_house_signs_where_nobody_does_and_says_that_it_is_one() -> None:
    page = a_page(BODY, json_ld(author={"@type": "Organization", "name": "Kantor Berita Uji"}))
    assert page.authors == ("Kantor Berita Uji",)
    assert page.origins["authors"] == "JSON-LD, a house"


def test_a_printed_person_comes_before_the_house() -> None:
    house = json_ld(author={"@type": "Organization", "name": "Koran Uji"})
    assert a_page(BODY.replace("</h1>", "</h1><p>Penulis: Sari Dewi</p>"), house).authors == ("Sari Dewi",)


def test_an_editor_is_no_author_whatever_structured_data_call_him() -> None:
    head = json_ld(author="Tono Hadi") + '<meta name="author" content="Tono Hadi">'
    line = "</h1><p>Reporter: {} | Editor: Tono Hadi</p>"
    assert a_page(BODY.replace("</h1>", line.format("Sari Dewi")), head).authors == ("Sari Dewi",)
    assert a_page(BODY.replace("</h1>", line.format("Tono Hadi")), head).authors == ("Tono Hadi",)


def test_the_author_may_be_in_the_label_for_cards() -> None:
    head = '<meta name="twitter:label1" content="Ditulis oleh"><meta name="twitter:data1" content="Sari Dewi">'
    assert a_page(BODY, head + '<meta name="twitter:label2" content="Waktu baca">').authors == ("Sari Dewi",)


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


# Where a value comes from.


@pytest.mark.parametrize(
    ("markup", "head", "field", "origin"),
    [
        (BODY, json_ld(headline="Sekolah Sungai"), "headline", "JSON-LD"),
        (BODY, "<title>Sekolah Sungai | Koran Uji</title>", "headline", "printed"),
        (f"<p>{LEAD}</p>", '<meta property="og:title" content="Sekolah Sungai - Koran Uji">', "headline", "meta"),
        (f"<p>{LEAD}</p>", "<title>Sekolah Sungai | Koran Uji</title>", "headline", "<title>"),
        (BODY, json_ld(author="Sari Dewi"), "authors", "JSON-LD"),
        (BODY, '<meta name="author" content="Sari Dewi">', "authors", "meta"),
        (BODY.replace("</h1>", "</h1><p>Oleh: Sari Dewi</p>"), "", "authors", "printed"),
        (f"{BODY}<a rel=author href=/sari>Sari Dewi</a>", "", "authors", "marked"),
        (BODY, json_ld(datePublished="2026-05-04"), "published_at", "JSON-LD"),
        (BODY, '<meta property="article:published_time" content="2026-05-04">', "published_at", "meta"),
        (f"{BODY}<time datetime=2026-05-04>Senin</time>", "", "published_at", "<time>"),
        (BODY.replace("</h1>", "</h1><p>4 Mei 2026</p>"), "", "published_at", "printed"),
        (BODY, json_ld(dateModified="2026-05-04"), "modified_at", "JSON-LD"),
        (BODY, json_ld(inLanguage="id-ID"), "language", "JSON-LD"),
        (f"{BODY}<a rel=tag>Sungai</a>", "", "tags", "printed"),
        (BODY, json_ld(keywords="sungai, desa"), "tags", "JSON-LD"),
        (f"<ol class=breadcrumb><li>Desa</li></ol>{BODY}", "", "section", "printed"),
        (BODY, '<meta property="article:section" content="Desa">', "section", "meta"),
        (BODY.replace("</h1>", "</h1><p>Oleh: Sari Dewi</p>"), "", "byline", "printed"),
        (BODY.replace("</h1>", "</h1><p class=penulis>Sari Dewi</p>"), "", "byline", "marked"),
        (BODY, json_ld(image={"url": "/sungai.jpg"}), "image_url", "JSON-LD"),
        (BODY, '<meta property="og:image" content="/sungai.jpg">', "image_url", "meta"),
        (BODY, json_ld(isAccessibleForFree=True), "paywalled", "JSON-LD"),
        (BODY, '<meta property="article:content_tier" content="locked">', "paywalled", "meta"),
        (BODY.replace("</h1>", "</h1><p>Dibaca 12 kali</p>"), "", "reads", "printed"),
        (BODY.replace("</h1>", "</h1><p>0 views</p>"), "", "reads", "printed"),
        (
            BODY,
            json_ld(interactionStatistic={"interactionType": "ReadAction", "userInteractionCount": 0}),
            "reads",
            "JSON-LD",
        ),
        (BODY, "", "paragraphs", "printed"),
        (BODY.replace("<p>", "<p>Bogor - ", 1), "", "dateline", "printed"),
        (BODY, "", "language", "publisher"),
        (BODY, '<meta property="og:locale" content="id_ID">', "language", "meta"),
    ],
)
def test_a_value_knows_where_it_came_from(markup: str, head: str, field: str, origin: str) -> None:
    page = a_page(markup, head)
    page.article()
    assert page.origins[field] == origin


def test_what_a_selector_gave_is_said_to_come_from_it() -> None:
    markup = f"<b class=h>Judul</b><b class=t>4 Mei 2026</b><b class=b>Sari Dewi</b><b class=r>12</b>{BODY}"
    page = a_page(markup, headline=[".h"], published=[".t"], byline=[".b"], reads=[".r"], body=[".isi"])
    assert isinstance(page.article(), Article)
    selected = ("headline", "published_at", "byline", "authors", "reads", "paragraphs")
    assert page.origins == dict.fromkeys(selected, "selector") | {"language": "publisher"}


def test_a_value_that_no_source_states_came_from_nowhere() -> None:
    page = a_page(BODY, json_ld(datePublished="2026-05-04", dateModified="2026-05-04"))
    assert isinstance(page.article(), Article)
    found = {"headline": "printed", "published_at": "JSON-LD", "paragraphs": "printed", "language": "publisher"}
    assert page.origins == found
