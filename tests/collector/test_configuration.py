"""The configuration's files: those of a deployment fit together, and the committed sources are those of the manifest."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.wall import wall
from mlflow_usage.cli.main import main
from mlflow_usage.collector.configuration import CollectorError, directory
from mlflow_usage.collector.deployment import Deployment
from mlflow_usage.collector.run import validate


@pytest.mark.usefixtures("binary")
def test_without_a_sink_it_refuses_to_start() -> None:
    with pytest.raises(CollectorError, match="no exporter configuration"):
        validate(Deployment(sinks=()))


@pytest.mark.usefixtures("binary")
def test_an_overlay_of_the_operator_is_merged_last_and_checked(tmp_path: Path) -> None:
    overlay = tmp_path / "mine.yaml"
    overlay.write_text("receivers: {otlp: {protocols: {http: {max_request_body_size: 500}}}}\n", encoding="utf-8")
    assert validate(Deployment(overlays=(overlay,)))[-1] == overlay
    with wall(tmp_path / "archive", overlays=(overlay,)) as small:
        assert small.post(b"x" * 501).status == 400
    overlay.write_text("receivers: {otlp: {protocolz: {}}}\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["collector", "validate", "--config", str(overlay)])
    assert result.exit_code == 1
    assert "Error: the configuration is invalid:" in result.stderr
    assert "protocolz" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_committed_sources_are_what_the_manifest_asks_for() -> None:
    manifest = (directory() / "builder.yaml").read_text(encoding="utf-8")
    asked = {line.partition("gomod: ")[2] for line in manifest.splitlines() if "gomod: " in line}
    modules = (directory() / "source" / "go.mod").read_text(encoding="utf-8")
    direct, _, _ = modules.partition(")")
    needed = {line.strip() for line in direct.partition("(")[2].splitlines() if line.strip()}
    assert asked
    assert asked <= needed, f"run the Builder, as builder.yaml says: source/go.mod lacks {asked - needed}"
    assert all(module.startswith(("go.opentelemetry.io/collector", "github.com/open-telemetry/")) for module in asked)
