"""One export: articles of one moment, in batches, into files that take their place together.

LumbungError
└── ExportError                what lies at the destination does not go with what is asked for
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg2 import sql

from pipelines.command_line import counted
from pipelines.database.connections import Connection, Cursor, the_row, transaction
from pipelines.database.statements import query
from pipelines.exports.destination import Destination, DestinationError, Staged
from pipelines.exports.json_lines import JsonLines, SchemaOrg, line
from pipelines.exports.times import Times
from pipelines.exports.written import Column, Format, Place, Publication, Task
from spiders.errors import LumbungError
from spiders.publishers import find_publisher, publisher_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pipelines.exports.selection import Selection

_BATCH: Final = 500
"""Articles fetched at a time."""
_SHOWN: Final = 20
_REMOVED: Final = ("article_id", "change_id", "what", "changed_at")


class ExportError(LumbungError):
    """What lies at the destination does not go with what is asked for."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an export wrote."""

    mark: int
    """The last change that it knows of."""
    articles: int = 0
    removed: int = 0
    files: int = 0
    bytes: int = 0
    left_out: Sequence[int] = field(default=())
    """Articles that the format cannot hold."""

    def __str__(self) -> str:
        """A sentence."""
        if not self.files:
            return f"nothing has changed since change {self.mark}"
        out = f"; left out {len(self.left_out)}: {' '.join(map(str, self.left_out[:_SHOWN]))}" if self.left_out else ""
        removed = f", {self.removed:,} removed" if self.removed else ""
        size = f"{self.bytes / 1e6:,.1f} MB" if self.bytes > 1e5 else f"{self.bytes / 1e3:,.1f} kB"  # noqa: PLR2004
        articles, files = counted(self.articles, "article"), counted(self.files, "file")
        return f"{articles}{removed} in {files}, {size}, up to change {self.mark}{out}"


class _Begun(NamedTuple):
    """Where an export begins."""

    after: int | None
    """The mark of the last one; None: it begins anew."""
    first: int
    """Running number of its first file."""
    old: Sequence[str]
    """Files that it takes the place of."""


