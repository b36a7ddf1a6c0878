"""The system: versions without build strings, values of closed lists, and nothing that identifies the machine."""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow_usage.installation import system
from mlflow_usage.installation.system import Raw, attributes, public_version

RELEASE = r"[0-9]{1,3}(\.[0-9]{1,4}){1,3}((a|b|rc)[0-9]{1,3})?"
NUMBERS = r"[0-9]{1,5}(\.[0-9]{1,5}){0,2}"

VERSIONS = [
    ("3.17.2", "3.17.2"),
    ("2.22.0", "2.22.0"),
    ("3.17.2.dev0", "3.17.2"),
    ("3.17.2.dev", "3.17.2"),
    ("3.17.2+acme.7", "3.17.2"),
    ("3.17.2.post1", "3.17.2"),
    ("3.17.2-1", "3.17.2"),
    ("3.17.2.post1.dev3+acme-internal", "3.17.2"),
    ("3.17.2rc1", "3.17.2rc1"),
    ("3.17.2a2", "3.17.2a2"),
    ("3.17.2-beta.3", "3.17.2b3"),
    ("3.17.2c", "3.17.2rc0"),
    ("3.17.2rc1.dev0", "3.17.2"),
    ("3.17.2rc1+acme", "3.17.2"),
    ("v3.17", "3.17"),
    (" 3.17.02 ", "3.17.2"),
    ("3.17.2.1", "3.17.2.1"),
    ("", None),
    (None, None),
    ("3", None),
    ("1!3.17.2", None),
    ("3.17.2.1.9", None),
    ("20260101.1", None),
    ("3.17.20260101", None),
    ("acme-3.17.2", None),
    ("3.17.2 (acme)", None),
    ("3.17.2+acme build", None),
    ("3.17.2rc1234", None),
    ("\u0663.\u0661\u0667", None),
    ("unknown", None),
    ("3.17.2.dev0+g0123abc.d20261124", "3.17.2"),
    ("3.17.2+databricks", "3.17.2"),
    ("3.17.2-acme.7", None),
    ("3.17.2_acme", None),
    ("3.17.2\nacme", None),
    ("3.17.2+" + "acme." * 10_000 + "x", "3.17.2"),
    ("3.17." + "9" * 10_000, None),
]


@pytest.mark.parametrize(("text", "version"), VERSIONS)
def test_a_version_is_its_public_part(text: str | None, version: str | None) -> None:
    assert public_version(text) == version


@given(st.one_of(st.text(), st.from_regex(r"[0-9]{1,5}(\.[0-9]{1,5}){0,5}(rc|a|\.dev|\.post|\+acme|-)?[0-9]{0,5}", fullmatch=True)))
def test_whatever_the_text_the_version_has_the_public_form(text: str) -> None:
    version = public_version(text)
    assert version is None or re.fullmatch(RELEASE, version)
    assert version is None or public_version(version) == version


def raw(**given: object) -> Raw:
    return Raw("cpython", (3, 11, 7), "linux", "5.10.0-28-cloud-amd64", "x86_64")._replace(**given)  # type: ignore[arg-type]


def attribute(name: str, **given: object) -> str | None:
    return attributes(raw(**given), mlflow_version="3.17.2", sdk_version="1.45.2", own_version="0.1.0").get(name)


def test_the_attributes_are_exactly_these() -> None:
    assert attributes(raw(), mlflow_version="3.17.2.dev0", sdk_version="1.45.2", own_version="0.1.0") == {
        "service.name": "mlflow",
        "service.version": "3.17.2",
        "process.runtime.name": "cpython",
        "process.runtime.version": "3.11.7",
        "os.type": "linux",
        "os.version": "5.10",
        "host.arch": "amd64",
        "telemetry.distro.name": "mlflow-usage",
        "telemetry.distro.version": "0.1.0",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.language": "python",
        "telemetry.sdk.version": "1.45.2",
    }


