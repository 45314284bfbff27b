"""What a simulated week's requests were for, and how soon after an article appeared its page was downloaded."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from support.simulated_time import Simulation


def kinds(simulation: Simulation) -> Counter[str]:
    """Requests by what they were for and how they ended; pages that had been asked for well before are visits."""
    counted, known = Counter[str](), set[str]()
    for request, _ in simulation.seen:
        address = f"{request.host}{request.target}"
        moved = HTTPStatus.MULTIPLE_CHOICES <= request.status < HTTPStatus.BAD_REQUEST
        if request.path == "/robots.txt":
            counted["robots.txt"] += 1
        elif moved and request.status != HTTPStatus.NOT_MODIFIED:
            counted["redirects"] += 1
        elif simulation.internet.holds(f"{request.host}{request.path}"):
            counted[f"visits, {request.status}" if address in known else f"pages, {request.status}"] += 1
            if request.status == HTTPStatus.OK:
                known.add(address)
        else:
            counted[f"polls, {request.status}"] += 1
    return counted


def ages(simulation: Simulation) -> list[float]:
    """Hours from the publication of each article of the simulated time to its first download, sorted."""
    step = simulation.step
    found: dict[str, datetime] = {}
    for request, at in simulation.seen:
        if request.status == HTTPStatus.OK:
            asked = simulation.begin + (int(at // step.total_seconds()) + 1) * step
            found.setdefault(f"{request.host}{request.path}", asked)
    hours = []
    for publishing in simulation.internet.publishing.values():
        for piece in publishing.desk.visible(simulation.internet.now - step):
            moment = found.get(piece.url.partition("://")[2].partition("?")[0])
            if moment is not None and piece.published_at >= simulation.begin:
                hours.append((moment - piece.published_at).total_seconds() / 3600)
    return sorted(hours)


def report(simulation: Simulation) -> None:
    """Print both."""
    for kind, count in sorted(kinds(simulation).items()):
        print(f"    {count:6,} {kind}")
    hours = ages(simulation)
    if hours:
        half, most = hours[len(hours) // 2], hours[len(hours) * 95 // 100]
        print(f"published to downloaded, hours: median {half:.1f}, 95 % within {most:.1f}, at most {hours[-1]:.1f}")
