"""What is beside the text of an article: names of elements and phrases of lines, as sites use them.

Names are a hint, never proof: a page may wrap its whole text in `class="widget"`. Phrases count only where they start a
block; "baca juga" inside a sentence is a sentence.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING

from spiders.reading.markup.blocks import HEADINGS
from spiders.reading.markup.unseen import LONGEST_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

_APART = frozenset(("nav", "aside", "footer", "menu", "dialog"))
_NAMES = (
    "ad ads adv advert advertisement advertorial affiliate banner bio breadcrumb breadcrumbs byline caption comment"
    " comments consent cookie copyright credit disqus donate dropdown featured feedback footer footnotes"
    " karussell kommentar kommentare komentar latest legal liveblogs login masthead menu messenger meta modal more"
    " mostread nav navbar navigation newsletter outbrain overlay paging pagination partner permalink player"
    " popover popular popup print promo promotion rating recirc recirculation recommend recommendation"
    " recommendations recommended readmore related rekomendasi rss register sharing share shares sidebar"
    " signup skip skyscraper social socials sponsor sponsored subscribe subscription syndication taboola tag tags"
    " teaser teasers terkait terpopuler tool toolbar tools topics trending upsell video weather widget widgets"
    " carousel cmp factbox fact facts infobox poll quiz survey tooltip dsgvo gdpr privacy"
    " bacajuga baca iklan langganan populer"
)
_WHOLE = frozenset(("html", "body", "main"))
"""Their names tell the kind of the page and its topics."""
_NEVER = frozenset(("nav", "footer", "menu", "dialog"))
_HIDDEN = re.compile(r"(?:^|\s)(?:is-)?hidden(?:\s|$)|(?:visually-|--)hidden\b")
"""Not `md:hidden`, `overflow-hidden`, `label-hidden`: these are shown."""
_UNSHOWN = re.compile(r"(?i)display\s*:\s*none")
_TOPIC = re.compile(r"\b(?:tag|category)-\S+")
"""What an article is about, as WordPress writes it in its class."""
_NEVER_NAMES = "breadcrumb breadcrumbs comment comments consent cookie disqus dsgvo gdpr kommentare komentar onetrust"
_NEVER_WORDS = frozenset(_NEVER_NAMES.split())
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_APART_WORDS = frozenset(_NAMES.split())
_COUNTER_NAMES = "baca counter dibaca dilihat eye hit hits pembaca pageviews read readers reads view views viewer"
_COUNTER_WORDS = frozenset(_COUNTER_NAMES.split())
_AUTHOR_WORDS = frozenset(("author", "authors", "byline", "penulis", "reporter", "wartawan", "writer", "jurnalis"))
_CHILDREN = 4
_OTHER_TEASERS = 2
_FIRST_HEADINGS = 3
_POINTS_ELSEWHERE = re.compile(
    r"(?i)^[\W_]*(?:baca(?: juga| selengkapnya| lainnya)?|lihat (?:juga|foto)|simak(?: juga)?(?: video)?"
    r"|tonton(?: juga)?|saksikan(?: juga)?|selanjutnya|artikel selanjutnya|menarik dibaca|pilihan editor"
    r"|berita terkait|artikel terkait|read (?:more|also|next)|also read|see also|related(?: articles?| stories)?"
    r"|more on this(?: story)?|watch(?: live| more)?|lesen sie (?:auch|mehr)|mehr zum thema|(?:à )?lire aussi"
    r"|czytaj (?:więcej|też|także)|zobacz też|lea también|leia também|leggi anche|lees ook|läs också|les også|mer om)\b"
    r"(?P<colon>[^\w]{0,3}:|[^\w]{0,2}[|»>])?"
)
_BOILERPLATE = re.compile(
    r"(?i)^[\W_]*(?:"
    r"(?:advertisements?|advertorial|iklan|anzeige|publicité|publicidad)\W*$|scroll to continue|scroll ke bawah"
    r"|baca berita dengan sedikit iklan|halaman\s*(?:selanjutnya|berikutnya|\d+\s*dari\s*\d+|:|$)|halaman \d+$"
    r"|artikel ini (?:telah tayang di|adalah bagian dari)|dilarang keras mengambil|copyright ©|© ?\d{4}"
    r"|hak cipta (?:dilindungi|©|\(c\)|\d{4})"
    r"|ikuti (?:berita|whatsapp|kami|saluran)|follow whatsapp channel|telusuri berita|simak breaking news"
    r"|dapatkan update berita|cek berita dan artikel|saksikan live|saksikan video pilihan|simak video\b.*:$"
    r"|simak (?:juga )?video [\"“]"
    r"|teks foto\s*:|foto\s*:|\(foto\s*:|\[foto"
    r"|(?:editor|reporter|rep|penulis|pewarta|redaktur|penyunting|uploader|sumber foto)\s*:"
    r"|laporan (?:wartawan|reporter|kontributor) [\w.-]+, [^.,:]{3,60}$"
    r"|(?:tags?|topik|kategori)\s*:|more\W*$|related(?: news)?\W*$"
    r")"
)
_CREDIT = re.compile(
    r"(?:\b(?:Bildrechte|Bild|Fotos?|Photos?|Image|Picture|Crédit|Credit|Sumber|Dok)\s*:\s*[^.:]{2,60}|\((?:Archivbild|Symbolbild)\))\W*$"
)
"""Who made a picture: the end of its caption."""
_SOURCED = re.compile(r"\((?:Sumber|Source|Quelle)\s*:[^()]*\)\W*$")
_ENDS = frozenset(".?!…")
_LEAST_ASKED, _LEAST_SAID = 3, 5
"""Words of a question, and of a sentence, that no label of boilerplate has."""
_COMMENTS = re.compile(
    r"(?i)^\W*(?:(?:\d+|leave an?|view|show|add|join|post|beri|tulis|kirim|lihat)?\W*(?:the |all |your |new )?\d*\W*"
    r"(?:comments?|responses?|replies|reply|conversation|komentar|kommentare|kommentarer|commentaires?|comentarios"
    r"|comentários|reacties)\W*(?:\(?\d+\)?\W*$|to “|to \"|on “|on \"|$))"
)
_OTHERS = re.compile(
    r"(?i)^\W*(?:read next|related|more (?:from|in|on|stories)|most (?:popular|read)|you (?:may|might) also|recommended"
    r"|trending|latest (?:news|stories|from)|popular|about the authors?|sign up|share this|up next|next article"
    r"|berita (?:terkait|lainnya|populer|terbaru)|artikel (?:terkait|lainnya)|terpopuler|terkini|rekomendasi"
    r"|mehr (?:zum|aus|von)|meistgelesen|das könnte|über den autor|sur le même"
    r"|más (?:de|sobre)"
    r"|関連記事|関連|記事ランキング)"
)
_LONGEST_END = 70
_LONGEST_POINTER = 250


def names_of(element: HtmlElement) -> str:
    """Class and id of an element, without the topics that WordPress writes there."""
    names: str = element.get("class", "")[:LONGEST_NAMES]
    if names and element.tag == "article":
        names = _TOPIC.sub("", names)
    identity = element.get("id")
    if not identity or (names and _is_one_of_many(element, element.get("class"))):
        return names
    return f"{names} {identity[:LONGEST_NAMES]}"


def _is_one_of_many(element: HtmlElement, names: str) -> bool:
    """Whether a neighbour is named alike: the id is then an anchor, made of the words of a heading."""
    return any(
        other is not None and other.tag == element.tag and other.get("class") == names and other.get("id")
        for other in (element.getprevious(), element.getnext())
    )


def is_never_text(element: HtmlElement, names: str | None = None) -> bool:
    """Whether tag, class or id say that an element is beside the text, in words that sites do not misuse.

    Args:
        element: It.
        names: Its names, where they are known already.
    """
    if element.tag in _NEVER or _is_teaser(element):
        return True
    names = names_of(element) if names is None else names
    return bool(names) and _has_word(_NEVER_WORDS, names)


def _is_teaser(element: HtmlElement) -> bool:
    """Whether an element is one of a list of articles, each under a heading that is a link."""
    if element.tag != "article":
        return False
    others = chain(element.itersiblings("article"), element.itersiblings("article", preceding=True))
    if len(list(islice(others, _OTHER_TEASERS))) < _OTHER_TEASERS:
        return False
    headings = element.iter(*HEADINGS)
    first = islice(headings, _FIRST_HEADINGS)
    return any(heading.find(".//a") is not None or heading.getparent().tag == "a" for heading in first)


@lru_cache(maxsize=8192)
def _stands_apart_by_name(names: str) -> bool:
    """Whether a class or id says that an element is no running text: whole words only, `headline` holds no `ad`."""
    return _HIDDEN.search(names) is not None or any(word.lower() in _APART_WORDS for word in _WORD.findall(names))


def stands_apart(element: HtmlElement, names: str | None = None) -> bool:
    """Whether tag, class, id or visibility say that an element is beside the text: a hint, never proof.

    Arguments as for `is_never_text`.
    """
    if element.tag in _APART or _is_teaser(element):
        return True
    if element.tag in _WHOLE:
        return False
    attributes = element.attrib
    if not attributes:
        return False
    names = names_of(element) if names is None else names
    if names and _stands_apart_by_name(names):
        return True
    return is_hidden(element)


def is_hidden(element: HtmlElement) -> bool:
    """Whether an element says of itself, by attribute or style, that browsers do not show it."""
    attributes = element.attrib
    if not attributes:
        return False
    style = attributes.get("style", "")
    return "hidden" in attributes or ("display" in style and _UNSHOWN.search(style) is not None)


def counts_readers(element: HtmlElement) -> bool:
    """Whether class or id of an element or of an icon in it say that it shows a reader count."""
    return _is_named(_COUNTER_WORDS, (element, *islice(element, _CHILDREN)))


def names_author(element: HtmlElement) -> bool:
    """Whether an element, its parent or a child says of itself that it names the author."""
    return _is_named(_AUTHOR_WORDS, (element, element.getparent(), *islice(element, _CHILDREN)))


def _is_named(words: frozenset[str], elements: Iterable[HtmlElement | None]) -> bool:
    for element in elements:
        if element is not None and isinstance(element.tag, str) and element.attrib:  # a comment has no attributes
            names = " ".join(filter(None, map(element.get, ("class", "id", "rel", "itemprop"))))[:LONGEST_NAMES]
            if names and _has_word(words, names):
                return True
    return False


@lru_cache(maxsize=8192)
def _has_word(words: frozenset[str], names: str) -> bool:
    return any(word.lower() in words for word in _WORD.findall(names))


def starts_comments(text: str) -> bool:
    """Whether a block is the heading of the comments."""
    return len(text) <= _LONGEST_END and _COMMENTS.match(text) is not None


def starts_others(text: str) -> bool:
    """Whether a block is the heading of a list of other articles."""
    return len(text) <= _LONGEST_END and _OTHERS.match(text) is not None


def is_boilerplate(text: str) -> bool:
    """Whether a block is a line that pages put around texts: a page number, a photo credit, an editor."""
    if len(text) > _LONGEST_POINTER:
        return False
    label = _BOILERPLATE.match(text)
    if label is not None:
        return not (label[0].rstrip().endswith(":") and _is_said(text[label.end() :]))
    credit = _CREDIT.search(text) if ":" in text or ")" in text else None
    return credit is not None and not (_SOURCED.search(text) and _is_said(text[: credit.start()].rstrip(" (")))


def _is_said(text: str) -> bool:
    """Whether words behind a label, or before a source, make a sentence: `Reporter: Bagaimana hasilnya?`."""
    words = text.split()
    lower = sum(word[:1].islower() for word in words)
    end = text.rstrip(' "”’)')[-1:]
    return end in _ENDS and len(words) >= (_LEAST_ASKED if end == "?" else _LEAST_SAID) and 2 * lower >= len(words)


def points_elsewhere(text: str, *, linked: bool) -> bool:
    """Whether a block leads to another article: `Baca juga: ...`.

    Args:
        text: The block.
        linked: Whether most of it is a link. "Baca juga buku itu." may be a sentence: a colon or a link decides.
    """
    pointer = _POINTS_ELSEWHERE.match(text) if len(text) <= _LONGEST_POINTER else None
    if pointer is None:
        return False
    if not linked and pointer["colon"] and _goes_on(text[pointer.end() :]):
        return False
    return linked or pointer["colon"] is not None or pointer.end() == len(text)


def _goes_on(text: str) -> bool:
    """Whether a label is followed by a sentence that no headline is: in lower case, with a full stop."""
    return text.lstrip()[:1].islower() and _is_said(text)
