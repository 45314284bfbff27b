"""The map of the code: rooms, the packages inside them, and which may import which. One way, without a circle."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import pytest
from support.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOMS = {
    "seeds": set[str](),
    "spiders": {"seeds"},
    "pipelines": {"seeds", "spiders"},
    "dags": {"seeds", "spiders", "pipelines"},
}
"""A room imports only from rooms to its left: seeds <- spiders <- pipelines <- dags."""

MAP = {
    "seeds": "",
    "seeds.newsstand": "",
    "seeds.newsstand.internet": "seeds.newsstand",
    # spiders: what everything rests on, then the packages, last what makes one crawl of them
    "spiders.errors": "",
    "spiders.article": "",
    "spiders.seed_format": "errors article",
    "spiders.publishers": "errors",
    "spiders.fetching": "errors article publishers",
    "spiders.frontier": "article publishers fetching",
    "spiders.reading.printed": "",
    "spiders.reading.markup": "seed_format",
    "spiders.reading.body": "seed_format reading.printed reading.markup",
    "spiders.reading": "article publishers reading.printed reading.markup reading.body",
    "spiders.reading.pages": "publishers reading",
    "spiders.reading.process": "errors article publishers reading reading.pages",
    "spiders.discovery": "errors article frontier publishers fetching reading.printed",
    "spiders.scouting": "errors article publishers fetching discovery reading.printed reading.markup reading.process",
    "spiders": "errors article frontier publishers fetching discovery reading.pages reading.process",
    # pipelines, in the same order
    "pipelines.command_line": "",
    "pipelines.progress": "",
    "pipelines.database": "command_line",
    "pipelines.harvest": "command_line database",
    "pipelines.duplicates": "command_line progress database",
    "pipelines.changes": "command_line database",
    "pipelines.contract": "command_line database",
    "pipelines.exports": "command_line progress database",
    "pipelines.health": "command_line database harvest",
    "pipelines.stack": "command_line progress database",
    "pipelines.publishers": "command_line progress database harvest",
    "pipelines.watch": "command_line database harvest",
    "pipelines": "command_line database harvest duplicates changes contract exports health stack publishers watch",
    # dags: files that Airflow loads one by one
    "dags": "",
    "dags.plugins": "",
}
"""What a package may import inside its room, besides itself; a new package needs a line here.

`spiders` and `pipelines` are the modules that lie in the room itself: one crawl, and the command line.
"""

NEWSSTAND = "seeds.newsstand"
"""Plays the web: started as a process, imported by tests only, and knows nothing of ours."""
PLUGINS = {path.stem for path in (ROOT / "dags/plugins").glob("*.py")}
"""Airflow puts the plugins folder on `sys.path`: these are top-level names for `dags/` and for nobody else."""

ALONE = {"bs4": {"spiders/reading/body/cleaning.py"}}
"""Libraries with one module that may use them."""
NEVER = {
    "seeds": {"scrapy", "psycopg2", "airflow"},
    "spiders": {"psycopg2", "airflow"},
    "pipelines": {"scrapy", "twisted"},
    "dags": set[str](),
}
GLUE = {"pipelines/harvest/load.py", "pipelines/harvest/frontier.py"}
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

    @property
    def package(self) -> str:
        return package_of(self.path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))


def package_of(module: str) -> str:
    """The line of MAP that a module belongs to: the longest that it is, or lies in."""
    parts = module.split(".")
    return next(
        (name for end in range(len(parts), 0, -1) if (name := ".".join(parts[:end])) in MAP), f"{module} (not in MAP)"
    )


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
    if top in ROOMS and top != room and top not in ROOMS[room]:
        return f"{room} is left of {top}"
    if top == room and (to := package_of(found.name)) not in {found.package, *allowed(found.package)}:
        return f"{found.package} does not import {to}"
    if top in PLUGINS and room != "dags":
        return f"{top} is a plugin of dags"
    if top in ALONE and found.path not in ALONE[top]:
        return f"only {', '.join(ALONE[top])} imports {top}"
    if top in NEVER[room] and found.path not in GLUE:
        return f"{room} knows no {top}"
    if room == "dags" and top in DEFERRED_IN_DAGS and found.at_run_time and not found.deferred:
        return f"{top} is imported while DAG files are parsed"
    return None


def allowed(package: str) -> set[str]:
    """Packages that a line of MAP allows, by their whole names; `reading.printed` is short for that of the room."""
    room = package.partition(".")[0]
    return {name if name.startswith(f"{room}.") else f"{room}.{name}" for name in MAP[package].split()}


def violations(path: str, source: str) -> list[str]:
    reasons = {(found.line, violation(found)) for found in imports(path, source)}
    return [f"{path}:{line}: {reason}" for line, reason in sorted(reasons, key=str) if reason]


def sources() -> Mapping[str, str]:
    """Every Python file of the four rooms by its path."""
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    assert len(files) > 150
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in files}


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """Names that lead back to the first of them; empty where nothing does."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def modules(files: Mapping[str, str]) -> dict[str, set[str]]:
    """Which modules each module imports, imports for types and inside functions among them."""
    names = {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in files}
    graph = {}
    for name, path in names.items():
        named = {(found.line, found.name) for found in imports(path, files[path]) if found.name in names}
        parents = {(line, each.rpartition(".")[0]) for line, each in named}  # `from package import module` names both
        graph[name] = {each for _, each in named - parents} - {name}
    return graph


