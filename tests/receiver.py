"""A loopback OTLP/HTTP receiver whose answers a test chooses.

It stands for an endpoint's misbehaviour only; what a well-behaved one stores is tested with the real Collector.
"""

from __future__ import annotations

import gzip
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
OK: Reply = (200, {"Content-Type": "application/x-protobuf"}, ExportLogsServiceResponse().SerializeToString())


@dataclass
class Request:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes
    peer: tuple[str, int]

    @property
    def content(self) -> dict[str, Any]:
        """The OTLP/JSON mapping of the body."""
        return MessageToDict(ExportLogsServiceRequest.FromString(gzip.decompress(self.body)))


@dataclass
class Receiver:
    """Answers with `reply`, a constant or a function of the request; remembers what it accepted."""

    reply: Reply | Callable[[Request], Reply] = OK
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:  # http.server's name
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                request = Request(self.path, dict(self.headers), body, self.client_address)
                receiver.requests.append(request)
                status, headers, content = receiver.reply(request) if callable(receiver.reply) else receiver.reply
                self.send_response(status)
                for key, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def records(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Every record received, once per uid: (resource attributes, record with `event` and its attributes)."""
        found: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        for request in self.requests:
            for logs in request.content.get("resourceLogs", ()):
                resource = attributes(logs["resource"]["attributes"])
                for scope in logs["scopeLogs"]:
                    for record in scope["logRecords"]:
                        values = attributes(record["attributes"])
                        found[values["log.record.uid"]] = (resource, {"event": record["eventName"], **values})
        return list(found.values())

    def calls(self) -> Counter[str]:
        """Calls received for each event, each uid once."""
        counted: Counter[str] = Counter()
        for _, record in self.records():
            counted[record["event"]] += record["mlflow.usage.count"]
        return counted


def attributes(pairs: list[dict[str, Any]]) -> dict[str, Any]:
    """The plain mapping of OTLP/JSON attributes."""
    return {pair["key"]: value(pair["value"]) for pair in pairs}


def value(given: dict[str, Any]) -> Any:
    """The plain value of an OTLP/JSON value."""
    ((kind, content),) = given.items()
    if kind == "intValue":
        return int(content)
    return [value(item) for item in content.get("values", ())] if kind == "arrayValue" else content
