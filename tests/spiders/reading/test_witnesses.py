"""What a page says about headline, authors and day, and which of it won."""

from __future__ import annotations

from support.pages_in_short import BODY, a_page, json_ld

from spiders.reading.witnesses import explain_fields


def test_each_field_names_its_witnesses_and_the_one_that_won() -> None:
    head = json_ld(headline="Sekolah Sungai", author="Sari Dewi", datePublished="2026-05-04")
    page = a_page(BODY.replace("</h1>", "</h1><p>Oleh: Tono Hadi</p><p>4 Mei 2026 10:00 WITA</p>"), head)
    headline, authors, day = explain_fields(page)
    assert (headline.value, headline.origin) == ("Sekolah Sungai", "JSON-LD")
    assert {(each.origin, each.won) for each in headline.witnesses} == {("JSON-LD", True), ("printed", False)}
    assert authors.value == "Sari Dewi"
    assert [each.said for each in authors.witnesses if not each.won][:1] == ["Oleh: Tono Hadi"]
    assert day.value == "2026-05-04T10:00:00+08:00"
    assert [(each.said, each.won) for each in day.witnesses][:2] == [
        ("2026-05-04", True),
        ("4 Mei 2026 10:00 WITA", False),
    ]


def test_what_nobody_says_is_empty() -> None:
    assert [(told.field, told.value) for told in explain_fields(a_page(BODY))][1:] == [
        ("authors", ""),
        ("published_at", ""),
    ]
