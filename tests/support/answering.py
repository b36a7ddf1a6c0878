"""The base of every loopback HTTP server in tests and benchmarks: complete answers, no log."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler


class Handler(BaseHTTPRequestHandler):
    """A handler; a subclass says which requests it answers."""

    def body(self) -> bytes:
        """Read the request's body."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, content: bytes = b"", **headers: str) -> None:
        """Answer 200; in a header's name an underscore stands for a hyphen."""
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Log nothing: tests compare what a program writes."""
