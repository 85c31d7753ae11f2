"""The result of a request: a response, or the reason of its failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Request, Response
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from crawlers.http.bodies import choose_content_type, is_ended
from crawlers.http.certificates import find_fault
from db.enums.outcomes import RequestOutcome

DATALOSS = "dataloss"
"""Scrapy's flag for a response that ended before its Content-Length or last chunk."""
KEPT_HEADERS = (
    "age",
    "cache-control",
    "content-language",
    "date",
    "etag",
    "expires",
    "last-modified",
    "link",
    "retry-after",
    "x-robots-tag",
    "cf-mitigated",  # set by protection services on their own responses
    "x-amzn-waf-action",
    "x-sucuri-block",
    "x-datadome-captcha",
    "x-px-captcha",
)
_PERMANENT = (301, 308)
_MAX_HEADER = 1_000
_MAX_LINKS = 4
"""Maximum number of `Link` headers that are kept: each may name something else."""
_MAX_URL = 2_000


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """The reason for a missing response.

    `kind` is the counted outcome; `is_network` means that the host was not reached at all; `is_final` means that a
    retry soon is pointless.
    """

    kind: RequestOutcome
    reason: str
    is_network: bool = False
    is_final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResult:
    """A response, decompressed; or `trouble`, with status 0. Header names are in lower case."""

    url: str
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    trouble: FetchFailure | None = None
    unverified: str | None = None
    """The fault of a certificate on the way to it, or None."""
    moved_to: str | None = None
    """The final URL if each redirect on the way to it was permanent (301 or 308); None without redirects."""

    @property
    def is_verified(self) -> bool:
        """Return whether the response came over HTTPS from verified servers only."""
        return self.trouble is None and self.unverified is None and self.url.startswith("https:")

    @property
    def is_trusted(self) -> bool:
        """Return whether no certificate on the way to it was bad."""
        return self.trouble is None and self.unverified is None

    def header(self, name: str) -> str | None:
        """Return a header; None if it is missing or empty."""
        return self.headers.get(name) or None


class RequestBlocked(IgnoreRequest):
    """Raised by our middlewares to stop a request."""

    def __init__(self, trouble: FetchFailure) -> None:
        super().__init__(trouble.reason)
        self.trouble = trouble


def from_response(response: Response, *, may_be_cut: bool = False) -> FetchResult:
    """Return the result of a Scrapy response, with only the headers in use, each bounded in length.

    A body that is shorter than announced is a failure, unless it is complete in itself.
    """
    headers = {name: value for name in KEPT_HEADERS if (value := _header(response, name)) is not None}
    kind = choose_content_type([value.decode("latin-1") for value in response.headers.getlist("Content-Type")])
    if kind is not None and len(kind) <= _MAX_HEADER:
        headers["content-type"] = kind
    coding = (response.headers.get("Content-Encoding") or b"").decode("latin-1").strip().lower()
    trouble = None
    if coding not in ("", "identity"):  # supported codings are already unpacked, and the header removed
        trouble = FetchFailure(RequestOutcome.BROKEN, f"compressed in a way that cannot be read: {coding[:50]}")
    elif DATALOSS in response.flags and response.status == 200 and not may_be_cut and not is_ended(response.body):
        trouble = FetchFailure(RequestOutcome.BROKEN, f"the response broke off after {len(response.body):,} bytes")
    return FetchResult(
        url=response.url[:_MAX_URL],
        status=response.status,
        body=response.body,
        headers=headers,
        trouble=trouble,
        unverified=find_fault(response.flags),
        moved_to=_moved_to(response),
    )


def _moved_to(response: Response) -> str | None:
    reasons = response.request.meta.get("redirect_reasons", []) if response.request is not None else []
    return response.url[:_MAX_URL] if reasons and all(reason in _PERMANENT for reason in reasons) else None


def _header(response: Response, name: str) -> str | None:
    """Return a header without unprintable characters; None if it is missing or too long to be a valid validator."""
    values = response.headers.getlist(name)
    kept = values[:_MAX_LINKS] if name == "link" else values[-1:]
    texts = ("".join(letter for letter in value.decode("latin-1") if letter.isprintable()) for value in kept)
    return ", ".join(text for text in texts if len(text) <= _MAX_HEADER) or None


