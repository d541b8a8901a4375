"""Requests to publishers: polite, patient, and sure that what came is whole.

httpx sends a request and tenacity decides when to send it again. What neither does is here: a publisher's own wish to
wait (``Retry-After``), a download that goes on where it was cut off (``Range``), a question whether anything changed
(``If-None-Match``), and the check of what came.
"""

import json
import os
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential, wait_random

from geo.errors import SourceError
from geo.live.cache import Answer, Cache
from geo.live.contents import fault_of
from geo.live.settings import Publisher

_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_TOO_MANY = frozenset({429, 503})
_NOT_THERE = frozenset({401, 403, 404, 410})
_SUFFIX = ".marks"


class PublisherError(SourceError):
    """A publisher gave nothing that can be used; the message says what was asked and what came."""


class NotThereError(PublisherError):
    """There is nothing at an address, or the publisher does not let us have it."""


class TryAgainError(PublisherError):
    """What a further request may mend: a busy publisher, a lost connection, half a file.

    Parameters
    ----------
    message
        What happened.
    after_s
        How long the publisher asks to wait, seconds; None when it does not say.
    """

    def __init__(self, message: str, after_s: float | None = None) -> None:
        super().__init__(message)
        self.after_s = after_s


@dataclass(frozen=True)
class Fetched:
    """A file from a publisher.

    Attributes
    ----------
    content
        Its bytes, in the form that the adapter of the source reads.
    dated
        Its vintage as the publisher states it, such as ``"2026-11-26"``; ``""`` when it states none and is as of
        today; None when the question fixes the vintage, so that the recipe's own stays.
    """

    content: bytes
    dated: str | None = ""


