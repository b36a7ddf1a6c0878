"""The planted word, and every form in which it could come out again."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DIGESTS = ("md5", "sha1", "sha256", "sha512", "blake2b")


def proprietary(core: str) -> dict[str, str]:
    """Return texts as an organisation has them, each around the same made-up word."""
    return {
        "name": f"{core}-churn-model",
        "class": f"{core}Scorer",
        "module": f"acme.{core}.scorers",
        "path": f"/home/{core}/projects/{core}/train.py",
        "uri": f"https://{core}-user:{core}-password@mlflow.{core}.internal:5000/api?token={core}",
        "database": f"postgresql://{core}:{core}@db.{core}.internal/mlflow",
        "bucket": f"s3://{core}-artifacts/models",
        "scheme": f"{core}store://warehouse",
        "secret": f"ghp_{core}0123456789abcdef",
        "mail": f"{core}@{core}.example",
        "emoji": f"🦆{core}🦆 żółć \N{RIGHT-TO-LEFT OVERRIDE}{core}",
        "control": f"\x00\x1b]0;{core}\x07\r\n{core}",
        "surrogate": f"{core}\udcff",
        "json": f'"}}]}}],"{core}":[{{"{core}',
        "format": f"%s%n{{0}}{{{core}}}${{env:{core}}}",
        "header": f"x\r\nX-{core}: {core}",
        "built-in and more": f"sklearn\n{core}",
    }


def variables(core: str) -> dict[str, str]:
    """Return an environment full of private things."""
    return {
        **dict.fromkeys(("USER", "LOGNAME", "USERNAME", "HOSTNAME", "COMPUTERNAME"), f"{core}-host"),
        "OTEL_SERVICE_NAME": core,
        "OTEL_RESOURCE_ATTRIBUTES": f"service.name={core},host.name={core},session.id={core},{core}={core}",
        "OTEL_EXPORTER_OTLP_HEADERS": f"x-api-key={core},user-agent={core}",
        "OTEL_EXPORTER_OTLP_LOGS_HEADERS": f"authorization={core}",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{core}.invalid:4318",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": f"http://{core}.invalid:4318/v1/logs",
        "OTEL_EXPORTER_OTLP_CERTIFICATE": f"/etc/{core}.pem",
        "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": "process,os",
        "OTEL_PROPAGATORS": "tracecontext",
        "MLFLOW_TRACKING_USERNAME": f"{core}-user",
        "MLFLOW_TRACKING_PASSWORD": f"{core}-password",
        "MLFLOW_TRACKING_TOKEN": f"{core}-token",
        "MLFLOW_EXPERIMENT_NAME": f"{core}-experiment",
        "DATABRICKS_HOST": f"https://{core}.cloud.example",
        "DATABRICKS_TOKEN": f"dapi{core}",
        "AWS_SECRET_ACCESS_KEY": f"{core}/secret",
        "GIT_AUTHOR_EMAIL": f"{core}@example.com",
        "REQUESTS_CA_BUNDLE": f"/etc/{core}.pem",
    }


@dataclass
class Canary:
    """One made-up word and everything that is made of it."""

    core: str
    more: tuple[str, ...] = ()  # other texts that were planted whole: their digests are looked for as well
    forms: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, text in {"": self.core, "reversed ": self.core[::-1], "beginning, ": self.core[:10]}.items():
            for form, content in _encoded(text):
                self.forms[f"{name}{form}"] = content.lower()
        for text in (self.core, *proprietary(self.core).values(), *variables(self.core).values(), *self.more):
            for form, content in _digested(text):
                self.forms[f"{form} of {text!r}"] = content.lower()

    def found(self, content: bytes) -> list[str]:
        """Return the forms that occur in some bytes, ignoring case."""
        low = content.lower()
        return [name for name, form in self.forms.items() if form in low]


def _encoded(text: str) -> Iterator[tuple[str, bytes]]:
    raw = text.encode()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le"):
        yield encoding, text.encode(encoding)
    yield "hex", raw.hex().encode()
    yield "hex of utf-16", text.encode("utf-16-le").hex().encode()
    yield "url-encoded", "".join(f"%{byte:02x}" for byte in raw).encode()
    yield "escaped", "".join(f"\\u{ord(letter):04x}" for letter in text).encode()
    yield "entities", "".join(f"&#{ord(letter)};" for letter in text).encode()
    for shift in range(3):  # what of it does not depend on its neighbours
        whole = base64.b64encode(b"\0" * shift + raw + b"\0\0")
        yield f"base64 at {shift}", whole[4 if shift else 0 : (shift + len(raw)) // 3 * 4]
    yield "base32", base64.b32encode(raw)[: len(raw) // 5 * 8]


def _digested(text: str) -> Iterator[tuple[str, bytes]]:
    raw = text.encode("utf-8", "surrogatepass")
    for name in DIGESTS:
        digest = hashlib.new(name, raw).digest()
        yield f"{name}", digest[:8]
        yield f"{name} in hex", digest.hex()[:12].encode()
        yield f"{name} in base64", base64.b64encode(digest)[:12]


def opened(content: bytes) -> Iterator[bytes]:
    """Yield some bytes, and whatever is packed in them."""
    yield content
    yield json.dumps(content.decode("utf-8", "replace"), ensure_ascii=False).encode()
    for packed in (content, *(base64.b64decode(part) for part in re.findall(rb"[A-Za-z0-9+/]{60,}={0,2}", content) if len(part) % 4 == 0)):
        try:
            yield gzip.decompress(packed)
        except (OSError, EOFError, zlib.error):  # noqa: PERF203
            yield packed


def files(place: Path) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of all files of a directory."""
    for path in sorted(place.rglob("*")):
        yield f"name of {path.name}", str(path.relative_to(place)).encode()
        if path.is_file():
            for content in opened(path.read_bytes()):
                yield str(path.relative_to(place)), content


def search(canaries: Iterable[Canary], places: Iterable[tuple[str, bytes]]) -> tuple[int, int, list[Any]]:
    """The numbers of places and bytes that were searched, and what was found where."""
    number = size = 0
    found: list[Any] = []
    for name, content in places:
        number += 1
        size += len(content)
        found += [(name, canary.core, form) for canary in canaries for form in canary.found(content)]
    return number, size, found
