"""The headline as printed, and titles without the name of the site they carry. Pure text work."""

from __future__ import annotations

import html
import re
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from spiders.reading.printed.labels import without_unseen

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEPARATOR = re.compile(r"\s+[|\-–—·•:»«/]+\s+|\s*[|»]\s*|:\s+")
_TAIL = re.compile(r"\s+[|\-–—·•»]\s+|\s*[|»]\s*")
_LONGEST_NAME = 3
"""Words of a name with a channel behind it: `Okezone Lifestyle`, `Kompas.com Regional`."""
_WORDS = re.compile(r"\w+")
_LONGEST_STATED = 100
"""Characters from which a stated headline may be cut: search engines take 110."""
_LONGEST = 500
"""Characters of the longest title; what is longer is no title, and would take long to compare."""
_SHORTEST = 20
"""Characters a part of a headline has at least to be one itself."""
_LEAST_SHARED = 0.3
"""Part of its words that the only heading of a page shares with a title that is worded otherwise."""
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]{0,300})?/?>", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#\d{2,5}|#x[0-9a-fA-F]{2,4}|amp|quot|apos|nbsp|[lr][sd]quo|[mn]dash|hellip);")
"""What an editor pasted as text: printed, it stands there as it is."""
_ESCAPED_QUOTE = re.compile(r"\\+(?=['\"])")
_MOST_ESCAPED = 3
"""Times that a title is found escaped: by the editor, by the template, by the plugin."""


def choose_headline(  # noqa: PLR0913, PLR0917 - one argument a witness
    printed: Iterable[str],
    newsroom: Iterable[str],
    shared: Iterable[str],
    window: Iterable[str],
    names: Iterable[str],
    address: str = "",
) -> str | None:
    """The headline of a page.

    The newsroom's own statement wins: it is the whole headline, where the printed one may lack its first half or carry
    the section. Where the newsroom states none, it is the heading that another title confirms, since that is what
    readers see; else the first title; else the first heading.

    Args:
        printed: Texts of the page's headings, in order.
        newsroom: `headline` of the article's JSON-LD.
        shared: Titles for social networks, most trusted first.
        window: The `<title>`.
        names: Names of the site, which may follow or lead a title.
        address: Path of the page's URL, whose words say which of two titles is the article's.
    """
    known = frozenset(_folded(name) for name in names if name)
    headings = _texts(printed)
    stated, social, windows = (_titles(source, known) for source in (newsroom, shared, window))
    titles = (*stated, *social, *windows)
    only = _only_heading(headings, titles, known)
    if stated:
        better = (heading for heading in headings if _is_better(heading, stated[0], social, windows, address))
        copied = only is not None and _is_copied(only, stated[0], social, windows)
        return _without_kicker(next(better, only if only and copied else stated[0]), social)
    same = (heading for title in titles for heading in headings if _folded(heading) == _folded(title))
    agreed = (heading for title in titles for heading in headings if _agree(heading, title))
    if heading := next(chain(same, agreed), only):
        return _without_kicker(_as_stated(heading, social, windows), social)
    return next(iter(titles), None) or next(iter(headings), None)


def _as_stated(heading: str, social: list[str], windows: list[str]) -> str:
    """The heading as two titles write it, where only quotation marks and the like are different."""
    same = social[:1] == windows[:1] and social[:1] != [] and _folded(social[0]) == _folded(heading)
    return social[0] if same else heading


def plain_title(text: str) -> str:
    """A title without tags, character references and escaped quotation marks, however often it was escaped.

    Args:
        text: As a page states it: `Jum&amp;#039;at`, `<b>Panen</b> Raya`.
    """
    text = _resolved(text) if "&" in text else text
    if "<" in text:
        text = _TAG.sub(" ", text)
    return _ESCAPED_QUOTE.sub("", text) if "\\" in text else text


def _resolved(text: str) -> str:
    for _ in range(_MOST_ESCAPED):
        text, before = html.unescape(text), text
        if text == before:
            break
    return text


def _only_heading(headings: list[str], titles: Iterable[str], names: frozenset[str]) -> str | None:
    """The one heading of a page, where it is about what a title says and is not the name of the site."""
    if len(headings) != 1 or _folded(headings[0]) in names:
        return None
    ours = set(_WORDS.findall(headings[0].casefold()))
    shares = (len(ours & set(_WORDS.findall(title.casefold()))) for title in titles)
    return (
        headings[0] if len(ours) > 1 and any(share >= max(2, _LEAST_SHARED * len(ours)) for share in shares) else None
    )


def _is_copied(heading: str, stated: str, social: list[str], windows: list[str]) -> bool:
    """Whether all titles are one text that is not the printed one: a plugin wrote it, for search engines."""
    if not (social and windows) or _is_part(_folded(heading), _folded(stated)):
        return False
    return _folded(stated) == _folded(social[0]) == _folded(windows[0])


