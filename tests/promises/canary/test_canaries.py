"""A word planted in every place of a user's process is in nothing that we write or send."""

from __future__ import annotations

import gzip
import json
import secrets
import string
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from collector.wall import Wall, wall
from mlflow_usage.collector import build
from mlflow_usage.warehouse.load import Loader
from promises.canary.planted import Canary, files, opened, proprietary, search, variables
from support.process_stage import FOREIGN
from support.receiver import Receiver
from support.repository import TESTS
from warehouse.building import stored

HERE = Path(__file__).parent


def word() -> str:
    """Return letters that no text has by chance."""
    return "".join(secrets.choice(string.ascii_letters) for _ in range(20))


@dataclass
class Scene:
    """One program, everything that it left, and what became of its requests."""

    place: Path
    core: str
    header: str
    receiver: Receiver
    figures: dict[str, Any] = field(default_factory=dict)
    out: bytes = b""
    requests: int = 0

    @property
    def home(self) -> Path:
        return self.place / f"{self.core}-home"

    @property
    def state(self) -> Path:
        return self.home / ".local" / "state" / "mlflow-usage"

    def run(self, program: str, **extra: str) -> None:
        """Run a program whose script, directory, home and variables are planted."""
        work = self.home / f"{self.core}-project"
        work.mkdir(parents=True)
        (self.home / ".netrc").write_text(f"machine 127.0.0.1 login {self.core} password {self.core}\n", encoding="utf-8")
        (self.home / ".netrc").chmod(0o600)
        script = work / f"{self.core}_train.py"
        script.write_text((HERE / program).read_text(encoding="utf-8"), encoding="utf-8")
        environ = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.home),
            "PYTHONPATH": str(TESTS),
            "CANARY": self.core,
            "CANARY_STATE": str(self.state),
            "CANARY_SNAPSHOT": str(self.place / "snapshot"),
            "CANARY_LOG": str(self.place / "log"),
            "CANARY_FIGURES": str(self.place / "figures.json"),
            "MLFLOW_USAGE_ENDPOINT": self.receiver.endpoint,
            "MLFLOW_USAGE_HEADERS": f"authorization=Bearer {self.header}",
            "MLFLOW_TRACKING_URI": proprietary(self.core)["uri"],
            **variables(self.core),
            **extra,
        }
        assert environ.keys().isdisjoint(FOREIGN)
        command = [sys.executable, str(script), f"--token={self.core}", self.core]
        ended = subprocess.run(command, env=environ, cwd=work, capture_output=True, timeout=600, check=False)
        assert ended.returncode == 0, ended.stderr[-3000:].decode("utf-8", "replace")
        self.out = ended.stdout + ended.stderr
        self.figures = json.loads((self.place / "figures.json").read_text(encoding="utf-8"))
        assert self.receiver.requests

    def canaries(self) -> list[Canary]:
        more = (*map(str, (self.home, self.home / f"{self.core}-project")), f"3.17.2+{self.core}.7", f"6.1.0-{self.core}-secret")
        return [Canary(self.core, more), Canary(self.header)]

    def sent(self) -> Iterator[tuple[str, bytes]]:
        for number, request in enumerate(self.receiver.requests):
            assert dict(request.headers).pop("authorization", "") == f"Bearer {self.header}"  # the organisation's own wish
            headers = {key: value for key, value in request.headers.items() if key.lower() != "authorization"}
            yield f"request {number}", f"POST {request.path}\n{json.dumps(headers)}".encode()
            yield f"wire {number}", request.body
            yield from ((f"body {number}", content) for content in opened(gzip.decompress(request.body)))

    def beyond(self, collector: Wall, table: Path) -> Iterator[tuple[str, bytes]]:
        """Make the Collector's archive and the table from what was sent."""
        before = collector.size()
        for request in self.receiver.requests:
            answered = collector.post(request.body, encoding="gzip", kind="application/x-protobuf")
            assert answered.status == 200
        text = collector.since(before).text
        yield "archive", text.encode()
        source = table.with_suffix(".jsonl")
        source.write_text(text, encoding="utf-8")
        tally = Loader(source, str(table)).load()
        assert tally.new == tally.read > 0
        assert not tally.refused
        assert not tally.changed
        yield "table's rows", json.dumps(stored(table), default=str).encode()
        yield from files(table)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Receiver() as receiver:
        yield Scene(tmp_path, word(), word(), receiver)


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    assert build.ensure(sys.__stderr__ or sys.stderr).exists()
    with wall(tmp_path_factory.mktemp("collector") / "archive") as running:
        yield running


