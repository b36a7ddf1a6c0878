"""An organisation's own Collector with TLS and a token: it admits clients that have both, and an erasure reaches the table."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from mlflow_usage.collector.configuration import CHECKOUT, CollectorError
from mlflow_usage.collector.deployment import Deployment
from mlflow_usage.collector.run import start, validate
from mlflow_usage.consent import endpoint, policy, toml
from mlflow_usage.delivery import erasure
from mlflow_usage.delivery.answer import Outcome
from mlflow_usage.installation import identity

OVERLAY = CHECKOUT / "tls.yaml"
SUBJECT = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]


@pytest.fixture
def secured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, binary: Path) -> Deployment:
    """A deployment with the overlay, a certificate of its own, and a token."""
    key, certificate, token = tmp_path / "key.pem", tmp_path / "cert.pem", tmp_path / "token"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(certificate), "-days", "2"]
    subprocess.run([*made, *SUBJECT], check=True, capture_output=True)
    token.write_text("s3cret-token\n")
    for name, path in (("TLS_CERTIFICATE", certificate), ("TLS_KEY", key), ("TOKEN_FILE", token)):
        monkeypatch.setenv(f"MLFLOW_USAGE_COLLECTOR_{name}", str(path))
    return Deployment(settings={"archive": tmp_path / "archive"}, overlays=(OVERLAY,), binary=binary)


def client(where: str, certificate: Path, token: str) -> endpoint.Endpoint:
    text = f'endpoint = "https://{where}"\ncertificate = "{certificate}"\nheaders = {{ Authorization = "Bearer {token}" }}\n'
    return endpoint.resolve({}, policy.parse(toml.parse(text.encode()), "machine", "/p", trusted=True), None)


def test_the_overlay_is_valid(secured: Deployment) -> None:
    assert OVERLAY in validate(secured)


def test_who_has_the_token_gets_in_and_the_request_gets_to_the_table(
    secured: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deltalake import DeltaTable

    from mlflow_usage.warehouse.load import Loader

    monkeypatch.setattr(erasure, "PAUSES", ())
    secret = identity.obtain(tmp_path / "state").secret
    with start(secured) as collector:
        where = client(collector.deployment.otlp, tmp_path / "cert.pem", "s3cret-token")

        def asked(by: endpoint.Endpoint) -> erasure.Result:
            return erasure.send(by, secret, None, lambda _: None, lambda _: None)

        strangers = [
            client(collector.deployment.otlp, tmp_path / "cert.pem", "another-token"),
            where._replace(headers=()),
            where._replace(certificate=None),  # the system does not trust it
            where._replace(url=(where.url or "").replace("https", "http")),
        ]
        assert [asked(stranger).answer.outcome for stranger in strangers[:3]] == [Outcome.RETRYABLE] * 3
        assert asked(strangers[3]).problem
        assert asked(where).problem == ""
    Loader(tmp_path / "archive", str(tmp_path / "table")).load()
    (row,) = DeltaTable(str(tmp_path / "table")).to_pyarrow_table().to_pylist()
    assert (row["event_name"], row["secret"], row["count"]) == ("mlflow.usage.forget", secret, 1)
    assert row["installation_id"] == identity.digest(identity.Secret(row["secret"]))
    assert {row[name] for name in ("os_type", "process_runtime_version", "store", "flavor")} == {None}


@pytest.mark.parametrize("name", ["TLS_CERTIFICATE", "TLS_KEY"])
def test_a_file_that_is_missing_keeps_it_from_starting(secured: Deployment, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"MLFLOW_USAGE_COLLECTOR_{name}", "/nowhere/file")
    with pytest.raises(CollectorError), start(secured):
        pass


@pytest.mark.parametrize("content", [None, ""])
def test_without_a_token_nobody_gets_in(secured: Deployment, tmp_path: Path, content: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "PAUSES", ())
    (tmp_path / "token").unlink() if content is None else (tmp_path / "token").write_text(content)
    secret = identity.obtain(tmp_path / "state").secret
    with start(secured) as collector:
        where = client(collector.deployment.otlp, tmp_path / "cert.pem", "x")
        for value in ("Bearer x", "Bearer", "Bearer ", "x", ""):
            headers = (("authorization", value),) if value else ()
            assert erasure.send(where._replace(headers=headers), secret, None, lambda _: None, lambda _: None).problem, value
