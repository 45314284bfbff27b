"""HTML pieces: escaping, the page around the content, short lists of stories."""

from __future__ import annotations

import html
import zlib
from functools import cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from seeds.newsstand.almanac import long_date
from seeds.newsstand.prose import thousands
from seeds.newsstand.story import Story, slug
from seeds.newsstand.words import SECTIONS, load_section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seeds.newsstand.story import Link

UTF_8 = '<meta charset="utf-8">'


def text(value: str) -> str:
    """Text for HTML; no-break spaces as entities, and U+FFFD as the characters that no database can hold."""
    escaped = html.escape(value)
    if "\u00a0" in escaped:
        escaped = escaped.replace("\u00a0", "&nbsp;")
    if "\ufffd" in escaped:
        escaped = escaped.replace("\ufffd", "&#0;", 1).replace("\ufffd", "&#xD800;")
    return escaped


@cache
def template(name: str) -> Template:
    """One of the files in `templates/`."""
    return Template((files(__package__) / "templates" / name).read_text("utf-8").strip())


@cache
def _menu() -> str:
    links = "".join(f'<a href="/rubrik/{key}">{load_section(key).label}</a>' for key in SECTIONS)
    return f'<a href="/">Beranda</a>{links}<a href="/indeks">Indeks</a>'


def page(content: str, *, title: str, name: str, issued: str, head: str = UTF_8) -> str:
    """A whole page.

    Args:
        content: what lies between header and footer.
        title: unescaped.
        name: the newspaper's name.
        issued: the line under the name.
        head: elements of `<head>`, the encoding first.
    """
    return template("layout.html").substitute(
        content=content,
        title=text(title),
        name=text(name),
        issued=text(issued),
        head=head,
        menu=_menu(),
        style=template("style.css").template,
    )


def issued(story: Story) -> str:
    """The line under the newspaper's name: the day of the story."""
    return long_date(story.plan.published_at.date())


def links(stories: Iterable[Link], tail: str = "") -> str:
    """List items that link to stories."""
    return "".join(f'<li><a href="{story.path}{tail}">{text(story.headline)}</a></li>' for story in stories)


def most_read(stories: Iterable[Link]) -> str:
    """List items of a most-read box, with the counts of other stories."""
    return "".join(
        f'<li><a href="{story.path}">{text(story.headline)}</a> '
        f'<span class="kecil">Dibaca {thousands(9000 + zlib.crc32(story.path.encode()) % 40000)} kali</span></li>'
        for story in stories
    )


def tag_links(tags: Iterable[str]) -> str:
    """Links to the pages of tags."""
    return " ".join(f'<a href="/tag/{slug(tag)}">{text(tag)}</a>' for tag in tags)
