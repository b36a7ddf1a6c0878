"""The sender's thread imports nothing in any case: an import there would wait for another thread's import."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from promises.faults.scene import Scene, closed_port, tunnel, unanswered
from support.process_stage import Stage
from support.receiver import OK, Receiver, cut_off, reset, silent, trickling

CALLS = """
import import_watch
import_watch.begin()
session = begin()
for number in range(100):
    session.hit(EVENTS[number % 5], None)
session.sender.flush(5)
{more}
session.hit(EVENTS[0], None)
session.sender.flush(5)
session.hit(EVENTS[1], None)  # for the flush at the end
assert session.sender._thread is None or session.sender._thread.name == import_watch.THREAD
sys.stderr.write("the end")
"""
WRITE = "open(os.environ['MLFLOW_USAGE_DIR'] + '/{name}', 'w').write({text!r})"
POLICY = "policy_at('{kind}', os.environ['MLFLOW_USAGE_DIR'] + '/policy.toml')\n"
FORK = """
if (child := os.fork()) == 0:
    session.hit(EVENTS[1], None)
    session.sender.flush(5)
    sys.exit()
assert os.waitpid(child, 0)[1] == 0
"""
ANSWERS: dict[str, Any] = {
    "200": OK,
    "302": (302, {"Location": "https://127.0.0.1:1/"}, b""),
    "400": (400, {}, b""),
    "401": (401, {"WWW-Authenticate": "Digest realm=a, nonce=b"}, b""),
    "410": (410, {}, b""),
    "413": (413, {}, b""),
    "429": (429, {"Retry-After": "Tue, 24 Nov 2026 00:00:00 GMT"}, b""),
    "503": (503, {"Retry-After": "1"}, b""),
    "a page": (200, {"Content-Type": "text/html; charset=shift_jis"}, b"<html>"),
    "a packed page": (200, {"Content-Type": "text/html", "Content-Encoding": "deflate, gzip, br, zstd"}, b"\xff" * 100),
    "garbage": (200, {"Content-Type": "application/x-protobuf", "Set-Cookie": "a=b; Expires=never"}, b"\xff" * 100),
    "silent": silent,
    "trickling": trickling,
    "cut off": cut_off,
    "reset": reset,
}
LATER = {
    "nothing": "",
    "settings": WRITE.format(name="settings.toml", text='mode = "on"\n'),
    "settings with an endpoint": WRITE.format(name="settings.toml", text='endpoint = "http://localhost:9"\n'),
    "settings that are broken": WRITE.format(name="settings.toml", text='mode = "quiet"\n'),
    "settings that need a parser": WRITE.format(name="settings.toml", text="mode = 'local'\n"),
    "a policy that needs a parser": POLICY.format(kind="machine")
    + WRITE.format(name="policy.toml", text="mode = 'local'\n[headers]\na = 'b'\n"),
    "a machine policy": POLICY.format(kind="machine") + WRITE.format(name="policy.toml", text='mode = "local"\n'),
    "an environment policy": POLICY.format(kind="environment") + WRITE.format(name="policy.toml", text='endpoint = "none"\n'),
    "a variable": "os.environ['DO_NOT_TRACK'] = '1'",
    "a fork": FORK,
    "a reload": "session.renew()",
}
# Cases that end delivery.
ENDS = {name for name in LATER if "policy" in name} | {"settings that are broken", "settings that need a parser", "a variable"}


def each(cases: Iterable[str], *short: str) -> list[Any]:
    """Return every case; the short run has some of them."""
    return [case if case in short else pytest.param(case, marks=pytest.mark.slow) for case in cases]


def watched(scene: Scene, later: str = "", **extra: str) -> str:
    ended = scene.play(CALLS.format(more=later), timeout=60, **extra)
    assert (ended.code, ended.err) == (0, "the end"), ended.err
    return ended.out


def test_an_import_on_that_thread_is_seen_however_it_is_made(scene: Scene) -> None:
    code = """
import import_watch, threading
import_watch.begin()
def work():
    import colorsys
    __import__("chunk")
    import importlib
    importlib.import_module("this_is_no_module")
for name in ("another", import_watch.THREAD):
    sys.modules.pop("colorsys", None)
    thread = threading.Thread(target=work, name=name)
    threading.excepthook = lambda *_: None
    thread.start()
    thread.join()
