"""Who answers for the data: no public pages while nobody does."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.site_builds import GOVERNANCE, refused, ungoverned


def test_public_pages_are_refused_while_nobody_answers(small: str, out: Path, tmp_path: Path) -> None:
    said = refused(ungoverned(small, out))
    assert "controller, contact, region, legal_basis, retention, licence, access_group, deadlines" in said
    for line in GOVERNANCE.read_text().splitlines()[1:]:
        field = line.partition(":")[0]
        for value in ("", '""', '" "'):
            file = tmp_path / "governance.yaml"
            file.write_text(GOVERNANCE.read_text().replace(line, f"{field}: {value}" if value else ""))
            assert f"still empty: {field}; pass" in refused(ungoverned(small, out, "--governance", file))
    assert not out.exists()


def test_a_demo_says_that_nobody_is_named(small: str, out: Path) -> None:
    assert ungoverned(small, out, "--demo").exit_code == 0
    assert (out / "collected.html").read_text().count("<td>not yet named</td>") == 8


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file or directory"),
        (b"\xff", "is not YAML"),
        (b"[", "is not YAML"),
        (b"- a", "one of these fields"),
        (b"contact: 7", "one of these fields"),
        (b"acme: x", "one of these fields"),
    ],
)
def test_terms_that_cannot_be_read(small: str, out: Path, tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "terms.yaml").write_bytes(content)
    assert said in refused(ungoverned(small, out, "--demo", "--governance", tmp_path / "terms.yaml"))
