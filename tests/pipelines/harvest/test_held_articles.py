"""Articles that are kept for the crawl of their dates come back as they were."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from pipelines.harvest.leases import pack, unpack
from spiders.article import Article

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MOMENTS = st.none() | st.datetimes(timezones=st.just(timezone(timedelta(hours=7))))


@given(st.text(), st.lists(st.text(), max_size=3), st.text() | st.none(), MOMENTS, st.none() | st.booleans())
def test_any_article_survives(
    headline: str,
    lines: list[str],
    byline: str | None,
    when: datetime | None,
    paid: bool | None,  # noqa: FBT001
) -> None:
    kept = Article(
        publisher="koran",
        url="https://koran.example/1",
        canonical_url="https://koran.example/1",
        headline=headline,
        paragraphs=tuple(lines),
        fetched_at=NOON,
        tags=tuple(lines),
        byline=byline,
        published_at=when,
        paywalled=paid,
        reads=953,
    )
    assert unpack(pack(kept)) == kept


def test_what_another_version_has_packed_is_fetched_again() -> None:
    assert unpack(gzip.compress(json.dumps({"headline": "Panen"}).encode())) is None
