"""The guard around the one HTTP request.

Decides what goes over the wire, and what the exporter learns about it. The guard must never let a header, credential or certificate of the
user's through, follow a redirect, share a connection with a forked parent, or read more of an answer than it needs.
"""

from __future__ import annotations

import http.client
import inspect
import io
import os
import socket
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass
from weakref import WeakSet

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from mlflow_usage.consent.endpoint import Endpoint
from mlflow_usage.delivery.answer import MAX_BODY, NONE, Answer, Outcome, classify

CONNECT: Final = 1.0  # seconds
TOTAL: Final = 3.0  # seconds
KEPT_HEADERS: Final = frozenset({"content-type", "content-encoding", "content-length", "host"})
WIRE_HEADERS: Final = KEPT_HEADERS | {"accept-encoding", "proxy-authorization"}  # http.client and the system's proxy need the last two

_KINDS: Final = requests.exceptions
# Not every ValueError: a malformed answer raises one, too.
_NEVER_SENT: Final = (
    *(_KINDS.ConnectTimeout, _KINDS.SSLError, _KINDS.ProxyError, _KINDS.InvalidURL, _KINDS.InvalidSchema, _KINDS.MissingSchema),
    UnicodeError,
)

Audit = Callable[[bytes, Answer], None]


class GuardedSession(requests.Session):
    """A session that sends the one request and nothing else, and keeps the real answer.

    The exporter sees a plain success or a plain final failure, so it never waits or repeats by itself. Everything happens in `send`, on the
    prepared request: exporters up to 1.44 put their headers on the session, later ones on the request.
    """

    def __init__(self, endpoint: Endpoint, user_agent: str, audit: Audit) -> None:
        """Send to `endpoint`; `audit` is given every body that left, with the answer."""
        super().__init__()
        self.trust_env = False  # no .netrc and no environment: what is needed of it is passed on below
        self.answer: Answer = NONE
        self._endpoint = endpoint
        self._own = {**dict(endpoint.headers), "User-Agent": user_agent}
        self._audit = audit
        self._mount()

    def _mount(self) -> None:
        self._pid = os.getpid()
        for prefix in ("https://", "http://"):
            self.mount(prefix, _Adapter(WIRE_HEADERS | {name.lower() for name in self._own}))

    def close(self) -> None:
        """Close every connection now: a pool that is merely dropped closes its own when it is collected, or never while Python ends."""
        for adapter in self.adapters.values():
            for manager in (adapter.poolmanager, *adapter.proxy_manager.values()) if isinstance(adapter, _Adapter) else ():
                for key in manager.pools.keys():  # noqa: SIM118  a container of urllib3's that cannot be iterated over
                    pool = manager.pools[key]
                    pool.close()
                    pool.__dict__.pop("urlopen", None)  # a cycle, which would keep the pool until it is collected
        super().close()

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002  requests' own signature
        """Return None: requests reads the whole body of a redirect before it looks where it leads."""
        return None

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # noqa: ANN401  requests' own signature
        """Send one request and return a bare 200 or 400. Never raises for what the network does."""
        self.answer = NONE
        if os.getpid() != self._pid:
            self._mount()
        for name in tuple(request.headers):
            if name.lower() not in KEPT_HEADERS:
                del request.headers[name]
        request.headers.update(self._own)
        self.cookies.clear()
        try:
            self.answer = self._exchange(request, options)
        except (requests.RequestException, OSError, ValueError, zlib.error) as error:
            self.answer = NONE
            if not _unconnected(error):
                self._audit(_body(request), NONE)
        told = requests.Response()
        told.status_code = 200 if self.answer.outcome is Outcome.ACCEPTED else 400
        told.request = request
        told._content = b""  # noqa: SLF001  a response without a connection has no other way to have a body
        return told

    def _exchange(self, request: requests.PreparedRequest, options: dict[str, Any]) -> Answer:
        endpoint = self._endpoint
        certificate = (endpoint.client_certificate, endpoint.client_key) if endpoint.client_key else endpoint.client_certificate
        options.update(
            verify=endpoint.certificate or True,
            cert=certificate,
            proxies=proxies(request.url or ""),
            allow_redirects=False,
            timeout=(CONNECT, TOTAL),
            stream=True,
        )
        # Below any instrumentation of the host's requests, which would record a span of this request and add headers to it.
        response = inspect.unwrap(requests.Session.send)(self, request, **options)
        # Decompress once, bounded: nested gzip can expand a millionfold.
        packed = response.raw.headers.pop("Content-Encoding", "")
        body = b""
        for chunk in response.iter_content(4096):
            body += chunk
            if len(body) > MAX_BODY:
                response.close()
                break
        if packed == "gzip":
            body = zlib.decompressobj(wbits=31).decompress(body, MAX_BODY + 1)
        headers = response.headers
        answer = classify(response.status_code, headers.get("Content-Type", ""), body, headers.get("Retry-After"))
        self._audit(_body(request), answer)
        return answer


