"""Which version of the reader this is."""

from __future__ import annotations

from typing import Final

EXTRACTOR: Final = "2"
"""Stored with every article that is read, as `news.all_articles.extractor`. Raise it by one with every change after
which a page may give another article; CONTRIBUTING.md says more."""
