"""Other extractors behind the call that the extraction score makes. Runs in an environment of their own.

They are imported by name inside each function: none of them is a dependency of this project, and each is to be
measured without the others in memory.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

Found = dict[str, Any]
_BLOCKS = ("p", "li", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "dd", "dt", "figcaption")


def trafilatura(html: bytes, url: str, **options: bool) -> Found:
    """Its defaults, without comments."""
    found = import_module("trafilatura").bare_extraction(
        html, url=url, with_metadata=True, include_comments=False, **options
    )
    if found is None:
        return {}
    authors = [name.strip() for name in (found.author or "").split(";")]
    return {"title": found.title, "body": found.text or "", "authors": authors, "published_at": found.date}


def trafilatura_precision(html: bytes, url: str) -> Found:
    """Its stricter mode, the best peer on page F1."""
    return trafilatura(html, url, favor_precision=True)


def newspaper4k(html: bytes, url: str) -> Found:
    """Its defaults, from bytes, nothing fetched."""
    article = import_module("newspaper").Article(url, fetch_images=False)
    article.download(input_html=html.decode("utf-8", "replace"))
    article.parse()
    when = article.publish_date
    return {
        "title": article.title,
        "body": article.text,
        "authors": article.authors,
        "published_at": when.isoformat() if hasattr(when, "isoformat") else when,
    }


def resiliparse(html: bytes, url: str) -> Found:  # noqa: ARG001 - the score calls every target with both
    """The main content as plain text; it reads neither authors nor dates."""
    encoding = import_module("resiliparse.parse.encoding").detect_encoding(html)
    tree = import_module("resiliparse.parse.html").HTMLTree.parse_from_bytes(html, encoding)
    text = import_module("resiliparse.extract.html2text").extract_plain_text(tree, main_content=True)
    return {"title": tree.title, "body": text}


def readability_lxml(html: bytes, url: str) -> Found:
    """Its summary, read block by block; it reads neither authors nor dates."""
    document = import_module("readability").Document(html.decode("utf-8", "replace"), url=url)
    tree = import_module("lxml.html").fromstring(document.summary())
    return {"title": document.short_title(), "body": list(_paragraphs(tree))}


def _paragraphs(tree: Any) -> list[str]:
    """Texts of blocks that hold no other block, and of what stands between blocks."""
    for block in tree.iter(*_BLOCKS, "div", "br", "tr", "section", "article"):
        block.text = "\n\n" + (block.text or "")
        block.tail = "\n\n" + (block.tail or "")
    return [part for part in re.split(r"\n\s*\n", tree.text_content()) if part.strip()]
