"""Header values and cache validators of a response, and one line on why a request failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from scrapy.spidermiddlewares.httperror import HttpError

from spiders.article import Validators
from spiders.fetching.refusals import refusal

if TYPE_CHECKING:
    from scrapy.http import Response


_ACCEPTED = 202
_CHALLENGES = frozenset({"challenge", "captcha"})
"""Values by which firewalls say in a header what they have sent: `cf-mitigated`, `x-amzn-waf-action`."""


@overload
def header(response: Response | None, name: str) -> str | None: ...
@overload
def header(response: Response | None, name: str, missing: str) -> str: ...
def header(response: Response | None, name: str, missing: str | None = None) -> str | None:
    """A response header as text; `missing` where there is none."""
    value = response.headers.get(name) if response is not None else None
    return value.decode("latin-1") if value else missing


def challenge(response: Response) -> str | None:
    """What says that an answer is a wall whatever it holds: a header, or a 202 without a page; else None."""
    for name, values in response.headers.items():
        if any(value.decode("latin-1").strip().lower() in _CHALLENGES for value in values):
            return f"HTTP {response.status}, {name.decode('latin-1')}: {values[0].decode('latin-1')}"
    if response.status == _ACCEPTED and not response.body.strip():
        return f"HTTP {response.status} without a page"
    return None


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
