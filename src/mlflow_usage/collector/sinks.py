"""The settings of each sink: one row gives the command its options, the sink's file its variables, and the announcement its words.

Decides nothing else. Which sinks exist follows from the files of `sinks/`; a sink without settings needs no row. CONTRIBUTING.md has the
steps for a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

Values: TypeAlias = Mapping[str, str | Path]  # of settings, by their names


class Setting(NamedTuple):
    """One setting of a sink. Without a default it is a destination, which has to be given where the sink is chosen."""

    name: str  # of the command's option, without the dashes
    variable: str  # that the sink's file reads, without the prefix
    kind: Literal["directory", "url"]
    help: str
    default: str | None = None
    example: str = ""


class Sink(NamedTuple):
    """The settings of a sink. The first says where the records go."""

    settings: tuple[Setting, ...] = ()
    note: str = ""


SINKS: Final[Mapping[str, Sink]] = {
    "archive": Sink((Setting("archive", "ARCHIVE_DIR", "directory", "Directory of sink archive.", default="archive"),)),
    "gateway": Sink(
        (
            Setting("gateway", "GATEWAY_ENDPOINT", "url", "Where sink gateway sends to.", example="http://host:4318"),
            Setting("queue", "QUEUE_DIR", "directory", "Directory of sink gateway's queue.", default="queue"),
        )
    ),
    "null": Sink(note="(nothing is kept)"),
}
SETTINGS: Final = tuple(setting for sink in SINKS.values() for setting in sink.settings)


def settings(sink: str) -> tuple[Setting, ...]:
    """Return the settings of a sink."""
    return SINKS[sink].settings if sink in SINKS else ()


def announced(sink: str, values: Values) -> str:
    """Return a sink in the words of the announcement: its name, and where the records go."""
    where = str(values.get(settings(sink)[0].name, "")) if settings(sink) else SINKS.get(sink, Sink()).note
    return f"{sink} {where}".rstrip()


def variables(values: Values) -> dict[str, str]:
    """Return what the sinks' files read, by the variables' names without their prefix."""
    return {setting.variable: str(values[setting.name]) for setting in SETTINGS if setting.name in values}
