"""The results of `lumbung publishers check` for people and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from pipelines.command_line import counted
from pipelines.publishers.checkup import Checkup, describe, label, needing_a_look
from spiders.scouting.samples import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from pipelines.harvest.coverage import Coverage
    from spiders.scouting.checking import Check
    from spiders.scouting.samples import Reading
    from spiders.scouting.ways import Way

_LONGEST_VALUE = 48


def show(console: Console, checkups: Sequence[Checkup], without_history: str, *, quiet: bool = False) -> None:
    """Print every check, and at the end one line for each publisher that needs a look; `quiet`: only those."""
    bad = needing_a_look(checkups)
    for each in bad if quiet else checkups:
        _show(console, each)
    if without_history and not quiet:
        _line(console, f"what is usual is not known without a database: {without_history}")
    for each in bad:
        _line(console, f"needs a look: {each.key}: {'; '.join(each.problems)}")
    if not bad and not quiet:
        _line(console, f"{counted(len(checkups), 'publisher is', 'publishers are')} fine")


def _show(console: Console, checkup: Checkup) -> None:
    check = checkup.check
    if check is not None:
        console.print(f"[bold]{escape(checkup.key)}[/]  {escape(check.publisher.name)}  {check.publisher.home}")
        console.print(_ways(check))
        if check.readings:
            console.print(_pages(check))
        if check.articles:
            console.print(_fields(check, checkup.usual))
    for problem in checkup.problems:
        _line(console, f"  ! {problem}")
    console.print()


def _line(console: Console, text: str) -> None:
    console.print(escape(text), soft_wrap=True)


def _grid(*headings: str) -> Table:
    table = Table(*headings, box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=bool(any(headings)))
    table.columns[0].no_wrap = True
    table.columns[-1].overflow = "fold"  # addresses are there to be copied
    return table


def _ways(check: Check) -> Table:
    table = _grid("  look", "robots", "found", "address")
    for robots in check.robots:
        delay = f", Crawl-delay {robots.crawl_delay:g} s" if robots.crawl_delay else ""
        table.add_row("  robots.txt", "", f"HTTP {robots.status}{delay}", escape(robots.url))
    if not check.robots:
        table.add_row("  robots.txt", "", "did not answer", "")
    for way in check.ways:
        table.add_row(f"  {way.kind}", _allowed(allowed=way.allowed), escape(describe(way)), escape(way.url))
    return table


def _pages(check: Check) -> Table:
    table = _grid("  page", "robots", "read as", "address")
    for number, page in enumerate(check.readings, 1):
        detail = f" ({page.detail})" if page.detail else ""
        table.add_row(f"  {number}", _allowed(allowed=page.allowed), escape(page.outcome + detail), escape(page.url))
    return table


def _allowed(*, allowed: bool) -> str:
    return "allow" if allowed else "[red]disallow[/]"


def _fields(check: Check, usual: Coverage | None) -> Table:
    history = f"usual, of {usual.articles}" if usual is not None else "usual"
    table = _grid("  field", "read", "by", history, "newest")
    for name in FIELDS:
        pages = [page.fields.get(name) for page in check.articles]
        share = usual.shares.get(name) if usual is not None else None
        if any(pages) or share:
            table.add_row(
                f"  {label(name)}",
                f"{sum(1 for page in pages if page)} of {len(pages)}",
                escape(
                    ", ".join(f"{rule} {count}" for rule, count in rules(check.articles, name).most_common()) or "-"
                ),
                "-" if share is None else f"{share:.0%}",
                escape(_shortened(pages[0].value if pages[0] else "-")),
            )
    return table


def rules(pages: Sequence[Reading], name: str) -> Counter[str]:
    """By which rule a field was found, and how often."""
    return Counter(page.fields[name].rule for page in pages if name in page.fields)


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST_VALUE else words[: _LONGEST_VALUE - 1] + "…"


def as_json(checkups: Sequence[Checkup], without_history: str) -> dict[str, Any]:
    """Everything, as plain values; times in ISO 8601."""
    return {
        "needs_a_look": [each.key for each in needing_a_look(checkups)],
        "without_history": without_history or None,
        "publishers": [dict(_plain(each)) for each in checkups],
    }


def _plain(checkup: Checkup) -> Iterator[tuple[str, Any]]:
    yield "key", checkup.key
    yield "problems", list(checkup.problems)
    usual = checkup.usual
    yield "usual", None if usual is None else {"articles": usual.articles, "shares": dict(usual.shares)}
    if (check := checkup.check) is not None:
        yield "checked_at", check.checked_at.isoformat()
        yield "robots", [asdict(robots) for robots in check.robots]
        yield "ways", [_plain_way(way) for way in check.ways]
        yield "pages", [asdict(page) for page in check.readings]


def _plain_way(way: Way) -> dict[str, Any]:
    return {
        "kind": way.kind,
        "url": way.url,
        "read": way.read or None,
        "allowed": way.allowed,
        "entries": len(way.entries),
        "newest": way.newest.isoformat() if way.newest else None,
        "problem": way.problem or None,
    }
