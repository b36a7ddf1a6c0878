"""Automation: one test for each CI system, test runners, Spark executors, and programs that are none of these."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from mlflow_usage.consent.automation import SYSTEMS, Detection, MainProgram, detect, main_program

SCRIPT = MainProgram(None, "/home/me/train.py", "train.py")


def test_enough_systems_are_known_and_each_has_a_source() -> None:
    assert len({system for system, _, _ in SYSTEMS}) >= 40
    assert len({variables for _, variables, _ in SYSTEMS}) == len(SYSTEMS)
    assert all(source.startswith(("https://", "http://", "MLflow ", "the convention ")) for _, _, source in SYSTEMS)


@pytest.mark.parametrize(("system", "variables"), [row[:2] for row in SYSTEMS], ids=["+".join(row[1]) for row in SYSTEMS])
def test_each_system_is_found_by_its_variables(system: str, variables: tuple[str, ...]) -> None:
    found = detect(dict.fromkeys(variables, "true"), SCRIPT)
    assert found == Detection("continuous integration", system, " and ".join(variables))
    assert detect(dict.fromkeys(variables, "https://ci.example.com/job/1"), SCRIPT) == found
    for value in ("", "0", "false", "False", "no", "OFF"):
        assert detect(dict.fromkeys(variables, value), SCRIPT) is None
    for missing in variables if len(variables) > 1 else ():
        assert detect({name: "1" for name in variables if name != missing}, SCRIPT) is None


MINIMUM = ["GITHUB_ACTIONS", "JENKINS_URL", "GITLAB_CI", "CIRCLECI", "TRAVIS", "TF_BUILD", "BUILDKITE", "TEAMCITY_VERSION", "APPVEYOR"]


@pytest.mark.parametrize("name", [*MINIMUM, "DRONE", "SEMAPHORE", "BITBUCKET_BUILD_NUMBER", "CODEBUILD_BUILD_ARN", "CI"])
def test_the_well_known_systems_are_found(name: str) -> None:
    assert detect({name: "1"}, SCRIPT) is not None


def test_what_mlflow_itself_takes_for_automation_is_automation_here() -> None:
    utils = pytest.importorskip("mlflow.telemetry.utils")
    listed = Path(utils.__file__).read_text().split("env_vars = {")[1].split("}")[0]
    names = [line.split('"')[1] for line in listed.splitlines() if line.strip().startswith('"')]
    assert len(names) > 10
    assert [name for name in names if detect({name: "1"}, SCRIPT) is None] == []


RUNNERS = [
    MainProgram("pytest.__main__", "/env/lib/pytest/__main__.py", "/env/lib/pytest/__main__.py"),
    MainProgram(None, "/env/bin/pytest", "/env/bin/pytest"),
    MainProgram(None, "/env/bin/py.test", "/env/bin/py.test"),
    MainProgram("__main__", "C:\\env\\Scripts\\pytest.exe\\__main__.py", "C:\\env\\Scripts\\pytest.exe"),
]


@pytest.mark.parametrize("main", RUNNERS)
def test_pytest_as_the_main_program_is_a_test_runner(main: MainProgram) -> None:
    assert detect({}, main) == Detection("test runner", "pytest", "the main program")


def test_a_process_under_a_test_is_a_test_runner() -> None:
    found = detect({"PYTEST_CURRENT_TEST": "tests/test_x.py::test_y (call)"}, SCRIPT)
    assert found == Detection("test runner", "pytest", "PYTEST_CURRENT_TEST")


@pytest.mark.parametrize(
    "main",
    [
        MainProgram("pyspark.daemon", "/spark/python/pyspark/daemon.py", "/spark/python/pyspark/daemon.py"),
        MainProgram("pyspark.worker", None, ""),
        MainProgram(None, "/spark/python/pyspark/worker.py", "-m"),
        MainProgram(None, "C:\\spark\\pyspark\\daemon.py", "C:\\spark\\pyspark\\daemon.py"),
    ],
)
def test_spark_executors_are_found(main: MainProgram) -> None:
    assert detect({}, main) == Detection("Spark executor", "pyspark", "the main program")


@pytest.mark.parametrize(
    "main",
    [
        SCRIPT,
        MainProgram(),
        MainProgram(None, None, "-c"),
        MainProgram("ipykernel_launcher", "/env/lib/ipykernel_launcher.py", "/env/lib/ipykernel_launcher.py"),
        MainProgram(None, "/home/me/pytest_helpers.py", "pytest_helpers.py"),
        MainProgram(None, "/home/me/worker.py", "worker.py"),
        MainProgram("mypyspark.daemon", "/home/me/mypyspark/daemon.py", "x"),
    ],
)
def test_a_persons_program_is_no_automation(main: MainProgram) -> None:
    assert detect({"HOME": "/home/me", "CI_THING": "1", "RUN_ID": "7"}, main) is None


def test_the_main_program_is_described_from_what_runs() -> None:
    code = (
        "import sys; from mlflow_usage.consent.automation import main_program, detect;"
        "main = main_program(sys.modules, sys.argv); print(main.module, main.file, main.argv0, detect({}, main))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "None None -c None"
    found = detect({}, main_program(sys.modules, sys.argv))
    assert found is not None
    assert found.system == "pytest"


def test_a_worker_of_pytest_xdist_is_pytest() -> None:
    worker = {"__main__": ModuleType("__main__"), "execnet": object(), "_pytest": object()}  # as pytest-xdist 3 was seen to run it
    assert detect({}, main_program(worker, ["-c"])) is not None
    assert detect({}, main_program({**worker, "__main__": ModuleType("__main__")}, ["train.py"])) is None
    assert detect({}, main_program({"__main__": ModuleType("__main__"), "_pytest": object()}, ["-c"])) is None


def test_odd_main_modules_are_survived() -> None:
    odd = ModuleType("__main__")
    odd.__spec__ = "no spec"  # type: ignore[assignment]
    odd.__file__ = 7  # type: ignore[assignment]
    assert main_program({"__main__": odd}, []) == MainProgram(None, None, "")
    assert main_program({}, [object()]) == MainProgram(None, None, "")  # type: ignore[list-item]
