"""Ports of the stack's services on loopback: preferred ones, remembered ones, and a clear word when one is taken."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Final

from pipelines.stack.home import StackError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

PREFERRED: Final = {"newsstand": 8710, "airflow": 8711, "postgres": 8712}


def choose_ports(remembered: Mapping[str, int], running: Collection[str] = ()) -> dict[str, int]:
    """A port for every service.

    `LUMBUNG_<SERVICE>_PORT` comes first, then what is remembered, then the preferred port or, where that is taken,
    any free one.

    Args:
        remembered: ports of an earlier start.
        running: services that run now and so hold their remembered port themselves.

    Raises:
        StackError: a port that was asked for or remembered is taken by another program.
    """
    chosen: dict[str, int] = {}
    for service, preferred in PREFERRED.items():
        if service in running:
            chosen[service] = remembered[service]
        elif (wanted := _asked_for(service) or remembered.get(service)) is not None:
            _check(service, wanted)
            chosen[service] = wanted
        else:
            chosen[service] = preferred if free(preferred) else _any_free(chosen.values())
    return chosen


def free(port: int) -> bool:
    """Whether nothing listens on the port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def variable(service: str) -> str:
    """Environment variable that sets the port of a service."""
    return f"LUMBUNG_{service.upper()}_PORT"


def _asked_for(service: str) -> int | None:
    if not (text := os.environ.get(variable(service), "")):
        return None
    if text.isdecimal() and 1 <= int(text) <= 65535:  # noqa: PLR2004 - the ports there are
        return int(text)
    raise StackError(f"{variable(service)}={text} is no port: a number from 1 to 65535")


def _check(service: str, port: int) -> None:
    if not free(port):
        raise StackError(
            f"port {port} for {service} is in use by {_owner(port)}:"
            f" stop that, or take another port with {variable(service)}={_any_free([])}"
        )


def _owner(port: int) -> str:
    import psutil  # noqa: PLC0415 - only to name a culprit

    try:
        listening = [each for each in psutil.net_connections("tcp") if each.status == psutil.CONN_LISTEN]
        pid = next(each.pid for each in listening if each.laddr.port == port and each.pid)
        return f"{psutil.Process(pid).name()} (process {pid})"
    except (psutil.Error, StopIteration):
        return "another program"


def _any_free(taken: Collection[int]) -> int:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in taken and port not in PREFERRED.values():
            return port
