"""The rooms: seeds <- spiders <- pipelines <- dags. A room imports only from rooms to its left."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]

LEFT_OF = {
    "seeds": set[str](),
    "spiders": {"seeds"},
    "pipelines": {"seeds", "spiders"},
    "dags": {"seeds", "spiders", "pipelines"},
}
NEWSSTAND = "seeds.newsstand"
"""Plays the web: started as a process, imported by tests only, and knows nothing of ours."""
PLUGINS = {path.stem for path in (ROOT / "dags/plugins").glob("*.py")}
"""Airflow puts the plugins folder on `sys.path`: these are top-level names for `dags/` and for nobody else."""

ALONE = {"bs4": {"spiders/cleaning.py"}}
"""Libraries with one module that may use them."""
NEVER = {
    "seeds": {"scrapy", "psycopg2", "airflow"},
    "spiders": {"psycopg2", "airflow"},
    "pipelines": {"scrapy", "twisted"},
    "dags": set[str](),
}
GLUE = {"pipelines/load.py", "pipelines/frontier.py"}
"""Scrapy calls these two, so they may know it."""
DEFERRED_IN_DAGS = {"scrapy", "twisted", "bs4", "lxml", "psycopg2"}
"""Too heavy for the parsing of DAG files: only inside functions."""


@dataclass(frozen=True)
class Import:
    """One imported dotted name, absolute."""

    path: str
    line: int
    name: str
    at_run_time: bool = True
    """False under `if TYPE_CHECKING:`."""
    deferred: bool = False
    """Inside a function: runs when that is called."""

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]

    @property
    def room(self) -> str:
        return self.path.partition("/")[0]


def imports(path: str, source: str) -> Iterator[Import]:
    """Every import statement of a file wherever it stands, and `import_module("name")`."""
    yield from _walk(ast.parse(source, path), Import(path, 0, ""))


def _walk(node: ast.AST, here: Import) -> Iterator[Import]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        here = replace(here, deferred=True)
    for name in _names(node, here.path):
        yield replace(here, line=getattr(node, "lineno", 0), name=name)
    if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        for statement in node.body:
            yield from _walk(statement, replace(here, at_run_time=False))
        for statement in node.orelse:
            yield from _walk(statement, here)
        return
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, here)


def _names(node: ast.AST, path: str) -> list[str]:
    match node:
        case ast.Import(names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module, names, level):
            package = path.removesuffix("/__init__.py").removesuffix(".py").split("/")
            up = level - 1 if path.endswith("/__init__.py") else level
            base = ".".join([*(package[: len(package) - up] if level else []), *([module] if module else [])])
            return [base, *(f"{base}.{alias.name}" for alias in names)]
        case ast.Call(ast.Name("import_module" | "__import__"), [ast.Constant(str(name)), *_]):
            return [name]
        case ast.Call(ast.Attribute(_, "import_module"), [ast.Constant(str(name)), *_]):
            return [name]
    return []


def violation(found: Import) -> str | None:  # noqa: PLR0911 - one rule a line
    """Why the import is not allowed; None when it is."""
    room, top = found.room, found.top
    in_newsstand = found.path.startswith("seeds/newsstand/")
    of_newsstand = f"{found.name}.".startswith(f"{NEWSSTAND}.")
    if of_newsstand and not in_newsstand:
        return "nobody imports the newsstand"
    if in_newsstand and not of_newsstand and top not in sys.stdlib_module_names:
        return "the newsstand imports the standard library only"
    if top in LEFT_OF and top != room and top not in LEFT_OF[room]:
        return f"{room} is left of {top}"
    if top in PLUGINS and room != "dags":
        return f"{top} is a plugin of dags"
    if top in ALONE and found.path not in ALONE[top]:
        return f"only {', '.join(ALONE[top])} imports {top}"
    if top in NEVER[room] and found.path not in GLUE:
        return f"{room} knows no {top}"
    if room == "dags" and top in DEFERRED_IN_DAGS and found.at_run_time and not found.deferred:
        return f"{top} is imported while DAG files are parsed"
    return None


def violations(path: str, source: str) -> list[str]:
    reasons = {(found.line, violation(found)) for found in imports(path, source)}
    return [f"{path}:{line}: {reason}" for line, reason in sorted(reasons, key=str) if reason]


def test_every_import_of_the_four_rooms_goes_to_the_left() -> None:
    files = [path for room in LEFT_OF for path in (ROOT / room).rglob("*.py")]
    assert len(files) > 30
    assert [
        problem for path in files for problem in violations(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    ] == []


@pytest.mark.parametrize(
    ("path", "source", "reason"),
    [
        ("spiders/page.py", "import pipelines.load", "spiders is left of pipelines"),
        ("spiders/page.py", "from pipelines import load", "spiders is left of pipelines"),
        ("spiders/page.py", "def read():\n    from pipelines.load import x", "spiders is left of pipelines"),
        ("spiders/page.py", "from ..pipelines import load", "spiders is left of pipelines"),
        ("spiders/pages/x.py", "from ...pipelines.load import y", "spiders is left of pipelines"),
        ("spiders/pages/__init__.py", "from ...dags import y", "spiders is left of dags"),
        ("spiders/page.py", "if TYPE_CHECKING:\n    from pipelines.load import x", "spiders is left of pipelines"),
        ("spiders/page.py", "try:\n    import airflow\nexcept ImportError:\n    pass", "spiders knows no airflow"),
        ("spiders/page.py", "import importlib\nimportlib.import_module('psycopg2')", "spiders knows no psycopg2"),
        ("spiders/page.py", "class A:\n    import psycopg2.extras as extras", "spiders knows no psycopg2"),
        ("spiders/page.py", "from bs4 import Tag", "only spiders/cleaning.py imports bs4"),
        ("seeds/__init__.py", "from spiders.article import Article", "seeds is left of spiders"),
        ("seeds/newsstand/writer.py", "import lxml.html", "the newsstand imports the standard library only"),
        ("seeds/newsstand/writer.py", "from spiders.seed_format import dumps", "the newsstand imports the standard"),
        ("pipelines/stack.py", "from seeds.newsstand import server", "nobody imports the newsstand"),
        ("pipelines/stack.py", "from seeds import newsstand", "nobody imports the newsstand"),
        ("pipelines/ledger.py", "from scrapy import signals", "pipelines knows no scrapy"),
        ("pipelines/ledger.py", "import dags.crawl", "pipelines is left of dags"),
        ("pipelines/ledger.py", "import harvest", "harvest is a plugin of dags"),
        ("dags/crawl.py", "import scrapy", "scrapy is imported while DAG files are parsed"),
        ("dags/crawl.py", "if TYPE_CHECKING:\n    pass\nelse:\n    import psycopg2", "psycopg2 is imported while"),
    ],
)
def test_a_planted_import_to_the_right_is_found(path: str, source: str, reason: str) -> None:
    found = violations(path, source)
    assert [problem.partition(": ")[2][: len(reason)] for problem in found] == [reason]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("spiders/cleaning.py", "from bs4 import Tag"),
        ("spiders/page.py", "from . import body\nfrom .pages import x\nimport seeds"),
        ("pipelines/load.py", "from scrapy import signals"),
        ("pipelines/load.py", "from spiders.article import Article"),
        ("dags/crawl.py", "def run():\n    import psycopg2"),
        ("dags/crawl.py", "if TYPE_CHECKING:\n    import psycopg2"),
        ("dags/crawl.py", "import harvest\nfrom pipelines.ledger import verdict"),
        (
            "seeds/newsstand/writer.py",
            "from seeds.newsstand.story import Story\nfrom . import story\nimport http.server",
        ),
    ],
)
def test_an_import_to_the_left_is_allowed(path: str, source: str) -> None:
    assert violations(path, source) == []
