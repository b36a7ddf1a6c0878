"""Progress: one live line on a terminal, few lines in a log."""

from __future__ import annotations

import io

import pytest

from mlflow_usage.collector import build, progress


class Terminal(io.StringIO):
    """An output that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_is_one_live_line_for_a_person_and_few_lines_for_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PLAIN", 0)
    for out, ends in ((Terminal(), 0), (io.StringIO(), 2)):
        shown = build.Progress(out)
        shown.count(b"go: downloading go.uber.org/zap v1.28.0\n")
        shown.count(b"go.uber.org/zap\n")
        shown.show()
        shown.show()
        shown.line.close()
        assert "1 modules downloaded, 1 of" in out.getvalue()
        assert out.getvalue().count("\n") == ends