class Session:
    """Requests of one refresh.

    Parameters
    ----------
    cache
        What was fetched before.
    agent
        What the program calls itself.
    sleep, now, tell
        How it waits (seconds), the time (UTC), and where it says what it waits for.
    """

    def __init__(
        self,
        cache: Cache,
        agent: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.cache, self.agent, self.now, self.tell = cache, agent, now, tell
        self._sleep = sleep
        self._asked: dict[str, datetime] = {}
        # Not compressed: a byte of the file is a byte of the answer, so that a download can go on where it was cut.
        headers = {"User-Agent": agent, "Accept-Encoding": "identity"}
        self._client = httpx.Client(headers=headers, follow_redirects=True, verify=_certificates())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    @property
    def today(self) -> str:
        """The day, ``YYYY-MM-DD``."""
        return self.now().date().isoformat()

    def get(self, at: Publisher, url: str, params: Mapping[str, Any] | None = None, *, kind: str) -> Fetched:
        """Fetch a file, or take the kept one when the publisher says that it has not changed.

        Parameters
        ----------
        at
            Whose patience applies.
        url, params
            Address and query.
        kind
            What must come, as :func:`geo.live.contents.fault_of` knows it.

        Raises
        ------
        PublisherError
            When nothing usable came after all tries.
        """
        whole = str(httpx.URL(url, params=dict(params) if params else None))
        return self.tries(at, lambda: self._download(at, whole, kind))

    def post(self, at: Publisher, url: str, body: object, *, headers: Mapping[str, str], kind: str) -> Fetched:
        """Send a question as JSON and return the answer; errors as for :meth:`get`."""

        def ask() -> Fetched:
            content = bytearray()
            with self._sent(at, "POST", url, headers, json.dumps(body).encode()) as response:
                for chunk in self._chunks(at, url, response, 0):
                    content += chunk
            _check(url, bytes(content), kind, response.headers)
            return Fetched(bytes(content), _day(response.headers.get("Last-Modified", "")))

        return self.tries(at, ask)

    def tries(self, at: Publisher, once: Callable[[], Fetched]) -> Fetched:
        """Do `once`, and again after a wait while it raises `TryAgainError`, as often as the publisher's limits allow.

        Raises
        ------
        PublisherError
            When the last try failed too, or the publisher asks to wait longer than its limit.
        """
        backoff = wait_exponential(multiplier=at.wait_s, max=at.longest_wait_s) + wait_random(0.0, at.wait_s)

        def wait(state: RetryCallState) -> float:
            error = _error_of(state)
            return backoff(state) if error.after_s is None else max(error.after_s, 0.0)

        def hopeless(state: RetryCallState) -> bool:
            asked = _error_of(state).after_s
            return state.attempt_number >= at.tries or (asked is not None and asked > at.longest_wait_s)

        def say(state: RetryCallState) -> None:
            seconds = state.next_action.sleep if state.next_action else 0.0
            self.tell(f"waits {seconds:.0f} s before try {state.attempt_number + 1} of {at.tries}: {_error_of(state)}")

        asking = Retrying(
            stop=hopeless,
            wait=wait,
            retry=retry_if_exception_type(TryAgainError),
            sleep=self._sleep,
            before_sleep=say,
            reraise=True,
        )
        try:
            return asking(once)
        except TryAgainError as error:
            tries = asking.statistics["attempt_number"]
            raise PublisherError(f"{error}; asked {tries} time{'s' if tries > 1 else ''}") from error

    def pause(self, at: Publisher) -> None:
        """Wait until a publisher may be asked again."""
        last = self._asked.get(at.address)
        if last is not None:
            left = at.pause_s - (self.now() - last).total_seconds()
            if left > 0:
                self._sleep(left)
        self._asked[at.address] = self.now()

    def refuse(self, url: str, status: int, headers: Mapping[str, str]) -> None:
        """Raise the error that an HTTP status stands for, if it stands for one; `headers` of any case.

        Raises
        ------
        TryAgainError
            The publisher is busy or broken for the moment; with the wait that it asks for.
        NotThereError
            There is nothing at this address, or not for us.
        PublisherError
            Any other refusal.
        """
        if status in _BUSY:
            what = "is busy" if status in _TOO_MANY else "is out of order"
            wait = self._asked_wait(headers.get("Retry-After") or "")
            asks = f", and asks to wait {wait:.0f} s" if wait else ""
            raise TryAgainError(f"{_place(url)} {what} (HTTP {status}){asks}", wait)
        if status in _NOT_THERE:
            raise NotThereError(f"{_place(url)}: nothing is there for us (HTTP {status})")
        if status >= 400:
            raise PublisherError(f"{_place(url)} refuses the question (HTTP {status})")

    def _asked_wait(self, text: str) -> float | None:
        """Return the seconds of ``Retry-After``, which is a number or a date."""
        if text.strip().isdigit():
            return float(text)
        try:
            return (parsedate_to_datetime(text) - self.now()).total_seconds()
        except (ValueError, TypeError):
            return None

    def _download(self, at: Publisher, url: str, kind: str) -> Fetched:
        part = self.cache.part(url)
        kept = self.cache.answer(url)
        with self._sent(at, "GET", url, _conditions(part, kept)) as response:
            if response.status_code == httpx.codes.NOT_MODIFIED and kept is not None:
                self.cache.remember(Answer(url, kept.sha256, self.today, kept.etag, kept.last_modified))
                return Fetched(self.cache.path(kept.sha256).read_bytes(), _day(kept.last_modified))
            start = _resumed_at(part, response)
            _keep_marks(part, response)
            try:
                with part.open("ab" if start else "wb") as stream:
                    for chunk in self._chunks(at, url, response, start):
                        stream.write(chunk)
            except TryAgainError:
                raise
            except PublisherError:  # too large or too slow: its rest is not wanted
                _forget(part)
                raise
        content = part.read_bytes()
        _forget(part)
        _check(url, content, kind, response.headers)
        marks = {
            key: response.headers.get(name, "") for key, name in (("etag", "ETag"), ("last_modified", "Last-Modified"))
        }
        self.cache.remember(Answer(url, self.cache.keep(content), self.today, **marks))
        return Fetched(content, _day(marks["last_modified"]))

    @contextmanager
    def _sent(
        self, at: Publisher, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Iterator[httpx.Response]:
        """Send a request; what the connection or the status says becomes one of our errors."""
        self.pause(at)
        try:
            with self._client.stream(
                method, url, headers=dict(headers), content=body, timeout=at.timeout_s
            ) as response:
                if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                    _forget(self.cache.part(url))
                    raise TryAgainError(f"{_place(url)}: the rest of the file is not to be had")
                self.refuse(url, response.status_code, response.headers)
                yield response
        except httpx.TimeoutException as error:
            raise TryAgainError(f"{_place(url)}: nothing came for {at.timeout_s:g} s") from error
        except httpx.ConnectError as error:
            raise TryAgainError(f"{_place(url)}: cannot be reached ({error})") from error
        except httpx.TransportError as error:
            raise TryAgainError(f"{_place(url)}: the connection was lost ({error})") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PublisherError(f"{_place(url)}: {error}") from error

    def _chunks(self, at: Publisher, url: str, response: httpx.Response, start: int) -> Iterator[bytes]:
        """Yield the body, and check its size and the time that it takes; httpx itself checks the announced length."""
        limit, begun, got = at.most_mb * 1e6, self.now(), start
        length = response.headers.get("Content-Length", "")
        total = start + int(length) if length.isdigit() and "Content-Encoding" not in response.headers else None
        if (total or 0) > limit:
            raise PublisherError(f"{_place(url)}: {total} bytes, more than the limit of {at.most_mb:g} MB")
        told = 0
        for chunk in response.iter_bytes():
            got += len(chunk)
            if got > limit:
                raise PublisherError(f"{_place(url)}: more than the limit of {at.most_mb:g} MB")
            if (self.now() - begun).total_seconds() > at.longest_s:
                raise PublisherError(f"{_place(url)}: not done after {at.longest_s:g} s ({got} bytes)")
            if got - told > 5_000_000:
                told = got
                self.tell(f"{got / 1e6:.0f} MB" + (f" of {total / 1e6:.0f} MB" if total else ""))
            yield chunk


def secret(at: Publisher) -> str:
    """Return the user's key for a publisher.

    Raises
    ------
    PublisherError
        When the environment has none.
    """
    key = os.environ.get(at.key_variable, "") if at.key_variable else ""
    if not key:
        raise PublisherError(
            f"{at.address}: needs a key, free of charge, in the environment variable {at.key_variable}"
        )
    return key


def _place(url: str) -> str:
    """Return an address as a reader needs it: the server and the path, without the query."""
    found = httpx.URL(url)
    return f"{found.netloc.decode()}{found.path}"


@cache
def _certificates() -> ssl.SSLContext:
    """Read the certificates that are trusted, once: it takes longer than a request."""
    return httpx.create_ssl_context()


def _error_of(state: RetryCallState) -> TryAgainError:
    error = state.outcome.exception() if state.outcome is not None else None
    return error if isinstance(error, TryAgainError) else TryAgainError("")


def _check(url: str, content: bytes, kind: str, headers: httpx.Headers) -> None:
    fault = fault_of(content, kind)
    measured = "Content-Length" in headers or headers.get("Transfer-Encoding") == "chunked"
    if not fault and kind == "csv" and not measured and not content.endswith(b"\n"):
        fault = "ends in the middle of a line, and its length was not announced"
    if fault:
        raise TryAgainError(f"{_place(url)}: the answer {fault}")


def _conditions(part: Path, kept: Answer | None) -> dict[str, str]:
    """Ask for the rest of what was cut off; or only for what is newer than the kept edition."""
    marks = part.with_suffix(_SUFFIX)
    if part.is_file() and marks.is_file() and part.stat().st_size:
        return {"Range": f"bytes={part.stat().st_size}-", "If-Range": marks.read_text(encoding="utf-8")}
    if kept is None:
        return {}
    asked = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified}
    return {name: value for name, value in asked.items() if value}


def _resumed_at(part: Path, response: httpx.Response) -> int:
    """Return how many bytes of the part stay: all of them when exactly the rest is coming, otherwise none."""
    if response.status_code != httpx.codes.PARTIAL_CONTENT:
        return 0
    size = part.stat().st_size if part.is_file() else 0
    if not response.headers.get("Content-Range", "").startswith(f"bytes {size}-"):
        _forget(part)
        raise TryAgainError(f"{_place(str(response.url))}: another part of the file came than was asked for")
    return size


def _keep_marks(part: Path, response: httpx.Response) -> None:
    """Note the edition of a part, without which its rest cannot be asked for safely."""
    headers = response.headers
    etag = headers.get("ETag", "")
    # A weak mark may stand for two files that differ, so it cannot join two parts.
    mark = (etag if not etag.startswith("W/") else "") or headers.get("Last-Modified", "")
    in_parts = response.status_code == httpx.codes.PARTIAL_CONTENT or headers.get("Accept-Ranges") == "bytes"
    marks = part.with_suffix(_SUFFIX)
    if mark and in_parts and "Content-Encoding" not in headers:
        marks.write_text(mark, encoding="utf-8")
    else:
        marks.unlink(missing_ok=True)


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    part.with_suffix(_SUFFIX).unlink(missing_ok=True)


def _day(last_modified: str) -> str:
    """Return the day of a ``Last-Modified``, ``YYYY-MM-DD``; ``""`` when it has none."""
    try:
        return parsedate_to_datetime(last_modified).date().isoformat()
    except (ValueError, TypeError):
        return ""
