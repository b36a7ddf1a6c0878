"""A loopback OTLP/HTTP receiver whose answers a test chooses.

It plays misbehaving endpoints only. Tests of what a well-behaved endpoint stores use the real Collector.
"""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse

if TYPE_CHECKING:
    from typing_extensions import Self

Reply = tuple[int, dict[str, str], bytes]
Conduct = Callable[["Wire"], None]  # the conduct of an endpoint that gives no proper answer
OK: Reply = (200, {"Content-Type": "application/x-protobuf"}, ExportLogsServiceResponse().SerializeToString())


@dataclass
class Request:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes
    peer: tuple[str, int]
    accepted: bool = False
    certificate: bytes | None = None  # the client's, where the endpoint asks for one

    @property
    def content(self) -> dict[str, Any]:
        """Return the OTLP/JSON mapping of the body."""
        return MessageToDict(ExportLogsServiceRequest.FromString(gzip.decompress(self.body)))


@dataclass
class Wire:
    """A connection whose client has sent a request and waits for the answer."""

    socket: socket.socket
    over: threading.Event  # the receiver is closing

    def write(self, content: bytes) -> None:
        self.socket.sendall(content)


def silent(wire: Wire) -> None:
    """Accept the request and never answer."""
    wire.over.wait(60)


def trickling(wire: Wire) -> None:
    """Answer properly, at one byte a second."""
    for byte in b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n":
        if wire.over.wait(1):
            return
        wire.write(bytes([byte]))


def endless(wire: Wire) -> None:
    """Answer properly, except that the body trickles and never ends."""
    wire.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 1000000\r\n\r\n")
    while not wire.over.wait(0.5):
        wire.write(b"\0")


def cut_off(wire: Wire) -> None:
    """Die in the middle of an answer."""
    wire.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 10\r\n\r\n\0\0")


def reset(wire: Wire) -> None:
    """Die after the request arrived, before the first byte of an answer."""
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: object) -> None:
        """Ignore it: a client that went away is no error of this program."""


@dataclass
class Receiver:
    """A receiver. It answers with `reply` (a constant, a conduct, or a function from the request to either) and remembers requests."""

    reply: Reply | Conduct | Callable[[Request], Reply | Conduct] = OK
    requests: list[Request] = field(default_factory=list)
    port: int = 0
    tls: ssl.SSLContext | None = None
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:  # http.server's name
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                request = Request(self.path, dict(self.headers), body, self.client_address)
                if isinstance(self.connection, ssl.SSLSocket):
                    request.certificate = self.connection.getpeercert(binary_form=True)
                receiver.requests.append(request)
                reply: Any = receiver.reply
                if callable(reply) and reply not in CONDUCTS:
                    reply = reply(request)
                if callable(reply):
                    self.close_connection = True
                    reply(Wire(self.connection, receiver.over))
                    return
                request.accepted = reply is OK
                status, headers, content = reply
                self.send_response(status)
                for key, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = _Server(("127.0.0.1", self.port), Handler)
        if self.tls is not None:
            self.server.socket = self.tls.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.endpoint = f"{'http' if self.tls is None else 'https'}://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    def records(self, *, accepted: bool = False) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return every record received, or accepted, once per uid: (resource attributes, record with `event` and its attributes)."""
        found: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        for request in [request for request in self.requests if request.accepted or not accepted]:
            for logs in request.content.get("resourceLogs", ()):
                resource = attributes(logs["resource"]["attributes"])
                for scope in logs["scopeLogs"]:
                    for record in scope["logRecords"]:
                        values = attributes(record["attributes"])
                        found[values["log.record.uid"]] = (resource, {"event": record["eventName"], **values})
        return list(found.values())

    def calls(self, *, accepted: bool = False) -> Counter[str]:
        """Return the calls received, or accepted, for each event; each uid counts once."""
        counted: Counter[str] = Counter()
        for _, record in self.records(accepted=accepted):
            counted[record["event"]] += record["mlflow.usage.count"]
        return counted


CONDUCTS = (silent, trickling, endless, cut_off, reset)


def attributes(pairs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return OTLP/JSON attributes as a plain mapping."""
    return {pair["key"]: value(pair["value"]) for pair in pairs}


def value(given: dict[str, Any]) -> Any:
    """Return an OTLP/JSON value as a plain value."""
    ((kind, content),) = given.items()
    if kind == "intValue":
        return int(content)
    return [value(item) for item in content.get("values", ())] if kind == "arrayValue" else content
