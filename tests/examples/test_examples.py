"""The examples work: the real reader reads each policy, and each script runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlflow_usage.consent import endpoint, policy
from mlflow_usage.consent.automation import MainProgram
from mlflow_usage.consent.decision import decide
from mlflow_usage.consent.mode import Mode
from mlflow_usage.consent.policy import Policy
from support.repository import ROOT

EXAMPLES = ROOT / "examples"


def read(path: Path) -> Policy:
    found = policy.read("machine", str(path))
    assert found is not None
    assert found.problem == ""
    return found


def mounted(tmp_path: Path) -> list[Policy]:
    """Return the policies of the Kubernetes example, read from files."""
    found = []
    for number, document in enumerate(yaml.safe_load_all((EXAMPLES / "kubernetes/policy.yaml").read_text())):
        for text in {**document.get("data", {}), **document.get("stringData", {})}.values():
            path = tmp_path / f"{number}.toml"
            path.write_text(text)
            found.append(read(path))
    return found


def test_every_policy_among_the_examples_is_valid(tmp_path: Path) -> None:
    policies = sorted(EXAMPLES.rglob("policy.toml"))
    assert len(policies) == 3
    assert all(read(path) for path in policies)
    assert len(mounted(tmp_path)) == 2


def test_null_is_off_whatever_a_user_sets() -> None:
    environ = {"MLFLOW_USAGE": "on", "MLFLOW_USAGE_ENDPOINT": "https://elsewhere.example.com"}
    found = decide(environ, read(EXAMPLES / "null/policy.toml"), None, None, disabled=False, main=MainProgram())
    assert (found.mode, found.silences_builtin) == (Mode.OFF, True)


def test_our_own_collector_cannot_be_left() -> None:
    environ = {"MLFLOW_USAGE_ENDPOINT": "https://elsewhere.example.com", "MLFLOW_USAGE_HEADERS": "a=b"}
    found = endpoint.resolve(environ, read(EXAMPLES / "own-collector/policy.toml"), None)
    assert (found.url, dict(found.headers)) == ("https://usage.example.org:4318/v1/logs", {"authorization": "Bearer REPLACE-ME"})
    assert found.certificate == "/etc/ssl/certs/example-ca.pem"


def test_the_pod_mounts_the_map_where_the_machine_s_policy_is_looked_for() -> None:
    *_, pod = yaml.safe_load_all((EXAMPLES / "kubernetes/policy.yaml").read_text())
    (container,), volumes = pod["spec"]["containers"], {volume["name"]: volume for volume in pod["spec"]["volumes"]}
    mounts = {mount["mountPath"]: volumes[mount["name"]] for mount in container["volumeMounts"]}
    assert mounts["/etc/mlflow-usage"]["configMap"]["name"] == "mlflow-usage-policy"


def test_the_image_puts_its_policy_where_its_environment_s_is_looked_for() -> None:
    lines = (EXAMPLES / "docker/Dockerfile").read_text().splitlines()
    (copied,) = [line.split() for line in lines if line.startswith("COPY")]
    assert copied[-2:] == ["policy.toml", "/usr/local/etc/mlflow-usage/policy.toml"]
    assert next(line for line in lines if line.startswith("FROM")).split()[1].startswith("python:")  # whose sys.prefix is /usr/local
    assert lines.index("USER app") > next(number for number, line in enumerate(lines) if line.startswith("COPY"))


@pytest.mark.parametrize(
    ("kind", "problem", "code"), [("environment", None, 0), ("environment", "unknown key 'a'", 1), ("machine", None, 1)]
)
def test_the_image_s_build_stops_at_a_policy_that_does_not_hold(kind: str, problem: str | None, code: int) -> None:
    text = (EXAMPLES / "docker/Dockerfile").read_text().replace("\\\n", "")
    (script,) = re.findall(r'python -c "(.*)"$', text, re.MULTILINE)
    status = json.dumps({"policies": [{"kind": kind, "problem": problem}]})
    assert subprocess.run([sys.executable, "-c", script], input=status, text=True, capture_output=True, check=False).returncode == code


GOOD: dict[str, Any] = {"mode": "on", "endpoint": "https://usage.example.org", "decided_by": "default", "policies": []}
HOSTS = [
    ("https://usage.example.org", {}, "ok"),
    ("https://usage.example.org", {"mode": "off", "endpoint": "http://localhost:4318"}, "ok"),
    ("https://usage.example.org", {"mode": "local", "endpoint": "none"}, "ok"),
    ("https://usage.example.org", {"endpoint": "http://localhost:4318"}, "WRONG"),
    ("off", {}, "WRONG"),
    ("off", {"mode": "off"}, "ok"),
    ("off", {"mode": "off", "policies": [{"path": "/etc/mlflow-usage/policy.toml", "problem": "unknown key 'a'"}]}, "WRONG"),
    ("off", None, "WRONG"),
]


@pytest.mark.parametrize(("expected", "changed", "verdict"), HOSTS, ids=str)
def test_the_fleet_s_script_tells_right_from_wrong(tmp_path: Path, expected: str, changed: dict[str, Any] | None, verdict: str) -> None:
    answer = "" if changed is None else json.dumps({**GOOD, **changed})
    ask = tmp_path / "ask"
    ask.write_text(f"#!/bin/sh\ncat <<'END'\n{answer}\nEND\n")
    ask.chmod(0o755)
    script = EXAMPLES / "fleet/audit.sh"
    result = subprocess.run([script, expected, "host-1"], env={**os.environ, "ASK": str(ask)}, capture_output=True, text=True, check=False)
    assert result.stdout.split("\t")[0] == "host-1"
    assert result.stdout.split("\t")[1].split()[0] == verdict
    assert (result.returncode == 0) is (verdict == "ok")
