"""Endpoints on 127.0.0.1: one that answers as OTLP and as MLflow's telemetry, one that never answers, one that trickles."""

from __future__ import annotations

import gzip
import json
import socket
import sys
import threading
import time
from contextlib import suppress
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # the tests' loopback server serves here too

from support import answering


class Answering:
    """Accepts everything; `bodies` holds what came, as it was on the wire."""

    def __enter__(self) -> Answering:  # noqa: PYI034  Self came with Python 3.11
        endpoint = self
        self.bodies: list[tuple[str, bytes]] = []

        class Handler(answering.Handler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                endpoint.bodies.append((self.path, self.body()))
                self.answer(Content_Type="application/x-protobuf")

            def do_GET(self) -> None:  # the settings that MLflow's telemetry asks for
                version = self.path.rpartition("/")[2].removesuffix(".json")
                settings = {"mlflow_version": version, "disable_telemetry": False, "ingestion_url": f"{endpoint.url}/mlflow"}
                self.answer(json.dumps(settings).encode(), Content_Type="application/json")

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that went away
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def requests(self, path: str) -> list[bytes]:
        """The bodies that came to `path`."""
        return [body for place, body in self.bodies if place == path]


class Silent:
    """Accepts a connection and never answers; `trickle` sends a byte of an answer now and then."""

    def __init__(self, *, trickle: bool = False) -> None:
        self.trickle = trickle

    def __enter__(self) -> Silent:  # noqa: PYI034  as above
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(64)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection = self.socket.accept()[0]
                self.open.append(connection)
                if self.trickle:
                    threading.Thread(target=self._drip, args=(connection,), daemon=True).start()

    def _drip(self, connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 100\r\n\r\n")
            for _ in range(100):
                connection.sendall(b"\n")
                time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        for connection in (self.socket, *self.open):
            connection.close()


def records(body: bytes) -> list[Any]:
    """The log records of a body."""
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    request = ExportLogsServiceRequest.FromString(gzip.decompress(body))
    return [record for logs in request.resource_logs for scope in logs.scope_logs for record in scope.log_records]
