"""Pages that list stories: the front page, section fronts, tags and the index of a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from seeds.newsstand.almanac import long_date, print_moment
from seeds.newsstand.markup import most_read, page, text
from seeds.newsstand.structured import image_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seeds.newsstand.newspaper import Newspaper
    from seeds.newsstand.plans import Plan
    from seeds.newsstand.story import Story

PER_PAGE = 10
"""Stories on one page of an index."""


def front_page(newspaper: Newspaper, title: str, stories: Sequence[Story]) -> str:
    """The front page, a section front or the page of a tag."""
    rows = "\n".join(_teaser(story, lead=number == 0) for number, story in enumerate(stories))
    heading = f'<h1 class="judul-kotak">{text(title)}</h1>'
    popular = most_read(newspaper.before(stories[0].plan, (4, 9, 15, 21))) if stories else ""
    content = (
        f'<div class="row"><div class="col-md-8">{heading}\n{rows or "<p>Belum ada berita.</p>"}</div>\n'
        f'<aside class="col-md-4"><div class="card terpopuler"><div class="judul-kotak">Terpopuler</div>'
        f'<ol>{popular}</ol></div><div class="iklan">ADVERTISEMENT</div></aside></div>'
    )
    name = newspaper.settings.name
    return page(content, title=f"{title} - {name}", name=name, issued=long_date(newspaper.now.date()))


def index_page(newspaper: Newspaper, day: date, plans: Sequence[Plan], number: int) -> str:
    """One page of the index of one day; a page past the last one says that there is nothing."""
    shown = plans[(number - 1) * PER_PAGE : number * PER_PAGE]
    rows = "\n".join(_row(newspaper, plan) for plan in shown)
    popular = most_read(newspaper.before(plans[-1], (1, 6, 10, 17))) if plans else ""
    content = (
        f'<div class="row"><div class="col-md-8"><h1 class="judul-kotak">Indeks Berita {text(long_date(day))}</h1>\n'
        f'<ul class="indeks-list">{rows or "<li>Tidak ada berita.</li>"}</ul>\n'
        f"{_pages(day, len(plans), number)}\n{_days(newspaper, day)}</div>\n"
        f'<aside class="col-md-4"><div class="card terpopuler"><div class="judul-kotak">Terpopuler</div>'
        f"<ol>{popular}</ol></div></aside></div>"
    )
    name = newspaper.settings.name
    return page(content, title=f"Indeks Berita {day:%d/%m/%Y} - {name}", name=name, issued=long_date(day))


def _teaser(story: Story, *, lead: bool) -> str:
    return (
        f'<div class="berita{" utama" if lead else ""}"><img src="{image_path(story)}" alt="">'
        f'<div><h2><a href="{story.path}">{text(story.headline)}</a></h2>'
        f'<div class="kecil">{text(story.label)} &middot; {text(story.printed)}</div>'
        f"<p>{text(story.blocks[0].text)}</p></div></div>"
    )


def _row(newspaper: Newspaper, plan: Plan) -> str:
    link = newspaper.link(plan)
    tail = "?utm_source=indeks&amp;utm_medium=web" if plan.number % 3 == 0 else ""
    printed = print_moment(plan.published_at, "WIB", 1, newspaper.settings.name)
    return f'<li><a href="{link.path}{tail}">{text(link.headline)}</a> <span class="kecil">{text(printed)}</span></li>'


def _pages(day: date, count: int, number: int) -> str:
    last = max(1, -(-count // PER_PAGE))
    links = " ".join(
        f"<b>{page}</b>" if page == number else f'<a href="/indeks?date={day}&amp;page={page}">{page}</a>'
        for page in range(1, last + 1)
    )
    return f'<div class="halaman">{links}</div>'


def _days(newspaper: Newspaper, day: date) -> str:
    around = [day + timedelta(offset) for offset in range(-3, 4)]
    today = newspaper.now.date()
    links = " ".join(
        f'<a href="/indeks?date={other}">{other:%d/%m}</a>' for other in around if newspaper.first_day <= other <= today
    )
    return f'<div class="halaman"><span class="kecil">Hari lain:</span> {links}</div>'