def printed_form(headline: str, printed: Iterable[str]) -> str:
    """The heading that shows a headline, in its own words; the headline itself where none does."""
    headings = _texts(printed)
    same = (heading for heading in headings if _folded(heading) == _folded(headline))
    alike = (heading for heading in headings if _agree(heading, headline))
    within = (heading for heading in headings if _folded(heading) in _folded(headline))
    return next(chain(same, alike, within), headline)


def _titles(texts: Iterable[str], names: frozenset[str]) -> list[str]:
    titles = (without_site(text, names) for text in _texts(map(plain_title, texts)))
    return [title for title in titles if _folded(title) not in {"", *names}]


def _is_better(heading: str, stated: str, social: list[str], windows: list[str], address: str) -> bool:
    """Whether a heading says what the newsroom's statement cuts off, adds to, or words for search engines."""
    if _is_cut(stated, heading) or _adds_to(stated, heading):
        return True
    key, said = _folded(heading), _folded(stated)
    if key == said:
        return False
    shared, window = set(map(_folded, social)), set(map(_folded, windows))
    if key in shared and said in window:
        return True
    agreed = key in shared & window and said not in shared | window and not _is_part(key, said)
    return agreed and _named_in(address, heading) >= _named_in(address, stated)


def _named_in(address: str, title: str) -> float:
    """Part of a title's words, and pairs of words, that the address of the page has too, in the same order."""
    ours, theirs = _WORDS.findall(title.casefold()), _WORDS.findall(address.casefold().replace("_", " "))
    said, named = {*ours, *pairwise(ours)}, {*theirs, *pairwise(theirs)}
    return len(said & named) / max(1, len(said))


def _is_part(one: str, other: str) -> bool:
    """Whether one of two titles says all that the other does, and more."""
    return one in other or other in one


def _is_cut(title: str, heading: str) -> bool:
    start = title.rstrip(" .…")
    ends = title.endswith(("…", "...")) or len(title) >= _LONGEST_STATED
    return ends and title != heading and len(start) >= _SHORTEST and heading.startswith(start)


def _adds_to(title: str, heading: str) -> bool:
    """Whether a title is the heading and something behind a separator: a section, an unknown name of the site."""
    return len(heading) >= _SHORTEST and title.startswith(heading) and _TAIL.match(title, len(heading)) is not None


def _goes_on(title: str, heading: str) -> bool:
    """Whether a title is the heading and more: a path, a subtitle, a journal."""
    end = len(heading)
    return end >= _SHORTEST and title.startswith(heading) and not title[end : end + 1].isalnum()


def _without_kicker(heading: str, titles: list[str]) -> str:
    """A heading without the words set over it that the title for sharing does not have."""
    title = next(iter(titles), "")
    start = len(heading) - len(title)
    whole = len(title) >= _SHORTEST and heading.endswith(title) and not heading[start - 1 : start].isalnum()
    return title if whole else heading


def without_site(title: str, names: frozenset[str]) -> str:
    """A title without the parts at its ends that are one of the site's names, or up to three words led by one.

    Args:
        title: The title, white space collapsed.
        names: The names without punctuation and case-folded: `kompascom`.
    """
    for separator in reversed(list(_SEPARATOR.finditer(title))):
        if _names_site(title[separator.end() :], names):
            title = title[: separator.start()]
    first = _SEPARATOR.search(title)
    if first and _names_site(title[: first.start()], names):
        title = title[first.end() :]
    return title.strip()


def names_in_host(host: str) -> tuple[str, ...]:
    """Names of a site that its host says: itself, its labels but the last, its domain."""
    labels = host.removeprefix("www.").split(".")
    return (host, *labels[:-1], ".".join(labels[-2:]))


def _names_site(part: str, names: frozenset[str]) -> bool:
    words = part.split()
    return _folded(part) in names or (0 < len(words) <= _LONGEST_NAME and _folded(words[0]) in names)


def _agree(heading: str, title: str) -> bool:
    """Whether two texts are the same headline: nearly the same words, punctuation and a suffix apart."""
    ours, theirs = set(_WORDS.findall(heading.casefold())), set(_WORDS.findall(title.casefold()))
    shared = len(ours & theirs)
    alike = shared >= 0.6 * max(1, len(ours)) and shared >= 0.5 * max(1, len(theirs))
    return alike or _goes_on(title, heading)


def _texts(texts: Iterable[str]) -> list[str]:
    squashed = (_squashed(_resolved(text) if _REFERENCE.search(text) else text) for text in texts if text)
    return [text for text in squashed if 0 < len(text) <= _LONGEST]


def _squashed(text: str) -> str:
    return without_unseen(re.sub(r"[ \t\n\r\f\v]+", " ", text)).strip()


def _folded(text: str) -> str:
    return "".join(_WORDS.findall(text.casefold().removeprefix("www.")))
