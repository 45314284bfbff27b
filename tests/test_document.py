"""Bytes become text as a reader's browser would have it, and never an exception."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.document import decode, parse

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
