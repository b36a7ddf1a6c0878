"""The filter on resources: installation, session, versions."""

from __future__ import annotations

import math
from typing import Any

import pytest

from collector.wall import CANARY, NOTHING, RESOURCE, Wall, batch, record

REQUIRED = ("service.name", "service.version", "session.id", "app.installation.id", "mlflow.usage.catalogue")


@pytest.mark.parametrize("key", REQUIRED)
def test_a_resource_without_what_it_needs_is_refused_with_all_its_records(collector: Wall, key: str) -> None:
    for content in (None, CANARY, NOTHING, [RESOURCE[key]], {"a": RESOURCE[key]}, 0, 3.1, True, b"mlflow", math.nan):
        stored = collector.send(batch(record(), record(), resource=RESOURCE | {key: content}), batch(record("mlflow.end_run")))
        assert stored.names == ["mlflow.end_run"]


@pytest.mark.parametrize(
    ("key", "sent", "kept"),
    [
        ("os.type", "BeOS", "other"),
        ("os.type", 7, None),
        ("host.arch", CANARY, "other"),
        ("process.runtime.name", CANARY, "other"),
        ("process.runtime.version", "3.11.7+alice-canary", None),
        ("process.runtime.version", 3.1, None),
        ("os.version", CANARY, None),
        ("telemetry.sdk.version", CANARY, None),
        ("telemetry.sdk.name", 7, None),
        ("telemetry.sdk.language", [CANARY], None),
        ("telemetry.distro.name", True, None),
        ("host.name", CANARY, None),
        (CANARY, "x", None),
    ],
)
def test_what_a_resource_may_do_without_is_put_right_or_removed(collector: Wall, key: str, sent: Any, kept: Any) -> None:
    stored = collector.send(batch(resource=RESOURCE | {key: sent}))
    rest = {name: content for name, content in RESOURCE.items() if name != key}
    assert stored.resources == [rest if kept is None else rest | {key: kept}]


@pytest.mark.parametrize("key", ["telemetry.sdk.name", "telemetry.sdk.language", "telemetry.distro.name"])
def test_an_unknown_member_of_a_resource_without_a_fallback_refuses_it(collector: Wall, key: str) -> None:
    assert collector.send(batch(resource=RESOURCE | {key: CANARY})).records == []


@pytest.mark.parametrize("version", ["3.17.2", "3.17.2rc1", "2.22.0"])
def test_a_public_version_passes(collector: Wall, version: str) -> None:
    (resource,) = collector.send(batch(resource=RESOURCE | {"service.version": version})).resources
    assert resource["service.version"] == version


@pytest.mark.parametrize("version", ["3.17.2+alice-canary", "3.17.2.dev0", "3.17.2-alice-canary", "v3.17.2", "3", "3.17.2\n"])
def test_no_other_version_does(collector: Wall, version: str) -> None:
    assert collector.send(batch(resource=RESOURCE | {"service.version": version})).records == []


def test_a_resource_with_nothing_and_a_request_with_nothing_are_accepted(collector: Wall) -> None:
    for batches in ([], [batch(resource={})], [batch(record("", {}), resource={})]):
        assert collector.send(*batches).text == ""
