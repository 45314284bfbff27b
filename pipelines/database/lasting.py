"""Lasting: a connection that comes back. Work that a restart of the server broke off is done again on a new one.

Only work that may happen twice: when the connection breaks during a commit, nobody knows whether it arrived.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, TypeVar

from pipelines.database.connections import (
    DEADLOCK,
    Connection,
    DatabaseError,
    DatabaseLost,
    DatabaseRefused,
    DatabaseUnreachable,
)
from pipelines.database.connections import reconnect as connect_again

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

logger = logging.getLogger(__name__)

PATIENCE = 30.0
"""Seconds that a restart may take: PostgreSQL's takes two or three, with crash recovery ten."""
_PAUSE = 0.25
_TIMES = 3
"""How often the same work may break off before it is to blame itself."""


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

    def do(self, work: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401 - passed on as they are
        """Do work that uses `connection`, again where the connection broke or another transaction was in the way.

        Raises:
            DatabaseLost: no server came back in time; later calls do not wait for it again.
        """
        for _ in range(_TIMES):
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
        return work(*arguments)

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
