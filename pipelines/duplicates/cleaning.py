"""Words of a text that are compared: without dateline, lines of the page, punctuation and characters nobody sees. Pure.

Re-published news differs in these first. What is left reads alike in every house style: lower-case words, decimal
points, percent signs as words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*")
"""A word or a number, in a text whose decimal commas are points."""
_DIGIT = re.compile(r"\d")
_ASCII_WORD = re.compile(r"[a-z]+|[0-9]+(?:\.[0-9]+)*")
_LETTERS = bytes([ord(chr(code).lower() if chr(code).isalpha() else " ") for code in range(128)]) + bytes(128)
"""ASCII letters in lower case, all other characters as blanks."""
_DATE_WITH_YEAR = re.compile(r"\b(\d{1,2}/\d{1,2})/\d{4}\b")
_DATELINE = re.compile(r"(?:(?!\.\s)[^\n]){0,60}?(?:\s[-–—]{1,2}\s*|[-–—]{1,2}\s|(?<=\))\s*[-–—:]\s*)")
_FURNITURE = re.compile(
    r"""\W*(?:advertisement|scroll\ to\ continue|gambas|adsbygoogle|copyright|©
    |baca(?:\ juga|\ selengkapnya|:)|(?:simak|lihat|tonton|saksikan)(?:\ juga|\ video|:)
    |halaman\ (?:selanjutnya|berikutnya)
    |pilihan\ editor|(?:artikel|berita)\ ini\ (?:telah|sudah)\ (?:tayang|terbit)
    |(?:pewarta|editor|penulis|reporter|sumber|foto)\s*:
    |(?:dapatkan|ikuti|simak|cek|temukan|unduh|download|jangan\ lewatkan)\b.{0,120}
        \b(?:whatsapp|google\ news|telegram|ponsel(?:mu)?|play\ store|app\ store|saluran|channel|aplikasi)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_LABEL = re.compile(r"\W*(?:baca|simak|lihat|tonton)\ juga\W*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)]*\s*$")
_LONGEST_FURNITURE = 30
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    r"\ufeff\uffa0\U000e0000-\U000e0fff]"
)
"""Default-ignorable code points (Unicode, section 5.21): hyphenation and copy protection write them inside words."""
_NAME = re.compile(r"(?<=[\w,;)] )[^\W\d_a-z][^\W_]*(?:[ -][^\W\d_a-z][^\W_]*)*")


def visible(text: str) -> str:
    """`text` without characters that nobody sees; compatible forms (ligatures, full width) become plain letters."""
    return text if text.isascii() else normalize("NFKC", _INVISIBLE.sub("", text))


def names(paragraphs: Iterable[str]) -> frozenset[str]:
    """Words, lower-case, that are written with a capital inside sentences and never without."""
    written = visible("\n".join(paragraphs))
    found = set(WORD.findall("\n".join(_NAME.findall(written)).lower()))
    return frozenset(found.difference(written.split()))


def clean_lines(paragraphs: Sequence[str]) -> list[list[str]]:
    """Lower-case words and numbers of each paragraph, without dateline, punctuation and lines of the page."""
    return [words for _, words in own_words(paragraphs)]


def own_words(paragraphs: Sequence[str]) -> list[tuple[int, list[str]]]:
    """The same, each with the place of its paragraph."""
    own: list[tuple[int, str]] = []
    after_label = False
    for place, paragraph in enumerate(map(visible, paragraphs)):
        furniture = _is_furniture(paragraph) or (after_label and _is_title(paragraph))
        after_label = _LABEL.fullmatch(paragraph) is not None
        if not furniture:
            dateline = None if own else _DATELINE.match(paragraph)
            own.append((place, paragraph[dateline.end() :] if dateline else paragraph))
    return [(place, words) for place, text in own if (words := words_of(text))]


def _is_furniture(paragraph: str) -> bool:
    return _FURNITURE.match(paragraph) is not None and paragraph.count(" ") < _LONGEST_FURNITURE


def _is_title(paragraph: str) -> bool:
    """Whether a line under a bare "Baca juga" is the title it announces rather than the next sentence."""
    return paragraph.count(" ") < _LONGEST_FURNITURE and not _SENTENCE_END.search(paragraph)


def words_of(text: str) -> list[str]:
    """Words and numbers of a visible text, lower-case."""
    if text.isascii() and "/" not in text:  # the same, faster
        if "%" in text:
            text = text.replace("%", " persen ")
        if _DIGIT.search(text) is None:
            return text.encode().translate(_LETTERS).decode().split()
        return _ASCII_WORD.findall(text.lower().replace(",", "."))
    written = text.lower().replace(",", ".").replace("%", " persen ")
    return WORD.findall(_DATE_WITH_YEAR.sub(r"\1", written) if "/" in written else written)