def test_the_map_is_one_way_and_names_packages_that_there_are() -> None:
    assert circle({package: allowed(package) for package in MAP}) == []
    assert {to for package in MAP for to in allowed(package)} <= MAP.keys()
    assert {package_of(name) for name in modules(sources())} == MAP.keys()
    folders = {path.rpartition("/")[0].replace("/", ".") for path in sources()}
    assert folders <= MAP.keys()


def test_no_module_is_part_of_a_circle_not_even_for_types() -> None:
    assert circle(modules(sources())) == []


def test_a_planted_circle_is_found() -> None:
    planted = {
        "spiders/one.py": "if TYPE_CHECKING:\n    from spiders.two import Two",
        "spiders/two.py": "def two():\n    import spiders.one",
    }
    assert set(circle(modules(planted))) == {"spiders.one", "spiders.two"}


def test_every_package_says_what_it_is_for_in_two_sentences() -> None:
    short = {}
    for path, source in sources().items():
        if path.endswith("/__init__.py") and path.count("/") > 1:
            text = ast.get_docstring(ast.parse(source)) or ""
            if len(text.replace(".\n", ". ").split(". ")) < 2:
                short[path] = text
    assert short == {}


def test_every_import_of_the_four_rooms_goes_to_the_left() -> None:
    assert [problem for path, source in sources().items() for problem in violations(path, source)] == []


@pytest.mark.parametrize(
    ("path", "source", "reason"),
    [
        ("spiders/reading/page.py", "import pipelines.harvest.load", "spiders is left of pipelines"),
        ("spiders/reading/page.py", "from pipelines import load", "spiders is left of pipelines"),
        (
            "spiders/reading/page.py",
            "def read():\n    from pipelines.harvest.load import x",
            "spiders is left of pipelines",
        ),
        ("spiders/reading/page.py", "from ...pipelines import load", "spiders is left of pipelines"),
        ("spiders/reading/pages/x.py", "from ....pipelines.load import y", "spiders is left of pipelines"),
        ("spiders/reading/pages/__init__.py", "from ....dags import y", "spiders is left of dags"),
        (
            "spiders/reading/page.py",
            "if TYPE_CHECKING:\n    from pipelines.harvest.load import x",
            "spiders is left of pipelines",
        ),
        (
            "spiders/reading/page.py",
            "try:\n    import airflow\nexcept ImportError:\n    pass",
            "spiders knows no airflow",
        ),
        (
            "spiders/reading/page.py",
            "import importlib\nimportlib.import_module('psycopg2')",
            "spiders knows no psycopg2",
        ),
        ("spiders/reading/page.py", "class A:\n    import psycopg2.extras as extras", "spiders knows no psycopg2"),
        ("spiders/reading/page.py", "from bs4 import Tag", "only spiders/reading/body/cleaning.py imports bs4"),
        ("seeds/__init__.py", "from spiders.article import Article", "seeds is left of spiders"),
        ("seeds/newsstand/writer.py", "import lxml.html", "the newsstand imports the standard library only"),
        ("seeds/newsstand/writer.py", "from spiders.seed_format import dumps", "the newsstand imports the standard"),
        ("pipelines/stack/stack.py", "from seeds.newsstand import server", "nobody imports the newsstand"),
        ("pipelines/stack/stack.py", "from seeds import newsstand", "nobody imports the newsstand"),
        ("pipelines/harvest/ledger.py", "from scrapy import signals", "pipelines knows no scrapy"),
        ("pipelines/harvest/ledger.py", "import dags.crawl", "pipelines is left of dags"),
        ("pipelines/harvest/ledger.py", "import harvest", "harvest is a plugin of dags"),
        ("spiders/fetching/robots.py", "from spiders.crawler import X", "spiders.fetching does not import spiders"),
        (
            "spiders/reading/printed/dates.py",
            "if TYPE_CHECKING:\n    from spiders.article import Article",
            "spiders.reading.printed does not import spiders.article",
        ),
        (
            "spiders/publishers/urls.py",
            "def f():\n    from spiders.fetching import guard",
            "spiders.publishers does not import spiders.fetching",
        ),
        (
            "pipelines/database/roles.py",
            "from ..harvest import load",
            "pipelines.database does not import pipelines.harvest",
        ),
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
        ("spiders/reading/body/cleaning.py", "from bs4 import Tag"),
        ("spiders/reading/page.py", "from . import walls\nfrom .body import x\nimport seeds"),
        ("pipelines/harvest/load.py", "from scrapy import signals"),
        ("pipelines/harvest/load.py", "from spiders.article import Article"),
        ("dags/crawl.py", "def run():\n    import psycopg2"),
        ("dags/crawl.py", "if TYPE_CHECKING:\n    import psycopg2"),
        ("dags/crawl.py", "import harvest\nfrom pipelines.harvest.ledger import verdict"),
        (
            "seeds/newsstand/writer.py",
            "from seeds.newsstand.story import Story\nfrom . import story\nimport http.server",
        ),
    ],
)
def test_an_import_to_the_left_is_allowed(path: str, source: str) -> None:
    assert violations(path, source) == []
