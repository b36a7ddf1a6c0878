"""Sinks: valid alone and all together; file, table of settings and README say the same."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from click.testing import CliRunner

from mlflow_usage.cli.main import main
from mlflow_usage.collector.configuration import PREFIX, directory, sink_names
from mlflow_usage.collector.sinks import SETTINGS, SINKS, announced, settings

NAMES = sink_names()
READ = re.compile(rf"\${{env:{PREFIX}(\w+)(?::-([^}}]*))?}}")


def read(sink: str) -> dict[str, str]:
    """Return the variables that a sink's file reads, with their defaults."""
    return dict(READ.findall((directory() / "sinks" / f"{sink}.yaml").read_text(encoding="utf-8")))


@pytest.mark.usefixtures("binary")
@pytest.mark.parametrize("sinks", [chosen for n in range(1, len(NAMES) + 1) for chosen in combinations(NAMES, n)], ids="+".join)
def test_every_combination_of_sinks_is_valid(sinks: tuple[str, ...]) -> None:
    arguments = [argument for sink in sinks for argument in ("--sink", sink)]
    given = [text for setting in SETTINGS if setting.default is None for text in (f"--{setting.name}", setting.example)]
    result = CliRunner().invoke(main, ["collector", "validate", *arguments, *given])
    assert result.exit_code == 0, result.output
    assert result.output == "Valid: " + " + ".join(["collector.yaml", "filter.yaml", *(f"sinks/{sink}.yaml" for sink in sinks)]) + "\n"


@pytest.mark.parametrize("sink", NAMES)
def test_a_variable_of_a_sink_s_file_has_a_default_or_is_a_setting_that_must_be_given(sink: str) -> None:
    needed = {name for name, default in read(sink).items() if not default}
    given = {setting.variable for setting in settings(sink) if setting.default is None}
    assert needed == given, f"sinks/{sink}.yaml needs {needed or 'nothing'}, its row in collector/sinks.py gives {given or 'nothing'}"


@pytest.mark.parametrize("sink", SINKS)
def test_a_setting_is_read_by_its_sink_s_file_with_the_same_default(sink: str) -> None:
    assert sink in NAMES, f"collector/sinks.py has a row for {sink}, and there is no sinks/{sink}.yaml"
    for setting in settings(sink):
        default = "" if setting.default is None else f"./{setting.default}"
        assert read(sink).get(setting.variable) == default, f"sinks/{sink}.yaml must read {setting.variable} with the default {default!r}"


@pytest.mark.parametrize("sink", NAMES)
def test_the_readme_has_every_sink_and_every_setting(sink: str) -> None:
    page = (directory() / "README.md").read_text(encoding="utf-8")
    for text in (f"| `sinks/{sink}.yaml` |", *(f"`{PREFIX}{setting.variable}`" for setting in settings(sink))):
        assert text in page, f"collector-config/README.md lacks {text}"


def test_a_sink_is_announced_with_where_its_records_go() -> None:
    values = {"archive": "/somewhere", "gateway": "http://host:4318", "queue": "/queue"}
    assert [announced(sink, values) for sink in ("archive", "gateway", "null", "another")] == [
        *("archive /somewhere", "gateway http://host:4318", "null (nothing is kept)", "another"),
    ]
