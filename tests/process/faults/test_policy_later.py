"""A policy or settings file that comes while a program runs: our thread imports nothing for it, and sends nothing before it was read."""

from __future__ import annotations

import pytest

from process.faults.scene import Scene

PROGRAM = """
import threading
from mlflow_usage import consent
policy, place, written = os.path.abspath("policy.toml"), os.environ["MLFLOW_USAGE_DIR"], {written!r}
consent.environment_policy = lambda: policy
seen = []
def hook(event, arguments):
    if event == "import" and threading.current_thread().name == "mlflow-usage":
        seen.append(arguments[0])
prepare()
sys.addaudithook(hook)
session = begin()
session.hit(EVENTS[0], None)
assert session.sender.flush(3)
for name in ("tomllib", "tomli", "mlflow_usage.consent.policy"):
    assert name not in sys.modules
with open(policy if {kind!r} == "policy" else place + "/settings.toml", "w") as file:
    file.write(written)
if {again}:
    assert session.sender.flush(3)
    session.hit(EVENTS[0], None)
    assert session.sender.flush(3) or session.recorder.off
    left = [name for name in os.listdir(place) if name.endswith(".journal")]
    print(session.decision.mode.value, bool(left))
else:
    session.recorder._on_work = lambda: None  # the last call came before the file
    session.hit(EVENTS[1], None)
print(",".join(seen))
"""
OFF = "# off, in a form that needs a parser\nmode = 'off'\n"
ON = "# nothing is forbidden\nmode = 'on'\n"


@pytest.mark.parametrize("kind", ["policy", "settings"])
@pytest.mark.parametrize("again", [True, False], ids=["at the next call", "at the end"])
def test_off_in_a_file_that_comes_later_sends_nothing_and_deletes_what_is_pending(scene: Scene, kind: str, again: bool) -> None:
    ended = scene.play(PROGRAM.format(written=OFF, kind=kind, again=again))
    assert (ended.code, ended.out, ended.err) == (0, "off False\n\n" if again else "\n", "")
    assert scene.total() == 1
    assert scene.journals() == []


@pytest.mark.parametrize("kind", ["policy", "settings"])
@pytest.mark.parametrize("again", [True, False], ids=["at the next call", "at the end"])
def test_a_file_that_comes_later_and_allows_it_holds_nothing_up(scene: Scene, kind: str, again: bool) -> None:
    ended = scene.play(PROGRAM.format(written=ON, kind=kind, again=again))
    assert (ended.code, ended.out, ended.err) == (0, "on True\n\n" if again else "\n", "")
    assert scene.total() == 2
    assert scene.journals() == []
