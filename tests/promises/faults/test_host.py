"""The host is untouched: nothing of it changes, its output stays its own, and our thread does nothing unasked."""

from __future__ import annotations

import pytest

from promises.faults.scene import Scene, closed_port
from support.receiver import OK, cut_off, silent

STATE = """
import gc, locale, logging, random, socket, threading, warnings
logging.getLogger("host").setLevel(17)

def state():
    umask = os.umask(0o22)
    os.umask(umask)
    loggers = {name: logger for name, logger in logging.root.manager.loggerDict.items() if isinstance(logger, logging.Logger)}
    found = {
        "root logger": (logging.root.level, list(logging.root.handlers), list(logging.root.filters), logging.root.disabled),
        "loggers": {name: (x.level, list(x.handlers), x.propagate, x.disabled, [f for f in x.filters if type(f).__name__ != "_Silencer"])
                    for name, x in loggers.items() if name in known},
        "logging": (logging.lastResort, logging.raiseExceptions, logging.getLoggerClass(), logging.getLogRecordFactory(),
                    logging.root.manager.disable),
        "warnings": (list(warnings.filters), warnings.showwarning, warnings.formatwarning),
        "signals": {number: signal.getsignal(number) for number in signal.valid_signals()},
        "hooks": (sys.excepthook, sys.unraisablehook, sys.displayhook, threading.excepthook, sys.gettrace(), sys.getprofile(),
                  sys.breakpointhook, sys.getswitchinterval()),
        "imports": (list(sys.meta_path), list(sys.path_hooks), list(sys.path), __builtins__.__import__),
        "environment": dict(os.environ),
        "process": (os.getcwd(), umask, socket.getdefaulttimeout(), locale.setlocale(locale.LC_ALL)),
        "memory": (gc.isenabled(), gc.get_threshold(), len(gc.callbacks), threading.stack_size()),
        "random": hash(random.getstate()),
        "providers": (trace._TRACER_PROVIDER, logs._LOGGER_PROVIDER, metrics._METER_PROVIDER, propagate.get_global_textmap()),
    }
    return found

# Nothing of another library is replaced: every name of its modules, and every attribute of their classes, is the object that it was.
LIBRARIES = ("os", "socket", "ssl", "http", "threading", "queue", "logging", "warnings", "signal", "atexit", "subprocess", "time",
             "random", "json", "mmap", "weakref", "select", "selectors", "urllib", "urllib3", "requests", "certifi", "opentelemetry",
             "google", "wrapt")

def libraries():
    found = {}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in LIBRARIES:
            found[name] = dict(vars(module))
            for key, value in vars(module).items():
                if isinstance(value, type) and value.__module__ == name:
                    found[f"{name}.{key}"] = dict(vars(value))
    return found

prepare()
from opentelemetry import propagate, trace
from opentelemetry import context as otel_context
from opentelemetry._logs import _internal as logs
from opentelemetry.metrics import _internal as metrics
known = set(logging.root.manager.loggerDict)
before, theirs = state(), libraries()
session = begin()
for number in range(100):
    session.hit(EVENTS[number % 5], None)
session.sender.flush(1.5)
session.hit(EVENTS[0], None)
after = state()
now = libraries()
assert theirs.keys() == now.keys(), theirs.keys() ^ now.keys()
replaced = [(name, key) for name, old in theirs.items() for key in old.keys() | now[name].keys() if old.get(key) is not now[name].get(key)]
# What urllib3's pools and a protocol's isinstance leave in their own classes, whoever uses them.
assert {key for _, key in replaced} <= {"_dirty", "_registered_with_atexit", "__annotations__"}, replaced
changed = [key for key in before if before[key] != after[key]]
for key in tuple(changed):
    if isinstance(before[key], dict):
        changed += [(name, before[key].get(name), after[key].get(name)) for name in after[key] if before[key].get(name) != after[key][name]]
assert not changed, changed
assert otel_context.get_current() == {}
"""


@pytest.mark.parametrize("case", ["up", "closed", "cut off"])
def test_the_host_stays_as_it_was(scene: Scene, case: str) -> None:
    scene.receiver.reply = cut_off if case == "cut off" else OK
    with closed_port() as endpoint:
        extra = {"MLFLOW_USAGE_ENDPOINT": endpoint} if case == "closed" else {}
        ended = scene.play(STATE + "print('done')", "-X", "dev", "-W", "error", **extra)
    assert (ended.code, ended.out, ended.err) == (0, "done\n", ""), ended.err


@pytest.mark.parametrize("case", ["up", "closed", pytest.param("silent", marks=pytest.mark.slow)])
def test_nothing_is_printed_while_the_interpreter_ends(scene: Scene, case: str) -> None:
    """Python's development mode names every socket, file and thread that is left open, at some moments of the sender's work."""
    scene.receiver.reply = silent if case == "silent" else OK
    code = "session = begin()\nsession.hit(EVENTS[0], None)\ntime.sleep(float(sys.argv[1]) if len(sys.argv) > 1 else {moment})"
    with closed_port() as endpoint:
        extra = {"MLFLOW_USAGE_ENDPOINT": endpoint} if case == "closed" else {}
        for moment in (0, 0.002, 0.005, 0.02):
            ended = scene.play(code.format(moment=moment), "-X", "dev", FAULT_QUICK="1", **extra)
            assert (ended.code, ended.out, ended.err) == (0, "", ""), moment


def test_a_thread_that_has_nothing_to_do_never_wakes_and_without_calls_there_is_none(scene: Scene) -> None:
    code = """
import threading
session = begin()
assert threading.active_count() == 1
session.hit(EVENTS[0], None)
assert session.sender.flush(5)
task = f"/proc/self/task/{session.sender._thread.native_id}/status"
def switches():
    return [line for line in open(task) if "ctxt_switches" in line]
time.sleep(1.5)
before = switches()
time.sleep(2)
assert switches() == before, (before, switches())
"""
    ended = scene.play(code)
    assert (ended.code, ended.err) == (0, "")


def test_a_call_never_waits_for_a_request(scene: Scene) -> None:
    """While the sender waits three seconds for an answer, calls of known and new kinds, a reload and a fork do not wait."""
    scene.receiver.reply = silent
    code = """
session = begin()
session.hit(EVENTS[0], None)
while not session.sender._courier or not session.sender._courier._exporter:
    time.sleep(0.001)
time.sleep(0.1)
began = time.monotonic()
for number in range(1000):
    session.hit(EVENTS[number % 5], f"store_{number % 100}")
session.renew()
session.hit(EVENTS[0], None)
child = os.fork()
if child == 0:
    session.hit(EVENTS[0], None)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert time.monotonic() - began < 0.5
os._exit(0)
"""
    ended = scene.play(code, FAULT_QUICK="1")
    assert (ended.code, ended.err) == (0, "")
