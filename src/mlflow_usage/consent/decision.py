"""The decision: on, local or off, and the source of it.

Decides by one rule: the most restrictive source wins, and an explicit `on` lifts only the automatic detections. `decide` is pure; `current`
reads the world once. The decision must never raise into the host, print or write, nor import what it has no use for.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from mlflow_usage.consent import automation, gate
from mlflow_usage.consent import endpoint as endpoints
from mlflow_usage.consent.endpoint import Endpoint
from mlflow_usage.consent.mode import MLFLOW_USAGE, OFF_VARIABLES, Mode, mode_of, strictest
from mlflow_usage.consent.toml import UnreadError
from mlflow_usage.installation import state
from mlflow_usage.namedtuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlflow_usage.consent.automation import Detection, MainProgram
    from mlflow_usage.consent.policy import Policy, PolicyKind
    from mlflow_usage.consent.settings import UserSettings

REVIEW: Final = "MLFLOW_USAGE_REVIEW"
NOTHING: Final = "none: nothing is sent"


class Source(NamedTuple):
    """One source that says something: its name, the mode it asks for (None: for none), and a detail for a person."""

    name: str
    says: Mode | None
    detail: str = ""


class Decision(NamedTuple):
    """The mode, the source that decided it, every source that says something (in order of precedence), and the endpoint.

    `lifted`: the detection that an explicit `on` lifted. `silences_builtin`: a policy silences MLflow's own telemetry too.
    `pending`: elements under review may be recorded.
    """

    mode: Mode
    source: str
    sources: tuple[Source, ...]
    endpoint: Endpoint
    lifted: Detection | None = None
    silences_builtin: bool = False
    pending: bool = False

    @property
    def lasting(self) -> bool:
        """Whether the deciding source is for the whole installation, and not for this process alone."""
        return self.source.startswith(("settings", "machine policy", "environment policy"))


def decide(  # noqa: PLR0913  # one parameter for each kind of source
    environ: Mapping[str, str],
    machine: Policy | None,
    environment: Policy | None,
    user: UserSettings | None,
    *,
    disabled: bool,
    main: MainProgram,
) -> Decision:
    """Return the decision over all sources. `disabled`: the program called `mlflow_usage.disable()`. Pure; touches nothing."""
    chosen = user.endpoint if user else None
    endpoint = endpoints.resolve(environ, machine, environment, chosen)
    explicit = _explicit_on(environ, user)
    detection = automation.detect(environ, main)
    sources = (
        *_policy_sources(machine, environment),
        *_variable_sources(environ),
        *_user_sources(user, disabled=disabled),
        *_detection_sources(detection, explicit),
        *_endpoint_sources(endpoint, environ, chosen),
        Source("default", Mode.ON),
    )
    mode = strictest(source.says for source in sources if source.says is not None)
    return Decision(
        mode,
        next(source.name for source in sources if source.says is mode),
        sources,
        endpoint,
        lifted=detection if explicit else None,
        silences_builtin=any(policy is not None and policy.silences_builtin for policy in (machine, environment)),
        pending=endpoint.url is not None and not endpoint.builtin and environ.get(REVIEW, "").strip().lower() == "pending",
    )


def current(*, disabled: bool = False, importing: bool = True) -> Decision:
    """Read the world and decide. A failure is off, with its type as the source.

    Raises:
        UnreadError: a file needs a parser that is not imported, and `importing` is false.

    """
    try:
        return _read(disabled=disabled, importing=importing)
    except UnreadError:
        raise
    except Exception as error:  # noqa: BLE001  # the host's import continues, and nothing is collected
        failure = Source(f"failure {type(error).__name__}", Mode.OFF, "the decision could not be made")
        return Decision(Mode.OFF, failure.name, (failure,), Endpoint(None, source=failure.name))


def _read(*, disabled: bool, importing: bool) -> Decision:
    machine = _policy("machine", gate.machine_policy(), importing=importing)
    environment = _policy("environment", gate.environment_policy(), importing=importing)
    directory = state.locate(os.environ)
    user = None
    if directory is not None and not state.absent(directory / state.SETTINGS_FILE):
        from mlflow_usage.consent import settings  # noqa: PLC0415  # most people have no settings file

        user = settings.read(directory, importing=importing)
    main = automation.main_program(sys.modules, sys.argv)
    return decide(os.environ, machine, environment, user, disabled=disabled, main=main)


def _policy(kind: PolicyKind, path: str, *, importing: bool) -> Policy | None:
    if state.absent(path):
        return None
    if not importing and "mlflow_usage.consent.policy" not in sys.modules:
        raise UnreadError
    from mlflow_usage.consent import policy  # noqa: PLC0415  # most machines have no policy

    return policy.read(kind, path, importing=importing)


def _explicit_on(environ: Mapping[str, str], user: UserSettings | None) -> str | None:
    if mode_of(MLFLOW_USAGE, environ.get(MLFLOW_USAGE)) is Mode.ON:
        return f"variable {MLFLOW_USAGE}=on"
    return f"settings {user.path}" if user and user.mode is Mode.ON else None


def _policy_sources(*policies: Policy | None) -> Iterator[Source]:
    for policy in policies:
        if policy is None:
            continue
        # An endpoint "none" restricts, whatever endpoint another source names.
        says = Mode.LOCAL if policy.endpoint == endpoints.NONE and policy.mode in {None, Mode.ON} else policy.mode
        yield Source(policy.source, says, policy.problem or policy.ignored)


def _variable_sources(environ: Mapping[str, str]) -> Iterator[Source]:
    for name in OFF_VARIABLES:
        value = environ.get(name)
        mode = mode_of(name, value)
        if value is None or mode is None:
            continue
        text = value.strip()[:40]
        known = name != MLFLOW_USAGE or text.lower() == mode.value
        # ascii: an odd value must not play with the terminal that `status` writes to
        yield Source(f"variable {name}={ascii(text)[1:-1]}", mode, "" if known else "neither on, local nor off, hence off")


def _user_sources(user: UserSettings | None, *, disabled: bool) -> Iterator[Source]:
    if disabled:
        yield Source("mlflow_usage.disable()", Mode.OFF, "for this process")
    if user is not None and user.mode is not None:
        yield Source(f"settings {user.path}", user.mode, user.problem)


def _detection_sources(detection: Detection | None, explicit: str | None) -> Iterator[Source]:
    if detection is not None:
        name = f"{detection.kind}: {detection.system} ({detection.evidence})"
        yield Source(name, None, f"lifted by {explicit}") if explicit else Source(name, Mode.OFF)


def _endpoint_sources(endpoint: Endpoint, environ: Mapping[str, str], chosen: str | None) -> Iterator[Source]:
    if endpoint.url is None:
        yield Source(f"endpoint: {endpoint.source}", Mode.LOCAL, endpoint.problem or NOTHING)
    elif environ.get(endpoints.ENDPOINT, chosen or "").strip().lower() == endpoints.NONE:
        # Nobody's records go out against a "none" of their own, not even to the endpoint of a policy.
        who = f"variable {endpoints.ENDPOINT}" if endpoints.ENDPOINT in environ else "settings"
        yield Source(f"endpoint: {who}", Mode.LOCAL, NOTHING)
