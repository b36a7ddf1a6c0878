"""The guard around the one HTTP request.

Decides what goes over the wire and what the exporter is told about it. It must never let a header, credential, proxy or certificate of
the user's through that is not ours, never follow a redirect, never share a connection with a forked parent, and never read more of an
answer than it needs.
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
WIRE_HEADERS: Final = KEPT_HEADERS | {"accept-encoding", "proxy-authorization"}  # what http.client and the system's proxy need besides

_KINDS: Final = requests.exceptions
# Not every ValueError: an answer's nonsense is one, too.
_NEVER_SENT: Final = (
    *(_KINDS.ConnectTimeout, _KINDS.SSLError, _KINDS.ProxyError, _KINDS.InvalidURL, _KINDS.InvalidSchema, _KINDS.MissingSchema),
    UnicodeError,
)

Witness = Callable[[bytes, Answer], None]


class GuardedSession(requests.Session):
    """A session that sends our request and nothing else, and remembers what the answer really was.

    The exporter is told a plain success or a plain final failure, so that it never waits or repeats by itself. Everything happens in
    `send`, on the prepared request: exporters up to 1.44 put their headers on the session, later ones on the request.
    """

    def __init__(self, endpoint: Endpoint, user_agent: str, witness: Witness) -> None:
        """Send to `endpoint`; `witness` is shown every body that left, with the answer."""
        super().__init__()
        self.trust_env = False  # no .netrc and no environment: what is wanted of it is handed over below
        self.answer: Answer = NONE
        self._endpoint = endpoint
        self._own = {**dict(endpoint.headers), "User-Agent": user_agent}
        self._witness = witness
        self._mount()

    def _mount(self) -> None:
        self._pid = os.getpid()
        for prefix in ("https://", "http://"):
            self.mount(prefix, _Adapter(WIRE_HEADERS | {name.lower() for name in self._own}))

    def close(self) -> None:
        """Close every connection now: a pool that is only let go closes its own when it is collected, or never while Python ends."""
        for adapter in self.adapters.values():
            for manager in (adapter.poolmanager, *adapter.proxy_manager.values()) if isinstance(adapter, _Adapter) else ():
                for key in manager.pools.keys():  # noqa: SIM118  a container of urllib3's that cannot be iterated over
                    pool = manager.pools[key]
                    pool.close()
                    pool.__dict__.pop("urlopen", None)  # its own, which would keep it until it is collected
        super().close()

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002  requests' own signature
        """There is none: requests reads the whole body of a redirect before it looks where it leads."""
        return None

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # noqa: ANN401  requests' own signature
        """Send one request and return a bare 200 or 400; never raises for what the network does."""
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
                self._witness(_body(request), NONE)
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
        # Below whatever watches the host's requests: it would make a span of ours, and put its headers on after ours were chosen.
        response = inspect.unwrap(requests.Session.send)(self, request, **options)
        # Unpacked here and once, within bounds: what says that it is packed twice can be a million times its size.
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
        self._witness(_body(request), answer)
        return answer


def _body(request: requests.PreparedRequest) -> bytes:
    return request.body if isinstance(request.body, bytes) else b""


def _unconnected(error: BaseException) -> bool:
    """Whether a request failed before any byte of it left: no name, no connection, no such scheme."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError)) or isinstance(error, _NEVER_SENT)


class _Answer(http.client.HTTPResponse):
    """An answer that has to be there, to its last byte, within the time that its first byte has.

    A timeout of a socket counts from the last byte that came: an endpoint that trickles one a second would hold the thread for hours.
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


def leave_to_the_parent() -> None:
    """In a forked child: close the parent's connections without a word to the other end."""
    for sock in tuple(_SOCKETS):
        with suppress(OSError):
            os.close(sock.detach())


@lru_cache(maxsize=4)
def _in_time(connection: type[Any], names: frozenset[str]) -> type[Any]:
    def putheader(self: Any, header: Any, *values: Any) -> None:  # noqa: ANN401  a connection of urllib3's
        name = header.decode("latin-1") if isinstance(header, bytes) else str(header)
        if name.lower() in names:  # some watchers patch http.client itself
            connection.putheader(self, header, *values)

    def connect(self: Any) -> None:  # noqa: ANN401  a connection of urllib3's
        connection.connect(self)
        if isinstance(self.sock, socket.socket):
            _SOCKETS.add(self.sock)

    own = {"connect": connect, "putheader": putheader, "response_class": _Answer}
    return type(connection.__name__, (connection,), own)


class _Adapter(HTTPAdapter):
    """An adapter whose connections wait for the whole of an answer, not for each byte of it, and send no header but the chosen ones."""

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
    """The system's proxies for `url`, as the system says."""
    host = urlsplit(url).hostname or ""
    return {} if proxy_bypass(host) else getproxies()
