"""What people may put into the forms of the DAGs: DAG, field, value, and whether the form takes it."""

from __future__ import annotations

from typing import Any

FORM_VALUES: list[tuple[str, Any, bool]] = [
    ("from_date", None, True),
    ("from_date", "2026-11-10", True),
    ("from_date", "10-11-2026", False),
    ("from_date", "2026-02-30", False),
    ("from_date", 20261110, False),
    ("to_date", None, True),
    ("to_date", "kemarin", False),
    ("max_articles", None, True),
    ("max_articles", 1, True),
    ("max_articles", 1_000_000, True),
    ("max_articles", 0, False),
    ("max_articles", 1_000_001, False),
    ("max_articles", 1.5, False),
    ("max_articles", "banyak", False),
    ("refetch", True, True),
    ("refetch", None, True),
    ("refetch", "ya", False),
]
CHECK_FORM_VALUES: list[tuple[str, Any, bool]] = [
    ("publishers", [], True),
    ("publishers", None, True),
    ("publishers", ["contoh", "antara"], True),
    ("publishers", [7], False),
    ("publishers", ["kompass"], False),
    ("publishers", "contoh", False),
    ("articles", None, True),
    ("articles", 1, True),
    ("articles", 20, True),
    ("articles", 0, False),
    ("articles", 21, False),
    ("articles", "3", False),
]
MANY_FORM_VALUES: list[tuple[str, Any, bool]] = [
    *FORM_VALUES,
    ("publishers", None, True),
    ("publishers", ["contoh", "antara"], True),
    ("publishers", ["kompass"], False),
    ("publishers", [7], False),
    ("publishers", "contoh", False),
]
DEDUPLICATE_FORM_VALUES: list[tuple[str, Any, bool]] = [
    ("recheck", True, True),
    ("recheck", None, True),
    ("recheck", "ya", False),
    ("dry_run", True, True),
    ("dry_run", None, True),
    ("dry_run", "ya", False),
    ("publisher", None, True),
    ("publisher", "contoh", True),
    ("publisher", "kompass", False),
    ("batch", None, True),
    ("batch", 1, True),
    ("batch", 100_000, True),
    ("batch", 0, False),
    ("batch", 100_001, False),
    ("batch", 1.5, False),
]
EXPORT_FORM_VALUES: list[tuple[str, Any, bool]] = [
    ("destination", None, True),
    ("destination", "/srv/news", True),
    ("destination", "s3://bucket/news", True),
    ("destination", "news", False),
    ("destination", "/", False),
    ("format", None, True),
    ("format", "parquet", True),
    ("format", "xlsx", False),
    ("incremental", True, True),
    ("incremental", "ya", False),
    ("publishers", ["contoh"], True),
    ("publishers", ["kompass"], False),
    ("from_date", "2026-11-10", True),
    ("to_date", "kemarin", False),
    ("duplicates", None, True),
    ("duplicates", 1, False),
]
ASKED = [
    *(("crawl_contoh", *each) for each in FORM_VALUES),
    *(("crawl_many", *each) for each in MANY_FORM_VALUES),
    *(("check_publishers", *each) for each in CHECK_FORM_VALUES),
    *(("deduplicate", *each) for each in DEDUPLICATE_FORM_VALUES),
    *(("export", *each) for each in EXPORT_FORM_VALUES),
]
