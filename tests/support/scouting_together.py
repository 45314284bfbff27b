"""Look at many sites of the simulated internet in one process: `python scouting_together.py URL KEY ...`.

Prints as JSON, for each publisher, the file that `lumbung publishers new` would write, or why there is none.
"""

from __future__ import annotations

import json
import sys

from support.loopback_handler import SETTINGS

from spiders.publishers import find_publisher
from spiders.scouting.inquiry import look_at
from spiders.scouting.publisher_file import publisher_file
from spiders.scouting.scout import ScoutSpider, draft_of


def main(url: str, keys: list[str]) -> None:
    drafts = [draft_of(find_publisher(key).home, key) for key in keys]
    settings = {**SETTINGS, "LOOPBACK": url, "AUTOTHROTTLE_ENABLED": False}
    surveys = look_at(ScoutSpider, drafts, settings=settings, samples=4)
    texts = [publisher_file(survey) if survey and survey.shapes else "" for survey in surveys]
    announced = [[entry.url for entry in survey.announced] if survey else [] for survey in surveys]
    found = {key: [text, urls] for key, text, urls in zip(keys, texts, announced, strict=True)}
    sys.stdout.write("\n" + json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
