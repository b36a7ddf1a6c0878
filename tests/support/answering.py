"""What every loopback HTTP server of the tests and benchmarks does: answers in whole, and writes no log."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler


class Handler(BaseHTTPRequestHandler):
    """A subclass says to what it answers."""

    def body(self) -> bytes:
        """The request's."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, content: bytes = b"", **headers: str) -> None:
        """A 200; in a header's name an underscore stands for a hyphen."""
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Tests compare what a program writes."""
