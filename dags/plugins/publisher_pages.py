"""What Airflow shows of a publisher beside its runs: who it is, where it announces, when and how gently it is asked.

DAG files import this while they are parsed, so it reads nothing but the publisher's file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cron_descriptor import CasingTypeEnum, ExpressionDescriptor, Options

from spiders.publishers.in_words import ways_in_words

if TYPE_CHECKING:
    from spiders.publishers import Publisher

_IN_WORDS = Options()
_IN_WORDS.use_24hour_time_format = True
_IN_WORDS.casing_type = CasingTypeEnum.LowerCase


def page(publisher: Publisher, how_it_runs: str) -> str:
    """The DAG's page: this publisher's facts, then how every crawl runs. Markdown."""
    facts = {
        "Home": f"<{publisher.home}>",
        "Announces articles in": ways_in_words(publisher),
        "Is asked": f"{schedule_in_words(publisher)}, {publisher.timezone} (`{publisher.schedule}`)",
        "Pace": _pace(publisher),
        "Not confirmed by any source": ", ".join(f"`{key}`" for key in publisher.unverified) or "nothing",
        "File": f"`{publisher.key}.toml` in the folder of the publishers",
    }
    table = "\n".join(f"| {name} | {value} |" for name, value in facts.items())
    health = f"[Harvest health](harvest-health/publisher/{publisher.key}), or `lumbung health {publisher.key}`"
    return f"**{publisher.name}**\n\n| | |\n|---|---|\n{table}\n\nHow it does: {health}.\n\n---\n\n{how_it_runs}"


def owner(publisher: Publisher) -> str:
    """The domain, as the DAG's owner: links to the front page, and Airflow splits owners at commas."""
    return publisher.hosts[0]


def tags(publisher: Publisher) -> list[str]:
    """For the filter above the list: what the DAG does, the language, what needs care."""
    return [
        "crawl",
        publisher.language,
        *(["unverified"] if publisher.unverified else []),
        *(["local"] if publisher.local else []),
    ]


def schedule_in_words(publisher: Publisher) -> str:
    """`at 13, 28, 43, and 58 minutes past the hour`."""
    return str(ExpressionDescriptor(publisher.schedule, _IN_WORDS).get_description())


def _pace(publisher: Publisher) -> str:
    shortest, longest = publisher.poll_minutes
    if publisher.delay_seconds is not None:
        between = f"at least {publisher.delay_seconds:g} s between two"
    elif publisher.local:
        between = "no rest between two, for it is local"
    else:
        between = "the usual rest between two (`POLITE_DELAY`)"
    return f"one request at a time, {between}; a list again after {shortest} to {longest} minutes"
