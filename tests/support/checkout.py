"""Where things are in a checkout: its root, the tests, and the measuring material that may lie beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).resolve().parents[1]
ROOT: Final = TESTS.parent
SHARED: Final = ROOT.parent / "shared"
"""Only beside the checkouts of those who develop: tests that need it skip elsewhere."""
SUPPORT: Final = TESTS / "support"
