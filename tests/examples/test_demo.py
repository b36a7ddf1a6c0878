"""`make demo` itself: real MLflow programs → plugin → Collector → Delta table → site, with every count compared."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support.repository import ROOT

DEMO = ROOT / "examples" / "demo" / "run.py"


def test_the_table_holds_what_the_programs_called_and_the_pages_show_it(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, str(DEMO), "--into", str(tmp_path / "demo")], capture_output=True, text=True, timeout=900, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("  equal") == 5
    index = (tmp_path / "demo" / "site" / "index.html").read_text(encoding="utf-8")
    assert "sklearn" in index
    everything = b"".join(path.read_bytes() for path in (tmp_path / "demo" / "archive").iterdir())
    assert not [canary for canary in (b"acme", b"secret", b"iris", b"greeting") if canary in everything.lower()]
