"""Bytes become text as a reader's browser would have it, and never an exception."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.reading.markup.document import decode, parse, read

CURLY = "“Kopi” – crème brûlée"


@pytest.mark.parametrize(
    ("content", "encoding", "text"),
    [
        (CURLY.encode(), None, CURLY),
        (CURLY.encode(), "iso-8859-1", CURLY),  # valid UTF-8 wins over the header
        (b'<meta charset="latin-1">' + CURLY.encode(), None, '<meta charset="latin-1">' + CURLY),
        (b'<meta charset="iso-8859-1">' + CURLY.encode("cp1252"), None, '<meta charset="iso-8859-1">' + CURLY),
        (b'<meta charset="windows-1251">' + "Ко".encode("cp1251"), None, '<meta charset="windows-1251">Ко'),
        (b'<meta charset="windows-1251">' + "é".encode("cp1252"), "latin-1", '<meta charset="windows-1251">é'),
        (CURLY.encode("cp1252"), None, CURLY),
        (CURLY.encode("cp1252"), "no-such-charset", CURLY),
        (b"\xef\xbb\xbf" + CURLY.encode(), "latin-1", CURLY),
        (b"\xff\xfe" + CURLY.encode("utf-16-le"), "utf-8", CURLY),
        ("日本".encode("euc-jp"), "euc-jp", "日本"),
        (b"", None, ""),
    ],
)
def test_the_charset_is_found(content: bytes, encoding: str | None, text: str) -> None:
    assert decode(content, encoding) == text


@pytest.mark.parametrize(
    "name",
    [
        "base64",
        "undefined",
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "utf-7",
        "rot13",
        "hex",
        "zlib",
    ],
)
@pytest.mark.parametrize("where", ["header", "meta"])
def test_a_codec_that_is_no_charset_of_the_web_is_no_charset(name: str, where: str) -> None:
    content = f'<meta charset="{name if where == "meta" else ""}">'.encode() + "\\ud800 +2AA- café".encode("cp1252")
    assert decode(content, name if where == "header" else None) == content.decode("cp1252")


def test_utf_16_without_a_mark_is_read_where_the_header_says_so() -> None:
    assert decode(CURLY.encode("utf-16-le"), "utf-16le") == CURLY
    assert decode(CURLY.encode(), "utf-16le") == CURLY  # no NUL in it: a header that is wrong
    assert decode(b'<meta charset="utf-16">caf\xc3\xa9 \xff', None) == '<meta charset="utf-16">café \ufffd'


@pytest.mark.parametrize(
    ("content", "encoding", "repaired"),
    [
        (b"<p>satu\0dua\0</p>", None, 2),
        (CURLY.encode(), None, 0),
        (CURLY.encode("cp1252"), None, 0),
        (b"<p>\xe2\x80 dan \xff</p>", "utf-8", 2),
        ("<p>\ufffd \ufffd</p>".encode(), None, 0),  # the publisher's own
        ("<p>\ufffd</p>".encode() + b"\xff", "utf-8", 1),
        (b"\xff\xfe" + "a\ud800b".encode("utf-16-le", "surrogatepass"), None, 1),
        (b"\x81\xff", None, 1),  # 0x81 is nothing in windows-1252
    ],
)
def test_what_is_no_text_is_counted(content: bytes, encoding: str | None, repaired: int) -> None:
    assert read(content, encoding).repaired == repaired


def test_a_nul_does_not_end_the_page() -> None:
    assert parse(b"<p>satu\0dua</p><p>tiga</p>").text_content() == "satuduatiga"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   ",
        b"<!-- -->",
        b"\0",
        b"<",
        b"teks saja",
        b"<?xml version='1.0' encoding='utf-16'?><p>x</p>",
        b"\xff\xfe",
    ],
)
def test_what_is_hardly_html_is_still_a_tree(content: bytes) -> None:
    assert parse(content).tag in {"html", "p", "div", "span"}


@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "utf-16", "latin-1", "x-unknown"]))
def test_any_bytes_are_a_tree(content: bytes, encoding: str | None) -> None:
    assert parse(content, encoding) is not None


def twice(text: str, wrong: str) -> str:
    """A text whose bytes were read in the wrong charset, as databases do that are moved; the five bytes that
    Windows-1252 leaves open become controls, as browsers have it."""
    return "".join(
        bytes([byte]).decode(wrong, "ignore") or bytes([byte]).decode("latin-1") for byte in text.encode("utf-8")
    )


@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
@pytest.mark.parametrize(
    "text",
    [
        "“Harga kopi naik,” kata Sari – warga Cikapundung. Jum’at pagi …",
        "Le maire a déclaré : « La crème brûlée coûte cinq euros. »",
        "Größere Flächen für Bäume – ‚mehr Grün‘, hieß es",
        "記者が語る「日本の夏」",
        "Kabar gembira 🙂 dan emoji 👍🏽 dari desa",
    ],
)
def test_a_page_that_was_encoded_twice_is_decoded_twice(text: str, wrong: str) -> None:
    content = f"<meta charset=utf-8><p>{twice(text, wrong)}</p>".encode()
    assert decode(content) == f"<meta charset=utf-8><p>{text}</p>"
    assert parse(content).findtext(".//p") == text


@pytest.mark.parametrize(
    "text",
    [
        "Die Zeichen Ã¤ und Ã¼ zeigen Bäume und Gärten, die doppelt kodiert sind – überall: größer, schöner",
        "IRMÃ— DIZ QUE NÃO, À BEIRA DO SÃO FRANCISCO, NA ESTAÇÃO",
        "«À» «É» «Ç»",
        "naïve café",
        "Â",
        "Ünlü şair »Ä« ve »Ü« harfleri: çığ, göğüs, ışık, ağaç",
    ],
)
def test_letters_that_are_meant_stay(text: str) -> None:
    assert decode(f"<p>{text}</p>".encode()) == f"<p>{text}</p>"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=200))
def test_a_text_that_was_encoded_once_stays_where_it_has_letters_of_other_languages(text: str) -> None:
    plain = text + "日本語のニュース記事を読む" * (1 + len(text))
    assert decode(plain.encode().removeprefix(b"\xef\xbb\xbf")) == plain.removeprefix("\ufeff")
