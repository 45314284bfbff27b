"""What `lumbung publishers new` found, for people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from pipelines.command_line import counted
from pipelines.publishers.checkup import describe, label
from pipelines.publishers.checkup_report import rules
from spiders.scouting.publisher_file import language_of, zone_of
from spiders.scouting.samples import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from pipelines.publishers.new import NewPublisher
    from spiders.scouting.scout import Survey


def show_new(console: Console, found: NewPublisher) -> None:
    """Print facts, the sample, the file and the questions."""
    facts = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for name, value in _facts(found.survey):
        facts.add_row(f"  {name}", escape(value))
    facts.columns[0].no_wrap = True
    console.print(facts)
    console.print(_sample(found.survey))
    console.print(f"\nwrote {escape(str(found.path))}", soft_wrap=True)
    for line in found.text.splitlines():
        console.print(f"  | {escape(line)}", soft_wrap=True)
    console.print("to check by a person:" if found.questions else "nothing is open; read the file once all the same")
    for question in found.questions:
        console.print(f"  ? {escape(question)}", soft_wrap=True)
    console.print(f"next: lumbung publishers check {found.path.stem}")


def _facts(survey: Survey) -> Iterator[tuple[str, str]]:
    yield "home", survey.home.url
    yield "made with", survey.front.generator or "says nothing"
    for robots in survey.robots:
        delay = f", Crawl-delay {robots.crawl_delay:g} s" if robots.crawl_delay else ""
        yield "robots.txt", f"HTTP {robots.status}{delay}, {counted(len(robots.sitemaps), 'sitemap')} named"
    for way in survey.ways:
        yield way.kind, f"{way.url} ({survey.named_by.get(way.url, '')}): {describe(way)}"
    yield "language", "{}, from {}".format(*language_of(survey))
    yield "timezone", "{}: {}".format(*zone_of(survey))
    kinds = Counter(kind for page in survey.readings for kind in page.kinds)
    yield "structured data", ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()) or "none"
    for shape in survey.shapes:
        yield "article_url", f"{shape.pattern} takes {shape.articles} of the announced articles"
    outcomes = Counter(page.outcome for page in survey.doubtful)
    if outcomes:
        yield "pages of like address", ", ".join(f"{outcome} {count}" for outcome, count in outcomes.most_common())


def _sample(survey: Survey) -> Table:
    pages = [page for page in survey.readings if page.readable]
    table = Table(f"  read on {len(pages)} of {len(survey.readings)} pages", "pages", "by", box=None, pad_edge=False)
    for name in FIELDS:
        found = rules(pages, name)
        if found:
            by = ", ".join(f"{rule} {count}" for rule, count in found.most_common())
            table.add_row(f"  {label(name)}", str(found.total()), escape(by))
    return table
