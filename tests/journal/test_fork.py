"""The byte that tells a forked child from its parent, in real processes."""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
from collections.abc import Callable

import pytest

from mlflow_usage.journal.fork import wiped_in_child

linux = pytest.mark.skipif(sys.platform != "linux", reason="MADV_WIPEONFORK is Linux's")
FORKS: list[Callable[[], int]] = [os.fork, lambda: int(ctypes.CDLL(None).fork())]


def seen_by_a_child(fork: Callable[[], int], byte: object) -> int:
    """What a forked child reads."""
    child = fork()
    if child == 0:
        os._exit(byte[0])  # type: ignore[index]
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@linux
@pytest.mark.parametrize("fork", FORKS, ids=["Python's", "C's, which runs no handler"])
def test_it_is_one_here_and_nought_in_a_child(fork: Callable[[], int]) -> None:
    byte = wiped_in_child()
    assert byte[0] == 1
    assert seen_by_a_child(fork, byte) == 0
    assert byte[0] == 1


@linux
def test_a_child_makes_its_own_and_a_grandchild_sees_neither() -> None:
    def of_the_child() -> int:
        own = wiped_in_child()
        return int(own[0] == 1 and seen_by_a_child(os.fork, own) == 0)

    child = os.fork()
    if child == 0:
        os._exit(0 if of_the_child() else 1)
    assert os.waitpid(child, 0)[1] == 0


def old_kernel(*_: object, **__: object) -> None:
    raise OSError(22, "Invalid argument")


class OldPython:
    """A memory map of a platform whose module has no `madvise`."""

    def __setitem__(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("made", [old_kernel, lambda *_, **__: OldPython()], ids=["no such memory", "no madvise"])
def test_where_the_system_cannot_wipe_it_is_always_one(made: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mmap, "mmap", made)
    monkeypatch.setattr(mmap, "MAP_PRIVATE", 0, raising=False)
    monkeypatch.setattr(mmap, "MAP_ANONYMOUS", 0, raising=False)
    byte = wiped_in_child()
    assert byte[0] == seen_by_a_child(os.fork, byte) == 1
