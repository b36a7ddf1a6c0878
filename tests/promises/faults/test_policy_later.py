"""A policy or settings file that appears while a program runs: our thread imports nothing to read it and sends nothing before."""

from __future__ import annotations

import pytest

from promises.faults.scene import Scene

PROGRAM = """
import import_watch
policy, place, written = os.path.abspath("policy.toml"), os.environ["MLFLOW_USAGE_DIR"], {written!r}
policy_at("environment", policy)
prepare()
import_watch.begin()
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
    assert session.sender.flush(3) or not session.life.counts()
    left = [name for name in os.listdir(place) if name.endswith(".journal")]
    print(session.decision.mode.value, bool(left))
else:
    session.recorder._on_work = lambda: None  # the last call came before the file
    session.hit(EVENTS[1], None)
"""
OFF = "# off, in a form that needs a parser\nmode = 'off'\n"
ON = "# nothing is forbidden\nmode = 'on'\n"


@pytest.mark.parametrize(("written", "said", "total"), [(OFF, "off False\n", 1), (ON, "on True\n", 2)], ids=["off", "on"])
@pytest.mark.parametrize("kind", ["policy", "settings"])
@pytest.mark.parametrize("again", [True, False], ids=["at the next call", "at the end"])
def test_a_file_that_comes_later_is_read_before_anything_leaves(  # noqa: PLR0913, PLR0917  a case's three facts
    scene: Scene,
    again: bool,
    kind: str,
    written: str,
    said: str,
    total: int,
) -> None:
    """Off sends nothing more and deletes what is pending; a file that allows usage delays nothing."""
    ended = scene.play(PROGRAM.format(written=written, kind=kind, again=again))
    assert (ended.code, ended.out, ended.err) == (0, said if again else "", "")
    assert scene.total() == total
    assert scene.journals() == []
