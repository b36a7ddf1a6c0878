"""Programs whose comments name the record of each call, compared with the records that arrive.

A comment `# > mlflow.log_metric` is one call of that event; before the name may stand how many (`3 x`), after it the attributes that
differ from the usual ones, and for which releases of MLflow it holds (`since 3.9`, `until 3.0`). A comment may stand anywhere, so a loop
or a callback has its own. The comments name every record: nothing else may arrive.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any, Final

from support.process_stage import DRAIN, FOREIGN
from support.receiver import Receiver

PROGRAMS: Final = Path(__file__).parent / "programs"
RELEASES: Final = ("2.22", "3.0", "3.9", "newest")
COMMENT: Final = re.compile(
    r"# >\s*(?:(?P<count>\d+) x )?(?P<event>\S+)(?P<attributes>(?: [a-z_]+=\S+)*)(?: (?P<bound>since|until) (?P<release>\S+))?\s*$"
)
UNGIVEN: Final = dict.fromkeys(("pip_requirements", "extra_pip_requirements", "code_paths", "params", "metadata"), "false")
USUAL: Final[dict[str, dict[str, str]]] = {
    "mlflow.log_model": {"model_type": "object", **UNGIVEN, "status": "success"},
    "mlflow.genai.evaluate": {"predict_fn": "false", "status": "success"},
}
PRIVATE: Final = (b"acme", b"Acme", b"secret")  # the programs put them everywhere
Records = Counter[tuple[str, tuple[tuple[str, str], ...]]]


def expected(source: str, release: str, store: str = "SqlAlchemyStore") -> Records:
    """Return the records that the comments of a program name."""
    found: Records = Counter()
    lines = [line for line in source.splitlines() if "# >" in line]
    assert lines
    for line in lines:
        match = COMMENT.search(line)
        assert match, line
        at = RELEASES.index(release)
        if match["bound"]:
            than = RELEASES.index(match["release"])
            if at < than if match["bound"] == "since" else at > than:
                continue
        said = dict(item.split("=", 1) for item in match["attributes"].split())
        attributes = {"store": store, **USUAL.get(match["event"], {}), **said}
        # `store=-` is the attribute's absence.
        kept = tuple(sorted((key, value) for key, value in attributes.items() if value != "-"))
        found[match["event"], kept] += int(match["count"] or 1)
    return found


def came(receiver: Receiver) -> Records:
    """Return the records that arrived: event and every attribute, with the number of calls."""
    found: Records = Counter()
    for _, record in receiver.records():
        attributes = {
            key.removeprefix("mlflow.usage."): written(value)
            for key, value in record.items()
            if key not in {"event", "log.record.uid", "mlflow.usage.count"}
        }
        found[record["event"], tuple(sorted(attributes.items()))] += record["mlflow.usage.count"]
    return found


def written(value: Any) -> str:
    """Return a value as a comment writes it."""
    if isinstance(value, list):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def differences(wanted: Records, got: Records) -> list[str]:
    """Return the records that are missing, and those that no comment names."""
    rows = [f"missing {count} x {event} {dict(attributes)}" for (event, attributes), count in (wanted - got).items()]
    return rows + [f"unexpected {count} x {event} {dict(attributes)}" for (event, attributes), count in (got - wanted).items()]


def surroundings(place: Path, endpoint: str, **extra: str) -> dict[str, str]:
    """Return the environment of a program: its own home, state, database and endpoint."""
    kept = {key: value for key, value in os.environ.items() if key not in FOREIGN and not key.startswith("MLFLOW")}
    own = {
        "HOME": str(place),
        "MLFLOW_USAGE_DIR": str(place / "state"),
        "MLFLOW_USAGE_ENDPOINT": endpoint,
        "MLFLOW_TRACKING_URI": f"sqlite:///{place}/mlflow.db",
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        "GIT_PYTHON_REFRESH": "quiet",
        # No program may use the network; these libraries would, for a model's tokenizer or a hub's list.
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
    }
    return {**kept, **own, **extra}


def run(python: str | Path, script: Path, place: Path, endpoint: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, then let a later process deliver what still waits."""
    environ = surroundings(place, endpoint, **extra)
    program = place / "program.py"  # in a folder without a file that is named like a library
    shutil.copy(script, program)
    ended = subprocess.run([str(python), str(program)], env=environ, cwd=place, capture_output=True, text=True, timeout=600, check=False)
    subprocess.run([str(python), "-c", DRAIN], env=environ, cwd=place, check=True, timeout=60)
    return ended


def check(python: str | Path, script: Path, release: str, place: Path) -> None:
    """Run one annotated program and compare all of its records."""
    with Receiver() as receiver:
        ended = run(python, script, place, receiver.endpoint)
        assert ended.returncode == 0, f"{ended.stdout[-2000:]}\n{ended.stderr[-4000:]}"
        assert not [word for word in PRIVATE for request in receiver.requests if word in gzip.decompress(request.body)]
        assert differences(expected(script.read_text(encoding="utf-8"), release), came(receiver)) == []