def from_failure(failure: Failure, *, timeout_s: float, max_bytes: int) -> tuple[Request, FetchResult]:
    """Return the failed request and its result. After a redirect, this is not the original request."""
    request: Request = cast(Any, failure).request  # Scrapy puts it there
    assert failure.value is not None
    return request, from_error(failure.value, request.url, timeout_s=timeout_s, max_bytes=max_bytes)


def from_error(error: BaseException, url: str, *, timeout_s: float, max_bytes: int) -> FetchResult:
    """Return the result of a request to `url` that failed with this error."""
    trouble = describe_failure(error, url, timeout_s=timeout_s, max_bytes=max_bytes)
    return FetchResult(url=url[:_MAX_URL], status=0, trouble=trouble)


def describe_status(status: int) -> FetchFailure | None:
    """Return the failure of a status; None for 200, 203 and 304."""
    if status in (200, 203, 304):
        return None
    if status in (404, 410):
        return FetchFailure(RequestOutcome.MISSING, f"the server answered {status}: it is not there")
    if status == 429:
        return FetchFailure(RequestOutcome.THROTTLED, "the server answered 429: too many requests")
    if status in (401, 402, 403, 407, 451):
        return FetchFailure(RequestOutcome.FORBIDDEN, f"the server answered {status}: it does not let us in")
    if 300 <= status < 400:
        return FetchFailure(
            RequestOutcome.REDIRECTS, f"the server answered {status} without an address that can be followed"
        )
    if status == 204:
        return FetchFailure(RequestOutcome.EMPTY, "the server answered 204: no content")
    return FetchFailure(RequestOutcome.SERVER_ERROR, f"the server answered {status}")


def describe_failure(error: BaseException, url: str, *, timeout_s: float, max_bytes: int) -> FetchFailure:
    """Return the failure of a download error."""
    host = urlsplit(url).hostname or url[:100]
    match error:
        case RequestBlocked():
            return error.trouble
        case DownloadCancelledError():
            return too_large(max_bytes)
        case IgnoreRequest() if "DOWNLOAD_MAXSIZE" in str(error):
            return too_large(max_bytes, " after decompression")
        case DownloadFailedError():
            return _classify_download_failure(error, host)
        case ResponseDataLossError():
            return FetchFailure(RequestOutcome.BROKEN, "the response broke off")
    return _classify_connection_error(error, host, timeout_s) or FetchFailure(
        RequestOutcome.BROKEN, f"the response could not be read: {_words(error)}"
    )


def _classify_connection_error(error: BaseException, host: str, timeout_s: float) -> FetchFailure | None:
    match error:
        case DownloadTimeoutError():
            return FetchFailure(RequestOutcome.TIMED_OUT, f"timed out after {timeout_s:g} s", is_network=True)
        case CannotResolveHostError():
            return FetchFailure(RequestOutcome.UNREACHABLE, f"the name {host} is not known", is_network=True)
        case DownloadConnectionRefusedError():
            return FetchFailure(RequestOutcome.UNREACHABLE, f"{host} refused the connection", is_network=True)
        case ConnectError() | ConnectionClosed():
            return FetchFailure(
                RequestOutcome.UNREACHABLE, f"{host} could not be reached: {_words(error)}", is_network=True
            )
    return None


def too_large(max_bytes: int, when: str = "") -> FetchFailure:
    """Return the failure of a response that exceeds the limit."""
    return FetchFailure(RequestOutcome.TOO_LARGE, f"larger than {max_bytes / 1e6:g} MB{when}")


def _classify_download_failure(error: DownloadFailedError, host: str) -> FetchFailure:
    cause = error.__cause__
    reasons = [reason.value for reason in getattr(cause, "reasons", [])] if isinstance(cause, ResponseFailed) else []
    if any(isinstance(reason, TlsError) for reason in reasons):
        return FetchFailure(RequestOutcome.UNREACHABLE, f"no secure connection with {host}")
    if any(isinstance(reason, ConnectionClosed) for reason in reasons):
        return FetchFailure(RequestOutcome.BROKEN, f"{host} closed the connection without an answer")
    words = "; ".join(_words(reason) for reason in reasons) or _words(error)
    return FetchFailure(RequestOutcome.BROKEN, f"no usable response from {host}: {words}"[:300])


def _words(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