def _body(request: requests.PreparedRequest) -> bytes:
    return request.body if isinstance(request.body, bytes) else b""


def _unconnected(error: BaseException) -> bool:
    """Return whether a request failed before any byte of it left: no name, no connection, no such scheme."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError)) or isinstance(error, _NEVER_SENT)


class _Answer(http.client.HTTPResponse):
    """An answer whose last byte has to arrive within the time that its first byte has.

    A socket's timeout counts from the last byte received: an endpoint that trickles one a second would hold the thread for hours.
    """

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:  # noqa: ANN401  http.client's own signature
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_InTime(self.fp.detach(), sock))


class _InTime(io.RawIOBase):
    """The bytes of a socket, until the deadline."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw, self._socket, self._deadline = raw, sock, time.monotonic() + TOTAL

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401  any writable buffer
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


_SOCKETS: Final[WeakSet[socket.socket]] = WeakSet()


def leave_to_parent() -> None:
    """In a forked child: close the parent's connections without sending anything to the other end."""
    for sock in tuple(_SOCKETS):
        with suppress(OSError):
            os.close(sock.detach())


@lru_cache(maxsize=4)
def _in_time(connection: type[Any], names: frozenset[str]) -> type[Any]:
    def putheader(self: Any, header: Any, *values: Any) -> None:  # noqa: ANN401  a connection of urllib3's
        name = header.decode("latin-1") if isinstance(header, bytes) else str(header)
        if name.lower() in names:  # some instrumentation patches http.client itself
            connection.putheader(self, header, *values)

    def connect(self: Any) -> None:  # noqa: ANN401  a connection of urllib3's
        connection.connect(self)
        if isinstance(self.sock, socket.socket):
            _SOCKETS.add(self.sock)

    own = {"connect": connect, "putheader": putheader, "response_class": _Answer}
    return type(connection.__name__, (connection,), own)


class _Adapter(HTTPAdapter):
    """An adapter whose connections bound the time for a whole answer, and send only the chosen headers."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__()
        self._names = names

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401  requests' own signature, from 2.32
        return self._bounded(super().get_connection_with_tls_context(*args, **options))

    def get_connection(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401  the same, before 2.32
        return self._bounded(super().get_connection(*args, **options))

    def _bounded(self, pool: Any) -> Any:  # noqa: ANN401  a pool of urllib3's
        if pool.ConnectionCls.response_class is not _Answer:
            pool.ConnectionCls = _in_time(pool.ConnectionCls, self._names)
            pool.urlopen = inspect.unwrap(type(pool).urlopen).__get__(pool)  # as above
        return pool


def proxies(url: str) -> dict[str, str]:
    """Return the proxies that the system names for `url`."""
    host = urlsplit(url).hostname or ""
    return {} if proxy_bypass(host) else getproxies()
