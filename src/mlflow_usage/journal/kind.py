"""One kind of call that carries attributes: what a counter is found by.

Decides nothing. It is hashed by identity, so that finding a counter costs the same however many attributes there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Kind:
    """An event and its attributes beside the store, made once and kept by the function it is a call of."""

    __slots__ = ("attributes", "event")

    def __init__(self, event: str, attributes: Mapping[str, Any]) -> None:
        """A call of `event` with `attributes`."""
        self.event, self.attributes = event, attributes
