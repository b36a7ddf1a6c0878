"""The notice: its text, where it is shown, that it is shown once, and that it harms nobody."""

from __future__ import annotations

import io
import logging
import multiprocessing
import sys
from pathlib import Path

import pytest

from mlflow_usage.consent import notice
from mlflow_usage.consent.automation import MainProgram
from mlflow_usage.consent.decision import Decision, decide


def decided(**environ: str) -> Decision:
    return decide(environ, None, None, None, disabled=False, main=MainProgram())


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_says_what_why_where_how_to_see_it_and_how_to_stop_it() -> None:
    text = notice.text(decided(MLFLOW_USAGE_ENDPOINT="https://collector.example.com/otlp"))
    assert "\n" not in text
    for part in (
        "which public functions of MLflow are called",
        "those who maintain MLflow, or run it for you",
        "It is sent to https://collector.example.com.",
        "`mlflow-usage preview`",
        "`mlflow-usage off`",
        "MLFLOW_DISABLE_TELEMETRY=true",
    ):
        assert part in text
    assert text.count("http") == 1


def test_it_says_that_nothing_is_sent_where_nothing_is() -> None:
    text = notice.text(decided(MLFLOW_USAGE="local"))
    assert "kept on this machine and not sent" in text
    assert "http" not in text


def test_it_is_shown_once_for_an_installation_and_revision(tmp_path: Path) -> None:
    stream = Terminal()
    directory = tmp_path / "state"
    assert not notice.was_shown(directory, 1)
    assert notice.show_once(decided(), directory, 1, stderr=stream, modules=())
    assert not notice.show_once(decided(), directory, 1, stderr=stream, modules=())
    assert notice.was_shown(directory, 1)
    assert stream.getvalue() == f"{notice.text(decided())}\n"
    assert notice.show_once(decided(), directory, 2, stderr=stream, modules=())
    assert stream.getvalue().count("\n") == 2
    assert sorted(path.name for path in directory.iterdir()) == ["notice-1", "notice-2"]


def test_off_shows_nothing_and_makes_nothing(tmp_path: Path) -> None:
    stream = Terminal()
    assert not notice.show_once(decided(DO_NOT_TRACK="1"), tmp_path / "state", 1, stderr=stream, modules=())
    assert stream.getvalue() == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("stream", "modules", "seen"), [(Terminal(), (), True), (io.StringIO(), ("ipykernel",), True), (io.StringIO(), (), False)]
)
def test_a_person_sees_a_line_and_a_log_gets_a_record(
    stream: io.StringIO, modules: tuple[str, ...], seen: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "mlflow_usage"):
        assert notice.show_once(decided(), tmp_path, 1, stderr=stream, modules=modules)
    assert (stream.getvalue() != "") is seen
    records = [(record.name, record.levelno, record.getMessage()) for record in caplog.records]
    assert records == ([] if seen else [("mlflow_usage", logging.INFO, notice.text(decided()))])


def test_a_record_that_nobody_asked_for_does_not_reach_the_output(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert notice.show_once(decided(), tmp_path, 1, modules=())
    assert capfd.readouterr() == ("", "")


class Broken(Terminal):
    def write(self, _: str) -> int:
        raise BrokenPipeError


def test_a_broken_or_missing_stream_hurts_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = Terminal()
    closed.close()
    assert notice.show_once(decided(), tmp_path, 1, stderr=Broken(), modules=())
    assert notice.show_once(decided(), tmp_path, 2, stderr=closed, modules=())
    monkeypatch.setattr(sys, "stderr", None)
    assert notice.show_once(decided(), tmp_path, 3)


def test_where_nothing_can_be_kept_every_process_is_its_own_first(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for directory in (None, tmp_path / "file", tmp_path / "file" / "below"):
        assert notice.show_once(decided(), directory, 1, stderr=Terminal(), modules=())
        assert not notice.was_shown(directory, 1)


def show(directory: Path, answers: multiprocessing.Queue[bool]) -> None:
    answers.put(notice.show_once(decided(), directory, 1, stderr=io.StringIO(), modules=()))


def test_of_many_processes_one_is_the_first(tmp_path: Path) -> None:
    answers: multiprocessing.Queue[bool] = multiprocessing.Queue()
    processes = [multiprocessing.Process(target=show, args=(tmp_path / "state", answers)) for _ in range(20)]
    for process in processes:
        process.start()
    found = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(60)
    assert found.count(True) == 1
