"""The deadlines form one chain, and every part that promises or relies on one takes it from there."""

from __future__ import annotations

import ast
import re
from datetime import timedelta

import pytest

from mlflow_usage.catalogue import deadlines
from mlflow_usage.catalogue.build import guard
from mlflow_usage.catalogue.deadlines import BELIEVED_DAYS, DEDUPE_DAYS, HISTORY_WEEKS, JOURNAL_DAYS, PUBLISHED_DAYS, RETENTION_MONTHS
from mlflow_usage.journal import bounds
from mlflow_usage.site import periods
from mlflow_usage.warehouse import times, uids
from support.repository import PACKAGE, ROOT


def test_each_deadline_outlives_the_one_before() -> None:
    assert 0 < JOURNAL_DAYS < BELIEVED_DAYS < PUBLISHED_DAYS <= DEDUPE_DAYS
    shortest_month = 28
    assert DEDUPE_DAYS < HISTORY_WEEKS * 7 < RETENTION_MONTHS * shortest_month + 31


def test_every_part_takes_its_deadline_from_the_chain() -> None:
    assert bounds.MAX_AGE == JOURNAL_DAYS * 86_400
    assert times.EARLIEST == -BELIEVED_DAYS
    assert timedelta(days=PUBLISHED_DAYS) == periods.FREEZE
    assert uids.WINDOW == DEDUPE_DAYS
    assert timedelta(weeks=HISTORY_WEEKS) == periods.HISTORY
    assert guard.RETENTION_MONTHS == RETENTION_MONTHS


@pytest.mark.parametrize(
    "module", ["journal/bounds.py", "warehouse/times.py", "warehouse/uids.py", "site/periods.py", "catalogue/build/guard.py"]
)
def test_no_part_writes_one_down_again(module: str) -> None:
    days = {JOURNAL_DAYS, BELIEVED_DAYS, PUBLISHED_DAYS, DEDUPE_DAYS, HISTORY_WEEKS, RETENTION_MONTHS}
    named = [node for node in ast.parse((PACKAGE / module).read_text()).body if isinstance(node, ast.AnnAssign)]
    literals = {node.value for statement in named for node in ast.walk(statement) if isinstance(node, ast.Constant)}
    assert not {value for value in literals if type(value) is int} & (days - {JOURNAL_DAYS}), "a deadline is written as a number"


def test_the_documents_say_the_same() -> None:
    assert f"may go {RETENTION_MONTHS} months later" in (ROOT / "docs" / "catalogue-format.md").read_text()
    table = dict(re.findall(r"^\| ([^|]+) \| (\d+) (?:days|months) \|", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE))
    numbers = [JOURNAL_DAYS, BELIEVED_DAYS, PUBLISHED_DAYS, DEDUPE_DAYS, RETENTION_MONTHS]
    assert [int(value) for value in table.values()] == numbers, "the chain of deadlines in docs/architecture.md"


def test_a_sum_is_written_as_a_sum() -> None:
    tree = ast.parse((PACKAGE / "catalogue" / "deadlines.py").read_text())
    sums = {
        node.target.id: ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(node.value, ast.BinOp)
    }
    assert set(sums) == {"BELIEVED_DAYS", "PUBLISHED_DAYS", "DEDUPE_DAYS"}
    assert all(getattr(deadlines, name) for name in sums)
