"""The mode: on, local or off, and the modes that the off variables ask for.

Decides which of several modes is the most restrictive, and what the raw values of the off variables mean. The client asks for those at
every recorded call, so a variable that is set after the import counts at once. This module must never look anything up, raise, or import
more than it has to: saying no costs almost nothing.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


class Mode(Enum):
    """Recorded and sent, recorded and kept, or not recorded at all."""

    ON = "on"
    LOCAL = "local"
    OFF = "off"


def strictest(modes: Iterable[Mode]) -> Mode:
    """Return the most restrictive of some modes; `on` where there is none."""
    found = set(modes)
    return Mode.OFF if Mode.OFF in found else Mode.LOCAL if Mode.LOCAL in found else Mode.ON


MLFLOW_DISABLE_TELEMETRY: Final = "MLFLOW_DISABLE_TELEMETRY"
DO_NOT_TRACK: Final = "DO_NOT_TRACK"
OTEL_SDK_DISABLED: Final = "OTEL_SDK_DISABLED"
MLFLOW_USAGE: Final = "MLFLOW_USAGE"
OFF_VARIABLES: Final[tuple[str, ...]] = (MLFLOW_DISABLE_TELEMETRY, DO_NOT_TRACK, OTEL_SDK_DISABLED, MLFLOW_USAGE)

# How people write "no" into a switch. DO_NOT_TRACK=1, =true and =yes are all in use, so everything else is a yes.
_NO: Final = frozenset({"", "0", "false", "no", "off"})
_MODES: Final = {mode.value: mode for mode in Mode}


def is_set(value: str | None) -> bool:
    """Return whether the value of a switch means yes: set, and not empty, 0, false, no or off in any case."""
    return value is not None and value.strip().lower() not in _NO


def mode_of(name: str, value: str | None) -> Mode | None:
    """Return the mode that one of `OFF_VARIABLES` asks for, or None for none. `MLFLOW_USAGE` set to anything but a mode is off."""
    if value is None:
        return None
    if name == MLFLOW_USAGE:
        return _MODES.get(value.strip().lower(), Mode.OFF)
    if name == OTEL_SDK_DISABLED:  # OpenTelemetry's specification, "Boolean value": only "true", in any case
        return Mode.OFF if value.strip().lower() == "true" else None
    return Mode.OFF if is_set(value) else None


def variable_mode(values: tuple[str | None, ...]) -> Mode | None:
    """Return the most restrictive mode that the raw values of `OFF_VARIABLES`, in that order, ask for; None for none.

    A caller that keeps the last tuple of values need ask again only when it changes.
    """
    cap = None
    for name, value in zip(OFF_VARIABLES, values, strict=True):
        if value is None:
            continue
        mode = mode_of(name, value)
        if mode is Mode.OFF:
            return mode
        cap = mode or cap
    return cap
