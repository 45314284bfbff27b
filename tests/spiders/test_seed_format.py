"""The seed format: the seed byte for byte, articles and texts round trip, SQL says the same, errors name the block."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.stories import Story, put

from pipelines.database.connections import transaction
from spiders.article import Article
from spiders.seed_format import SeedFormatError, SeedText, collapse, dumps, loads

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.database.connections import Connection

SEED = (files("seeds") / "article.txt").read_bytes().decode()

# Characters the format treats in its own way come up as often as all others together.
raw = st.text(
    st.one_of(
        st.sampled_from(" \t\n\r\f\v0159\u00a0\u2028\u0085.-"), st.characters(codec="utf-8", exclude_characters="\0")
    )
)
blocks = raw.map(collapse).filter(bool)
counts = st.none() | st.integers(0, 10**18 - 1)
numbers = st.builds("{}{}".format, st.integers(0, 10**19), st.sampled_from(["", "\u00a0", "\u00a0\u00a0"]))
articles = st.builds(
    SeedText,
    headline=blocks | numbers,
    paragraphs=st.lists(blocks | numbers, min_size=1, max_size=4).map(tuple),
    breadcrumb=st.lists(blocks, max_size=3).map(tuple),
    reads=counts,
)


def test_the_seed_round_trips_byte_for_byte() -> None:
    assert dumps(loads(SEED)).encode() == SEED.encode()


def test_the_seed_reads_as_what_it_says() -> None:
    seed = loads(SEED)
    assert seed.breadcrumb == ("Home Internasional",)
    assert seed.headline == "Kandahar, Kota Terbesar Kedua di Afghanistan Direbut Taliban"
    assert seed.paragraphs[0] == (
        "Kabul, Gatra.com - Taliban akhirnya merebut kota terbesar kedua di Afghanistan, Kandahar.\u00a0"
    )
    assert len(seed.paragraphs) == 11
    assert seed.reads == 953


def test_the_seed_is_the_one_handed_over(shared: Path) -> None:
    (original,) = (shared / "seed").glob("*.txt")
    assert (files("seeds") / "article.txt").read_bytes() == original.read_bytes()


@given(articles)
def test_an_article_comes_back(article: SeedText) -> None:
    back = loads(dumps(article))
    assert (back.headline, back.paragraphs, back.reads) == (article.headline, article.paragraphs, article.reads)
    assert back.breadcrumb == ((" ".join(article.breadcrumb),) if article.breadcrumb else ())


@given(articles)
def test_a_text_comes_back(article: SeedText) -> None:
    text = dumps(article)
    assert dumps(loads(text)) == text


@given(st.lists(raw, max_size=6).map("\n\n".join) | raw)
def test_any_text_is_refused_or_comes_back(text: str) -> None:
    try:
        seed = loads(text)
    except SeedFormatError:
        return
    assert dumps(seed) == text


@pytest.mark.parametrize("last", ["953", "0", "953\u00a0", "953\u00a0\u00a0"])
def test_a_last_paragraph_that_is_a_number_is_not_taken_for_the_reader_count(last: str) -> None:
    article = SeedText(headline="Skor", paragraphs=("Kedua tim bermain imbang.", last))
    assert dumps(article).endswith(last + "\u00a0")
    assert loads(dumps(article)) == article


def test_a_number_before_the_reader_count_stays_a_paragraph() -> None:
    article = SeedText(headline="Skor", paragraphs=("Tiket yang terjual:", "953"), reads=12)
    assert dumps(article) == "Skor\n\nSkor\n\nTiket yang terjual:\n\n953\n\n12"
    assert loads(dumps(article)) == article


@pytest.mark.parametrize("number", ["0953", "9" * 19, "1.229", "٩٥٣"])
def test_only_bare_ascii_digits_are_a_reader_count(number: str) -> None:
    assert loads(f"Judul\n\nJudul\n\nIsi.\n\n{number}").paragraphs == ("Isi.", number)


def test_white_space_is_collapsed_and_nothing_else() -> None:
    article = Article(
        publisher="contoh",
        url="https://contoh.test/1",
        canonical_url="https://contoh.test/1",
        headline=" Harga\n beras ",
        breadcrumb=("Home", " ", "Ekonomi\t"),
        paragraphs=("Satu\r\n \fdua\u00a0 tiga\u2003 ",),
        fetched_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    assert dumps(article) == "Home Ekonomi Harga beras\n\nHarga beras\n\nSatu dua\u00a0 tiga\u2003"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "block 1 is empty"),
        ("Judul", "block 1 is the last: expected at least 3"),
        ("Judul\n\nJudul", "block 2 is the last: expected at least 3"),
        ("Judul\nJudul\n\nJudul\n\nIsi.", "block 1 has two lines"),
        ("Judul\n\nJudul\n\nIsi.\nLagi.", "block 3 has two lines"),
        ("Judul\n\nJudul\n\n\nIsi.", "block 3 follows two blank lines"),
        ("Judul\n\nJudul\n\n\n\nIsi.", "block 3 is empty"),
        ("Judul\n\nJudul\n\nIsi.\n", "block 3 ends with a newline"),
        ("Judul\n\nJudul\n\nIsi.\n\n", "block 4 is empty"),
        ("\n\nJudul\n\nIsi.", "block 1 is empty"),
        ("\nJudul\n\nJudul\n\nIsi.", "block 1 follows"),
        ("Judul\r\n\r\nJudul\r\n\r\nIsi.", "block 1 has a carriage return"),
        ("Judul\n\nJudul\n\nIsi.\r", "block 3 has a carriage return"),
        ("Judul\n\nJudul\n\nIsi  dua.", "block 3 is 'Isi  dua.': expected single spaces"),
        ("Judul\n\nJudul \n\nIsi.", "block 2 is 'Judul ': expected single spaces"),
        (
            "Home Judul\n\nLain\n\nIsi.",
            "block 1 is 'Home Judul': expected the breadcrumb to end with the headline 'Lain'",
        ),
        ("HomeJudul\n\nJudul\n\nIsi.", "block 1 is 'HomeJudul': expected the breadcrumb to end with the headline"),
        ("Judul\n\nJudul\n\n953", "block 3 is the reader count 953: expected a paragraph"),
    ],
)
def test_a_malformed_text_is_an_error_that_names_the_block(text: str, message: str) -> None:
    with pytest.raises(SeedFormatError) as error:
        loads(text)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("article", "message"),
    [
        (SeedText(headline=" ", paragraphs=("Isi.",)), "block 2: expected a headline"),
        (SeedText(headline="Judul", paragraphs=()), "block 3: expected a paragraph"),
        (SeedText(headline="Judul", paragraphs=("Isi.", "\t")), "block 4: expected text"),
        (SeedText(headline="Judul", paragraphs=("Isi.",), reads=-1), "reads: expected"),
        (SeedText(headline="Judul", paragraphs=("Isi.",), reads=10**18), "reads: expected"),
    ],
)
def test_an_article_the_format_cannot_hold_is_refused(article: SeedText, message: str) -> None:
    with pytest.raises(SeedFormatError, match=f"^{message}"):
        dumps(article)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    headline=raw.filter(collapse),
    paragraphs=st.lists(raw.filter(collapse) | numbers, min_size=1, max_size=4),
    breadcrumb=st.lists(raw, max_size=3),
    reads=counts,
)
def test_sql_renders_the_same_text(
    database: Connection, headline: str, paragraphs: list[str], breadcrumb: list[str], reads: int | None
) -> None:
    # The fixture's database is shared by the examples: the function reads no table.
    article = SeedText(headline=headline, paragraphs=tuple(paragraphs), breadcrumb=tuple(breadcrumb), reads=reads)
    with database.cursor() as cursor:
        cursor.execute(
            "select lumbung.seed_text(l, h, p, r), lumbung.tidy_seed_text(l, h, p, r), lumbung.is_ragged(l, h, p)"
            " from (values (%s::text[], %s, %s::text[], %s::bigint)) as given (l, h, p, r)",
            (breadcrumb, headline, paragraphs, reads),
        )
        rendered, tidy, ragged = cursor.fetchone() or (None, None, None)
    assert rendered == dumps(article)
    assert ragged == any(not block or block != collapse(block) for block in [*breadcrumb, headline, *paragraphs])
    assert ragged or tidy == rendered


def test_the_view_renders_what_is_stored_ragged_by_whomever(database: Connection) -> None:
    numbers = put(database, [Story(["Padi  menguning.", " Lalu\tdipanen."], headline="Panen"), Story(["953"])])
    with transaction(database) as cursor:
        cursor.execute("update lumbung.article set ragged = true where article_id = %s", numbers[1:])
        cursor.execute("update lumbung.article set breadcrumb = '{Home, \"\"}' where article_id = %s", numbers[1:])
        cursor.execute("select a.ragged, t.text from lumbung.article a join news.article_text t using (article_id)")
        found = cursor.fetchall()
    assert found == [
        (True, "Panen\n\nPanen\n\nPadi menguning.\n\nLalu dipanen."),
        (True, "Home Pasar Kampung Dibuka Lagi\n\nPasar Kampung Dibuka Lagi\n\n953\u00a0"),
    ]
    with transaction(database) as cursor:
        cursor.execute("update lumbung.article set breadcrumb = '{Home}', reads = 7")
        cursor.execute("select a.ragged, t.text from lumbung.article a join news.article_text t using (article_id)")
        found = cursor.fetchall()
    assert found == [
        (True, "Home Panen\n\nPanen\n\nPadi menguning.\n\nLalu dipanen.\n\n7"),
        (False, "Home Pasar Kampung Dibuka Lagi\n\nPasar Kampung Dibuka Lagi\n\n953\n\n7"),
    ]
