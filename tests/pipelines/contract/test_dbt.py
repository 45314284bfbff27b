"""The dbt example as its README says: build, tests and freshness are green, and its copy equals `news.articles`."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from support.checkout import ROOT
from support.exported import clustered, harvest
from support.stories import Story, body, put, revise, rows

from pipelines.database.connections import transaction
from pipelines.database.roles import ANALYST, login

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.database.connections import Connection

EXAMPLE = ROOT / "pipelines" / "contract" / "dbt"
DBT = shutil.which("dbt")
COPY = "select article_id, publisher, headline, published_at, section, authors, tags, text from {}"


@pytest.mark.skipif(
    DBT is None, reason="needs dbt on the PATH: pip install dbt-core dbt-postgres, in a venv of its own"
)
def test_the_copy_follows_the_harvest(database: Connection, database_url: str, tmp_path: Path) -> None:
    name = f"dbt_{secrets.token_hex(4)}"
    login(database, name, ANALYST, "rahasia")
    numbers = harvest(database, database_url)
    about = database.info
    project = tmp_path / "project"
    shutil.copytree(EXAMPLE, project)
    environment = {
        **os.environ, "LUMBUNG_HOST": about.host, "LUMBUNG_PORT": str(about.port), "LUMBUNG_DATABASE": about.dbname,
        "LUMBUNG_LOGIN": name, "LUMBUNG_LOGIN_PASSWORD": "rahasia", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }  # fmt: skip

    def dbt(*words: str) -> None:
        command = [str(DBT), *words, "--profiles-dir", "."]
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout

    def same() -> bool:
        table = f"{name}.copied_articles where headline is not null"
        return sorted(rows(database, COPY.format(table))) == sorted(rows(database, COPY.format("news.articles")))

    dbt("build")
    assert same()
    revise(database, numbers[0], body(30))
    put(database, [Story(body(2), "warta", "Tanpa Tanggal")])
    with transaction(database) as cursor:
        cursor.execute("delete from lumbung.article where article_id = %s", [numbers[3]])
    clustered(database_url)
    assert not same()
    dbt("build")
    assert same()
    dbt("source", "freshness")
    ((days,),) = rows(database, f"select count(*) from {name}.articles_by_day")
    assert days > 1