def export(  # noqa: PLR0913 - one wish each
    connection: Connection,
    url: str,
    name: str,
    selection: Selection,
    *,
    incremental: bool = False,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> Done:
    """Write the articles of a selection.

    Without `incremental` they take the place of an earlier export of the same format. With it what has changed since
    comes beside it: articles that are new or changed, and `_removed...jsonl` with those that went.

    Args:
        connection: outside of a transaction; a reader's rights are enough.
        url: folder or URL of fsspec.
        name: one of `FORMATS`.
        selection: which articles.
        incremental: only what the exports that are there do not have.
        told: called with the articles written so far and all there are.

    Raises:
        DestinationError: cannot be written to, or holds other files.
        ExportError: what is there is of another format; with `incremental`, of another selection or database.
    """
    destination = Destination(url)
    try:
        begun = _begin(destination, name, selection, incremental=incremental)
        with destination.staged() as staged, transaction(connection) as cursor:
            return _Run(cursor, staged, begun, name, selection, told).run()
    except (OSError, NotImplementedError) as error:  # the latter from stores of fsspec that cannot write or move
        raise DestinationError(f"{url}: {' '.join(str(error).split())}") from error


def _begin(destination: Destination, name: str, selection: Selection, *, incremental: bool) -> _Begun:
    there = destination.manifests()
    for each in there[-1:]:
        if each["format"] != name:
            raise ExportError(f"{destination.url} has an export as {each['format']}: choose another folder for {name}")
    if not incremental or not there:
        return _Begun(None, 0, [*destination.exported_files()])
    last = there[-1]
    if last["selection"] != selection.told():
        raise ExportError(
            f"{destination.url} has an export of another selection, {last['selection']}: choose another folder, or"
            " export it anew"
        )
    return _Begun(last["mark"], last["next_number"], ())


def each_tenth(say: Callable[[str], None]) -> Callable[[int, int], None]:
    """For `told` where lines stay, as in a log: says how far it is at each further tenth of the articles."""
    before = 0

    def told(done: int, total: int) -> None:
        nonlocal before
        if (tenths := 10 * done // total) > before:
            before = tenths
            say(f"{done:,} of {total:,} articles")

    return told


class _Run:
    """An export at work, in one transaction."""

    def __init__(  # noqa: PLR0913, PLR0917 - one wish each
        self,
        cursor: Cursor,
        staged: Staged,
        begun: _Begun,
        name: str,
        selection: Selection,
        told: Callable[[int, int], None],
    ) -> None:
        self._cursor, self._staged, self._begun, self._name = cursor, staged, begun, name
        self._selection, self._told = selection, told
        self._written: Counter[str] = Counter()
        self._publications: dict[str, Publication] = {}
        self._times = Times(cursor)

    def run(self) -> Done:
        """Write it and give it its place."""
        self._cursor.execute(query("export_snapshot"))
        version, mark = the_row(self._cursor)
        after = self._begun.after
        if after is not None and after > mark:
            raise ExportError(
                f"the export reaches to change {after}, above the last one, {mark}: the database is another one, or an"
                " earlier state of it; export it anew"
            )
        suffix = "" if after is None else f"_{after:012}-{mark:012}"
        self._learn_publications()
        written = format_named(self._name)
        self._articles(written, suffix)
        removed = 0 if after is None else self._removed(suffix)
        articles = self._written.total()
        if after is not None and not articles and not removed and not written.left_out:
            return Done(after)
        files, size = self._staged.files, self._staged.bytes
        manifest = {
            "format": self._name,
            "view": f"news.{self._selection.view}",
            "version": version,
            "selection": self._selection.told(),
            "after": after,
            "mark": mark,
            "next_number": self._begun.first + articles,
            "articles": articles,
            "removed": removed,
            "left_out": len(written.left_out),
            "times_out_of_range": self._times.out_of_range,
            "articles_by_publisher": dict(sorted(self._written.items())),
        }
        self._staged.commit(manifest, suffix, self._begun.old)
        return Done(mark, articles, removed, files, size, written.left_out)

    def _articles(self, written: Format, suffix: str) -> None:
        columns = written.columns(self._columns())
        with self._named("numbers") as numbers, closing(written):
            numbers.execute(query("articles_to_export"), self._wish(by_month=written.by_month))
            rows = numbers.fetchmany(_BATCH)
            done, total = 0, rows[0][3] if rows else 0
            written.begin(Task(self._staged, suffix, columns, self._publications, total, self._begun.first))
            while rows:
                articles = self._fetched(columns, [row[0] for row in rows])
                for number, publisher, month, _ in rows:
                    self._written[publisher] += written.write(articles[number], Place(publisher, month))
                done += len(rows)
                self._told(done, total)
                rows = numbers.fetchmany(_BATCH)

    def _columns(self) -> list[Column]:
        view = sql.Identifier(self._selection.view)
        self._cursor.execute(sql.SQL(query("columns_to_export")).format(view=view))
        return [Column(each.name, each.type_code) for each in self._cursor.description or ()]

    def _learn_publications(self) -> None:
        """Whoever was crawled once may be asked for, with or without a file; other keys have to have one."""
        self._cursor.execute(query("exported_publishers"))
        self._publications = {key: Publication(name, home) for key, name, home in self._cursor}
        for key in self._selection.publishers or ():
            if key not in self._publications and key not in publisher_keys():
                find_publisher(key)  # refuses it and names those that are like it

    def _fetched(self, columns: Sequence[Column], numbers: list[int]) -> dict[int, dict[str, Any]]:
        names = ["article_id", *(column.name for column in columns if column.name != "article_id")]
        chosen = sql.SQL(", ").join(map(sql.Identifier, names))
        view = sql.Identifier(self._selection.view)
        statement = sql.SQL(query("exported_articles")).format(columns=chosen, view=view)
        self._cursor.execute(statement, {"numbers": numbers})
        return {row[0]: dict(zip(names, row, strict=True)) for row in self._cursor}

    def _removed(self, suffix: str) -> int:
        with self._named("removed") as rows:
            rows.execute(query("articles_removed"), self._wish())
            some = rows.fetchmany(_BATCH)
            if not some:
                return 0
            count = 0
            with self._staged.file(f"_removed{suffix}.jsonl") as sink:
                while some:
                    for row in some:
                        sink.write(line(dict(zip(_REMOVED, row, strict=True))))
                    count += len(some)
                    some = rows.fetchmany(_BATCH)
            return count

    def _wish(self, *, by_month: bool = False) -> Mapping[str, Any]:
        publishers = self._selection.publishers
        return {
            "after": self._begun.after or 0,
            "publishers": list(publishers) if publishers else None,
            "from_date": self._selection.from_date,
            "to_date": self._selection.to_date,
            "duplicates": self._selection.duplicates,
            "by_month": by_month,
        }

    def _named(self, name: str) -> Cursor:
        """A cursor of the server: its rows come as they are asked for."""
        return self._cursor.connection.cursor(name)


def format_named(name: str) -> Format:
    """The format of one of the names in `FORMATS`."""
    if name == "parquet":
        from pipelines.exports.parquet import Parquet  # noqa: PLC0415 - pyarrow takes half a second

        return Parquet()
    if name == "csv":
        from pipelines.exports.comma_separated import CommaSeparated  # noqa: PLC0415 - as the others

        return CommaSeparated()
    if name == "seed":
        from pipelines.exports.seed_texts import SeedTexts  # noqa: PLC0415 - as above

        return SeedTexts()
    return SchemaOrg() if name == "schema.org" else JsonLines()
