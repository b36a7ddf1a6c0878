"""The pages in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mlflow_usage.catalogue.charts import CHARTS
from mlflow_usage.site.build import Report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--hide-scrollbars", "--enable-logging=stderr", "--v=0"),
)


def visit(page: Path, scratch: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    assert CHROMIUM
    profile = scratch / "profile"
    shutil.rmtree(profile, ignore_errors=True)
    command = [CHROMIUM, *QUIET, f"--user-data-dir={profile}", *flags, page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")
@pytest.mark.parametrize("page", ["index.html", "collected.html", "method.html"])
def test_a_page_renders_without_a_console_message(public: Report, tmp_path: Path, page: str) -> None:
    shots = {}
    for name, size, scheme in (("desktop", "1280,1400", "1"), ("dark", "1280,1400", "0"), ("phone", "500,1400", "1")):
        picture = tmp_path / f"{name}.png"
        flags = (f"--screenshot={picture}", f"--window-size={size}", f"--blink-settings=preferredColorScheme={scheme}")
        run = visit(public.out / page, tmp_path, *flags)
        assert not re.search(r"CONSOLE", run.stderr), run.stderr
        shots[name] = picture.read_bytes()
    assert all(len(shot) > 30_000 for shot in shots.values())
    assert len(set(shots.values())) == len(shots)


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")
def test_a_browser_builds_the_page_that_was_written(public: Report, tmp_path: Path) -> None:
    dom = visit(public.out / "index.html", tmp_path, "--dump-dom").stdout
    assert dom.count("<section") == len(CHARTS)
    assert dom.count("<title>") > 100  # a bar says its number when the pointer rests on it
    assert "mlflow.log_model" in dom