def test_what_is_not_public_is_left_out() -> None:
    found = attributes(raw(system_version="acme"), mlflow_version="acme-fork", sdk_version=None, own_version=None)
    assert {"service.version", "os.version", "telemetry.sdk.version", "telemetry.distro.version"}.isdisjoint(found)


SYSTEMS = [
    ("linux", "5.10.0-28-cloud-amd64", "linux", "5.10"),
    ("linux", "6.8.0-1021-acme-secret", "linux", "6.8"),
    ("linux", "5.15.153.1-microsoft-standard-WSL2", "linux", "5.15"),
    ("linux", "6.1.0-acme-secret", "linux", "6.1"),
    ("linux", "5.14.0-427.13.1.el9_4.acme.x86_64", "linux", "5.14"),
    ("linux", "6.6.6acme", "linux", "6.6"),
    ("linux", "6", "linux", "6"),
    ("linux", "4.4.302+acme@build.acme.example", "linux", "4.4"),
    ("linux", "-6.1", "linux", None),
    ("linux", "six.one", "linux", None),
    ("linux", "acme-kernel", "linux", None),
    ("linux", "123456789.5", "linux", None),
    ("darwin", "15.4.1", "darwin", "15.4.1"),
    ("darwin", "14.0", "darwin", "14.0"),
    ("darwin", "10.16", "darwin", None),
    ("darwin", "", "darwin", None),
    ("darwin", "15.4.1-acme", "darwin", "15.4.1"),
    ("win32", "10.0.22631", "windows", "10.0.22631"),
    ("win32", "10.0.22631.acme", "windows", "10.0.22631"),
    ("cygwin", "3.4.9-1.x86_64", "windows", "3.4.9"),
    ("freebsd14", "14.0-RELEASE", "other", None),
    ("acme-os", "1.2.3", "other", None),
]


@pytest.mark.parametrize(("platform_name", "release", "os_type", "os_version"), SYSTEMS)
def test_operating_systems(platform_name: str, release: str, os_type: str, os_version: str | None) -> None:
    given = {"system": platform_name, "system_version": release}
    assert (attribute("os.type", **given), attribute("os.version", **given)) == (os_type, os_version)


ARCHITECTURES = {
    "x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "ARM64": "arm64", "armv7l": "arm32", "i686": "x86", "ppc64le": "ppc64",
    "s390x": "s390x", "riscv64": "other", "acme-cpu": "other", "": "other",
    "x86_64-acme": "other", "arm64\nacme": "other", "amd64 ": "other", "loongarch64": "other", "\u0130386": "other",
}  # fmt: skip


@pytest.mark.parametrize(("machine", "arch"), ARCHITECTURES.items())
def test_architectures_are_those_of_the_semantic_conventions(machine: str, arch: str) -> None:
    assert attribute("host.arch", machine=machine) == arch


@pytest.mark.parametrize(
    ("name", "runtime"),
    [("cpython", "cpython"), ("pypy", "pypy"), ("acmepython", "other"), ("CPython", "other"), ("cpython\nacme", "other"), ("", "other")],
)
def test_runtimes_are_a_closed_list(name: str, runtime: str) -> None:
    assert attribute("process.runtime.name", implementation=name) == runtime


@given(st.text(), st.text(), st.text(), st.text())
def test_no_text_of_the_platforms_gets_through(implementation: str, name: str, release: str, machine: str) -> None:
    given_raw = Raw(implementation, (3, 13, 0), name, release, machine)
    found = attributes(given_raw, mlflow_version=release, sdk_version=name, own_version=machine)
    assert found["process.runtime.name"] in {"cpython", "pypy", "other"}
    assert found["os.type"] in {"linux", "darwin", "windows", "other"}
    assert found["host.arch"] in {"amd64", "arm32", "arm64", "ia64", "ppc32", "ppc64", "s390x", "x86", "other"}
    assert re.fullmatch(NUMBERS, found.get("os.version", "0"))
    for key in ("service.version", "telemetry.sdk.version", "telemetry.distro.version"):
        assert re.fullmatch(RELEASE, found.get(key, "0.0"))


