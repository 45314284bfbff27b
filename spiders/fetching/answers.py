"""Header values and cache validators of a response, and one line on why a request failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.spidermiddlewares.httperror import HttpError

from spiders.article import Validators
from spiders.fetching.refusals import refusal

if TYPE_CHECKING:
    from scrapy.http import Response


def header(response: Response | None, name: str) -> str | None:
    """Value of a response header as text; None without the header or the response."""
    value = response.headers.get(name) if response is not None else None
    return value.decode("latin-1") if value else None


_CERTIFICATES = {
    "certificate verify failed": "its certificate has expired or is signed by nobody who is trusted here",
    "service_identity": "its certificate is for another name",
}
"""Part of a TLS library's message -> what it means, for people."""


def reason_of(error: BaseException) -> str:
    """One line for people on why a request got no usable response."""
    if isinstance(error, HttpError):
        return f"HTTP {error.response.status}"
    if (refused := refusal(error)) is not None:
        return "robots.txt disallows it" if refused[0] == "disallowed" else refused[1]
    words = " ".join(str(error).split())
    for mark, meaning in _CERTIFICATES.items():
        if mark in words:
            return meaning
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def conditional_headers(validators: Validators) -> dict[str, str]:
    """Headers of a conditional GET; empty where no validators are known."""
    headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in headers.items() if value}


def validators_of(response: Response) -> Validators:
    """ETag and Last-Modified of a response, for the next conditional GET."""
    return Validators(header(response, "ETag"), header(response, "Last-Modified"))