"""
    told = scene.play(code).out.splitlines()
    assert {line.partition(":")[0] for line in told} >= {"statement for colorsys", "import of colorsys", "looked for colorsys"}
    assert any(line.startswith("looked for this_is_no_module: program.py:") for line in told), told


@pytest.mark.parametrize("answer", each(ANSWERS, "200", "503", "cut off"))
def test_no_answer_makes_the_sender_import(scene: Scene, answer: str) -> None:
    scene.receiver.reply = ANSWERS[answer]
    assert watched(scene) == ""
    assert scene.receiver.requests


@pytest.mark.parametrize("later", each(LATER, "settings", "a policy that needs a parser", "a fork"))
def test_nothing_that_changes_under_a_program_makes_the_sender_import(scene: Scene, later: str) -> None:
    assert watched(scene, LATER[later]) == ""
    if later not in ENDS:
        scene.drain()
    assert scene.total() == 100 + (0 if later in ENDS else 3 if later == "a fork" else 2)  # it was read, and by the sender


@pytest.mark.parametrize("place", each(("closed", "unanswered", "no such host"), "closed"))
def test_an_endpoint_that_is_not_there_makes_the_sender_import_nothing(scene: Scene, place: str) -> None:
    with ExitStack() as stack:
        endpoint = "http://usage.invalid:4318"
        if place != "no such host":
            endpoint = stack.enter_context(closed_port() if place == "closed" else unanswered())
        assert watched(scene, MLFLOW_USAGE_ENDPOINT=endpoint) == ""


TLS = ("trusted", "with a certificate of its own", "not trusted", "certificate missing", "through a proxy")


@pytest.mark.parametrize("case", each(TLS, "trusted", "through a proxy"))
def test_an_encrypted_endpoint_makes_the_sender_import_nothing(scene: Scene, secured: Receiver, keys: tuple[Path, Path], case: str) -> None:
    extra = {"MLFLOW_USAGE_ENDPOINT": secured.endpoint}
    if case != "not trusted":
        extra["MLFLOW_USAGE_CERTIFICATE"] = str(keys[1]) if case != "certificate missing" else "/nonexistent/ca.pem"
    if case == "with a certificate of its own":
        extra |= {"MLFLOW_USAGE_CLIENT_CERTIFICATE": str(keys[1]), "MLFLOW_USAGE_CLIENT_KEY": str(keys[0])}
    with ExitStack() as stack:
        if case == "through a proxy":
            extra |= {"https_proxy": stack.enter_context(tunnel()), "no_proxy": "", "NO_PROXY": ""}
        assert watched(scene, LATER["a fork"], **extra) == ""
    delivered = case not in {"not trusted", "certificate missing"}
    assert 102 <= secured.calls().total() <= 103 if delivered else not secured.requests
    assert {request.certificate is not None for request in secured.requests} <= {case == "with a certificate of its own"}


@pytest.mark.parametrize("case", each(("answers", "asks for a password", "closed"), "answers"))
def test_a_proxy_makes_the_sender_import_nothing(scene: Scene, case: str) -> None:
    scene.receiver.reply = (407, {"Proxy-Authenticate": "Basic"}, b"") if case == "asks for a password" else OK
    with closed_port() as closed:
        proxy = closed if case == "closed" else scene.receiver.endpoint.replace("http://", "http://ann:secret@")
        extra = {"MLFLOW_USAGE_ENDPOINT": "http://usage.invalid", "http_proxy": proxy, "no_proxy": "", "NO_PROXY": ""}
        assert watched(scene, **extra) == ""
    assert bool(scene.receiver.requests) is (case != "closed")


def test_what_dead_processes_left_makes_the_sender_import_nothing(scene: Scene) -> None:
    for number in range(3):
        scene.play("session = begin()\nsession.hit(EVENTS[0], None)\nos._exit(0)")
        if number == 1:  # broken, and too old
            scene.journals()[0].write_bytes(b"\xff" * 4096)
    assert watched(scene) == ""
    assert scene.total() >= 102


MLFLOW = """
sys.path.insert(0, os.environ["FAULT_HERE"])
import import_watch
import_watch.begin()
import threading
import mlflow
began = [thread.name for thread in threading.enumerate()]
with mlflow.start_run():
    mlflow.log_metric("a", 1)
time.sleep(1.5)
import mlflow_usage
mlflow_usage.flush(5)
if os.fork() == 0:
    mlflow.MlflowClient().search_experiments()
    sys.exit()
os.wait()
sys.stderr.write(f"began: {import_watch.THREAD in began}")
"""


@pytest.mark.slow
def test_the_sender_imports_nothing_while_mlflow_itself_is_being_imported(stage: Stage) -> None:
    """A dead process's journal is delivered while the main thread is still inside `import mlflow`."""
    here = {"FAULT_HERE": str(Path(__file__).parent)}
    stage.run("import mlflow\nmlflow.set_tracking_uri('sqlite:///x.db')\nmlflow.search_runs()\nos._exit(0)")
    assert list(stage.state.glob("*.journal"))
    stage.receiver.requests.clear()
    began = time.monotonic()
    result = stage.run(MLFLOW, **here)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "", (result.stdout, time.monotonic() - began)
    assert result.stderr.endswith("began: True")
    assert stage.receiver.calls()["mlflow.log_metric"] == 1
