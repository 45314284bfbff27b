"""A small harvest of which every column says something, and exports of it."""

from __future__ import annotations

import hashlib
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from support.stories import NOON, Story, body, put

from pipelines.database.connections import Connection, Work, connect, transaction
from pipelines.duplicates.deduplicate import deduplicate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LAST_EVENING = datetime(2026, 10, 31, 17, 30, tzinfo=UTC)
"""In Jakarta it is November already."""


def harvest(connection: Connection, url: str) -> list[int]:
    """Six articles: one with everything, its copy, one undated, one of another publisher, two that look dangerous."""
    numbers = put(
        connection,
        [
            Story([*body(1), "Kata \u201cpenutup\u201d\u00a0ini."], headline="Panen Raya"),
            Story([*body(1), "Kata \u201cpenutup\u201d\u00a0ini."], "warta", "Panen Raya", NOON + timedelta(hours=1)),
            Story(body(2), headline="Tanpa Tanggal", published_at=None),
            Story(body(3), "warta", "Malam Terakhir", LAST_EVENING),
            Story(body(4), headline='=HYPERLINK("http://x.example","klik")', published_at=NOON + timedelta(days=40)),
            Story(body(5), headline="-5 derajat, kata 'dia', \u2028dan\tlain", published_at=NOON),
        ],
    )
    with transaction(connection) as cursor:
        cursor.execute(
            "insert into lumbung.publisher (publisher, timezone, name, home)"
            " values ('kabar', 'Asia/Jakarta', 'Kabar', 'https://kabar.example/'),"
            " ('warta', 'Asia/Jakarta', null, null)"
        )
        cursor.execute(
            "update lumbung.article set section = 'Ekonomi', authors = '{Siti Aminah,\"B, C\"}', tags = '{beras}',"
            " breadcrumb = '{Home,Ekonomi}', dateline = 'Kendari, Kabar', byline = 'Oleh Siti', language = 'id',"
            " modified_at = published_at + interval '1 hour 0.123456 s', image_url = 'https://kabar.example/1.jpg',"
            " paywalled = true, reads = 953, quality = 0.94 where article_id = %s",
            [numbers[0]],
        )
    clustered(url)
    return numbers


def clustered(url: str) -> None:
    """Let deduplication look at what is due."""
    with closing(connect(url, work=Work.DEDUPLICATING)) as run:
        deduplicate(run)


def files_of(folder: Path) -> dict[str, bytes]:
    """Whatever lies in a folder, hidden files too, by its name in it."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def sums_are_right(files: Mapping[str, bytes]) -> bool:
    """Whether the lists of sums name every file but the manifests and themselves, as it is."""
    listed: dict[str, Any] = {}
    for name, content in files.items():
        if name.startswith("_SHA256SUMS"):
            listed |= {name: digest for digest, name in (line.split("  ") for line in content.decode().splitlines())}
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return listed == {name: each for name, each in sums.items() if not name.startswith(("_SHA256SUMS", "_manifest"))}
