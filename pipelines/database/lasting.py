"""Lasting: a connection that comes back. Work that a restart of the server broke off is done again on a new one.

When a connection breaks during a commit, the client cannot know whether the commit arrived. A change that must not
happen twice is therefore made by `Lasting.once`: its transaction also writes its answer into `lumbung.operation`, and
a repetition that finds the answer there returns it and changes nothing. Other work has to be such that it may be done
twice.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import uuid4

from psycopg2.extras import Json

from pipelines.database.connections import (
    DEADLOCK,
    Connection,
    Cursor,
    DatabaseError,
    DatabaseLost,
    DatabaseRefused,
    DatabaseUnreachable,
    statement,
    the_row,
    transaction,
)
from pipelines.database.connections import reconnect as connect_again
from pipelines.database.statements import query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

T = TypeVar("T")

logger = logging.getLogger(__name__)

PATIENCE = 30.0
"""Seconds that a restart may take: PostgreSQL's takes two or three, with crash recovery ten."""
_PAUSE = 0.25
_TIMES = 3
"""How often the same work may break off before it is to blame itself."""


class Once(Protocol):
    """Makes a change in a transaction of its own; see `Lasting.once`."""

    def __call__(self, name: str, change: Callable[[Cursor], T]) -> T:
        """Make the change, or return what it returned when it was made before."""


class Lasting:
    """One connection after another, each to the same database with the same login and limits."""

    def __init__(
        self, connection: Connection, take_up: Callable[[Connection], bool] | None = None, patience: float = PATIENCE
    ) -> None:
        """Begin with an open connection.

        Args:
            connection: the first one, whose owner closes it.
            take_up: makes a new connection take the place of the lost one; False: not possible yet.
            patience: seconds to wait for a server.
        """
        self.connection = connection
        self._login = {**connection.info.dsn_parameters, "password": connection.info.password}
        self._take_up = take_up
        self._patience = patience
        self._session = str(uuid4())
        self._operation = 0
        self._changes: set[str] | None = None
        """Names of the changes made by the work that `do` is at; None outside of `do`."""
        self._repeating = False
        self._forgotten = False
        """Whether operations of sessions that ended long ago have been deleted through this object."""

    def do(self, work: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401 - passed on as they are
        """Do work that uses `connection`, again where the connection broke or another transaction was in the way.

        Raises:
            DatabaseLost: no server came back in time; later calls do not wait for it again.
        """
        self._operation += 1
        try:
            for _ in range(_TIMES):
                self._changes = set()
                try:
                    return work(*arguments)
                except DatabaseLost as lost:
                    if not self._patience:
                        raise
                    logger.warning("%s; asking for it again for %.0f s", lost, self._patience)
                    self._come_back(lost)
                except DatabaseRefused as refused:
                    if refused.code != DEADLOCK:
                        raise
                self._repeating = True
            self._changes = set()
            return work(*arguments)
        finally:
            self._changes, self._repeating = None, False

    def once(self, name: str, change: Callable[[Cursor], T]) -> T:
        """Make a change in one transaction, which is committed once however often `do` repeats the work around it.

        Args:
            name: tells the changes of one piece of work from each other.
            change: makes the change. What it returns is kept as JSON, so a repetition gets lists in place of tuples.

        Raises:
            ValueError: the work has made a change of this name already.
        """
        which = self._named(name)
        with transaction(self.connection) as cursor:
            if self._repeating:
                cursor.execute(query("answers_so_far"), which)
                (answers,) = the_row(cursor)
                if name in answers:
                    committed: T = answers[name]
                    return committed
            answer = change(cursor)
            cursor.execute(query("remember_answer"), {**which, "answer": Json({name: answer})})
            self._forget(cursor)
        return answer

    def once_together(self, name: str, *changes: tuple[str, Mapping[str, Any]]) -> None:
        """Make a change like `once`, of statements that are known beforehand: one message to the server.

        Args:
            name: as for `once`.
            changes: names of statements with their parameters.
        """
        if self._repeating:
            self.once(name, lambda cursor: _carry_out(cursor, changes))
            return
        answer = {**self._named(name), "answer": Json({name: None})}
        with statement(self.connection) as cursor:
            # Statements of one message are one transaction.
            each = [cursor.mogrify(query(change), values) for change, values in (*changes, ("remember_answer", answer))]
            cursor.execute(b";\n".join(each))

    @property
    def repeating(self) -> bool:
        """Whether the work at hand was begun before: some of its changes may have been made."""
        return self._repeating

    def _named(self, name: str) -> dict[str, Any]:
        """The keys of the change of that name, which the work makes for the first time."""
        if self._changes is not None:  # outside of `do` nothing is repeated
            if name in self._changes:
                raise ValueError(f"two changes of one piece of work are named {name!r}")
            self._changes.add(name)
        return {"session": self._session, "number": self._operation}

    def _forget(self, cursor: Cursor) -> None:
        """After the first answer that a change of `once` wrote, delete operations of sessions that ended long ago."""
        if cursor.rowcount and not self._forgotten:
            cursor.execute(query("forget_operations"))
            self._forgotten = True

    def _come_back(self, lost: DatabaseLost) -> None:
        deadline = time.monotonic() + self._patience
        while not self._is_back():
            if time.monotonic() > deadline:
                self._patience = 0
                raise lost
            time.sleep(_PAUSE)
        logger.warning("the database is back, the work goes on")

    def _is_back(self) -> bool:
        try:
            connection = connect_again(self._login)
        except DatabaseUnreachable:
            return False
        try:
            back = self._take_up is None or self._take_up(connection)
        except DatabaseLost:
            back = False
        except DatabaseError:
            self._patience = 0
            connection.close()
            raise
        old, self.connection = (self.connection, connection) if back else (connection, self.connection)
        old.close()
        return back


def _carry_out(cursor: Cursor, changes: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    for change, values in changes:
        cursor.execute(query(change), values)
