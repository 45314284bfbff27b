"""A folder for a stack, whose processes end with the test or with the whole run."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.last_will import last_will
from support.stacks import LUMBUNG

from pipelines.stack import lifecycle as stack_commands
from pipelines.stack.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def home() -> Iterator[Home]:
    """A stack's folder that the server's user may enter; whatever runs in it is ended."""
    folder = Path(tempfile.mkdtemp(prefix="lumbung-test-"))
    folder.chmod(0o755)
    home = Home(folder / ".lumbung")
    with last_will([str(LUMBUNG), "down"], {**os.environ, "LUMBUNG_STACK": str(home.folder)}):
        yield home
        stack_commands.down(home)
    shutil.rmtree(folder)
