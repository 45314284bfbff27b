"""What a crawl's own settings make of addresses, asked of `guarded_requests.py` as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from support.checkout import ROOT, SUPPORT, TESTS


def ask(publisher: dict[str, Any] | None, urls: list[str], **variables: str) -> dict[str, str]:
    """Outcome by URL; without a publisher it is a spider of somebody else that asks."""
    child = subprocess.run(
        [sys.executable, str(SUPPORT / "guarded_requests.py")],
        input=json.dumps({"publisher": publisher and {"name": "Warta", **publisher}, "urls": urls}),
        env={
            "PATH": os.environ["PATH"],
            "SCRAPY_SETTINGS_MODULE": "spiders.settings",
            "PYTHONPATH": f"{ROOT}:{TESTS}",
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert child.returncode == 0, child.stderr[-2000:]
    outcomes: dict[str, str] = json.loads(child.stdout)
    return outcomes
