"""The reference of every setting: environment variables, the user's settings file, and the keys of a policy.

The documentation and the tests read the rows of `SETTINGS`, and a test keeps them equal to what the code reads: one table that the code
itself read would cost every `import mlflow` its loading. A setting without a row must never have an effect, and no program that uses
MLflow may import this module.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

Place: TypeAlias = Literal["variable", "settings", "policy"]

_SWITCH: Final = "anything but empty, 0, false, no and off"
_URL: Final = "an http or https URL; none: nothing is sent"
_PEM: Final = "the path of a PEM file"


class Setting(NamedTuple):
    """One row: where a setting is written, what it does, its values, an example and its default (empty: not set)."""

    name: str
    place: Place
    effect: str
    values: str
    example: str
    default: str = ""


SETTINGS: Final = (
    Setting(
        name="MLFLOW_USAGE",
        place="variable",
        effect="The mode of this process; `on` also lifts the automatic detections.",
        values="on, local, off; anything else is off",
        default="on",
        example="off",
    ),
    Setting(
        name="MLFLOW_DISABLE_TELEMETRY",
        place="variable",
        effect="MLflow's own switch: turns MLflow's telemetry and this one off.",
        values=_SWITCH,
        example="true",
    ),
    Setting(
        name="DO_NOT_TRACK",
        place="variable",
        effect="The opt-out that many tools share.",
        values=_SWITCH,
        example="1",
    ),
    Setting(
        name="OTEL_SDK_DISABLED",
        place="variable",
        effect="OpenTelemetry's switch for its SDK, which also turns this off.",
        values="true",
        example="true",
    ),
    Setting(
        name="MLFLOW_USAGE_ENDPOINT",
        place="variable",
        effect="Where records are sent; `/v1/logs` is added unless the path ends so.",
        values=f"{_URL}; otel: OpenTelemetry's standard variables apply",
        default="http://localhost:4318",
        example="https://collector.example.com",
    ),
    Setting(
        name="MLFLOW_USAGE_HEADERS",
        place="variable",
        effect="Headers of every request to that endpoint, a token for example.",
        values="name=value pairs, comma-separated, values percent-encoded",
        example="authorization=Bearer%20token",
    ),
    Setting(
        name="MLFLOW_USAGE_CERTIFICATE",
        place="variable",
        effect="The certificates by which the endpoint is trusted.",
        values=_PEM,
        example="/etc/ssl/ca.pem",
    ),
    Setting(
        name="MLFLOW_USAGE_CLIENT_CERTIFICATE",
        place="variable",
        effect="The client's certificate, for an endpoint that asks for one.",
        values=_PEM,
        example="/etc/ssl/client.pem",
    ),
    Setting(
        name="MLFLOW_USAGE_CLIENT_KEY",
        place="variable",
        effect="The private key of the client's certificate.",
        values=_PEM,
        example="/etc/ssl/client.key",
    ),
    Setting(
        name="MLFLOW_USAGE_DIR",
        place="variable",
        effect="The state directory.",
        values="the path of a directory",
        default="the system's directory for a user's state",
        example="/var/lib/me/mlflow-usage",
    ),
    Setting(
        name="MLFLOW_USAGE_REVIEW",
        place="variable",
        effect="Also record what is still under review, to an endpoint that you chose.",
        values="pending",
        example="pending",
    ),
    Setting(
        name="mode",
        place="settings",
        effect="Your lasting choice; `on` also lifts the automatic detections.",
        values="on, local, off",
        default="on",
        example="off",
    ),
    Setting(
        name="endpoint",
        place="settings",
        effect="Where records are sent, unless a policy or the variable says otherwise.",
        values=_URL,
        default="http://localhost:4318",
        example="https://collector.example.com",
    ),
    Setting(
        name="mode",
        place="policy",
        effect="The most that anybody under the policy has; `on` is no restriction.",
        values="on, local, off",
        default="on",
        example="off",
    ),
    Setting(
        name="endpoint",
        place="policy",
        effect="Where records are sent; nobody under the policy can send them elsewhere.",
        values=_URL,
        example="https://collector.example.com",
    ),
    Setting(
        name="headers",
        place="policy",
        effect="Headers of every request to the policy's endpoint.",
        values="a table of strings",
        example='{ authorization = "Bearer token" }',
    ),
    Setting(
        name="certificate",
        place="policy",
        effect="The certificates by which the endpoint is trusted.",
        values=_PEM,
        example="/etc/ssl/ca.pem",
    ),
    Setting(
        name="client_certificate",
        place="policy",
        effect="The client's certificate, for the policy's endpoint.",
        values=_PEM,
        example="/etc/ssl/client.pem",
    ),
    Setting(
        name="client_key",
        place="policy",
        effect="The private key of the client's certificate.",
        values=_PEM,
        example="/etc/ssl/client.key",
    ),
    Setting(
        name="builtin",
        place="policy",
        effect="Silences MLflow's own telemetry too.",
        values="off",
        example="off",
    ),
)


def names(place: Place) -> frozenset[str]:
    """Return the names that mean something in a place."""
    return frozenset(row.name for row in SETTINGS if row.place == place)