def test_this_machine_is_read_as_the_standard_library_reads_it() -> None:
    found = system.read()
    assert found.implementation == platform.python_implementation().lower()
    assert ".".join(map(str, found.python)) == platform.python_version().rstrip("+")
    if sys.platform == "linux":
        assert (found.system_version, found.machine) == (platform.release(), platform.machine())
    assert attributes(found, mlflow_version=None, sdk_version=None, own_version=None)["os.type"] in {"linux", "darwin", "windows"}


def test_a_macs_version_is_read_from_its_own_file(tmp_path: Path) -> None:
    plist = tmp_path / "SystemVersion.plist"
    plist.write_text(
        "<dict>\n<key>ProductName</key>\n<string>macOS</string>\n<key>ProductVersion</key>\n\t<string>15.4.1</string>\n</dict>"
    )
    assert system._product_version(str(plist)) == "15.4.1"
    plist.write_bytes(b"\xff")
    assert system._product_version(str(plist)) == ""
    assert system._product_version(str(tmp_path / "none")) == ""


def test_the_versions_of_what_runs() -> None:
    assert system.own_version() == metadata.version("mlflow-usage") == public_version(system.own_version())
    assert system.sdk_version() is None or system.sdk_version() == metadata.version("opentelemetry-sdk")
    assert system.mlflow_version() is None or public_version(system.mlflow_version())


@given(st.lists(st.integers(0, 1200).map(str) | st.text("0123456789", max_size=5), min_size=1, max_size=6).map(".".join))
def test_a_version_of_plain_numbers_is_read_like_any_other(text: str) -> None:
    assert public_version(text) == public_version(f"{text}+acme")  # the suffix sends it through the regular expression


RENAMED = """
import os, sys, types
if {uname!r}:
    os.uname = lambda: os.uname_result({uname!r})
sys.implementation = types.SimpleNamespace(**{{**vars(sys.implementation), "name": {implementation!r}}})
mlflow = types.ModuleType("mlflow.version")
mlflow.VERSION = {version!r}
sys.modules["mlflow.version"] = mlflow
from mlflow_usage.process.running import Running
from mlflow_usage.consent.decision import current
from mlflow_usage.process.session import Session
sys.platform = {platform!r}
session = Session(current())
session.hit("mlflow.start_run", None)
sys.platform = "linux"
import json
live = session.recorder.live
print(json.dumps(live.owned.journal.meta["resource"] if live else None))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="uname")
@pytest.mark.parametrize(
    ("uname", "implementation", "platform_name", "version", "expected"),
    [
        (
            ("Linux", "build.acme.example", "6.1.0-acme-secret", "#1 SMP acme", "acme-cpu"),
            *("acmepython", "linux", "3.17.2+acme.7"),
            {"os.type": "linux", "os.version": "6.1", "host.arch": "other", "process.runtime.name": "other", "service.version": "3.17.2"},
        ),
        (
            ("AcmeOS", "acme", "acme-1.2", "acme", "x86_64"),
            *("cpython", "acmeos", "3.17.2.dev0"),
            {"os.type": "other", "host.arch": "amd64", "process.runtime.name": "cpython", "service.version": "3.17.2"},
        ),
        (("Linux", "acme", "", "", ""), "pypy", "linux", "acme-fork", None),
    ],
)
def test_a_renamed_system_is_generalised_in_a_real_process(  # noqa: PLR0913, PLR0917
    tmp_path: Path, uname: tuple[str, ...], implementation: str, platform_name: str, version: str, expected: dict[str, str] | None
) -> None:
    code = RENAMED.format(uname=uname, implementation=implementation, platform=platform_name, version=version)
    environ = {"PATH": "/usr/bin", "HOME": str(tmp_path), "MLFLOW_USAGE": "local", "HOSTNAME": "acme"}
    result = subprocess.run([sys.executable, "-c", code], env=environ, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    if expected is None:
        assert found is None
        return
    kinds = ("os.type", "os.version", "host.arch", "process.runtime.name", "service.version")
    assert {key: found[key] for key in kinds if key in found} == expected
    assert "acme" not in result.stdout
