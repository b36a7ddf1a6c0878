from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from promises.faults.scene import Scene, Table
from support.receiver import Receiver
from support.repository import ROOT
from support.whole_run import fixtures

DOCUMENT = ROOT / "docs" / "faults.md"
TABLE = Table()

ran, document = fixtures(__file__, lambda: DOCUMENT.write_text(TABLE.text(), encoding="utf-8") and None)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Receiver() as receiver:
        yield Scene(tmp_path, receiver)


@pytest.fixture
def table() -> Table:
    return TABLE


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A key, and its certificate for 127.0.0.1."""
    place = tmp_path_factory.mktemp("keys")
    key, certificate = place / "key.pem", place / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(certificate), "-days", "2"]
    subprocess.run([*made, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    return key, certificate


@pytest.fixture
def secured(keys: tuple[Path, Path]) -> Iterator[Receiver]:
    """An endpoint over TLS that asks for a client's certificate and also accepts none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(keys[1], keys[0])
    context.load_verify_locations(keys[1])
    context.verify_mode = ssl.CERT_OPTIONAL
    with Receiver(tls=context) as receiver:
        yield receiver
