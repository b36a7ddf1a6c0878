"""`mlflow-usage sent`, also where its log holds garbage."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from mlflow_usage.delivery import audit
from support.cli_shell import Shell


def sent_line(shell: Shell, event: str) -> None:
    """Write a request to the audit log, as delivery does."""
    shell.record(event)
    request = shell.said("preview")[-1]
    from google.protobuf.json_format import ParseDict
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    body = gzip.compress(ParseDict(request, ExportLogsServiceRequest()).SerializeToString())
    audit.append(shell.directory, audit.Sent(1_800_000_000.0, "http://localhost:4318", 200, "accepted", body))
    for path in shell.directory.glob("*.journal"):
        path.unlink()


def test_sent_shows_what_left_newest_first(shell: Shell) -> None:
    assert shell.run("sent").output == "Nothing has been sent.\n"
    assert shell.run("sent", "--json").output == ""
    sent_line(shell, "mlflow.log_metric")
    sent_line(shell, "mlflow.log_param")
    output = shell.run("sent").output
    assert output.index("mlflow.log_param") < output.index("mlflow.log_metric")
    assert "2027-01-15T08:00:00+00:00" in output
    limited = shell.run("sent", "--limit", "1").output
    assert "mlflow.log_metric" not in limited
    assert limited.endswith("\n1 earlier request not shown: --limit 2 shows all.\n")
    assert "not shown" not in output
    lines = [json.loads(line) for line in shell.run("sent", "--json").output.splitlines()]
    assert [line["status"] for line in lines] == [200, 200]
    assert shell.said("status")["sent_requests"] == 2
    shell.fails("sent", "--limit", "0", code=2)


def test_an_empty_request_is_told_for_what_it_is(shell: Shell) -> None:
    sent_line(shell, "mlflow.log_metric")
    audit.append(shell.directory, audit.Sent(1_800_000_000.0, "http://localhost:4318", 200, "accepted", gzip.compress(b"")))
    assert (
        shell.run("sent", "--limit", "1").output.splitlines()[1] == "  no record: `mlflow-usage doctor` asked whether the endpoint answers"
    )


def line(**changed: object) -> bytes:
    body = base64.b64encode(gzip.compress(b"")).decode()
    entry = {"time": 1.0, "endpoint": "http://localhost:4318", "status": 200, "outcome": "accepted", "body": body, "rejected": 0, **changed}
    return json.dumps(entry).encode() + b"\n"


SENT = {
    "garbage": b"garbage\n\xff\n[]\n7\nnull\n",
    "a list": b"[1, 2]\n",
    "a missing key": b'{"time": 1}\n',
    "too many keys": line(acme="x"),
    "a body that is no base64": line(body="***"),
    "a body that is no text": line(body=7),
    "a time that is none": line(time="yesterday"),
    "a time without end": line(time=1e300),
    "a time before all": line(time=-1e12),
    "an array in an array": b"[" * 50_000,
    "a time that is not a number": b'{"time": NaN' + line()[len(b'{"time": 1.0') :],
    "a number that is none": line(rejected="many"),
    "an endpoint that is none": line(endpoint=None),
    "a status that is none": line(status=[1]),
    "a torn line": line()[:-30],
}


@pytest.mark.parametrize("content", SENT.values(), ids=SENT.keys())
def test_a_log_with_garbage_in_it_is_read_past_it(shell: Shell, content: bytes) -> None:
    sent_line(shell, "mlflow.log_metric")
    log = shell.directory / audit.FILE
    log.write_bytes(content + b"\n" + log.read_bytes())
    assert shell.run("status").exit_code == 0
    assert shell.said("status")["sent_requests"] >= 1
    result = shell.run("sent")
    assert result.exit_code == 0
    assert "mlflow.log_metric" in result.output


@pytest.mark.parametrize(
    "body", [b"no gzip", gzip.compress(b"no request \xff\xff\xff")[:-4], gzip.compress(b"\xff\xff\xff"), gzip.compress(b"")[:5]]
)
def test_a_request_that_cannot_be_read_is_one_clear_line(shell: Shell, body: bytes) -> None:
    sent_line(shell, "mlflow.log_metric")
    with (shell.directory / audit.FILE).open("ab") as file:
        file.write(line(body=base64.b64encode(body).decode()))
    result = shell.run("sent")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1
    assert "sent.jsonl" in result.stderr
