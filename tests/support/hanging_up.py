"""Ends a connection as the death of its process would, and waits until the server has noticed."""

from __future__ import annotations

import time
from contextlib import closing

import psycopg2

_PATIENCE = 60.0


def hang_up(connection: psycopg2.extensions.connection) -> None:
    """Close it; when this returns, its locks are free: on a busy machine the server takes its time for that."""
    if connection.closed:
        return
    pid, dsn, password = connection.info.backend_pid, connection.dsn, connection.info.password
    connection.close()
    with closing(psycopg2.connect(dsn, password=password, application_name="hang up")) as other:
        other.autocommit = True
        deadline = time.monotonic() + _PATIENCE
        with other.cursor() as cursor:
            while True:
                cursor.execute("select from pg_stat_activity where pid = %s", [pid])
                if cursor.rowcount == 0:
                    return
                assert time.monotonic() < deadline, f"the server still has process {pid}"
                time.sleep(0.01)
