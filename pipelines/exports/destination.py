"""The place of an export: a folder, or any store that fsspec reaches. Files get their names when all are written.

What is written goes into a hidden folder first. Then a list says what has to be moved and what to be dropped, and only
then it is done, the manifest last. An export that was killed before its list has changed nothing but that folder, which
the next one removes; of one that was killed after it the next one does the rest.

LumbungError
└── DestinationError           cannot be written to, or is no place for an export
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import shutil
from contextlib import contextmanager
from posixpath import basename, dirname
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from fsspec.core import url_to_fs

from spiders.errors import LumbungError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fsspec import AbstractFileSystem
    from typing_extensions import Buffer

MANIFEST = "_manifest"
SUMS = "_SHA256SUMS"
"""`sha256sum -c` reads it. Readers of Parquet pass over names that begin with an underscore or a dot."""
_STAGED = ".export-"
_MOVES = "moves"


class DestinationError(LumbungError):
    """Cannot be written to, or is no place for an export."""


class Destination:
    """A folder with one export and what was exported after it."""

    def __init__(self, url: str) -> None:
        """Look for the store.

        Args:
            url: path of a folder, or a URL of fsspec such as `s3://bucket/news`; it need not exist.

        Raises:
            DestinationError: fsspec does not know such a store, or needs a package for it.
        """
        self.url = url
        try:
            self._files, root = url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise DestinationError(f"{url}: {' '.join(str(error).split())}") from error
        self._root = root.rstrip("/")

    def manifests(self) -> list[dict[str, Any]]:
        """What was exported here, in that order, after mending what a killed export has left.

        Raises:
            DestinationError: there are files, and they are no export.
        """
        names = self._names()
        staged = [name for name in names if name.startswith(_STAGED)]
        for name in staged:
            _Moves(self._files, self._root, name).finish()
        names = self._names() if staged else names
        found = [self._json(name) for name in names if name.startswith(MANIFEST)]
        if names and not found and not staged:
            raise DestinationError(f"{self.url} holds other files: choose a folder of its own for the export")
        return sorted(found, key=lambda each: int(each["mark"]))

    def exported_files(self) -> Iterator[str]:
        """Names of all files of the exports that are here, with those that describe them."""
        for name in self._names():
            if name.startswith((SUMS, MANIFEST)):
                yield name
            if name.startswith(SUMS):
                with self._files.open(f"{self._root}/{name}", "rb") as lines:
                    yield from map(_name, lines)

    def _names(self) -> list[str]:
        self._files.invalidate_cache()
        if not self._files.exists(self._root or "/"):
            return []
        if not self._files.isdir(self._root or "/"):
            raise DestinationError(f"{self.url} is a file, no folder")
        return sorted(basename(path.rstrip("/")) for path in self._files.ls(self._root, detail=False))

    def _json(self, name: str) -> dict[str, Any]:
        try:
            told: dict[str, Any] = json.loads(self._files.cat_file(f"{self._root}/{name}"))
        except ValueError:
            told = {}
        if not told.keys() >= {"format", "selection", "mark", "next_number"}:
            raise DestinationError(f"{self.url}/{name} is no manifest of an export")
        return told

    @contextmanager
    def staged(self) -> Iterator[Staged]:
        """A new export: it takes its place by `commit`, and leaves nothing without."""
        staged = Staged(self._files, self._root)
        try:
            yield staged
        finally:
            staged.remove()


class Staged:
    """An export that is being written."""

    def __init__(self, files: AbstractFileSystem, root: str) -> None:
        """Choose a folder for it that no other export has."""
        self._files, self._root = files, root
        self._moves = _Moves(files, root, f"{_STAGED}{secrets.token_hex(4)}")
        self._made: set[str] = set()
        # A list in memory would grow with the number of seed texts.
        self._sums = TemporaryFile()  # noqa: SIM115 - removed with the export
        self.files = 0
        self.bytes = 0

    @contextmanager
    def file(self, name: str) -> Iterator[Sink]:
        """Write a file; its sum is taken when the block ends.

        Args:
            name: with `/` between folders.
        """
        path = f"{self._moves.folder}/{name}"
        if (folder := dirname(path)) not in self._made:
            self._files.makedirs(folder, exist_ok=True)
            self._made.add(folder)
        with self._files.open(path, "wb") as raw:
            sink = Sink(raw)
            yield sink
        self._sums.write(f"{sink.sum.hexdigest()}  {name}\n".encode())
        self.files += 1
        self.bytes += sink.size

    def commit(self, told: Mapping[str, Any], suffix: str, old: Iterable[str]) -> None:
        """Give all files their names.

        Args:
            told: the manifest; what is known of the files is added.
            suffix: of the names of the manifest and of the sums.
            old: names of earlier files; those that this export does not write again are dropped.
        """
        manifest, sums = f"{MANIFEST}{suffix}.json", f"{SUMS}{suffix}"
        files = {"files": self.files, "bytes": self.bytes, "sums": sums}
        self._sums.seek(0)
        with self.file(sums) as sink:
            shutil.copyfileobj(self._sums, sink)
        whole = {**told, **files, "sums_sha256": sink.sum.hexdigest()}
        with self.file(manifest) as sink:
            sink.write(f"{json.dumps(whole, indent=2, ensure_ascii=False)}\n".encode())
        self._sums.seek(0)
        self._moves.note(map(_name, self._sums), old)
        self._moves.finish()

    def remove(self) -> None:
        """Remove what has no name yet."""
        self._sums.close()
        self._moves.remove()


def _name(line: bytes) -> str:
    """Of a line of sums."""
    return line.decode().rstrip("\n").partition("  ")[2]


class Sink(io.RawIOBase):
    """A file that is written from its beginning to its end, and its sum."""

    def __init__(self, raw: io.BufferedIOBase) -> None:
        """Write into a file that somebody else closes."""
        self._raw = raw
        self.sum = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Buffer) -> int:
        """Write bytes, all of them."""
        view = memoryview(data)
        self._raw.write(view)
        self.sum.update(view)
        self.size += view.nbytes
        return view.nbytes

    def tell(self) -> int:
        """How many bytes were written."""
        return self.size


class _Moves:
    """A hidden folder with files, and the list of what is to become of them."""

    def __init__(self, files: AbstractFileSystem, root: str, name: str) -> None:
        self._files, self._root = files, root
        self.folder = f"{root}/{name}"

    def note(self, new: Iterable[str], old: Iterable[str]) -> None:
        """Write the list: from here on the export is decided.

        Args:
            new: names of what is here, in the order in which it is to be moved.
            old: names of earlier files; what is not new is dropped.
        """
        dropped = set(old)
        with self._files.open(f"{self.folder}/{_MOVES}.new", "wb") as lines:
            for name in new:
                dropped.discard(name)
                lines.write(f"move {name}\n".encode())
            for name in sorted(dropped):
                lines.write(f"drop {name}\n".encode())
        self._files.mv(f"{self.folder}/{_MOVES}.new", f"{self.folder}/{_MOVES}")

    def finish(self) -> None:
        """Do what the list says and is not done yet, or nothing where there is none; then remove the folder."""
        if self._files.exists(f"{self.folder}/{_MOVES}"):
            made: set[str] = set()
            with self._files.open(f"{self.folder}/{_MOVES}", "rb") as lines:
                for line in lines:
                    what, _, name = line.decode().rstrip("\n").partition(" ")
                    self._move(name, made) if what == "move" else self._drop(name)
        self.remove()

    def _move(self, name: str, made: set[str]) -> None:
        if not self._files.exists(f"{self.folder}/{name}"):
            return  # it was moved before the export was killed
        target = f"{self._root}/{name}"
        if (folder := dirname(target)) not in made:
            self._files.makedirs(folder, exist_ok=True)
            made.add(folder)
        self._files.mv(f"{self.folder}/{name}", target)

    def _drop(self, name: str) -> None:
        if self._files.exists(f"{self._root}/{name}"):
            self._files.rm_file(f"{self._root}/{name}")

    def remove(self) -> None:
        if self._files.exists(self.folder):
            self._files.rm(self.folder, recursive=True)