def searched(scene: Scene, *places: Iterator[tuple[str, bytes]]) -> str:
    canaries = scene.canaries()
    every = [each for place in places for each in place]
    number, size, found = search(canaries, every)
    assert found == []
    return f"{sum(len(canary.forms) for canary in canaries):,} forms looked for in {number:,} places, {size:,} bytes"


def test_the_search_finds_what_is_there() -> None:
    """A search that finds nothing anywhere shows nothing."""
    import base64
    import hashlib

    core = word()
    canary = Canary(core)
    text = f"ab {core} cd"
    shown = [
        text.encode(),
        text.upper().encode(),
        text.encode("utf-16"),
        text.encode().hex().encode(),
        text[::-1].encode(),
        text[:14].encode(),
        *(base64.b64encode(b"x" * shift + text.encode()) for shift in range(3)),
        base64.b32encode(core.encode()),
        json.dumps({"a": core}).encode(),
        *(hashlib.new(name, proprietary(core)["uri"].encode()).digest() for name in ("md5", "sha1", "sha256")),
        hashlib.sha256(core.encode()).hexdigest()[:16].encode(),
        b"x" + base64.b64encode(hashlib.sha256(core.encode()).digest()),
    ]
    for content in shown:
        assert canary.found(content), content
    assert not canary.found(word().encode() * 100)
    packed = b'{"body":"' + base64.b64encode(gzip.compress(text.encode() * 9)) + b'"}'
    assert any(canary.found(content) for content in opened(packed))


def test_nothing_of_what_every_patched_function_is_given_is_kept_sent_or_asked(scene: Scene, collector: Wall, tmp_path: Path) -> None:
    scene.run("stubbed.py")
    figures = scene.figures
    assert figures["touched"] == {}, "a value of the user's was asked something"
    assert figures["before"] == 0
    assert figures["delivered"]
    assert figures["apis"] > 400
    text = searched(
        scene,
        scene.sent(),
        files(scene.state),
        files(tmp_path / "snapshot"),
        iter([("log", (tmp_path / "log").read_bytes()), ("output", scene.out)]),
        scene.beyond(collector, tmp_path / "table"),
    )
    arrived = scene.receiver.calls()
    assert set(arrived) > {"mlflow.log_model", "mlflow.autolog", "mlflow.genai.evaluate", "mlflow.start_run", "mlflow.client.create_run"}
    ours = [entry for entry in scene.receiver.records() if entry[0]["service.version"] != "3.17.2"]
    assert not ours
    resource = scene.receiver.records()[0][0]
    assert (resource["os.version"], resource["host.arch"], resource["process.runtime.name"]) == ("6.1", "other", "other")
    print(
        f"\ncanaries: {figures['apis']} patched functions x {figures['values']} planted values = {figures['calls']:,} calls, "
        f"{sum(arrived.values()):,} counted in {len(scene.receiver.requests)} requests; {text}; found: 0; values asked anything: 0"
    )


def test_nothing_of_an_organisation_s_names_leaves_when_mlflow_does_its_work(scene: Scene, collector: Wall, tmp_path: Path) -> None:
    scene.run("real.py")
    assert scene.figures["delivered"]
    text = searched(
        scene,
        scene.sent(),
        files(scene.state),
        files(tmp_path / "snapshot"),
        iter([("log", (tmp_path / "log").read_bytes())]),
        scene.beyond(collector, tmp_path / "table"),
    )
    arrived = scene.receiver.calls()
    assert arrived["mlflow.log_model"] == 4
    assert arrived["mlflow.genai.evaluate"] == arrived["mlflow.client.create_registered_model"] == 1
    records = [record for _, record in scene.receiver.records()]
    assert {record.get("mlflow.usage.store") for record in records} <= {"SqlAlchemyStore", "custom_store", None}
    assert [record["mlflow.usage.scorers"] for record in records if record["event"] == "mlflow.genai.evaluate"] == [["custom_scorer"]]
    # Everything that leaves is named by the catalogue, down to every text.
    print(f"\ncanaries: {scene.figures['calls']} calls that MLflow ran, {sum(arrived.values())} counted; {text}; found: 0")
