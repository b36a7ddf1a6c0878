"""The thread that delivers: when there is one, when it works, and that nothing of it reaches the host."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest

from mlflow_usage.delivery import schedule as module
from mlflow_usage.delivery.sender import Sender
from mlflow_usage.process.life import Life

NAME = "mlflow-usage"


class Waiting:
    """Stands where a courier stands: notes when it was asked to deliver, and answers as a test says."""

    def __init__(self) -> None:
        self.flushes: list[float] = []
        self.looks = 0
        self.failing = self.over = False
        self.answer: Callable[[], float | None] = lambda: None

    def silenced(self) -> AbstractContextManager[None]:
        return nullcontext()

    def ask_consent(self) -> None:
        self.looks += 1

    def wait(self) -> float:
        self.failing = True
        return 0.0

    def flush(self, _: float | None = None) -> float | None:
        self.flushes.append(time.monotonic())
        return self.answer()


@pytest.fixture
def courier() -> Waiting:
    return Waiting()


@pytest.fixture
def life() -> Life:
    return Life()


@pytest.fixture
def sender(courier: Waiting, life: Life, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sender]:
    """A sender that waits tenths of a second where the real one waits seconds."""
    monkeypatch.setattr(module, "FIRST", 0.1)
    monkeypatch.setattr(module, "EVERY", 0.4)
    made = Sender(lambda: courier, life=life)  # type: ignore[arg-type,return-value]
    yield made
    made.end()


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == NAME and thread.is_alive()]


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return condition()


def test_there_is_no_thread_before_there_is_something_to_deliver(sender: Sender, courier: Waiting) -> None:
    assert not threads()
    assert not sender.flush(0.1)
    assert sender.finish()
    assert not threads()
    assert courier.flushes == []


def test_a_first_record_leaves_soon_and_later_ones_together(sender: Sender, courier: Waiting) -> None:
    began = time.monotonic()
    sender.poke()
    assert eventually(lambda: len(courier.flushes) == 1)
    for _ in range(50):
        sender.poke()
        time.sleep(0.002)
    assert eventually(lambda: len(courier.flushes) == 2)
    first, second = courier.flushes
    assert first - began >= module.FIRST
    assert second - first >= module.EVERY
    assert len(threads()) == 1


def test_nothing_wakes_it_up_while_nothing_was_recorded(sender: Sender, courier: Waiting) -> None:
    sender.poke()
    assert eventually(lambda: len(courier.flushes) == 1)
    time.sleep(3 * module.EVERY)
    assert (len(courier.flushes), courier.looks) == (1, 0)


def test_while_the_endpoint_is_left_alone_consent_is_asked(sender: Sender, courier: Waiting) -> None:
    courier.answer = lambda: 600.0
    sender.poke()
    assert eventually(lambda: courier.looks >= 2)
    assert len(courier.flushes) == 1


def test_a_flush_waits_for_its_end_and_not_longer_than_it_may(sender: Sender, courier: Waiting) -> None:
    sender.poke()
    assert sender.flush(10)
    assert len(courier.flushes) == 1
    held = threading.Event()

    def hold() -> None:
        held.wait(10)

    courier.answer = hold
    began = time.monotonic()
    assert not sender.flush(0.05)
    assert time.monotonic() - began < 5
    held.set()


def test_the_end_of_the_process_tries_once_and_not_where_an_attempt_failed(sender: Sender, courier: Waiting) -> None:
    sender.poke()
    assert sender.finish()
    assert len(courier.flushes) == 1
    courier.failing = True
    assert not sender.finish()
    assert len(courier.flushes) == 1


def test_an_error_of_the_courier_s_is_a_failed_attempt_and_no_more(sender: Sender, courier: Waiting) -> None:
    def fail() -> None:
        raise RuntimeError("nobody may see this")

    courier.answer = fail
    sender.poke()
    assert sender.flush(10)
    assert sender.failing
    courier.answer, courier.failing = lambda: None, False
    assert sender.flush(10)
    assert len(courier.flushes) >= 2


def test_a_courier_that_cannot_be_made_ends_the_thread_and_says_nothing(life: Life, capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise RuntimeError("nobody may see this")

    sender = Sender(fail, life=life)  # type: ignore[arg-type]
    sender.poke()
    assert eventually(lambda: not life.starts())
    assert eventually(lambda: not threads())
    assert not sender.flush(0.1)
    assert capfd.readouterr() == ("", "")


def test_no_thread_is_started_while_the_process_ends(sender: Sender, life: Life) -> None:
    life.on("exit")
    sender.poke()
    assert not threads()


def test_where_the_system_has_no_thread_left_a_later_process_delivers(sender: Sender, life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none_left)
    sender.poke()
    sender.poke()
    assert not life.starts()


def test_when_consent_has_gone_the_thread_goes_and_when_it_is_back_another_comes(sender: Sender, courier: Waiting) -> None:
    courier.over = True
    sender.poke()
    assert sender.flush(10)
    assert eventually(lambda: not threads())
    courier.over = False
    sender.poke()
    assert sender.flush(10)
    assert len(threads()) == 1


def test_an_end_ends_the_thread_and_a_later_record_starts_another(sender: Sender, courier: Waiting) -> None:
    sender.poke()
    assert sender.flush(10)
    sender.end()
    assert eventually(lambda: not threads())
    sender.poke()
    assert eventually(lambda: len(courier.flushes) == 2)


@pytest.mark.parametrize("handler", [True, False])
def test_no_thread_crosses_a_fork_and_the_child_starts_its_own(sender: Sender, courier: Waiting, *, handler: bool) -> None:
    """Without the handler it is a fork made in C."""
    sender.poke()
    assert sender.flush(10)
    child = os.fork()
    if child == 0:
        courier.flushes.clear()
        if handler:
            sender.after_fork()
        before = sender.flush(0.1), sender.finish() is handler
        sender.poke()
        ended = before == (False, True) and sender.flush(10) and len(courier.flushes) == 1
        os._exit(0 if ended else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert sender.flush(10)
